"""The stand-in's small parts, and how strictly answers are compared with recorded ones."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.google.a1 import box_of, cells_range, column_letters, column_number, place, quoted, resolve, shown
from tests.support.google.asking import box
from tests.support.google.cellvalues import from_serial, serial
from tests.support.google.core import StandIn
from tests.support.google.errors import NotImitated, Refused
from tests.support.google.fidelity import measure, told
from tests.support.google.fieldmask import carry, cut, known, parse
from tests.support.google.formats import number
from tests.support.google.matching import Names, differences
from tests.support.google.proto import proto, with_styles


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("a.b", {"a": {"b": {}}}),
        ("a/b,a/c", {"a": {"b": {}, "c": {}}}),
        ("a(b,c.d),e", {"a": {"b": {}, "c": {"d": {}}}, "e": {}}),
        ("a.b,a", {"a": {}}),
        ("a,a.b", {"a": {}}),
        ("a(*)", {"a": {}}),
        ("*", {}),
    ],
)
def test_masks_are_read(text: str, mask: Any) -> None:
    assert parse(text) == mask


@pytest.mark.parametrize("text", ["", "a(", "a)", "a,,b", "a..b", "a b", "a(b", ".a", "é"])
def test_a_mask_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        print(parse(text))


def test_a_mask_cuts_lists_and_leaves_empty_objects() -> None:
    assert cut({"a": [{"b": 1}, {"c": 2}], "d": 3}, parse("a.b")) == {"a": [{"b": 1}, {}]}


def test_a_field_that_no_answer_has_is_named() -> None:
    with pytest.raises(NotImitated, match=r"the field z of T\.a"):
        known(parse("a.z"), {"a": {"b": {}}}, "T")


def test_an_update_sets_and_clears_by_its_mask() -> None:
    held = {"a": 1, "b": {"c": 2, "d": 3}, "e": 4}
    carry(held, {"a": 9, "b": {"c": 8}}, parse("b.c,b.d,e"))
    assert held == {"a": 1, "b": {"c": 8}}


@given(st.integers(0, 18_277))
def test_column_letters_go_there_and_back(column: int) -> None:
    assert column_number(column_letters(column)) == column


@pytest.mark.parametrize(
    ("title", "in_answer"),
    [
        ("Sheet1", "Sheet1"),
        ("D3", "'D3'"),
        ("R1C1", "'R1C1'"),
        ("Ana's", "'Ana''s'"),
        ("My tab", "'My tab'"),
        ("1st", "'1st'"),
    ],
)
def test_titles_stand_in_quotes_where_they_must_and_are_found_by_them(title: str, in_answer: str) -> None:
    assert quoted(title) == in_answer
    stand_in = StandIn()
    book = stand_in.world.files[stand_in.create("T", {"Other": [], title: []})].book
    where = resolve(book, f"{in_answer}!B2:C3")
    assert shown(box_of(book, where)) == f"{in_answer}!B2:C3"
    assert resolve(book, in_answer)["sheetId"] == where["sheetId"]


@pytest.mark.parametrize(
    ("cells", "bounds"),
    [
        ("A1", {"startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}),
        ("D4:A1", {"startRowIndex": 0, "endRowIndex": 4, "startColumnIndex": 0, "endColumnIndex": 4}),
        ("B:B", {"startColumnIndex": 1, "endColumnIndex": 2}),
        ("2:3", {"startRowIndex": 1, "endRowIndex": 3}),
        ("A2:C", {"startRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 3}),
        ("A", None),
        ("7", None),
        ("", None),
        ("A1:", None),
        ("Name", None),
    ],
)
def test_cells_are_read(cells: str, bounds: Any) -> None:
    assert cells_range(cells) == bounds


def test_a_place_is_one_cell() -> None:
    assert place("$B$3") == (2, 1)
    with pytest.raises(Refused):
        place("B")


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)))
def test_serial_numbers_go_there_and_back_to_the_second(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert from_serial(serial(moment)) == moment


def test_serial_numbers_are_googles() -> None:
    assert serial(date(2020, 1, 1)) == 43831
    assert serial(datetime(2020, 1, 1, 12)) == 43831.5


@pytest.mark.parametrize(
    ("value", "kind", "pattern", "locale", "expected"),
    [
        (0.0009765625, "", "", "en_US", "0.0009765625"),
        (2 / 3, "", "", "en_US", "0.6666666667"),
        (1.45, "", "", "de_DE", "1,45"),
        (1e15, "", "", "en_US", "1E+15"),
        (123456789012, "", "", "en_US", "123456789012"),
        (3.1, "NUMBER", "0.00", "en_US", "3.10"),
        (1234.5, "NUMBER", "#,##0.##", "en_US", "1,234.5"),
        (7, "NUMBER", "000", "en_US", "007"),
        (1234.5, "CURRENCY", "", "en_US", "$1,234.50"),
        (12.5, "NUMBER", '0.0" kg"', "en_US", "12.5 kg"),
        (46024.5, "DATE_TIME", "", "de_DE", "02.01.2026 12:00:00"),
        (46024.524, "TIME", "h:mm am/pm", "en_US", "12:34 PM"),
        (46024, "DATE", "dddd, d mmmm yy", "en_US", "Friday, 2 January 26"),
        (1.5, "TIME", "[h]:mm:ss", "en_US", "36:00:00"),
        (3.1, "TEXT", "", "en_US", "3.1"),
    ],
)
def test_numbers_are_shown(value: float, kind: str, pattern: str, locale: str, expected: str) -> None:
    assert number(value, kind, pattern, locale) == expected


def test_a_pattern_that_is_not_imitated_is_named() -> None:
    with pytest.raises(NotImitated, match="# / #"):
        number(0.5, "NUMBER", "# / #", "en_US")


def test_json_is_written_as_servers_write_it() -> None:
    told = {"startRowIndex": 0, "sheetId": 0, "hidden": False, "note": "", "list": [], "editors": {}, "numberValue": 0}
    assert proto(told) == {"startRowIndex": 0, "editors": {}, "numberValue": 0}
    assert proto({"color": {"red": 0.5, "green": 0, "blue": 1.0}}) == {"color": {"red": 0.49803922, "blue": 1}}
    assert with_styles({"tabColorStyle": {"rgbColor": {"red": 1}}})["tabColor"] == {"red": 1}


# Comparing with recordings


@pytest.mark.parametrize(
    ("recorded", "ours"),
    [
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {}),
        ({}, {"a": None}),
        ({"a": [1]}, {"a": [1, 2]}),
        ({"a": 1}, {"a": True}),
        ({"a": "1"}, {"a": 1}),
        ({"modifiedTime": "2020-01-01T00:00:00.000Z"}, {"modifiedTime": "2020-01-01"}),
        ({"title": "2020-01-01T00:00:00.000Z"}, {"title": "2021-01-01T00:00:00.000Z"}),
        ("text", "other"),
    ],
)
def test_what_differs_is_told(recorded: Any, ours: Any) -> None:
    assert differences(recorded, ours)


def test_only_times_are_set_aside() -> None:
    one, other = "2020-01-01T00:00:00.000Z", "2021-02-03T04:05:06.007Z"
    assert differences({"modifiedTime": one, "a": [1]}, {"a": [1], "modifiedTime": other}) == []


def test_an_id_stands_for_one_other_only() -> None:
    names = Names()
    names.know(11, 1)
    names.know(12, 1)
    names.know(11, 2)
    assert names.ours == {11: 1}
    assert names.recorded({"sheetId": 1, "index": 1}) == {"sheetId": 11, "index": 1}
    assert names.in_json({"sheetId": 11, "index": 11}) == {"sheetId": 1, "index": 11}


def recorded(method: str, url: str, status: int, answer: Any, body: Any = None) -> dict[str, Any]:
    headers = {"Content-Type": ["application/json; charset=UTF-8"]}
    return {
        "request": {"method": method, "uri": url, "body": body and json.dumps(body), "headers": {}},
        "response": {"status": {"code": status}, "headers": headers, "body": {"string": json.dumps(answer)}},
    }


def test_a_recording_is_replayed_and_counted(tmp_path: Path) -> None:
    number, drive = "1" + "x" * 43, "https://www.googleapis.com/drive/v3/files"
    sheets = f"https://sheets.googleapis.com/v4/spreadsheets/{number}"
    kind = "application/vnd.google-apps.spreadsheet"
    file = {"kind": "drive#file", "id": number, "name": "T", "mimeType": kind}
    tab = {"sheetId": 5, "title": "N", "index": 1, "sheetType": "GRID"}
    grid = {"gridProperties": {"rowCount": 1000, "columnCount": 26}}
    reply = {"spreadsheetId": number, "replies": [{"addSheet": {"properties": {**tab, **grid}}}]}
    add = {"requests": [{"addSheet": {"properties": {"title": "N"}}}]}
    update = {"range": box(0, 1, 0, 1, 5), "rows": [{"values": [{"note": "x"}]}], "fields": "note"}
    note = {"requests": [{"updateCells": update}]}
    values = {"range": "N!A1", "majorDimension": "ROWS", "values": [["other"]]}
    pairs = [
        recorded("POST", drive, 200, file, {"name": "T", "mimeType": kind}),
        recorded("POST", f"{sheets}:batchUpdate", 200, reply, add),
        recorded("POST", f"{sheets}:batchUpdate", 200, {"spreadsheetId": number, "replies": [{}]}, note),
        recorded("GET", f"{sheets}/values/N!A1", 200, values),
        recorded("GET", f"{sheets}x", 404, {"error": {"code": 404}}),
    ]
    (tmp_path / "One.test.json").write_text(json.dumps({"version": 1, "interactions": pairs}))
    figures = measure(tmp_path)
    assert (len(figures.compared), figures.identical, figures.share) == (5, 3, 0.6)
    assert figures.different() == {"GET v4/spreadsheets/{id}/values/{range}": 1, "GET v4/spreadsheets/{id}": 1}
    text = "\n".join(told(figures, show=5))
    assert "3 (60.00%)" in text
    assert ".values: missing, recorded" in text
    assert "recorded errors      1, with the same status and body 0" in text


def test_the_clock_of_a_file_is_utc() -> None:
    stand_in = StandIn(lambda: datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert stand_in.world.files[stand_in.create("T", {})].created.isoformat() == "2026-01-01T12:00:00+00:00"
