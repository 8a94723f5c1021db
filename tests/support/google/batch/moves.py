"""Requests that carry cells elsewhere: sorting, copying, cutting, inserting cells."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.support.google.a1 import Box, box_of, within
from tests.support.google.behaviours import behaves
from tests.support.google.cellvalues import Error, unwrapped
from tests.support.google.errors import NotImitated, only
from tests.support.google.formulas import rewritten
from tests.support.google.state import EMPTY, Book, Cell, Json, Row, Sheet
from tests.support.google.work import Work


def block(box: Box) -> list[list[Cell]]:
    """The cells of a box, row by row."""
    return [
        [box.sheet.cell(row, column) for column in range(box.left, box.right)] for row in range(box.top, box.bottom)
    ]


def paste(work: Work, box: Box, cells: list[list[Cell]]) -> None:
    """Set the cells of a box."""
    for at, row in enumerate(cells):
        box.sheet.put_row(box.top + at, box.left, tuple(work.noted(cell) for cell in row))


@behaves("recorded", "batchUpdate sortRange", "several columns count in turn, each ascending or descending")
@behaves(
    "documented", "batchUpdate sortRange", "numbers come before text, text before booleans, empty cells always last"
)
def sort_range(work: Work, body: Json) -> None:
    only(body, {"range", "sortSpecs"}, "sortRange")
    box = within(box_of(work.book, body["range"]))
    work.check_protected(box)
    specs = [(one.get("dimensionIndex") or 0, one.get("sortOrder") == "DESCENDING") for one in _specs(body)]
    sort(work.book, box, specs)


def _specs(body: Json) -> list[Json]:
    specs: list[Json] = body.get("sortSpecs") or []
    for one in specs:
        only(one, {"dimensionIndex", "sortOrder"}, "SortSpec")
    return specs


def sort(book: Book, box: Box, specs: list[tuple[int, bool]]) -> None:
    """Sort a box's rows by columns of the tab (whether descending), the first counting most."""
    order = list(range(box.top, box.bottom))
    for column, descending in reversed(specs):
        order.sort(key=lambda row: _key(box.sheet.cell(row, column)), reverse=descending)
        order.sort(key=lambda row: not box.sheet.cell(row, column).effective)
    rows = [_slice(box.sheet, row, box) for row in order]
    for at, cells in enumerate(rows):
        box.sheet.put_row(box.top + at, box.left, cells)
    if book.sort_moves_metadata:
        _carry_metadata(book, box, {old: box.top + at for at, old in enumerate(order)})


def _slice(sheet: Sheet, row: int, box: Box) -> Row:
    return tuple(sheet.cell(row, column) for column in range(box.left, box.right))


def _key(cell: Cell) -> tuple[int, Any]:
    value = unwrapped(cell.effective)
    if isinstance(value, Error) or value is None:
        return 3, ""
    if isinstance(value, bool):
        return 2, value
    return (1, value.casefold()) if isinstance(value, str) else (0, value)


@behaves(
    "assumed", "batchUpdate sortRange", "developer metadata of rows stays where it is; a setting makes it go with them"
)
def _carry_metadata(book: Book, box: Box, went: dict[int, int]) -> None:
    for one in book.metadata:
        where = one["location"].get("dimensionRange", {})
        if where.get("dimension") == "ROWS" and where["sheetId"] == box.sheet.id and where["startIndex"] in went:
            at = went[where["startIndex"]]
            one["location"]["dimensionRange"] = {**where, "startIndex": at, "endIndex": at + 1}


PASTES = {
    "PASTE_NORMAL": ("entered", "effective", "format", "note", "validation", "fixed", "chip"),
    "PASTE_VALUES": ("entered", "effective", "chip"),
    "PASTE_FORMAT": ("format",),
    "PASTE_NO_BORDERS": ("entered", "effective", "format", "note", "validation", "fixed", "chip"),
    "PASTE_FORMULA": ("entered", "effective", "fixed"),
    "PASTE_DATA_VALIDATION": ("validation",),
}


def _pasted(old: Cell, new: Cell, kind: str, down: int, right: int) -> Cell:
    if kind not in PASTES:
        raise NotImitated(f"pasteType {kind}")
    taken: dict[str, Any] = {name: getattr(new, name) for name in PASTES[kind]}
    if kind == "PASTE_VALUES":
        taken |= {"entered": new.effective, "fixed": False}
    if kind == "PASTE_NO_BORDERS" and new.format:
        taken["format"] = {name: one for name, one in new.format.items() if name != "borders"} or None
    held = replace(old, **taken)
    if held.formula and new.formula and (down or right):
        held = replace(held, entered={"formulaValue": _relative(held.formula, down, right)}, fixed=False)
    return EMPTY if held == EMPTY else held


def _relative(formula: str, down: int, right: int) -> str:
    return rewritten(
        formula,
        lambda row, fixed: row if fixed else row + down,
        lambda column, fixed: column if fixed else column + right,
        lambda title: True,
    )


@behaves(
    "documented", "batchUpdate copyPaste", "the source is repeated over a destination that it fits into several times"
)
@behaves("documented", "batchUpdate copyPaste", "references in formulas without $ move along")
def copy_paste(work: Work, body: Json) -> None:
    only(body, {"source", "destination", "pasteType", "pasteOrientation"}, "copyPaste")
    source = within(box_of(work.book, body["source"]))
    target = box_of(work.book, body["destination"])
    cells = block(source)
    transposed = body.get("pasteOrientation") == "TRANSPOSE"
    if transposed:
        cells = [list(row) for row in zip(*cells, strict=True)]
    height, width = len(cells), len(cells[0])
    down, across = max(1, target.height // height), max(1, target.width // width)
    target = _grown(target._replace(bottom=target.top + height * down, right=target.left + width * across))
    work.check_protected(target)
    kind = body.get("pasteType") or "PASTE_NORMAL"
    new = []
    for row in range(target.height):
        line = []
        for column in range(target.width):
            at = (column % width, row % height) if transposed else (row % height, column % width)
            by = target.top + row - source.top - at[0], target.left + column - source.left - at[1]
            old = target.sheet.cell(target.top + row, target.left + column)
            line.append(_pasted(old, cells[row % height][column % width], kind, *by))
        new.append(line)
    paste(work, target, new)


def _grown(box: Box) -> Box:
    box.sheet.row_count = max(box.sheet.row_count, box.bottom)
    box.sheet.column_count = max(box.sheet.column_count, box.right)
    return box


@behaves("recorded", "batchUpdate cutPaste", "the source is empty afterwards")
def cut_paste(work: Work, body: Json) -> None:
    only(body, {"source", "destination", "pasteType"}, "cutPaste")
    kind = body.get("pasteType") or "PASTE_NORMAL"
    if kind != "PASTE_NORMAL":
        raise NotImitated(f"cutPaste with {kind}")
    source = within(box_of(work.book, body["source"]))
    where = body["destination"]
    top, left = where.get("rowIndex") or 0, where.get("columnIndex") or 0
    target = _grown(Box(work.book.sheet(where.get("sheetId")), top, top + source.height, left, left + source.width))
    work.check_protected(source)
    work.check_protected(target)
    cells = block(source)
    paste(work, source, [[EMPTY] * source.width for _ in range(source.height)])
    paste(work, target, cells)


@behaves("documented", "batchUpdate insertRange", "only the cells of its columns move; the grid grows to keep them")
def insert_range(work: Work, body: Json) -> None:
    only(body, {"range", "shiftDimension"}, "insertRange")
    box = within(box_of(work.book, body["range"]))
    sheet, rows = box.sheet, body.get("shiftDimension") == "ROWS"
    if rows:
        rest = _grown(Box(sheet, box.top, max(len(sheet.rows), box.top) + box.height, box.left, box.right))
        source = block(rest)
        paste(work, rest, [[EMPTY] * box.width for _ in range(box.height)] + source[: rest.height - box.height])
        return
    for row in range(box.top, min(box.bottom, len(sheet.rows))):
        cells = sheet.rows[row][box.left :]
        sheet.put_row(row, box.left, (EMPTY,) * box.width + cells)
        sheet.column_count = max(sheet.column_count, len(sheet.rows[row]))


def delete_range(work: Work, body: Json) -> None:
    only(body, {"range", "shiftDimension"}, "deleteRange")
    box = within(box_of(work.book, body["range"]))
    work.check_protected(box)
    sheet = box.sheet
    if body.get("shiftDimension") == "ROWS":
        rest = box._replace(bottom=max(len(sheet.rows), box.bottom))
        paste(work, rest, block(rest)[box.height :] + [[EMPTY] * box.width for _ in range(box.height)])
        return
    for row in range(box.top, min(box.bottom, len(sheet.rows))):
        kept = sheet.rows[row][box.right :]
        sheet.put_row(row, box.left, kept + (EMPTY,) * box.width)


KINDS = {
    "sortRange": sort_range,
    "copyPaste": copy_paste,
    "cutPaste": cut_paste,
    "insertRange": insert_range,
    "deleteRange": delete_range,
}
