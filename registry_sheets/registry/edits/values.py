"""Cells of edits: whether two are the same, and what a text from a command line becomes."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import date, datetime

from registry_sheets.registry.columns import Column
from registry_sheets.registry.dates import read_date
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import trimmed
from registry_sheets.registry.table_settings import DateOrder
from registry_sheets.registry.text import cell_safe, shown

FIRST_DAY = date(1900, 3, 1)
"""Days before it are not the same in every spreadsheet, so they stay text."""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?", re.ASCII)
_MOST_DIGITS = 15  # more than a spreadsheet keeps
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


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
        return said if isinstance(said, int) else plain_cell(said)
    return tidy(said if isinstance(said, str) else shown(said))


def _day(said: Cell, order: DateOrder) -> Cell:
    if isinstance(said, datetime):
        return said.date() if said.date() >= FIRST_DAY else said.date().isoformat()
    if not isinstance(said, (str, date)):
        return said
    day = read_date(tidy(said) if isinstance(said, str) else said, order)
    return day if isinstance(day, date) and day >= FIRST_DAY else (tidy(said) if isinstance(said, str) else shown(said))


def plain_cell(said: Cell) -> Cell:
    """What goes into a column of the people's own: a number or a day only where the text loses nothing by it."""
    if not isinstance(said, str):
        return said
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
    """What goes into a metric's cell: a number where it is one, 0.10 as well as 1e-3."""
    if not isinstance(said, str):
        return said
    text = tidy(said)
    return _number(text) if _NUMBER.fullmatch(text) and math.isfinite(float(text)) else text


def _number(text: str) -> Cell:
    plain = text.lstrip("-").isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if plain else float(text)


def tidy(text: str) -> str:
    """The text without white space around it, as a cell can hold it and give it back."""
    return cell_safe(trimmed(text))
