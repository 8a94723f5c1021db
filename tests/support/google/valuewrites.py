"""spreadsheets.values: writing, appending and clearing, by A1 range or by data filter."""

from __future__ import annotations

from tests.support.google.a1 import Box, box_of, clipped, shown
from tests.support.google.appending import table_at
from tests.support.google.asked import Asked
from tests.support.google.batch.metadata import places
from tests.support.google.behaviours import behaves
from tests.support.google.errors import NotImitated, only
from tests.support.google.formulas import calculate
from tests.support.google.state import EMPTY, Json
from tests.support.google.values import masked
from tests.support.google.work import Work
from tests.support.google.writing import Entry, Written, box_named, entry, lines_of, write

UPDATE = ("valueInputOption", "includeValuesInResponse", "responseValueRenderOption", "responseDateTimeRenderOption")


def update(asked: Asked, spreadsheet: str, text: str) -> Json:
    """values.update."""
    asked.only(*UPDATE, "fields")
    body = asked.body()
    lines, how = lines_of(body), entry(asked.one)
    with asked.changing(spreadsheet) as work:
        written = write(work, clipped(box_named(work, text)), lines, how)
        calculate(work.book)
        told = written.answer(work, how, body.get("majorDimension") or "ROWS")
    return masked(asked, {"spreadsheetId": spreadsheet, **told})


def batch_update(asked: Asked, spreadsheet: str) -> Json:
    """values.batchUpdate."""
    asked.only("fields")
    body = asked.body()
    only(body, {*UPDATE, "data"}, "values.batchUpdate")
    how = entry(body.get)
    with asked.changing(spreadsheet) as work:
        data = body.get("data") or []
        done = [write(work, clipped(box_named(work, one["range"])), lines_of(one), how) for one in data]
        calculate(work.book)
        dimensions = [one.get("majorDimension") or "ROWS" for one in data]
        told = [one.answer(work, how, dimension) for one, dimension in zip(done, dimensions, strict=True)]
    responses = [{"spreadsheetId": spreadsheet, **one} for one in told]
    return masked(asked, _totals(spreadsheet, done, responses))


@behaves("recorded", "values.batchUpdate", "totals count each row, column and tab once, however many ranges touch it")
def _totals(spreadsheet: str, done: list[Written], responses: list[Json]) -> Json:
    places = [(one.box.sheet.id, row, column) for one in done for row, column in one.places]
    counts = {
        "totalUpdatedRows": len({(sheet, row) for sheet, row, _ in places}),
        "totalUpdatedColumns": len({(sheet, column) for sheet, _, column in places}),
        "totalUpdatedCells": len(places),
        "totalUpdatedSheets": len({sheet for sheet, _, _ in places}),
    }
    told = {name: count for name, count in counts.items() if count}
    return {"spreadsheetId": spreadsheet, **told, **({"responses": responses} if responses else {})}


@behaves("documented", "values.batchUpdateByDataFilter", "values go to every place that the filter finds")
@behaves("assumed", "values.batchUpdateByDataFilter", "a filter that finds nothing is answered with itself alone")
@behaves("assumed", "values.batchUpdateByDataFilter", "updatedData holds the whole row or column that the filter found")
def batch_update_by_filter(asked: Asked, spreadsheet: str) -> Json:
    """values.batchUpdateByDataFilter."""
    asked.only("fields")
    body = asked.body()
    only(body, {*UPDATE, "data"}, "values.batchUpdateByDataFilter")
    how = entry(body.get)
    with asked.changing(spreadsheet) as work:
        done: list[tuple[Json, Written | None, Box | None]] = []
        for one in body.get("data") or ():
            done += _written_by_filter(work, one, how)
        calculate(work.book)
        responses = [
            {
                "dataFilter": one["dataFilter"],
                **(put.answer(work, how, one.get("majorDimension") or "ROWS", box) if put else {}),
            }
            for one, put, box in done
        ]
    return masked(asked, _totals(spreadsheet, [put for _, put, _ in done if put], responses))


def _written_by_filter(work: Work, one: Json, how: Entry) -> list[tuple[Json, Written | None, Box | None]]:
    only(one, {"dataFilter", "majorDimension", "values"}, "DataFilterValueRange")
    lines = lines_of({name: value for name, value in one.items() if name != "dataFilter"})
    boxes = [box_of(work.book, place) for place in places(work.book, one["dataFilter"])]
    return [(one, write(work, box, lines, how), box) for box in boxes] or [(one, None, None)]


@behaves("recorded", "values.append", "rows go below the table that the range touches, else to the range's first cell")
def append(asked: Asked, spreadsheet: str, text: str) -> Json:
    """values.append, with OVERWRITE."""
    asked.only(*UPDATE, "insertDataOption", "fields")
    if asked.one("insertDataOption", "OVERWRITE") != "OVERWRITE":
        raise NotImitated("insertDataOption INSERT_ROWS")
    body = asked.body()
    lines, how = lines_of(body), entry(asked.one)
    with asked.changing(spreadsheet) as work:
        box = clipped(box_named(work, text))
        table = table_at(box)
        written = write(work, _below(box, table, lines), lines, how)
        calculate(work.book)
        updates = {"spreadsheetId": spreadsheet, **written.answer(work, how, body.get("majorDimension") or "ROWS")}
    found = {"tableRange": shown(table)} if table else {}
    return masked(asked, {"spreadsheetId": spreadsheet, **found, "updates": updates})


def _below(box: Box, table: Box | None, lines: list[list[object]]) -> Box:
    """Where appended lines go; the grid grows for them."""
    top, left = (table.bottom, table.left) if table else (box.top, box.left)
    width = max((len(line) for line in lines), default=0)
    target = Box(box.sheet, top, top + max(1, len(lines)), left, left + max(1, width))
    box.sheet.row_count = max(box.sheet.row_count, target.bottom)
    box.sheet.column_count = max(box.sheet.column_count, target.right)
    return target


@behaves("recorded", "values.clear", "the range of the answer is cut at the grid")
@behaves("documented", "values.clear", "values go, formats and notes stay")
def _clear(work: Work, box: Box) -> str:
    box = clipped(box)
    work.check_protected(box)
    for row in range(box.top, min(box.bottom, len(box.sheet.rows))):
        cells = box.sheet.rows[row][box.left : box.right]
        emptied = (cell.holding(None) for cell in cells)
        box.sheet.put_row(row, box.left, tuple(EMPTY if cell == EMPTY else cell for cell in emptied))
    return shown(box)


def clear(asked: Asked, spreadsheet: str, text: str) -> Json:
    """values.clear."""
    asked.only("fields")
    with asked.changing(spreadsheet) as work:
        cleared = _clear(work, box_named(work, text))
        return masked(asked, {"spreadsheetId": spreadsheet, "clearedRange": cleared})


def batch_clear(asked: Asked, spreadsheet: str) -> Json:
    """values.batchClear."""
    asked.only("fields")
    body = asked.body()
    only(body, {"ranges"}, "values.batchClear")
    with asked.changing(spreadsheet) as work:
        cleared = [_clear(work, box_named(work, text)) for text in body.get("ranges") or ()]
        return masked(asked, {"spreadsheetId": spreadsheet, "clearedRanges": cleared})
