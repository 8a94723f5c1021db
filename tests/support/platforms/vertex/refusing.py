"""Refusals in Google's form (google.rpc.Status in JSON, documented)."""

from __future__ import annotations

from typing import Any

STATUS = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "UNIMPLEMENTED": 501,
}


class Refused(Exception):
    """The stand-in refuses a request; ``status`` is a google.rpc.Code."""

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.code = STATUS[status]
        self.body: dict[str, Any] = {"error": {"code": self.code, "message": message, "status": status}}


def invalid(message: str) -> Refused:
    """A request that no state would make right."""
    return Refused("INVALID_ARGUMENT", message)


def unmet(message: str) -> Refused:
    """A request that the present state forbids."""
    return Refused("FAILED_PRECONDITION", message)


def missing(name: str) -> Refused:
    """There is nothing of this name."""
    return Refused("NOT_FOUND", f"The resource {name} is not found.")
