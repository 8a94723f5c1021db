"""What the styles and tints of our tabs look like in Google: the same colours as in Excel."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import Style, Tint
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.looks import LOOKS, TEXT_FORMAT, TINTS, Look

_SIZE = 10
"""The points of Google's normal text, which our looks grow from."""
_MIDNIGHT = time(0)


def color_style(color: str) -> Json:
    """A ColorStyle of 'FFCC00'. Google keeps 8 bits of each part: a quarter more is the same rounded and cut off."""
    red, green, blue = (min(round((int(color[at : at + 2], 16) + 0.25) / 255, 4), 1) for at in (0, 2, 4))
    return {"rgbColor": {"red": red, "green": green, "blue": blue}}


def color_of(format_: Mapping[str, Json]) -> str:
    """The fill of a CellFormat as 'FFCC00'; '' where it has none. What Google leaves out is 0."""
    found = format_.get("backgroundColorStyle", {}).get("rgbColor", format_.get("backgroundColor"))
    if found is None:
        return ""
    return "".join(f"{round(found.get(part, 0) * 255):02X}" for part in ("red", "green", "blue"))


def tint_format(tint: Tint) -> Json:
    """The CellFormat of a conditional format."""
    return {"backgroundColorStyle": color_style(TINTS[tint])}


def cell_format(style: Style, value: Cell = "") -> Json:
    """The CellFormat of a cell; {} for the plain look. A date is shown as one in whatever style."""
    look = LOOKS[style]
    found = _layout(look)
    if number := _number_format(look, value):
        found["numberFormat"] = number
    if text := _text_format(look):
        found["textFormat"] = text
    if look.fill:
        found["backgroundColorStyle"] = color_style(look.fill)
    return found


def format_key(style: Style, value: Cell) -> tuple[Style, str]:
    """What a cell's format depends on."""
    if isinstance(value, str):
        return style, ""
    return style, "DATE_TIME" if isinstance(value, datetime) and value.time() != _MIDNIGHT else type(value).__name__


def _layout(look: Look) -> Json:
    found: Json = {}
    if look.wrap:
        found["wrapStrategy"] = "WRAP"
    if look.top:
        found["verticalAlignment"] = "TOP"
    if look.left:
        found["horizontalAlignment"] = "LEFT"
    return found


def _text_format(look: Look) -> Json:
    found: Json = {}
    if look.bold:
        found["bold"] = True
    if look.underline:
        found["underline"] = True
    if look.color:
        found["foregroundColorStyle"] = color_style(look.color)
    if look.grow:
        found["fontSize"] = _SIZE + look.grow
    return found


def _number_format(look: Look, value: Cell) -> Json:
    """A number in a style for dates gets none, or it would be read back as a day."""
    if isinstance(value, (date, time, timedelta)):
        return _moment_format(value)
    if look.number_format == TEXT_FORMAT:
        return {"type": "TEXT"}
    return _moment_format(date.min) if look.number_format != "General" and isinstance(value, str) else {}


def _moment_format(value: date | time | timedelta) -> Json:
    if isinstance(value, datetime) and value.time() != _MIDNIGHT:
        return {"type": "DATE_TIME", "pattern": "yyyy-mm-dd hh:mm"}
    if isinstance(value, date):
        return {"type": "DATE", "pattern": "yyyy-mm-dd"}
    return {"type": "TIME", "pattern": "[h]:mm:ss" if isinstance(value, timedelta) else "hh:mm:ss"}
