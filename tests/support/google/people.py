"""What somebody does to a spreadsheet in the browser, while the account is not looking."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from tests.support.google.a1 import Box, place
from tests.support.google.asked import changing
from tests.support.google.batch import carry_out, dimensions, moves
from tests.support.google.cellvalues import cell_of, from_serial, typed, unwrapped
from tests.support.google.errors import Refused
from tests.support.google.state import EMPTY, Book, Cell, File, Json, Sheet
from tests.support.google.work import Work
from tests.support.google.world import World


class NotAllowed(Exception):
    """The person may not do this: the range is protected, or the file is not shared with them."""


@dataclass(frozen=True)
class Person:
    """Somebody at a spreadsheet. Rows are counted from 1, columns are letters or numbers from 1, as people see them.

    Everything moves the file's version, time and last editor. Raises NotAllowed for a protected range of others.
    """

    world: World
    spreadsheet: str
    email: str

    @property
    def _file(self) -> File:
        return self.world.files[self.spreadsheet]

    def _changing(self) -> AbstractContextManager[Work]:
        if self._file.role(self.email) not in ("owner", "writer"):
            raise NotAllowed(f"{self.email} may not edit this spreadsheet")
        return changing(self.world, self._file, self.email)

    def _requests(self, *requests: Json) -> None:
        with self._changing() as work:
            try:
                carry_out(work, list(requests))
            except Refused as refused:
                raise NotAllowed(refused.message) from refused

    def _tab(self, tab: str) -> Sheet:
        return tab_of(self._file.book, tab)

    def set(self, tab: str, cell: str, value: Any) -> None:
        """Put a value into a cell: text stays text, dates get a date's format. '' or None empties it."""

        def held(old: Cell) -> Cell:
            new = cell_of(value)
            return replace(
                old,
                entered=new.entered,
                effective=new.effective,
                fixed=new.fixed,
                chip=new.chip,
                format=new.format or old.format,
            )

        self._write(tab, cell, held)

    def type(self, tab: str, cell: str, text: str) -> None:
        """Type into a cell, with all that Google makes of it: '3.10' becomes the number 3.1."""
        book = self._file.book
        year = self.world.now().year
        self._write(tab, cell, lambda old: typed(old, text, book.locale, year))

    def _write(self, tab: str, cell: str, change: Any) -> None:
        row, column = place(cell)
        with self._changing() as work:
            sheet = tab_of(work.book, tab)
            box = Box(sheet, row, row + 1, column, column + 1)
            self._check(work, box)
            new = change(sheet.cell(row, column))
            work.put(box, 0, 0, EMPTY if new == EMPTY else new)
            sheet.row_count, sheet.column_count = max(sheet.row_count, row + 1), max(sheet.column_count, column + 1)

    def _check(self, work: Work, box: Box) -> None:
        try:
            work.check_protected(box)
        except Refused as refused:
            raise NotAllowed(refused.message) from refused

    def note(self, tab: str, cell: str, text: str) -> None:
        """Put a note on a cell; '' takes it away."""
        self._write(tab, cell, lambda old: replace(old, note=text))

    def number_format(self, tab: str, cell: str, kind: str, pattern: str = "") -> None:
        """Give a cell a number format, such as 'TEXT', 'DATE' or 'NUMBER' with '0.00'."""
        told = {"type": kind, **({"pattern": pattern} if pattern else {})}
        self._write(tab, cell, lambda old: replace(old, format={**(old.format or {}), "numberFormat": told}))

    def insert_rows(self, tab: str, at: int, n: int = 1) -> None:
        """Insert empty rows above row ``at``."""
        self._lines(tab, "ROWS", at, n)

    def insert_columns(self, tab: str, at: int | str, n: int = 1) -> None:
        """Insert empty columns before column ``at``."""
        self._lines(tab, "COLUMNS", _number(at), n)

    def _lines(self, tab: str, dimension: str, at: int, n: int) -> None:
        with self._changing() as work:
            sheet = tab_of(work.book, tab)
            self._check(work, _stretch(sheet, dimension, at - 1, at - 1 + n))
            dimensions.insert(work.book, sheet, dimension, at - 1, n, before=at > 1)

    def delete_rows(self, tab: str, at: int, n: int = 1) -> None:
        """Delete rows from row ``at`` on."""
        self._delete(tab, "ROWS", at, n)

    def delete_columns(self, tab: str, at: int | str, n: int = 1) -> None:
        """Delete columns from column ``at`` on."""
        self._delete(tab, "COLUMNS", _number(at), n)

    def _delete(self, tab: str, dimension: str, at: int, n: int) -> None:
        with self._changing() as work:
            sheet = tab_of(work.book, tab)
            self._check(work, _stretch(sheet, dimension, at - 1, at - 1 + n))
            dimensions.delete(work.book, sheet, dimension, at - 1, at - 1 + n)

    def move_rows(self, tab: str, at: int, n: int, to: int) -> None:
        """Drag ``n`` rows from row ``at`` to before row ``to``."""
        where = {"sheetId": self._tab(tab).id, "dimension": "ROWS", "startIndex": at - 1, "endIndex": at - 1 + n}
        self._requests({"moveDimension": {"source": where, "destinationIndex": to - 1}})

    def move_columns(self, tab: str, at: int | str, n: int, to: int | str) -> None:
        """Drag ``n`` columns from column ``at`` to before column ``to``."""
        first = _number(at) - 1
        where = {"sheetId": self._tab(tab).id, "dimension": "COLUMNS", "startIndex": first, "endIndex": first + n}
        self._requests({"moveDimension": {"source": where, "destinationIndex": _number(to) - 1}})

    def sort(self, tab: str, column: int | str, descending: bool = False, header_rows: int = 1) -> None:
        """Sort the rows below the header by a column."""
        with self._changing() as work:
            sheet = tab_of(work.book, tab)
            box = Box(sheet, header_rows, max(len(sheet.rows), header_rows + 1), 0, sheet.column_count)
            self._check(work, box)
            moves.sort(work.book, box, [(_number(column) - 1, descending)])

    def rename_tab(self, tab: str, title: str) -> None:
        told = {"sheetId": self._tab(tab).id, "title": title}
        self._requests({"updateSheetProperties": {"properties": told, "fields": "title"}})

    def delete_tab(self, tab: str) -> None:
        self._requests({"deleteSheet": {"sheetId": self._tab(tab).id}})

    def add_tab(self, title: str) -> None:
        self._requests({"addSheet": {"properties": {"title": title}}})

    def copy_tab(self, tab: str, title: str) -> None:
        """Duplicate a tab, beside it."""
        index = self._file.book.sheets.index(self._tab(tab)) + 1
        told = {"sourceSheetId": self._tab(tab).id, "insertSheetIndex": index, "newSheetName": title}
        self._requests({"duplicateSheet": told})

    def hide_tab(self, tab: str, hidden: bool = True) -> None:
        told = {"sheetId": self._tab(tab).id, "hidden": hidden}
        self._requests({"updateSheetProperties": {"properties": told, "fields": "hidden"}})

    def request(self, kind: str, body: Json) -> None:
        """Anything else that a batchUpdate request can do, done by this person."""
        self._requests({kind: body})

    def share(self, email: str, role: str = "writer") -> None:
        """Share the file with an address, or 'anyone'."""
        self._file.roles[email] = role
        self._file.touch(self.world.now(), self.email)

    def unshare(self, email: str) -> None:
        """Take a share away."""
        self._file.roles.pop(email, None)
        self._file.touch(self.world.now(), self.email)

    def trash(self) -> None:
        """Delete the file for good: its id is unknown from then on."""
        del self.world.files[self.spreadsheet]


def _number(column: int | str) -> int:
    return column if isinstance(column, int) else place(f"{column}1")[1] + 1


def _stretch(sheet: Sheet, dimension: str, start: int, end: int) -> Box:
    if dimension == "ROWS":
        return Box(sheet, start, end, 0, sheet.column_count)
    return Box(sheet, 0, sheet.row_count, start, end)


def tab_of(book: Book, title: str) -> Sheet:
    """The tab of exactly this title. Raises KeyError."""
    for sheet in book.sheets:
        if sheet.title == title:
            return sheet
    raise KeyError(f"no tab '{title}' among {[sheet.title for sheet in book.sheets]}")


def plain_cells(book: Book, tab: str) -> list[list[Any]]:
    """A tab's values as plain Python ones, without what is empty at the end."""
    rows = [[_plain(cell) for cell in row] for row in tab_of(book, tab).rows]
    for row in rows:
        while row and row[-1] == "":
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _plain(cell: Cell) -> Any:
    value = unwrapped(cell.effective)
    kind = cell.number_format.get("type")
    if isinstance(value, int | float) and not isinstance(value, bool) and kind in ("DATE", "DATE_TIME"):
        moment = from_serial(value)
        return moment.date() if kind == "DATE" else moment
    return cell.chip if value is None else value
