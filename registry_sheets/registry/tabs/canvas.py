"""A tab in the making: cells by place, and whether a tab as read still holds them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from math import ceil

from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.registry.text import cell_safe

BLANK = SheetCell("")
LINE, TALLEST = 15.0, 409.0
"""A line of text and the tallest row, in points."""
_LONGEST = 5_000
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def rows_of(cells: Mapping[Place, SheetCell]) -> tuple[tuple[SheetCell, ...], ...]:
    """The rows of a tab from A1, each as long as its last cell."""
    lengths: dict[int, int] = {}
    for row, column in cells:
        lengths[row] = max(lengths.get(row, 0), column + 1)
    height = max(lengths, default=-1) + 1
    return tuple(
        tuple(cells.get((row, column), BLANK) for column in range(lengths.get(row, 0))) for row in range(height)
    )


def same_cells(sheet: Sheet, grid: Grid) -> bool:
    """Whether a tab as read holds what the sheet wants; where that has formulas, whatever they show."""
    height = max(len(sheet.rows), len(grid.rows))
    return all(_values(sheet, row) == _read(grid, row, sheet) for row in range(height))


def has_headings(sheet: Sheet, grid: Grid) -> bool:
    """Whether a tab as read holds at least half of a sheet's headings, so that it may well be that sheet.

    A sheet without headings is never told by them.
    """
    headings = {cell.value for row in sheet.rows for cell in row if cell.style == "header" and cell.value}
    there = {cell for row in grid.rows for cell in row if cell != ""}
    return 2 * len(headings & there) >= max(1, len(headings))


def _values(sheet: Sheet, row: int) -> list[Cell]:
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    return _trimmed(["" if cell.formula is not None else _plain(cell.value) for cell in cells])


def _read(grid: Grid, row: int, sheet: Sheet) -> list[Cell]:
    formulas = (
        {at for at, cell in enumerate(sheet.rows[row]) if cell.formula is not None} if row < len(sheet.rows) else ()
    )
    cells = grid.rows[row] if row < len(grid.rows) else []
    return _trimmed(["" if at in formulas else _plain(cell) for at, cell in enumerate(cells)])


def _plain(cell: Cell) -> Cell:
    """A date is read back as a moment, text as far as a cell can hold it."""
    if isinstance(cell, str):
        return cell_safe(_ESCAPE.sub(lambda match: chr(int(match[1], 16)), cell) if "_x" in cell else cell)
    if isinstance(cell, datetime) and cell.time() == time(0):
        return cell.date()
    return cell


def _trimmed(row: list[Cell]) -> list[Cell]:
    while row and row[-1] == "":
        row.pop()
    return row


def text_row(texts: Sequence[str], row: int, style: str = "plain") -> dict[Place, SheetCell]:
    """A row of texts from its first column on."""
    return {(row, column): SheetCell(text, style) for column, text in enumerate(texts)}  # type: ignore[arg-type]


def heights_of(cells: Mapping[Place, SheetCell], widths: Mapping[int, float], first_row: int) -> dict[int, float]:
    """The heights, in points, of rows from ``first_row`` on whose wrapped texts take more than one line.

    Spreadsheets do not all work out the height of a row on opening, so it is told.
    """
    lines: dict[int, int] = {}
    for (row, column), cell in cells.items():
        if row >= first_row and cell.style == "wrapped" and isinstance(cell.value, str):
            lines[row] = max(lines.get(row, 1), _lines(cell.value, widths.get(column, 9)))
    return {row: min(LINE * count + 1, TALLEST) for row, count in lines.items() if count > 1}


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of so many characters; letters are narrower than digits."""
    room = max(width * 1.1, 1)
    return sum(max(1, ceil(len(line) / room)) for line in text[:_LONGEST].split("\n"))
