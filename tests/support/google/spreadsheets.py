"""spreadsheets.get, create, batchUpdate and the like."""

from __future__ import annotations

from tests.support.google import batch
from tests.support.google.a1 import box_of, clipped, resolve
from tests.support.google.asked import Asked
from tests.support.google.batch import metadata
from tests.support.google.batch.tabs import copied, properties_of
from tests.support.google.behaviours import behaves
from tests.support.google.errors import only
from tests.support.google.fieldmask import below, cut, known, parse, wants
from tests.support.google.showing import TREE, Wanted, shown, wanted
from tests.support.google.state import Json


def get(asked: Asked, spreadsheet: str) -> Json:
    """spreadsheets.get."""
    asked.only("ranges", "includeGridData", "fields")
    work = asked.reading(spreadsheet)
    ask = wanted(work.book, asked.every("ranges"), asked.one("fields"), asked.flag("includeGridData"))
    return shown(work, ask, asked.omit_zeros)


def get_by_data_filter(asked: Asked, spreadsheet: str) -> Json:
    """spreadsheets.getByDataFilter."""
    asked.only("fields")
    body = asked.body()
    only(body, {"dataFilters", "includeGridData"}, "getByDataFilter")
    work = asked.reading(spreadsheet)
    boxes = [
        box_of(work.book, place) for one in body.get("dataFilters") or () for place in metadata.places(work.book, one)
    ]
    ask = wanted(work.book, (), asked.one("fields"), bool(body.get("includeGridData")))
    return shown(work, Wanted(ask.mask, ask.data, boxes), asked.omit_zeros)


BATCH = frozenset(("requests", "includeSpreadsheetInResponse", "responseRanges", "responseIncludeGridData"))


@behaves(
    "documented", "batchUpdate", "the answer has the spreadsheet where it is asked for, by ranges, cut by the mask"
)
def batch_update(asked: Asked, spreadsheet: str) -> Json:
    """spreadsheets.batchUpdate."""
    asked.only("fields")
    body = asked.body()
    only(body, BATCH, "batchUpdate")
    mask = parse(asked.one("fields")) if asked.one("fields") else {}
    known(mask, {"spreadsheetId": {}, "replies": {}, "updatedSpreadsheet": TREE}, "the answer to batchUpdate")
    with asked.changing(spreadsheet) as work:
        replies = batch.carry_out(work, body.get("requests") or [])
        answer: Json = dict(cut({"spreadsheetId": spreadsheet, "replies": replies}, mask))
        if body.get("includeSpreadsheetInResponse") and wants(mask, "updatedSpreadsheet"):
            ranges = [clipped(box_of(work.book, resolve(work.book, one))) for one in body.get("responseRanges") or ()]
            inner = below(mask, "updatedSpreadsheet")
            grid = bool(body.get("responseIncludeGridData")) and wants(inner, "sheets", "data")
            answer["updatedSpreadsheet"] = shown(work, Wanted(inner, grid, ranges or None), asked.omit_zeros)
    return answer


def copy_to(asked: Asked, spreadsheet: str, sheet: str) -> Json:
    """spreadsheets.sheets.copyTo: 'Copy of …' at the end of another spreadsheet."""
    asked.only("fields")
    source = asked.reading(spreadsheet).book.sheet(int(sheet))
    with asked.changing(asked.body()["destinationSpreadsheetId"]) as work:
        twin = copied(work.book, source, work.book.new_id())
        title = f"Copy of {source.title}"
        number = 2
        while work.book.titled(title):
            title, number = f"Copy of {source.title} {number}", number + 1
        twin.title = title
        work.book.sheets.append(twin)
        work.book.has_formulas = True
        return properties_of(work.book, twin)


def search_metadata(asked: Asked, spreadsheet: str) -> Json:
    """spreadsheets.developerMetadata.search."""
    asked.only("fields")
    work = asked.reading(spreadsheet)
    filters = asked.body().get("dataFilters") or []
    found = [
        {
            "developerMetadata": metadata.shown(one),
            "dataFilters": [each for each in filters if one in list(metadata.matching(work.book, [each]))],
        }
        for one in metadata.matching(work.book, filters)
    ]
    mask = parse(asked.one("fields")) if asked.one("fields") else {}
    return dict(cut({"matchedDeveloperMetadata": found} if found else {}, mask))


def create(asked: Asked) -> Json:
    """spreadsheets.create: a new one of the account's own."""
    asked.only("fields")
    body = asked.body()
    only(body, {"properties", "sheets"}, "spreadsheets.create")
    book = asked.new_book((body.get("properties") or {}).get("title") or "Untitled spreadsheet")
    with asked.changing(book.id) as work:
        tabs = [{"addSheet": {"properties": one.get("properties") or {}}} for one in body.get("sheets") or ()]
        if tabs:
            first = work.book.sheets.pop()
            batch.carry_out(work, tabs) if first else None
        properties = {name: one for name, one in (body.get("properties") or {}).items() if one}
        if properties:
            told = {"properties": properties, "fields": ",".join(properties)}
            batch.carry_out(work, [{"updateSpreadsheetProperties": told}])
        return shown(work, wanted(work.book, (), asked.one("fields"), False))
