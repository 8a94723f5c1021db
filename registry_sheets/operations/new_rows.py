"""Where new rows came to stand: with many commands at once not where each of them expected its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.applying import page_of
from registry_sheets.operations.settling import Desk, Settled
from registry_sheets.registry.edits.edit import CellWrite, NewRow, Plan
from registry_sheets.registry.edits.resolving import row_holding


def moved_rows(desk: Desk, plan: Plan, planned: Sequence[CellWrite], settled: Settled) -> dict[int, int]:
    """The new rows that stand elsewhere than planned: planned sheet row -> actual one."""
    expected = _added(planned)
    if not expected or settled.edit.state != "applied":
        return {}
    written = settled.applied.writes.get(settled.edit.id)
    found = _found(desk, plan) if written is None else _added(written)
    return dict(zip(expected, found, strict=True)) if len(found) == len(expected) else {}


def _added(writes: Iterable[CellWrite]) -> list[int]:
    return list(dict.fromkeys(write.row for write in writes if write.added))


def _found(desk: Desk, plan: Plan) -> list[int]:
    """The rows in the sheet, where another run has written them."""
    try:
        page, _ = page_of(desk.workbook, desk.terms)
    except RegistrySheetsError:  # it is written all the same
        return []
    rows = [row_holding(page, step) for step in plan.steps if isinstance(step, NewRow)]
    return [page.number(row) for row in rows if row is not None]
