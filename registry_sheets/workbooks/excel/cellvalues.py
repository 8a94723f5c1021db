"""What a cell's text means: shared strings, rich texts, number formats, dates (ECMA-376 part 1, 18.8.30 and 18.4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from xml.parsers import expat

from registry_sheets.registry.grid import Cell
from registry_sheets.workbooks.excel.container import Node, broken_xml, local, new_parser

Format = Literal["number", "date", "duration"]

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
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


def read_strings(chunks: Iterable[bytes], part: str, label: str) -> list[str]:
    """The shared strings, without phonetic guides."""
    strings: list[str] = []
    reader = TextReader()

    def end(name: str) -> None:
        reader.end(name)
        if local(name) == "si":
            strings.append(reader.taken())

    parser = new_parser(part, label)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = reader.text
    feed(parser, chunks, part, label)
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


def feed(parser: expat.XMLParserType, chunks: Iterable[bytes], part: str, label: str) -> None:
    """Let a parser read chunks. Raises UnreadableWorkbook where they are not XML."""
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


class TextReader:
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
