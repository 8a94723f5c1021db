"""Does a tab already hold what it should? Told by cells alone: values and formulas, never bytes or looks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time, timedelta

from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.text import cell_safe, serial_number

Shown = tuple[str | float, str]
"""What a cell shows, comparable across formats, and its formula ('' where none)."""

_COMPARED = 16_000  # characters; what is too long for a cell is cut in several ways, all beyond this
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def holds(sheet: Sheet, grid: Grid, formulas: Mapping[Place, str]) -> bool:
    """Whether the tab as read has exactly the sheet's cells. ``formulas`` are without '='."""
    return cells_of_sheet(sheet, grid.date1904) == cells_of_grid(grid, formulas)


def cells_of_sheet(sheet: Sheet, date1904: bool = False) -> dict[Place, Shown]:
    """The cells with content that a sheet asks for."""
    return {
        (row, column): (_shown(cell.value, date1904), cell.formula or "")
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell.formula is not None or _shown(cell.value, date1904) != ""
    }


def cells_of_grid(grid: Grid, formulas: Mapping[Place, str]) -> dict[Place, Shown]:
    """The cells with content that a tab has; an error cell shows its error."""
    found: dict[Place, Shown] = {
        (row, column): (_shown(value, grid.date1904), formulas.get((row, column), ""))
        for row, values in enumerate(grid.rows)
        for column, value in enumerate(values)
        if value != ""
    }
    found |= {place: ("", formula) for place, formula in formulas.items() if place not in found}
    found |= {place: (error, formulas.get(place, "")) for place, error in grid.errors.items()}
    found |= {place: ("not calculated", formulas.get(place, "")) for place in grid.uncached}
    found |= dict.fromkeys(grid.beyond, ("beyond", ""))
    return found


def _shown(value: Cell, date1904: bool) -> str | float:
    """Dates as the numbers that spreadsheets keep; text as a cell gives it back; TRUE is not 1."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "\0TRUE" if value else "\0FALSE"
    if isinstance(value, date | time | timedelta):
        return serial_number(value, date1904)
    return float(value)


def _text(value: str) -> str:
    plain = cell_safe(value)
    if "_x" in plain:
        plain = cell_safe(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), plain))
    return plain[:_COMPARED]
