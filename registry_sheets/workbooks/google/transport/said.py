"""What Google says in an answer that is a failure, read defensively."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from registry_sheets.registry.text import terminal_safe

_READ_AT_MOST = 1_000_000
_SHOWN_AT_MOST = 240


@dataclass(frozen=True, slots=True)
class Said:
    """A failure in Google's words.

    ``reasons`` holds the status' name and every reason in the two forms that Google uses (``errors`` of Drive,
    ``details`` of Sheets); ``readable`` says whether the body was Google's JSON at all.
    """

    status: int
    message: str = ""
    reasons: frozenset[str] = frozenset()
    links: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    readable: bool = False

    def mentions(self, *parts: str) -> bool:
        """Whether one of the parts (in small letters) stands in the message."""
        text = self.message.lower()
        return any(part in text for part in parts)

    @property
    def shown(self) -> str:
        """The message, fit for a person's terminal: one line, short."""
        return brief(self.message)


def brief(text: str) -> str:
    """Foreign text on one line, without control characters, at most 240 characters."""
    safe = terminal_safe(text[: 4 * _SHOWN_AT_MOST])
    return safe if len(safe) <= _SHOWN_AT_MOST else f"{safe[: _SHOWN_AT_MOST - 1]}…"


def said(status: int, body: bytes) -> Said:
    """Read the body of a failed answer. Never raises: what is not Google's JSON gives an unreadable Said."""
    error = _error(body)
    if error is None:
        return Said(status)
    details = _objects(error.get("details"))
    reasons = [error.get("status"), *(one.get("reason") for one in _objects(error.get("errors")) + details)]
    return Said(
        status,
        _text(error.get("message")),
        frozenset(filter(None, map(_text, reasons))),
        tuple(_text(link.get("url")) for one in details for link in _objects(one.get("links"))),
        {key: value for one in details for key, value in _texts(one.get("metadata")).items()},
        readable=True,
    )


def _error(body: bytes) -> dict[str, Any] | None:
    if len(body) > _READ_AT_MOST:
        return None
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and value:  # a streamed answer is a list of them
        value = value[0]
    error = value.get("error") if isinstance(value, dict) else None
    return error if isinstance(error, dict) else None


def _objects(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _texts(value: object) -> dict[str, str]:
    return {key: one for key, one in value.items() if isinstance(one, str)} if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
