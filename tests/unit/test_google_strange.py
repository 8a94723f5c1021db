"""Answers that are JSON and not of Google's form: whatever stands in them, the run says that it could not check."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry_sheets.errors import NotChecked, RegistrySheetsError
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.own_tabs import OwnTabs
from registry_sheets.operations.sync import Outputs, run_pass
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import FileState
from registry_sheets.workbooks.google.marked import MADE_FROM_KEY, TAB_KEY
from registry_sheets.workbooks.google.owntabs import OwnTabsWriter
from registry_sheets.workbooks.google.snapshot import GoogleSnapshot
from registry_sheets.workbooks.google.transport.strange import whole_answer
from tests.support.google.cellvalues import Formula
from tests.support.google.faults import answered
from tests.support.google.lab import google_lab
from tests.support.google.wire import Answer

STATE = FileState("Models", "7", None, "", False, True)
DAY = {"numberFormat": {"type": "DATE", "pattern": "yyyy-mm-dd"}}


def _cell(kind: str, value: Any, shown: str, **more: Any) -> dict[str, Any]:
    return {"userEnteredValue": {kind: value}, "effectiveValue": {kind: value}, "formattedValue": shown, **more}


def _row(*cells: Any) -> dict[str, Any]:
    return {"values": list(cells)}


WHOLE: dict[str, Any] = {
    "properties": {"title": "Ours", "locale": "en_GB", "timeZone": "Europe/Zurich"},
    "namedRanges": [
        {
            "namedRangeId": "n1",
            "name": "_registry_sheets_x",
            "range": {"sheetId": 7, "startRowIndex": 1, "endRowIndex": 2},
        }
    ],
    "developerMetadata": [{"metadataKey": MADE_FROM_KEY, "metadataValue": "0" * 64}],
    "sheets": [
        {
            "properties": {
                "sheetId": 0,
                "title": "Models",
                "sheetType": "GRID",
                "gridProperties": {"rowCount": 100, "columnCount": 20},
            },
            "merges": [
                {"sheetId": 0, "startRowIndex": 4, "endRowIndex": 6, "startColumnIndex": 0, "endColumnIndex": 2}
            ],
            "basicFilter": {"range": {"sheetId": 0, "startRowIndex": 0}},
            "data": [
                {
                    "rowData": [
                        _row(_cell("stringValue", "Name", "Name"), _cell("stringValue", "Trained", "Trained")),
                        _row(_cell("stringValue", "AC", "AC"), _cell("numberValue", 46000, "x", effectiveFormat=DAY)),
                        _row(_cell("boolValue", True, "TRUE"), _cell("numberValue", 0.5, "0.5")),
                        _row(
                            {}, {"userEnteredValue": {"formulaValue": "=A2"}, "effectiveValue": {"stringValue": "AC"}}
                        ),
                        _row({"effectiveValue": {"errorValue": {"type": "REF"}}}, {"formattedValue": "Ana"}),
                    ]
                }
            ],
        },
        {
            "properties": {"sheetId": 7, "title": "Findings", "gridProperties": {"rowCount": 9, "columnCount": 4}},
            "developerMetadata": [{"metadataKey": TAB_KEY, "metadataValue": "findings"}],
            "data": [{"startRow": 1, "startColumn": 1, "rowData": [_row(_cell("stringValue", "#gid=0&range=", "#"))]}],
        },
    ],
}


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from _places(one, (*path, key))


def _put(answer: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = deepcopy(answer)
    at = changed
    for key in path[:-1]:
        at = at[key]
    if value is GONE:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return changed


CELL = str | float | bool | date | time | timedelta
GONE = object()
ODD = [
    GONE,
    None,
    True,
    -1,
    10**400,
    2**31,
    1e308,
    float("nan"),
    float("inf"),
    "",
    "x",
    [],
    [None],
    [[]],
    {},
    {"x": None},
]


def _look_at_all(answer: Any) -> None:
    snapshot = GoogleSnapshot(answer, STATE, 0)
    for title in snapshot.titles:
        assert all(isinstance(cell, CELL) for row in snapshot.grid(title).rows for cell in row)
        snapshot.formulas(title)
    for tab in snapshot.tabs.values():
        assert tab.entered is not None
        list(reading.formatted(tab.rows))
        list(reading.covered(tab.merges))
    snapshot.digest()
    OwnTabsWriter(None, "x", snapshot).missing([SHEET])  # type: ignore[arg-type]


def _told(answer: Any) -> NotChecked | None:
    try:
        _look_at_all(answer)
    except NotChecked as error:
        return error
    return None


SHEET = Sheet("findings", "Findings", [[SheetCell("Finding")]], names={"_registry_sheets.x": "$A$2:$A$2"})


def test_the_whole_answer_is_read() -> None:
    snapshot = GoogleSnapshot(WHOLE, STATE)
    assert snapshot.grid("Models").rows[1] == ["AC", date(2025, 12, 9)]
    assert snapshot.named == {"_registry_sheets_x": "n1"}
    assert snapshot.ranges == {"_registry_sheets_x": (7, 1, 2, 0, None)}
    _look_at_all(WHOLE)


@pytest.mark.parametrize("path", [path for path in _places(WHOLE) if path], ids=lambda path: ".".join(map(str, path)))
def test_something_odd_anywhere_breaks_nothing(path: tuple[Any, ...]) -> None:
    for value in ODD:
        told = _told(_put(WHOLE, path, value))
        assert told is None or ("cannot be read" in told.message and told.fix)


@given(st.data())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_several_odd_things_break_nothing(data: st.DataObject) -> None:
    answer = WHOLE
    for _ in range(data.draw(st.integers(1, 4))):
        path = data.draw(st.sampled_from([path for path in _places(answer) if path]))
        answer = _put(answer, path, data.draw(st.sampled_from(ODD)))
    told = _told(answer)
    assert told is None or "cannot be read" in told.message


@pytest.mark.parametrize("answer", [None, [], "x", 7, {}, {"sheets": []}, {"sheets": {}}, {"sheets": "x"}])
def test_no_answer_at_all(answer: Any) -> None:
    with pytest.raises(NotChecked, match="cannot be read"):
        GoogleSnapshot(answer, STATE)


def test_a_refusal_of_ours_goes_through() -> None:
    with pytest.raises(RegistrySheetsError, match="ours"), whole_answer():
        raise RegistrySheetsError("ours")


WRITTEN: list[Any] = [
    {},
    {"updatedSpreadsheet": None},
    {"updatedSpreadsheet": {}},
    {"updatedSpreadsheet": {"sheets": None}},
    {"updatedSpreadsheet": {"sheets": [None]}},
    {"updatedSpreadsheet": {"sheets": [{"properties": {}}]}},
    {"updatedSpreadsheet": {"sheets": [{"properties": {"title": "Models"}, "data": [{"rowData": [None]}]}]}},
    {"updatedSpreadsheet": {"sheets": [{"properties": {"title": "Models"}, "data": [{"rowData": [{"values": 7}]}]}]}},
]


@pytest.mark.parametrize("told", WRITTEN, ids=json.dumps)
def test_the_answer_to_a_write_that_tells_nothing(tmp_path: Path, told: Any) -> None:
    lab = google_lab()
    header = ["Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner"]
    spreadsheet = lab.made({"Models": [header, ["AC", "1", date(2026, 1, 1), Formula('="x"', "x"), "Basel", "", ""]]})
    answer = Answer(200, json.dumps(told).encode(), {"Content-Type": "application/json"})
    lab.stack.faults.plan(answered(answer), url="batchUpdate", times=1_000)
    outputs = Outputs("in place", NoShelf(), OwnTabs(tmp_path), history=MemoryHistory())
    with pytest.raises(NotChecked, match="cannot be read"):
        run_pass(lab.workbook(spreadsheet), Terms("models"), date(2026, 7, 1), outputs)
    assert not list(tmp_path.iterdir()), "what was not seen to be written is not remembered"


class NoShelf:
    """No workbook of findings."""

    def findings(self) -> None:
        return None

    def write(self, sheets: Any) -> None:
        raise AssertionError(sheets)
