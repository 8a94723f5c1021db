"""The workbook of findings beside one that is not written in place."""

from __future__ import annotations

import os
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.errors import CannotSave, WorkbookOpen, WriteRefused
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.workbooks.excel.beside import create, write_beside
from registry_sheets.workbooks.excel.snapshot import read_snapshot


def findings(*texts: str) -> Sheet:
    return Sheet("findings", "Findings", [[SheetCell("What", "header")], *[[SheetCell(text)] for text in texts]])


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "models findings.xlsx"


def test_it_is_made_and_written_again_only_where_cells_differ(target: Path, tmp_path: Path) -> None:
    first = write_beside([findings("a", "=1+1")], target, tmp_path / "state")
    content = target.read_bytes()
    again = write_beside([findings("a", "=1+1")], target, tmp_path / "state")
    assert (first.changed, again.changed) == (True, False)
    assert target.read_bytes() == content
    assert write_beside([findings("b")], target, tmp_path / "state").changed
    assert read_snapshot(target).grid("Findings").rows == [["What"], ["b"]]
    assert [entry.name for entry in target.parent.iterdir() if entry.name != "state"] == [target.name]


@pytest.mark.parametrize("content", ["workbook", b"", b"notes of somebody"])
def test_a_file_of_people_is_refused(target: Path, tmp_path: Path, content: str | bytes) -> None:
    if isinstance(content, str):
        openpyxl.Workbook().save(target)
    else:
        target.write_bytes(content)
        os.utime(target, (1, 1))
    before = target.read_bytes()
    with pytest.raises(WriteRefused, match="was not made by registry-sheets"):
        write_beside([findings("a")], target, tmp_path / "state")
    assert target.read_bytes() == before


def test_it_is_left_while_somebody_has_it_open(target: Path, tmp_path: Path) -> None:
    write_beside([findings("a")], target, tmp_path / "state")
    target.with_name("~$" + target.name).write_bytes(b"\x04Anna")
    with pytest.raises(WorkbookOpen, match="Anna"):
        write_beside([findings("b")], target, tmp_path / "state")


def test_a_new_file_never_replaces_another(tmp_path: Path) -> None:
    target = tmp_path / "new.xlsx"

    def make(path: Path) -> None:
        path.write_bytes(b"ours")
        target.write_bytes(b"somebody was quicker")

    with pytest.raises(WriteRefused):
        create(target, make)
    assert target.read_bytes() == b"somebody was quicker"
    assert [entry.name for entry in tmp_path.iterdir()] == ["new.xlsx"]


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    def make(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(CannotSave, match="the disk is full"):
        create(tmp_path / "new.xlsx", make)
    assert not list(tmp_path.iterdir())
