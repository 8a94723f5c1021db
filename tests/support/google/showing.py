"""A spreadsheet as JSON, by ranges and field mask.

Conditional formats are kept and told, but never applied: effectiveFormat is the default format with the cell's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.google import theme
from tests.support.google.a1 import Box, box_of, clipped, resolve
from tests.support.google.batch import metadata
from tests.support.google.batch.marks import protected_answer
from tests.support.google.batch.tabs import properties_of
from tests.support.google.behaviours import behaves
from tests.support.google.fieldmask import Mask, below, cut, known, parse, wants
from tests.support.google.griddata import grid_data
from tests.support.google.proto import proto
from tests.support.google.state import Book, Json, Sheet
from tests.support.google.work import Work

CELL: Mask = {
    name: {}
    for name in [
        "userEnteredValue",
        "effectiveValue",
        "formattedValue",
        "userEnteredFormat",
        "effectiveFormat",
        "note",
        "dataValidation",
    ]
}
LINE: Mask = {"pixelSize": {}, "hiddenByUser": {}, "developerMetadata": {}}
DATA: Mask = {
    "startRow": {},
    "startColumn": {},
    "rowData": {"values": CELL},
    "rowMetadata": LINE,
    "columnMetadata": LINE,
}
GRID: Mask = {
    name: {}
    for name in [
        "rowCount",
        "columnCount",
        "frozenRowCount",
        "frozenColumnCount",
        "hideGridlines",
        "rowGroupControlAfter",
        "columnGroupControlAfter",
    ]
}
SHEET_PROPERTIES: Mask = {
    **{
        name: {}
        for name in ["sheetId", "title", "index", "sheetType", "hidden", "tabColor", "tabColorStyle", "rightToLeft"]
    },
    "gridProperties": GRID,
}
SHEET: Mask = {
    "properties": SHEET_PROPERTIES,
    "data": DATA,
    **{
        name: {}
        for name in [
            "merges",
            "conditionalFormats",
            "protectedRanges",
            "basicFilter",
            "developerMetadata",
            "bandedRanges",
            "rowGroups",
            "columnGroups",
            "tables",
        ]
    },
}
TREE: Mask = {
    "spreadsheetId": {},
    "spreadsheetUrl": {},
    "properties": {
        name: {} for name in ["title", "locale", "autoRecalc", "timeZone", "defaultFormat", "spreadsheetTheme"]
    },
    "sheets": SHEET,
    "namedRanges": {},
    "developerMetadata": {},
}
"""The fields that answers here can have; a mask that names another is answered 501."""


@dataclass(frozen=True)
class Wanted:
    """What of a spreadsheet is asked for. ``boxes`` None: all of every tab."""

    mask: Mask
    data: bool
    boxes: list[Box] | None = None


def wanted(book: Book, ranges: Sequence[str], fields: str, grid: bool) -> Wanted:
    """Ranges and mask of a request. Raises Refused, NotImitated."""
    mask = parse(fields) if fields else {}
    known(mask, TREE, "Spreadsheet")
    data = wants(mask, "sheets", "data") if mask else grid
    boxes = [clipped(box_of(book, resolve(book, one))) for one in ranges] if ranges else None
    return Wanted(mask, data, boxes)


@behaves(
    "recorded", "spreadsheets.get", "with ranges only their tabs are told; with a field mask includeGridData is ignored"
)
def shown(work: Work, ask: Wanted, omit_zeros: bool = False) -> Json:
    """A spreadsheet as an answer has it, cut by the mask."""
    book = work.book
    sheets = [one for one in book.sheets if ask.boxes is None or any(box.sheet is one for box in ask.boxes)]
    answer: Json = {
        "spreadsheetId": book.id,
        "properties": _properties(book),
        **({"namedRanges": proto(book.named)} if book.named else {}),
        "spreadsheetUrl": f"https://docs.google.com/spreadsheets/d/{book.id}/edit",
    }
    whole = [one for one in book.metadata if one["location"]["locationType"] == "SPREADSHEET"]
    if whole:
        answer["developerMetadata"] = [metadata.shown(one) for one in whole]
    told = dict(cut(answer, ask.mask))
    if wants(ask.mask, "sheets"):
        told["sheets"] = [_sheet(work, one, ask, omit_zeros) for one in sheets]
    return told


def _properties(book: Book) -> Json:
    return {
        "title": book.title,
        "locale": book.locale,
        "autoRecalc": book.recalculated,
        "timeZone": book.time_zone,
        "defaultFormat": theme.default_format(),
        "spreadsheetTheme": theme.theme(),
    }


@behaves("assumed", "spreadsheets.get", "merges, rules, filter and the like are told whole, whatever the ranges")
def _sheet(work: Work, sheet: Sheet, ask: Wanted, omit_zeros: bool) -> Json:
    of_tab = [one for one in work.book.metadata if one["location"].get("sheetId") == sheet.id]
    parts = {
        "merges": proto(sheet.merges),
        "conditionalFormats": proto(sheet.conditional),
        "protectedRanges": [protected_answer(work, one) for one in sheet.protected],
        "basicFilter": proto(sheet.basic_filter),
        "bandedRanges": proto(sheet.banded),
        "tables": proto(sheet.tables),
        "developerMetadata": [metadata.shown(one) for one in of_tab],
        "rowGroups": proto(sheet.groups["ROWS"]),
        "columnGroups": proto(sheet.groups["COLUMNS"]),
    }
    whole = {"properties": properties_of(work.book, sheet), **{name: one for name, one in parts.items() if one}}
    answer: Json = cut(whole, below(ask.mask, "sheets"))
    if ask.data:
        boxes = [Box(sheet, 0, sheet.row_count, 0, sheet.column_count)] if ask.boxes is None else ask.boxes
        mask = below(ask.mask, "sheets", "data")
        answer["data"] = [grid_data(work.book, box, mask, omit_zeros) for box in boxes if box.sheet is sheet]
    return answer
