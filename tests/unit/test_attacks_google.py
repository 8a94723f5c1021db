"""Attacks on the Google store that came through: each test tells what should happen instead."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.errors import NotChecked, RegistrySheetsError
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.applying import apply_all
from registry_sheets.operations.create import adopt, plan_adoption
from registry_sheets.operations.edit import promote, record
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.own_tabs import OwnTabs
from registry_sheets.operations.settling import Desk
from registry_sheets.operations.sync import Outputs, run_pass
from registry_sheets.registry.edits.choosing import Promotion
from registry_sheets.registry.edits.recording import Recording
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.state.outbox import Outbox
from registry_sheets.workbooks.google.marked import TAB_KEY
from tests.support.google.cellvalues import Chip, Formula
from tests.support.google.faults import answered, cut_before
from tests.support.google.lab import GoogleLab, google_lab
from tests.support.google.people import NotAllowed, tab_of
from tests.support.google.state import Cell
from tests.support.google.state import Sheet as TheirSheet
from tests.support.google.wire import Answer

TODAY = date(2026, 7, 1)
HEADER = ["Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Why", "Deployed on"]
WISH = Promotion("Door failure", "1.0", why="tried in Basel")
TO_RECORD = {"training_date": date(2026, 6, 1), "data_source": "CRM 2026", "location": "Basel"}


def rows() -> list[list[Any]]:
    return [
        list(HEADER),
        ["AC failure", "3.9", date(2025, 12, 1), "CRM 2025", "Zurich", "Testing", "ana@example.com", ""],
        ["AC failure", "3.10", date(2026, 3, 1), "CRM 2026", "Zurich", "Archived", "ana@example.com", ""],
        ["Door failure", "1.0", date(2026, 1, 5), "CRM 2026", "Basel", "Testing", "ben@example.com", ""],
        ["No-shows", "2.0", date(2026, 2, 5), "PMS 2026", "Basel", "Testing", "ben@example.com", ""],
        ["No-shows", "1.0", date(2025, 2, 5), "PMS 2025", "Basel", "Testing", "ben@example.com", ""],
    ]


def desk(lab: GoogleLab, spreadsheet: str, folder: Path) -> Desk:
    return Desk(lab.workbook(spreadsheet), Terms("models"), Outbox(folder / "models"), TODAY, "ana@laptop", wait=0.0)


def tab(lab: GoogleLab, spreadsheet: str, title: str = "Models") -> TheirSheet:
    return tab_of(lab.google.world.files[spreadsheet].book, title)


def texts(lab: GoogleLab, spreadsheet: str) -> list[Any]:
    sheets = lab.google.world.files[spreadsheet].book.sheets
    return [cell for sheet in sheets for row in lab.google.cells(spreadsheet, sheet.title) for cell in row]


def narrow(lab: GoogleLab, spreadsheet: str) -> None:
    """The grid ends where the cells end, as in a spreadsheet that was made from a file."""
    sheet = tab(lab, spreadsheet)
    sheet.row_count, sheet.column_count = len(sheet.rows), max(map(len, sheet.rows))


def initialised(lab: GoogleLab, spreadsheet: str) -> None:
    workbook = lab.workbook(spreadsheet)
    plan = plan_adoption(workbook.read(), Terms("m"), "", {}, marks=None, add_tab=False, mends=True)
    adopt(workbook, plan)


def tried(action: Any) -> Any:
    try:
        return action()
    except RegistrySheetsError as error:
        return error


class Nowhere:
    def findings(self) -> Grid | None:
        return None

    def write(self, sheets: Sequence[Sheet]) -> Path | None:
        return None


def passed(lab: GoogleLab, spreadsheet: str, folder: Path, terms: Terms | None = None) -> Any:
    outputs = Outputs("in place", Nowhere(), OwnTabs(folder), history=MemoryHistory())
    return run_pass(lab.workbook(spreadsheet), terms or Terms("models"), TODAY, outputs)


# A single tab that people use is taken for a blank one


@pytest.mark.parametrize("formula", ['=IF(B1="","",B1)', '=IMAGE("https://example.com/plan.png")'])
def test_a_tab_of_formulas_that_show_nothing_is_not_blank(formula: str) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Sheet1": [[Formula(formula, "")]]})
    tried(lambda: initialised(lab, spreadsheet))
    sheets = lab.google.world.files[spreadsheet].book.sheets
    assert any(cell.entered == {"formulaValue": formula} for one in sheets for row in one.rows for cell in row)


@pytest.mark.parametrize("step", [3, 4])
def test_what_is_typed_into_a_blank_tab_meanwhile_stays(step: int) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Sheet1": []})
    lab.google.before_call(step, lambda: lab.person(spreadsheet).set("Sheet1", "A1", "my own"))
    tried(lambda: initialised(lab, spreadsheet))
    assert "my own" in texts(lab, spreadsheet)


def test_what_people_typed_into_a_half_filled_tab_is_not_deleted() -> None:
    lab = google_lab(check_responses=False)
    spreadsheet = lab.made({"Sheet1": []})
    long = [[SheetCell(f"{row} {column}" * 40) for column in range(10)] for row in range(1_500)]
    people = [Sheet("models", "Models", [[SheetCell(one) for one in HEADER], *long]), Sheet("lists", "Lists", long)]
    lab.stack.faults.plan(cut_before(), url="batchUpdate", skip=2, times=10_000)
    book = lab.workbook(spreadsheet)
    at = book.read().revision
    tried(lambda: book.adopt(own=[], people=people, models_tab=None, marks=[], names={}, expected=at))
    lab.stack.faults.clear()
    lab.person(spreadsheet).set("Models", "A2", "work of a month")
    tried(lambda: initialised(lab, spreadsheet))
    assert "work of a month" in texts(lab, spreadsheet)


# Row edits


@pytest.mark.parametrize("skip", [6, 7])
def test_a_run_that_ends_after_the_cells_were_written_is_right_when_run_again(tmp_path: Path, skip: int) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})

    def last_reply_lost(call: Any, inner: Any) -> Answer:
        inner(call)
        lab.stack.faults.plan(cut_before(), url="googleapis", times=10_000)
        return cut_before()(call, inner)

    if skip == 6:
        lab.stack.faults.plan(last_reply_lost, url="ByDataFilter")
    else:
        lab.stack.faults.plan(cut_before(), url="googleapis", skip=skip, times=10_000)
    promote(desk(lab, spreadsheet, tmp_path), WISH)
    lab.stack.faults.clear()
    again = desk(lab, spreadsheet, tmp_path)
    with again.outbox.held(1):
        applied = apply_all(again.outbox, again.workbook, again.terms)
    assert not [edit.reason for edit in applied.unfit]
    assert lab.google.cells(spreadsheet, "Models")[3][8] == TODAY


def test_a_new_column_at_the_end_of_the_grid_never_takes_anothers_place(tmp_path: Path) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [row[:7] for row in rows()]})
    narrow(lab, spreadsheet)
    ana = lab.person(spreadsheet)

    def meddle() -> None:
        ana.request("appendDimension", {"sheetId": 0, "dimension": "COLUMNS", "length": 1})
        ana.set("Models", "H1", "Notes")

    lab.google.before_call(":batchUpdate", meddle)
    promote(desk(lab, spreadsheet, tmp_path), WISH)
    assert "Notes" in lab.google.cells(spreadsheet, "Models")[0]


def test_a_row_below_a_full_grid_meets_a_moved_column(tmp_path: Path) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})
    narrow(lab, spreadsheet)
    lab.google.before_call(":batchUpdate", lambda: lab.person(spreadsheet).insert_columns("Models", 2))
    record(desk(lab, spreadsheet, tmp_path), Recording("New", "1.0", TO_RECORD))
    assert sum(row[:1] == ["New"] for row in lab.google.cells(spreadsheet, "Models")) == 1


def test_a_neighbours_formula_is_put_back_as_a_formula(tmp_path: Path) -> None:
    lab = google_lab()
    cells = rows()
    cells[4][5] = Formula('="Test"&"ing"', "Testing")
    spreadsheet = lab.made({"Models": cells})
    lab.google.before_call("ByDataFilter", lambda: lab.person(spreadsheet).sort("Models", "B", descending=True))
    promote(desk(lab, spreadsheet, tmp_path), WISH)
    held = [row[5].entered for row in tab(lab, spreadsheet).rows]
    assert {"formulaValue": '="Test"&"ing"'} in held


def test_a_neighbours_chip_is_put_back(tmp_path: Path) -> None:
    lab = google_lab()
    cells = rows()
    cells[4][7] = Chip("Ana Keller")
    spreadsheet = lab.made({"Models": cells})
    lab.google.before_call("ByDataFilter", lambda: lab.person(spreadsheet).sort("Models", "B", descending=True))
    done = tried(lambda: promote(desk(lab, spreadsheet, tmp_path), WISH))
    assert isinstance(done, RegistrySheetsError) or done.outcome != "written" or "Ana Keller" in texts(lab, spreadsheet)


def test_a_row_that_became_another_versions_is_not_left_in_production(tmp_path: Path) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})
    ana = lab.person(spreadsheet)

    def meddle() -> None:
        for column, text in zip("ABFG", ("Lift failure", "9.0", "Testing", "x@example.com"), strict=True):
            ana.set("Models", f"{column}4", text)

    lab.google.before_call("ByDataFilter", meddle)
    done = tried(lambda: promote(desk(lab, spreadsheet, tmp_path), WISH))
    line = lab.google.cells(spreadsheet, "Models")[3]
    assert line[:2] == ["Lift failure", "9.0"]
    assert line[5] == "Testing"
    assert isinstance(done, RegistrySheetsError) or done.outcome != "written"


def test_a_sort_and_an_edit_of_the_neighbour_leave_it_as_it_was(tmp_path: Path) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})
    ana = lab.person(spreadsheet)

    def meddle() -> None:
        ana.sort("Models", "B", descending=True)
        ana.set("Models", "G4", "zoe@example.com")

    lab.google.before_call("ByDataFilter", meddle)
    tried(lambda: promote(desk(lab, spreadsheet, tmp_path), WISH))
    lines = lab.google.cells(spreadsheet, "Models")
    assert not [line[:2] for line in lines if line[0] != "Door failure" and "Production" in line]


def test_a_cell_that_an_array_formula_fills_is_not_written(tmp_path: Path) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})
    sheet = tab(lab, spreadsheet)
    for at in range(1, 6):
        line = list(sheet.rows[at])
        said = {"formulaValue": "=ARRAYFORMULA(LOOKUP(A2:A6,X:X,Y:Y))"} if at == 1 else None
        line[6] = replace(line[6], entered=said)
        sheet.rows[at] = tuple(line)
    wish = Recording("Door failure", "1.0", {"owner": "zed@example.com"}, update=True)
    tried(lambda: record(desk(lab, spreadsheet, tmp_path), wish))
    spilled: Cell = tab(lab, spreadsheet).rows[3][6]
    assert spilled.entered is None, "the whole column shows #REF! now"


def test_nothing_was_written_is_said_only_where_it_is_so(tmp_path: Path) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [row[:7] for row in rows()]})
    range_ = {"sheetId": 0, "startColumnIndex": 5, "endColumnIndex": 6}
    protected = {"range": range_, "editors": {"users": ["ana@example.com"]}}
    lab.person(spreadsheet).request("addProtectedRange", {"protectedRange": protected})
    before = lab.google.cells(spreadsheet, "Models")
    done = promote(desk(lab, spreadsheet, tmp_path), WISH)
    assert "nothing was written" in " ".join(done.notices)
    assert lab.google.cells(spreadsheet, "Models") == before


# Tabs


def test_an_own_tab_under_the_title_of_the_config_is_never_read_as_rows(tmp_path: Path) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})
    terms = Terms("models", tab="Models")
    passed(lab, spreadsheet, tmp_path, terms)
    lab.person(spreadsheet).rename_tab("Models", "Our models")
    lab.person(spreadsheet).rename_tab("Findings", "Models")
    seen = tried(lambda: passed(lab, spreadsheet, tmp_path, terms))
    assert isinstance(seen, RegistrySheetsError) or seen.grid.title == "Our models"


def test_a_renamed_tab_is_nothing_that_somebody_typed_into_findings(tmp_path: Path) -> None:
    lab = google_lab()
    cells = rows()
    cells[1][3] = "data from last year"
    spreadsheet = lab.made({"Models": cells})
    passed(lab, spreadsheet, tmp_path)
    lab.person(spreadsheet).rename_tab("Models", "Our models")
    assert not [told for told in passed(lab, spreadsheet, tmp_path).notices if "typed" in told]


def test_init_locks_nobody_out_of_a_tab_of_theirs() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows(), "Minutes": [["What we decided"]]})
    where = {"sheetId": tab(lab, spreadsheet, "Minutes").id}
    copied = {"metadataKey": TAB_KEY, "metadataValue": "findings", "location": where, "visibility": "DOCUMENT"}
    lab.person(spreadsheet).request("createDeveloperMetadata", {"developerMetadata": copied})
    lab.person(spreadsheet).share("bob@example.com")
    initialised(lab, spreadsheet)
    try:
        lab.google.person(spreadsheet, "bob@example.com").set("Minutes", "A2", "more")
    except NotAllowed:
        pytest.fail("init protected a tab of people's")


def test_a_name_of_ours_that_was_moved_is_put_right(tmp_path: Path) -> None:
    lab = google_lab()
    cells = rows()
    cells[1][3] = "data from last year"
    spreadsheet = lab.made({"Models": cells})
    passed(lab, spreadsheet, tmp_path)
    name = "_registry_sheets_keys_data_source"
    number = lab.workbook(spreadsheet).read().named[name]
    away = {"sheetId": 0, "startRowIndex": 0, "endRowIndex": 1, "startColumnIndex": 0, "endColumnIndex": 1}
    moved = {"namedRange": {"namedRangeId": number, "name": name, "range": away}, "fields": "range"}
    lab.person(spreadsheet).request("updateNamedRange", moved)
    lab.forget()
    passed(lab, spreadsheet, tmp_path)
    assert "batchUpdate" in lab.requests(), "marks look at the wrong cells for good"


# Answers of a strange form

STRANGE: dict[str, Any] = {
    "no tabs": {},
    "sheets null": {"sheets": None},
    "a sheet null": {"sheets": [None]},
    "rows null": {"sheets": [{"properties": {"title": "Models"}, "data": [{"rowData": [None]}]}]},
    "cells null": {"sheets": [{"properties": {"title": "Models"}, "data": [{"rowData": [{"values": None}]}]}]},
    "metadata null": {"sheets": [], "developerMetadata": None},
    "a name without its id": {"sheets": [], "namedRanges": [{"name": "x"}]},
}


@pytest.mark.parametrize("strange", STRANGE)
def test_a_read_of_a_strange_form_is_not_checked(tmp_path: Path, strange: str) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})
    told = Answer(200, json.dumps(STRANGE[strange]).encode(), {"Content-Type": "application/json"})
    lab.stack.faults.plan(answered(told), verb="GET", url="sheets.googleapis", times=1_000)
    with pytest.raises(NotChecked):
        passed(lab, spreadsheet, tmp_path)


def test_a_write_whose_answer_tells_nothing_is_not_taken_for_written(tmp_path: Path) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})
    told = Answer(200, b'{"updatedSpreadsheet": null}', {"Content-Type": "application/json"})
    lab.stack.faults.plan(answered(told), url="batchUpdate", times=1_000)
    with pytest.raises(NotChecked):
        passed(lab, spreadsheet, tmp_path)
