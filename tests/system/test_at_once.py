"""Several runs and a person on one workbook at the same time: real processes, a real file."""

from __future__ import annotations

import multiprocessing
import os
import random
import time
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.errors import WorkbookChanged, WorkbookOpen
from registry_sheets.registry.sheets import Sheet, SheetCell, TabKind
from registry_sheets.workbooks.excel.snapshot import read_snapshot
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

KINDS: tuple[TabKind, ...] = ("findings", "live", "changes")
SAVES = 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    book = openpyxl.Workbook()
    book.active.title = "Models"  # type: ignore[union-attr]
    book["Models"]["A1"] = 0
    book.save(folder / "models.xlsx")
    return folder / "models.xlsx"


def sheet(kind: TabKind, text: str) -> Sheet:
    return Sheet(kind, kind.title(), [[SheetCell(text)]])


def run(path: Path, kind: TabKind, text: str) -> int:
    """Write one own tab; start over where somebody else was quicker. Gives how often it started over."""
    workbook = ExcelWorkbook(path, path.parent.parent / f"state of {kind}")
    again = 0
    while True:
        try:
            workbook.replace_own_tabs([sheet(kind, text)], workbook.read().revision)
            return again
        except (WorkbookChanged, WorkbookOpen):
            again += 1


def keep_running(path: Path, kind: TabKind, stop: Path) -> int:
    number = 0
    while not stop.exists():
        run(path, kind, f"text {number}")
        number += 1
    run(path, kind, "last")
    return number


def wait_for_runs(path: Path) -> None:
    until = time.monotonic() + 60
    while len(read_snapshot(path).own_tabs) < 2:
        assert time.monotonic() < until
        time.sleep(0.05)


def test_runs_at_once_all_end_up_in_the_workbook(path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.starmap(run, [(path, kind, kind) for kind in KINDS])
    found = read_snapshot(path)
    assert {kind: found.grid(title).rows for kind, title in found.own_tabs.items()} == {k: [[k]] for k in KINDS}
    assert [entry.name for entry in path.parent.iterdir()] == ["models.xlsx"]


def test_what_a_person_saves_meanwhile_is_never_undone(path: Path, tmp_path: Path) -> None:
    """The person counts up in A1; a run that wrote from an older copy would set it back."""
    stop = tmp_path / "stop"
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        runs = [pool.apply_async(keep_running, (path, kind, stop)) for kind in KINDS[:2]]
        wait_for_runs(path)
        chance = random.Random(7)
        for number in range(1, SAVES + 1):
            time.sleep(chance.uniform(0, 0.1))
            book = openpyxl.load_workbook(path)
            book["Models"]["A1"] = number
            book.save(path.with_name("person.tmp"))
            os.replace(path.with_name("person.tmp"), path)  # noqa: PTH105  as an office program saves
        stop.touch()
        written = [each.get(60) for each in runs]
    found = read_snapshot(path)
    assert found.grid("Models").rows == [[SAVES]]
    assert all(found.grid(found.own_tabs[kind]).rows == [["last"]] for kind in KINDS[:2])
    assert sum(written) > 2
    assert [entry.name for entry in path.parent.iterdir()] == ["models.xlsx"]
