"""What the stand-in refuses, in Google's words, and what it does not imitate."""

from __future__ import annotations

from typing import Any

from tests.support.google.wire import Answer, answer_json

STATUS_NAMES = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 501: "UNIMPLEMENTED"}


class Refused(Exception):
    """An error as the Sheets service tells it."""

    def __init__(self, status: int, message: str, details: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(message)
        self.status, self.message, self.details = status, message, details

    def answer(self) -> Answer:
        error: dict[str, Any] = {"code": self.status, "message": self.message, "status": STATUS_NAMES[self.status]}
        if self.details:
            error["details"] = list(self.details)
        return answer_json(self.status, {"error": error})


class DriveRefused(Refused):
    """An error as Drive tells it, with its older list of reasons."""

    def __init__(self, status: int, message: str, reason: str, **where: str) -> None:
        super().__init__(status, message)
        self.reason, self.where = reason, where

    def answer(self) -> Answer:
        one = {"message": self.message, "domain": "global", "reason": self.reason, **self.where}
        return answer_json(self.status, {"error": {"code": self.status, "message": self.message, "errors": [one]}})


class NotImitated(Exception):
    """The stand-in does not do this: answered 501, loudly, so that no test passes by accident."""

    def answer(self) -> Answer:
        return Refused(501, f"the stand-in does not imitate {self}").answer()


class Body(dict[str, Any]):
    """An object of a request's body. What is null is not there; a field that is needed and missing is refused."""

    @classmethod
    def of(cls, told: dict[str, Any]) -> Body:
        return cls((name, value) for name, value in told.items() if value is not None)

    def __missing__(self, name: str) -> Any:
        raise Refused(400, f"{name} must be specified.")


def invalid_value(field: str, kind: str, shown: str) -> Refused:
    """What Google says of a field of the wrong type (recorded)."""
    told = f"Invalid value at '{field}' ({kind}), {shown}"
    violation = {"field": field, "description": told}
    details = {"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]}
    return Refused(400, told, (details,))


def only(body: dict[str, Any], imitated: frozenset[str] | set[str], where: str) -> None:
    """Raise NotImitated for a field that would otherwise be ignored in silence."""
    unknown = sorted(name for name, value in body.items() if name not in imitated and value is not None)
    if unknown:
        raise NotImitated(f"{where}: {', '.join(unknown)}")
