"""What day a cell means: real dates, ISO text and the one order that the config states. Never a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import isfinite
from typing import Literal

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.table_settings import DateOrder
from registry_sheets.registry.text import epoch

FIRST_SERIAL_YEAR, LAST_SERIAL_YEAR = 1990, 2100
"""A number in a date column is called a serial number when the day falls within these years."""

_LONGEST = 60
"""A longer text is no date, and is not searched for one."""

_TIME = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp][Mm])?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
_ISO = re.compile(rf"(\d{{4}})-(\d{{2}})-(\d{{2}}){_TIME}", re.ASCII)
_NUMERIC = re.compile(rf"(\d{{1,4}})\s*([./-])\s*(\d{{1,2}})\s*\2\s*(\d{{1,4}})\.?{_TIME}", re.ASCII)
_ISO_INSIDE = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d+)?", re.ASCII)
_QUARTER = re.compile(r"(?:q\s*([1-4])\W*(\d{4})|(\d{4})\W*q\s*([1-4]))", re.ASCII | re.IGNORECASE)
_WORDS = re.compile(r"[^\W\d_]+|\d+")
_YEAR_MONTH = re.compile(r"(\d{4})[./-](\d{1,2})|(\d{1,2})[./-](\d{4})", re.ASCII)

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_FILLERS = frozenset(("st", "nd", "rd", "th", "of", "the", "on"))
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")


@dataclass(frozen=True, slots=True)
class DateTrouble:
    """Why a cell is not taken as a day, and the days it may mean, as one would type them."""

    kind: Literal["not-a-date", "ambiguous-date"]
    suggestions: tuple[str, ...] = ()
    note: str = ""


def read_date(cell: Cell, order: DateOrder = "ymd", date1904: bool = False) -> date | DateTrouble:
    """The day that a cell which is not blank means, or why it cannot be told.

    Real dates, ISO text (with a time or without) and text in ``order`` with . / or - between are days;
    a day with a time is that day. Everything else is trouble.
    """
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, str):
        return _read_text(cell.strip(), order, date1904)
    if isinstance(cell, (bool, time, timedelta)):
        return DateTrouble("not-a-date", note="has no day")
    return _read_number(cell, date1904)


def _read_text(text: str, order: DateOrder, date1904: bool) -> date | DateTrouble:
    if len(text) > _LONGEST:
        return DateTrouble("not-a-date")
    if found := _ISO.fullmatch(text):
        day = _day(found[1], found[2], found[3])
        return day or DateTrouble("not-a-date", note="is no day of the calendar")
    if found := _NUMERIC.fullmatch(text):
        return _read_numeric(found[1], found[3], found[4], order)
    return _explain_text(text, date1904)


def _read_numeric(first: str, second: str, third: str, order: DateOrder) -> date | DateTrouble:
    """Three numbers: the stated order is taken when the year has four digits; all other readings are suggestions."""
    full_year = len(first) == 4 or len(third) == 4
    stated = _by_order(first, second, third, order)
    if full_year and stated:
        return stated
    orders = sorted(_ORDERS, key=lambda o: o != order or order == "ymd")
    readings = {day.isoformat(): None for o in orders if (day := _by_order(first, second, third, o))}
    if not readings:
        return DateTrouble("not-a-date", note="is no day of the calendar")
    note = "" if full_year else "has a year of two digits"
    return DateTrouble("ambiguous-date" if len(readings) > 1 else "not-a-date", tuple(readings), note)


def _by_order(first: str, second: str, third: str, order: DateOrder) -> date | None:
    parts = dict(zip(order, (first, second, third), strict=True))
    year, month, day = parts["y"], parts["m"], parts["d"]
    if len(month) > 2 or len(day) > 2 or len(year) not in (2, 4):
        return None
    return _day(year if len(year) == 4 else f"20{year}", month, day)


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _read_number(number: float, date1904: bool) -> DateTrouble:
    """A number is never a day: a cell formatted as a date would have come as one."""
    if isinstance(number, float) and not isfinite(number):
        return DateTrouble("not-a-date")
    if day := _from_serial(number, date1904):
        return DateTrouble("not-a-date", (day.isoformat(),), "is a spreadsheet's serial number for a day")
    whole = str(int(number))
    if number == int(number) and (found := _COMPACT.fullmatch(whole)) and (day := _day(*found.groups())):
        return DateTrouble("not-a-date", (day.isoformat(),), "is a number")
    if FIRST_SERIAL_YEAR <= number <= LAST_SERIAL_YEAR and number == int(number):
        return DateTrouble("not-a-date", note="is a year, not a day")
    return DateTrouble("not-a-date", note="is a number")


def _from_serial(number: float, date1904: bool) -> date | None:
    if not 0 < number < 100_000:
        return None
    day = (epoch(date1904) + timedelta(days=int(number))).date()
    return day if FIRST_SERIAL_YEAR <= day.year <= LAST_SERIAL_YEAR else None


def _explain_text(text: str, date1904: bool) -> DateTrouble:
    """What a text that is no date may mean: a serial number, a month, a quarter, a date in words."""
    if _PLAIN_NUMBER.fullmatch(text):
        trouble = _read_number(float(text), date1904)
        return trouble if trouble.suggestions or trouble.note != "is a number" else DateTrouble("not-a-date")
    if found := _QUARTER.fullmatch(text):
        year, quarter = (found[2], found[1]) if found[1] else (found[3], found[4])
        return _period(int(year), 3 * int(quarter) - 2, 3 * int(quarter), "names a quarter, not a day")
    if found := _YEAR_MONTH.fullmatch(text):
        year, month = (int(found[1]), int(found[2])) if found[1] else (int(found[4]), int(found[3]))
        return _period(year, month, month, "names a month, not a day")
    return _in_words(text) or _iso_within(text)


def _iso_within(text: str) -> DateTrouble:
    days = [d for found in _ISO_INSIDE.finditer(text) if (d := _day(*found.groups()))]
    return DateTrouble("not-a-date", (days[0].isoformat(),) if len(days) == 1 else ())


def _period(year: int, first_month: int, last_month: int, note: str) -> DateTrouble:
    """A month or a quarter: its first and its last day are what it might mean."""
    first = _day(year, first_month, 1)
    after = _day(year + last_month // 12, last_month % 12 + 1, 1)
    if not first or not after:
        return DateTrouble("not-a-date")
    return DateTrouble("not-a-date", (first.isoformat(), (after - timedelta(days=1)).isoformat()), note)


def _in_words(text: str) -> DateTrouble | None:
    """'3 March 2026', 'March 3rd, 2026', 'Mar 2026': None when it is not a date in words."""
    found = (word.casefold() for word in _WORDS.findall(text))
    words = [word for word in found if word not in _FILLERS and not word.startswith(_WEEKDAYS)]
    months = [m for w in words if (m := _month(w))]
    numbers = [w for w in words if w.isdecimal()]
    years = [int(n) for n in numbers if len(n) == 4]
    if len(months) != 1 or len(months) + len(numbers) != len(words) or len(years) != 1:
        return None
    days = [int(n) for n in numbers if len(n) <= 2]
    if not days and len(numbers) == 1:
        return _period(years[0], months[0], months[0], "names a month, not a day")
    day = _day(years[0], months[0], days[0]) if len(days) == 1 and len(numbers) == 2 else None
    return DateTrouble("not-a-date", (day.isoformat(),), "is text, not a date") if day else None


def _month(word: str) -> int | None:
    if word in _MONTH_NAMES:
        return _MONTH_NAMES.index(word) + 1
    if word == "sept":
        return 9
    return _MONTHS.index(word) + 1 if word in _MONTHS else None
