"""One difference between two passes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple


class Change(NamedTuple):
    """One difference between two passes.

    ``day`` is when it was first seen; ``editor`` is whom the workbook then named as having saved it last, who
    may not have made this change. ``by`` is the recorded edit by which it came ('sam, promote'), '' for a cell
    that was changed in the sheet. ``key`` is the fact key and ``column`` its heading, '' for a whole row.
    ``name`` and ``version`` are those after the change, for a row that is gone those before. Of kind 'column' it
    is a heading that was changed, ``old`` to ``new``, above cells that are as they were; it is of no row (0).
    """

    kind: Literal["changed", "added", "removed", "column"]
    day: date
    at: datetime
    editor: str
    edited_at: datetime | None
    by: str
    name: str
    version: str
    key: str
    column: str
    old: str
    new: str
    row: int
    seen_in: int
