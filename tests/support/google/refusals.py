"""Google's error bodies, in the shapes in which Sheets and Drive give them.

Sheets answers google.rpc.Status in JSON; Drive adds the older list ``errors`` with a domain and a reason.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.google.wire import Answer, answer_json

Json = dict[str, Any]

STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
}
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
HELP = "type.googleapis.com/google.rpc.Help"


def refused(
    code: int,
    message: str,
    *,
    details: Sequence[Json] = (),
    errors: Sequence[Json] = (),
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """An error of google.rpc.Status; ``errors`` is Drive's older list beside it."""
    error: Json = {"code": code, "message": message}
    if errors:
        error["errors"] = [*errors]
    error["status"] = STATUS[code]
    if details:
        error["details"] = [*details]
    answer = answer_json(code, {"error": error})
    return Answer(answer.status, answer.body, {**answer.headers, **(headers or {})})


def refused_by_drive(code: int, reason: str, message: str, *, domain: str = "usageLimits") -> Answer:
    """An error in Drive's older shape alone, as its guide to errors shows it."""
    one = {"message": message, "domain": domain, "reason": reason}
    return answer_json(code, {"error": {"errors": [one], "code": code, "message": message}})


def error_info(reason: str, metadata: Mapping[str, str]) -> Json:
    """The detail by which a program tells one 403 from another."""
    return {"@type": ERROR_INFO, "reason": reason, "domain": "googleapis.com", "metadata": dict(metadata)}


def invalid(violations: Sequence[tuple[str, str]]) -> Answer:
    """400 for (field, description) pairs; a field may be ''. The message is the descriptions, a line each."""
    told = [{"field": field, "description": text} if field else {"description": text} for field, text in violations]
    message = "\n".join(text for _, text in violations)
    return refused(400, message, details=[{"@type": BAD_REQUEST, "fieldViolations": told}])
