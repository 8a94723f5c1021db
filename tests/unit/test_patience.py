"""Reading while another program saves, by a clock of the test's own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.errors import NotChecked, UnreadableWorkbook
from registry_sheets.workbooks.excel import patience
from registry_sheets.workbooks.excel.locks import excel_lock_path
from registry_sheets.workbooks.excel.patience import Patience, read_patiently
from registry_sheets.workbooks.excel.snapshot import ExcelSnapshot


class Clock:
    """Time that passes only while one sleeps; ``then`` happens at given seconds."""

    def __init__(self, begins: float) -> None:
        self.began = self.time = begins
        self.then: list[tuple[float, Callable[[], object]]] = []

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        while self.then and self.passed >= self.then[0][0]:
            self.then.pop(0)[1]()

    @property
    def passed(self) -> float:
        return self.time - self.began

    @property
    def patience(self) -> Patience:
        return Patience(now=self.now, sleep=self.sleep)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "models.xlsx"
    openpyxl.Workbook().save(made)
    return made


@pytest.fixture
def clock(path: Path) -> Clock:
    return Clock(path.stat().st_mtime)


def cut_short(path: Path, when: float) -> bytes:
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    os.utime(path, (when, when))
    return whole


def test_a_whole_file_is_read_at_once(path: Path, clock: Clock) -> None:
    assert read_patiently(path, patience=clock.patience).titles == ("Sheet",)
    assert clock.passed == 0


@pytest.mark.parametrize("empty", [False, True])
def test_a_half_saved_file_is_waited_for(path: Path, clock: Clock, empty: bool) -> None:
    whole = cut_short(path, clock.began)
    if empty:
        path.write_bytes(b"")
        os.utime(path, (clock.began, clock.began))
    clock.then = [(7, lambda: path.write_bytes(whole))]
    assert read_patiently(path, patience=clock.patience).titles == ("Sheet",)
    assert 7 <= clock.passed < 8


def test_a_file_that_stays_half_saved_is_not_checked(path: Path, clock: Clock) -> None:
    cut_short(path, clock.began + 15)
    with pytest.raises(NotChecked, match="half saved") as caught:
        read_patiently(path, patience=clock.patience)
    assert caught.value.exit_code == 3
    assert 30 <= clock.passed < 31


def test_a_file_that_was_cut_short_long_ago_is_unreadable_at_once(path: Path, clock: Clock) -> None:
    cut_short(path, clock.began - 60)
    with pytest.raises(UnreadableWorkbook):
        read_patiently(path, patience=clock.patience)
    assert clock.passed == 0


def test_what_is_no_workbook_is_refused_at_once(path: Path, clock: Clock) -> None:
    path.write_text("Name,Version\n")
    with pytest.raises(UnreadableWorkbook):
        read_patiently(path, patience=clock.patience)
    assert clock.passed == 0


def test_a_file_that_is_not_there_is_told_at_once(path: Path, clock: Clock) -> None:
    path.unlink()
    with pytest.raises(UnreadableWorkbook):
        read_patiently(path, patience=clock.patience)
    assert clock.passed == 0


@pytest.mark.parametrize("known", [True, False])
def test_a_file_that_is_gone_for_a_moment_is_waited_for(path: Path, clock: Clock, known: bool) -> None:
    whole = path.read_bytes()
    path.unlink()
    if not known:
        excel_lock_path(path).touch()
    clock.then = [(2, lambda: path.write_bytes(whole))]
    assert read_patiently(path, patience=clock.patience, known=known).titles == ("Sheet",)
    assert 2 <= clock.passed < 3


def test_a_sharing_violation_is_waited_for(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Assumed, from Windows' documentation: such a read fails with an error of the system."""
    real = patience.read_snapshot

    def read(path: Path, limits: object) -> ExcelSnapshot:
        if clock.passed < 5:
            raise NotChecked("another program holds it")
        return real(path)

    monkeypatch.setattr(patience, "read_snapshot", read)
    assert read_patiently(path, patience=clock.patience).titles == ("Sheet",)
    assert 5 <= clock.passed < 6


def test_a_violation_that_stays_is_not_checked(path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(path: Path, limits: object) -> ExcelSnapshot:
        raise NotChecked("another program holds it")

    monkeypatch.setattr(patience, "read_snapshot", read)
    with pytest.raises(NotChecked, match="another program"):
        read_patiently(path, patience=clock.patience)
    assert 30 <= clock.passed < 31
