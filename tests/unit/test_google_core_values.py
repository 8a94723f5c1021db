"""The stand-in's values: how they are read, taken, appended and cleared."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.google.asking import Asking
from tests.support.google.cellvalues import Error, Formula
from tests.support.google.core import StandIn


@pytest.fixture
def asking() -> Asking:
    stand_in = StandIn()
    return Asking(stand_in, stand_in.create("T", {"One": [["a", "b"], ["c"], [], ["", "", "d"]]}))


def put(asking: Asking, where: str, values: Any, option: str = "RAW", **more: Any) -> Any:
    body = {"values": values, **more}
    return asking.sheets("PUT", f"/values/{where}", body, valueInputOption=option).json()


def test_values_are_read_by_rows_or_columns_without_what_is_empty_at_the_end(asking: Asking) -> None:
    assert asking.values("One") == [["a", "b"], ["c"], [], ["", "", "d"]]
    assert asking.values("One!B1:C9", majorDimension="COLUMNS") == [["b"], ["", "", "", "d"]]
    told = asking.sheets("GET", "/values/One!A2:A2000").json()
    assert told == {"range": "One!A2:A1000", "majorDimension": "ROWS", "values": [["c"]]}
    told = asking.sheets("GET", "/values:batchGet", ranges=["One!A1", "One!B9"]).json()
    assert told["valueRanges"][1] == {"range": "One!B9", "majorDimension": "ROWS"}


@pytest.mark.parametrize(
    ("typed", "value", "shown"),
    [
        ("3.10", 3.1, "3.1"),
        ("007", 7, "7"),
        ("'3.10", "3.10", "3.10"),
        ("1.2.3", "1.2.3", "1.2.3"),
        ("TRUE", True, "TRUE"),
        ("50%", 0.5, "50%"),
        ("2,000.01", 2000.01, "2,000.01"),
        ("8085807e40000000", "8085807e40000000", "8085807e40000000"),
        ("1e3", 1000, "1.00E+03"),
        ("2020-01-01", 43831, "2020-01-01"),
        ("2020-13-01", "2020-13-01", "2020-13-01"),
        ("2020-01-01 12:00:00", 43831.5, "2020-01-01 12:00:00"),
        ("1/2/2026", 46024, "1/2/2026"),
        ("=1+1", 2, "2"),
        ("=1/0", "#DIV/0!", "#DIV/0!"),
        ("=", "=", "="),
    ],
)
def test_typed_text_is_read_as_google_reads_it_and_raw_text_stays(
    asking: Asking, typed: str, value: Any, shown: str
) -> None:
    put(asking, "One!F1", [[typed]], "USER_ENTERED")
    assert asking.values("One!F1", valueRenderOption="UNFORMATTED_VALUE") == [[value]]
    assert asking.values("One!F1") == [[shown]]
    put(asking, "One!F1", [[typed]])
    assert asking.values("One!F1", valueRenderOption="UNFORMATTED_VALUE") == [[typed]]


@pytest.mark.parametrize(
    ("typed", "value"), [("3,5", 3.5), ("2.1.2026", 46024), ("3.10", 46298), ("1.000", 1000), ("a.b", "a.b")]
)
def test_a_german_spreadsheet_reads_commas_and_dots_its_way(typed: str, value: Any) -> None:
    stand_in = StandIn(lambda: datetime(2026, 5, 1, tzinfo=UTC))
    asking = Asking(stand_in, stand_in.create("T", {"One": []}, locale="de_DE"))
    stand_in.person(asking.spreadsheet).type("One", "A1", typed)
    assert asking.values("One!A1", valueRenderOption="UNFORMATTED_VALUE") == [[value]]


def test_plain_text_cells_keep_what_is_typed(asking: Asking) -> None:
    asking.stand_in.person(asking.spreadsheet).number_format("One", "A1", "TEXT")
    put(asking, "One!A1:B1", [["3.10", "3.10"]], "USER_ENTERED")
    assert asking.stand_in.cells(asking.spreadsheet, "One")[0] == ["3.10", 3.1]


def test_null_leaves_a_cell_and_empty_text_empties_it(asking: Asking) -> None:
    told = put(asking, "One!A1:B2", [[None, ""], ["n", None]])
    assert asking.values("One!A1:B2") == [["a"], ["n"]]
    assert told == {
        "spreadsheetId": asking.spreadsheet,
        "updatedRange": "One!A1:B2",
        "updatedRows": 2,
        "updatedColumns": 2,
        "updatedCells": 2,
    }


@pytest.mark.parametrize(
    ("where", "values", "told"),
    [
        ("One!A1", "X", "Invalid value at 'data.values' (type.googleapis.com/google.protobuf.ListValue), \"X\""),
        ("One!A1:B1", [["a", "b", "c"]], "tried writing to column [3]"),
        ("One!A1:B1", [["a"], ["b"]], "tried writing to row [2]"),
        ("One!Z1", [["a", "b"]], "exceeds grid limits"),
    ],
)
def test_values_that_do_not_fit_are_refused(asking: Asking, where: str, values: Any, told: str) -> None:
    before = asking.stand_in.cells(asking.spreadsheet, "One")
    error = put(asking, where, values)["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert told in error["message"]
    assert asking.stand_in.cells(asking.spreadsheet, "One") == before


def test_a_write_without_its_option_is_refused(asking: Asking) -> None:
    assert asking.sheets("PUT", "/values/One!A1", {"values": [["x"]]}).status == 400


def test_several_ranges_are_written_together(asking: Asking) -> None:
    data = [{"range": "One!A1:B1", "values": [["p", "q"]]}, {"range": "One!A4", "values": [["r"]]}]
    told = asking.sheets("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data}).json()
    assert (told["totalUpdatedRows"], told["totalUpdatedColumns"], told["totalUpdatedCells"]) == (2, 2, 3)
    data[1]["range"] = "Nope!A1"
    answer = asking.sheets("POST", "/values:batchUpdate", {"valueInputOption": "RAW", "data": data[::-1]})
    assert answer.status == 400
    assert asking.values("One!A1:B1") == [["p", "q"]]


def test_appending_drifts_to_the_last_block_of_cells(asking: Asking) -> None:
    told = asking.sheets("POST", "/values/One:append", {"values": [["n"]]}, valueInputOption="RAW").json()
    assert (told["tableRange"], told["updates"]["updatedRange"]) == ("One!C4", "One!C5")
    told = asking.sheets("POST", "/values/One!A1:append", {"values": [["n"]]}, valueInputOption="RAW").json()
    assert (told["tableRange"], told["updates"]["updatedRange"]) == ("One!A1:B2", "One!A3")
    told = asking.sheets("POST", "/values/One!F9:append", {"values": [["n"]]}, valueInputOption="RAW").json()
    assert "tableRange" not in told
    assert told["updates"]["updatedRange"] == "One!F9"
    answer = asking.sheets(
        "POST", "/values/One:append", {"values": [["n"]]}, valueInputOption="RAW", insertDataOption="INSERT_ROWS"
    )
    assert answer.status == 501


def test_clearing_takes_values_and_leaves_formats_and_notes(asking: Asking) -> None:
    person = asking.stand_in.person(asking.spreadsheet)
    person.note("One", "A1", "kept")
    assert asking.sheets("POST", "/values/One!A1:B9:clear").json()["clearedRange"] == "One!A1:B9"
    assert asking.values("One") == [[], [], [], ["", "", "d"]]
    told = asking.get("sheets.data.rowData.values.note", ranges="One!A1")
    assert told["sheets"][0]["data"][0]["rowData"][0]["values"] == [{"note": "kept"}]
    told = asking.sheets("POST", "/values:batchClear", {"ranges": ["One!C4", "One!A1"]}).json()
    assert told["clearedRanges"] == ["One!C4", "One!A1"]
    assert asking.values("One") == []


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=A1", "a"),
        ("='One'!A2&B1", "cb"),
        ('="x"&1+2*3', "x7"),
        ("=-(2^3)%", -0.08),
        ("=SUM(1,2)+SUM(F1:G9)", 3),
        ("=1<2", True),
        ('=HYPERLINK("https://e.org","label")', "label"),
        ("=Z99", ""),
        ("=Nope!A1", Error("#REF!", "Unresolved sheet name 'Nope'.")),
        ('="a"+1', Error("#VALUE!", "a number was expected")),
        ("=E1", Error("#REF!", "Circular dependency detected.")),
        ('=VLOOKUP("a",A:B,2)', ""),
        ("=COUNTA(A:A)", 0),
    ],
)
def test_few_formulas_are_calculated_and_others_stood_in_for(asking: Asking, formula: str, value: Any) -> None:
    asking.stand_in.person(asking.spreadsheet).set("One", "E1", Formula(formula))
    assert asking.stand_in.cells(asking.spreadsheet, "One")[0][4:] == ([] if value == "" else [value])


def test_a_test_can_calculate_or_give_the_value() -> None:
    stand_in = StandIn(calculate=lambda text: 42 if text.startswith("=COUNTA") else None)
    spreadsheet = stand_in.create("T", {"One": [[Formula("=COUNTA(A:A)"), Formula("=NOW()", 7), Formula("=1+1")]]})
    assert stand_in.cells(spreadsheet, "One") == [[42, 7, 2]]
    stand_in.person(spreadsheet).set("One", "D1", "x")
    assert stand_in.cells(spreadsheet, "One") == [[42, 7, 2, "x"]]


def test_formulas_follow_the_cells_that_they_name(asking: Asking) -> None:
    person = asking.stand_in.person(asking.spreadsheet)
    person.set("One", "E1", Formula("=A1"))
    put(asking, "One!A1", [["new"]])
    assert asking.values("One!E1") == [["new"]]
