"""A1 notation: reading it, resolving it against a spreadsheet, writing it as Google does."""

from __future__ import annotations

import re
from typing import NamedTuple

from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused
from tests.support.google.state import Book, Json, Sheet

CORNER = re.compile(r"\$?([A-Za-z]{0,3})\$?(\d*)")
PLAIN_TITLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*")


class Box(NamedTuple):
    """A rectangle in a tab, from 0, ends excluded."""

    sheet: Sheet
    top: int
    bottom: int
    left: int
    right: int

    @property
    def height(self) -> int:
        return self.bottom - self.top

    @property
    def width(self) -> int:
        return self.right - self.left

    def holds(self, row: int, column: int) -> bool:
        return self.top <= row < self.bottom and self.left <= column < self.right


def column_letters(column: int) -> str:
    """0 -> 'A', 26 -> 'AA'."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """'A' -> 0, 'AA' -> 26."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def place(a1: str) -> tuple[int, int]:
    """'B3' -> (2, 1), counted from 0. Raises Refused."""
    found = CORNER.fullmatch(a1)
    if not found or not found[1] or not found[2]:
        raise unparsed(a1)
    return int(found[2]) - 1, column_number(found[1])


@behaves("recorded", "A1 notation", "a title in an answer stands in quotes unless it is a plain word unlike a cell")
def quoted(title: str) -> str:
    """A tab's title as it stands in an answer's range."""
    if PLAIN_TITLE.fullmatch(title) and not LIKE_A_CELL.fullmatch(title):
        return title
    return "'" + title.replace("'", "''") + "'"


def shown(box: Box) -> str:
    """A range as it stands in an answer: Sheet1!A1:B2, one cell as Sheet1!A1."""
    first = f"{column_letters(box.left)}{box.top + 1}"
    last = f"{column_letters(box.right - 1)}{box.bottom}"
    return f"{quoted(box.sheet.title)}!{first if first == last else f'{first}:{last}'}"


def unparsed(text: str) -> Refused:
    return Refused(400, f"Unable to parse range: {text}")


def split(text: str) -> tuple[str | None, str]:
    """(title or None, the cells)."""
    if text.startswith("'"):
        found = re.fullmatch(r"'((?:[^']|'')*)'(?:!(.*))?", text, re.DOTALL)
        if not found:
            raise unparsed(text)
        return found[1].replace("''", "'"), found[2] or ""
    title, mark, cells = text.rpartition("!")
    return (title, cells) if mark else (None, text)


def cells_range(cells: str) -> Json | None:
    """The bounds that A1 cells name, as in a GridRange without its tab; None where it is no A1 notation."""
    first, colon, last = cells.partition(":")
    if colon and not last:
        return None
    ends = [CORNER.fullmatch(one) for one in (first, last or first)]
    if not all(end and end[0] for end in ends) or (
        ":" not in cells and not all(end and all(end.groups()) for end in ends)
    ):
        return None
    bounds: Json = {}
    for group, name, number in ((2, "Row", lambda text: int(text) - 1), (1, "Column", column_number)):
        start, end = (number(one[group]) if one and one[group] else None for one in ends)
        if start is not None and end is not None:
            start, end = min(start, end), max(start, end)
        if start is not None:
            bounds[f"start{name}Index"] = start
        if end is not None:
            bounds[f"end{name}Index"] = end + 1
    return bounds


@behaves("recorded", "A1 notation", "a bare title is the whole tab; a quoted one may look like a cell")
@behaves("documented", "A1 notation", "cells without a title are on the first visible tab")
@behaves("assumed", "A1 notation", "of a name that is both, cells come before a named range, and that before a title")
def resolve(book: Book, text: str) -> Json:
    """An A1 range as a GridRange. Raises Refused."""
    title, cells = split(text)
    if title is not None:
        sheet = book.titled(title)
        if sheet is None:
            raise unparsed(text)
        return _on(sheet, book, cells, text)
    first = next((sheet for sheet in book.sheets if not sheet.hidden), book.sheets[0])
    bounds = cells_range(cells)
    if bounds is not None:
        return {"sheetId": first.id, **bounds}
    return _named(book, cells) or _whole(book, cells, text)


def _on(sheet: Sheet, book: Book, cells: str, text: str) -> Json:
    if not cells:
        return {"sheetId": sheet.id}
    bounds = cells_range(cells)
    if bounds is not None:
        return {"sheetId": sheet.id, **bounds}
    named = _named(book, cells)
    if named is None:
        raise unparsed(text)
    return named


def _named(book: Book, name: str) -> Json | None:
    wanted = name.casefold()
    return next((dict(one["range"]) for one in book.named if one["name"].casefold() == wanted), None)


def _whole(book: Book, title: str, text: str) -> Json:
    sheet = book.titled(title)
    if sheet is None:
        raise unparsed(text)
    return {"sheetId": sheet.id}


def box_of(book: Book, grid_range: Json) -> Box:
    """A GridRange's rectangle, open ends at the tab's. Raises Refused where it starts beyond the grid."""
    sheet = book.sheet(grid_range.get("sheetId"))
    top, left = grid_range.get("startRowIndex") or 0, grid_range.get("startColumnIndex") or 0
    bottom = grid_range.get("endRowIndex")
    right = grid_range.get("endColumnIndex")
    return Box(
        sheet,
        top,
        sheet.row_count if bottom is None else bottom,
        left,
        sheet.column_count if right is None else right,
    )


def beyond(box: Box) -> Refused:
    sheet = box.sheet
    limits = f"Max rows: {sheet.row_count}, max columns: {sheet.column_count}"
    return Refused(400, f"Range ({shown(box)}) exceeds grid limits. {limits}")


@behaves("assumed", "A1 notation", "a range that begins beyond the grid is refused; one that only ends there is cut")
def clipped(box: Box) -> Box:
    """The part of a range that the grid has. Raises Refused."""
    sheet = box.sheet
    if box.top >= sheet.row_count or box.left >= sheet.column_count:
        raise beyond(box)
    return box._replace(bottom=min(box.bottom, sheet.row_count), right=min(box.right, sheet.column_count))


def within(box: Box) -> Box:
    """The range itself. Raises Refused where it leaves the grid or is empty."""
    if box.bottom > box.sheet.row_count or box.right > box.sheet.column_count or box.height < 1 or box.width < 1:
        raise beyond(box)
    return box
