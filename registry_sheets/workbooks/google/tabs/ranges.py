"""A1 ranges as Google's GridRange: counted from 0, ends excluded, an end left out where the range runs to the end."""

from __future__ import annotations

import re

from registry_sheets.registry.marks import LAST_ROW
from registry_sheets.workbooks.google.api import Json

_CORNER = re.compile(r"([A-Z]{1,3})([0-9]+)")


def place(address: str) -> tuple[int, int]:
    """(row, column) from 0 of an A1 address; '$' is ignored. Raises ValueError."""
    match = _CORNER.fullmatch(address.replace("$", ""))
    if match is None:
        raise ValueError(address)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - 64
    return int(match[2]) - 1, column - 1


def box(ref: str) -> tuple[int, int, int, int]:
    """(top, left, bottom, right) from 0, ends excluded, of an A1 range or address. Raises ValueError."""
    first, _, last = ref.partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    return top, left, bottom + 1, right + 1


def grid_range(ref: str, sheet_id: int, rows: int | None = None) -> Json:
    """The GridRange of an A1 range. One to Excel's last row runs to the tab's end; ``rows`` cuts what the tab lacks.

    Raises ValueError.
    """
    top, left, bottom, right = box(ref)
    found = {"sheetId": sheet_id, "startRowIndex": top, "startColumnIndex": left, "endColumnIndex": right}
    if bottom < LAST_ROW:
        found["endRowIndex"] = bottom if rows is None else max(top + 1, min(bottom, rows))
    return found


def dimension_range(sheet_id: int, dimension: str, first: int, last: int) -> Json:
    """A DimensionRange of 'ROWS' or 'COLUMNS', from 0, ``last`` excluded."""
    return {"sheetId": sheet_id, "dimension": dimension, "startIndex": first, "endIndex": last}


def column_range(sheet_id: int, column: int, top: int) -> Json:
    """A column from a row (from 0) to the tab's end."""
    return {"sheetId": sheet_id, "startRowIndex": top, "startColumnIndex": column, "endColumnIndex": column + 1}
