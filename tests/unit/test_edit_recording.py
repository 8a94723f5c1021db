"""record, planned on tables: a new row, an update, columns that the sheet lacks, and the few refusals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from registry_sheets.errors import EditRefused
from registry_sheets.registry.edits.edit import Plan
from registry_sheets.registry.edits.recording import Recording, plan_recording
from registry_sheets.registry.table_settings import TableSettings
from tests.support.edits import Row, after, view

THERE = {"Name": "AC failure", "Version": "3.4", "Training date": date(2026, 3, 4), "Location": "Desk", "Why": "x"}


def planned(given: Sequence[Row], settings: TableSettings | None = None, **wish: Any) -> Plan:
    return plan_recording(view(given, settings), Recording(**{"name": "AC failure", "version": "3.5", **wish}))


def recorded(given: Sequence[Row], settings: TableSettings | None = None, **wish: Any) -> list[dict[str, Any]]:
    return after(given, planned(given, settings, **wish), settings)


def test_name_and_version_are_enough() -> None:
    assert recorded([THERE])[1] == {"Name": "AC failure", "Version": "3.5"}


def test_the_first_row_of_a_new_sheet() -> None:
    assert recorded([{"Name": "", "Version": "", "Location": ""}])[0] == {"Name": "AC failure", "Version": "3.5"}


@pytest.mark.parametrize(
    ("field", "said", "cell"),
    [
        ("training_date", "2026-06-30", date(2026, 6, 30)),
        ("training_date", " 2026-06-30T12:00:00Z", date(2026, 6, 30)),
        ("training_date", datetime(2026, 6, 30, 9), date(2026, 6, 30)),
        ("training_date", date(2026, 6, 30), date(2026, 6, 30)),
        ("training_date", "last spring", "last spring"),
        ("training_date", "03/04/2026", "03/04/2026"),
        ("training_date", "20260630", date(2026, 6, 30)),
        ("training_date", 20260630, date(2026, 6, 30)),
        ("training_date", "20260631", "20260631"),
        ("training_date", 46000, "46000"),
        ("training_date", timedelta(1), "1 day, 0:00:00"),
        ("training_date", "1899-12-31", "1899-12-31"),
        ("location", ["Desk", " Van "], "Desk; Van"),
        ("location", "Desk", "Desk"),
        ("why", " two\nlines ", "two\nlines"),
        ("why", "=1+1", "=1+1"),
        ("why", "bad \ud800 half\x00", "bad  half"),
    ],
)
def test_what_goes_into_a_cell(field: str, said: Any, cell: Any) -> None:
    headers = {"training_date": "Training date", "location": "Location", "why": "Why"}
    assert recorded([THERE], facts={field: said})[1][headers[field]] == cell


def test_a_date_in_the_order_that_the_config_states_is_a_date() -> None:
    settings = TableSettings(date_order="dmy")
    assert recorded([THERE], settings, facts={"training_date": "3.4.2026"})[1]["Training date"] == date(2026, 4, 3)


def test_a_version_is_text() -> None:
    assert recorded([THERE], version="3.10")[1]["Version"] == "3.10"


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        ("0.12", 0.12),
        ("0.10", 0.1),
        ("12", 12),
        ("1e-3", 0.001),
        ("12 %", "12 %"),
        ("nan", "nan"),
        (0.5, 0.5),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (1.7e308, "1.7E+308"),
        (10**400, "1E+400"),
        (date(1850, 1, 1), "1850-01-01"),
        (timedelta(-1), "-1 day, 0:00:00"),
        (time(3, tzinfo=UTC), time(3)),
        (datetime(2026, 6, 30, 9, tzinfo=UTC), datetime(2026, 6, 30, 9)),
        (True, True),
    ],
)
def test_figures(said: Any, cell: Any) -> None:
    assert recorded([THERE], metrics={"MAPE": said})[1]["Metric: MAPE"] == cell


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        ("00123", "00123"),
        ("1.10", "1.10"),
        ("1.5", 1.5),
        ("7", 7),
        ("123456789012345678", "123456789012345678"),
        ("2026-06-30", date(2026, 6, 30)),
        ("-", "-"),
        ("1e5", "1e5"),
        (123456789012345678, "123456789012345678"),
        (7, 7),
        (math.nan, "nan"),
    ],
)
def test_own_columns_lose_nothing(said: Any, cell: Any) -> None:
    found = recorded([THERE], others={"Ticket": said})[1]["Ticket"]
    assert (found, type(found)) == (cell, type(cell))


def test_columns_are_found_as_the_sheet_calls_them() -> None:
    there = {
        "Model": "AC failure",
        "Ver.": "3.4",
        "Trained": "",
        "metric : mape ( Holidays )": 0.2,
        "Cost  centre": "a",
    }
    found = recorded(
        [there],
        facts={"training_date": "2026-06-30"},
        metrics={"MAPE (holidays)": "0.1"},
        others={"cost CENTRE": "b"},
    )
    assert found[1] == {
        "Model": "AC failure",
        "Ver.": "3.5",
        "Trained": date(2026, 6, 30),
        "metric : mape ( Holidays )": 0.1,
        "Cost  centre": "b",
    }


def test_a_known_column_by_any_of_its_names() -> None:
    found = recorded([THERE], others={"Deployed to": "Van", "Owner": "Kim", "Retrain every": "90"})[1]
    assert (found["Location"], found["Owner"], found["Retrain every (days)"]) == ("Van", "Kim", 90)


def test_columns_that_are_not_there_go_to_the_right() -> None:
    found = recorded([THERE], facts={"stage": "Testing"}, metrics={"F1": "0.9"}, others={"Ticket": "T"})
    assert list(found[1]) == ["Name", "Version", "Stage", "Metric: F1", "Ticket"]
    assert found[0] == THERE


def test_the_tools_own_column_and_the_identity_are_not_set() -> None:
    for heading in ("Check", "Version", ""):
        with pytest.raises(EditRefused):
            planned([THERE], others={heading: "x"})


@pytest.mark.parametrize(
    "wish",
    [
        {"metrics": {"MAPE": "0.1", "mape": "0.2"}},
        {"others": {"Foo": "1", " foo": "2"}},
        {"metrics": {"MAPE": 0.1}, "others": {"metric: mape": "0.2"}},
        {"facts": {"location": "Desk"}, "others": {"Deployed to": "Van"}},
    ],
)
def test_one_column_with_two_values_is_refused(wish: dict[str, Any]) -> None:
    with pytest.raises(EditRefused, match="is named twice"):
        planned([THERE], **wish)


def test_one_column_that_is_named_twice_with_one_value_is_none_too_many() -> None:
    found = recorded([THERE], metrics={"MAPE": "0.1", "mape": 0.1}, others={"Foo": "x", "foo": " x"})[1]
    assert (found["Metric: MAPE"], found["Foo"]) == (0.1, "x")


@pytest.mark.parametrize(
    "wish",
    [
        {"others": {"h" * 256: "x"}},
        {"others": {"\U0001f600" * 128: "x"}},
        {"others": {"\u200b": "x"}},
        {"others": {"Metric: ": "3"}},
        {"metrics": {"": 3}},
        {"metrics": {" ": 3}},
        {"metrics": {"h" * 250: 3}},
    ],
)
def test_what_cannot_head_a_column_is_refused_at_once(wish: dict[str, Any]) -> None:
    with pytest.raises(EditRefused):
        planned([THERE], **wish)


def test_a_long_heading_that_stands_in_the_sheet_is_filled() -> None:
    heading = "h" * 300
    assert recorded([{**THERE, heading: "a"}], others={heading: "b"})[1][heading] == "b"


@pytest.mark.parametrize("said", [10**400, -(10**5000), 1e308], ids=["huge", "negative", "float"])
def test_a_figure_beyond_all_spreadsheets_is_a_text(said: float) -> None:
    found = recorded([THERE], facts={"owner": said}, metrics={"F1": said}, others={"Ticket": said})[1]
    assert {type(found[header]) for header in ("Owner", "Metric: F1", "Ticket")} == {str}


@pytest.mark.parametrize("wish", [{"name": " "}, {"version": ""}, {"version": "\u200b"}])
def test_a_missing_identity_is_refused(wish: dict[str, str]) -> None:
    with pytest.raises(EditRefused, match="nothing can be recorded"):
        planned([THERE], **wish)


def test_what_is_there_already_is_no_change() -> None:
    assert planned([THERE], version="3.4").steps == ()
    facts = {"training_date": "2026-03-04", "location": "DESK"}
    assert planned([THERE], name="ac FAILURE", version="3.4", facts=facts).steps == ()


def test_a_row_that_says_otherwise_is_refused() -> None:
    with pytest.raises(EditRefused, match=r"in row 2 at Desk, and says otherwise.*--update"):
        planned([THERE], version="3.4", facts={"why": "y"})


def test_an_update_changes_only_what_differs() -> None:
    facts = {"training_date": "2026-03-04", "why": "y", "location": ""}
    found = recorded([THERE], version="3.4", facts=facts, update=True)
    assert found == [{**{key: cell for key, cell in THERE.items() if key != "Location"}, "Why": "y"}]


def test_an_update_of_nothing_records() -> None:
    assert recorded([THERE], update=True)[1] == {"Name": "AC failure", "Version": "3.5"}


def test_of_several_rows_the_place_tells_which_one_is_updated() -> None:
    rows = [THERE, {**THERE, "Location": "Van; Lab"}]
    found = recorded(rows, version="3.4", facts={"location": "lab", "why": "y"}, update=True)
    assert found == [THERE, {**rows[1], "Why": "y"}]
    for facts in ({"why": "y"}, {"why": "y", "location": "Nowhere"}):
        with pytest.raises(EditRefused, match="row 2 at Desk and row 3 at "):
            planned(rows, version="3.4", facts=facts, update=True)


def test_another_place_is_another_row() -> None:
    found = recorded([THERE], version="3.4", facts={"location": "Van"}, another_place=True)
    assert found[1] == {"Name": "AC failure", "Version": "3.4", "Location": "Van"}


def test_a_text_that_no_cell_holds_is_cut_and_said() -> None:
    plan = planned([THERE], facts={"why": "x" * 40_000})
    assert len(plan.notices) == 1
    assert len(recorded([THERE], facts={"why": "x" * 40_000})[1]["Why"]) == 32_767


def test_a_new_row_spells_the_model_as_its_rows_do() -> None:
    plan = planned([THERE, THERE, {**THERE, "Name": "ac failure"}], name=" Ac  Failure ", version="3.5")
    assert plan.what == "record AC failure 3.5"
    assert plan.notices == ("It is recorded under 'AC failure', as the sheet spells that model.",)
    assert recorded([THERE], name="ac failure")[1]["Name"] == "AC failure"
    assert planned([THERE, {**THERE, "Name": "ac failure"}], name="ac failure").notices == ()
    assert planned([THERE], name="ac failure", version="3.4", facts={"why": "y"}, update=True).notices == ()


@pytest.mark.parametrize("version", ["v3.4", "V 3.4", "3.4.0", "version 3.4"])
def test_an_update_that_adds_a_row_names_the_version_that_may_be_meant(version: str) -> None:
    plan = planned([THERE], version=version, update=True)
    assert plan.notices == (f"3.4 is there; a new row is added for {version}.",)
    assert len(plan.steps) == 1
    assert planned([THERE], version=version).notices == ()


@pytest.mark.parametrize("version", ["3.40", "3.5", "3.4-v2", "v"])
def test_an_update_of_another_version_names_none(version: str) -> None:
    assert planned([THERE], version=version, update=True).notices == ()


def test_a_metric_that_is_no_number_any_more_is_told() -> None:
    there = {**THERE, "Metric: Recall": 0.89, "Metric: F1": "n/a", "Cost": 3}
    plan = planned(
        [there], version="3.4", metrics={"recall": "high", "F1": "low"}, others={"Cost": "much"}, update=True
    )
    assert plan.notices == ("Recall held 0.89, a number, and holds a text now: high.",)
    assert planned([there], version="3.4", metrics={"recall": ""}, update=True).notices == ()
