"""What a cell of a sheet part holds, for the few cells that an edit looks at."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, time, timedelta

from registry_sheets.registry.grid import Cell
from registry_sheets.workbooks.excel.markup import element_children, unescaped
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.render import serial
from registry_sheets.workbooks.excel.splice import CellSpan, RowSpan

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.S)
_HALF_SECOND = 0.5 / 86_400


def plain_text(markup: bytes) -> str:
    """Element content as text: CDATA, entities and _xHHHH_ escapes resolved."""
    raw = markup.decode("utf-8", "replace")
    pieces = _CDATA.split(raw)
    text = "".join(piece if n % 2 else unescaped(piece) for n, piece in enumerate(pieces))
    return without_escapes(text)


def without_escapes(text: str) -> str:
    """Text with its _xHHHH_ escapes (ECMA-376, ST_Xstring) resolved."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def rich_text(data: bytes, inner: int, close: int) -> str:
    """The text of an <is> or <si> element: its own or that of its runs, phonetic hints left out."""
    found = []
    for child in element_children(data, inner, close):
        if child.local == "t":
            found.append(plain_text(data[child.inner : child.close]))
        elif child.local == "r":
            found.append(rich_text(data, child.inner, child.close))
    return "".join(found)


class CellReader:
    """Reads cells of one workbook; shared strings are looked up when they are needed."""

    def __init__(self, package: Package, date1904: bool) -> None:
        self._package, self._date1904 = package, date1904

    def value(self, row: RowSpan, cell: CellSpan) -> str | float | bool:
        """Text, number or truth; '' for blank and error cells."""
        data, element = row.data, cell.element
        kind = element.attributes.get("t", "n")
        parts = {child.local: child for child in element_children(data, element.inner, element.close)}
        if "is" in parts:
            return rich_text(data, parts["is"].inner, parts["is"].close)
        return self.typed(kind, plain_text(data[parts["v"].inner : parts["v"].close]) if "v" in parts else "")

    def typed(self, kind: str, text: str) -> str | float | bool:
        """A cell's stored text by its type attribute."""
        if kind == "s" and text.strip().isdigit():
            return self._shared(int(text))
        if kind == "b":
            return text.strip() in ("1", "true")
        return _number(text) if kind == "n" and text.strip() else "" if kind == "e" else text

    def _shared(self, index: int) -> str:
        key = self._package.related(self._package.workbook_key, "sharedStrings")
        if key is None:
            return ""
        held, count = b"", 0
        for chunk in self._package.utf8_chunks(key):
            held += chunk
            last = max(held.rfind(b"</si>"), held.rfind(b":si>"), held.rfind(b"<si/>"))
            for item in _items(held[: held.find(b">", last) + 1] if last >= 0 else b""):
                if count == index:
                    return rich_text(item, 0, len(item))
                count += 1
            held = held[held.find(b">", last) + 1 :] if last >= 0 else held
        return ""

    def holds(self, expected: Cell, found: str | float | bool) -> bool:
        """Whether a cell still holds what was read from it."""
        if isinstance(expected, bool) or isinstance(found, bool):
            return expected is found
        if isinstance(expected, (date, time, timedelta)):
            return self._same_moment(expected, found)
        if isinstance(expected, str) or isinstance(found, str):
            return isinstance(expected, str) and isinstance(found, str) and _lines(expected) == _lines(found)
        return math.isclose(expected, found, rel_tol=1e-15)

    def _same_moment(self, expected: date | datetime | time | timedelta, found: str | float) -> bool:
        if isinstance(found, str):
            shown = expected.isoformat() if not isinstance(expected, timedelta) else ""
            return bool(found) and (shown.startswith(found.strip()) or found.strip().startswith(shown))
        return abs(serial(expected, self._date1904) - found) < _HALF_SECOND


_ITEM = re.compile(rb"<(?:[\w.-]+:)?si(?:\s[^<>]*?)?(?:/>|>(.*?)</(?:[\w.-]+:)?si\s*>)", re.S)


def _items(data: bytes) -> list[bytes]:
    return _ITEM.findall(data)


def _number(text: str) -> str | float:
    try:
        return float(text)
    except ValueError:
        return text


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
