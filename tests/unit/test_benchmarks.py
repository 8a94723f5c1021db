"""The benchmark's own parts: what it makes is a registry, and what it measures is what ran."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from registry_sheets.config import load
from registry_sheets.history.sqlite import SqliteHistory
from registry_sheets.operations.looking import look
from registry_sheets.operations.recalling import recall
from registry_sheets.registry.checking import check
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.table import Lists
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.wiring import open_workbook, state_of, terms
from registry_sheets.wiring.history import HISTORY_NAME
from tests.benchmarks import bench, made, nights, years
from tests.benchmarks.__main__ import main
from tests.benchmarks.bench import Line
from tests.benchmarks.nightly import Watch
from tests.benchmarks.processes import Cost, Failed, Pairs, in_turn, run

ROWS = 1_000


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("made") / "models.xlsx"
    made.write(ROWS, path)
    return path


def test_the_made_workbook_is_a_registry_with_one_fault_in_67_rows(workbook: Path) -> None:
    from python_calamine import CalamineWorkbook

    cells = CalamineWorkbook.from_path(str(workbook)).get_sheet_by_name("Models").to_python(skip_empty_area=False)
    settings, grid = TableSettings(), Grid("Models", cells)
    table = parse_models(grid, find_header(grid, settings), settings)
    found = check(Registry("made", table, Lists(), made.TODAY, settings.vocabulary()), {}).findings
    assert len(table) == ROWS
    assert {finding.rule for finding in found} == {"not-a-date"}
    assert len(found) == 15


def test_other_readers_see_the_same_workbook(workbook: Path) -> None:
    import openpyxl

    sheet = openpyxl.load_workbook(workbook)["Models"]
    assert sheet.dimensions == f"A1:J{ROWS + 1}"
    assert [cell.value for cell in sheet[1]] == list(made.HEADERS)
    assert sheet["C3"].value.date() < date(2026, 7, 1)
    assert sheet["B3"].value == "1.1"


def test_a_process_is_measured_with_what_it_said(tmp_path: Path) -> None:
    code = "import json; x = bytearray(80_000_000); sum(range(3_000_000)); print(json.dumps({'cpu': 7}))"
    cost = run([sys.executable, "-c", code], tmp_path, listen=True)
    assert cost.said == {"cpu": 7}
    assert 0 < cost.cpu < cost.wall + 1
    assert cost.peak > 75


def test_a_process_that_fails_is_not_a_measurement(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="exit 3: gone wrong"):
        run([sys.executable, "-c", "import sys; print('gone wrong', file=sys.stderr); sys.exit(3)"], tmp_path)


def test_pairs_are_measured_in_turn_after_a_run_that_does_not_count() -> None:
    order: list[str] = []

    def cost(name: str, wall: float) -> Cost:
        order.append(name)
        return Cost(wall, wall, 1)

    pairs = in_turn(lambda: cost("A", 6), lambda: cost("B", 2), 2)
    assert order == ["A", "A", "B", "A", "B"]
    assert pairs.ratio(lambda one: one.wall) == 3


def test_the_ratio_is_that_of_the_middle_pair() -> None:
    ours = tuple(Cost(wall, 0, 0) for wall in (10, 2, 3))
    theirs = tuple(Cost(wall, 0, 0) for wall in (1, 1, 1))
    assert Pairs(ours, theirs).ratio(lambda one: one.wall) == 3


@pytest.mark.parametrize(("ratio", "at_least", "met"), [(2.9, False, True), (3.1, False, False), (3.1, True, True)])
def test_a_goal_is_met_from_its_own_side(ratio: float, at_least: bool, met: bool) -> None:
    assert Line("x", "", "", ratio, 3.0, at_least).met is met


def test_an_unknown_group_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["speed"])
    assert stopped.value.code == 2
    assert "there are check, start, write-back, cell, history, growth" in capsys.readouterr().err


def test_the_made_history_ends_with_the_workbook_as_it_is(workbook: Path, tmp_path: Path) -> None:
    folder, nights = tmp_path / "years", 20
    years.write(workbook, nights, folder)
    (registry,) = load(None, folder / "registry.xlsx").registries
    seen = look(open_workbook(registry), terms(registry), made.TODAY)
    with SqliteHistory(state_of(registry) / HISTORY_NAME, read_only=True) as history:
        known = recall(history, seen.registry.models, made.TODAY)
        passes = history.passes()
    assert not known.comparison.ended
    assert not known.comparison.begun()
    assert [one.day for one in passes] == [made.TODAY - timedelta(days=ago) for ago in range(nights, 0, -1)]
    assert len(known.changes()) == (nights - 1) * years.CELLS_A_NIGHT


def test_a_watch_counts_a_step_within_another_once_and_tells_what_was_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Steps:
        def outer(self) -> float:
            clock.append(2.0)
            return self.inner()

        def inner(self) -> float:
            clock.append(5.0)
            return 7.0

        def unused(self) -> None: ...

    clock = [1.0]
    monkeypatch.setattr("time.process_time", lambda: clock[-1])
    watch = Watch()
    for name in ("outer", "inner", "unused"):
        watch.put_on(Steps, name)
    assert Steps().outer() == 7
    assert watch.seconds == 4
    assert watch.idle == {"unused"}


@pytest.mark.slow
def test_the_history_group_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    assert main(["history", "--quick"]) == 0
    size, step, asked = capsys.readouterr().out.splitlines()[-3:]
    assert "history of 60 days of nightly passes over 500 rows, 5 changes a night, file size | 0." in size
    assert "history step of a pass over these, 5 changes, processor time, against that whole pass | 0." in step
    assert "live --on a day 30 days back, over the 60 days, wall time, against check without a history | 0." in asked


@pytest.mark.slow
def test_the_groups_of_nights_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    monkeypatch.setattr(nights, "FOLDER", tmp_path)
    assert main(["report", "mails", "many", "soak", "--quick"]) == 0
    said = capsys.readouterr().out
    assert "report page for 50 rows" in said
    assert "20 weekly mails rendered" in said
    assert "pass over 3 registries of 20 rows" in said
    assert "60 passes in one process" in said
