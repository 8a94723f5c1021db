"""What row edits come to on a tab as it was read: cells to set by row, columns to add, rows to insert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from registry_sheets.errors import WorkbookChanged, WriteRefused
from registry_sheets.registry.grid import Cell, a1, column_letters
from registry_sheets.workbooks.base import AddColumn, AppendRow, RowEdit, SetCell
from registry_sheets.workbooks.google.celldata import entered
from registry_sheets.workbooks.google.snapshot import Tab


@dataclass
class RowPlan:
    """All that is to be done. Rows and columns count from 0, as in the tab as it was read.

    ``cells``: row -> column -> value; ``beyond`` the same for rows that the grid does not have yet; ``columns``: column
    -> its heading's row and text; ``rows``: where each new row goes, with its cells. ``headings`` is the row of the
    headings and ``identity`` the columns by which rows are known, where the edits name them.
    """

    tab: Tab
    cells: dict[int, dict[int, Cell]] = field(default_factory=dict)
    beyond: dict[int, dict[int, Cell]] = field(default_factory=dict)
    columns: dict[int, tuple[int, str]] = field(default_factory=dict)
    rows: list[tuple[int, Mapping[int, Cell]]] = field(default_factory=list)
    headings: int | None = None
    identity: tuple[int, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.cells or self.beyond or self.columns or self.rows)

    def after(self, row: int) -> list[Any]:
        """What will have been typed into a row, once its cells are set and columns added (see reading.entered)."""
        known = self.tab.entered
        cells = list(known[row]) if row < len(known) else []
        new = {**{at: text for at, (head, text) in self.columns.items() if head == row}, **self.cells.get(row, {})}
        cells += [""] * (max(new, default=-1) + 1 - len(cells))
        for column, value in new.items():
            cells[column] = typed_in(value)
        while cells and cells[-1] == "" and isinstance(cells[-1], str):
            cells.pop()
        return cells


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
    if place in plan.tab.formulas:
        raise WriteRefused(f"{a1(*place)} holds a formula, so it is not written over.", "Change it in the sheet.")
    now = _cell(plan.tab, *place)
    if edit.expected is not None and now != edit.expected and place not in plan.tab.grid.errors:
        raise WorkbookChanged(f"{a1(*place)} no longer holds what was read.", "Run again.")
    if not _same(now, edit.value) or place in plan.tab.grid.errors:
        rows = plan.cells if edit.row < plan.tab.height else plan.beyond
        rows.setdefault(edit.row, {})[edit.column] = edit.value


def _same(one: Cell, other: Cell) -> bool:
    return one == other and isinstance(one, bool) == isinstance(other, bool)


def _cell(tab: Tab, row: int, column: int) -> Cell:
    rows = tab.grid.rows
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""


def _add_column(plan: RowPlan, edit: AddColumn) -> None:
    rows = plan.tab.grid.rows[edit.row :]
    odd = {place for place in (*plan.tab.formulas, *plan.tab.grid.errors) if place[1] == edit.column}
    if any(row[edit.column :][:1] not in ([], [""]) for row in rows) or any(row >= edit.row for row, _ in odd):
        raise WriteRefused(
            f"The column {column_letters(edit.column)} is not free, so it is not headed '{edit.heading}'.",
            f"Move what stands there, or head another column '{edit.heading}' in the sheet.",
        )
    plan.columns[edit.column] = (edit.row, edit.heading)
    plan.headings = edit.row


def _append(plan: RowPlan, edit: AppendRow) -> None:
    """The row goes below the last one that counts, and below those that are added already."""
    at = len(plan.tab.grid.rows)
    while at and not any(_counts(plan.tab, at - 1, column) for column in edit.counted):
        at -= 1
    plan.rows.append((at + len(plan.rows), edit.values))
    plan.headings = edit.headings if edit.headings is not None else plan.headings
    plan.identity = edit.identity or plan.identity


def _counts(tab: Tab, row: int, column: int) -> bool:
    return (_cell(tab, row, column) != "" or (row, column) in tab.grid.errors) and (row, column) not in tab.formulas


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
