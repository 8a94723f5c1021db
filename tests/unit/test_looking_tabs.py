"""Which tab is the list of models, and which the lists, where people gave tabs other titles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.errors import NoModelsTab
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.looking import Terms, lists_of, look, models_of
from registry_sheets.operations.own_tabs import OwnTabs
from registry_sheets.operations.sync import Outputs, run_pass
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import Lists
from registry_sheets.workbooks.google.marked import TAB_KEY, created
from tests.support.google.lab import GoogleLab, google_lab
from tests.support.google.people import Person, tab_of

TODAY = date(2026, 7, 1)
ROWS: list[list[Any]] = [
    ["Name", "Version", "Training date", "Data source", "Location", "Stage"],
    ["Churn", "1.0", date(2026, 3, 4), "data from last year", "Basel", "Testing"],
]
NAMED = Terms("models", tab="Models")


class NoShelf:
    """No workbook of findings."""

    def findings(self) -> Grid | None:
        return None

    def write(self, sheets: Sequence[Sheet]) -> Path | None:
        raise AssertionError(sheets)


def passed(lab: GoogleLab, spreadsheet: str, folder: Path) -> Any:
    outputs = Outputs("in place", NoShelf(), OwnTabs(folder), history=MemoryHistory())
    return run_pass(lab.workbook(spreadsheet), Terms("models"), TODAY, outputs)


def registry(folder: Path, title: str = "Models", marked: bool = False) -> tuple[GoogleLab, str, Person]:
    """A spreadsheet whose findings were written once."""
    lab = google_lab()
    spreadsheet = lab.made({title: ROWS})
    passed(lab, spreadsheet, folder)
    people = lab.person(spreadsheet)
    if marked:
        number = tab_of(lab.google.world.files[spreadsheet].book, title).id
        people.request(
            "createDeveloperMetadata", created(TAB_KEY, "models", {"sheetId": number})["createDeveloperMetadata"]
        )
    return lab, spreadsheet, people


def test_the_marked_tab_is_meant_where_the_configs_title_is_gone(tmp_path: Path) -> None:
    lab, spreadsheet, people = registry(tmp_path, marked=True)
    people.rename_tab("Models", "Our models")
    assert models_of(lab.workbook(spreadsheet).read(), NAMED)[0].title == "Our models"
    people.rename_tab("Findings", "Models")
    assert models_of(lab.workbook(spreadsheet).read(), NAMED)[0].title == "Our models"


def test_without_a_mark_the_configs_title_must_be_a_tab_of_peoples(tmp_path: Path) -> None:
    lab, spreadsheet, people = registry(tmp_path)
    people.rename_tab("Models", "Our models")
    people.rename_tab("Findings", "Models")
    with pytest.raises(NoModelsTab, match="no tab 'Models'") as caught:
        look(lab.workbook(spreadsheet), NAMED, TODAY)
    assert "Our models" in caught.value.fix


def test_the_configs_title_goes_before_the_mark(tmp_path: Path) -> None:
    lab, spreadsheet, people = registry(tmp_path, marked=True)
    people.rename_tab("Models", "Old")
    people.add_tab("Models")
    for at, heading in enumerate(ROWS[0]):
        people.set("Models", f"{'ABCDEF'[at]}1", heading)
    assert models_of(lab.workbook(spreadsheet).read(), NAMED)[0].title == "Models"


def test_a_tab_of_ours_is_never_the_lists(tmp_path: Path) -> None:
    lab, spreadsheet, people = registry(tmp_path)
    people.rename_tab("Changes", "Lists")
    snapshot = lab.workbook(spreadsheet).read()
    assert lists_of(snapshot, Terms("models")) == Lists()
    with pytest.raises(NoModelsTab, match="no tab 'Lists' for the lists"):
        lists_of(snapshot, Terms("models", lists_tab="Lists"))


def test_what_somebody_typed_is_told_whatever_the_tabs_are_called(tmp_path: Path) -> None:
    lab, spreadsheet, people = registry(tmp_path)
    people.rename_tab("Models", "It's ours")
    people.set("Findings", "A9", "my own note")
    told = [one for one in passed(lab, spreadsheet, tmp_path).notices if "typed" in one]
    assert told == ["Somebody typed 'my own note' into Findings!A9."]
