"""Requests about banded ranges and tables, which colour rows in turn."""

from __future__ import annotations

from tests.support.google.a1 import Box, box_of
from tests.support.google.batch.marks import bounded
from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused, only
from tests.support.google.fieldmask import carry, parse
from tests.support.google.proto import proto, with_styles
from tests.support.google.ranges import overlap
from tests.support.google.state import Json, Sheet
from tests.support.google.work import Work

BANDED = frozenset(("bandedRangeId", "range", "rowProperties", "columnProperties"))


@behaves("documented", "batchUpdate addBanding", "bands of one tab may not overlap")
def add_banding(work: Work, body: Json) -> Json:
    only(body, {"bandedRange"}, "addBanding")
    told = body["bandedRange"]
    only(told, BANDED, "BandedRange")
    where = bounded(work, told["range"])
    box = box_of(work.book, where)
    if any(overlap(box, box_of(work.book, one["range"])) for one in (*box.sheet.banded, *box.sheet.tables)):
        raise Refused(400, "You cannot add alternating background colors to a range that already has them.")
    number = told.get("bandedRangeId") or work.book.new_id()
    held = {**with_styles(proto(told)), "bandedRangeId": number, "range": where}
    box.sheet.banded.append(held)
    return {"bandedRange": proto(held)}


def _banded(work: Work, number: int | None) -> tuple[Sheet, Json]:
    for sheet in work.book.sheets:
        for one in sheet.banded:
            if one["bandedRangeId"] == number:
                return sheet, one
    raise Refused(400, f"No banding with id: {number}")


def update_banding(work: Work, body: Json) -> None:
    only(body, {"bandedRange", "fields"}, "updateBanding")
    told = body["bandedRange"]
    only(told, BANDED, "BandedRange")
    _, held = _banded(work, told.get("bandedRangeId"))
    number = held["bandedRangeId"]
    carry(held, with_styles(proto(told)), parse(body["fields"]))
    held["bandedRangeId"] = number


def delete_banding(work: Work, body: Json) -> None:
    only(body, {"bandedRangeId"}, "deleteBanding")
    sheet, held = _banded(work, body.get("bandedRangeId"))
    sheet.banded.remove(held)


@behaves(
    "assumed",
    "batchUpdate addTable",
    "refused where it overlaps a table, banding or the filter; columns are kept as told",
)
def add_table(work: Work, body: Json) -> Json:
    only(body, {"table"}, "addTable")
    told = body["table"]
    only(told, {"tableId", "name", "range", "columnProperties"}, "Table")
    where = bounded(work, told["range"])
    box = box_of(work.book, where)
    taken = [one["range"] for one in (*box.sheet.tables, *box.sheet.banded)]
    taken += [box.sheet.basic_filter["range"]] if box.sheet.basic_filter else []
    if any(overlap(box, box_of(work.book, one)) for one in taken):
        raise Refused(400, "You can't add a table to a range that overlaps another table, a filter or banding.")
    where = _closed(box)
    held = {**proto(told), "tableId": told.get("tableId") or str(work.book.new_id()), "range": where}
    box.sheet.tables.append(held)
    return {"table": proto(held)}


def _closed(box: Box) -> Json:
    rows = {"startRowIndex": box.top, "endRowIndex": box.bottom}
    return {"sheetId": box.sheet.id, **rows, "startColumnIndex": box.left, "endColumnIndex": box.right}


def delete_table(work: Work, body: Json) -> None:
    only(body, {"tableId"}, "deleteTable")
    for sheet in work.book.sheets:
        for one in sheet.tables:
            if one["tableId"] == body.get("tableId"):
                sheet.tables.remove(one)
                return
    raise Refused(400, f"No table with id: {body.get('tableId')}")


KINDS = {
    "addBanding": add_banding,
    "updateBanding": update_banding,
    "deleteBanding": delete_banding,
    "addTable": add_table,
    "deleteTable": delete_table,
}
