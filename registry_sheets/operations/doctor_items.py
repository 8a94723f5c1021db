"""What doctor says of one thing that it looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from registry_sheets.errors import RegistrySheetsError

State = Literal["ok", "note", "wrong"]
"""'note': it works, and there is something to know or to do; 'wrong': check or sync would fail on it."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that was looked at. ``exit_code`` is what a command would end with because of it."""

    topic: str
    state: State
    message: str
    fix: str = ""
    exit_code: int = 0


def failed(topic: str, error: RegistrySheetsError) -> Item:
    """What could not be looked at, in the error's own words."""
    return Item(topic, "wrong", error.message, error.fix, error.exit_code)
