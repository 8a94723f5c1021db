"""The guard of the Google stand-in: against Google's own description, jsonschema, and real traffic."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from tests.support.google.checking import checker
from tests.support.google.guard import Guard, request_refusal, response_faults
from tests.support.google.methods import find, methods
from tests.support.google.recordings import recordings
from tests.support.google.schemas import json_schema
from tests.support.google.wire import Answer, Call, answer_json

SHEETS = "https://sheets.googleapis.com/v4/spreadsheets"
DRIVE = "https://www.googleapis.com/drive/v3/files"
RECORDINGS = Path(__file__).parents[3] / "shared" / "google-recordings"

BATCH = {
    "requests": [
        {"addSheet": {"properties": {"sheetId": 7, "title": "Models", "gridProperties": {"frozenRowCount": 1}}}},
        {
            "updateCells": {
                "rows": [{"values": [{"userEnteredValue": {"stringValue": "3.10"}}, {"note": "x"}]}],
                "fields": "userEnteredValue",
                "start": {"sheetId": 7, "rowIndex": 0, "columnIndex": 0},
            }
        },
        {"addProtectedRange": {"protectedRange": {"range": {"sheetId": 7}, "editors": {"users": ["a@example.com"]}}}},
    ],
    "includeSpreadsheetInResponse": False,
}
SPREADSHEET = {
    "spreadsheetId": "abc",
    "properties": {"title": "Models", "locale": "en_GB", "autoRecalc": "ON_CHANGE"},
    "sheets": [
        {
            "properties": {"sheetId": 0, "title": "Models", "index": 0, "sheetType": "GRID"},
            "data": [{"rowData": [{"values": [{"effectiveValue": {"numberValue": 46023.5}, "formattedValue": "x"}]}]}],
        }
    ],
}
FILE = {"id": "abc", "version": "12", "capabilities": {"canEdit": True}, "properties": {"any": "text"}}


def guarded(value: Any, status: int = 200) -> Guard:
    return Guard(lambda call: answer_json(status, value))


def sent(method: str, url: str, body: Any = None, *, answer: Any = None) -> Answer:
    return guarded(answer or {})(Call(method, url, {}, b"" if body is None else json.dumps(body).encode()))


def told(answer: Answer) -> str:
    assert answer.status == 400
    error = answer.json()["error"]
    assert error["status"] == "INVALID_ARGUMENT"
    return str(error["message"])


# ---------------------------------------------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    ("verb", "url", "method"),
    [
        ("GET", f"{SHEETS}/abc?includeGridData=true", "sheets.spreadsheets.get"),
        ("POST", f"{SHEETS}/abc:batchUpdate", "sheets.spreadsheets.batchUpdate"),
        ("POST", f"{SHEETS}/abc:getByDataFilter", "sheets.spreadsheets.getByDataFilter"),
        ("GET", f"{SHEETS}/abc/values/Models!A1:B2", "sheets.spreadsheets.values.get"),
        ("GET", f"{SHEETS}/abc/values/%27a%2Fb%27%21A1", "sheets.spreadsheets.values.get"),
        ("GET", f"{SHEETS}/abc/values:batchGet?ranges=A1", "sheets.spreadsheets.values.batchGet"),
        ("POST", f"{SHEETS}/abc/values/A1:append", "sheets.spreadsheets.values.append"),
        ("POST", f"{SHEETS}/abc/values/A1:B2:clear", "sheets.spreadsheets.values.clear"),
        ("POST", f"{SHEETS}/abc/developerMetadata:search", "sheets.spreadsheets.developerMetadata.search"),
        ("GET", f"{DRIVE}/abc", "drive.files.get"),
        ("GET", f"{DRIVE}/generateIds", "drive.files.generateIds"),
        ("DELETE", f"{DRIVE}/trash", "drive.files.emptyTrash"),
        ("GET", f"{DRIVE}/abc/revisions", "drive.revisions.list"),
        ("POST", "https://www.googleapis.com/upload/drive/v3/files?uploadType=media", "drive.files.create"),
    ],
)
def test_a_method_is_found_by_verb_and_address(verb: str, url: str, method: str) -> None:
    found = find(verb, url)
    assert found is not None
    assert found.id == method


@pytest.mark.parametrize(
    ("verb", "url"),
    [
        ("PATCH", f"{SHEETS}/abc"),
        ("GET", f"{SHEETS}/abc:batchUpdate"),
        ("POST", f"{SHEETS}/abc:publish"),
        ("GET", "https://sheets.googleapis.com/v3/spreadsheets/abc"),
        ("GET", "http://sheets.googleapis.com/v4/spreadsheets/abc"),
        ("GET", "https://sheets.example.com/v4/spreadsheets/abc"),
        ("GET", "https://www.googleapis.com/v4/spreadsheets/abc"),
    ],
)
def test_what_google_describes_nowhere_is_a_loud_501(verb: str, url: str) -> None:
    def never(call: Call) -> Answer:
        raise AssertionError(call)

    answer = Guard(never)(Call(verb, url))
    assert answer.status == 501
    assert f"{verb} {url}" in answer.json()["error"]["message"]


def test_every_described_method_but_media_wants_a_scope() -> None:
    assert {one.id for one in methods() if not one.scopes} == set()
    assert len({one.id for one in methods() if one.api == "sheets"}) >= 17


# ----------------------------------------------------------------------------------------------------- requests


def test_a_described_request_reaches_the_core() -> None:
    assert sent("POST", f"{SHEETS}/abc:batchUpdate", BATCH).status == 200
    assert sent("POST", f"{SHEETS}/abc/values/A1:clear").status == 200  # no body is an empty one
    written = {"values": [["x", None]], "majorDimension": None}
    assert sent("PUT", f"{SHEETS}/abc/values/A1?valueInputOption=RAW", written).status == 200


@pytest.mark.parametrize(
    ("body", "message", "field"),
    [
        (
            {"requests": [{"addShet": {}}]},
            "Invalid JSON payload received. Unknown name \"addShet\" at 'requests[0]': Cannot find field.",
            "requests[0]",
        ),
        (
            {"requests": [{"updateSheetProperties": {"properties": {"headerValues": []}}}]},
            'Invalid JSON payload received. Unknown name "headerValues" at '
            "'requests[0].update_sheet_properties.properties': Cannot find field.",
            "requests[0].update_sheet_properties.properties",
        ),
        ({"request": []}, 'Invalid JSON payload received. Unknown name "request": Cannot find field.', None),
        (
            {"requests": [{"addSheet": {"properties": {"sheetId": "x"}}}]},
            "Invalid value at 'requests[0].add_sheet.properties.sheet_id' (TYPE_INT32), \"x\"",
            "requests[0].add_sheet.properties.sheet_id",
        ),
        (
            {"requests": [{"addSheet": {"properties": {"hidden": 1}}}]},
            "Invalid value at 'requests[0].add_sheet.properties.hidden' (TYPE_BOOL), 1",
            "requests[0].add_sheet.properties.hidden",
        ),
        (
            {"requests": [{"addSheet": {"properties": {"sheetId": 2**31}}}]},
            f"Invalid value at 'requests[0].add_sheet.properties.sheet_id' (TYPE_INT32), {2**31}",
            "requests[0].add_sheet.properties.sheet_id",
        ),
        (
            {"requests": [{"appendDimension": {"dimension": "LINES"}}]},
            "Invalid value at 'requests[0].append_dimension.dimension' "
            '(type.googleapis.com/google.apps.sheets.v4.Dimension), "LINES"',
            "requests[0].append_dimension.dimension",
        ),
    ],
)
def test_a_request_that_is_not_described_is_refused_in_googles_words(
    body: object, message: str, field: str | None
) -> None:
    answer = sent("POST", f"{SHEETS}/abc:batchUpdate", body)
    assert told(answer) == message
    (violation,) = answer.json()["error"]["details"][0]["fieldViolations"]
    assert violation == ({"description": message} if field is None else {"field": field, "description": message})


def test_every_fault_of_a_request_is_told_at_once() -> None:
    message = told(sent("POST", f"{SHEETS}/abc:batchUpdate", {"requests": [{"a": 1}, {}, {"b": 2}], "c": 3}))
    assert [line.split('"')[1] for line in message.splitlines()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "body", [b"{", b"\xff\xfe", b'{"requests": NaN}', b'{"requests": [1e999]}', b"[" * 10**5, b"3"]
)
def test_a_body_that_is_no_request_is_refused(body: bytes) -> None:
    answer = guarded({})(Call("POST", f"{SHEETS}/abc:batchUpdate", {}, body))
    assert answer.status == 400


@pytest.mark.parametrize(
    ("url", "name"),
    [
        (f"{SHEETS}/abc/values/A1?valueRenderOption=PLAIN", "value_render_option"),
        (f"{SHEETS}/abc/values/A1?render=x", "render"),
        (f"{SHEETS}/abc?includeGridData=yes", "include_grid_data"),
        (f"{SHEETS}/abc?includeGridData=true&includeGridData=true", "include_grid_data"),
        (f"{DRIVE}?pageSize=many", "Invalid value at 'page_size' (TYPE_INT32), \"many\""),
    ],
)
def test_a_query_that_is_not_described_is_refused(url: str, name: str) -> None:
    assert name in told(sent("GET", url))


def test_a_query_that_is_described_passes() -> None:
    for url in (
        f"{SHEETS}/abc?ranges=A1&ranges=B2&includeGridData=False&fields=properties(title)&alt=json",
        f"{DRIVE}/abc?includeItemsFromAllDrives=True&supportsAllDrives=True",
        f"{DRIVE}?pageSize=1000&q=",
    ):
        assert sent("GET", url).status == 200


@pytest.mark.parametrize(
    ("url", "message"),
    [
        (
            f"{SHEETS}/abc?fields=sheets.data.rowData.values(userEnteredValue,colour)",
            "sheets.data.rowData.values.colour",
        ),
        (f"{SHEETS}/abc?fields=properties,%20sheets", "properties, sheets"),
        (f"{SHEETS}/abc?fields=properties(title", "properties(title"),
        (f"{DRIVE}/abc?fields=version,lastModifyingUser(name)", "Invalid field selection name"),
    ],
)
def test_a_mask_that_names_what_is_never_answered_is_refused(url: str, message: str) -> None:
    assert message in json.dumps(sent("GET", url).json())
    assert told(sent("GET", url))


def test_a_mask_of_described_names_passes() -> None:
    for selection in ("*", "sheets(properties(sheetId),data/rowData/values)", "sheets.properties.gridProperties"):
        assert sent("GET", f"{SHEETS}/abc?fields={selection}").status == 200
    assert sent("GET", f"{DRIVE}/abc?fields=version,properties/mine,lastModifyingUser(displayName, me)").status == 200


# ------------------------------------------------------------------------------------------------------ answers


@pytest.mark.parametrize(
    ("url", "answer", "path"),
    [
        (f"{SHEETS}/abc", {"sheets": [{"properties": {"sheetId": "0"}}]}, "sheets/0/properties/sheetId"),
        (f"{SHEETS}/abc", {"sheets": [{"propertys": {}}]}, "sheets/0/propertys"),
        (f"{SHEETS}/abc", {"spreadsheetId": None}, "spreadsheetId"),
        (f"{SHEETS}/abc", [], "the top"),
        (f"{DRIVE}/abc", {"version": 12}, "version"),
        (f"{DRIVE}/abc", {"version": "twelve"}, "version"),
    ],
)
def test_an_answer_that_google_would_not_give_is_a_defect_of_the_stand_in(url: str, answer: Any, path: str) -> None:
    with pytest.raises(AssertionError, match=path):
        guarded(answer)(Call("GET", url))


def test_errors_and_media_are_no_described_answers() -> None:
    assert guarded({"error": {}}, 404)(Call("GET", f"{SHEETS}/abc")).status == 404
    assert Guard(lambda call: Answer(200, b"%PDF"))(Call("GET", f"{DRIVE}/abc/export?mimeType=a/b")).body == b"%PDF"


def test_either_check_can_be_left_out() -> None:
    wrong = Guard(lambda call: answer_json(200, {"no": 1}), check_requests=False, check_responses=False)
    assert wrong(Call("POST", f"{SHEETS}/abc:batchUpdate", {}, b'{"no": 1}')).status == 200


# --------------------------------------------------------------------------------------------------- jsonschema


@pytest.mark.parametrize("null", [False, True])
@pytest.mark.parametrize(
    ("api", "name", "value"),
    [
        ("sheets", "BatchUpdateSpreadsheetRequest", BATCH),
        ("sheets", "Spreadsheet", SPREADSHEET),
        ("drive", "File", FILE),
    ],
)
def test_the_quick_checker_judges_as_jsonschema_does(api: str, name: str, value: Any, *, null: bool) -> None:
    slow = Draft202012Validator(json_schema(api, name, null=null))
    quick = checker(api, null=null)
    dice = random.Random(f"{name}{null}")
    verdicts: Counter[bool] = Counter()
    for _ in range(400):
        spoiled = _spoiled(value, dice)
        verdicts[slow.is_valid(spoiled)] += 1
        assert (not quick.violations(name, spoiled)) == slow.is_valid(spoiled), spoiled
    assert min(verdicts[True], verdicts[False]) > 10, verdicts


def _spoiled(value: Any, dice: random.Random) -> Any:
    """The value with one to three of its places changed."""
    whole = [copy.deepcopy(value)]
    for _ in range(dice.randint(1, 3)):
        holder, key = dice.choice([*_places(whole)])
        _change(holder, key, dice)
    return whole[0]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (holder, key or index) inside a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in inside:
        yield value, key
        yield from _places(inner)


def _change(holder: Any, key: Any, dice: random.Random) -> None:
    """Put a value in another's place, or take a field out, or name it differently."""
    wild: list[Any] = [None, True, 3, -1.0, 1.5, 2**40, "x", "12", "ROWS", [], {}, {"nope": 1}, ["x"]]
    kept = dice.random() < 0.6
    if isinstance(holder, list) or kept:
        holder[key] = dice.choice(wild)
    else:
        value = holder.pop(key)
        holder |= {name: value for name in dice.choice([(), ("title",), ("zzz",)])}


# --------------------------------------------------------------------------------------------------- recordings


def test_real_traffic_passes_the_guard_but_for_what_google_itself_refused() -> None:
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings of real traffic are not on this machine")
    counts: Counter[str] = Counter()
    for pair in chain.from_iterable(recordings(RECORDINGS)):
        method = find(pair.call.method, pair.call.url)
        assert method is not None, (pair.recording, pair.number)
        refusal = request_refusal(method, pair.call)
        if refusal is not None:
            assert refusal.json() == pair.answer.json(), (pair.recording, pair.number)
        counts["requests"] += 1
        counts["refused, in the recorded words"] += refusal is not None
        counts["refused by Google for other reasons"] += refusal is None and pair.answer.status >= 400
        described = method.response is not None and pair.answer.status < 300
        counts["answers described"] += described
        counts["answers as described"] += described and not response_faults(method, pair.answer)
    print(dict(counts))
    assert counts == {
        "requests": 2130,
        "refused, in the recorded words": 3,
        "refused by Google for other reasons": 7,
        "answers described": 1898,
        "answers as described": 1898,
    }
