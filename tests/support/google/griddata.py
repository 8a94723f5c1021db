"""Cells as JSON: GridData, its rows of CellData and what it tells of rows and columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.google import theme
from tests.support.google.a1 import Box
from tests.support.google.batch import metadata
from tests.support.google.behaviours import behaves
from tests.support.google.fieldmask import Mask, below, cut, wants
from tests.support.google.formats import formatted
from tests.support.google.proto import proto
from tests.support.google.state import EMPTY, Book, Cell, Json, Sheet

Part = Callable[[Cell], Any]


@behaves("recorded", "grid data", "trailing empty cells and rows are left out; an empty row is {}")
@behaves("assumed", "grid data", "how far a row goes is told by all that its cells hold, whatever the mask")
@behaves("assumed", "grid data", "a startRow and startColumn of 0 are left out")
def grid_data(book: Book, box: Box, mask: Mask, omit_zeros: bool) -> Json:
    """A box of cells as GridData, cut by the mask of that."""
    answer: Json = cut(proto({"startRow": box.top, "startColumn": box.left}), mask)
    if wants(mask, "rowData"):
        rows = _rows(box, parts_of(book, below(mask, "rowData", "values"), omit_zeros))
        if rows:
            answer["rowData"] = rows
    if wants(mask, "rowMetadata"):
        lines = _lines(book, box.sheet, "ROWS", box.top, box.bottom, 21)
        answer["rowMetadata"] = cut(lines, below(mask, "rowMetadata"))
    if wants(mask, "columnMetadata"):
        lines = _lines(book, box.sheet, "COLUMNS", box.left, box.right, 100)
        answer["columnMetadata"] = cut(lines, below(mask, "columnMetadata"))
    return answer


def _rows(box: Box, parts: list[tuple[str, Part]]) -> list[Json]:
    rows: list[Json] = []
    for row in box.sheet.rows[box.top : box.bottom]:
        cells = row[box.left : box.right]
        end = len(cells)
        while end and cells[end - 1] is EMPTY:
            end -= 1
        rows.append({"values": [_cell(cell, parts) for cell in cells[:end]]} if end else {})
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _cell(cell: Cell, parts: list[tuple[str, Part]]) -> Json:
    return {name: value for name, part in parts if (value := part(cell)) is not None}


@behaves(
    "documented", "cells", "a formula is formulaValue with its effectiveValue, a failed one errorValue with a message"
)
@behaves("assumed", "cells", "effectiveFormat stands on every cell that holds anything")
def parts_of(book: Book, mask: Mask, omit_zeros: bool = False) -> list[tuple[str, Part]]:
    """What gives each field of CellData that a mask asks for."""
    locale = book.locale
    only_number = mask.get("effectiveFormat") == {"numberFormat": {}}

    def value(one: Any) -> Any:
        return {} if omit_zeros and one in ({"numberValue": 0}, {"boolValue": False}) else one

    def formatted_value(cell: Cell) -> Any:
        return cell.chip or formatted(cell.effective, cell.number_format, locale)

    def effective_format(cell: Cell) -> Json:
        if only_number:
            return {"numberFormat": cell.number_format} if cell.number_format else {}
        return {**theme.default_format(), **(cell.format or {})}

    parts: dict[str, Part] = {
        "userEnteredValue": lambda cell: None if cell.entered is None else value(cell.entered),
        "effectiveValue": lambda cell: None if cell.effective is None else value(cell.effective),
        "formattedValue": formatted_value,
        "userEnteredFormat": lambda cell: cell.format,
        "effectiveFormat": effective_format,
        "note": lambda cell: cell.note or None,
        "dataValidation": lambda cell: cell.validation,
    }
    inner = {} if not mask else {name: mask.get(name, {}) for name in parts}
    if only_number:
        inner["effectiveFormat"] = {}
    found = [(name, part) for name, part in parts.items() if wants(mask, name)]
    return [(name, _cutting(part, inner[name]) if inner.get(name) else part) for name, part in found]


def _cutting(part: Part, mask: Mask) -> Part:
    def cut_part(cell: Cell) -> Any:
        value = part(cell)
        return None if value is None else cut(value, mask)

    return cut_part


@behaves("recorded", "rows and columns", "a column is 100 pixels wide if nobody changed it")
@behaves("assumed", "rows and columns", "a row is 21 pixels high if nobody changed it")
def _lines(book: Book, sheet: Sheet, dimension: str, start: int, end: int, pixels: int) -> list[Json]:
    marked: dict[int, list[Json]] = {}
    for one in book.metadata:
        where = one["location"].get("dimensionRange", {})
        if where.get("sheetId") == sheet.id and where["dimension"] == dimension:
            marked.setdefault(where["startIndex"], []).append(metadata.shown(one))
    held = sheet.lines[dimension]
    return [
        {
            **({"hiddenByUser": True} if held.get(at, {}).get("hiddenByUser") else {}),
            "pixelSize": held.get(at, {}).get("pixelSize", pixels),
            **({"developerMetadata": marked[at]} if at in marked else {}),
        }
        for at in range(start, end)
    ]
