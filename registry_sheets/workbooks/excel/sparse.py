"""The exact reader: a tab cell by cell as a stream, in memory that grows with the content and not with the area.

Slower than calamine and used where calamine must not or cannot read: a sheet with far cells (calamine
would abort the process over the area between them), parts that are not in UTF-8, cells that calamine
refuses. Cell semantics from ECMA-376 part 1, 18.3.1.4 and 18.18.11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from registry_sheets.registry.grid import Cell, Place
from registry_sheets.workbooks.excel.cellvalues import TextReader, Values, feed, unescaped
from registry_sheets.workbooks.excel.container import local, new_parser

EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384
MOST_BEYOND = 1_000

Emit = Callable[[int, int, str, str, str | None, bool], None]
"""Takes row, column (from 0), type ('n' where none), style, the text (None without one), and whether
the cell has a formula."""

_LETTERS = re.compile(r"([A-Za-z]{1,6})(\d{1,12})$")


@dataclass(slots=True)
class Survey:
    """A tab measured exactly. Rows and columns count only where a cell has content within Excel's grid."""

    errors: dict[Place, str] = field(default_factory=dict)
    uncached: set[Place] = field(default_factory=set)
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    outside: bool = False
    """Whether there is content where Excel has no cells."""

    @property
    def height(self) -> int:
        return max(self.rows, default=-1) + 1

    @property
    def width(self) -> int:
        return max(self.columns, default=-1) + 1

    def add(self, row: int, column: int, kind: str, _style: str, text: str | None, formula: bool) -> None:
        if formula and not text and kind != "str":
            self.uncached.add((row, column))
        elif kind == "e" and text and text.strip():
            self.errors[row, column] = text.strip()
        elif not text:
            return
        if row < EXCEL_ROWS and column < EXCEL_COLUMNS:
            self.rows.add(row)
            self.columns.add(column)
        else:
            self.outside = True


@dataclass(slots=True)
class Area:
    """Collects the values of a rectangle from A1; content outside of it is only named, up to a number."""

    values: Values
    height: int
    width: int
    rows: list[list[Cell]] = field(default_factory=list)
    beyond: list[Place] = field(default_factory=list)

    def add(self, row: int, column: int, kind: str, style: str, text: str | None, formula: bool) -> None:
        if not text and not (formula and kind != "str"):
            return
        if row >= self.height or column >= self.width:
            if len(self.beyond) < MOST_BEYOND:
                self.beyond.append((row, column))
            return
        value: Cell = self.values.of(kind, style, text) if text and kind != "e" else ""
        while len(self.rows) <= row:
            self.rows.append([])
        line = self.rows[row]
        line.extend([""] * (column + 1 - len(line)))
        line[column] = value

    def squared(self) -> list[list[Cell]]:
        """The rows, all as long as the longest."""
        width = max(map(len, self.rows), default=0)
        for line in self.rows:
            line.extend([""] * (width - len(line)))
        return self.rows


def chosen_area(survey: Survey, most: int) -> tuple[int, int]:
    """Height and width of the rectangle to read: all content where that is at most ``most`` cells.

    Else up to the first wide gap in the columns and in the rows, where a stray cell is most likely
    to stand apart, and in the end as many rows as fit.
    """
    height, width = survey.height, survey.width
    if height * width > most:
        height, width = _before_gap(survey.rows, 10_000), _before_gap(survey.columns, 100)
    if height * width > most:
        height = max(1, most // width)
    return height, width


def _before_gap(used: set[int], gap: int) -> int:
    last = min(used, default=-1)
    for index in sorted(used):
        if index - last > gap:
            break
        last = index
    return last + 1


def read_cells(chunks: Iterable[bytes], emit: Emit, part: str, label: str) -> None:
    """Hand every cell of a sheet part to ``emit``. Raises UnreadableWorkbook where it is not XML."""
    reader = _CellReader(emit)
    parser = new_parser(part, label)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    feed(parser, chunks, part, label)


class _CellReader:
    """expat's handlers for a sheet part. Cells and rows without an address follow the one before."""

    __slots__ = (
        "_attributes",
        "_column",
        "_emit",
        "_formula",
        "_in_data",
        "_in_value",
        "_inline",
        "_rich",
        "_row",
        "_value",
    )

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._row = self._column = 0
        self._in_data = self._in_value = self._formula = self._inline = False
        self._attributes: dict[str, str] = {}
        self._value: list[str] | None = None
        self._rich = TextReader()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "sheetData":
            self._in_data = True
        elif not self._in_data:
            return
        elif name == "c":
            self._open_cell(attributes)
        elif name == "v":
            self._in_value = True
            self._value = self._value or []
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1)) - 1
            self._column = 0
        elif name == "f":
            self._formula = True
        elif name == "is":
            self._inline = True
        elif self._inline:
            self._rich.start(name, attributes)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        self._attributes = attributes
        self._formula = False
        self._value = None
        address = _LETTERS.match(attributes.get("r", "").replace("$", ""))
        if address:
            self._row = int(address[2]) - 1
            self._column = column_number(address[1]) - 1

    def end(self, name: str) -> None:
        name = local(name)
        if not self._in_data:
            return
        if name == "v":
            self._in_value = False
        elif name == "c":
            self._close_cell()
        elif name == "row":
            self._row += 1
            self._column = 0
        elif name == "is":
            self._inline = False
        elif name == "sheetData":
            self._in_data = False
        elif self._inline:
            self._rich.end(name)

    def _close_cell(self) -> None:
        attributes, rich = self._attributes, self._rich.taken()
        kind = attributes.get("t", "n")
        text = None if self._value is None else "".join(self._value)
        if rich or kind in ("inlineStr", "is"):
            kind, text = "inlineStr", rich
        elif kind == "str" and text:
            text = unescaped(text)
        self._emit(self._row, self._column, kind, attributes.get("s", ""), text, self._formula)
        self._column += 1

    def text(self, data: str) -> None:
        if self._in_value and self._value is not None:
            self._value.append(data)
        elif self._inline:
            self._rich.text(data)


def column_number(letters: str) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number
