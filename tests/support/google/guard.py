"""Holds every call and every answer of the stand-in against what Google describes of itself."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.google.behaviours import behaves
from tests.support.google.checking import Violation, checker
from tests.support.google.field_selection import selection_refusal
from tests.support.google.methods import Method, find, query_faults
from tests.support.google.refusals import invalid, refused
from tests.support.google.schemas import Json
from tests.support.google.wire import Answer, Call, Handler

SHOWN = 300
"""Characters of a refused value that a message repeats."""
TYPES = {"boolean": "TYPE_BOOL", "integer": "TYPE_INT32", "number": "TYPE_DOUBLE", "string": "TYPE_STRING"}


class Guard:
    """Refuses what Google's description does not allow, and fails where the stand-in's own answer is not allowed.

    A verb and address that Google describes nowhere: 501, so that no test passes on an invented interface. A query
    or body that is not allowed: 400 in Google's words. ``check_requests`` and ``check_responses`` leave either out
    (a benchmark of our own time).
    """

    def __init__(self, inner: Handler, *, check_requests: bool = True, check_responses: bool = True) -> None:
        self._inner = inner
        self._check_requests = check_requests
        self._check_responses = check_responses

    def __call__(self, call: Call) -> Answer:
        """Answer a call.

        Raises AssertionError with the paths where the answer is not what the description allows: a defect of the
        stand-in, never of its caller.
        """
        method = find(call.method, call.url)
        if method is None:
            told = f"The stand-in knows no {call.method} {call.url.partition('?')[0]}: Google describes no such method."
            return refused(501, told)
        if self._check_requests and (refusal := request_refusal(method, call)) is not None:
            return refusal
        answer = self._inner(call)
        if self._check_responses:
            assert_allowed(method, answer)
        return answer


def request_refusal(method: Method, call: Call) -> Answer | None:
    """Google's refusal of a query or body that ``method`` does not describe; None where all is allowed."""
    if wrong := query_faults(method, call.url):
        return invalid([_query_told(name, value, described) for name, value, described in wrong])
    for selection in parse_qs(urlsplit(call.url).query).get("fields", ()):
        if (refusal := selection_refusal(method, selection)) is not None:
            return refusal
    if method.request is None:
        return None
    body = _parsed(call.body)
    if isinstance(body, Answer):
        return body
    found = [one for one in checker(method.api, null=True).violations(method.request, body) if not _passes(method, one)]
    return invalid([_body_told(method, one) for one in found]) if found else None


@behaves("assumed", "Drive permissions.create", "withLink, a field of version 2 that gspread sends, is ignored")
def _passes(method: Method, violation: Violation) -> bool:
    return violation.fault == "unknown" and violation.path in {(name,) for name in method.ignored}


def response_faults(method: Method, answer: Answer) -> tuple[str, ...]:
    """What ``method`` does not allow in an answer that says all went well; () where all is allowed."""
    if method.response is None or not 200 <= answer.status < 300:
        return ()
    found = checker(method.api, null=False).violations(method.response, answer.json())
    return tuple(map(str, found))


def assert_allowed(method: Method, answer: Answer) -> None:
    """Raises AssertionError where an answer of the stand-in's core is not one that Google describes."""
    faults = response_faults(method, answer)
    assert not faults, f"the stand-in's answer to {method.id} is not {method.response}: " + "; ".join(faults[:10])


@behaves("assumed", "any request body", "what is no JSON is refused with 'Unexpected token.'")
def _parsed(body: bytes) -> Json | Answer:
    """The body as a value; no body is an empty one."""
    if not body:
        return {}
    try:
        value: Json = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        start = body[:60].decode(errors="replace")
        return invalid([("", f"Invalid JSON payload received. Unexpected token.\n{start}\n^")])
    return value


def _no_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


@behaves(
    "assumed", "any query", "what is not described is refused: 'Cannot bind query parameter.' (as users posted it)"
)
@behaves("assumed", "any query", "Drive refuses what it does not describe as Sheets does (but for one, recorded)")
def _query_told(name: str, value: str, described: Json | None) -> tuple[str, str]:
    if described is None:
        cannot = f"Cannot bind query parameter. Field '{name}' could not be found in request message."
        return "", f'Invalid JSON payload received. Unknown name "{name}": {cannot}'
    field = _snake(name)
    kind = _enum_type(name) if "enum" in described else TYPES[described["type"]]
    return field, f"Invalid value at '{field}' ({kind}), {_shown(value)}"


def _body_told(method: Method, violation: Violation) -> tuple[str, str]:
    return _unknown_told(method, violation) if violation.fault == "unknown" else _invalid_told(method, violation)


@behaves("assumed", "any request body", "what is not described is refused: 'Cannot find field.' (as users posted it)")
def _unknown_told(method: Method, violation: Violation) -> tuple[str, str]:
    *holder, name = violation.path
    field = _field(method, tuple(holder))
    where = f" at '{field}'" if field else ""
    return field, f'Invalid JSON payload received. Unknown name "{name}"{where}: Cannot find field.'


@behaves("recorded", "any request body", "a value of the wrong type is refused: \"Invalid value at 'data.values' (…)\"")
@behaves("assumed", "any request body", "a number in quotes, or one thing in place of a list, is refused")
def _invalid_told(method: Method, violation: Violation) -> tuple[str, str]:
    field = _field(method, violation.path)
    return field, f"Invalid value at '{field}' ({_type(method, violation)}), {_shown(violation.value)}"


def _field(method: Method, path: tuple[str | int, ...]) -> str:
    """The place as Google writes it: 'requests[0].update_cells.fields'."""
    named = "".join(f"[{step}]" if isinstance(step, int) else f".{_snake(step)}" for step in path)
    return (method.body + named).lstrip(".")


def _type(method: Method, violation: Violation) -> str:
    """Google's name of the wanted type. A list is named by what it holds (recorded); an enum's name is assumed."""
    wanted = violation.wanted
    while _kind(wanted) == "array":
        wanted = wanted["items"]
        if _kind(wanted) == "array":
            return "type.googleapis.com/google.protobuf.ListValue"
    if "enum" in wanted:
        return _enum_type(str(next(step for step in reversed(violation.path) if isinstance(step, str))))
    if "$ref" in wanted:
        return f"type.googleapis.com/google.apps.{_package(method)}.{wanted['$ref'].rpartition('/')[2]}"
    return TYPES.get(_kind(wanted), "type.googleapis.com/google.protobuf.Struct")


def _kind(schema: Json) -> str:
    kind = schema.get("type", "")
    return str(kind[0] if isinstance(kind, list) else kind)


def _package(method: Method) -> str:
    return {"sheets": "sheets.v4", "drive": "drive.v3"}[method.api]


@behaves("assumed", "any enum", "its type is told by the field's name: google.apps.sheets.v4.ValueInputOption")
def _enum_type(name: str) -> str:
    return f"type.googleapis.com/google.apps.sheets.v4.{name[0].upper()}{name[1:]}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: "_" + found[1].lower(), name)


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
