"""Requests about how rows and columns look: their sizes, hidden ones, groups."""

from __future__ import annotations

from tests.support.google.batch.dimensions import stretch
from tests.support.google.behaviours import behaves
from tests.support.google.errors import Refused, only
from tests.support.google.fieldmask import carry, parse
from tests.support.google.formats import formatted
from tests.support.google.proto import proto
from tests.support.google.state import Json
from tests.support.google.work import Work

PIXELS_OF_AN_A = 8691 / 1024
"""Recorded: 1024 letters A make a column of 8691 pixels; other letters are taken to be as wide (assumed)."""


def update_dimension_properties(work: Work, body: Json) -> None:
    only(body, {"range", "properties", "fields"}, "updateDimensionProperties")
    only(body["properties"], {"hiddenByUser", "pixelSize"}, "DimensionProperties")
    sheet, dimension, start, end = stretch(work, body["range"])
    mask = parse(body["fields"])
    for at in range(start, min(end, sheet.size(dimension))):
        held = dict(sheet.lines[dimension].get(at, {}))
        carry(held, body["properties"], mask)
        sheet.lines[dimension][at] = proto(held)


@behaves("assumed", "batchUpdate autoResizeDimensions", "every letter is as wide as an A, which is recorded")
def auto_resize_dimensions(work: Work, body: Json) -> None:
    only(body, {"dimensions"}, "autoResizeDimensions")
    sheet, dimension, start, end = stretch(work, body["dimensions"])
    if dimension == "ROWS":
        return
    for column in range(start, end):
        shown = (sheet.cell(row, column) for row in range(len(sheet.rows)))
        longest = max((len(formatted(c.effective, c.number_format, work.book.locale) or "") for c in shown), default=0)
        if longest:
            held = sheet.lines[dimension].get(column, {})
            sheet.lines[dimension][column] = {**held, "pixelSize": max(21, round(longest * PIXELS_OF_AN_A))}


@behaves(
    "recorded",
    "batchUpdate addDimensionGroup",
    "the tab's groups come back, and its group control is after from then on",
)
def add_dimension_group(work: Work, body: Json) -> Json:
    only(body, {"range"}, "addDimensionGroup")
    sheet, dimension, start, end = stretch(work, body["range"])
    inside = [
        one
        for one in sheet.groups[dimension]
        if one["range"]["startIndex"] <= start and end <= one["range"]["endIndex"]
    ]
    depth = max((one["depth"] for one in inside), default=0) + 1
    where = {"sheetId": sheet.id, "dimension": dimension, "startIndex": start, "endIndex": end}
    sheet.groups[dimension].append({"range": where, "depth": depth})
    sheet.grid[{"ROWS": "rowGroupControlAfter", "COLUMNS": "columnGroupControlAfter"}[dimension]] = True
    return {"dimensionGroups": proto(sheet.groups[dimension])}


def delete_dimension_group(work: Work, body: Json) -> Json:
    only(body, {"range"}, "deleteDimensionGroup")
    sheet, dimension, start, end = stretch(work, body["range"])
    kept = [
        one for one in sheet.groups[dimension] if (one["range"]["startIndex"], one["range"]["endIndex"]) != (start, end)
    ]
    if len(kept) == len(sheet.groups[dimension]):
        raise Refused(400, "Cannot delete a dimension group that doesn't exist.")
    sheet.groups[dimension] = kept
    return {"dimensionGroups": proto(kept)} if kept else {}


KINDS = {
    "updateDimensionProperties": update_dimension_properties,
    "autoResizeDimensions": auto_resize_dimensions,
    "addDimensionGroup": add_dimension_group,
    "deleteDimensionGroup": delete_dimension_group,
}
