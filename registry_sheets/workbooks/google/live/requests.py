"""Requests about the scratch tab, in the forms in which the registry sends them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.tabs.celldata import VALUE
from registry_sheets.workbooks.google.tabs.ranges import dimension_range


@dataclass(frozen=True, slots=True)
class Tab:
    """A scratch tab. Rows and columns count from 0, ends are excluded."""

    sheet_id: int
    title: str

    def a1(self, cells: str = "") -> str:
        """A range of it in A1 notation; the whole tab without ``cells``."""
        return f"'{self.title}'!{cells}" if cells else f"'{self.title}'"

    def area(self, top: int, left: int, bottom: int | None, right: int) -> Json:
        """A GridRange; ``bottom`` None: to the tab's end."""
        found = {"sheetId": self.sheet_id, "startRowIndex": top, "startColumnIndex": left, "endColumnIndex": right}
        return found if bottom is None else {**found, "endRowIndex": bottom}

    def rows(self, first: int, last: int) -> Json:
        """A DimensionRange."""
        return dimension_range(self.sheet_id, "ROWS", first, last)

    def put(self, rows: Sequence[Sequence[Any]], row: int = 0, column: int = 0) -> Json:
        """Cells from a place on: text, numbers, bools, None for a blank one, or whole CellData."""
        start = {"sheetId": self.sheet_id, "rowIndex": row, "columnIndex": column}
        told = [{"values": [_cell(one) for one in line]} for line in rows]
        return {"updateCells": {"start": start, "rows": told, "fields": f"{VALUE},userEnteredFormat"}}

    def format(self, area: Json, kind: str, pattern: str = "") -> Json:
        """A number format."""
        form = {"type": kind, **({"pattern": pattern} if pattern else {})}
        cell = {"userEnteredFormat": {"numberFormat": form}}
        return {"repeatCell": {"range": area, "cell": cell, "fields": "userEnteredFormat.numberFormat"}}

    def name(self, name: str, area: Json) -> Json:
        """A named range."""
        return {"addNamedRange": {"namedRange": {"name": name, "range": area}}}

    def filter(self, area: Json, **more: Any) -> Json:
        """The tab's filter."""
        return {"setBasicFilter": {"filter": {"range": area, **more}}}


def formula(text: str) -> Json:
    """A cell with a formula, which has its '='."""
    return {VALUE: {"formulaValue": text}}


def dated(number: float, kind: str, pattern: str) -> Json:
    """A cell with a serial number that is shown as a date or a moment."""
    return {VALUE: {"numberValue": number}, "userEnteredFormat": {"numberFormat": {"type": kind, "pattern": pattern}}}


def _cell(value: Any) -> Json:
    if isinstance(value, dict):
        return value
    if value is None:
        return {}
    kind = "boolValue" if isinstance(value, bool) else "stringValue" if isinstance(value, str) else "numberValue"
    return {VALUE: {kind: value}}
