"""A pass over a Google spreadsheet: what it costs, and what becomes of it when others edit or the line breaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.errors import NotChecked, RegistrySheetsError
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.looking import Look, Terms
from registry_sheets.operations.own_tabs import OwnTabs
from registry_sheets.operations.sync import Outputs, run_pass
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.sheets import Sheet
from tests.support.google.failures import quota, unavailable
from tests.support.google.faults import answered, cut_before, garbled, reply_lost, truncated
from tests.support.google.lab import GoogleLab, google_lab
from tests.support.google.people import Person

HEADER = ["Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Why", "Accuracy"]
TODAY = date(2026, 7, 1)
PASS = ("drive.files.get", "get", "batchUpdate", "drive.files.get")


def models(count: int, faulty: int = 3) -> list[list[Any]]:
    """So many versions; every ``faulty``-th has a vague data source."""
    made: list[list[Any]] = [HEADER]
    for at in range(count):
        day = date(2024, 1, 1) + timedelta(days=at % 700)
        data = "data from last year" if at % faulty == 0 else f"CRM export {day}"
        made.append([f"Model {at // 5}", f"{at % 5 + 1}.0", day, data, "Zurich", "Testing", "ana@example.com", "", 0.9])
    return made


class Nowhere:
    """No workbook of findings: nothing is to go there."""

    def findings(self) -> Grid | None:
        return None

    def write(self, sheets: Sequence[Sheet]) -> Path | None:
        raise AssertionError("the findings went beside the spreadsheet")


@dataclass
class Nightly:
    """Passes over one spreadsheet, each in a program of its own; ``folder`` and history stay."""

    lab: GoogleLab
    spreadsheet: str
    folder: Path
    history: MemoryHistory

    def run(self, day: date = TODAY) -> Look:
        self.lab.forget()
        outputs = Outputs("in place", Nowhere(), OwnTabs(self.folder), history=self.history)
        return run_pass(self.lab.workbook(self.spreadsheet), Terms("models"), day, outputs)

    @property
    def person(self) -> Person:
        return self.lab.person(self.spreadsheet)


def nightly(tmp_path: Path, rows: list[list[Any]], **more: Any) -> Nightly:
    lab = google_lab(**more)
    return Nightly(lab, lab.made({"Models": rows}), tmp_path, MemoryHistory())


@pytest.mark.parametrize("count", [50, 50_000])
def test_what_a_pass_costs(tmp_path: Path, count: int) -> None:
    at = nightly(tmp_path, models(count, faulty=count // 10), check_responses=count < 1000)
    assert at.run().left
    assert at.lab.requests() == PASS
    at.lab.forget()
    at.lab.workbook(at.spreadsheet).revision()
    assert at.lab.requests() == PASS[:1]
    at.run()
    assert at.lab.requests() == PASS[:2], "nothing had changed, so nothing is written"


def test_what_a_pass_costs_after_an_edit(tmp_path: Path) -> None:
    at = nightly(tmp_path, models(50))
    at.run()
    at.person.set("Models", "D3", "last year")
    at.run()
    assert at.lab.requests() == PASS


def test_a_look_at_the_version_first_costs_no_more(tmp_path: Path) -> None:
    at = nightly(tmp_path, models(5))
    workbook = at.lab.workbook(at.spreadsheet)
    before = workbook.revision()
    assert workbook.read().revision == before
    assert at.lab.requests() == PASS[:2]


def test_the_revision_after_a_pass_is_known(tmp_path: Path) -> None:
    at = nightly(tmp_path, models(5))
    left = at.run().left
    assert left == at.lab.workbook(at.spreadsheet).revision()


def test_somebody_who_was_last_makes_the_next_look_read(tmp_path: Path) -> None:
    at = nightly(tmp_path, models(5))
    at.lab.google.before_call(4, lambda: at.person.set("Models", "D3", "typed just after the write"))
    left = at.run().left
    assert left is not None
    assert not left.token
    assert at.lab.workbook(at.spreadsheet).revision() != left


EDITS: dict[str, Callable[[Person], object]] = {
    "a cell": lambda ana: ana.set("Models", "D2", "CRM export 2026-06-30"),
    "rows inserted": lambda ana: ana.insert_rows("Models", 2, 2),
    "sorted": lambda ana: ana.sort("Models", "B"),
    "a row deleted": lambda ana: ana.delete_rows("Models", 2),
    "Models renamed": lambda ana: ana.rename_tab("Models", "Our models"),
    "Findings deleted": lambda ana: ana.delete_tab("Findings"),
    "Findings renamed": lambda ana: ana.rename_tab("Findings", "To do"),
    "Findings typed into": lambda ana: ana.set("Findings", "F6", "mine"),
    "Findings sorted": lambda ana: ana.sort("Findings", "F", descending=True, header_rows=4),
    "a tab of our title": lambda ana: ana.add_tab("Changes (registry)"),
}


@pytest.mark.parametrize("step", range(1, 6))
@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_in_the_midst_of_a_pass(tmp_path: Path, edit: str, step: int) -> None:
    at = nightly(tmp_path, models(6))
    at.run()
    at.person.set("Models", "D4", "some data")
    made: list[str] = []

    def meddle() -> None:
        made.append(edit)
        EDITS[edit](at.person)

    at.lab.google.before_call(step, meddle)
    at.run()
    settled = at.run(TODAY + timedelta(days=1))
    assert len(settled.result.findings) == len(findings(at))
    at.run(TODAY + timedelta(days=1))
    assert at.lab.requests() == PASS[:2], "it is settled"
    assert made or step == 5, "a pass makes four calls"


def findings(at: Nightly) -> list[list[Any]]:
    """The lines of the Findings tab, whatever it is called now."""
    title = at.lab.workbook(at.spreadsheet).read().own_tabs["findings"]
    cells = at.lab.google.cells(at.spreadsheet, title)
    head = next(n for n, row in enumerate(cells) if row[:1] == ["Severity"])
    return [row for row in cells[head + 1 :] if row and row[0]]


FAULTS: dict[str, Callable[[], Any]] = {
    "the reply is lost": reply_lost,
    "the line is cut before": cut_before,
    "the reply is cut off": truncated,
    "something else answers": garbled,
    "Google is down": lambda: answered(unavailable()),
    "the quota is used up": lambda: answered(quota("Write", retry_after=2)),
}


@pytest.mark.parametrize("skipped", range(5))
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("known", [False, True], ids=["first pass", "later pass"])
def test_a_line_that_breaks(tmp_path: Path, known: bool, fault: str, skipped: int) -> None:
    at = nightly(tmp_path, models(6))
    if known:
        at.run()
        at.person.set("Models", "D4", "some data")
    at.lab.stack.faults.plan(FAULTS[fault](), url="googleapis", skip=skipped)
    at.run()
    titles = at.lab.workbook(at.spreadsheet).read().titles
    assert titles == ("Models", "Findings", "Live", "Changes")
    at.run()
    assert at.lab.requests() == PASS[:2], "it is settled"


@pytest.mark.parametrize("skipped", range(4))
def test_a_line_that_stays_broken(tmp_path: Path, skipped: int) -> None:
    at = nightly(tmp_path, models(6))
    at.lab.stack.faults.plan(cut_before(), url="googleapis", skip=skipped, times=10_000)
    with pytest.raises(NotChecked):
        at.run()
    at.lab.stack.faults.clear()
    at.run()
    at.run()
    assert at.lab.requests() == PASS[:2]
    assert at.lab.workbook(at.spreadsheet).read().titles == ("Models", "Findings", "Live", "Changes")


def test_what_is_too_large_for_one_request_goes_in_parts(tmp_path: Path) -> None:
    rows = models(1_200, faulty=1)
    at = nightly(tmp_path, rows, check_responses=False)
    at.run()
    writes = [one for one in at.lab.stack.seen if one.method.endswith("batchUpdate")]
    assert len(writes) > 1
    assert all(one.size < 2_100_000 for one in writes)
    at.run()
    assert at.lab.requests() == PASS[:2]


def test_parts_of_which_one_fails_are_mended_by_the_next_pass(tmp_path: Path) -> None:
    at = nightly(tmp_path, models(1_200, faulty=1), check_responses=False)
    at.lab.stack.faults.plan(cut_before(), url="batchUpdate", skip=1, times=10_000)
    with pytest.raises(RegistrySheetsError):
        at.run()
    at.lab.stack.faults.clear()
    at.run()
    at.run()
    assert at.lab.requests() == PASS[:2]
    assert at.lab.workbook(at.spreadsheet).read().titles == ("Models", "Findings", "Live", "Changes")
