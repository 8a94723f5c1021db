"""What a spreadsheet holds, in memory. Cells and rows are frozen, so a copy for all-or-nothing is shallow."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from tests.support.google.errors import Refused

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell. ``entered`` and ``effective`` are ExtendedValue objects, the rest as in CellData.

    ``fixed`` marks a calculated value that a test has given: it is not calculated again. ``chip`` is what a smart
    chip shows, which is no value.
    """

    entered: Mapping[str, Any] | None = None
    effective: Mapping[str, Any] | None = None
    format: Mapping[str, Any] | None = None
    note: str = ""
    validation: Mapping[str, Any] | None = None
    fixed: bool = False
    chip: str = ""

    @property
    def formula(self) -> str | None:
        """'=…', or None."""
        return self.entered.get("formulaValue") if self.entered else None

    @property
    def number_format(self) -> Mapping[str, Any]:
        return (self.format or {}).get("numberFormat") or {}

    def holding(self, entered: Mapping[str, Any] | None) -> Cell:
        """The cell with another value; formulas are calculated later."""
        return replace(self, entered=entered or None, effective=entered or None, fixed=False, chip="")


EMPTY = Cell()
Row = tuple[Cell, ...]


@dataclass
class Sheet:
    """One tab. ``rows`` is ragged: what is not there is empty. Ranges are GridRange objects."""

    id: int
    title: str
    row_count: int = 1000
    column_count: int = 26
    rows: list[Row] = field(default_factory=list)
    hidden: bool = False
    properties: Json = field(default_factory=dict)
    grid: Json = field(default_factory=dict)
    lines: dict[str, dict[int, Json]] = field(default_factory=lambda: {"ROWS": {}, "COLUMNS": {}})
    groups: dict[str, list[Json]] = field(default_factory=lambda: {"ROWS": [], "COLUMNS": []})
    merges: list[Json] = field(default_factory=list)
    protected: list[Json] = field(default_factory=list)
    conditional: list[Json] = field(default_factory=list)
    banded: list[Json] = field(default_factory=list)
    tables: list[Json] = field(default_factory=list)
    basic_filter: Json | None = None

    def copy(self) -> Sheet:
        """Apart from the original; rows are shared, as they are frozen."""
        rows, self.rows = self.rows, []
        try:
            twin = deepcopy(self)
        finally:
            self.rows = rows
        twin.rows = list(rows)
        return twin

    def cell(self, row: int, column: int) -> Cell:
        """The cell at a place, counted from 0."""
        if row >= len(self.rows) or column >= len(self.rows[row]):
            return EMPTY
        return self.rows[row][column]

    def put(self, row: int, column: int, cell: Cell) -> None:
        """Set one cell."""
        self.put_row(row, column, (cell,))

    def put_row(self, row: int, left: int, cells: Row) -> None:
        """Set cells beside each other, trailing empty ones dropped."""
        if row >= len(self.rows):
            self.rows.extend(() for _ in range(row + 1 - len(self.rows)))
        old = self.rows[row]
        padded = old[:left] + (EMPTY,) * (left - len(old))
        new = padded + cells + old[left + len(cells) :]
        end = len(new)
        while end and new[end - 1] is EMPTY:
            end -= 1
        self.rows[row] = new[:end]

    def size(self, dimension: str) -> int:
        return self.row_count if dimension == "ROWS" else self.column_count


@dataclass
class Book:
    """One spreadsheet."""

    id: str
    title: str
    sheets: list[Sheet]
    ids: random.Random
    locale: str = "en_US"
    time_zone: str = "Etc/GMT"
    recalculated: str = "ON_CHANGE"
    named: list[Json] = field(default_factory=list)
    metadata: list[Json] = field(default_factory=list)
    calculate: Callable[[str], Any] | None = None
    sort_moves_metadata: bool = False
    has_formulas: bool = False

    def copy(self) -> Book:
        """A copy to try changes on. The source of ids is shared: an id is never given twice."""
        return replace(
            self,
            sheets=[sheet.copy() for sheet in self.sheets],
            named=deepcopy(self.named),
            metadata=deepcopy(self.metadata),
        )

    def sheet(self, sheet_id: int | None) -> Sheet:
        """The tab with an id. Raises Refused."""
        for sheet in self.sheets:
            if sheet.id == (sheet_id or 0):
                return sheet
        raise Refused(400, f"No grid with id: {sheet_id or 0}")

    def titled(self, title: str) -> Sheet | None:
        """The tab with a title, capital or small letters alike; None where there is none."""
        wanted = title.casefold()
        return next((sheet for sheet in self.sheets if sheet.title.casefold() == wanted), None)

    def new_id(self) -> int:
        """A number as Google gives to tabs, ranges and metadata."""
        return self.ids.randrange(10**8, 2**31 - 1)


@dataclass(frozen=True)
class Moment:
    """One state of the file as Drive knows it."""

    at: datetime
    version: int
    name: str
    email: str


@dataclass
class File:
    """A spreadsheet as a file in Drive."""

    book: Book
    owner: str
    created: datetime
    roles: dict[str, str] = field(default_factory=dict)
    moments: list[Moment] = field(default_factory=list)
    trashed: bool = False

    def role(self, email: str) -> str | None:
        """'owner', 'writer', 'commenter', 'reader' or None."""
        if email == self.owner:
            return "owner"
        return self.roles.get(email) or self.roles.get("anyone")

    def touch(self, at: datetime, email: str) -> None:
        """Somebody has changed it: the version moves on, never back."""
        version = self.moments[-1].version + 1 if self.moments else 1
        self.moments.append(Moment(at, version, email.split("@", maxsplit=1)[0], email))
