"""A write that is killed (SIGKILL) at any instant leaves the old or the new workbook, and the next write is right.

The child is forked, so that it starts at once and hundreds of instants can be tried: at every named step,
at every call that the saving code makes into C (where it meets the operating system), and at random times.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from registry_sheets.errors import WorkbookChanged
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.workbooks.base import Written
from registry_sheets.workbooks.excel import backups, files, leftovers, locks, saving
from registry_sheets.workbooks.excel.backups import Backups
from registry_sheets.workbooks.excel.files import revision_of
from registry_sheets.workbooks.excel.saving import STEPS, Saver
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")

OUR_CODE = frozenset(str(module.__file__) for module in (backups, files, leftovers, locks, saving))
OLD, NEW, THEIRS = b"old content", b"new content", b"what a person saved"
MOST_INSTANTS = 400


def findings(text: str) -> Sheet:
    return Sheet(
        "findings", "Findings", [[SheetCell("What", "header")], *[[SheetCell(f"{text} {n}")] for n in range(40)]]
    )


@pytest.fixture
def workbook(tmp_path: Path) -> ExcelWorkbook:
    folder = tmp_path / "shared"
    folder.mkdir()
    book = openpyxl.Workbook()
    book.active.title = "Models"  # type: ignore[union-attr]
    for number in range(200):
        book.active.append([f"Model {number}", "1.0"])  # type: ignore[union-attr]
    book.save(folder / "models.xlsx")
    made = ExcelWorkbook(folder / "models.xlsx", tmp_path / "state")
    made.replace_own_tabs([findings("old")], made.read().revision)
    return made


def write(path: Path, state: Path, step: Callable[[str], None] = lambda _: None) -> Written:
    """What a pass does to the workbook."""
    workbook = ExcelWorkbook(path, state, step=step)
    return workbook.replace_own_tabs([findings("new")], workbook.read().revision)


def in_child(action: Callable[[], object], kill_after: float | None = None) -> bool:
    """Run in a child, killed from outside after some seconds if it is to be; whether it was killed."""
    child = os.fork()
    if child == 0:
        with suppress(BaseException):
            action()
        os._exit(0)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def dying_at(number: int, action: Callable[[], object]) -> Callable[[], object]:
    """The action, killed as our code makes its call of that number into C."""

    def run() -> None:
        seen = 0

        def watch(frame: Any, event: str, _argument: object) -> None:
            nonlocal seen
            if event == "c_call" and frame.f_code.co_filename in OUR_CODE:
                seen += 1
                if seen == number:
                    die()

        sys.setprofile(watch)
        action()

    return run


def until_it_survives(action: Callable[[], object], after: Callable[[], None]) -> int:
    """Kill the action at its first call, its second, ...; look after each. Gives how many instants there were."""
    for number in range(1, MOST_INSTANTS):
        killed = in_child(dying_at(number, action))
        after()
        if not killed:
            return number - 1
    raise AssertionError("it makes more calls than expected")


def shown(path: Path) -> str:
    """'old' or 'new': what the workbook holds, which two programs can read, all of it."""
    by_calamine = CalamineWorkbook.from_path(str(path)).get_sheet_by_name("Findings").to_python()
    book = openpyxl.load_workbook(path)
    by_openpyxl = [[cell.value for cell in row] for row in book["Findings"].iter_rows()]
    assert by_calamine == by_openpyxl
    assert book["Models"].max_row == 200
    word = str(by_calamine[1][0]).split()[0]
    assert by_calamine[1:] == [[f"{word} {number}"] for number in range(40)]
    return word


def check_and_write_again(path: Path, state: Path, old: bytes) -> None:
    """After a kill: old or new, nothing beside it that looks like a workbook; and the next write is right."""
    content = path.read_bytes()
    assert content == old or shown(path) == "new"
    assert list(path.parent.glob("*.xls*")) == [path]
    write(path, state)
    assert shown(path) == "new"
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    assert old in [backup.path.read_bytes() for backup in Backups(state / "backups", path.name).list()]
    path.write_bytes(old)


def test_killed_at_every_named_step(workbook: ExcelWorkbook, tmp_path: Path) -> None:
    path, old = workbook.path, workbook.path.read_bytes()
    for name in STEPS:

        def step(now: str, name: str = name) -> None:
            if now == name:
                die()

        assert in_child(lambda step=step: write(path, tmp_path / "state", step)), name  # type: ignore[misc]
        check_and_write_again(path, tmp_path / "state", old)


def test_killed_at_every_call_of_the_saving_code(workbook: ExcelWorkbook, tmp_path: Path) -> None:
    path, old = workbook.path, workbook.path.read_bytes()
    instants = until_it_survives(
        lambda: write(path, tmp_path / "state"), lambda: check_and_write_again(path, tmp_path / "state", old)
    )
    assert instants > 60


def test_killed_at_random_instants(workbook: ExcelWorkbook, tmp_path: Path) -> None:
    path, old = workbook.path, workbook.path.read_bytes()
    began = time.perf_counter()
    in_child(lambda: write(path, tmp_path / "state"))
    takes = time.perf_counter() - began
    assert shown(path) == "new"
    path.write_bytes(old)
    chance = random.Random(20261124)
    killed = 0
    for _ in range(40):
        killed += in_child(lambda: write(path, tmp_path / "state"), kill_after=chance.uniform(0, 1.1 * takes))
        check_and_write_again(path, tmp_path / "state", old)
    assert killed > 10


# ---- killed while putting back what a person saved in the last instant


@pytest.fixture(params=["renameat2", "link"])
def plain(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file on a file system that can exchange names, or cannot."""
    if request.param == "link":
        monkeypatch.setattr(files, "_rename_exchange", lambda one, other: False)
    folder = tmp_path / "plain"
    folder.mkdir()
    path = folder / "models.xlsx"
    path.write_bytes(OLD)
    return path


def test_what_a_person_saved_survives_a_kill_at_every_call(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, keeper = files.exchange, Backups(tmp_path / "state", plain.name)

    def exchange(new: Path, path: Path, aside: Path) -> Path | None:
        if path.read_bytes() == OLD:
            other = path.with_name("person")
            other.write_bytes(THEIRS)
            other.replace(path)
        return real(new, path, aside)

    monkeypatch.setattr(saving, "exchange", exchange)

    def save() -> None:
        with suppress(WorkbookChanged):
            saver = Saver(keeper)
            saver.save(plain, revision_of(plain), lambda source, target: target.write_bytes(NEW), lambda *_: None)

    def look() -> None:
        Saver(keeper).recover(plain)
        (plain.parent / "person").unlink(missing_ok=True)
        assert plain.read_bytes() in (OLD, THEIRS)
        assert [entry.name for entry in plain.parent.iterdir()] == [plain.name]
        plain.write_bytes(OLD)

    assert until_it_survives(save, look) > 60


def test_recovery_itself_may_be_killed(plain: Path, tmp_path: Path) -> None:
    keeper = Backups(tmp_path / "state", plain.name)
    old, new = (files.hashlib.sha256(content).hexdigest() for content in (OLD, NEW))

    def as_after_a_kill() -> None:
        plain.write_bytes(NEW)
        leftovers.marked_name(plain, old, new).write_bytes(THEIRS)

    def look() -> None:
        Saver(keeper).recover(plain)
        assert plain.read_bytes() == THEIRS
        assert [entry.name for entry in plain.parent.iterdir()] == [plain.name]
        as_after_a_kill()

    as_after_a_kill()
    assert until_it_survives(lambda: Saver(keeper).recover(plain), look) > 10
