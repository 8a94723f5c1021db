"""The benchmark's own parts: what it makes is a registry, and what it measures is what ran."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest

from registry_sheets.registry.checking import check
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.table import Lists
from registry_sheets.registry.table_settings import TableSettings
from tests.benchmarks import made
from tests.benchmarks.__main__ import main
from tests.benchmarks.bench import Line
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
    assert "there are check, start, write-back, cell, growth" in capsys.readouterr().err
