"""One pass over a people's sheet part: what an edit must know of it, in constant memory.

The part is inflated piece by piece and searched as bytes; a DOM of 100,000 rows takes 1 GB.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from registry_sheets.errors import WriteRefused
from registry_sheets.registry.grid import column_letters
from registry_sheets.workbooks.excel.markup import Document, Element, broken, element_children, parse_attributes
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.render import column_index

_DATA = re.compile(rb"<((?:[\w.-]+:)?)sheetData(?:\s[^<>]*?)?(/?)>")
_REFERENCE = re.compile(rb"([A-Za-z]{1,3})([0-9]+)")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d+)[\"']")


@dataclass(frozen=True, slots=True)
class CellSpan:
    """A cell in a row's bytes: ``column`` from 0; the element's offsets count from the row's start."""

    column: int
    element: Element
    formula: Element | None


@dataclass(frozen=True, slots=True)
class RowSpan:
    """A row as it is written: ``number`` from 1, ``start`` its offset in the part."""

    number: int
    start: int
    data: bytes

    @property
    def element(self) -> Element:
        return next(element_children(self.data, 0, len(self.data)))

    def cells(self) -> list[CellSpan]:
        """The row's cells in order; a cell without an address follows the one before."""
        row, found, column = self.element, [], -1
        for child in element_children(self.data, row.inner, row.close):
            if child.local != "c":
                continue
            match = _REFERENCE.fullmatch(child.attributes.get("r", "").encode())
            column = column_index(match[1].decode().upper()) if match else column + 1
            inside = element_children(self.data, child.inner, child.close)
            found.append(CellSpan(column, child, next((e for e in inside if e.local == "f"), None)))
        return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for.

    ``rows`` by number (from 1). For rows to be added: the ``columns`` (from 0) whose last content
    counts, down to row ``limit`` where there is one, and how many rows beyond it to keep.
    ``formulas``: whether to note array and shared formulas.
    """

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    limit: int | None = None
    following: int = 0
    formulas: bool = True


@dataclass
class SheetScan:
    """What one pass saw.

    ``shell`` is the part without its rows; an offset in it is that in the part as long as it is
    at most ``body_at``, and ``body_length`` less from there on. ``gaps`` say where a missing row goes.
    ``last`` is the last row with content in the wanted columns, ``before_last`` the number of the one
    before, ``filled`` how many there are; ``following`` are the rows after it as far as wanted,
    ``rowless`` is a sheet without any row, written <sheetData/>.
    ``next_formulas`` the first row after it that holds a formula. ``arrays`` are ranges of array
    formulas, ``shared`` the shared formulas by their number: (range, text).
    """

    shell: Document
    body_at: int
    body_length: int
    rowless: bool = False
    rows: dict[int, RowSpan] = field(default_factory=dict)
    gaps: dict[int, int] = field(default_factory=dict)
    before_last: int = 0
    last: RowSpan | None = None
    filled: int = 0
    following: list[RowSpan] = field(default_factory=list)
    next_formulas: RowSpan | None = None
    arrays: list[str] = field(default_factory=list)
    shared: dict[str, tuple[str, str]] = field(default_factory=dict)

    def offset(self, at: int) -> int:
        """An offset in the shell as one in the part."""
        return at if at <= self.body_at else at + self.body_length

    @property
    def end(self) -> int:
        """Where the rows end in the part."""
        return self.body_at + self.body_length


def scan_sheet(package: Package, key: str, wanted: Wanted, stream: Iterator[bytes] | None = None) -> SheetScan:
    """Read a sheet part once; ``stream`` is its content in UTF-8 where somebody reads it already.

    Raises UnreadableWorkbook where it is no sheet.
    """
    stream = stream or package.utf8_chunks(key)
    head, body = _head(stream, key)
    if head.endswith(b"/>"):  # <sheetData/>: a sheet without rows
        shell = head + body + b"".join(stream)
        return SheetScan(Document(shell, package.codec(key)), len(head), 0, rowless=True)
    prefix = head[head.rfind(b"<") + 1 :].partition(b"sheetData")[0]
    scanner = _Scanner(prefix, len(head), wanted)
    tail = b"".join(scanner.rows(body, stream))
    if not tail:
        raise broken(key)
    scan = scanner.result
    scan.shell = Document(head + tail, package.codec(key))
    scan.body_at, scan.body_length = len(head), scanner.at - len(head)
    scanner.finish()
    return scan


def _head(stream: Iterator[bytes], key: str) -> tuple[bytes, bytes]:
    """The part up to and with <sheetData>, and what was read beyond."""
    data = b""
    for chunk in stream:
        data += chunk
        found = _DATA.search(data)
        if found:
            if b"<!DOCTYPE" in data[: found.start()]:
                break
            return data[: found.end()], data[found.end() :]
    raise broken(key)


class _Scanner:
    def __init__(self, prefix: bytes, at: int, wanted: Wanted) -> None:
        self.at = at
        self._number = 0
        self._prefix, self._wanted = prefix, wanted
        self._close = b"</" + prefix + b"sheetData"
        self._row = re.compile(rb"<" + re.escape(prefix) + rb"row(?=[\s/>])([^>]*)>")
        self._open = b"<" + prefix + b"row"
        letters = b"|".join(column_letters(c).encode() for c in sorted(wanted.columns, reverse=True))
        p = re.escape(prefix)
        value = rb"[^<>]*(?<!/)>\s*<" + p + rb"(?:v|is)(?:\s[^<>]*)?>(?!</)"
        self._content = re.compile(rb"<" + p + rb"c\s[^<>]*?\br=[\"'](?:" + letters + rb")\d+[\"']" + value)
        self._unplaced = re.compile(rb"<" + p + rb"c(?![^<>]*\sr=)" + value)
        self._array = re.compile(rb"<" + p + rb"f\s[^<>]*\bt=[\"'](?:array|dataTable)[\"'][^<>]*>")
        self._shared = re.compile(rb"<" + p + rb"f\s([^<>]*\bref=[^<>]*)>([^<]*)<")
        self._formula = b"<" + prefix + b"f"
        self._open_gaps = sorted(wanted.rows)
        self.result = SheetScan(Document(b""), 0, 0)

    def rows(self, held: bytes, stream: Iterable[bytes]) -> Iterator[bytes]:
        """Read the rows; what follows them is yielded."""
        chunks = iter(stream)
        while True:
            close = held.find(self._close)
            while close >= 0 and _inside_markup(held, close):
                close = held.find(self._close, close + 1)
            if close >= 0:
                self._take(held[:close])
                yield held[close:]
                yield from chunks
                return
            last = held.rfind(self._open)
            if last > 0 and not _odd(held):
                self._take(held[:last])
                held = held[last:]
            chunk = next(chunks, None)
            if chunk is None:
                return
            held += chunk

    def _take(self, block: bytes) -> None:
        """A run of whole rows."""
        if self._wanted.rows or self._wanted.columns:
            if self._wanted.formulas:
                self._formulas(block)
            if not self._skipped(block):
                self._read_rows(block)
        self.at += len(block)

    def _skipped(self, block: bytes) -> bool:
        """Whether the block ends before any wanted row, told by its last row alone."""
        if self._wanted.columns or _odd(block):
            return False
        last = self._row.match(block, block.rfind(self._open))
        number = _ROW_NUMBER.search(last[1]) if last else None
        if number is None or (self._open_gaps and int(number[1]) >= self._open_gaps[0]):
            return False
        self._number = int(number[1])
        return True

    def _read_rows(self, block: bytes) -> None:
        starts = list(self._row.finditer(block))
        if _odd(block):
            starts = [match for match in starts if not _inside_markup(block, match.start())]
        for index, match in enumerate(starts):
            end = starts[index + 1].start() if index + 1 < len(starts) else len(block)
            found = _ROW_NUMBER.search(match[1])
            number = int(found[1]) if found else self._number + 1
            if number <= self._number:
                raise WriteRefused(
                    f"Row {number} of the tab is stored out of order.",
                    "Open the workbook in Excel, save it, try again.",
                )
            self._number = number
            self._see(block, match.start(), end)

    def _see(self, block: bytes, start: int, end: int) -> None:
        if self._open_gaps and self._number >= self._open_gaps[0]:
            self._pass_gaps(block, start, end)
        if self._wanted.columns:
            self._see_content(block, start, end)

    def _see_content(self, block: bytes, start: int, end: int) -> None:
        number, found, wanted = self._number, self.result, self._wanted
        inside = wanted.limit is None or number <= wanted.limit
        if inside and self._has_content(block, start, end):
            found.before_last = found.last.number if found.last else 0
            found.last = RowSpan(number, self.at + start, block[start:end])
            found.following, found.next_formulas = [], None
            found.filled += 1
            return
        if len(found.following) <= wanted.following:
            found.following.append(RowSpan(number, self.at + start, block[start:end]))
        if found.next_formulas is None and block.find(self._formula, start, end) >= 0:
            found.next_formulas = RowSpan(number, self.at + start, block[start:end])

    def _pass_gaps(self, block: bytes, start: int, end: int) -> None:
        while self._open_gaps and self._open_gaps[0] <= self._number:
            row = self._open_gaps.pop(0)
            if row == self._number:
                self.result.rows[row] = RowSpan(row, self.at + start, block[start:end])
            else:
                self.result.gaps[row] = self.at + start

    def _has_content(self, block: bytes, start: int, end: int) -> bool:
        if self._content.search(block, start, end):
            return True
        return any(cell.column in self._wanted.columns for cell in self._unplaced_cells(block, start, end))

    def _unplaced_cells(self, block: bytes, start: int, end: int) -> list[CellSpan]:
        """Cells with a value but without an address of their own; rare."""
        if not self._unplaced.search(block, start, end):
            return []
        row = RowSpan(0, 0, block[start:end])
        return [
            c for c in row.cells() if c.formula is None and not c.element.empty and c.element.inner < c.element.close
        ]

    def _formulas(self, block: bytes) -> None:
        if b"array" in block or b"dataTable" in block:
            for match in self._array.finditer(block):
                self.result.arrays.append(parse_attributes(match[0]).get("ref", ""))
        if self._wanted.columns and b"shared" in block:
            for match in self._shared.finditer(block):
                values = parse_attributes(match[1])
                if values.get("t") == "shared":
                    self.result.shared[values.get("si", "")] = (values.get("ref", ""), match[2].decode())

    def finish(self) -> None:
        for row in self._open_gaps:
            self.result.gaps[row] = self.at


def _odd(data: bytes) -> bool:
    """Whether there is a comment or CDATA section. A lone byte is found far faster than two."""
    return b"!" in data and b"<!" in data


def _inside_markup(data: bytes, at: int) -> bool:
    """Whether an offset lies in a comment or CDATA section of ``data``."""
    return _odd(data) and any(
        data.rfind(opening, 0, at) > data.rfind(closing, 0, at)
        for opening, closing in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"))
    )
