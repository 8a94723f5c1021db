"""The stand-in's batchUpdate: every kind of request once at least, and all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.google.asking import Asking, box, columns, rows, text
from tests.support.google.batch import kinds
from tests.support.google.cellvalues import Formula
from tests.support.google.core import StandIn
from tests.support.google.people import NotAllowed


@pytest.fixture
def asking() -> Asking:
    stand_in = StandIn()
    return Asking(stand_in, stand_in.create("T", {"One": [["a", "b", "c"], [3, 1, 2], ["x", "y", "z"]], "Two": []}))


def cells(asking: Asking, tab: str = "One") -> list[list[Any]]:
    return asking.stand_in.cells(asking.spreadsheet, tab)


def test_all_requests_apply_or_none(asking: Asking) -> None:
    error = asking.refused(
        {"updateCells": {"start": {"sheetId": 0}, "rows": [text("new")], "fields": "userEnteredValue"}},
        {"deleteSheet": {"sheetId": 12345}},
    )
    assert error["message"] == "Invalid requests[1].deleteSheet: No grid with id: 12345"
    assert cells(asking)[0] == ["a", "b", "c"]


def test_an_unknown_request_in_the_middle_applies_nothing(asking: Asking) -> None:
    asking.refused({"deleteDimension": {"range": rows(0, 1)}}, {"addSlicer": {}})
    assert cells(asking)[0] == ["a", "b", "c"]


def test_no_request_and_two_in_one_are_refused(asking: Asking) -> None:
    assert asking.refused()["code"] == 400
    assert asking.refused({"clearBasicFilter": {"sheetId": 0}, "deleteSheet": {"sheetId": 0}})["code"] == 400


def test_the_answer_can_hold_the_spreadsheet_as_it_is_afterwards(asking: Asking) -> None:
    body = {
        "requests": [{"insertDimension": {"range": rows(0, 1)}}],
        "includeSpreadsheetInResponse": True,
        "responseRanges": ["One!2:2"],
        "responseIncludeGridData": True,
    }
    fields = "updatedSpreadsheet(sheets(data(startRow,rowData(values(userEnteredValue)))))"
    told = asking.sheets("POST", ":batchUpdate", body, fields=fields).json()
    assert told == {"updatedSpreadsheet": {"sheets": [{"data": [{"startRow": 1, "rowData": [text("a", "b", "c")]}]}]}}


# Tabs


def test_a_tab_is_added_with_its_own_id_and_size(asking: Asking) -> None:
    properties = {"sheetId": 7, "title": "Findings", "gridProperties": {"rowCount": 5, "frozenRowCount": 1}}
    (reply,) = asking.batch({"addSheet": {"properties": properties}})
    assert reply["addSheet"]["properties"] == {
        "sheetId": 7,
        "title": "Findings",
        "index": 2,
        "sheetType": "GRID",
        "gridProperties": {"rowCount": 5, "columnCount": 26, "frozenRowCount": 1},
    }


@pytest.mark.parametrize("properties", [{"title": "one"}, {"sheetId": 0}])
def test_a_tab_of_a_title_or_id_that_is_there_is_refused(asking: Asking, properties: dict[str, Any]) -> None:
    assert "already exists" in asking.refused({"addSheet": {"properties": properties}})["message"]


def test_tabs_are_moved_hidden_renamed_coloured_and_deleted(asking: Asking) -> None:
    def update(fields: str, **properties: Any) -> dict[str, Any]:
        return {"updateSheetProperties": {"properties": properties, "fields": fields}}

    two = asking.get("sheets.properties.sheetId")["sheets"][1]["properties"]["sheetId"]
    asking.batch(
        update("index,title", sheetId=two, index=0, title="First"),
        update("hidden", sheetId=0, hidden=True),
        update("tabColorStyle", sheetId=two, tabColorStyle={"rgbColor": {"red": 1, "green": 0, "blue": 0.5}}),
        update("gridProperties.frozenRowCount", sheetId=two, gridProperties={"frozenRowCount": 2}),
    )
    first, second = (one["properties"] for one in asking.get("sheets.properties")["sheets"])
    assert (first["title"], second["hidden"]) == ("First", True)
    assert first["tabColor"] == first["tabColorStyle"]["rgbColor"] == {"red": 1, "blue": 0.49803922}
    assert first["gridProperties"]["frozenRowCount"] == 2
    assert "hide all" in asking.refused(update("hidden", sheetId=two, hidden=True))["message"]
    assert "remove all" in asking.refused({"deleteSheet": {"sheetId": two}})["message"]
    asking.batch(update("hidden", sheetId=0, hidden=False), {"deleteSheet": {"sheetId": two}})
    assert [one["properties"]["title"] for one in asking.get("sheets.properties")["sheets"]] == ["One"]


def test_a_smaller_size_deletes_what_is_beyond(asking: Asking) -> None:
    size = {"sheetId": 0, "gridProperties": {"rowCount": 2, "columnCount": 1}}
    asking.batch({"updateSheetProperties": {"properties": size, "fields": "gridProperties(rowCount,columnCount)"}})
    assert cells(asking) == [["a"], [3]]
    assert asking.sheets("GET", "/values/One!A3").status == 400


def test_a_tab_is_duplicated_with_its_cells(asking: Asking) -> None:
    asking.batch({"mergeCells": {"range": box(0, 1, 0, 2)}})
    request = {"sourceSheetId": 0, "insertSheetIndex": 1, "newSheetId": 9, "newSheetName": "Twin"}
    asking.batch({"duplicateSheet": request})
    assert cells(asking, "Twin") == cells(asking, "One")
    assert asking.tab("merges", 1)[0]["sheetId"] == 9


def test_a_tab_is_copied_to_another_spreadsheet(asking: Asking) -> None:
    other = asking.stand_in.create("Other", {"One": []})
    told = asking.sheets("POST", "/sheets/0:copyTo", {"destinationSpreadsheetId": other}).json()
    assert (told["title"], told["index"]) == ("Copy of One", 1)
    assert asking.stand_in.cells(other, "Copy of One") == cells(asking)


def test_the_spreadsheet_gets_another_locale_and_zone(asking: Asking) -> None:
    told = {"properties": {"locale": "de_DE", "timeZone": "Europe/Berlin"}, "fields": "locale,timeZone"}
    asking.batch({"updateSpreadsheetProperties": told})
    assert asking.get("properties(locale,timeZone)")["properties"] == told["properties"]


# Cells


def test_update_cells_clears_what_no_row_covers(asking: Asking) -> None:
    asking.batch(
        {"updateCells": {"range": box(0, 3, 0, 3), "rows": [text("n"), text("", "m")], "fields": "userEnteredValue"}}
    )
    assert cells(asking) == [["n"], ["", "m"]]


def test_update_cells_from_a_start_clears_only_inside_its_rows(asking: Asking) -> None:
    start = {"sheetId": 0, "rowIndex": 1, "columnIndex": 1}
    asking.batch({"updateCells": {"start": start, "rows": [text("", "n")], "fields": "userEnteredValue"}})
    assert cells(asking)[1] == [3, "", "n"]


def test_update_cells_sets_only_the_fields_of_its_mask(asking: Asking) -> None:
    cell = {
        "userEnteredValue": {"stringValue": "=1+1"},
        "note": "hm",
        "userEnteredFormat": {"numberFormat": {"type": "TEXT"}, "textFormat": {"bold": True}},
        "dataValidation": {"condition": {"type": "BOOLEAN"}},
    }
    request = {"start": {"sheetId": 0}, "rows": [{"values": [cell]}]}
    asking.batch({"updateCells": {**request, "fields": "note,userEnteredFormat.numberFormat"}})
    told = asking.get("sheets.data.rowData.values", ranges="One!A1")["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert (told["formattedValue"], told["note"]) == ("a", "hm")
    assert told["userEnteredFormat"] == {"numberFormat": {"type": "TEXT"}}
    assert "dataValidation" not in told
    asking.batch({"updateCells": {**request, "fields": "*"}})
    told = asking.get("sheets.data.rowData.values", ranges="One!A1")["sheets"][0]["data"][0]["rowData"][0]["values"][0]
    assert told["effectiveValue"] == {"stringValue": "=1+1"}
    assert told["dataValidation"] == {"condition": {"type": "BOOLEAN"}}
    asking.batch({"updateCells": {"range": box(0, 1, 0, 1), "fields": "note,dataValidation"}})
    told = asking.get("sheets.data.rowData.values(note,dataValidation)", ranges="One!A1")
    assert told["sheets"][0]["data"][0]["rowData"][0]["values"] == [{}]


def test_update_cells_beyond_its_range_or_the_grid_is_refused(asking: Asking) -> None:
    narrow = {"range": box(0, 1, 0, 1), "rows": [text("a", "b")], "fields": "userEnteredValue"}
    assert asking.refused({"updateCells": narrow})["message"].endswith(
        "Attempting to write column: 1, beyond the last requested column of: 0"
    )
    far = {"start": {"sheetId": 0, "rowIndex": 1000}, "rows": [text("a")], "fields": "userEnteredValue"}
    assert "Attempting to write row: 1000" in asking.refused({"updateCells": far})["message"]


def test_a_cell_of_more_than_50000_characters_is_refused(asking: Asking) -> None:
    long = {"start": {"sheetId": 0}, "rows": [text("x" * 50_001)], "fields": "userEnteredValue"}
    assert "50000 characters" in asking.refused({"updateCells": long})["message"]


def test_repeat_cell_formats_a_range(asking: Asking) -> None:
    cell = {"userEnteredFormat": {"backgroundColor": {"red": 1}}}
    asking.batch(
        {"repeatCell": {"range": box(0, 2, 1, 2), "cell": cell, "fields": "userEnteredFormat.backgroundColor"}}
    )
    told = asking.get("sheets.data.rowData.values.userEnteredFormat", ranges="One!B2")["sheets"][0]["data"][0]
    assert told["rowData"][0]["values"][0]["userEnteredFormat"]["backgroundColorStyle"] == {"rgbColor": {"red": 1}}
    assert cells(asking)[0] == ["a", "b", "c"]


def test_append_cells_goes_below_the_last_value_and_grows_the_tab(asking: Asking) -> None:
    size = {"sheetId": 0, "gridProperties": {"rowCount": 3}}
    asking.batch(
        {"updateSheetProperties": {"properties": size, "fields": "gridProperties.rowCount"}},
        {"appendCells": {"sheetId": 0, "rows": [text("new")], "fields": "userEnteredValue"}},
    )
    assert cells(asking)[3] == ["new"]
    assert asking.tab("properties")["gridProperties"]["rowCount"] == 4


def test_append_cells_to_a_table_takes_the_row_into_it(asking: Asking) -> None:
    (reply,) = asking.batch({"addTable": {"table": {"name": "Models", "range": box(0, 3, 1, 3)}}})
    number = reply["addTable"]["table"]["tableId"]
    asking.batch({"appendCells": {"tableId": number, "rows": [text("p", "q")], "fields": "userEnteredValue"}})
    assert cells(asking)[3] == ["", "p", "q"]
    assert asking.tab("tables")[0]["range"]["endRowIndex"] == 4
    assert "overlaps" in asking.refused({"addTable": {"table": {"range": box(0, 2, 0, 2)}}})["message"]
    asking.batch({"deleteTable": {"tableId": number}})
    assert asking.tab("tables") is None


def test_data_validation_is_set_and_cleared(asking: Asking) -> None:
    rule = {"condition": {"type": "DATE_IS_VALID"}, "strict": True, "showCustomUi": False}
    asking.batch({"setDataValidation": {"range": box(1, 3, 0, 1), "rule": rule}})
    mask = "sheets.data.rowData.values.dataValidation"
    told = asking.get(mask, ranges="One!A2")["sheets"][0]["data"][0]["rowData"][0]["values"]
    assert told == [{"dataValidation": {"condition": {"type": "DATE_IS_VALID"}, "strict": True}}]
    asking.batch({"setDataValidation": {"range": box(1, 3, 0, 1)}})
    assert asking.get(mask, ranges="One!A2")["sheets"][0]["data"][0]["rowData"][0]["values"] == [{}]


# What lies over cells


def test_merges_keep_the_first_value_and_come_apart(asking: Asking) -> None:
    asking.batch({"mergeCells": {"range": box(0, 2, 0, 2), "mergeType": "MERGE_ROWS"}})
    assert [one["startRowIndex"] for one in asking.tab("merges")] == [0, 1]
    assert cells(asking)[:2] == [["a", "", "c"], [3, "", 2]]
    asking.batch({"unmergeCells": {"range": box(0, 5, 0, 5)}})
    assert asking.tab("merges") is None


def test_named_ranges_are_added_changed_and_deleted(asking: Asking) -> None:
    (reply,) = asking.batch({"addNamedRange": {"namedRange": {"name": "Our_tab", "range": box(1, 2, 0, 3)}}})
    number = reply["addNamedRange"]["namedRange"]["namedRangeId"]
    assert asking.values("Our_tab") == [["3", "1", "2"]]
    assert asking.refused({"addNamedRange": {"namedRange": {"name": "our_TAB", "range": box(0, 1, 0, 1)}}})
    new = {"namedRangeId": number, "range": box(0, 1, 0, 1)}
    asking.batch({"updateNamedRange": {"namedRange": new, "fields": "range"}})
    assert asking.values("Our_tab") == [["a"]]
    asking.batch({"deleteNamedRange": {"namedRangeId": number}})
    assert asking.get("namedRanges") == {}


def test_a_protected_range_keeps_people_out_but_for_its_editors_and_the_owner(asking: Asking) -> None:
    ana = asking.stand_in.person(asking.spreadsheet)
    ana.share("bo@example.com")
    bo = asking.stand_in.person(asking.spreadsheet, "bo@example.com")
    held = {"range": {"sheetId": 0}, "description": "ours", "editors": {"users": [asking.stand_in.account]}}
    (reply,) = asking.batch({"addProtectedRange": {"protectedRange": held}})
    told = reply["addProtectedRange"]["protectedRange"]
    assert told["requestingUserCanEdit"] is True
    changes: tuple[Callable[[], object], ...] = (
        lambda: bo.set("One", "A1", "bo"),
        lambda: bo.delete_rows("One", 1),
        lambda: bo.sort("One", "A"),
        lambda: bo.insert_rows("One", 1),
    )
    for change in changes:
        with pytest.raises(NotAllowed, match="protected cell"):
            change()
    ana.set("One", "A1", "ana")
    new = {"protectedRangeId": told["protectedRangeId"], "editors": {"users": ["bo@example.com"]}}
    asking.batch({"updateProtectedRange": {"protectedRange": new, "fields": "editors"}})
    bo.set("One", "B1", "bo")
    assert cells(asking)[0] == ["ana", "bo", "c"]
    asking.batch({"deleteProtectedRange": {"protectedRangeId": told["protectedRangeId"]}})
    assert asking.tab("protectedRanges") is None


def test_the_account_cannot_write_where_others_protect(asking: Asking) -> None:
    held = {"range": box(0, 1, 0, 1), "editors": {"users": ["ana@example.com"]}}
    asking.stand_in.person(asking.spreadsheet).request("addProtectedRange", {"protectedRange": held})
    write = {"start": {"sheetId": 0}, "rows": [text("n")], "fields": "userEnteredValue"}
    assert "protected cell" in asking.refused({"updateCells": write})["message"]
    (told,) = asking.tab("protectedRanges")
    assert "requestingUserCanEdit" not in told
    assert "editors" not in told
    answer = asking.sheets("PUT", "/values/One!A1", {"values": [["n"]]}, valueInputOption="RAW")
    assert answer.status == 400


def test_conditional_formats_are_told_by_index(asking: Asking) -> None:
    def rule(formula: str) -> dict[str, Any]:
        condition = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": formula}]}
        return {"ranges": [box(1, 9, 0, 3)], "booleanRule": {"condition": condition, "format": {}}}

    asking.batch(
        {"addConditionalFormatRule": {"rule": rule("=1"), "index": 0}},
        {"addConditionalFormatRule": {"rule": rule("=2"), "index": 0}},
        {"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "newIndex": 1}},
        {"updateConditionalFormatRule": {"sheetId": 0, "index": 0, "rule": rule("=3")}},
    )
    told = [
        one["booleanRule"]["condition"]["values"][0]["userEnteredValue"] for one in asking.tab("conditionalFormats")
    ]
    assert told == ["=3", "=2"]
    (reply,) = asking.batch({"deleteConditionalFormatRule": {"sheetId": 0, "index": 1}})
    assert reply["deleteConditionalFormatRule"]["rule"]["ranges"] == [
        {"startRowIndex": 1, "endRowIndex": 9, "startColumnIndex": 0, "endColumnIndex": 3}
    ]
    assert (
        "No conditional format"
        in asking.refused({"deleteConditionalFormatRule": {"sheetId": 0, "index": 4}})["message"]
    )


def test_the_filter_is_set_with_closed_ends_and_cleared(asking: Asking) -> None:
    asking.batch({"setBasicFilter": {"filter": {"range": {"sheetId": 0, "startRowIndex": 0}}}})
    assert asking.tab("basicFilter")["range"]["endRowIndex"] == 1000
    asking.batch({"clearBasicFilter": {"sheetId": 0}})
    assert asking.tab("basicFilter") is None


def test_banding_is_added_changed_and_deleted(asking: Asking) -> None:
    banded = {"range": box(0, 3, 0, 3), "rowProperties": {"firstBandColor": {"red": 1}}}
    (reply,) = asking.batch({"addBanding": {"bandedRange": banded}})
    number = reply["addBanding"]["bandedRange"]["bandedRangeId"]
    assert asking.refused({"addBanding": {"bandedRange": banded}})["code"] == 400
    new = {"bandedRangeId": number, "rowProperties": {"firstBandColor": {"blue": 1}}}
    asking.batch({"updateBanding": {"bandedRange": new, "fields": "rowProperties"}})
    assert asking.tab("bandedRanges")[0]["rowProperties"] == {"firstBandColor": {"blue": 1}}
    asking.batch({"deleteBanding": {"bandedRangeId": number}})
    assert asking.tab("bandedRanges") is None


# Cells elsewhere


def test_sorting_takes_several_columns_numbers_before_text_and_empty_cells_last(asking: Asking) -> None:
    person = asking.stand_in.person(asking.spreadsheet)
    for at, value in enumerate((2, "b", "", 1, "A", True), 1):
        person.set("Two", f"A{at}", value)
        person.set("Two", f"B{at}", at)
    two = asking.get("sheets.properties.sheetId")["sheets"][1]["properties"]["sheetId"]
    request = {"range": box(0, 6, 0, 2, two), "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}
    asking.batch({"sortRange": request})
    assert [row[0] for row in cells(asking, "Two")] == [1, 2, "A", "b", True, ""]
    request["sortSpecs"] = [{"dimensionIndex": 0, "sortOrder": "DESCENDING"}]
    asking.batch({"sortRange": request})
    assert [row[0] for row in cells(asking, "Two")] == [True, "b", "A", 2, 1, ""]


def test_copying_repeats_and_moves_references_cutting_empties(asking: Asking) -> None:
    asking.stand_in.person(asking.spreadsheet).set("One", "D2", Formula("=A2+$B$2"))
    copy = {"source": box(1, 2, 3, 4), "destination": box(1, 4, 4, 6), "pasteType": "PASTE_FORMULA"}
    asking.batch({"copyPaste": copy})
    assert asking.values("One!E2:F3", valueRenderOption="FORMULA") == [
        ["=B2+$B$2", "=C2+$B$2"],
        ["=B3+$B$2", "=C3+$B$2"],
    ]
    cut = {"source": box(0, 1, 0, 3), "destination": {"sheetId": 0, "rowIndex": 9, "columnIndex": 0}}
    asking.batch({"cutPaste": cut})
    assert (cells(asking)[0], cells(asking)[9]) == ([], ["a", "b", "c"])
    turned = {"source": box(9, 10, 0, 3), "destination": box(20, 21, 0, 1), "pasteOrientation": "TRANSPOSE"}
    asking.batch({"copyPaste": {**turned, "pasteType": "PASTE_VALUES"}})
    assert [row[0] for row in cells(asking)[20:]] == ["a", "b", "c"]


def test_cells_alone_are_inserted_and_deleted(asking: Asking) -> None:
    asking.batch({"insertRange": {"range": box(1, 2, 0, 1), "shiftDimension": "ROWS"}})
    assert cells(asking) == [["a", "b", "c"], ["", 1, 2], [3, "y", "z"], ["x"]]
    asking.batch({"deleteRange": {"range": box(1, 2, 0, 1), "shiftDimension": "ROWS"}})
    asking.batch({"insertRange": {"range": box(0, 1, 0, 1), "shiftDimension": "COLUMNS"}})
    assert cells(asking)[0] == ["", "a", "b", "c"]
    asking.batch({"deleteRange": {"range": box(0, 1, 0, 2), "shiftDimension": "COLUMNS"}})
    assert cells(asking) == [["b", "c"], [3, 1, 2], ["x", "y", "z"]]


def test_find_and_replace_counts(asking: Asking) -> None:
    (reply,) = asking.batch({"findReplace": {"find": "A", "replacement": "1.5", "allSheets": True}})
    assert reply["findReplace"] == {"valuesChanged": 1, "occurrencesChanged": 1, "rowsChanged": 1, "sheetsChanged": 1}
    assert cells(asking)[0][0] == 1.5
    (reply,) = asking.batch(
        {"findReplace": {"find": "(y|z)", "replacement": "<$1>", "searchByRegex": True, "sheetId": 0}}
    )
    assert cells(asking)[2] == ["x", "<y>", "<z>"]
    (reply,) = asking.batch(
        {
            "findReplace": {
                "find": "X",
                "replacement": "n",
                "matchCase": True,
                "matchEntireCell": True,
                "range": box(0, 3, 0, 3),
            }
        }
    )
    assert reply == {"findReplace": {}}


# Rows and columns, how they look


def test_rows_and_columns_get_sizes_are_hidden_grouped_and_fitted(asking: Asking) -> None:
    asking.batch(
        {
            "updateDimensionProperties": {
                "range": rows(1, 2),
                "properties": {"hiddenByUser": True},
                "fields": "hiddenByUser",
            }
        },
        {"updateDimensionProperties": {"range": columns(2, 3), "properties": {"pixelSize": 33}, "fields": "pixelSize"}},
        {"autoResizeDimensions": {"dimensions": columns(0, 1)}},
        {"addDimensionGroup": {"range": rows(0, 2)}},
    )
    data = asking.get("sheets.data(rowMetadata,columnMetadata)", ranges="One!A1:C3")["sheets"][0]["data"][0]
    assert data["rowMetadata"][1] == {"hiddenByUser": True, "pixelSize": 21}
    assert [one["pixelSize"] for one in data["columnMetadata"]] == [21, 100, 33]
    assert asking.tab("rowGroups") == [{"range": {"dimension": "ROWS", "startIndex": 0, "endIndex": 2}, "depth": 1}]
    asking.batch(
        {"deleteDimensionGroup": {"range": rows(0, 2)}},
        {"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 3}},
    )
    assert asking.tab("rowGroups") is None
    assert asking.tab("properties")["gridProperties"]["rowCount"] == 1003


def test_every_kind_that_is_imitated_is_tried_in_these_tests() -> None:
    here = Path(__file__)
    tried = here.read_text() + here.with_name("test_google_core_moving.py").read_text()
    assert [kind for kind in kinds() if f'"{kind}"' not in tried] == []


@pytest.mark.parametrize("kind", sorted(set(kinds()) - {"findReplace"}))
def test_a_request_that_says_nothing_is_refused_or_harmless(asking: Asking, kind: str) -> None:
    before = cells(asking)
    answer = asking.sheets("POST", ":batchUpdate", {"requests": [{kind: {}}]})
    assert answer.status in (200, 400)
    assert kind in ("deleteSheet", "deleteRange", "insertRange") or cells(asking) == before
