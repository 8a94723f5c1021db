"""Cells and texts made fit for where they go: a formula, a person's eye, a terminal, CSV, XML."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from decimal import Context
from math import isfinite

from registry_sheets.registry.grid import Cell

CELL_LIMIT = 32_767
"""The characters that an Excel cell holds, counted in UTF-16 units."""

_DAY = timedelta(days=1)
_PLAIN_LENGTH = 20
_FIFTEEN_DIGITS = Context(prec=15)
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1f\x85\u2028\u2029 ]+")
_UNSAFE_IN_TERMINAL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\ud800-\udfff]"
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def formula_text(cell: Cell, date1904: bool = False) -> str:
    """What a formula in the sheet sees as ``cell&""``.

    Numbers in General with 15 significant digits, dates and times as serial numbers, TRUE or FALSE.
    """
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        return number_text(cell)
    return number_text(serial_number(cell, date1904))


def number_text(number: float) -> str:
    """A number as a text formula sees it: 15 significant digits, plain up to 20 characters, else 1E+20.

    The rule is Apache POI's NumberToTextConverter, which was held against Excel's own conversions; LibreOffice
    differs only beyond 15 digits, below 1E-5 with many digits, and writes 1E+020.
    """
    if isinstance(number, float) and not isfinite(number):
        return str(number)
    rounded = _FIFTEEN_DIGITS.create_decimal(number).normalize(_FIFTEEN_DIGITS)
    if not rounded:
        return "0"
    exponent = rounded.adjusted()
    plain = f"{rounded:f}"
    if exponent < _PLAIN_LENGTH and (exponent >= 0 or len(plain.lstrip("-")) <= _PLAIN_LENGTH):
        return plain
    digits = f"{rounded.scaleb(-exponent):f}"
    return f"{digits}E{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def serial_number(cell: date | time | timedelta, date1904: bool = False) -> float:
    """The serial number by which a spreadsheet stores a date, a time of day or a duration."""
    if isinstance(cell, timedelta):
        return cell / _DAY
    if isinstance(cell, time):
        return (
            timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second, microseconds=cell.microsecond) / _DAY
        )
    moment = cell.replace(tzinfo=None) if isinstance(cell, datetime) else datetime(cell.year, cell.month, cell.day)
    days = (moment - epoch(date1904)) / _DAY
    # Excel's 1900 was a leap year, so the serial numbers before 1 March 1900 are one less.
    return days if date1904 or days >= 61 else days - 1


def epoch(date1904: bool) -> datetime:
    """The day that has serial number 0 (for dates from March 1900 on)."""
    return datetime(1904, 1, 1) if date1904 else datetime(1899, 12, 30)


def shown(cell: Cell) -> str:
    """What a person reads: dates in ISO, numbers short, all on one line."""
    if isinstance(cell, datetime):
        midnight = not (cell.hour or cell.minute or cell.second or cell.microsecond)
        return cell.date().isoformat() if midnight else cell.isoformat(" ", "seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return one_line(formula_text(cell))


def one_line(text: str) -> str:
    """The text without line breaks, tabs and repeated spaces."""
    return _LINE_BREAKS.sub(" ", text).strip()


def terminal_safe(text: str) -> str:
    """One line without control characters and without those that turn the reading direction."""
    return _UNSAFE_IN_TERMINAL.sub("", one_line(text))


def csv_safe(text: str) -> str:
    """The text with ' before it where a spreadsheet would take it for a formula; its line breaks are \\n.

    A bare \\r would end the row: the csv module does not quote it.
    """
    safe = f"'{text}" if text.startswith(_FORMULA_STARTS) else text
    return safe.replace("\r\n", "\n").replace("\r", "\n") if "\r" in safe else safe


def xml_safe(text: str) -> str:
    """The text without the characters that XML 1.0 cannot hold."""
    return _NOT_XML.sub("", text)


def cell_safe(text: str) -> str:
    """What a spreadsheet cell can hold and gives back unchanged: XML characters, \\n line breaks, 32,767 long."""
    kept = xml_safe(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(kept) <= CELL_LIMIT // 2:
        return kept
    units = kept.encode("utf-16-le")
    if len(units) <= 2 * CELL_LIMIT:
        return kept
    return units[: 2 * (CELL_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"
