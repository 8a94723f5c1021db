"""Requests about the spreadsheet and its tabs: adding, deleting, renaming, copying, sizes."""

from __future__ import annotations

from typing import Any

from tests.support.google.batch.dimensions import delete
from tests.support.google.behaviours import behaves
from tests.support.google.errors import NotImitated, Refused, only
from tests.support.google.fieldmask import Mask, carry, parse
from tests.support.google.proto import proto, with_styles
from tests.support.google.state import Book, Json, Sheet
from tests.support.google.work import Work

GRID = frozenset(
    [
        "rowCount",
        "columnCount",
        "frozenRowCount",
        "frozenColumnCount",
        "hideGridlines",
        "rowGroupControlAfter",
        "columnGroupControlAfter",
    ]
)
PROPERTIES = frozenset(
    ["sheetId", "title", "index", "sheetType", "gridProperties", "hidden", "tabColor", "tabColorStyle", "rightToLeft"]
)
EXTRA = ("tabColor", "tabColorStyle", "rightToLeft")


def properties_of(book: Book, sheet: Sheet) -> Json:
    """SheetProperties as an answer has them."""
    size = {"rowCount": sheet.row_count, "columnCount": sheet.column_count}
    return {
        "sheetId": sheet.id,
        "title": sheet.title,
        "index": book.sheets.index(sheet),
        "sheetType": "GRID",
        "gridProperties": {**size, **proto(sheet.grid)},
        **({"hidden": True} if sheet.hidden else {}),
        **with_styles(proto(sheet.properties)),
    }


@behaves("recorded", "batchUpdate addSheet", "the new tab is the last one")
@behaves("assumed", "batchUpdate addSheet", "it has 1000 rows and 26 columns if not told otherwise")
@behaves("documented", "batchUpdate addSheet", "a sheetId of one's own is kept; one that is taken is refused")
def add_sheet(work: Work, body: Json) -> Json:
    only(body, {"properties"}, "addSheet")
    properties = body.get("properties") or {}
    _imitated(properties)
    book = work.book
    if properties.get("sheetId") is not None and any(one.id == properties["sheetId"] for one in book.sheets):
        raise Refused(400, f"A sheet with the ID {properties['sheetId']} already exists. Please enter another ID.")
    number = properties.get("sheetId")
    sheet = Sheet(book.new_id() if number is None else number, "")
    sheet.title = _free_title(book, sheet, properties.get("title") or _next_title(book))
    book.sheets.append(sheet)
    told = {name: value for name, value in properties.items() if name not in ("sheetId", "title", "sheetType")}
    _update(book, sheet, told, {})
    return {"properties": properties_of(book, sheet)}


def _imitated(properties: Json) -> None:
    only(properties, PROPERTIES, "SheetProperties")
    only(properties.get("gridProperties") or {}, GRID, "GridProperties")
    if properties.get("sheetType") not in (None, "GRID"):
        raise NotImitated(f"a tab of type {properties['sheetType']}")


def _next_title(book: Book) -> str:
    number = len(book.sheets) + 1
    while book.titled(f"Sheet{number}"):
        number += 1
    return f"Sheet{number}"


def _free_title(book: Book, sheet: Sheet, title: str) -> str:
    there = book.titled(title)
    if there is not None and there is not sheet:
        raise Refused(400, f'A sheet with the name "{title}" already exists. Please enter another name.')
    return title


def update_sheet_properties(work: Work, body: Json) -> None:
    only(body, {"properties", "fields"}, "updateSheetProperties")
    properties = body["properties"]
    _imitated(properties)
    mask = parse(body["fields"])
    only(dict.fromkeys(mask, True), PROPERTIES, "updateSheetProperties fields")
    only(dict.fromkeys(mask.get("gridProperties", {}), True), GRID, "GridProperties")
    sheet = work.book.sheet(properties.get("sheetId"))
    told = properties if not mask else {name: properties.get(name) for name in mask}
    told = {name: value for name, value in told.items() if name != "sheetId"}
    _update(work.book, sheet, told, mask)


def _update(book: Book, sheet: Sheet, told: Json, mask: Mask) -> None:
    """Set what a mask names; with an empty mask, what is told."""
    if "title" in told:
        sheet.title = _free_title(book, sheet, told["title"] or "")
    if "gridProperties" in told:
        grid = {"rowCount": sheet.row_count, "columnCount": sheet.column_count, **sheet.grid}
        carry(grid, told["gridProperties"] or {}, mask.get("gridProperties", {}))
        _resize(book, sheet, grid.pop("rowCount", None) or 0, grid.pop("columnCount", None) or 0)
        sheet.grid = proto(grid)
        _check_frozen(sheet)
    extra = {name: proto(told[name]) for name in EXTRA if name in told}
    carry(sheet.properties, extra, {key: {} for key in extra})
    _drop_no_colour(sheet)
    if "hidden" in told:
        _hide(book, sheet, bool(told["hidden"]))
    if told.get("index") is not None:
        _move(book, sheet, told["index"])


@behaves(
    "recorded", "batchUpdate updateSheetProperties", "a tabColorStyle whose rgbColor is null takes the colour away"
)
def _drop_no_colour(sheet: Sheet) -> None:
    if not (sheet.properties.get("tabColorStyle") or {"rgbColor": 1}).get("rgbColor", 1):
        sheet.properties.pop("tabColorStyle")


@behaves("documented", "batchUpdate updateSheetProperties", "rows and columns beyond a smaller size are deleted")
def _resize(book: Book, sheet: Sheet, rows: int, columns: int) -> None:
    if rows < 1 or columns < 1:
        raise Refused(400, "gridProperties.rowCount and columnCount must be greater than 0")
    if rows * columns > 10_000_000:
        raise Refused(
            400, "This action would increase the number of cells in the workbook above the limit of 10000000 cells."
        )
    for dimension, size in (("ROWS", rows), ("COLUMNS", columns)):
        if size < sheet.size(dimension):
            delete(book, sheet, dimension, size, sheet.size(dimension))
    sheet.row_count, sheet.column_count = rows, columns


def _check_frozen(sheet: Sheet) -> None:
    if sheet.grid.get("frozenRowCount", 0) >= sheet.row_count and sheet.row_count > 1:
        raise Refused(400, "You can't freeze all visible rows on the sheet.")
    if sheet.grid.get("frozenColumnCount", 0) >= sheet.column_count and sheet.column_count > 1:
        raise Refused(400, "You can't freeze all visible columns on the sheet.")


@behaves("recorded", "batchUpdate updateSheetProperties", "the last visible tab cannot be hidden: 400")
def _hide(book: Book, sheet: Sheet, hidden: bool) -> None:
    if hidden and all(one.hidden for one in book.sheets if one is not sheet):
        raise Refused(400, "You can't hide all the sheets in a document.")
    sheet.hidden = hidden


@behaves("documented", "batchUpdate updateSheetProperties", "index counts as if the tab had not been taken out before")
def _move(book: Book, sheet: Sheet, index: int) -> None:
    before = book.sheets.index(sheet)
    book.sheets.remove(sheet)
    book.sheets.insert(index - 1 if index > before else index, sheet)


def delete_sheet(work: Work, body: Json) -> None:
    only(body, {"sheetId"}, "deleteSheet")
    book = work.book
    sheet = book.sheet(body.get("sheetId"))
    if all(one.hidden for one in book.sheets if one is not sheet):
        raise Refused(400, "You can't remove all the visible sheets in a document.")
    book.sheets.remove(sheet)
    book.named = [one for one in book.named if (one["range"].get("sheetId") or 0) != sheet.id]
    book.metadata = [one for one in book.metadata if not _on(one["location"], sheet)]
    for one in book.sheets:
        one.conditional = [rule for rule in one.conditional if rule["ranges"]]


def _on(location: Json, sheet: Sheet) -> bool:
    if "dimensionRange" in location:
        return bool((location["dimensionRange"].get("sheetId") or 0) == sheet.id)
    return bool(location.get("sheetId") == sheet.id)


@behaves("documented", "batchUpdate duplicateSheet", "cells, formats and rules are copied")
@behaves("assumed", "batchUpdate duplicateSheet", "developer metadata and tables are not")
def duplicate_sheet(work: Work, body: Json) -> Json:
    only(body, {"sourceSheetId", "insertSheetIndex", "newSheetId", "newSheetName"}, "duplicateSheet")
    book = work.book
    source = book.sheet(body.get("sourceSheetId"))
    taken = body.get("newSheetId")
    if taken is not None and any(one.id == taken for one in book.sheets):
        raise Refused(400, f"A sheet with the ID {taken} already exists. Please enter another ID.")
    twin = copied(book, source, taken if taken is not None else book.new_id())
    twin.title = _free_title(book, twin, body.get("newSheetName") or f"Copy of {source.title}")
    book.sheets.insert(body.get("insertSheetIndex") or 0, twin)
    return {"properties": properties_of(book, twin)}


def copied(book: Book, source: Sheet, number: int) -> Sheet:
    """A tab's copy with an id of its own; what names the old id names the new one."""
    twin = source.copy()

    def renumbered(value: Any) -> Any:
        if isinstance(value, list):
            return [renumbered(one) for one in value]
        if not isinstance(value, dict):
            return value
        ends = "startRowIndex" in value or "startColumnIndex" in value or value.get("sheetId") == source.id
        told = {name: renumbered(inner) for name, inner in value.items()}
        return {**told, "sheetId": number} if ends else told

    twin.id = number
    for name in ("merges", "protected", "conditional", "banded", "basic_filter"):
        setattr(twin, name, renumbered(getattr(twin, name)))
    for one in twin.protected:
        one["protectedRangeId"] = book.new_id()
    twin.tables = []
    return twin


def update_spreadsheet_properties(work: Work, body: Json) -> None:
    only(body, {"properties", "fields"}, "updateSpreadsheetProperties")
    attributes = {"title": "title", "locale": "locale", "timeZone": "time_zone", "autoRecalc": "recalculated"}
    mask = parse(body["fields"]) or dict.fromkeys(body["properties"])
    only(dict.fromkeys(mask, True), set(attributes), "updateSpreadsheetProperties")
    for name in mask:
        if not body["properties"].get(name):
            raise Refused(400, f"{name} must not be empty")
        setattr(work.book, attributes[name], body["properties"][name])


KINDS = {
    "addSheet": add_sheet,
    "deleteSheet": delete_sheet,
    "duplicateSheet": duplicate_sheet,
    "updateSheetProperties": update_sheet_properties,
    "updateSpreadsheetProperties": update_spreadsheet_properties,
}
