"""The Changes tab: what changed lately, old and new, when it was seen, and who saved the workbook last."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from registry_sheets.registry.grid import Cell, Place, column_letters
from registry_sheets.registry.past.changes import Change
from registry_sheets.registry.sheets import Sheet, SheetCell, Style
from registry_sheets.registry.tabs.canvas import heights_of, rows_of, text_row

HEADERS = (
    "Seen on",
    "Model",
    "Version",
    "Column",
    "Old",
    "New",
    "Recorded by",
    "Last saved by (may not have made this change)",
)
MOST = 1_000
"""Lines of the tab; `registry-sheets changes` lists all."""

_WIDTHS = (12, 26, 11, 20, 44, 44, 22, 46)
_HEADER_ROW = 3
_NOTE = (
    "What checks found different, newest first, back to 90 days before the newest change. Recorded by: who ran record, "
    "promote, rollback or fix. Written anew by each check."
)


def changes_sheet(changes: Sequence[Change], begins: date | None, title: str = "Changes") -> Sheet:
    """The tab for changes, newest first; ``begins`` is the day of the first check, None before it."""
    shown = changes[:MOST]
    cells: dict[Place, SheetCell] = {
        (0, 0): SheetCell(title, "title"),
        (1, 0): SheetCell(_summary(changes, begins)),
        (2, 0): SheetCell(_NOTE, "note"),
        **text_row(HEADERS, _HEADER_ROW, "header"),
    }
    for row, change in enumerate(shown, _HEADER_ROW + 1):
        cells |= {(row, place): _cell(value) for place, value in enumerate(_values(change)) if value != ""}
    widths = dict(enumerate(_WIDTHS))
    last = _HEADER_ROW + 1 + max(len(shown), 1)
    return Sheet(
        kind="changes",
        title=title,
        rows=rows_of(cells),
        widths=widths,
        row_heights=heights_of(cells, widths, _HEADER_ROW + 1),
        frozen_rows=_HEADER_ROW + 1,
        table=f"A{_HEADER_ROW + 1}:{column_letters(len(HEADERS) - 1)}{last}",
        table_name="Registry_changes",
        numbers_as_text=(f"B{_HEADER_ROW + 2}:F{last}",),
        tab_color="7030A0",
    )


def _summary(changes: Sequence[Change], begins: date | None) -> str:
    if begins is None:
        return "The first check begins the history."
    begun = f"History begins on {begins.isoformat()}"
    if not changes:
        return f"{begun}; nothing has changed lately."
    left_out = len(changes) - MOST
    more = f" The newest {MOST:,} are shown." if left_out > 0 else ""
    told = f"{len(changes):,} change{'s' if len(changes) != 1 else ''} since {changes[-1].day.isoformat()}"
    return f"{told}.{more} {begun}; all changes: registry-sheets changes"


def _values(change: Change) -> Sequence[Cell]:
    return change.day, change.name, change.version, *what(change), change.by, change.editor


def what(change: Change) -> tuple[str, str, str]:
    """(column, old, new) as people read it; a whole row is told in words."""
    if change.kind == "added":
        return "(new row)", "", change.new
    if change.kind == "removed":
        return "(row gone)", change.old, ""
    if change.kind == "column":
        return "(heading changed)", change.old, change.new
    return change.column, change.old, change.new


def _cell(value: Cell) -> SheetCell:
    style: Style = "wrapped" if isinstance(value, str) else "date"
    return SheetCell(value, style)
