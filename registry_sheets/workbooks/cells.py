"""Does a tab already hold what it should? Told by cells alone: values and formulas, never bytes or looks."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta

from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.text import cell_safe, serial_number

_COMPARED = 16_000  # characters; what is too long for a cell is cut in several ways, all beyond this
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")

Shown = str | float
"""What a cell shows, comparable across formats."""


def holds(sheet: Sheet, grid: Grid, formulas: Callable[[], Mapping[Place, str]]) -> bool:
    """Whether the tab as read has exactly the sheet's cells.

    ``formulas`` gives the tab's formulas by place, without '='; it is asked only where all values are equal.
    """
    if _values_of_sheet(sheet, grid.date1904) != _values_of_grid(grid):
        return False
    return _formulas_of_sheet(sheet) == formulas()


def _values_of_sheet(sheet: Sheet, date1904: bool) -> dict[Place, Shown]:
    shown = {
        (row, column): _shown(cell.value, date1904)
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell.value != ""
    }
    return {place: value for place, value in shown.items() if value != ""}


def _formulas_of_sheet(sheet: Sheet) -> dict[Place, str]:
    return {
        (row, column): cell.formula
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell.formula is not None
    }


def _values_of_grid(grid: Grid) -> dict[Place, Shown]:
    """The cells with content that a tab has; an error cell shows its error."""
    shown = {
        (row, column): _shown(value, grid.date1904)
        for row, values in enumerate(grid.rows)
        for column, value in enumerate(values)
        if value != ""
    }
    found = {place: value for place, value in shown.items() if value != ""}
    odd = {**grid.errors, **dict.fromkeys(grid.uncached, "not calculated"), **dict.fromkeys(grid.beyond, "beyond")}
    return {**found, **odd}


def _shown(value: Cell, date1904: bool) -> Shown:
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
    # U+FFFD is what is written for halves of a character, which no cell can hold.
    return plain.replace("\ufffd", "")[:_COMPARED]
