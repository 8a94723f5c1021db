"""Editing rows of a spreadsheet while somebody else edits it: at every step, and never a neighbour's row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.edit import Done, promote, record
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.settling import Desk
from registry_sheets.registry.edits.choosing import Promotion
from registry_sheets.registry.edits.recording import Recording
from registry_sheets.state.outbox import Outbox
from tests.support.google.failures import quota, unavailable
from tests.support.google.faults import answered, cut_before, reply_lost
from tests.support.google.lab import GoogleLab, google_lab
from tests.support.google.people import Person

HEADER = ["Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Why"]
TODAY = date(2026, 7, 1)
STEPS = range(1, 9)
"""A promotion takes so many calls at most; an edit is made before each of them in turn."""

Edit = Callable[[Person], object]
EDITS: dict[str, Edit] = {
    "rows inserted above": lambda ana: ana.insert_rows("Models", 2, 2),
    "a row deleted above": lambda ana: ana.delete_rows("Models", 2),
    "the row deleted": lambda ana: ana.delete_rows("Models", 4),
    "sorted": lambda ana: ana.sort("Models", "A", descending=True),
    "sorted by version": lambda ana: ana.sort("Models", "B", descending=True),
    "a column inserted": lambda ana: ana.insert_columns("Models", 2),
    "a column inserted beside": lambda ana: ana.insert_columns("Models", "F"),
    "a column deleted": lambda ana: ana.delete_columns("Models", "D"),
    "rows moved": lambda ana: ana.move_rows("Models", 2, 2, 6),
    "another cell of the row": lambda ana: ana.set("Models", "H4", "being edited"),
    "the same cell": lambda ana: ana.set("Models", "F4", "Archived"),
    "the version": lambda ana: ana.set("Models", "B4", "3.0"),
    "the tab renamed": lambda ana: ana.rename_tab("Models", "Our models"),
    "a tab added": lambda ana: ana.add_tab("Notes"),
}


def rows() -> list[list[Any]]:
    return [
        HEADER,
        ["AC failure", "3.9", date(2025, 12, 1), "CRM 2025", "Zurich", "Testing", "ana@example.com", ""],
        ["AC failure", "3.10", date(2026, 3, 1), "CRM 2026", "Zurich", "Archived", "ana@example.com", ""],
        ["Door failure", "1.0", date(2026, 1, 5), "CRM 2026", "Basel", "Testing", "ben@example.com", ""],
        ["No-shows", "2.0", date(2026, 2, 5), "PMS 2026", "Basel", "Testing", "ben@example.com", ""],
        ["No-shows", "1.0", date(2025, 2, 5), "PMS 2025", "Basel", "Testing", "ben@example.com", ""],
    ]


def desk(lab: GoogleLab, spreadsheet: str, folder: Path) -> Desk:
    outbox = Outbox(folder / "models")
    return Desk(lab.workbook(spreadsheet), Terms("models"), outbox, TODAY, "ana@laptop", wait=0.0)


def versions(lab: GoogleLab, spreadsheet: str) -> dict[tuple[str, str], dict[str, Any]]:
    """Every version that is there, by name and version: its cells by heading, blank ones left out."""
    titles = lab.workbook(spreadsheet).read().titles
    cells = lab.google.cells(spreadsheet, next(title for title in ("Models", "Our models") if title in titles))
    lines = [{head: cell for head, cell in zip(cells[0], line, strict=False) if cell != ""} for line in cells[1:]]
    return {(str(line.get("Name", "")), str(line.get("Version", ""))): line for line in lines if line}


def watched(lab: GoogleLab, spreadsheet: str) -> list[str]:
    """Before each of the next calls: the versions of other models that are in Production; none was."""
    seen: list[str] = []

    def look() -> None:
        cells = lab.google.cells(spreadsheet, lab.google.world.files[spreadsheet].book.sheets[0].title)
        seen.extend(str(line[0]) for line in cells if "Production" in line and "Door failure" not in line)

    for call in range(1, 20):
        lab.google.before_call(call, look)
    return seen


def tried(action: Callable[[], Done]) -> tuple[str, str]:
    """What a command came to, and what it said."""
    try:
        done = action()
    except RegistrySheetsError as error:
        return "refused", str(error)
    return done.outcome, " ".join(done.notices)


@dataclass
class RowLab(GoogleLab):
    """``stays``: a row's metadata stays where it is when rows are sorted; what Google does is not documented."""

    stays: bool = True


@pytest.fixture(params=[True, False], ids=["metadata stays", "metadata is sorted along"])
def lab(request: pytest.FixtureRequest) -> RowLab:
    made = google_lab(sort_moves_metadata=not request.param)
    return RowLab(made.google, made.stack, made.api, made.clock, request.param)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("edit", EDITS)
def test_a_promotion_meets_an_edit(lab: RowLab, tmp_path: Path, edit: str, step: int) -> None:
    spreadsheet = lab.made({"Models": rows()})
    before = versions(lab, spreadsheet)
    lab.google.before_call(step, lambda: EDITS[edit](lab.person(spreadsheet)))
    seen = watched(lab, spreadsheet)
    wish = Promotion("Door failure", "1.0", why="tried in Basel")
    outcome, told = tried(lambda: promote(desk(lab, spreadsheet, tmp_path), wish))
    after = versions(lab, spreadsheet)
    for key, cells in after.items():
        if key[0] != "Door failure":
            assert cells.items() <= before[key].items(), "a neighbour's row was written"
    if not (edit.startswith("sorted") and lab.stays):
        assert not any(seen), "a neighbour's row was written, if only until it was put back"
    line = after.get(("Door failure", "1.0"), {})
    if outcome == "written" and edit not in (
        "the same cell",
        "the version",
        "the row deleted",
        "another cell of the row",
    ):
        assert (line.get("Stage"), line.get("Why")) == ("Production", "tried in Basel"), told
    elif outcome != "written":
        assert line.get("Stage") != "Production", (outcome, told)
        assert told


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("edit", EDITS)
def test_a_new_row_meets_an_edit(lab: RowLab, tmp_path: Path, edit: str, step: int) -> None:
    spreadsheet = lab.made({"Models": rows()})
    before = versions(lab, spreadsheet)
    lab.google.before_call(step, lambda: EDITS[edit](lab.person(spreadsheet)))
    wish = Recording("Door failure", "2.0", {"training_date": date(2026, 6, 30), "data_source": "CRM June 2026"})
    outcome, told = tried(lambda: record(desk(lab, spreadsheet, tmp_path), wish))
    after = versions(lab, spreadsheet)
    for key, cells in after.items():
        if key[0] != "Door failure":
            assert cells.items() <= before[key].items(), "a neighbour's row was written"
    assert outcome == "written", told
    line = after["Door failure", "2.0"]
    assert edit == "a column deleted" or line["Data source"] == "CRM June 2026"
    assert line["Training date"] == date(2026, 6, 30)


FAULTS: dict[str, Callable[[], Any]] = {
    "the reply is lost": reply_lost,
    "the line is cut before": cut_before,
    "Google is down": lambda: answered(unavailable()),
    "the quota is used up": lambda: answered(quota("Write", retry_after=2)),
}


@pytest.mark.parametrize("skipped", range(8))
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", ["promote", "record"])
def test_a_line_that_breaks(tmp_path: Path, command: str, fault: str, skipped: int) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": rows()})
    lab.stack.faults.plan(FAULTS[fault](), url="googleapis", skip=skipped)
    at = desk(lab, spreadsheet, tmp_path)
    if command == "promote":
        outcome, told = tried(lambda: promote(at, Promotion("Door failure", "1.0", why="tried in Basel")))
    else:
        wish = Recording("Door failure", "2.0", {"training_date": date(2026, 6, 30), "data_source": "CRM June 2026"})
        outcome, told = tried(lambda: record(at, wish))
    assert outcome in ("written", "unchanged"), told
    cells = lab.google.cells(spreadsheet, "Models")
    found = [line[:2] for line in cells if line and line[0] == "Door failure"]
    assert found == [["Door failure", "1.0"]] + ([["Door failure", "2.0"]] if command == "record" else [])
    assert lab.google.cells(spreadsheet, "Models")[3][5] == ("Production" if command == "promote" else "Testing")
    assert not lab.google.world.files[spreadsheet].book.metadata, "an anchor was left"
