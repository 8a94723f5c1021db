"""The methods that Google describes, found by verb and address, and what their queries may hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.google.schemas import Json, discovery

UNDECLARED = {"drive.files.get": ("includeItemsFromAllDrives",)}
"""Query parameters that Google takes (recorded) and does not describe."""
IGNORED = {"drive.permissions.create": frozenset({"withLink"})}
"""Fields of a body that Google does not describe and lets pass (assumed: gspread sends them with every sharing)."""


@dataclass(frozen=True)
class Method:
    """One method: ``request`` and ``response`` are schema names of ``api``, None where no JSON travels that way.

    ``body`` is the name that Google gives the body in its messages, '' where it names the fields alone; ``ignored``
    are fields of a body that pass though nothing describes them.
    """

    id: str
    api: str
    verb: str
    address: re.Pattern[str]
    parameters: Mapping[str, Json]
    request: str | None
    response: str | None
    scopes: frozenset[str]
    body: str = ""
    ignored: frozenset[str] = frozenset()


@cache
def methods() -> tuple[Method, ...]:
    """All methods of Sheets and Drive, those with the most exact address first."""
    found = [one for api in ("sheets", "drive") for one in _of_document(api)]
    return tuple(sorted([*found, _upload_v2()], key=lambda one: one.address.pattern.count("(")))


def find(verb: str, url: str) -> Method | None:
    """The method that answers ``verb`` at ``url``, or None where Google describes none."""
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}{parts.path}"
    return next((one for one in methods() if one.verb == verb.upper() and one.address.fullmatch(address)), None)


def query_faults(method: Method, url: str) -> tuple[tuple[str, str, Json | None], ...]:
    """What the query may not hold: (name, value, what is described of it or None where nothing is)."""
    seen: set[str] = set()
    found: list[tuple[str, str, Json | None]] = []
    for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True):
        described = method.parameters.get(name)
        again = name in seen and described is not None and not described.get("repeated")
        if described is None or again or not _fits(described, value):
            found.append((name, value, described))
        seen.add(name)
    return tuple(found)


def _fits(described: Json, value: str) -> bool:
    if "enum" in described:
        return value in described["enum"]
    if described["type"] == "boolean":
        return value.lower() in ("true", "false")
    if described["type"] == "integer":
        return re.fullmatch(r"-?[0-9]{1,10}", value) is not None
    return True


def _of_document(api: str) -> Iterator[Method]:
    document = discovery(api)
    for described in _walk(document):
        yield _method(api, document, described, document["rootUrl"] + document["servicePath"] + described["path"])
        uploads = described.get("mediaUpload", {}).get("protocols", {})
        for path in sorted({protocol["path"] for protocol in uploads.values()}):
            yield _method(api, document, described | {"request": None}, document["rootUrl"] + path.lstrip("/"))


def _walk(resource: Json) -> Iterator[Json]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _walk(inner)


def _method(api: str, document: Json, described: Json, template: str) -> Method:
    own = {name: one for name, one in described.get("parameters", {}).items() if one["location"] == "query"}
    undeclared = {name: {"type": "boolean"} for name in UNDECLARED.get(described["id"], ())}
    request = (described.get("request") or {}).get("$ref")
    return Method(
        id=described["id"],
        api=api,
        verb=described["httpMethod"],
        address=_address(template),
        parameters=document["parameters"] | own | undeclared,
        request=request,
        response=(described.get("response") or {}).get("$ref"),
        scopes=frozenset(described.get("scopes", ())),
        body={"ValueRange": "data", "Spreadsheet": "spreadsheet"}.get(request or "", ""),
        ignored=IGNORED.get(described["id"], frozenset()),
    )


def _address(template: str) -> re.Pattern[str]:
    """The template as a pattern. A range holds ':', other names in an address do not."""
    parts = re.split(r"\{(\w+)\}", template)
    names = ("(.+)" if name == "range" else "([^/:]+)" for name in parts[1::2])
    return re.compile("".join(_alternate([re.escape(part) for part in parts[::2]], [*names])))


def _alternate(fixed: list[str], names: list[str]) -> Iterator[str]:
    for part, name in zip(fixed, [*names, ""], strict=True):
        yield part + name


def _upload_v2() -> Method:
    """The upload of Drive's version 2, which gspread's import_csv uses (recorded); the bundled documents are of v3."""
    flags: Mapping[str, Any] = {name: {"type": "boolean"} for name in ("convert", "supportsAllDrives")}
    template = "https://www.googleapis.com/upload/drive/v2/files/{fileId}"
    scopes = next(one["scopes"] for one in _walk(discovery("drive")) if one["id"] == "drive.files.update")
    common = discovery("drive")["parameters"]
    return Method(
        "drive.v2.files.update", "drive", "PUT", _address(template), common | flags, None, None, frozenset(scopes)
    )
