"""Cells of edits: whether two are the same, and what a text from a command line becomes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from registry_sheets.registry.columns import Column
from registry_sheets.registry.dates import read_date
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import trimmed
from registry_sheets.registry.table_settings import DateOrder
from registry_sheets.registry.text import cell_safe, number_text, shown

FIRST_DAY = date(1900, 3, 1)
"""Days before it are not the same in every spreadsheet, so they stay text."""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_MOST_DIGITS = 15  # more than a spreadsheet keeps
_HUGE = 1e307  # from about here on a spreadsheet holds no number
_LONGEST = timedelta(days=2_958_466)  # until the end of the year 9999, where a spreadsheet's days end
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_COMPACT_DAY = re.compile(r"(19|2\d)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", re.ASCII)


def same(one: Cell, other: Cell) -> bool:
    """Whether two cells hold the same: a day is its midnight, 3 is 3.0, '3' is not 3, TRUE is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, str) and isinstance(other, str) and cell_safe(one) == cell_safe(other)
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-15)
    return _moment(one) == _moment(other)


def _moment(cell: Cell) -> Cell:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime(cell.year, cell.month, cell.day)
    return cell


def known_cell(declared: Column, said: Cell | Sequence[str], order: DateOrder) -> Cell:
    """What goes into a cell of a known column. What cannot be understood goes in as it was typed."""
    if isinstance(said, Sequence) and not isinstance(said, str):
        said = "; ".join(text for one in said if (text := trimmed(one)))
    if declared.kind == "date":
        return _day(said, order)
    if declared.kind == "days":
        return plain_cell(said)
    return tidy(said if isinstance(said, str) else shown(said))


def _day(said: Cell, order: DateOrder) -> Cell:
    """A day as a day; what is none as the text that a person reads: a number would look like one."""
    if isinstance(said, datetime):
        said = said.date()
    if not isinstance(said, (str, date)):
        said = shown(said)
    text = tidy(said if isinstance(said, str) else shown(said))
    day = said if isinstance(said, date) else _compact_day(text) or read_date(text, order)
    return day if isinstance(day, date) and day >= FIRST_DAY else text


def _compact_day(text: str) -> date | None:
    """20260630: a day in the short form of ISO 8601."""
    try:
        return date.fromisoformat(text) if _COMPACT_DAY.fullmatch(text) else None
    except ValueError:
        return None


def plain_cell(said: Cell) -> Cell:
    """What goes into a column of the people's own: a number or a day only where the text loses nothing by it."""
    if not isinstance(said, str):
        return str(said) if type(said) is int and 10**_MOST_DIGITS <= abs(said) < _HUGE else _kept(said)
    text = tidy(said)
    if _NUMBER.fullmatch(text):
        number = float(text)
        digits = sum(sign.isdigit() for sign in text)
        if digits <= _MOST_DIGITS and text in (repr(number), f"{number:.0f}"):
            return int(text) if text.lstrip("-").isdigit() else number
    if _ISO_DAY.fullmatch(text) and isinstance(day := read_date(text), date) and day >= FIRST_DAY:
        return day
    return text


def figure(said: Cell) -> Cell:
    """What goes into a metric's cell: a number where it is one, 0.10 as well as 1e-3; 'nan' and 'inf' are texts."""
    if not isinstance(said, str):
        return _kept(said)
    text = tidy(said)
    return _number(text) if _NUMBER.fullmatch(text) and math.isfinite(float(text)) else text


def _number(text: str) -> Cell:
    plain = text.lstrip("-").isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if plain else float(text)


def _kept(cell: Cell) -> Cell:
    """The cell as a spreadsheet keeps it; as text where it keeps no such number, day or duration."""
    if isinstance(cell, (bool, str)):
        return cell
    if isinstance(cell, (int, float)):
        return cell if abs(cell) < _HUGE else number_text(cell)
    if isinstance(cell, datetime):
        plain = cell.replace(tzinfo=None)
        return plain if plain.date() >= FIRST_DAY else plain.isoformat(" ")
    if isinstance(cell, date):
        return cell if cell >= FIRST_DAY else cell.isoformat()
    if isinstance(cell, time):
        return cell.replace(tzinfo=None)
    return cell if timedelta(0) <= cell < _LONGEST else str(cell)


def tidy(text: str) -> str:
    """The text without white space around it, as a cell can hold it and give it back."""
    return cell_safe(trimmed(text))
