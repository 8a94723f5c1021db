"""One pass over a registry in memory: what it writes, what it leaves alone, and what it says."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

from registry_sheets.errors import CannotSave, NoModelsTab, WorkbookChanged, WorkbookOpen
from registry_sheets.operations.looking import Terms, look
from registry_sheets.operations.own_tabs import OwnTabs
from registry_sheets.operations.sync import TRIES, Outputs, run_pass
from registry_sheets.operations.writing_back import WriteBack
from registry_sheets.registry.checking import RuleSetting
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import ModelTable
from registry_sheets.workbooks.base import Revision, Written
from registry_sheets.workbooks.memory import MemoryWorkbook

TODAY = date(2026, 7, 1)
HEADERS: list[Cell] = ["Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Run link"]
GOOD: list[Cell] = ["Churn", "1.0", date(2026, 3, 4), "CRM export 2026-02-28", "Plant A", "Production", "Ana", ""]
BAD: list[Cell] = ["Churn", "2.0", date(2026, 4, 4), "CRM export 2026-03-31", "Plant B", "Production", "", ""]


class Shelf:
    """The workbook of findings beside, in memory. ``fails``: it cannot be written."""

    def __init__(self, fails: bool = False) -> None:
        self.sheets: Sequence[Sheet] = ()
        self.fails = fails

    def findings(self) -> Grid | None:
        return None

    def write(self, sheets: Sequence[Sheet]) -> Path | None:
        if self.fails:
            raise CannotSave("The disk is full.", "Free some space.")
        self.sheets = sheets
        return Path("models findings.xlsx")


class Busy(MemoryWorkbook):
    """Somebody saves it between the first ``saves`` reads and writes."""

    def __init__(self, saves: int) -> None:
        super().__init__([Grid("Models", [HEADERS, GOOD, BAD])])
        self.saves = saves

    def replace_own_tabs(self, sheets: Sequence[Sheet], expected: Revision) -> Written:
        if self.saves:
            self.saves -= 1
            self.put(Grid("Models", [HEADERS, GOOD, [*BAD[:6], f"Owner {self.saves}", ""]]))
        return super().replace_own_tabs(sheets, expected)


class Open(MemoryWorkbook):
    """Somebody has it open."""

    def replace_own_tabs(self, sheets: Sequence[Sheet], expected: Revision) -> Written:
        raise WorkbookOpen("Ana has it open.", "Close it.")


def registry(*rows: list[Cell]) -> MemoryWorkbook:
    """A workbook whose Models tab holds these rows."""
    return MemoryWorkbook([Grid("Models", [HEADERS, *rows])])


def outputs(tmp_path: Path, write_back: WriteBack = "in place", shelf: Shelf | None = None) -> Outputs:
    """Where a pass of these tests writes."""
    return Outputs(write_back, shelf or Shelf(), OwnTabs(tmp_path / "state"), tmp_path / "out")


def test_a_save_in_between_makes_the_pass_start_over(tmp_path: Path) -> None:
    workbook = Busy(saves=TRIES - 1)
    seen = run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path))
    assert not any(finding.field == "owner" for finding in seen.result.findings), "it judged what was saved last"
    assert set(workbook.read().own_tabs) == {"findings", "live"}


def test_a_save_during_each_try_is_given_up_with_nothing_written(tmp_path: Path) -> None:
    workbook = Busy(saves=TRIES)
    with pytest.raises(WorkbookChanged, match="each of 3 passes"):
        run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path))
    assert not workbook.read().own_tabs
    assert not (tmp_path / "out").exists()


def test_the_second_pass_finds_nothing_to_write_also_on_a_later_day(tmp_path: Path) -> None:
    workbook = registry(GOOD, BAD)
    run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path))
    before = workbook.read().revision
    seen = run_pass(workbook, Terms("r"), TODAY + timedelta(days=1), outputs(tmp_path))
    assert workbook.read().revision == before
    assert seen.notices == ("memory is up to date; nothing was written.",)


def test_an_open_workbook_gets_its_findings_beside_without_formulas(tmp_path: Path) -> None:
    shelf = Shelf()
    seen = run_pass(Open([Grid("Models", [HEADERS, BAD])]), Terms("r"), TODAY, outputs(tmp_path, shelf=shelf))
    assert seen.notices[0].startswith("Ana has it open.")
    assert [sheet.kind for sheet in shelf.sheets] == ["findings", "live"]
    assert all(cell.formula is None for sheet in shelf.sheets for row in sheet.rows for cell in row)
    assert seen.complete


def test_obstacles_are_said_and_the_workbook_is_left_alone(tmp_path: Path) -> None:
    workbook = MemoryWorkbook([Grid("Models", [HEADERS, BAD])], obstacles=["It is digitally signed."])
    seen = run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path))
    assert "It is digitally signed." in seen.notices
    assert not workbook.read().own_tabs
    assert seen.waiting == "", "it stays so until somebody changes the workbook"


def test_obstacles_that_somebody_can_lift_are_waited_for(tmp_path: Path) -> None:
    class Shared(MemoryWorkbook):
        @property
        def obstacles_may_pass(self) -> bool:
            return True

    shelf, grids = Shelf(), [Grid("Models", [HEADERS, BAD])]
    seen = run_pass(Shared(grids, obstacles=["Share it.", "x"]), Terms("r"), TODAY, outputs(tmp_path, shelf=shelf))
    assert (seen.waiting, seen.notices[:2]) == ("Share it.", ("Share it.", "x"))
    assert shelf.sheets
    for how in ("off", "beside"):
        workbook = Shared(grids, obstacles=["Share it."])
        assert run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path, how)).waiting == ""
    assert run_pass(Shared(grids), Terms("r"), TODAY, outputs(tmp_path)).waiting == ""


def test_what_cannot_be_written_beside_undoes_nothing(tmp_path: Path) -> None:
    seen = run_pass(registry(BAD), Terms("r"), TODAY, outputs(tmp_path, "beside", Shelf(fails=True)))
    assert "The disk is full." in seen.notices[0]
    assert json.loads((tmp_path / "out" / "findings.json").read_text())["findings"], "it is published all the same"


def test_an_output_folder_that_cannot_be_made_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    seen = run_pass(registry(BAD), Terms("r"), TODAY, outputs(tmp_path, "off"))
    assert any("findings.csv could not be written" in notice for notice in seen.notices)


def test_only_what_people_typed_into_own_tabs_is_named(tmp_path: Path) -> None:
    workbook = registry(GOOD, BAD)
    run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path))
    live = workbook.read().grid("Live")
    workbook.put(Grid("Live", [*live.rows, ["ask Bob", *[""] * (len(live.rows[0]) - 1)]]))
    seen = run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path))
    assert seen.notices[0] == f"Somebody typed 'ask Bob' into Live!A{len(live.rows) + 1}."
    assert run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path)).notices[0].startswith("memory is up to date")


@pytest.mark.parametrize("kept", [b"{", b"[]", b'{"live": []}', b'{"live": {"texts": 3}}'])
def test_what_cannot_be_remembered_of_own_tabs_hinders_nothing(tmp_path: Path, kept: bytes) -> None:
    workbook = registry(GOOD, BAD)
    run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path))
    (memory,) = tmp_path.rglob("own-tabs.json")
    memory.write_bytes(kept)
    workbook.put(Grid("Live", [*workbook.read().grid("Live").rows, ["ask Bob"]]))
    assert not any("typed" in notice for notice in run_pass(workbook, Terms("r"), TODAY, outputs(tmp_path)).notices)


@dataclass(frozen=True)
class Answered:
    """Some links are well, of others nothing is known."""

    links: Mapping[str, str] = field(default_factory=lambda: {"https://a.example/1": ""})
    not_asked: Mapping[str, str] = field(
        default_factory=lambda: {"https://b.example/2": "it did not answer within 5 seconds"}
    )


def test_a_link_that_could_not_be_asked_makes_the_look_incomplete() -> None:
    asked: list[ModelTable] = []

    def prober(table: ModelTable, _terms: Terms) -> Answered:
        asked.append(table)
        return Answered()

    on = Terms("r", rules={"broken-link": RuleSetting()})
    assert look(registry(GOOD), Terms("r"), TODAY, prober).complete
    assert not asked, "nothing is asked unless the rule is on"
    seen = look(registry(GOOD), on, TODAY, prober)
    assert not seen.complete
    assert seen.notices == ("Not checked: https://b.example/2: it did not answer within 5 seconds.",)


def test_the_tab_is_the_config_s_then_the_likeliest() -> None:
    other = Grid("Old", [HEADERS, GOOD, GOOD])
    people = Grid("People", [["Name", "Phone"], ["Ana", "1"]])
    workbook = MemoryWorkbook([people, Grid("Models", [HEADERS, GOOD])])
    assert look(workbook, Terms("r"), TODAY).registry.models.tab == "Models"
    both = MemoryWorkbook([other, Grid("Models", [HEADERS, GOOD])])
    assert look(both, Terms("r", tab="old"), TODAY).registry.models.tab == "Old"
    assert look(both, Terms("r"), TODAY).registry.models.tab == "Models", "its name settles it"
    with pytest.raises(NoModelsTab, match="both look like"):
        look(MemoryWorkbook([other, Grid("New", [HEADERS, GOOD])]), Terms("r"), TODAY)
    with pytest.raises(NoModelsTab, match="no tab 'Nix'"):
        look(both, Terms("r", tab="Nix"), TODAY)
    with pytest.raises(NoModelsTab, match="No tab looks like"):
        look(MemoryWorkbook([people, Grid("More", [["x"]])]), Terms("r"), TODAY)
