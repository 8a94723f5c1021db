"""Requests about rows and columns: inserting, deleting, moving."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused, only
from tests.support.google.formulas import rewritten
from tests.support.google.ranges import Shift, deleted, inserted, move_ranges
from tests.support.google.state import EMPTY, Book, Cell, Json, Row, Sheet
from tests.support.google.work import Work

Anything = TypeVar("Anything")


def stretch(work: Work, where: Json) -> tuple[Sheet, str, int, int]:
    """(tab, ROWS or COLUMNS, start, end) of a DimensionRange. Raises Refused."""
    only(where, {"sheetId", "dimension", "startIndex", "endIndex"}, "DimensionRange")
    sheet = work.book.sheet(where.get("sheetId"))
    dimension = where.get("dimension") or ""
    if dimension not in ("ROWS", "COLUMNS"):
        raise Refused(400, "No dimension specified in request.")
    end = where.get("endIndex")
    return sheet, dimension, where.get("startIndex") or 0, sheet.size(dimension) if end is None else end


@behaves(
    "documented", "batchUpdate insertDimension", "what stands below moves down, with metadata, ranges and formulas"
)
@behaves("assumed", "batchUpdate insertDimension", "new rows take formats and rules from the row before or after")
def insert_dimension(work: Work, body: Json) -> None:
    only(body, {"range", "inheritFromBefore"}, "insertDimension")
    sheet, dimension, start, end = stretch(work, body["range"])
    before = bool(body.get("inheritFromBefore"))
    if end <= start or start > sheet.size(dimension):
        raise Refused(400, f"range.startIndex[{start}] is beyond the grid, or range.endIndex[{end}] is not after it")
    if before and not start:
        raise Refused(400, "range.startIndex[0] must be greater than 0 if inheritFromBefore is true")
    insert(work.book, sheet, dimension, start, end - start, before)


def insert(book: Book, sheet: Sheet, dimension: str, at: int, count: int, before: bool) -> None:
    """Insert rows or columns that look like the one before or after."""
    like = at - 1 if before else at
    if dimension == "ROWS":
        if at <= len(sheet.rows):
            pattern = _like(sheet.rows[like]) if like < len(sheet.rows) else ()
            sheet.rows[at:at] = [pattern] * count
        sheet.row_count += count
    else:
        sheet.rows = [_widened(row, at, count, like) for row in sheet.rows]
        sheet.column_count += count
    _follow(book, sheet, dimension, inserted(at, count))


def _like(row: Row) -> Row:
    new = tuple(_blank(cell) for cell in row)
    while new and new[-1] is EMPTY:
        new = new[:-1]
    return new


def _blank(cell: Cell) -> Cell:
    return Cell(format=cell.format, validation=cell.validation) if cell.format or cell.validation else EMPTY


def _widened(row: Row, at: int, count: int, like: int) -> Row:
    if at > len(row):
        return row
    return row[:at] + ((_blank(row[like]) if like < len(row) else EMPTY),) * count + row[at:]


def _follow(book: Book, sheet: Sheet, dimension: str, shift: Shift) -> None:
    move_ranges(book, sheet, dimension, shift)
    if book.has_formulas:
        _rewrite(book, sheet, dimension, shift)


def _rewrite(book: Book, moved: Sheet, dimension: str, shift: Shift) -> None:
    def there(at: int, _: bool) -> int | None:
        new = shift(at, at + 1)
        return new[0] if new else None

    def stays(at: int, _: bool) -> int:
        return at

    rows, columns = (there, stays) if dimension == "ROWS" else (stays, there)
    for sheet in book.sheets:

        def on_tab(title: str, sheet: Sheet = sheet) -> bool:
            return (book.titled(title) if title else sheet) is moved

        sheet.rows = [
            tuple(
                _rewritten(cell, rewritten(cell.formula, rows, columns, on_tab)) if cell.formula else cell
                for cell in row
            )
            if any(cell.formula for cell in row)
            else row
            for row in sheet.rows
        ]


def _rewritten(cell: Cell, formula: str) -> Cell:
    return cell if formula == cell.formula else replace(cell, entered={"formulaValue": formula})


@behaves("documented", "batchUpdate deleteDimension", "metadata on a deleted row goes with it; what is below moves up")
def delete_dimension(work: Work, body: Json) -> None:
    only(body, {"range"}, "deleteDimension")
    sheet, dimension, start, end = stretch(work, body["range"])
    if end <= start or end > sheet.size(dimension):
        raise Refused(
            400, f"Cannot delete a {dimension.lower()[:-1]} that doesn't exist. Tried to delete {start} to {end}"
        )
    if end - start >= sheet.size(dimension):
        raise Refused(400, f"You can't delete all the {dimension.lower()} on the sheet.")
    delete(work.book, sheet, dimension, start, end)


def delete(book: Book, sheet: Sheet, dimension: str, start: int, end: int) -> None:
    """Delete rows or columns."""
    if dimension == "ROWS":
        del sheet.rows[start:end]
        sheet.row_count -= end - start
    else:
        sheet.rows = [row[:start] + row[end:] for row in sheet.rows]
        sheet.column_count -= end - start
    frozen = {"ROWS": "frozenRowCount", "COLUMNS": "frozenColumnCount"}[dimension]
    gone = max(0, min(end, sheet.grid.get(frozen, 0)) - start)
    sheet.grid[frozen] = sheet.grid.get(frozen, 0) - gone
    _follow(book, sheet, dimension, deleted(start, end))


def append_dimension(work: Work, body: Json) -> None:
    only(body, {"sheetId", "dimension", "length"}, "appendDimension")
    sheet = work.book.sheet(body.get("sheetId"))
    if body["dimension"] == "ROWS":
        sheet.row_count += body["length"]
    else:
        sheet.column_count += body["length"]


@behaves("documented", "batchUpdate moveDimension", "the place to go is counted before the rows are taken out")
@behaves("assumed", "batchUpdate moveDimension", "metadata goes along; ranges go along where all of them is moved")
def move_dimension(work: Work, body: Json) -> None:
    only(body, {"source", "destinationIndex"}, "moveDimension")
    sheet, dimension, start, end = stretch(work, body["source"])
    to = body.get("destinationIndex") or 0
    if start <= to <= end:
        return
    count = end - start
    shift = _moving(start, end, to)
    if dimension == "ROWS":
        sheet.rows.extend(() for _ in range(max(to, end) - len(sheet.rows)))
        sheet.rows = _reordered(sheet.rows, start, count, to)
    else:
        padded = [row + (EMPTY,) * (max(to, end) - len(row)) for row in sheet.rows]
        sheet.rows = [tuple(_reordered(list(row), start, count, to)) for row in padded]
    _follow(work.book, sheet, dimension, shift)


def _reordered(items: list[Anything], start: int, count: int, to: int) -> list[Anything]:
    taken = items[start : start + count]
    rest = items[:start] + items[start + count :]
    at = to if to < start else to - count
    return rest[:at] + taken + rest[at:]


def _moving(start: int, end: int, to: int) -> Shift:
    count = end - start

    def position(at: int) -> int:
        if start <= at < end:
            return at + (to - start if to < start else to - end)
        if to <= at < start:
            return at + count
        return at - count if end <= at < to else at

    def shift(first: int | None, last: int | None) -> tuple[int | None, int | None]:
        if first is None or last is None:
            return first, last
        ends = position(first), position(last - 1) + 1
        return ends if ends[1] - ends[0] == last - first else (first, last)

    return shift


KINDS = {
    "insertDimension": insert_dimension,
    "deleteDimension": delete_dimension,
    "appendDimension": append_dimension,
    "moveDimension": move_dimension,
}
