"""The exact reader: a tab cell by cell as a stream, in memory that grows with the content and not with the area.

Slower than calamine and used where calamine must not or cannot read: a sheet with far cells (calamine
would abort the process over the area between them), parts that are not in UTF-8, cells that calamine
refuses. Cell semantics from ECMA-376 part 1, 18.3.1.4 and 18.18.11.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Literal
from xml.parsers import expat

from registry_sheets.registry.grid import Cell, Place
from registry_sheets.workbooks.excel.container import Node, broken_xml, local, new_parser

EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384
MOST_BEYOND = 1_000

Format = Literal["number", "date", "duration"]
Emit = Callable[[int, int, str, str, str | None, bool], None]
"""Takes row, column (from 0), type ('n' where none), style, the text (None without one), and whether
the cell has a formula."""

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LETTERS = re.compile(r"([A-Za-z]{1,6})(\d{1,12})$")
_BUILTIN: dict[int, Format] = {**dict.fromkeys([*range(14, 23), 45, 47], "date"), 46: "duration"}
_NOT_CODE = re.compile(r'"[^"]*"|[\\_*].|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE | re.DOTALL)
_WHITE = " \t\r\n"


@dataclass(frozen=True, slots=True)
class Values:
    """What turns a cell's text into its value: shared strings, the format of each style, the date system."""

    strings: list[str]
    formats: list[Format]
    date1904: bool = False

    def of(self, kind: str, style: str, text: str) -> Cell:
        """The value; text that does not suit its type stays text."""
        if kind == "s":
            return self._string(text)
        if kind in ("str", "inlineStr", "is"):
            return text
        if kind == "b":
            return text.strip().lower() in ("1", "true")
        if kind == "d":
            return _iso(text)
        return self._number(style, text)

    def _string(self, text: str) -> str:
        try:
            index = int(text)
        except ValueError:
            return ""
        return self.strings[index] if 0 <= index < len(self.strings) else ""

    def _number(self, style: str, text: str) -> Cell:
        try:
            number = float(text)
        except ValueError:
            return text
        index = int(style) if style.isdecimal() else 0
        form = self.formats[index] if index < len(self.formats) else "number"
        return _dated(number, form, self.date1904) if form != "number" else number


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
    _feed(parser, chunks, part, label)


def read_strings(chunks: Iterable[bytes], part: str, label: str) -> list[str]:
    """The shared strings, without phonetic guides."""
    strings: list[str] = []
    reader = _TextReader()

    def end(name: str) -> None:
        reader.end(name)
        if local(name) == "si":
            strings.append(reader.taken())

    parser = new_parser(part, label)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = reader.text
    _feed(parser, chunks, part, label)
    return strings


def read_formats(nodes: Iterable[Node]) -> list[Format]:
    """What each cell style shows, from the elements of the styles part."""
    custom: dict[int, Format] = {}
    formats: list[Format] = []
    inside = ""
    for name, attributes, _ in nodes:
        number = attributes.get("numFmtId", "")
        index = int(number) if number.isdecimal() else 0
        if name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            inside = name
        elif name == "numFmt" and inside == "":
            custom[index] = _format_of(attributes.get("formatCode", ""))
        elif name == "xf" and inside == "cellXfs":
            formats.append(custom.get(index, _BUILTIN.get(index, "number")))
    return formats


def _feed(parser: expat.XMLParserType, chunks: Iterable[bytes], part: str, label: str) -> None:
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, OverflowError) as error:
        raise broken_xml(part, label, error) from None


def _format_of(code: str) -> Format:
    """As Excel reads it: the first section counts; quoted, escaped and bracketed text says nothing."""
    bare = _NOT_CODE.sub("", code).partition(";")[0].lower()
    if re.search(r"\[[hms]+\]", bare):
        return "duration"
    return "date" if re.search(r"[dmyhs]", bare.replace("general", "")) else "number"


class _TextReader:
    """Collects the <t> elements of a rich text, leaving out phonetic guides (rPh)."""

    __slots__ = ("_collecting", "_guide", "_keep", "_pieces", "_whole")

    def __init__(self) -> None:
        self._whole: list[str] = []
        self._pieces: list[str] = []
        self._collecting = self._guide = self._keep = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        if name == "rPh":
            self._guide = True
        elif name == "t" and not self._guide:
            self._collecting = True
            self._keep = attributes.get("xml:space") == "preserve"

    def end(self, name: str) -> None:
        name = local(name)
        if name == "rPh":
            self._guide = False
        elif name == "t" and self._collecting:
            self._collecting = False
            text = "".join(self._pieces)
            self._pieces.clear()
            self._whole.append(text if self._keep else text.strip(_WHITE))

    def text(self, data: str) -> None:
        if self._collecting:
            self._pieces.append(data)

    def taken(self) -> str:
        """The text so far; the next one starts empty."""
        text = "".join(self._whole)
        self._whole.clear()
        return unescaped(text)


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
        self._rich = _TextReader()

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


def unescaped(text: str) -> str:
    """Excel writes characters that XML cannot hold as _xHHHH_ (18.3.1.96, ST_Xstring)."""
    return _ESCAPE.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    code = int(match[1], 16)
    return match[0] if 0xD800 <= code <= 0xDFFF else chr(code)


def _iso(text: str) -> Cell:
    readers: tuple[Callable[[str], Cell], ...] = (date.fromisoformat, datetime.fromisoformat, time.fromisoformat)
    if text.endswith("Z"):
        return text
    for read in readers:
        try:
            return read(text)
        except ValueError:
            continue
    return text


def _dated(serial: float, form: Format, date1904: bool) -> Cell:
    """A date's serial number as Excel shows it; the number itself where it is no date."""
    try:
        if form == "duration":
            return timedelta(milliseconds=round(serial * 86_400_000))
        return _moment(serial, date1904)
    except (OverflowError, ValueError):
        return serial


def _moment(serial: float, date1904: bool) -> Cell:
    if serial < 0:
        return serial
    # Excel's 1900 system counts a 29 February 1900 that never was, so days before March 1900 are one off.
    start = datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30 if serial >= 60 else 31)
    moment = start + timedelta(milliseconds=round(serial * 86_400_000))
    if serial < 1:
        return moment.time()
    return moment.date() if moment.time() == time() else moment
