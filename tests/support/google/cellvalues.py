"""Values of cells: serial numbers of dates, what typed text becomes, ExtendedValue to Python and back."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused
from tests.support.google.state import EMPTY, Cell, Json

EPOCH = datetime(1899, 12, 30)
COMMA_DECIMALS = frozenset(("da", "de", "es", "fi", "fr", "it", "nl", "no", "pl", "pt", "sv", "tr"))
ERROR_TYPES = {
    "#NULL!": "NULL_VALUE",
    "#DIV/0!": "DIVIDE_BY_ZERO",
    "#VALUE!": "VALUE",
    "#REF!": "REF",
    "#NAME?": "NAME",
    "#NUM!": "NUM",
    "#N/A": "N_A",
    "#ERROR!": "ERROR",
    "Loading...": "LOADING",
}
SHOWN_ERRORS = {kind: text for text, kind in ERROR_TYPES.items()}
DATE_PATTERNS = {"en_US": "m/d/yyyy", "de_DE": "dd.mm.yyyy", "fr_FR": "dd/mm/yyyy", "en_GB": "dd/mm/yyyy"}
"""Of other locales: sv, fi and the like are left to their ISO form (assumed)."""


@dataclass(frozen=True, slots=True)
class Error:
    """A formula error as a cell shows it, such as '#N/A'."""

    shown: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula with the value that Google would calculate; None: the stand-in calculates what it can."""

    text: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A number with the format that a person has given it, such as Shown(3.1, 'NUMBER', '0.00')."""

    value: float
    type: str
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A smart chip that shows a text."""

    shown: str


@behaves("documented", "dates", "a date is days since 1899-12-30, the time of day its fraction; only the format tells")
def serial(value: date) -> float:
    """A date or a local date and time as Google's serial number."""
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    since = moment.replace(tzinfo=None) - EPOCH
    return plain(since.days + round(since.seconds + since.microseconds / 1e6, 3) / 86400)


def from_serial(number: float) -> datetime:
    """The local date and time of a serial number, to the second."""
    return EPOCH + timedelta(days=int(number // 1), seconds=round((number % 1) * 86400))


def plain(number: float) -> float:
    """A whole number as int, as Google's JSON shows it."""
    return int(number) if isinstance(number, float) and number.is_integer() and abs(number) < 1e15 else number


def extended(value: Any) -> Json | None:
    """A Python value as ExtendedValue; None and '' give none."""
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int | float):
        return {"numberValue": plain(value)}
    if isinstance(value, date):
        return {"numberValue": serial(value)}
    if isinstance(value, Error):
        return {"errorValue": {"type": ERROR_TYPES[value.shown], "message": value.message or value.shown}}
    return {"stringValue": value} if value else None


def unwrapped(value: Mapping[str, Any] | None) -> Any:
    """An ExtendedValue as a Python value; None for none."""
    if not value:
        return None
    ((kind, inner),) = value.items()
    return Error(SHOWN_ERRORS[inner["type"]], inner.get("message", "")) if kind == "errorValue" else inner


def cell_of(value: Any) -> Cell:
    """A cell that holds a Python value, with the number format of a date."""
    if isinstance(value, Formula):
        effective = extended(value.value)
        return Cell({"formulaValue": value.text}, effective, fixed=value.value is not None)
    if isinstance(value, Shown):
        kind = {"type": value.type, **({"pattern": value.pattern} if value.pattern else {})}
        return Cell(extended(value.value), extended(value.value), {"numberFormat": kind})
    if isinstance(value, Chip):
        return Cell(chip=value.shown)
    entered = extended(value)
    if entered is None:
        return EMPTY
    if isinstance(value, Error):
        return Cell({"formulaValue": "=NA()"}, entered, fixed=True)
    if isinstance(value, date):
        kind = {"type": "DATE_TIME" if isinstance(value, datetime) else "DATE"}
        return Cell(entered, entered, {"numberFormat": kind})
    return Cell(entered, entered)


@behaves("recorded", "valueInputOption RAW", "text stays text, numbers stay numbers, '' empties the cell")
def raw(cell: Cell, value: Any) -> Cell:
    """A cell with a value as values.update with RAW sets it."""
    return cell.holding(extended(_scalar(value)))


def _scalar(value: Any) -> Any:
    if isinstance(value, list | dict):
        kind = "list_value" if isinstance(value, list) else "struct_value"
        raise Refused(400, f"Invalid values[0][0]: {kind} {{}}")
    return value


@behaves("recorded", "valueInputOption USER_ENTERED", "=…, 0042, 2,000.01 and 2020-01-01 are read as if typed")
@behaves("assumed", "valueInputOption USER_ENTERED", "so are TRUE, 50%, 1e5 and dates in the order of the locale")
@behaves("documented", "valueInputOption USER_ENTERED", "a cell of plain-text format takes every text as text")
def typed(cell: Cell, value: Any, locale: str, year: int) -> Cell:
    """A cell with a value as somebody would type it."""
    if not isinstance(_scalar(value), str) or cell.number_format.get("type") == "TEXT":
        return cell.holding(extended(value))
    entered, kind = read_typed(value, locale, year)
    held = cell.holding(entered)
    if kind and not cell.number_format:
        held = replace(held, format={**(cell.format or {}), "numberFormat": kind})
    return held


def read_typed(text: str, locale: str, year: int) -> tuple[Json | None, Json | None]:
    """(ExtendedValue, number format) of typed text; no format where the cell's is kept."""
    if text.startswith("'"):
        return extended(text[1:]), None
    if text.startswith("=") and len(text) > 1:
        return {"formulaValue": text}, None
    bare = text.strip()
    if bare.upper() in ("TRUE", "FALSE"):
        return {"boolValue": bare.upper() == "TRUE"}, None
    return _number(bare, locale) or _date(bare, locale, year) or (extended(text), None)


def _number(text: str, locale: str) -> tuple[Json, Json | None] | None:
    if locale[:2] in COMMA_DECIMALS:
        if re.fullmatch(r"[-+]?\d+\.\d+", text) and not re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+", text):
            return None
        text = text.translate(str.maketrans(".,", ",."))
    found = re.fullmatch(r"([-+]?)(\d{1,3}(?:,\d{3})+|\d*)(\.\d*)?(e[-+]?\d+)?\s?(%?)", text, re.IGNORECASE)
    if not found or not (found[2] or (found[3] or ".")[1:]):
        return None
    number = float(found[1] + found[2].replace(",", "") + (found[3] or "") + (found[4] or ""))
    if not math.isfinite(number):
        return None
    decimals = ".00" if found[3] else ""
    if found[5]:
        return {"numberValue": plain(number / 100)}, {"type": "PERCENT", "pattern": f"0{decimals}%"}
    if found[4]:
        return {"numberValue": plain(number)}, {"type": "SCIENTIFIC", "pattern": "0.00E+00"}
    if "," in found[2]:
        return {"numberValue": plain(number)}, {"type": "NUMBER", "pattern": f"#,##0{decimals}"}
    return {"numberValue": plain(number)}, None


def _date(text: str, locale: str, year: int) -> tuple[Json, Json] | None:
    found = re.fullmatch(r"(.*?)(?:[ T](\d{1,2}):(\d\d)(?::(\d\d))?)?", text)
    read = found and _day(found[1], locale, year)
    if not found or not read:
        return None
    day, pattern = read
    if found[2] is None:
        return {"numberValue": serial(day)}, {"type": "DATE", "pattern": pattern}
    hour, minute, second = (int(part or 0) for part in found.groups()[1:])
    if hour > 23 or minute > 59 or second > 59:
        return None
    moment = datetime(day.year, day.month, day.day, hour, minute, second)
    return {"numberValue": serial(moment)}, {"type": "DATE_TIME", "pattern": f"{pattern} h:mm:ss"}


def _day(text: str, locale: str, year: int) -> tuple[date, str] | None:
    iso = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    if iso:
        return _dated((int(iso[1]), int(iso[2]), int(iso[3])), "yyyy-mm-dd")
    local = re.fullmatch(r"(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}))?\.?", text)
    if not local or (local[2] == "." and locale[:2] not in COMMA_DECIMALS):
        return None
    pattern = DATE_PATTERNS.get(locale, "yyyy-mm-dd")
    first, second = int(local[1]), int(local[3])
    month, day = (first, second) if locale == "en_US" else (second, first)
    return _dated((int(local[4] or year), month, day), pattern)


def _dated(parts: tuple[int, int, int], pattern: str) -> tuple[date, str] | None:
    try:
        return date(*parts), pattern
    except ValueError:
        return None
