"""Developer metadata: on the spreadsheet, a tab, a row or a column; creating, finding, changing, deleting."""

from __future__ import annotations

from collections.abc import Iterator

from tests.support.google.a1 import Box, box_of, resolve
from tests.support.google.behaviours import behaves
from tests.support.google.errors import NotImitated, Refused, only
from tests.support.google.fieldmask import carry, parse
from tests.support.google.proto import proto
from tests.support.google.ranges import overlap
from tests.support.google.state import Book, Json
from tests.support.google.work import Work

FIELDS = frozenset(("metadataId", "metadataKey", "metadataValue", "location", "visibility"))
LOOKUP = frozenset(
    [
        "locationType",
        "locationMatchingStrategy",
        "metadataId",
        "metadataKey",
        "metadataValue",
        "visibility",
        "metadataLocation",
    ]
)
MOST = 30_000


def shown(one: Json) -> Json:
    """Developer metadata as an answer has it."""
    where = one["location"]
    answer = {**one, "location": {**proto(where)}}
    if where["locationType"] == "SHEET":
        answer["location"]["sheetId"] = where["sheetId"]
    return answer


@behaves(
    "documented", "developer metadata", "a row's or column's location is one row or column; keys need not be unique"
)
def _location(book: Book, told: Json) -> Json:
    only(told, {"spreadsheet", "sheetId", "dimensionRange", "locationType"}, "DeveloperMetadataLocation")
    if told.get("dimensionRange"):
        where = dict(told["dimensionRange"])
        only(where, {"sheetId", "dimension", "startIndex", "endIndex"}, "DimensionRange")
        sheet = book.sheet(where.get("sheetId"))
        start, end = where.get("startIndex") or 0, where.get("endIndex") or 0
        if end - start != 1 or end > sheet.size(where["dimension"]):
            raise Refused(400, "The dimensionRange of developer metadata must be a single row or column of the grid.")
        kind = {"ROWS": "ROW", "COLUMNS": "COLUMN"}[where["dimension"]]
        kept = {"sheetId": sheet.id, "dimension": where["dimension"], "startIndex": start, "endIndex": end}
        return {"locationType": kind, "dimensionRange": kept}
    if told.get("sheetId") is not None:
        return {"locationType": "SHEET", "sheetId": book.sheet(told["sheetId"]).id}
    if told.get("spreadsheet"):
        return {"locationType": "SPREADSHEET", "spreadsheet": True}
    raise Refused(400, "A location must be specified when creating developer metadata.")


def create_developer_metadata(work: Work, body: Json) -> Json:
    only(body, {"developerMetadata"}, "createDeveloperMetadata")
    told = body["developerMetadata"]
    only(told, FIELDS, "DeveloperMetadata")
    if not told.get("metadataKey") or told.get("visibility") not in ("DOCUMENT", "PROJECT"):
        raise Refused(400, "A metadataKey and a visibility must be specified when creating developer metadata.")
    number = told.get("metadataId")
    if number is not None and any(one["metadataId"] == number for one in work.book.metadata):
        raise Refused(400, f"Developer metadata with ID {number} already exists.")
    held = {
        "metadataId": work.book.new_id() if number is None else number,
        "metadataKey": told["metadataKey"],
        **({"metadataValue": told["metadataValue"]} if told.get("metadataValue") else {}),
        "location": _location(work.book, told.get("location") or {}),
        "visibility": told["visibility"],
    }
    work.book.metadata.append(held)
    _check_size(work.book)
    return {"developerMetadata": shown(held)}


@behaves(
    "documented", "developer metadata", "30,000 characters of keys and values are the most on a spreadsheet or a tab"
)
def _check_size(book: Book) -> None:
    sizes: dict[object, int] = {}
    for one in book.metadata:
        where = one["location"]
        on = where.get("sheetId", where.get("dimensionRange", {}).get("sheetId"))
        sizes[on] = sizes.get(on, 0) + len(one["metadataKey"]) + len(one.get("metadataValue", ""))
    if any(size > MOST for size in sizes.values()):
        raise Refused(400, "Exceeded the limit of developer metadata that may be stored.")


def update_developer_metadata(work: Work, body: Json) -> Json:
    only(body, {"dataFilters", "developerMetadata", "fields"}, "updateDeveloperMetadata")
    told = body["developerMetadata"]
    only(told, FIELDS, "DeveloperMetadata")
    mask = parse(body["fields"]) or {key: {} for key in told}
    found = list(matching(work.book, body["dataFilters"]))
    for held in found:
        new = {**told, "location": _location(work.book, told["location"])} if "location" in mask else told
        carry(held, new, {name: {} for name in mask})
    return {"developerMetadata": [shown(one) for one in found]}


def delete_developer_metadata(work: Work, body: Json) -> Json:
    only(body, {"dataFilter"}, "deleteDeveloperMetadata")
    found = list(matching(work.book, [body["dataFilter"]]))
    work.book.metadata = [one for one in work.book.metadata if one not in found]
    return proto({"deletedDeveloperMetadata": [shown(one) for one in found]})  # type: ignore[no-any-return]


def matching(book: Book, filters: list[Json]) -> Iterator[Json]:
    """The metadata that any of the data filters finds, in the order in which it was made."""
    tests = [_test(book, one) for one in filters]
    for one in book.metadata:
        if any(test(one) for test in tests):
            yield one


class _Lookup:
    """A developerMetadataLookup: all that it names must hold."""

    def __init__(self, book: Book, lookup: Json) -> None:
        only(lookup, LOOKUP, "DeveloperMetadataLookup")
        self.book, self.lookup = book, lookup

    def __call__(self, one: Json) -> bool:
        told = self.lookup
        for name in ("metadataId", "metadataKey", "metadataValue", "visibility"):
            if told.get(name) is not None and one.get(name) != told[name]:
                return False
        if told.get("locationType") and told["locationType"] != one["location"]["locationType"]:
            return False
        return not told.get("metadataLocation") or self.located(one["location"])

    @behaves(
        "documented", "developer metadata", "a location finds what is exactly there, with INTERSECTING what lies in it"
    )
    def located(self, where: Json) -> bool:
        wanted = _location(self.book, self.lookup["metadataLocation"])
        if where == wanted:
            return True
        if self.lookup.get("locationMatchingStrategy") != "INTERSECTING_LOCATION":
            return False
        if wanted["locationType"] == "SPREADSHEET" or where["locationType"] == "SPREADSHEET":
            return True
        one, other = _area(self.book, where), _area(self.book, wanted)
        return overlap(one, other)


def _area(book: Book, where: Json) -> Box:
    if where["locationType"] == "SHEET":
        return box_of(book, {"sheetId": where["sheetId"]})
    return box_of(book, _dimension_range(where["dimensionRange"]))


def _dimension_range(where: Json) -> Json:
    kind = "Row" if where["dimension"] == "ROWS" else "Column"
    ends = {f"start{kind}Index": where["startIndex"], f"end{kind}Index": where["endIndex"]}
    return {"sheetId": where.get("sheetId") or 0, **ends}


class _Within:
    """An A1 or grid range as a filter: metadata whose place lies in it."""

    def __init__(self, book: Book, grid_range: Json) -> None:
        self.book, self.grid_range = book, grid_range

    def __call__(self, one: Json) -> bool:
        where = one["location"]
        return where["locationType"] != "SPREADSHEET" and overlap(
            _area(self.book, where), box_of(self.book, self.grid_range)
        )


def _test(book: Book, data_filter: Json) -> _Lookup | _Within:
    only(data_filter, {"developerMetadataLookup", "a1Range", "gridRange"}, "DataFilter")
    if data_filter.get("developerMetadataLookup"):
        return _Lookup(book, data_filter["developerMetadataLookup"])
    return _Within(book, range_of(book, data_filter))


def range_of(book: Book, data_filter: Json) -> Json:
    """The GridRange that a filter by range names."""
    if data_filter.get("a1Range"):
        return resolve(book, data_filter["a1Range"])
    if data_filter.get("gridRange") is None:
        raise Refused(400, "A data filter must have exactly one of its fields set.")
    return dict(data_filter["gridRange"])


@behaves("documented", "data filters", "a lookup stands for the rows, columns or tabs that its metadata is on")
def places(book: Book, data_filter: Json) -> list[Json]:
    """The GridRanges that a data filter stands for; none where no metadata is found."""
    only(data_filter, {"developerMetadataLookup", "a1Range", "gridRange"}, "DataFilter")
    if not data_filter.get("developerMetadataLookup"):
        return [range_of(book, data_filter)]
    found = []
    for one in matching(book, [data_filter]):
        where = one["location"]
        if where["locationType"] == "SPREADSHEET":
            raise NotImitated("a data filter that finds metadata of the whole spreadsheet")
        kept = where.get("dimensionRange")
        found.append(_dimension_range(kept) if kept else {"sheetId": where["sheetId"]})
    return found


KINDS = {
    "createDeveloperMetadata": create_developer_metadata,
    "updateDeveloperMetadata": update_developer_metadata,
    "deleteDeveloperMetadata": delete_developer_metadata,
}
