"""Somebody at a spreadsheet: what people do in the browser while the account is not looking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from tests.support.google.core import StandIn
from tests.support.google.people import NotAllowed, Person

ROWS = [["Name", "Version"], ["b", "1"], ["a", "2"], ["c", "3"]]


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def spreadsheet(stand_in: StandIn) -> str:
    return stand_in.create("T", {"One": ROWS, "Two": []})


@pytest.fixture
def person(stand_in: StandIn, spreadsheet: str) -> Person:
    return stand_in.person(spreadsheet)


CHANGES: list[tuple[Callable[[Person], object], Any]] = [
    (lambda who: who.set("One", "B2", "9"), ["b9", "a2", "c3"]),
    (lambda who: who.set("One", "B2", ""), ["b", "a2", "c3"]),
    (lambda who: who.insert_rows("One", 2), ["", "b1", "a2", "c3"]),
    (lambda who: who.insert_rows("One", 5, 2), ["b1", "a2", "c3"]),
    (lambda who: who.delete_rows("One", 3), ["b1", "c3"]),
    (lambda who: who.insert_columns("One", 2), ["b1", "a2", "c3"]),
    (lambda who: who.delete_columns("One", "A"), ["1", "2", "3"]),
    (lambda who: who.sort("One", "A"), ["a2", "b1", "c3"]),
    (lambda who: who.sort("One", 2, descending=True), ["c3", "a2", "b1"]),
    (lambda who: who.move_rows("One", 2, 1, 5), ["a2", "c3", "b1"]),
    (lambda who: who.move_columns("One", "A", 1, "C"), ["1b", "2a", "3c"]),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
def test_a_change_is_seen_and_moves_the_version(
    stand_in: StandIn, spreadsheet: str, person: Person, change: Callable[[Person], object], expected: list[str]
) -> None:
    file = stand_in.world.files[spreadsheet]
    before = file.moments[-1].version
    change(person)
    assert ["".join(map(str, row)) for row in stand_in.cells(spreadsheet, "One")[1:]] == expected
    assert file.moments[-1].version == before + 1
    assert file.moments[-1].email == "ana@example.com"


def test_values_come_back_as_they_were_set(stand_in: StandIn, spreadsheet: str, person: Person) -> None:
    values = ["text", 1.5, True, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5)]
    for at, value in enumerate(values):
        person.set("Two", f"{'ABCDE'[at]}1", value)
    assert stand_in.cells(spreadsheet, "Two") == [values]
    person.type("Two", "A1", "3.10")
    assert stand_in.cells(spreadsheet, "Two")[0][0] == 3.1


def test_tabs_are_renamed_added_copied_hidden_and_deleted(stand_in: StandIn, spreadsheet: str, person: Person) -> None:
    person.rename_tab("Two", "Second")
    person.add_tab("Third")
    person.copy_tab("One", "Copy")
    person.hide_tab("Third")
    person.delete_tab("Second")
    book = stand_in.world.files[spreadsheet].book
    assert [(one.title, one.hidden) for one in book.sheets] == [("One", False), ("Copy", False), ("Third", True)]
    assert stand_in.cells(spreadsheet, "Copy") == ROWS


def test_who_may_not_edit_cannot(stand_in: StandIn, spreadsheet: str, person: Person) -> None:
    bo = stand_in.person(spreadsheet, "bo@example.com")
    with pytest.raises(NotAllowed):
        bo.set("One", "A1", "x")
    person.share("bo@example.com", "reader")
    with pytest.raises(NotAllowed):
        bo.set("One", "A1", "x")
    person.share("bo@example.com")
    bo.set("One", "A1", "x")
    person.unshare("bo@example.com")
    with pytest.raises(NotAllowed):
        bo.set("One", "A1", "y")
    assert stand_in.cells(spreadsheet, "One")[0][0] == "x"


def test_a_tab_that_is_not_there_is_named(person: Person) -> None:
    with pytest.raises(KeyError, match="no tab 'Nope'"):
        person.set("Nope", "A1", "x")


def test_a_file_can_be_gone_for_good(stand_in: StandIn, spreadsheet: str, person: Person) -> None:
    person.trash()
    assert spreadsheet not in stand_in.world.files
