"""The requests of row edits: columns and rows that are inserted, cells, number formats, formulas that go on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from registry_sheets.registry.grid import column_letters
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.celldata import entered
from registry_sheets.workbooks.google.rowplan import RowPlan, number_format, typed_in


def inserting(plan: RowPlan, at: int, cells: Mapping[int, Any]) -> list[Json]:
    """Insert a row, which looks as the one above it, and fill it."""
    first, sheet = plan.rows[0][0], plan.tab.sheet_id
    if at >= plan.tab.height:
        return [appending(plan, cells)]
    inherits = at > 0 and plan.headings != first - 1
    where = {"sheetId": sheet, "dimension": "ROWS", "startIndex": at, "endIndex": at + 1}
    start = {"sheetId": sheet, "rowIndex": at, "columnIndex": 0}
    return [
        {"insertDimension": {"range": where, "inheritFromBefore": inherits}},
        {"updateCells": {"start": start, "rows": [_cells(cells)], "fields": "userEnteredValue"}},
        *formats(plan, at, cells, first - 1 if inherits else None),
        *_carried_on(plan, at, cells, first),
    ]


def appending(plan: RowPlan, cells: Mapping[int, Any]) -> Json:
    """Below the last row of the grid Google adds one, after whatever stands there by then."""
    appended = {"sheetId": plan.tab.sheet_id, "rows": [_cells(cells, formats=True)]}
    return {"appendCells": {**appended, "fields": "userEnteredValue,userEnteredFormat.numberFormat"}}


def rows_range(plan: RowPlan, first: int, last: int) -> str:
    """Whole rows as A1 notation."""
    title = plan.tab.title.replace("'", "''")
    return f"'{title}'!{first + 1}:{last + 1}"


def column_range(plan: RowPlan, column: int) -> str:
    """A whole column as A1 notation."""
    title = plan.tab.title.replace("'", "''")
    return f"'{title}'!{column_letters(column)}:{column_letters(column)}"


def row_of(range_: str, otherwise: int) -> int:
    """The first row, from 0, of a range in A1 notation ("'My models'!A5:Z5")."""
    digits = re.match(r"\$?[A-Z]*\$?(\d+)", range_.rpartition("!")[2])
    return int(digits[1]) - 1 if digits else otherwise


def laid_out(cells: Mapping[int, Any]) -> list[Any]:
    """Values side by side from the first column; null leaves a cell as it is."""
    return [typed_in(cells[at]) if at in cells else None for at in range(max(cells, default=-1) + 1)] or [None]


def columns(plan: RowPlan) -> list[Json]:
    """A column is inserted, so that nothing is written over; at the end of the grid it is added."""
    requests: list[Json] = []
    for column, (row, heading) in sorted(plan.columns.items()):
        where = {"sheetId": plan.tab.sheet_id, "dimension": "COLUMNS", "startIndex": column, "endIndex": column + 1}
        if column < plan.tab.width:
            requests.append({"insertDimension": {"range": where, "inheritFromBefore": column > 0}})
        else:
            added = {"sheetId": plan.tab.sheet_id, "dimension": "COLUMNS", "length": 1}
            requests.append({"appendDimension": added})
        start = {"sheetId": plan.tab.sheet_id, "rowIndex": row, "columnIndex": column}
        rows = [{"values": [{"userEnteredValue": entered(heading)}]}]
        requests.append({"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}})
    return requests


def _cells(cells: Mapping[int, Any], formats: bool = False) -> Json:
    return {"values": [_cell(cells.get(at, ""), formats) for at in range(max(cells, default=-1) + 1)]}


def _cell(value: Any, formats: bool) -> Json:
    said, form = entered(value), number_format(value) if formats else None
    shown = {"userEnteredFormat": {"numberFormat": form}} if form else {}
    return {"userEnteredValue": said, **shown} if said else {}


def formats(plan: RowPlan, at: int, cells: Mapping[int, Any], like: int | None) -> list[Json]:
    """Requests that make dates read as dates, in the number format that the column has at the row ``like``."""
    requests: list[Json] = []
    for column, value in cells.items():
        form = number_format(value)
        if form is not None:
            where = {"sheetId": plan.tab.sheet_id, "startRowIndex": at, "endRowIndex": at + 1}
            where |= {"startColumnIndex": column, "endColumnIndex": column + 1}
            cell = {"userEnteredFormat": {"numberFormat": shown_dated(plan, like, column) or form}}
            requests.append({"repeatCell": {"range": where, "cell": cell, "fields": "userEnteredFormat.numberFormat"}})
    return requests


def shown_dated(plan: RowPlan, row: int | None, column: int) -> Json | None:
    """How a cell that is there shows a number as a date; None where it does not. A blank one at a row's end is not in
    Google's answer."""
    rows = plan.tab.rows
    cell = rows[row][column] if row is not None and row < len(rows) and column < len(rows[row]) else {}
    form: Json = cell.get("effectiveFormat", {}).get("numberFormat", {})
    return form if form.get("type") in ("DATE", "DATE_TIME", "TIME") else None


def _carried_on(plan: RowPlan, at: int, cells: Mapping[int, Any], first: int) -> list[Json]:
    """The formulas of the row above go on in the new one, as the Check column's."""
    requests: list[Json] = []
    for row, column in plan.tab.formulas:
        if row == first - 1 and column not in cells and row != plan.headings:
            source, target = _one_cell(plan, at - 1, column), _one_cell(plan, at, column)
            pasted = {"source": source, "destination": target, "pasteType": "PASTE_FORMULA"}
            requests.append({"copyPaste": {**pasted, "pasteOrientation": "NORMAL"}})
    return requests


def _one_cell(plan: RowPlan, row: int, column: int) -> Json:
    ends = {"endRowIndex": row + 1, "endColumnIndex": column + 1}
    return {"sheetId": plan.tab.sheet_id, "startRowIndex": row, "startColumnIndex": column, **ends}
