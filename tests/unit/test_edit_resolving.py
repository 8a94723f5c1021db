"""Edits on a sheet that has moved on since they were given: they fit, are there already, or say why they do not fit."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.edits.codec import from_plain, to_plain
from registry_sheets.registry.edits.edit import Change, Edit, Expected, NewRow, Plan, RowChange, Step
from registry_sheets.registry.edits.judging import judge, standing_of
from registry_sheets.registry.edits.resolving import resolve
from registry_sheets.registry.edits.values import same
from tests.support.edits import Row, edit, page

HERE = {"Name": "AC failure", "Version": "3.4", "Location": "Desk", "Stage": "Testing", "Why": ""}
LIVE = Change("Testing", "Production")
PROMOTED = RowChange("AC failure", "3.4", {"stage": LIVE, "why": Change("", "better")}, (), ("Desk",))
ADDED = NewRow("AC failure", "3.5", {"name": "AC failure", "version": "3.5", "stage": "Testing"})


def of(*steps: Step, **changes: Any) -> Edit:
    return edit(Plan("promote AC failure 3.4", steps), **changes)


def writes(rows: Sequence[Row], *steps: Step) -> list[tuple[int, str, Any]]:
    found = resolve(page(rows), of(*steps))
    assert not found.reason
    return [(one.row, one.header, one.new) for one in found.writes]


def reason(rows: Sequence[Row], *steps: Step) -> str:
    seen = page(rows)
    found = resolve(seen, of(*steps))
    assert seen.laid.is_empty
    return found.reason


def test_it_follows_the_row_wherever_it_is() -> None:
    assert writes([{**HERE, "Version": "1"}, HERE], PROMOTED) == [(3, "Stage", "Production"), (3, "Why", "better")]


def test_what_is_there_already_is_not_written_again() -> None:
    assert writes([{**HERE, "Stage": "Production", "Why": "better"}], PROMOTED) == []
    assert writes([{**HERE, "Stage": "Production"}], PROMOTED) == [(2, "Why", "better")]
    assert writes([HERE, {**HERE, "Version": "3.5", "Why": "typed since"}], ADDED) == []


def test_a_cell_that_holds_neither_does_not_fit() -> None:
    assert reason([{**HERE, "Stage": "Archived"}], PROMOTED) == (
        "Row 2, Stage holds Archived now; when the command was given it held Testing."
    )


def test_one_step_that_does_not_fit_takes_back_the_others() -> None:
    assert "Stage holds Archived" in reason([{**HERE, "Stage": "Archived"}], ADDED, PROMOTED)


def test_a_row_that_is_gone_does_not_fit() -> None:
    assert reason([{**HERE, "Version": "1"}], PROMOTED) == "AC failure 3.4 has no row in the sheet any more."


def test_of_several_rows_the_place_tells() -> None:
    assert writes([{**HERE, "Location": "Van"}, HERE], PROMOTED)[0] == (3, "Stage", "Production")
    moved = [{**HERE, "Location": "Van"}, {**HERE, "Location": "Lab"}]
    assert "has several rows (2, 3)" in reason(moved, PROMOTED)


def test_a_row_that_changed_its_place_is_not_mistaken_for_another() -> None:
    rows = [{**HERE, "Stage": "Archived"}, {**HERE, "Location": "Van"}]
    assert "Row 2, Stage holds Archived" in reason(rows, PROMOTED)


def test_a_place_given_up_is_known_again() -> None:
    step = RowChange("AC failure", "3.4", {"location": Change("Desk; Van", "Desk")}, (), ("Desk", "Van"))
    rows = [{**HERE, "Location": "Desk; Van"}, {**HERE, "Location": "Lab"}]
    assert writes(rows, step) == [(2, "Location", "Desk")]
    rows[0]["Location"] = "Desk"
    assert writes(rows, step) == []


def test_a_version_that_was_recorded_meanwhile_does_not_fit() -> None:
    there = {**HERE, "Version": "3.5", "Stage": "Archived"}
    assert reason([there], ADDED) == "AC failure 3.5 is in the sheet already (row 2), and that row says otherwise."
    copy = NewRow(ADDED.name, ADDED.version, {**ADDED.cells, "location": "Desk"}, alone=False)
    assert "has a row for that place already" in reason([there], copy)
    assert len(writes([{**there, "Location": "Van"}], copy)) == 4


def test_a_column_that_is_gone_comes_back_where_it_was_blank() -> None:
    rows = [{key: cell for key, cell in HERE.items() if key != "Why"}]
    assert writes(rows, PROMOTED) == [(2, "Stage", "Production"), (2, "Why", "better")]
    gone = RowChange("AC failure", "3.4", {"why": Change("old", "new")})
    assert "Why holds nothing now" in reason(rows, gone)


def test_later_edits_see_the_earlier_ones() -> None:
    seen = page([HERE])
    later = RowChange("AC failure", "3.5", {"stage": LIVE})
    assert "no row" in resolve(seen, of(later)).reason
    assert not resolve(seen, of(ADDED)).reason
    assert [one.new for one in resolve(seen, of(later)).writes] == ["Production"]
    assert [one.row for one in resolve(seen, of(later)).writes] == []
    assert seen.laid.rows[0][3] == "Production"


# Seen again, or lost


def judged(rows: Sequence[Row], *edits: Edit) -> tuple[int, list[str]]:
    found = judge(edits, page(rows).table)
    return len(found.confirmed), [one.reason for one in found.lost]


WRITTEN = {"state": "applied", "applied": datetime(2026, 7, 1, 12, tzinfo=UTC)}


def test_what_is_there_is_confirmed_and_credited() -> None:
    rows = [{**HERE, "Stage": "Production", "Why": "better"}, {**HERE, "Version": "3.5"}]
    found = judge([of(PROMOTED, **WRITTEN), of(ADDED, command="record", **WRITTEN)], page(rows).table)
    assert len(found.confirmed) == 2
    assert found.credits == {
        ("ac failure", "3.4"): {"stage": "ana@laptop, promote", "why": "ana@laptop, promote"},
        ("ac failure", "3.5"): dict.fromkeys(("name", "version", "stage"), "ana@laptop, record"),
    }


def test_what_is_gone_is_lost() -> None:
    assert judged([HERE], of(ADDED, **WRITTEN)) == (0, ["its row is not in the sheet"])
    assert judged([HERE], of(PROMOTED, **WRITTEN)) == (0, ["Stage, Why hold again what was there before"])


def test_what_a_person_changed_since_is_confirmed() -> None:
    assert judged([{**HERE, "Why": "better"}], of(PROMOTED, **WRITTEN)) == (1, [])
    assert judged([{**HERE, "Stage": "Archived", "Why": "no"}], of(PROMOTED, **WRITTEN)) == (1, [])


def test_what_a_later_edit_overwrote_is_not_asked_for() -> None:
    back = RowChange("AC failure", "3.4", {"stage": Change("Production", "Testing"), "why": Change("better", "")})
    assert judged([HERE], of(PROMOTED, **WRITTEN), of(back, **WRITTEN)) == (2, [])


def test_waiting_edits_are_not_judged() -> None:
    assert judged([HERE], of(ADDED), of(PROMOTED, state="unfit")) == (0, [])


def test_the_standing_names_the_row() -> None:
    found = standing_of(of(PROMOTED), "unfit", "because", page([{**HERE, "Version": "1"}, HERE]).table)
    assert (found.index, found.name, found.version, found.kind) == (1, "AC failure", "3.4", "unfit")
    assert standing_of(of(ADDED), "lost", "because", page([HERE]).table).index is None


# In a file


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (date(2026, 3, 4), datetime(2026, 3, 4), True),
        (3, 3.0, True),
        (3, "3", False),
        (1, True, False),
        ("a\r\nb", "a\nb", True),
        ("a", "A", False),
        (time(1), time(1), True),
        (timedelta(days=1), 1, False),
        ("", "", True),
    ],
)
def test_cells_that_are_the_same(one: Any, other: Any, is_same: bool) -> None:
    assert same(one, other) is is_same


CELLS = st.one_of(
    st.text(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(),
    st.times(),
    st.timedeltas(timedelta(days=-1000), timedelta(days=1000)),
)


KEYS = st.sampled_from(sorted(column.field for column in COLUMNS)) | st.text().map(lambda text: f"+a {text}")
OLD_CELLS = CELLS | st.sampled_from((inf, -inf))


@given(st.dictionaries(KEYS, CELLS), st.dictionaries(KEYS, st.tuples(OLD_CELLS, CELLS), min_size=1), st.text())
def test_an_edit_comes_back_from_its_file(cells: dict[str, Any], more: dict[str, Any], what: str) -> None:
    change = RowChange("", what, {key: Change(*both) for key, both in more.items()}, ("a",), (), 3, True)
    identity = {"name": " N", "version": "v"}
    made = of(NewRow("n", "v", {**cells, **identity}, False), change, what=what, **WRITTEN)
    made = replace(made, expected=Expected(what, frozenset({("", what), (what, "")}), frozenset({what})))
    assert from_plain(json.loads(json.dumps(to_plain(made)))) == made


@pytest.mark.parametrize(
    "cells",
    [
        {"+Metric: x": float("nan")},
        {"+Metric: x": inf},
        {"+Metric: x": 10**400},
        {"bogus": "x"},
        {"": "x"},
        {"+": "x"},
        {"+ ": "x"},
        {"+Check": "x"},
        {"+check *": "x"},
        {"name": "Other"},
        {"version": 1},
    ],
)
def test_what_this_tool_would_never_write_is_no_edit(cells: dict[str, Any]) -> None:
    plain = json.loads(json.dumps(to_plain(of(replace(ADDED, cells={**ADDED.cells, **cells})))))
    with pytest.raises(ValueError, match="it is damaged"):
        from_plain(plain)


@pytest.mark.parametrize("state", ["waiting", "unfit", "applied"])
@pytest.mark.parametrize("steps", [[], {}, "abc", None])
def test_an_edit_without_steps_is_none(steps: Any, state: str) -> None:
    with pytest.raises(ValueError, match="it is damaged"):
        from_plain({**to_plain(of(ADDED)), "steps": steps, "state": state})


def test_an_edit_of_a_row_that_cannot_be_or_of_no_cell_is_none() -> None:
    for change in ({"row": -5}, {"cells": {}}, {"do": "drop"}):
        plain = to_plain(of(PROMOTED))
        plain["steps"][0] |= change
        with pytest.raises(ValueError, match="it is damaged"):
            from_plain(plain)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_whatever_a_file_holds_it_is_an_edit_or_a_value_error(plain: Any) -> None:
    whole = to_plain(of(ADDED, PROMOTED))
    for key in whole:
        with suppress(ValueError):
            assert isinstance(from_plain({**whole, key: plain}), Edit)
