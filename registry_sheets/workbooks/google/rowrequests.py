"""The requests of row edits: columns and rows that are inserted, cells, number formats, formulas that go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from registry_sheets.registry.grid import column_letters
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.rowplan import RowPlan, number_format, typed_in
from registry_sheets.workbooks.google.tabs.celldata import entered


def inserting(plan: RowPlan, anchor: Callable[[int], Json]) -> list[Json]:
    """Insert the new rows, which look as the ones above them, fill and anchor them.

    Below the end of the grid rows are added first: what is inserted is blank, whatever others put there meanwhile.
    """
    requests: list[Json] = []
    height = plan.tab.height
    for at, cells in [*sorted(plan.beyond.items()), *plan.rows]:
        if at >= height:
            requests.append(_added(plan, "ROWS", at + 1 - height))
            height = at + 1
        requests += [*_inserted(plan, at, cells), anchor(at)]
        height += 1
    return requests


def _inserted(plan: RowPlan, at: int, cells: Mapping[int, Any]) -> list[Json]:
    first = plan.rows[0][0] if plan.rows else at
    inherits = at > 0 and plan.headings != first - 1
    start = {"sheetId": plan.tab.sheet_id, "rowIndex": at, "columnIndex": 0}
    return [
        {"insertDimension": {"range": _one(plan, "ROWS", at), "inheritFromBefore": inherits}},
        {"updateCells": {"start": start, "rows": [_cells(cells)], "fields": "userEnteredValue"}},
        *formats(plan, at, cells, first - 1 if inherits else None),
        *_carried_on(plan, at, cells, first),
    ]


def _added(plan: RowPlan, dimension: str, length: int) -> Json:
    return {"appendDimension": {"sheetId": plan.tab.sheet_id, "dimension": dimension, "length": length}}


def _one(plan: RowPlan, dimension: str, at: int) -> Json:
    return {"sheetId": plan.tab.sheet_id, "dimension": dimension, "startIndex": at, "endIndex": at + 1}


def rows_range(plan: RowPlan, first: int, last: int) -> str:
    """Whole rows as A1 notation."""
    title = plan.tab.title.replace("'", "''")
    return f"'{title}'!{first + 1}:{last + 1}"


def column_range(plan: RowPlan, column: int) -> str:
    """A whole column as A1 notation."""
    title = plan.tab.title.replace("'", "''")
    return f"'{title}'!{column_letters(column)}:{column_letters(column)}"


def laid_out(cells: Mapping[int, Any]) -> list[Any]:
    """Values side by side from the first column; null leaves a cell as it is."""
    return [typed_in(cells[at]) if at in cells else None for at in range(max(cells, default=-1) + 1)] or [None]


def columns(plan: RowPlan) -> list[Json]:
    """A column is inserted, so that nothing is written over; at the end of the grid one is added first, behind it."""
    requests: list[Json] = []
    for column, (row, heading) in sorted(plan.columns.items()):
        if column >= plan.tab.width:
            requests.append(_added(plan, "COLUMNS", 1))
        inserted = {"range": _one(plan, "COLUMNS", column), "inheritFromBefore": column > 0}
        start = {"sheetId": plan.tab.sheet_id, "rowIndex": row, "columnIndex": column}
        rows = [{"values": [{"userEnteredValue": entered(heading)}]}]
        requests.append({"insertDimension": inserted})
        requests.append({"updateCells": {"start": start, "rows": rows, "fields": "userEnteredValue"}})
    return requests


def undated(plan: RowPlan) -> list[Json]:
    """The requests that make dates which are about to be set read as dates, where their cells show none yet."""
    requests: list[Json] = []
    for row, cells in plan.there().items():
        missing = {column: value for column, value in cells.items() if not _dated(plan, row, column)}
        requests += formats(plan, row, missing, None)
    return requests


def _cells(cells: Mapping[int, Any]) -> Json:
    return {"values": [_cell(cells.get(at, "")) for at in range(max(cells, default=-1) + 1)]}


def _cell(value: Any) -> Json:
    said = entered(value)
    return {"userEnteredValue": said} if said else {}


def formats(plan: RowPlan, at: int, cells: Mapping[int, Any], like: int | None) -> list[Json]:
    """Requests that make dates read as dates, in the number format that the column has at the row ``like``."""
    requests: list[Json] = []
    for column, value in cells.items():
        form = number_format(value)
        if form is not None:
            where = {"sheetId": plan.tab.sheet_id, "startRowIndex": at, "endRowIndex": at + 1}
            where |= {"startColumnIndex": column, "endColumnIndex": column + 1}
            cell = {"userEnteredFormat": {"numberFormat": _dated(plan, like, column) or form}}
            requests.append({"repeatCell": {"range": where, "cell": cell, "fields": "userEnteredFormat.numberFormat"}})
    return requests


def _dated(plan: RowPlan, row: int | None, column: int) -> Json | None:
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
