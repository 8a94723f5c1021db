"""The stand-in's rows on the move: what stands on them goes along, developer metadata first of all."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.google.asking import Asking, box, columns, rows
from tests.support.google.cellvalues import Formula
from tests.support.google.core import StandIn
from tests.support.google.people import Person


def made(**settings: Any) -> Asking:
    stand_in = StandIn(**settings)
    cells: list[list[Any]] = [["Name", "Version"], ["c", "1"], ["a", "2"], ["b", "3"], ["", "", Formula("=A2&A4")]]
    return Asking(stand_in, stand_in.create("T", {"One": cells, "Two": [[Formula("=One!B3")]]}))


@pytest.fixture
def asking() -> Asking:
    return made()


def person(asking: Asking) -> Person:
    return asking.stand_in.person(asking.spreadsheet)


def mark(asking: Asking, at: int, value: str = "v", key: str = "row") -> Any:
    where = {"dimensionRange": rows(at, at + 1)}
    one = {"metadataKey": key, "metadataValue": value, "visibility": "DOCUMENT", "location": where}
    (reply,) = asking.batch({"createDeveloperMetadata": {"developerMetadata": one}})
    return reply["createDeveloperMetadata"]["developerMetadata"]["metadataId"]


def lookup(**told: Any) -> dict[str, Any]:
    return {"developerMetadataLookup": told}


def marked(asking: Asking, **told: Any) -> list[int]:
    """The rows, from 0, on which metadata is found."""
    answer = asking.sheets("POST", "/developerMetadata:search", {"dataFilters": [lookup(**told)]}).json()
    found = answer.get("matchedDeveloperMetadata", [])
    return [one["developerMetadata"]["location"]["dimensionRange"]["startIndex"] for one in found]


def formulas(asking: Asking) -> tuple[Any, Any]:
    """The formula of the tab itself, and that of the other tab."""
    inside = [one for row in asking.values("One", valueRenderOption="FORMULA") for one in row if one[:1] == "="]
    return inside[0], asking.values("Two!A1", valueRenderOption="FORMULA")[0][0]


def test_metadata_ranges_and_formulas_move_down_with_inserted_rows(asking: Asking) -> None:
    mark(asking, 2)
    asking.batch(
        {"addNamedRange": {"namedRange": {"name": "All", "range": box(1, 4, 0, 2)}}},
        {"addProtectedRange": {"protectedRange": {"range": box(2, 3, 0, 1)}}},
        {"mergeCells": {"range": box(4, 5, 0, 2)}},
        {"setBasicFilter": {"filter": {"range": box(0, 4, 0, 2)}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [box(1, 4, 0, 2)], "booleanRule": {}}}},
        {"insertDimension": {"range": rows(2, 4), "inheritFromBefore": True}},
    )
    assert marked(asking, metadataKey="row") == [4]
    assert asking.get("namedRanges")["namedRanges"][0]["range"]["endRowIndex"] == 6
    assert asking.tab("protectedRanges")[0]["range"]["startRowIndex"] == 4
    assert asking.tab("merges")[0]["startRowIndex"] == 6
    assert asking.tab("basicFilter")["range"]["endRowIndex"] == 6
    assert asking.tab("conditionalFormats")[0]["ranges"][0]["endRowIndex"] == 6
    assert formulas(asking) == ("=A2&A6", "=One!B5")
    assert asking.values("One!A5") == [["a"]]


def test_what_stands_on_a_deleted_row_is_gone(asking: Asking) -> None:
    mark(asking, 1)
    mark(asking, 2, key="below")
    asking.batch(
        {"addNamedRange": {"namedRange": {"name": "One_row", "range": box(1, 2, 0, 2)}}},
        {"addConditionalFormatRule": {"rule": {"ranges": [box(1, 2, 0, 2)], "booleanRule": {}}}},
        {"deleteDimension": {"range": rows(1, 2)}},
    )
    assert marked(asking, metadataKey="row") == []
    assert marked(asking, metadataKey="below") == [1]
    assert asking.get("namedRanges") == {}
    assert asking.tab("conditionalFormats") is None
    assert formulas(asking) == ("=#REF!&A3", "=One!B2")


def test_a_range_shrinks_by_the_rows_that_it_loses(asking: Asking) -> None:
    asking.batch({"addNamedRange": {"namedRange": {"name": "All", "range": box(1, 4, 0, 2)}}})
    person(asking).delete_rows("One", 1, 2)
    where = asking.get("namedRanges")["namedRanges"][0]["range"]
    assert (where["startRowIndex"], where["endRowIndex"]) == (0, 2)


def test_columns_come_and_go(asking: Asking) -> None:
    one = {"metadataKey": "col", "visibility": "DOCUMENT", "location": {"dimensionRange": columns(1, 2)}}
    asking.batch({"createDeveloperMetadata": {"developerMetadata": one}})
    asking.batch({"insertDimension": {"range": columns(1, 2)}})
    assert marked(asking, metadataKey="col") == [2]
    assert asking.values("One!1:1") == [["Name", "", "Version"]]
    person(asking).delete_columns("One", "A")
    assert asking.values("One!1:1") == [["", "Version"]]
    assert formulas(asking)[0] == "=#REF!&#REF!"


def test_all_rows_cannot_be_deleted(asking: Asking) -> None:
    assert "delete all the rows" in asking.refused({"deleteDimension": {"range": rows(0, 1000)}})["message"]
    assert asking.refused({"deleteDimension": {"range": rows(999, 1001)}})["code"] == 400
    assert asking.refused({"insertDimension": {"range": rows(0, 1), "inheritFromBefore": True}})["code"] == 400


@pytest.mark.parametrize(("first", "to", "order"), [(1, 4, "abc"), (3, 1, "bca"), (1, 2, "cab")])
def test_moved_rows_take_their_metadata_along(asking: Asking, first: int, to: int, order: str) -> None:
    mark(asking, first)
    moved = asking.values(f"One!A{first + 1}")
    asking.batch({"moveDimension": {"source": rows(first, first + 1), "destinationIndex": to}})
    assert "".join(row[0] for row in asking.values("One!A2:A4")) == order
    (at,) = marked(asking, metadataKey="row")
    assert asking.values(f"One!A{at + 1}") == moved


@pytest.mark.parametrize(("moves", "at"), [(False, 1), (True, 3)])
def test_sorting_leaves_metadata_or_takes_it_along(moves: bool, at: int) -> None:
    asking = made(sort_moves_metadata=moves)
    person(asking).delete_rows("One", 5)
    mark(asking, 1)
    person(asking).sort("One", "A")
    assert [row[0] for row in asking.values("One!A2:A4")] == ["a", "b", "c"]
    assert marked(asking, metadataKey="row") == [at]


def test_inserted_rows_look_like_the_row_before_or_after(asking: Asking) -> None:
    person(asking).number_format("One", "B2", "TEXT")
    person(asking).set("One", "B2", "1")
    asking.batch({"insertDimension": {"range": rows(2, 3), "inheritFromBefore": True}})
    asking.batch({"insertDimension": {"range": rows(1, 2), "inheritFromBefore": False}})
    asking.batch({"insertDimension": {"range": rows(1, 2), "inheritFromBefore": True}})
    told = asking.get("sheets.data.rowData.values.userEnteredFormat", ranges="One!B2:B5")
    formats = [bool(row.get("values", [{}])[0]) for row in told["sheets"][0]["data"][0]["rowData"]]
    assert formats == [False, True, True, True]


# Developer metadata


def test_metadata_is_found_by_id_key_value_and_place(asking: Asking) -> None:
    number = mark(asking, 1, "first")
    mark(asking, 2, "second")
    assert marked(asking, metadataId=number) == [1]
    assert marked(asking, metadataKey="row") == [1, 2]
    assert marked(asking, metadataKey="row", metadataValue="second") == [2]
    assert marked(asking, metadataLocation={"dimensionRange": rows(1, 2)}) == [1]
    inside = {"metadataLocation": {"sheetId": 0}, "locationMatchingStrategy": "INTERSECTING_LOCATION"}
    assert marked(asking, **inside) == [1, 2]
    assert marked(asking, locationType="COLUMN") == []
    by_range = asking.sheets("POST", "/developerMetadata:search", {"dataFilters": [{"a1Range": "One!A3:A9"}]}).json()
    assert [one["developerMetadata"]["metadataValue"] for one in by_range["matchedDeveloperMetadata"]] == ["second"]


def test_metadata_is_changed_and_deleted_by_filter(asking: Asking) -> None:
    mark(asking, 1, "first")
    new = {"metadataValue": "other", "location": {"dimensionRange": rows(3, 4)}}
    request = {"dataFilters": [lookup(metadataKey="row")], "developerMetadata": new, "fields": "metadataValue,location"}
    asking.batch({"updateDeveloperMetadata": request})
    assert marked(asking, metadataValue="other") == [3]
    (reply,) = asking.batch({"deleteDeveloperMetadata": {"dataFilter": lookup(metadataKey="row")}})
    assert len(reply["deleteDeveloperMetadata"]["deletedDeveloperMetadata"]) == 1
    assert marked(asking, metadataKey="row") == []


def test_metadata_stands_where_it_belongs_in_an_answer(asking: Asking) -> None:
    for where in ({"spreadsheet": True}, {"sheetId": 0}, {"dimensionRange": rows(1, 2)}):
        one = {"metadataKey": "k", "metadataValue": "v", "visibility": "PROJECT", "location": where}
        asking.batch({"createDeveloperMetadata": {"developerMetadata": one}})
    mask = "developerMetadata(location),sheets(developerMetadata(location),data(rowMetadata(developerMetadata)))"
    told = asking.get(mask)
    assert told["developerMetadata"][0]["location"] == {"locationType": "SPREADSHEET", "spreadsheet": True}
    assert told["sheets"][0]["developerMetadata"][0]["location"] == {"locationType": "SHEET", "sheetId": 0}
    lines = told["sheets"][0]["data"][0]["rowMetadata"]
    assert [at for at, one in enumerate(lines) if one] == [1]
    asking.batch({"addSheet": {"properties": {"title": "Last"}}}, {"deleteSheet": {"sheetId": 0}})
    assert len(asking.stand_in.world.files[asking.spreadsheet].book.metadata) == 1


@pytest.mark.parametrize(
    ("one", "told"),
    [
        ({"metadataKey": "k", "location": {"spreadsheet": True}}, "visibility"),
        ({"metadataKey": "k", "visibility": "DOCUMENT"}, "location must be specified"),
        ({"metadataKey": "k", "visibility": "DOCUMENT", "location": {"dimensionRange": rows(1, 3)}}, "single row"),
        ({"metadataKey": "k" * 30_001, "visibility": "DOCUMENT", "location": {"spreadsheet": True}}, "limit"),
    ],
)
def test_metadata_that_google_would_not_take_is_refused(asking: Asking, one: dict[str, Any], told: str) -> None:
    assert told in asking.refused({"createDeveloperMetadata": {"developerMetadata": one}})["message"]


# Values by data filter


def by_filter(asking: Asking, data_filter: dict[str, Any], line: list[Any], **more: Any) -> Any:
    data = [{"dataFilter": data_filter, "majorDimension": "ROWS", "values": [line]}]
    answer = asking.sheets("POST", "/values:batchUpdateByDataFilter", {"valueInputOption": "RAW", "data": data, **more})
    assert answer.status == 200, answer.body
    return answer.json()


def test_values_go_to_the_row_that_metadata_is_on_wherever_that_is_by_now(asking: Asking) -> None:
    mark(asking, 2)
    person(asking).insert_rows("One", 2, 3)
    more = {"includeValuesInResponse": True, "responseValueRenderOption": "FORMULA"}
    told = by_filter(asking, lookup(metadataKey="row"), [None, "2.0"], **more)
    (response,) = told["responses"]
    assert asking.values("One!A6:B6") == [["a", "2.0"]]
    assert response["updatedData"]["values"] == [["a", "2.0"]]
    assert (response["updatedCells"], told["totalUpdatedCells"]) == (1, 1)
    assert response["dataFilter"] == lookup(metadataKey="row")


def test_a_filter_that_finds_nothing_writes_nothing(asking: Asking) -> None:
    mark(asking, 2)
    person(asking).delete_rows("One", 3)
    before = asking.stand_in.cells(asking.spreadsheet, "One")
    told = by_filter(asking, lookup(metadataKey="row"), ["lost"])
    assert told["responses"] == [{"dataFilter": lookup(metadataKey="row")}]
    assert asking.stand_in.cells(asking.spreadsheet, "One") == before


def test_values_and_cells_are_read_by_filter(asking: Asking) -> None:
    mark(asking, 2)
    body = {"dataFilters": [lookup(metadataKey="row"), lookup(metadataKey="none"), {"gridRange": box(0, 1, 0, 1)}]}
    told = asking.sheets("POST", "/values:batchGetByDataFilter", body).json()["valueRanges"]
    assert [one["valueRange"]["values"] for one in told] == [[["a", "2"]], [["Name"]]]
    cells = asking.sheets("POST", ":getByDataFilter", body, fields="sheets.data(startRow,rowData(values(note)))").json()
    assert [one.get("startRow", 0) for one in cells["sheets"][0]["data"]] == [2, 0]
