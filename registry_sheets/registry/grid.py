"""A tab as it was read: plain cell values with their places, before any meaning is given to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

Cell = str | int | float | bool | datetime | date | time | timedelta
"""A cell's value. A blank cell is ''. bool is a checkbox or TRUE/FALSE, not a number."""

Place = tuple[int, int]
"""(row, column), both counted from 0, so A1 is (0, 0)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of one tab.

    ``rows`` starts at A1; all rows have the same length; blank cells are ''.
    What a plain value cannot say stands beside it, sparsely: ``errors`` holds error cells
    ('#N/A', '#REF!', ...), ``uncached`` formula cells that hold no value; both read '' in rows.
    ``beyond`` names cells with content that lie outside ``rows`` because reading up to them
    would take too much memory.
    """

    title: str
    rows: list[list[Cell]]
    errors: Mapping[Place, str] = field(default_factory=dict)
    uncached: frozenset[Place] = frozenset()
    beyond: tuple[Place, ...] = ()
    hidden: bool = False
    date1904: bool = False


def column_letters(column: int) -> str:
    """'A' for 0, 'AA' for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def a1(row: int, column: int) -> str:
    """The A1 address of a 0-based place: (0, 0) is 'A1'."""
    return f"{column_letters(column)}{row + 1}"
