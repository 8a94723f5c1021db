"""What a cell of the report's workbook holds and looks like."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from math import isfinite
from typing import Any, Literal
from urllib.parse import quote, urlsplit

from registry_sheets.registry.text import cell_safe, shown

Look = Literal[
    "body", "title", "name", "note", "remark", "header", "label", "figure", "share", "percent", "error", "warning",
    "info",
]  # fmt: skip

FONT = "Calibri"
DARK, ORANGE, YELLOW, GREY, PALE = "1F4E78", "C55A11", "BF9000", "7F7F7F", "BFBFBF"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_ESCAPES = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_LINK_LIMIT = 2_079  # characters; Excel repairs files with longer ones
_LINK_SCHEMES = ("http", "https", "file", "mailto")
_FIRST_YEAR = 1900  # of a spreadsheet's calendar
_MOST_DIGITS = 10**15  # a spreadsheet keeps 15 of a number
_FORMATS: tuple[tuple[type, str], ...] = (
    (datetime, "yyyy\\-mm\\-dd hh:mm"),
    (date, "yyyy\\-mm\\-dd"),
    (time, "hh:mm:ss"),
    (timedelta, "[h]:mm:ss"),
    (str, "@"),
    (bool, '"TRUE";"TRUE";"FALSE"'),  # LibreOffice shows 1 and 0 otherwise
)


def held(value: Any) -> Any:
    """The value as a cell can hold it, None for a blank. What a spreadsheet has no number for becomes a text."""
    if value is None or isinstance(value, (bool, str)):
        return _text(value) if isinstance(value, str) else value
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC).replace(tzinfo=None)
    if isinstance(value, time) and value.tzinfo:
        value = value.replace(tzinfo=None)
    return value if _has_number(value) else _text(shown(value))


def _has_number(value: Any) -> bool:
    if isinstance(value, date):
        return value.year >= _FIRST_YEAR
    if isinstance(value, timedelta):
        return value >= timedelta(0)
    if isinstance(value, (int, float)):
        return isfinite(value) and (isinstance(value, float) or abs(value) <= _MOST_DIGITS)
    return isinstance(value, time)


def _text(text: str) -> str | None:
    """_x0041_ in a file stands for 'A' (ECMA-376 part 1, 22.9.2.19), so an underscore before that is written so."""
    return _ESCAPES.sub("_x005F_", cell_safe(text)) or None


def safe_link(link: str) -> str:
    """A link that a workbook may hold, '' for any other: http, https, file or mailto, and not too long."""
    try:
        parts = urlsplit(link)
        port = parts.port  # raises where it is none
    except ValueError:
        return ""
    whole = quote(link, safe="%/:?#[]@!$&'()*+,;=-._~")
    fits = parts.scheme.lower() in _LINK_SCHEMES and len(whole) <= _LINK_LIMIT and (port is None or bool(parts.netloc))
    return whole if fits else ""


class Pen:
    """Writes cells; each look is made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[Look, type, bool, bool], Any] = {}

    def write(self, sheet: Any, row: int, column: int, value: Any, look: Look = "body", link: str = "") -> None:
        """Put a value at a place, counted from 1. A text stays a text, whatever it starts with."""
        kept = held(value)
        link = safe_link(link) if link and kept is not None else ""
        if kept is None and look == "body":
            return
        cell = sheet.cell(row, column)
        if isinstance(kept, str):
            # Not by cell.value, which takes "=1" for a formula and cuts what was escaped.
            cell._value, cell.data_type = kept, "s"
        else:
            cell.value = kept
        if link:
            cell.hyperlink = link
        self._dress(cell, kept, look, bool(link))

    def _dress(self, cell: Any, kept: Any, look: Look, linked: bool) -> None:
        formula = isinstance(kept, str) and kept.startswith(_FORMULA_STARTS)
        key = (look, type(kept), formula, linked)
        if key not in self._made:
            for name, value in _attributes(look, kept, linked).items():
                setattr(cell, name, value)
            cell.quotePrefix = formula
            self._made[key] = cell._style
        cell._style = self._made[key]  # shared, as nothing changes a cell's look afterwards


def _attributes(look: Look, kept: Any, linked: bool) -> dict[str, Any]:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    color, bold, size, fill = _LOOKS[look]
    found: dict[str, Any] = {
        "font": Font(
            name=FONT,
            size=size,
            bold=bold,
            color="FF0563C1" if linked else f"FF{color}",
            underline="single" if linked else None,
        ),
        "alignment": Alignment(
            vertical="top",
            wrap_text=isinstance(kept, str) and look not in ("title", "name", "note"),
            horizontal=_side(look, kept),
            indent=1 if look == "body" and type(kept) in (int, float) else 0,
        ),
        "number_format": _format_of(look, kept),
    }
    if fill:
        found["fill"] = PatternFill("solid", fgColor=f"FF{fill}")
    if look in ("label", "figure", "share"):
        found["border"] = Border(bottom=Side("hair", color="FFBFBFBF"))
    return found


def _side(look: Look, kept: Any) -> Literal["left", "right"] | None:
    if look in ("figure", "share"):
        return "right"
    if isinstance(kept, (str, date, time, timedelta, bool)):
        return "left"
    return "right" if isinstance(kept, (int, float)) else None


_LOOKS: dict[Look, tuple[str, bool, int, str]] = {
    "body": ("000000", False, 11, ""),
    "title": (DARK, True, 18, ""),
    "name": (DARK, True, 12, ""),
    "note": ("595959", False, 11, ""),
    "remark": ("595959", False, 11, ""),
    "header": ("FFFFFF", True, 11, DARK),
    "label": ("404040", False, 11, ""),
    "figure": (DARK, True, 12, ""),
    "share": (DARK, True, 12, ""),
    "percent": ("000000", False, 11, ""),
    "error": ("9C2A00", True, 11, "FCE4D6"),
    "warning": ("7F6000", True, 11, "FFF2CC"),
    "info": ("404040", False, 11, "EDEDED"),
}
"""Colour, bold, size, fill; severities look as on the tabs of the registry itself."""


def _format_of(look: Look, kept: Any) -> str:
    if look in ("share", "percent"):
        return "0%"
    if look == "figure" and isinstance(kept, (int, float)):
        return "#,##0"
    return next((shown_ for kind, shown_ in _FORMATS if isinstance(kept, kind)), "General")
