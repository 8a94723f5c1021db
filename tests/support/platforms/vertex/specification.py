"""What Google describes of Vertex AI (the bundled discovery document aiplatform.v1): methods, queries, schemas.

Source: googleapiclient/discovery_cache/documents/aiplatform.v1.json of google-api-python-client.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from tests.support.google.checking import Checker

Json = dict[str, Any]

PREFIX = "GoogleCloudAiplatformV1"
_FORMATS: dict[str, Json] = {
    "int64": {"pattern": r"^-?[0-9]+\Z"},
    "uint64": {"pattern": r"^[0-9]+\Z"},
    "int32": {"minimum": -(2**31), "maximum": 2**31 - 1},
    "uint32": {"minimum": 0, "maximum": 2**32 - 1},
    "google-datetime": {"pattern": r"^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9](:[0-5][0-9]){2}(\.[0-9]{1,9})?Z\Z"},
    "google-duration": {"pattern": r"^-?[0-9]+(\.[0-9]{1,9})?s\Z"},
}


@dataclass(frozen=True)
class Method:
    """One method; ``address`` matches its path and captures the name in it. ``request``, ``response``: schemas."""

    id: str
    verb: str
    address: re.Pattern[str]
    parameters: Mapping[str, Json]
    request: str
    response: str


@cache
def document() -> Json:
    """The discovery document as it is bundled."""
    folder = files("googleapiclient") / "discovery_cache" / "documents"
    found: Json = json.loads((folder / "aiplatform.v1.json").read_text(encoding="utf-8"))
    return found


@cache
def methods() -> tuple[Method, ...]:
    """All methods under projects.locations, those with a verb after ':' first."""
    locations = document()["resources"]["projects"]["resources"]["locations"]
    found = [_method(one) for one in _walk(locations) if "{+" in one["path"]]
    return tuple(sorted(found, key=lambda one: ":" not in one.address.pattern.rpartition(")")[2]))


def find(verb: str, path: str) -> Method | None:
    """The method that answers; None where Google describes none."""
    return next((one for one in methods() if one.verb == verb and one.address.fullmatch(path)), None)


@cache
def checker() -> Checker:
    """Holds values against the schemas. Nothing undescribed is allowed, and null nowhere."""
    return Checker({name: _schema(one) for name, one in document()["schemas"].items()})


@cache
def output_only(schema: str) -> frozenset[str]:
    """The fields of a schema that a request may not set (readOnly)."""
    fields = document()["schemas"][schema]["properties"]
    return frozenset(name for name, one in fields.items() if one.get("readOnly"))


def query_faults(method: Method, query: list[tuple[str, str]]) -> list[tuple[str, str, bool]]:
    """(name, value, whether it is described at all) of what may not stand in a query."""
    found = []
    for place, (name, value) in enumerate(query):
        described = method.parameters.get(name)
        again = described and not described.get("repeated") and name in dict(query[:place])
        if described is None or again or not _fits(described, value):
            found.append((name, value, described is not None))
    return found


def _fits(described: Json, value: str) -> bool:
    if "enum" in described:
        return value in described["enum"]
    if described["type"] == "integer":
        return re.fullmatch(r"-?[0-9]{1,10}", value) is not None and abs(int(value)) < 2**31
    return described["type"] != "boolean" or value in ("true", "false")


def _walk(resource: Json) -> Iterator[Json]:
    yield from resource.get("methods", {}).values()
    for inner in resource.get("resources", {}).values():
        yield from _walk(inner)


def _method(described: Json) -> Method:
    own = {name: one for name, one in described.get("parameters", {}).items() if one["location"] == "query"}
    return Method(
        described["id"].removeprefix("aiplatform.projects.locations."),
        described["httpMethod"],
        _address(described),
        document()["parameters"] | own,
        (described.get("request") or {}).get("$ref", ""),
        (described.get("response") or {}).get("$ref", ""),
    )


def _address(described: Json) -> re.Pattern[str]:
    before, name, after = re.split(r"\{\+(\w+)\}", described["path"], maxsplit=1)
    pattern = described["parameters"][name]["pattern"].strip("^$")
    return re.compile(rf"/{re.escape(before)}({pattern}){re.escape(after)}")


def _schema(described: Json) -> Json:
    if "$ref" in described:
        return {"$ref": f"#/$defs/{described['$ref']}"}
    kind = described["type"]
    if kind == "any":
        return {}
    if kind == "object":
        others = described.get("additionalProperties")
        fields = {name: _schema(one) for name, one in described.get("properties", {}).items()}
        return {"type": [kind], "properties": fields, "additionalProperties": _schema(others) if others else False}
    if kind == "array":
        return {"type": [kind], "items": _schema(described["items"])}
    if "enum" in described:
        return {"type": [kind], "enum": described["enum"]}
    return {"type": [kind]} | _FORMATS.get(described.get("format", ""), {})
