"""Requests that set cells: values, formats, notes, rules of what may be entered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.support.google.a1 import Box, box_of, within
from tests.support.google.behaviours import behaves
from tests.support.google.errors import NotImitated, Refused, only
from tests.support.google.fieldmask import Mask, carry, parse
from tests.support.google.proto import proto, with_styles
from tests.support.google.state import EMPTY, Cell, Json, Sheet
from tests.support.google.work import Work

FIELDS = frozenset(("userEnteredValue", "userEnteredFormat", "note", "dataValidation"))
VALUES = frozenset(("numberValue", "stringValue", "boolValue", "formulaValue"))
Setter = Callable[[Cell, Json], Cell]


def setter(fields: str) -> Setter:
    """What sets the masked fields of a cell to those of a CellData, clearing what that has not."""
    mask = parse(fields)
    if "*" in fields:
        mask = {key: {} for key in FIELDS}
    only(dict.fromkeys(mask, True), FIELDS, "fields of cells")

    def set_cell(cell: Cell, data: Json) -> Cell:
        only(data, FIELDS, "CellData")
        if "userEnteredValue" in mask:
            cell = cell.holding(entered(data.get("userEnteredValue")))
        if "userEnteredFormat" in mask:
            cell = replace(cell, format=_format(cell, data, mask["userEnteredFormat"]))
        if "note" in mask:
            cell = replace(cell, note=data.get("note") or "")
        if "dataValidation" in mask:
            cell = replace(cell, validation=proto(data["dataValidation"]) if data.get("dataValidation") else None)
        return EMPTY if cell == EMPTY else cell

    return set_cell


@behaves("assumed", "batchUpdate updateCells", "a stringValue of '' leaves the cell empty")
def entered(value: Json | None) -> Json | None:
    """A userEnteredValue as it is kept. Raises Refused."""
    told = {name: one for name, one in (value or {}).items() if one is not None}
    if not told:
        return None
    if len(told) > 1:
        raise Refused(400, "oneof field 'value' is already set.")
    ((kind, inner),) = told.items()
    if kind not in VALUES:
        raise NotImitated(f"userEnteredValue.{kind}")
    if kind in ("stringValue", "formulaValue") and len(inner) > 50_000:
        raise Refused(400, "Your input contains more than the maximum of 50000 characters in a single cell.")
    if kind == "formulaValue" and not inner.startswith("="):
        return {"formulaValue": f"={inner}"}
    return None if inner == "" else {kind: inner}


def _format(cell: Cell, data: Json, mask: Mask) -> Json | None:
    told = with_styles(proto(data.get("userEnteredFormat") or {}))
    if not mask:
        return told or None
    styled = {**mask, **{f"{name}Style": {} for name in mask if f"{name}Style" in told}}
    held = dict(cell.format or {})
    carry(held, told, styled)
    return held or None


def _start(work: Work, where: Json, rows: list[Json]) -> Box:
    sheet = work.book.sheet(where.get("sheetId"))
    top, left = where.get("rowIndex") or 0, where.get("columnIndex") or 0
    width = max((len(row.get("values") or ()) for row in rows), default=0)
    box = Box(sheet, top, top + len(rows), left, left + width)
    if box.bottom > sheet.row_count:
        raise _past("row", box.bottom - 1, sheet.row_count - 1)
    if box.right > sheet.column_count:
        raise _past("column", box.right - 1, sheet.column_count - 1)
    return box


def _past(kind: str, at: int, last: int) -> Refused:
    return Refused(400, f"Attempting to write {kind}: {at}, beyond the last requested {kind} of: {last}")


@behaves("documented", "batchUpdate updateCells", "with a range, cells of it that no row covers lose the masked fields")
@behaves("documented", "batchUpdate updateCells", "rows that reach beyond the range are refused")
def update_cells(work: Work, body: Json) -> None:
    only(body, {"rows", "fields", "range", "start"}, "updateCells")
    rows: list[Json] = body.get("rows") or []
    if body.get("range") is None:
        box = _start(work, body.get("start") or {}, rows)
        covered = [len(row.get("values") or ()) for row in rows]
    else:
        box = within(box_of(work.book, body["range"]))
        covered = [box.width] * box.height
        _fits(box, rows)
    work.check_protected(box)
    set_cell = setter(body["fields"])
    for at, width in enumerate(covered):
        data = (rows[at].get("values") or []) if at < len(rows) else []
        _set_row(work, box, at, [*data, *[{}] * (width - len(data))], set_cell)


def _fits(box: Box, rows: list[Json]) -> None:
    if len(rows) > box.height:
        raise _past("row", box.top + len(rows) - 1, box.bottom - 1)
    width = max((len(row.get("values") or ()) for row in rows), default=0)
    if width > box.width:
        raise _past("column", box.left + width - 1, box.right - 1)


def _set_row(work: Work, box: Box, at: int, data: list[Any], set_cell: Setter) -> None:
    row = box.top + at
    if not any(data) and row >= len(box.sheet.rows):
        return
    cells = tuple(
        work.noted(set_cell(box.sheet.cell(row, box.left + column), one or {})) for column, one in enumerate(data)
    )
    box.sheet.put_row(row, box.left, cells)


def repeat_cell(work: Work, body: Json) -> None:
    only(body, {"range", "cell", "fields"}, "repeatCell")
    box = within(box_of(work.book, body["range"]))
    work.check_protected(box)
    set_cell = setter(body["fields"])
    for at in range(box.height):
        _set_row(work, box, at, [body.get("cell") or {}] * box.width, set_cell)


def content_end(sheet: Sheet) -> int:
    """The row after the last one with a value."""
    return next((at + 1 for at in range(len(sheet.rows) - 1, -1, -1) if any(c.entered for c in sheet.rows[at])), 0)


@behaves(
    "documented", "batchUpdate appendCells", "rows go below the last row with data of the tab, which grows as needed"
)
@behaves("assumed", "batchUpdate appendCells", "with a tableId, rows go below the table's last one, which it takes in")
def append_cells(work: Work, body: Json) -> None:
    only(body, {"sheetId", "rows", "fields", "tableId"}, "appendCells")
    rows: list[Json] = body.get("rows") or []
    table = _table(work, body["tableId"]) if body.get("tableId") else None
    where: Json = table["range"] if table else {"sheetId": body.get("sheetId")}
    sheet = work.book.sheet(where.get("sheetId"))
    top: int = where["endRowIndex"] if table else content_end(sheet)
    left: int = where.get("startColumnIndex") or 0
    width = max((len(row.get("values") or ()) for row in rows), default=0)
    sheet.row_count = max(sheet.row_count, top + len(rows))
    sheet.column_count = max(sheet.column_count, left + width)
    box = Box(sheet, top, top + len(rows), left, left + width)
    work.check_protected(box)
    set_cell = setter(body["fields"])
    for at, row in enumerate(rows):
        _set_row(work, box, at, row.get("values") or [], set_cell)
    if table:
        table["range"] = {**where, "endRowIndex": top + len(rows)}


def _table(work: Work, table_id: str) -> Json:
    for sheet in work.book.sheets:
        for table in sheet.tables:
            if table["tableId"] == table_id:
                return table
    raise Refused(400, f"No table with id: {table_id}")


def set_data_validation(work: Work, body: Json) -> None:
    only(body, {"range", "rule", "filteredRowsIncluded"}, "setDataValidation")
    box = within(box_of(work.book, body["range"]))
    work.check_protected(box)
    rule = proto(body["rule"]) if body.get("rule") else None
    for row in range(box.top, box.bottom):
        cells = tuple(box.sheet.cell(row, column) for column in range(box.left, box.right))
        new = tuple(replace(cell, validation=rule) for cell in cells)
        box.sheet.put_row(row, box.left, tuple(EMPTY if cell == EMPTY else cell for cell in new))


KINDS = {
    "updateCells": update_cells,
    "repeatCell": repeat_cell,
    "appendCells": append_cells,
    "setDataValidation": set_data_validation,
}
