"""Requests about the filter and conditional formats of a tab."""

from __future__ import annotations

from tests.support.google.a1 import box_of, within
from tests.support.google.batch.marks import bounded, grid_range
from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused, only
from tests.support.google.proto import proto, with_styles
from tests.support.google.ranges import overlap
from tests.support.google.state import Json, Sheet
from tests.support.google.work import Work


@behaves("recorded", "batchUpdate setBasicFilter", "open ends of its range are closed at the tab's")
def set_basic_filter(work: Work, body: Json) -> None:
    only(body, {"filter"}, "setBasicFilter")
    told = body["filter"]
    only(told, {"range", "sortSpecs", "criteria", "filterSpecs"}, "BasicFilter")
    box = within(box_of(work.book, told.get("range") or {}))
    if any(overlap(box, box_of(work.book, table["range"])) for table in box.sheet.tables):
        raise Refused(400, "You can't add a filter to a range that overlaps a table.")
    box.sheet.basic_filter = {**proto(told), "range": grid_range(box)}


def clear_basic_filter(work: Work, body: Json) -> None:
    only(body, {"sheetId"}, "clearBasicFilter")
    work.book.sheet(body.get("sheetId")).basic_filter = None


def _rule(work: Work, told: Json) -> tuple[Sheet, Json]:
    only(told, {"ranges", "booleanRule", "gradientRule"}, "ConditionalFormatRule")
    ranges = [bounded(work, one) for one in told.get("ranges") or ()]
    if not ranges or len({one.get("sheetId") or 0 for one in ranges}) > 1:
        raise Refused(400, "All ranges of a conditional format rule must be on one sheet.")
    held = {**with_styles(proto(told)), "ranges": ranges}
    return work.book.sheet(ranges[0].get("sheetId")), held


@behaves(
    "documented", "batchUpdate addConditionalFormatRule", "rules are told by their index; a new one is put before it"
)
def add_conditional_format_rule(work: Work, body: Json) -> None:
    only(body, {"rule", "index"}, "addConditionalFormatRule")
    sheet, rule = _rule(work, body["rule"])
    sheet.conditional.insert(_at(sheet, body.get("index") or 0, len(sheet.conditional)), rule)


def _at(sheet: Sheet, index: int, last: int) -> int:
    if not 0 <= index <= last:
        raise Refused(400, f"No conditional format on sheet: {sheet.id} at index: {index}")
    return index


@behaves(
    "documented", "batchUpdate updateConditionalFormatRule", "replaces the rule at an index, or moves it to another"
)
def update_conditional_format_rule(work: Work, body: Json) -> Json:
    only(body, {"index", "sheetId", "rule", "newIndex"}, "updateConditionalFormatRule")
    sheet = work.book.sheet(body.get("sheetId"))
    if body.get("rule"):
        sheet, rule = _rule(work, body["rule"])
        index = _at(sheet, body.get("index") or 0, len(sheet.conditional) - 1)
        old, sheet.conditional[index] = sheet.conditional[index], rule
        return dict(proto({"newRule": rule, "newIndex": index, "oldRule": old}))
    index = _at(sheet, body.get("index") or 0, len(sheet.conditional) - 1)
    to = _at(sheet, body.get("newIndex") or 0, len(sheet.conditional) - 1)
    sheet.conditional.insert(to, sheet.conditional.pop(index))
    return dict(proto({"newRule": sheet.conditional[to], "newIndex": to, "oldIndex": index}))


def delete_conditional_format_rule(work: Work, body: Json) -> Json:
    only(body, {"index", "sheetId"}, "deleteConditionalFormatRule")
    sheet = work.book.sheet(body.get("sheetId"))
    return {"rule": proto(sheet.conditional.pop(_at(sheet, body.get("index") or 0, len(sheet.conditional) - 1)))}


KINDS = {
    "setBasicFilter": set_basic_filter,
    "clearBasicFilter": clear_basic_filter,
    "addConditionalFormatRule": add_conditional_format_rule,
    "updateConditionalFormatRule": update_conditional_format_rule,
    "deleteConditionalFormatRule": delete_conditional_format_rule,
}
