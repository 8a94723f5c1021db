"""What the management API answers to one question."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from tests.support.platforms.azureml.rules import API_VERSIONS, COLLECTIONS, PROVIDER, Collection, kind_of
from tests.support.platforms.azureml.shapes import faults
from tests.support.platforms.azureml.state import AzureMl, Body, Refused, Workspace

_PATH = re.compile(
    rf"/subscriptions/([^/]+)/resourceGroups/([^/]+)/providers/{re.escape(PROVIDER)}/workspaces/([^/]+)/(.+)",
    re.IGNORECASE,
)
_NO_TYPE = f"The resource type could not be found in the namespace '{PROVIDER}' for api version '{{}}'."


@dataclass(frozen=True)
class _Question:
    """``where`` is a collection's path, ``name`` one of its items, '' for all; ``path`` as it was asked."""

    method: str
    path: str
    where: str
    name: str
    params: Mapping[str, str]
    version: str
    body: bytes
    collection: Collection


def answer(azure: AzureMl, method: str, target: str, body: bytes = b"") -> tuple[int, Body]:
    """(status, body) of one question ('GET', '/subscriptions/…?api-version=…')."""
    try:
        workspace, question = _understood(azure, method, target, body)
        status, kind, said = _one(workspace, question) if question.name else _page(azure, workspace, question)
    except Refused as refused:
        status, kind = refused.status, "ErrorResponse"
        said = {"error": {"code": refused.code, "message": str(refused)}}
    azure.wrong.extend(faults(kind, said, f"{method} {target}: "))
    return status, said


def _understood(azure: AzureMl, method: str, target: str, body: bytes) -> tuple[Workspace, _Question]:
    parts = urlsplit(target)
    params = _params(parts.query)
    version = params.pop("api-version", "")
    _check_version(version)
    match = _PATH.fullmatch(parts.path)
    if not match:
        raise Refused(404, "InvalidResourceType", _NO_TYPE.format(version))
    workspace = azure.workspace(*(unquote(match[number]) for number in (1, 2, 3)))
    path = [unquote(part) for part in match[4].split("/")]
    name = path.pop() if len(path) % 2 == 0 else ""
    where = "/".join(path)
    collection = COLLECTIONS.get(kind_of(where))
    if collection is None or where in azure.unknown:
        raise Refused(404, "InvalidResourceType", _NO_TYPE.format(version))
    return workspace, _Question(method, parts.path, where, name, params, version, body, collection)


def _params(query: str) -> dict[str, str]:
    asked = parse_qsl(query, keep_blank_values=True)
    params = dict(asked)
    if len(params) != len(asked):
        raise Refused(400, "InvalidQueryParameter", "A parameter is given twice.")
    return params


def _check_version(said: str) -> None:
    if not said:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise Refused(400, "MissingApiVersionParameter", message)
    if said not in API_VERSIONS:
        message = f"The api-version '{said}' is invalid. The supported versions are '{', '.join(API_VERSIONS)}'."
        raise Refused(400, "InvalidApiVersionParameter", message)


def _one(workspace: Workspace, question: _Question) -> tuple[int, str, Body]:
    kept, item = workspace.kept.get(question.where, {}), question.collection.item
    if question.params:
        raise Refused(400, "InvalidQueryParameter", f"The parameter '{min(question.params)}' is not known.")
    if question.method == "PUT":
        said = json.loads(question.body)
        if wrong := list(faults(item, said)):
            raise Refused(400, "InvalidRequestContent", "; ".join(wrong))
        status = 200 if question.name in kept else 201
        return status, item, workspace.put(question.where, question.name, said)
    if question.method != "GET":
        raise Refused(405, "MethodNotAllowed", f"The resource does not support {question.method}.")
    if question.name not in kept:
        raise Refused(404, "UserError", f"{question.where}/{question.name} was not found.")
    return 200, item, kept[question.name]


def _page(azure: AzureMl, workspace: Workspace, question: _Question) -> tuple[int, str, Body]:
    if question.method != "GET":
        raise Refused(405, "MethodNotAllowed", f"The resource does not support {question.method}.")
    collection, params, where = question.collection, question.params, question.where
    _check_params(collection, params)
    _needs_parent(workspace, where)
    kept = [one for one in list(workspace.kept.get(where, {}).values()) if _seen(one, collection, params)]
    start = _start(params.get("$skip", ""), where)
    page: Body = {"value": kept[start : start + azure.page]}
    if start + azure.page < len(kept):
        following = {"api-version": question.version, **params, "$skip": _token(where, start + azure.page)}
        page["nextLink"] = f"{azure.address}{question.path}?{urlencode(following, quote_via=quote, safe='$')}"
    return 200, collection.page, page


def _check_params(collection: Collection, params: Mapping[str, str]) -> None:
    for key in params:
        if key not in collection.known:
            raise Refused(400, "InvalidQueryParameter", f"The parameter '{key}' is not known.")
        if key not in collection.handled:
            raise Refused(501, "NotImplemented", f"The stand-in does not filter by '{key}'.")


def _needs_parent(workspace: Workspace, where: str) -> None:
    parent, _, _ = where.rpartition("/")
    collection, _, name = parent.rpartition("/")
    if parent and name not in workspace.kept.get(collection, {}):
        raise Refused(404, "UserError", f"{parent} was not found.")


def _seen(one: Mapping[str, Any], collection: Collection, params: Mapping[str, str]) -> bool:
    """Whether a view shows it: by default neither what is archived nor what is anonymous."""
    view = params.get("listViewType", "ActiveOnly")
    if view not in ("ActiveOnly", "ArchivedOnly", "All"):
        raise Refused(400, "ValidationError", f"'{view}' is no ListViewType.")
    properties = one["properties"]
    if not collection.views or view == "All":
        return True
    archived = bool(properties.get("isArchived"))
    return archived if view == "ArchivedOnly" else not archived and not properties.get("isAnonymous")


def _token(where: str, start: int) -> str:
    """A continuation that holds for this collection only, with signs that have to be escaped in an address."""
    return base64.b64encode(f"{start}+/{where}".encode()).decode()


def _start(token: str, where: str) -> int:
    if not token:
        return 0
    try:
        start, _, of = base64.b64decode(token, validate=True).decode().partition("+/")
        if of == where:
            return int(start)
    except ValueError:
        pass
    raise Refused(400, "InvalidContinuationToken", "The continuation token is not valid.")
