"""What row edits come to on a tab as it was read: cells to set by row, columns to add, rows to insert."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from typing import Any

from registry_sheets.errors import WorkbookChanged, WriteRefused
from registry_sheets.registry.grid import Cell, Place, a1, column_letters
from registry_sheets.workbooks.base import AddColumn, AppendRow, Layout, RowEdit, SetCell
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.snapshot import Tab
from registry_sheets.workbooks.google.tabs.celldata import entered

Cells = Mapping[int, Mapping[int, Any]]
"""Row -> column -> value, both from 0."""


@dataclass
class RowPlan:
    """All that is to be done. Rows and columns count from 0, as in the tab as it was read.

    ``cells``: row -> column -> value; ``beyond`` the same for rows that the grid does not have yet; ``columns``: column
    -> its heading's row and text; ``rows``: where each new row goes, with its cells. ``layout`` as the edits tell it.
    """

    tab: Tab
    cells: dict[int, dict[int, Cell]] = field(default_factory=dict)
    beyond: dict[int, dict[int, Cell]] = field(default_factory=dict)
    columns: dict[int, tuple[int, str]] = field(default_factory=dict)
    rows: list[tuple[int, Mapping[int, Cell]]] = field(default_factory=list)
    layout: Layout | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.cells or self.beyond or self.columns or self.rows)

    @property
    def headings(self) -> int | None:
        """The row of the headings, where the edits tell it."""
        return self.layout.headings if self.layout else None

    @property
    def identity(self) -> tuple[int, ...]:
        """The columns by which a row is known, where the edits tell them."""
        return self.layout.identity if self.layout else ()

    @property
    def watched(self) -> list[int]:
        """The rows that are anchored: those that are set, and the headings, by which moved columns show."""
        return sorted({*self.cells, *([self.headings] if self.headings is not None else [])})

    @cached_property
    def calculated(self) -> frozenset[Place]:
        """Where the tab shows what a formula works out, in its own cell or in one that it fills."""
        return calculated(self.tab)

    @cached_property
    def covered(self) -> frozenset[Place]:
        """The cells under merged ones."""
        return frozenset(reading.covered(self.tab.merges))

    def there(self) -> Cells:
        """The cells to set in columns that are there."""
        return self._cells(lambda column: column not in self.columns)

    def added(self) -> Cells:
        """The cells to set in columns that are added."""
        return self._cells(lambda column: column in self.columns)

    def _cells(self, wanted: Callable[[int], bool]) -> Cells:
        found = {row: {at: value for at, value in cells.items() if wanted(at)} for row, cells in self.cells.items()}
        return {row: cells for row, cells in found.items() if cells}

    def before(self, row: int) -> list[Any]:
        """What was typed into a row, as read (see reading.entered)."""
        known = self.tab.entered
        return list(known[row]) if row < len(known) else []

    def headed(self, with_columns: bool) -> list[Any]:
        """What the row of the headings holds, before or after columns are added."""
        found = self.before(self.headings or 0)
        for column, (_, text) in self.columns.items() if with_columns else ():
            found += [""] * (column + 1 - len(found))
            found[column] = typed_in(text)
        return found


def plan_of(tab: Tab, edits: Sequence[RowEdit]) -> RowPlan:
    """Raises WriteRefused where a formula or a column that is not free is in the way, WorkbookChanged where a cell
    does not hold what the edit expects."""
    plan = RowPlan(tab)
    for edit in edits:
        if isinstance(edit, SetCell):
            _set(plan, edit)
        elif isinstance(edit, AddColumn):
            _add_column(plan, edit)
        else:
            _append(plan, edit)
    return plan


def _set(plan: RowPlan, edit: SetCell) -> None:
    place = (edit.row, edit.column)
    if place in plan.calculated:
        raise WriteRefused(f"{a1(*place)} holds a formula, so it is not written over.", "Change it in the sheet.")
    if place in plan.covered:
        raise WriteRefused(f"{a1(*place)} lies under a merged cell and is not seen.", "Unmerge the cells in the sheet.")
    now = _cell(plan.tab, *place)
    if edit.expected is not None and now != edit.expected and place not in plan.tab.grid.errors:
        raise WorkbookChanged(f"{a1(*place)} no longer holds what was read.", "Run again.")
    if not _same(now, edit.value) or place in plan.tab.grid.errors:
        rows = plan.cells if edit.row < plan.tab.height else plan.beyond
        rows.setdefault(edit.row, {})[edit.column] = edit.value
    plan.layout = edit.layout or plan.layout


def _same(one: Cell, other: Cell) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _cell(tab: Tab, row: int, column: int) -> Cell:
    rows = tab.grid.rows
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _add_column(plan: RowPlan, edit: AddColumn) -> None:
    rows = plan.tab.grid.rows[edit.row :]
    odd = {place for place in (*plan.calculated, *plan.tab.grid.errors) if place[1] == edit.column}
    if any(row[edit.column :][:1] not in ([], [""]) for row in rows) or any(row >= edit.row for row, _ in odd):
        raise WriteRefused(
            f"The column {column_letters(edit.column)} is not free, so it is not headed '{edit.heading}'.",
            f"Move what stands there, or head another column '{edit.heading}' in the sheet.",
        )
    plan.columns[edit.column] = (edit.row, edit.heading)
    plan.layout = plan.layout or Layout(edit.row)


def _append(plan: RowPlan, edit: AppendRow) -> None:
    """The row goes below the last one that counts, and below those that are added already."""
    at = len(plan.tab.grid.rows)
    while at and not any(_counts(plan, at - 1, column) for column in edit.counted):
        at -= 1
    plan.rows.append((at + len(plan.rows), edit.values))
    plan.layout = edit.layout or plan.layout


def _counts(plan: RowPlan, row: int, column: int) -> bool:
    filled = _cell(plan.tab, row, column) != "" or (row, column) in plan.tab.grid.errors
    return filled and (row, column) not in plan.calculated


def calculated(tab: Tab) -> frozenset[Place]:
    """Where a tab shows what formulas work out: an array formula fills cells into which nothing was typed."""
    filled = (
        (row, column)
        for row, cells in enumerate(tab.rows)
        for column, cell in enumerate(cells)
        if "userEnteredValue" not in cell and cell.get("effectiveValue")
    )
    return frozenset((*tab.formulas, *filled))


def typed_in(value: Cell) -> Any:
    """A cell's value as JSON holds it: dates and times are serial numbers."""
    return next(iter(entered(value).values()), "")


def number_format(value: Cell) -> dict[str, str] | None:
    """The number format that a date or time needs to be read as one; None for any other value."""
    if isinstance(value, timedelta):
        return {"type": "TIME", "pattern": "[h]:mm:ss"}
    if isinstance(value, time):
        return {"type": "TIME", "pattern": "hh:mm:ss"}
    if not isinstance(value, date):
        return None
    if typed_in(value) == int(typed_in(value)):
        return {"type": "DATE", "pattern": "yyyy-mm-dd"}
    return {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm:ss"}
