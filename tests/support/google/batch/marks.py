"""Requests about what lies over cells: protection, names, merges."""

from __future__ import annotations

from typing import Any

from tests.support.google.a1 import Box, box_of, within
from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused, only
from tests.support.google.fieldmask import carry, parse
from tests.support.google.proto import proto
from tests.support.google.ranges import overlap
from tests.support.google.state import EMPTY, Json, Sheet
from tests.support.google.work import PROTECTED, Work

PROTECTED_FIELDS = frozenset(
    [
        "protectedRangeId",
        "range",
        "namedRangeId",
        "description",
        "warningOnly",
        "requestingUserCanEdit",
        "unprotectedRanges",
        "editors",
    ]
)


def bounded(work: Work, where: Json) -> Json:
    """A GridRange as it is kept, its ends as they were given. Raises Refused where it leaves the grid."""
    only(where, {"sheetId", "startRowIndex", "endRowIndex", "startColumnIndex", "endColumnIndex"}, "GridRange")
    within(box_of(work.book, where))
    return {name: value for name, value in where.items() if value is not None}


def protected_answer(work: Work, held: Json) -> Json:
    """A protected range as an answer to this caller has it."""
    allowed = work.may_edit(held)
    shown = {**held, "requestingUserCanEdit": allowed}
    if not allowed:
        shown.pop("editors", None)
    return dict(proto(shown))


@behaves(
    "recorded",
    "batchUpdate addProtectedRange",
    "who adds it is one of its editors, named or not; the reply does not say so",
)
def add_protected_range(work: Work, body: Json) -> Json:
    only(body, {"protectedRange"}, "addProtectedRange")
    told = body["protectedRange"]
    only(told, PROTECTED_FIELDS, "ProtectedRange")
    book = work.book
    held: Json = dict(proto({name: one for name, one in told.items() if name != "requestingUserCanEdit"}))
    held["range"] = _range_of(work, told)
    held["protectedRangeId"] = _new_number(work, told.get("protectedRangeId"))
    held["editors"] = proto(told.get("editors") or {})
    reply = protected_answer(work, held) | {"requestingUserCanEdit": True, "editors": proto(held["editors"])}
    _include_caller(held["editors"], work.email)
    book.sheet(held["range"].get("sheetId")).protected.append(held)
    return {"protectedRange": reply}


def _range_of(work: Work, told: Json) -> Json:
    if told.get("namedRangeId"):
        named = _named(work, told["namedRangeId"])
        return dict(named["range"])
    return bounded(work, told.get("range") or {})


def _new_number(work: Work, told: int | None) -> int:
    taken = {one["protectedRangeId"] for sheet in work.book.sheets for one in sheet.protected}
    if told in taken:
        raise Refused(400, f"A protected range with ID {told} already exists.")
    return told or work.book.new_id()


def _include_caller(editors: Json, email: str) -> None:
    users = editors.get("users", [])
    if email not in users:
        editors["users"] = [*users, email]


def _find_protected(work: Work, number: Any) -> tuple[Sheet, Json]:
    for sheet in work.book.sheets:
        for one in sheet.protected:
            if one["protectedRangeId"] == number:
                if not work.may_edit(one):
                    raise Refused(400, PROTECTED)
                return sheet, one
    raise Refused(400, f"No protected range with ID: {number}")


def update_protected_range(work: Work, body: Json) -> None:
    only(body, {"protectedRange", "fields"}, "updateProtectedRange")
    told = body["protectedRange"]
    only(told, PROTECTED_FIELDS, "ProtectedRange")
    sheet, held = _find_protected(work, told.get("protectedRangeId"))
    mask = parse(body["fields"]) or {key: {} for key in PROTECTED_FIELDS & told.keys()}
    only(
        dict.fromkeys(mask, True), PROTECTED_FIELDS - {"requestingUserCanEdit", "namedRangeId"}, "ProtectedRange fields"
    )
    carry(held, proto(told), {name: inner for name, inner in mask.items() if name != "protectedRangeId"})
    held["editors"] = dict(held.get("editors", {}))
    _include_caller(held["editors"], work.email)
    sheet.protected.remove(held)
    work.book.sheet(held["range"].get("sheetId")).protected.append(held)


def delete_protected_range(work: Work, body: Json) -> None:
    only(body, {"protectedRangeId"}, "deleteProtectedRange")
    sheet, held = _find_protected(work, body.get("protectedRangeId"))
    sheet.protected.remove(held)


@behaves(
    "recorded", "batchUpdate addNamedRange", "the id is text of digits; a range's sheetId of 0 is left out of answers"
)
def add_named_range(work: Work, body: Json) -> Json:
    only(body, {"namedRange"}, "addNamedRange")
    told = body["namedRange"]
    only(told, {"namedRangeId", "name", "range"}, "NamedRange")
    _free_name(work, told["name"], None)
    number = told.get("namedRangeId") or str(work.book.new_id())
    if any(one["namedRangeId"] == number for one in work.book.named):
        raise Refused(400, f"A named range with ID {number} already exists.")
    held = {"namedRangeId": number, "name": told["name"], "range": bounded(work, told["range"])}
    work.book.named.append(held)
    return {"namedRange": proto(held)}


def _free_name(work: Work, name: str, but: Json | None) -> None:
    if any(one["name"].casefold() == name.casefold() and one is not but for one in work.book.named):
        raise Refused(400, f"Cannot add named range with name: {name}. A named range with this name already exists.")


def _named(work: Work, number: Any) -> Json:
    for one in work.book.named:
        if one["namedRangeId"] == number:
            return one
    raise Refused(400, f"Cannot find named range with id: {number}")


def update_named_range(work: Work, body: Json) -> None:
    only(body, {"namedRange", "fields"}, "updateNamedRange")
    told = body["namedRange"]
    held = _named(work, told.get("namedRangeId"))
    mask = parse(body["fields"]) or {key: {} for key in ("name", "range")}
    only(dict.fromkeys(mask, True), {"name", "range"}, "updateNamedRange fields")
    if "name" in mask:
        _free_name(work, told["name"], held)
    carry(held, {**told, "range": bounded(work, told["range"])} if "range" in mask else told, mask)


def delete_named_range(work: Work, body: Json) -> None:
    only(body, {"namedRangeId"}, "deleteNamedRange")
    work.book.named.remove(_named(work, body.get("namedRangeId")))


@behaves("recorded", "batchUpdate mergeCells", "MERGE_ALL, _ROWS and _COLUMNS; merges inside the range are replaced")
@behaves("documented", "batchUpdate mergeCells", "only the first cell of a merge keeps its value")
def merge_cells(work: Work, body: Json) -> None:
    only(body, {"range", "mergeType"}, "mergeCells")
    box = within(box_of(work.book, body["range"]))
    unmerge_cells(work, {"range": body["range"]})
    kind = body.get("mergeType") or "MERGE_ALL"
    for one in _merges(box, kind):
        if one.height * one.width > 1:
            box.sheet.merges.append(grid_range(one))
            _keep_first(one)


def _merges(box: Box, kind: str) -> list[Box]:
    if kind == "MERGE_ROWS":
        return [box._replace(top=row, bottom=row + 1) for row in range(box.top, box.bottom)]
    if kind == "MERGE_COLUMNS":
        return [box._replace(left=column, right=column + 1) for column in range(box.left, box.right)]
    return [box]


def grid_range(box: Box) -> Json:
    """A box as a GridRange."""
    rows = {"startRowIndex": box.top, "endRowIndex": box.bottom}
    return {"sheetId": box.sheet.id, **rows, "startColumnIndex": box.left, "endColumnIndex": box.right}


def _keep_first(box: Box) -> None:
    for row in range(box.top, min(box.bottom, len(box.sheet.rows))):
        for column in range(box.left, box.right):
            cell = box.sheet.cell(row, column)
            if (row, column) != (box.top, box.left) and cell is not EMPTY:
                emptied = cell.holding(None)
                box.sheet.put(row, column, EMPTY if emptied == EMPTY else emptied)


def unmerge_cells(work: Work, body: Json) -> None:
    only(body, {"range"}, "unmergeCells")
    box = within(box_of(work.book, body["range"]))
    for merge in list(box.sheet.merges):
        other = box_of(work.book, merge)
        if overlap(box, other):
            if not (
                box.top <= other.top
                and other.bottom <= box.bottom
                and box.left <= other.left
                and other.right <= box.right
            ):
                raise Refused(400, "You must select all cells in a merged range to merge or unmerge them.")
            box.sheet.merges.remove(merge)


KINDS = {
    "addProtectedRange": add_protected_range,
    "updateProtectedRange": update_protected_range,
    "deleteProtectedRange": delete_protected_range,
    "addNamedRange": add_named_range,
    "updateNamedRange": update_named_range,
    "deleteNamedRange": delete_named_range,
    "mergeCells": merge_cells,
    "unmergeCells": unmerge_cells,
}
