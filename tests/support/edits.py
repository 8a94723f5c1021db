"""Tables as planners of edits see them, and what comes of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from registry_sheets.registry.edits.edit import Edit, Plan
from registry_sheets.registry.edits.page import Page
from registry_sheets.registry.edits.resolving import resolve
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.table import Lists
from registry_sheets.registry.table_settings import TableSettings
from tests.rules.support import grid

TODAY = date(2026, 7, 1)
Row = Mapping[str, Any]


def page(rows: Sequence[Row], settings: TableSettings | None = None) -> Page:
    """The tab of rows (header -> cell); a header that is in none of them is not in the sheet."""
    read = grid(rows)
    return Page(read, find_header(read, settings), settings or TableSettings())


def view(
    rows: Sequence[Row],
    settings: TableSettings | None = None,
    lists: Lists | None = None,
    formulas: Any = (),
    formatted: Any = (),
) -> View:
    """What a planner sees of them."""
    seen, lists = page(rows, settings), lists or Lists()
    return View(seen.table, seen.settings, TODAY, lists, lambda: frozenset(formulas), lambda: frozenset(formatted))


def edit(plan: Plan, **changes: Any) -> Edit:
    """A plan as an edit that waits."""
    values: dict[str, Any] = {
        "id": "20260701T120000000000Z-abcdef",
        "made": datetime(2026, 7, 1, 12, tzinfo=UTC),
        "by": "ana@laptop",
        "command": plan.what.split()[0],
        "what": plan.what,
        "steps": plan.steps,
        "expected": plan.expected,
    }
    return Edit(**(values | changes))


def laid(rows: Sequence[Row], plan: Plan, settings: TableSettings | None = None) -> Page:
    """The tab with the plan laid on it; it must fit."""
    seen = page(rows, settings)
    found = resolve(seen, edit(plan))
    assert not found.reason, found.reason
    return seen


def after(rows: Sequence[Row], plan: Plan, settings: TableSettings | None = None) -> list[dict[str, Cell]]:
    """The rows as they are once the plan is written: header -> cell, blank ones left out."""
    now, match, _ = laid(rows, plan, settings).now()
    headers = [str(cell) for cell in now.rows[match.header_row - 1]]
    return [
        {header: cell for header, cell in zip(headers, row, strict=True) if cell != ""}
        for row in now.rows[match.header_row :]
        if any(cell != "" for cell in row)
    ]
