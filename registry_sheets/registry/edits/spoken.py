"""Values of Python code as cells take them: recording a version never fails over an odd one.

Numbers and days of numpy, pandas and the like are known by what they can do, so that none of those is imported.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.text import shown

_MISSING = ("NAType", "NaTType")
_WRITTEN_OUT = 10_000  # bits; Python refuses to write out much larger numbers
_ONE = (str, bytes, bytearray, Mapping, os.PathLike)
"""Things to go through that are one value all the same."""


def spoken(said: Any) -> Cell | None:
    """One value as a cell; None for what says nothing: None, pandas.NA, NaT. NaN is a number here."""
    if said is None or type(said).__name__ in _MISSING:
        return None
    if isinstance(said, Enum):
        return spoken(said.value)
    if isinstance(said, bool):
        return said
    if isinstance(said, (date, time, timedelta)):
        return _moment(said)
    if type(said).__module__.partition(".")[0] == "numpy" and getattr(said, "ndim", 0) == 0:
        return _of_numpy(said)
    if isinstance(said, (int, float, str, Decimal, Fraction)):
        return _plain(said)
    return _other(said)


def spoken_fact(said: Any) -> Cell | tuple[str, ...] | None:
    """What is said under a known column: one value, or several as texts. NaN says nothing, as pandas means it."""
    if isinstance(said, Iterable) and not isinstance(said, _ONE) and bool(getattr(said, "ndim", True)):
        values = sorted(said, key=str) if isinstance(said, (set, frozenset)) else said
        return tuple(text for one in values if (text := spoken_text(one)))
    return _unless_nan(spoken(said))


def spoken_own(said: Any) -> Cell | None:
    """What is said under a column of the people's own; NaN says nothing."""
    return _unless_nan(spoken(said))


def spoken_text(said: Any) -> str:
    """A name, a version or another text: 2.3 is '2.3'; '' for what says nothing."""
    cell = _unless_nan(spoken(said))
    if cell is None:
        return ""
    if isinstance(said, Decimal):
        return str(said)  # 2.30 keeps its nought
    plain = type(cell) in (str, float) or (type(cell) is int and cell.bit_length() < _WRITTEN_OUT)
    return str(cell) if plain else shown(cell)


def _unless_nan(cell: Cell | None) -> Cell | None:
    return None if isinstance(cell, float) and math.isnan(cell) else cell


def _moment(said: date | time | timedelta) -> Cell:
    """The same of Python's own kind, as the clock of its own time zone shows it."""
    if isinstance(said, datetime):
        return datetime.combine(said.date(), said.time())
    if isinstance(said, time):
        return said.replace(tzinfo=None)
    return date(said.year, said.month, said.day) if isinstance(said, date) else timedelta(0, said.total_seconds())


def _plain(said: float | str | Decimal | Fraction) -> Cell:
    if isinstance(said, str):
        return str(said)
    if isinstance(said, int):
        return int(said)
    try:
        return float(said)
    except (OverflowError, ValueError):
        return str(said)


def _of_numpy(said: Any) -> Cell | None:
    """A number with as many digits as its kind shows: float32's 0.1 is 0.1, not 0.10000000149011612."""
    kind = getattr(getattr(said, "dtype", None), "kind", "")
    if kind == "f":
        return float(str(said))
    if kind == "M":
        return spoken(said.astype("datetime64[us]").item())
    item = said.item() if hasattr(said, "item") else str(said)
    return str(said) if type(item) is type(said) else spoken(item)


def _other(said: Any) -> Cell | None:
    """A path, bytes, a tensor of one number, anything: by its text where nothing else tells."""
    if isinstance(said, os.PathLike):
        return os.fsdecode(said)
    if isinstance(said, (bytes, bytearray)):
        return bytes(said).decode("utf-8", "replace")
    if callable(item := getattr(said, "item", None)):
        try:
            found = item()
        except Exception:  # whatever it is, it is no single value
            return str(said)
        return str(said) if type(found) is type(said) else spoken(found)
    return str(said)
