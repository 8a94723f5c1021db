"""A blank spreadsheet is filled: what people type meanwhile stays, and what a broken fill left is no one else's."""

from __future__ import annotations

from typing import Any

import pytest

from registry_sheets.errors import RegistrySheetsError, WriteRefused
from registry_sheets.operations.create import adopt, plan_adoption
from registry_sheets.operations.looking import Terms
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.workbooks.base import Written
from tests.contracts.workbook_contract import findings
from tests.support.google.cellvalues import Chip, Formula
from tests.support.google.faults import answered, cut_before, reply_lost
from tests.support.google.lab import GoogleLab, google_lab
from tests.support.google.wire import Answer

TABS = ("Models", "Lists", "Findings", "Live", "Changes", "Guide")
HEADER = ["Name", "Version", "Training date", "Data source", "Location"]
LONG = [[SheetCell(f"{row} {column}" * 40) for column in range(10)] for row in range(900)]
PEOPLE = [Sheet("models", "Models", [[SheetCell(one) for one in HEADER], *LONG]), Sheet("lists", "Lists", LONG)]


def initialised(lab: GoogleLab, spreadsheet: str) -> Written:
    workbook = lab.workbook(spreadsheet)
    plan = plan_adoption(workbook.read(), Terms("m"), "", {}, marks=None, add_tab=False, mends=True)
    return adopt(workbook, plan)


def filled(lab: GoogleLab, spreadsheet: str) -> Written:
    book = lab.workbook(spreadsheet)
    at = book.read().revision
    return book.adopt(own=[findings("a")], people=PEOPLE, models_tab=None, marks=[], names={}, expected=at)


def half_filled(skip: int) -> tuple[GoogleLab, str]:
    """One whose fill was broken off after so many requests, beside a tab that was blank."""
    lab = google_lab(check_responses=False)
    spreadsheet = lab.made({"Sheet1": []})
    lab.stack.faults.plan(cut_before(), url="batchUpdate", skip=skip, times=10_000)
    with pytest.raises(RegistrySheetsError):
        filled(lab, spreadsheet)
    lab.stack.faults.clear()
    assert lab.workbook(spreadsheet).read().half_filled
    return lab, spreadsheet


# The blank tab


@pytest.mark.parametrize("title", ["Models", "models", "LISTS", "Guide", "It's"])
def test_our_tabs_have_their_titles_whatever_the_blank_one_is_called(title: str) -> None:
    lab = google_lab()
    spreadsheet = lab.made({title: []})
    assert initialised(lab, spreadsheet).notices == ()
    assert lab.workbook(spreadsheet).read().titles == TABS
    assert not initialised(lab, spreadsheet).changed


@pytest.mark.parametrize(("title", "after"), [("Sheet1", "Sheet1"), ("Models", "Models (before)")])
@pytest.mark.parametrize("typed", ["mine", Formula('=""', ""), Chip("Ana"), 0, False])
def test_what_is_typed_before_the_tabs_come_is_kept_and_told(title: str, after: str, typed: Any) -> None:
    lab = google_lab()
    spreadsheet = lab.made({title: []})
    lab.google.before_call(":batchUpdate", lambda: lab.person(spreadsheet).set(title, "C3", typed))
    (notice,) = initialised(lab, spreadsheet).notices
    assert f"'{title}'" in notice
    assert after in notice
    snapshot = lab.workbook(spreadsheet).read()
    assert snapshot.titles == (after, *TABS)
    assert snapshot.marked_tab == "Models"


@pytest.mark.parametrize("told", [b"{}", b'{"updatedSpreadsheet": null}', b'{"updatedSpreadsheet": {"sheets": []}}'])
def test_an_answer_that_does_not_show_the_tab_leaves_it(told: bytes) -> None:
    lab = google_lab(check_responses=False)
    spreadsheet = lab.made({"Sheet1": []})

    def strange(call: Any, inner: Any) -> Answer:
        inner(call)
        return answered(Answer(200, told, {"Content-Type": "application/json"}))(call, inner)

    lab.stack.faults.plan(strange, url="batchUpdate")
    assert "Sheet1" in initialised(lab, spreadsheet).notices[0]
    assert lab.workbook(spreadsheet).read().titles == ("Sheet1", *TABS)


def test_a_blank_tab_that_cannot_be_deleted_is_told() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Sheet1": []})
    lab.stack.faults.plan(cut_before(), url="batchUpdate", skip=1, times=10_000)
    (notice,) = initialised(lab, spreadsheet).notices
    assert "delete it" in notice
    assert lab.workbook(spreadsheet).read().marked_tab == "Models"


def test_a_merged_tab_is_not_blank() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Sheet1": []})
    merged = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 2, "startColumnIndex": 0, "endColumnIndex": 2}
    lab.person(spreadsheet).request("mergeCells", {"range": merged, "mergeType": "MERGE_ALL"})
    initialised(lab, spreadsheet)
    assert lab.workbook(spreadsheet).read().titles == ("Sheet1", *TABS)


# Broken off


@pytest.mark.parametrize("fault", [cut_before, reply_lost])
@pytest.mark.parametrize("skip", range(4))
def test_a_fill_that_is_broken_off_anywhere_is_whole_when_run_again(skip: int, fault: Any) -> None:
    lab = google_lab(check_responses=False)
    spreadsheet = lab.made({"Sheet1": []})
    lab.stack.faults.plan(fault(), url="batchUpdate", skip=skip)
    try:
        filled(lab, spreadsheet)
    except RegistrySheetsError:
        before = lab.workbook(spreadsheet).read()
        if before.half_filled or before.titles == ("Sheet1",):
            filled(lab, spreadsheet)
    after = lab.workbook(spreadsheet).read()
    assert after.titles == ("Models", "Lists", "Findings")
    assert not after.half_filled
    assert not any(tab.filling for tab in after.tabs.values())
    assert [len(after.grid(title).rows) for title in ("Models", "Lists")] == [901, 900]


@pytest.mark.parametrize("place", ["A2", "J901", "Z999"])
def test_what_people_typed_into_what_was_left_is_theirs(place: str) -> None:
    lab, spreadsheet = half_filled(2)
    lab.person(spreadsheet).set("Models", place, "work of a month")
    before = lab.google.cells(spreadsheet, "Models")
    with pytest.raises(WriteRefused, match="'Models'") as refused:
        filled(lab, spreadsheet)
    assert "delete them" in refused.value.fix
    assert lab.google.cells(spreadsheet, "Models") == before


def test_what_is_left_is_nothing_that_other_sheets_may_take_away() -> None:
    lab, spreadsheet = half_filled(2)
    with pytest.raises(WriteRefused, match="broken off"):
        initialised(lab, spreadsheet)


def test_init_makes_all_its_tabs_where_a_fill_left_blank_ones() -> None:
    lab, spreadsheet = half_filled(2)
    person = lab.person(spreadsheet)
    for title in ("Models", "Lists"):
        sheet = lab.workbook(spreadsheet).read().gids[title]
        person.request("updateCells", {"range": {"sheetId": sheet}, "fields": "userEnteredValue"})
    initialised(lab, spreadsheet)
    assert lab.workbook(spreadsheet).read().titles == TABS


@pytest.mark.parametrize("skip", [1, 2])
def test_the_tab_beside_what_was_left_stays_once_somebody_types_into_it(skip: int) -> None:
    lab, spreadsheet = half_filled(skip)
    lab.person(spreadsheet).set("Sheet1", "A1", "mine")
    filled(lab, spreadsheet)
    assert lab.workbook(spreadsheet).read().titles == ("Sheet1", "Models", "Lists", "Findings")
    assert lab.google.cells(spreadsheet, "Sheet1") == [["mine"]]


def test_what_was_left_can_be_all_that_there_is() -> None:
    lab, spreadsheet = half_filled(2)
    lab.person(spreadsheet).delete_tab("Sheet1")
    filled(lab, spreadsheet)
    assert lab.workbook(spreadsheet).read().titles == ("Models", "Lists", "Findings")


# Many tabs


def test_init_asks_in_short_addresses_however_many_tabs_there_are() -> None:
    lab = google_lab()
    tabs: dict[str, list[list[Any]]] = {f"A tab with a rather long title {at}": [["x"]] for at in range(200)}
    spreadsheet = lab.made({"Models": [HEADER, ["a", "1"]], **tabs})
    lab.forget()
    initialised(lab, spreadsheet)
    assert max(len(call.url) for call in lab.stack.seen) < 2_000


# Moved columns


def test_columns_that_are_moved_meanwhile_are_told() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [HEADER, ["a", "1"]]})
    lab.google.before_call(":batchUpdate", lambda: lab.person(spreadsheet).insert_columns("Models", 1))
    (notice,) = initialised(lab, spreadsheet).notices
    assert "'Models'" in notice
    assert "run init again" in notice


def test_nothing_is_told_where_none_was_moved() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [["Our list"], [], HEADER, ["a", "1"]]})
    assert initialised(lab, spreadsheet).notices == ()
