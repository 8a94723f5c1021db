"""The stand-in's core: reading spreadsheets and files, permissions, hooks, what it does not imitate."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.google.asking import DRIVE, SHEETS, Asking
from tests.support.google.cellvalues import Chip, Error, Formula, Shown
from tests.support.google.core import StandIn
from tests.support.google.wire import Call

FILE_FIELDS = "name,version,modifiedTime,lastModifyingUser(displayName,emailAddress,me)"


@pytest.fixture
def asking() -> Asking:
    stand_in = StandIn()
    models: list[list[Any]] = [["Name", "Version", "Trained"], ["fraud", "1.10", date(2026, 1, 2)], ["churn", "2", ""]]
    return Asking(stand_in, stand_in.create("Registry", {"Models": models, "Lists": [["Location"]]}))


def test_cells_come_with_what_was_typed_what_it_is_and_what_is_shown() -> None:
    stand_in = StandIn()
    row = ["text", 3, 1.5, True, date(2026, 1, 2), Formula('=A1&"!"'), Error("#N/A"), Shown(3.1, "NUMBER", "0.00")]
    asking = Asking(stand_in, stand_in.create("T", {"One": [[*row, Chip("Ana")]]}))
    mask = "sheets.data.rowData.values(userEnteredValue,effectiveValue,formattedValue,effectiveFormat(numberFormat))"
    (cells,) = [one["values"] for one in asking.get(mask)["sheets"][0]["data"][0]["rowData"]]
    assert [cell["formattedValue"] for cell in cells] == (
        ["text", "3", "1.5", "TRUE", "1/2/2026", "text!", "#N/A", "3.10", "Ana"]
    )
    assert cells[4]["effectiveValue"] == {"numberValue": 46024}
    assert cells[4]["effectiveFormat"] == {"numberFormat": {"type": "DATE"}}
    assert cells[5]["userEnteredValue"] == {"formulaValue": '=A1&"!"'}
    assert cells[5]["effectiveValue"] == {"stringValue": "text!"}
    assert cells[6]["effectiveValue"]["errorValue"]["type"] == "N_A"
    assert "effectiveValue" not in cells[8]


def test_trailing_empty_cells_and_rows_are_left_out_and_starts_told(asking: Asking) -> None:
    data = asking.get("sheets.data(startRow,startColumn,rowData(values(formattedValue)))", ranges="Models!B3:Z900")
    assert data["sheets"] == [
        {"data": [{"startRow": 2, "startColumn": 1, "rowData": [{"values": [{"formattedValue": "2"}]}]}]}
    ]
    assert asking.get("sheets.data.rowData.values.note", ranges="Models!A10:B20") == {"sheets": [{"data": [{}]}]}


def test_without_a_mask_cells_come_only_with_include_grid_data(asking: Asking) -> None:
    assert "data" not in asking.get()["sheets"][0]
    told = asking.get(includeGridData="true")["sheets"][0]["data"][0]
    assert told["rowData"][0]["values"][0]["formattedValue"] == "Name"
    assert told["rowMetadata"][0] == {"pixelSize": 21}
    assert len(told["columnMetadata"]) == 26


def test_a_mask_cuts_at_every_depth(asking: Asking) -> None:
    assert asking.get("properties(title,locale,timeZone),sheets(properties(sheetId,gridProperties/rowCount))") == {
        "properties": {"title": "Registry", "locale": "en_US", "timeZone": "Etc/GMT"},
        "sheets": [
            {"properties": {"sheetId": 0, "gridProperties": {"rowCount": 1000}}},
            {"properties": {"sheetId": asking.stand_in.world.files[asking.spreadsheet].book.sheets[1].id}
             | {"gridProperties": {"rowCount": 1000}}},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nope!A1", "Unable to parse range: Nope!A1"),
        ("'Models", "Unable to parse range: 'Models"),
        ("Models!A1001", "Range (Models!A1001) exceeds grid limits. Max rows: 1000, max columns: 26"),
    ],
)
def test_a_range_that_is_not_there_is_refused(asking: Asking, text: str, told: str) -> None:
    answer = asking.sheets("GET", "", ranges=text)
    assert (answer.status, answer.json()["error"]["message"]) == (400, told)


@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("GET", f"{SHEETS}/ID?fields=sheets.charts", None),
        ("GET", f"{SHEETS}/ID?excludeTablesInBandedRanges=true", None),
        ("POST", f"{SHEETS}/ID:batchUpdate", {"requests": [{"addChart": {"chart": {}}}]}),
        ("POST", f"{SHEETS}/ID:batchUpdate", {"requests": [{"addSheet": {"properties": {"sheetType": "OBJECT"}}}]}),
        ("POST", f"{SHEETS}/ID:batchUpdate", {"requests": [], "dryRun": True}),
        ("GET", f"{DRIVE}/ID/revisions", None),
        ("GET", f"{DRIVE}/ID?fields=thumbnailLink", None),
        ("GET", "https://gmail.googleapis.com/v1/me", None),
    ],
)
def test_what_is_not_imitated_is_answered_501_by_name(asking: Asking, method: str, url: str, body: object) -> None:
    answer = asking.call(method, url.replace("ID", asking.spreadsheet), body)
    assert answer.status == 501
    assert answer.json()["error"]["message"].startswith("the stand-in does not imitate ")


def test_drive_tells_who_saved_last(asking: Asking) -> None:
    first = asking.drive("GET", fields=FILE_FIELDS).json()
    assert first["lastModifyingUser"] == {"displayName": "ana", "me": False, "emailAddress": "ana@example.com"}
    asking.batch({"updateSpreadsheetProperties": {"properties": {"title": "New"}, "fields": "title"}})
    second = asking.drive("GET", fields=FILE_FIELDS).json()
    assert second["lastModifyingUser"]["me"] is True
    assert (second["name"], int(second["version"])) == ("New", int(first["version"]) + 1)


def test_a_read_or_a_refused_write_moves_nothing(asking: Asking) -> None:
    before = asking.drive("GET", fields=FILE_FIELDS).json()
    asking.get()
    asking.refused({"deleteSheet": {"sheetId": 99}})
    assert asking.drive("GET", fields=FILE_FIELDS).json() == before


def test_what_drive_says_may_lag() -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    stand_in = StandIn(lambda: now[0])
    asking = Asking(stand_in, stand_in.create("T", {"One": []}))
    stand_in.lag = timedelta(minutes=3)
    now[0] += timedelta(minutes=10)
    stand_in.person(asking.spreadsheet).set("One", "A1", "x")
    assert asking.drive("GET", fields="version,modifiedTime").json() == (
        {"version": "1", "modifiedTime": "2026-01-01T00:00:00.000Z"}
    )
    now[0] += timedelta(minutes=3)
    assert asking.drive("GET", fields="version,modifiedTime").json() == (
        {"version": "2", "modifiedTime": "2026-01-01T00:10:00.000Z"}
    )


def test_what_is_not_shared_is_403_to_sheets_and_not_found_to_drive() -> None:
    stand_in = StandIn()
    asking = Asking(stand_in, stand_in.create("T", {}, shared=False))
    sheets, drive = asking.sheets("GET", ""), asking.drive("GET")
    assert (sheets.status, sheets.json()["error"]["message"]) == (403, "The caller does not have permission")
    assert (drive.status, drive.json()["error"]["message"]) == (404, f"File not found: {asking.spreadsheet}.")
    stand_in.person(asking.spreadsheet).share(stand_in.account, "reader")
    assert asking.sheets("GET", "").status == 200
    assert asking.sheets("POST", ":batchUpdate", {"requests": []}).status == 403


def test_an_unknown_id_is_not_found() -> None:
    asking = Asking(StandIn(), "nothing")
    assert asking.sheets("GET", "").json()["error"]["status"] == "NOT_FOUND"
    assert asking.drive("GET").json()["error"]["errors"][0]["reason"] == "notFound"


def test_hooks_run_once_each_just_before_their_call(asking: Asking) -> None:
    ran: list[str] = []
    asking.stand_in.before_call(2, lambda: ran.append("second"))
    asking.stand_in.before_call(":batchUpdate", lambda: ran.append("batch"))
    asking.stand_in.before_call(lambda call: call.method == "PUT", lambda: ran.append("put"))
    asking.get()
    assert ran == []
    asking.get()
    asking.get()
    asking.sheets("POST", ":batchUpdate", {})
    asking.sheets("POST", ":batchUpdate", {})
    assert ran == ["second", "batch"]
    assert [call.method for call in asking.stand_in.calls] == ["GET", "GET", "GET", "POST", "POST"]


def test_an_edit_in_a_hook_is_seen_by_the_call(asking: Asking) -> None:
    person = asking.stand_in.person(asking.spreadsheet)
    asking.stand_in.before_call(1, lambda: person.set("Models", "A2", "edited"))
    assert asking.values("Models!A2") == [["edited"]]


def test_drive_makes_lists_copies_shares_and_deletes() -> None:
    stand_in = StandIn()
    kind = "application/vnd.google-apps.spreadsheet"
    made = Asking(stand_in, "").call("POST", DRIVE, {"name": "Mine", "mimeType": kind}).json()
    asking = Asking(stand_in, made["id"])
    assert asking.get("sheets.properties(sheetId,title)")["sheets"] == [
        {"properties": {"sheetId": 0, "title": "Sheet1"}}
    ]
    copy = asking.drive("POST", "/copy", {"name": None}).json()
    assert copy["name"] == "Copy of Mine"
    listed = asking.call("GET", DRIVE, q=f'mimeType="{kind}" and name = "Mine"').json()["files"]
    assert [one["id"] for one in listed] == [made["id"]]
    shared = asking.drive("POST", "/permissions", {"type": "user", "role": "reader", "emailAddress": "bo@example.com"})
    told = asking.drive("GET", "/permissions", fields="permissions(emailAddress,role)").json()["permissions"]
    assert told[1] == {"emailAddress": "bo@example.com", "role": "reader"}
    assert asking.drive("DELETE", f"/permissions/{shared.json()['id']}").status == 204
    assert asking.drive("PATCH", "", {"trashed": True}, fields="trashed").json() == {"trashed": True}
    assert asking.drive("DELETE").status == 204
    assert asking.drive("GET").status == 404


def test_csv_goes_out_and_comes_in() -> None:
    stand_in = StandIn()
    asking = Asking(stand_in, stand_in.create("T", {"One": [["a,b", 1], [date(2026, 1, 2)]]}))
    assert asking.drive("GET", "/export", mimeType="text/csv").body == b'"a,b",1\r\n1/2/2026,'
    url = f"https://www.googleapis.com/upload/drive/v2/files/{asking.spreadsheet}?uploadType=media&convert=True"
    stand_in.handle(Call("PUT", url, {"content-type": "text/csv"}, b"x,3.10\r\n"))
    assert stand_in.cells(asking.spreadsheet, "T") == [["x", 3.1]]


def test_spreadsheets_create_makes_the_tabs_it_names() -> None:
    stand_in = StandIn()
    body = {"properties": {"title": "New", "locale": "de_DE"}, "sheets": [{"properties": {"title": "A", "sheetId": 7}}]}
    made = Asking(stand_in, "").call("POST", SHEETS, body).json()
    assert made["properties"]["locale"] == "de_DE"
    assert [one["properties"]["title"] for one in made["sheets"]] == ["A"]


def test_a_long_answer_is_json_all_the_same() -> None:
    stand_in = StandIn()
    asking = Asking(stand_in, stand_in.create("T", {"One": [["x" * 100] * 20 for _ in range(200)]}))
    answer = asking.sheets("GET", "/values/One")
    assert len(json.loads(answer.body)["values"]) == 200
    assert answer.headers["Content-Type"] == "application/json; charset=UTF-8"


def test_zeros_can_be_left_out_of_values() -> None:
    stand_in = StandIn(omit_zeros=True)
    asking = Asking(stand_in, stand_in.create("T", {"One": [[0, False, 1]]}))
    cells = asking.get("sheets.data.rowData.values(effectiveValue,formattedValue)")["sheets"][0]["data"][0]["rowData"]
    assert cells[0]["values"][0] == {"effectiveValue": {}, "formattedValue": "0"}
    assert cells[0]["values"][1] == {"effectiveValue": {}, "formattedValue": "FALSE"}
    assert cells[0]["values"][2]["effectiveValue"] == {"numberValue": 1}
