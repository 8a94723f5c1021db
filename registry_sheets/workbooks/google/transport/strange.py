"""Answers that are JSON and not of Google's form: nulls, other types, missing keys, numbers beyond all bounds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from registry_sheets.errors import NotChecked
from registry_sheets.workbooks.google.transport.outcome import NOTHING_TO_MEND, SERVICE_NAMES

SHEETS = SERVICE_NAMES["sheets"]
MOST_CELLS = 10_000_000
"""As many cells as a spreadsheet may have (documented); more rows, or columns, no tab has."""


def unreadable(what: str) -> NotChecked:
    """The sentence for an answer of ``what``, a host's name, that cannot be read."""
    return NotChecked(f"What came back from {what} cannot be read: it is cut off, or not Google's.", NOTHING_TO_MEND)


@contextmanager
def whole_answer(what: str = SHEETS) -> Iterator[None]:
    """Read an answer inside of this: raises NotChecked where it is not of the form that was expected.

    ``what`` is whose answer it is, a host's name. Nothing but reading belongs inside, or a slip of ours would be told
    as Google's.
    """
    try:
        yield
    except (TypeError, LookupError, AttributeError, ValueError, OverflowError) as error:
        raise unreadable(what) from error


def whole_text(value: object) -> str:
    """A text that must be there. Raises ValueError."""
    if not isinstance(value, str) or not value:
        raise ValueError("no text")
    return value


def whole_number(value: object, most: int = MOST_CELLS) -> int:
    """A number of rows, columns or the like. Raises ValueError."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise ValueError("no such number")
    return value
