"""Reports of small registries, made as the product makes them: rows, their past, a check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from registry_sheets.history.base import History
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.looking import Look, Memories, Terms, look
from registry_sheets.operations.recording import record_pass
from registry_sheets.operations.reporting import Setting, report_of
from registry_sheets.registry.checking import RuleSetting
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.links import WorkbookLink
from registry_sheets.reports.content import Report
from registry_sheets.workbooks.base import LastEditor
from registry_sheets.workbooks.memory import MemoryWorkbook
from tests.support.registries import TODAY, version

HEADINGS = {column.field: column.header for column in COLUMNS}
LINK = "https://files.example.com/models.xlsx?cell={cell}&tab={tab}"
OVERDUE = {
    "retraining-overdue": RuleSetting(options={"days": 90}),
    "review-overdue": RuleSetting(options={"days": 60}),
}

Row = Mapping[str, Cell]
"""Field or own heading -> cell."""

Person = tuple[str, str, str]
"""Name, e-mail and Active of an owner in Lists."""


def models_grid(rows: Sequence[Row], own: Sequence[str] = ()) -> Grid:
    """A Models tab of rows."""
    keys = [*HEADINGS, *own]
    cells: list[list[Any]] = [[HEADINGS.get(key, key) for key in keys]]
    cells += [[row.get(key, "") for key in keys] for row in rows]
    return Grid("Models", cells)


def lists_grid(owners: Sequence[Person]) -> Grid:
    """A Lists tab with owners."""
    cells: list[list[Any]] = [["Owner", "E-mail", "Active"]]
    return Grid("Lists", [*cells, *([*owner] for owner in owners)])


def looked(
    rows: Sequence[Row],
    today: date = TODAY,
    *,
    history: History | None = None,
    owners: Sequence[Person] = (),
    own: Sequence[str] = (),
    terms: Terms | None = None,
) -> Look:
    """A look at rows; recorded where there is a history."""
    tabs = [models_grid(rows, own), *([lists_grid(owners)] if owners else [])]
    saved = datetime(today.year, today.month, today.day, 16, 40, tzinfo=UTC)
    workbook = MemoryWorkbook(tabs, label="models.xlsx", last_editor=LastEditor("Sam Hale", saved))
    seen = look(workbook, terms or Terms("demo", rules=OVERDUE), today, memories=Memories(history, now=saved))
    return record_pass(history, seen, {}, accept_removals=True) if history else seen


def reported(
    rows: Sequence[Row] | None = None,
    today: date = TODAY,
    *,
    before: Mapping[date, Sequence[Row]] | None = None,
    owners: Sequence[Person] = (),
    own: Sequence[str] = (),
    terms: Terms | None = None,
    link: str = LINK,
    since: date | None = None,
) -> Report:
    """The report of rows, today; ``before`` are the rows as passes saw them on earlier days."""
    history = MemoryHistory()
    for day, then in (before or {}).items():
        looked(then, day, history=history, owners=owners, own=own, terms=terms)
    now = [version()] if rows is None else rows
    seen = looked(now, today, history=history, owners=owners, own=own, terms=terms)
    return report_of(seen, history, Setting(terms or Terms("demo", rules=OVERDUE), WorkbookLink(link), since))


def workbook(path: Path, rows: Sequence[Row], owners: Sequence[Person] = (), own: Sequence[str] = ()) -> Path:
    """A workbook with these rows and owners."""
    from openpyxl import Workbook

    made = Workbook()
    made.remove(made.worksheets[0])
    for grid in (models_grid(rows, own), *([lists_grid(owners)] if owners else [])):
        sheet = made.create_sheet(grid.title)
        for row in grid.rows:
            sheet.append([None if cell == "" else cell for cell in row])
    made.save(path)
    return path
