"""Saving real files: in order, under disturbance by people, and against an operating system that refuses."""

from __future__ import annotations

import errno
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from registry_sheets.errors import CannotSave, WorkbookChanged, WorkbookOpen
from registry_sheets.workbooks.base import Revision, Written
from registry_sheets.workbooks.excel import files, saving
from registry_sheets.workbooks.excel.backups import Backups
from registry_sheets.workbooks.excel.files import revision_of
from registry_sheets.workbooks.excel.leftovers import leftovers, marked_name, new_name, prefix
from registry_sheets.workbooks.excel.locks import Machine, own_lock_path
from registry_sheets.workbooks.excel.saving import STEPS, Saver

OLD, NEW, THEIRS, LATER = b"old content", b"new content", b"what a person saved", b"what a person saved later"
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")
root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs root")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "shared folder"
    folder.mkdir()
    made = folder / "models.xlsx"
    made.write_bytes(OLD)
    return made


def saver(path: Path, **others: object) -> Saver:
    return replace(Saver(Backups(path.parent.parent / "state" / "backups", path.name), lock_timeout=5), **others)


def write_new(source: Path, target: Path) -> None:
    assert source.read_bytes() == OLD
    target.write_bytes(NEW)


def accept(source: Path, target: Path, made: object) -> None:
    """Any result will do."""


def save(path: Path, expected: Revision | None = None, **others: object) -> Written:
    return saver(path, **others).save(path, expected or revision_of(path), write_new, accept)


def beside(path: Path) -> set[str]:
    return {entry.name for entry in path.parent.iterdir()}


def kept(path: Path) -> list[bytes]:
    return [backup.path.read_bytes() for backup in saver(path).backups.list()]


def test_content_is_replaced_backed_up_and_nothing_else_is_left(path: Path) -> None:
    steps: list[str] = []
    written = save(path, step=steps.append)
    assert path.read_bytes() == NEW
    assert written.revision == revision_of(path)
    assert written.backup is not None
    assert Path(written.backup).read_bytes() == OLD
    assert beside(path) == {"models.xlsx"}
    assert tuple(steps) == STEPS


def test_a_symlink_stays_and_its_target_is_written(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.xlsx"
    link.symlink_to(path)
    save(link, revision_of(path))
    assert link.is_symlink()
    assert path.read_bytes() == NEW
    assert beside(path) == {"models.xlsx"}


def test_a_file_at_another_revision_is_left_alone(path: Path) -> None:
    with pytest.raises(WorkbookChanged):
        save(path, Revision("sha256:0000"))
    assert path.read_bytes() == OLD
    assert beside(path) == {"models.xlsx"}


def test_a_file_that_is_gone_is_not_made_again(path: Path) -> None:
    expected = revision_of(path)
    path.unlink()
    with pytest.raises(WorkbookChanged):
        save(path, expected)
    assert not path.exists()


def test_a_result_that_fails_verification_is_thrown_away(path: Path) -> None:
    def refuse(source: Path, target: Path, made: object) -> None:
        raise ValueError("not as intended")

    with pytest.raises(ValueError, match="not as intended"):
        saver(path).save(path, revision_of(path), write_new, refuse)
    assert path.read_bytes() == OLD
    assert beside(path) == {"models.xlsx"}


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_mode_and_times_of_others_are_kept(path: Path) -> None:
    path.chmod(0o640)
    save(path)
    assert path.stat().st_mode & 0o7777 == 0o640


@root
@linux
def test_owner_and_attributes_are_kept(path: Path) -> None:
    os.chown(path, 1234, 2345)
    try:
        os.setxattr(path, "user.label", b"finance")
    except OSError as error:
        pytest.skip(f"no extended attributes here: {error}")
    save(path)
    found = path.stat()
    assert (found.st_uid, found.st_gid) == (1234, 2345)
    assert os.getxattr(path, "user.label") == b"finance"


@root
@linux
@pytest.mark.parametrize("group_too", [False, True])
def test_a_file_of_somebody_else_keeps_its_group_or_is_left(
    path: Path, monkeypatch: pytest.MonkeyPatch, group_too: bool
) -> None:
    """As an ordinary account meets it: it cannot give files away, and groups only where it is in them."""
    real = os.chown
    os.chown(path, 1234, 2345)

    def chown(target: Path, user: int, group: int) -> None:
        if user != -1 or group_too:
            raise PermissionError(errno.EPERM, "not permitted")
        real(target, user, group)

    monkeypatch.setattr(files.os, "chown", chown)
    if group_too:
        with pytest.raises(CannotSave, match="access is denied"):
            save(path)
        assert path.read_bytes() == OLD
    else:
        assert "now belongs to the account" in save(path).notices[0]
        assert path.stat().st_gid == 2345
    assert beside(path) == {"models.xlsx"}


@root
@linux
def test_access_lists_are_kept(path: Path) -> None:
    if shutil.which("setfacl"):
        subprocess.run(["setfacl", "-m", "u:1234:rw", path], check=True)
    else:
        entries = ((1, 6, -1), (2, 6, 1234), (4, 4, -1), (16, 6, -1), (32, 4, -1))
        packed = b"".join(
            tag.to_bytes(2, "little") + rights.to_bytes(2, "little") + (who & 0xFFFFFFFF).to_bytes(4, "little")
            for tag, rights, who in entries
        )
        try:
            os.setxattr(path, "system.posix_acl_access", (2).to_bytes(4, "little") + packed)
        except OSError as error:
            pytest.skip(f"no access lists here: {error}")
    before = os.getxattr(path, "system.posix_acl_access")
    save(path)
    assert os.getxattr(path, "system.posix_acl_access") == before


def test_equal_content_is_backed_up_once(path: Path) -> None:
    for _ in range(3):
        path.write_bytes(OLD)
        save(path)
    assert kept(path) == [OLD]


# ---- people who save at the same moment


def a_step(name: str, action: Callable[[], object]) -> Callable[[str], None]:
    done: list[str] = []

    def step(now: str) -> None:
        if now == name and not done:
            done.append(now)
            action()

    return step


def in_place(path: Path, content: bytes) -> Callable[[], object]:
    return lambda: path.write_bytes(content)


def by_renaming(path: Path, content: bytes) -> Callable[[], object]:
    def act() -> None:
        other = path.with_name("person.tmp")
        other.write_bytes(content)
        other.replace(path)

    return act


BEFORE_EXCHANGE = STEPS[: STEPS.index("exchanged")]
AFTER_EXCHANGE = STEPS[STEPS.index("exchanged") :]


@pytest.mark.parametrize("how", [in_place, by_renaming])
@pytest.mark.parametrize("name", BEFORE_EXCHANGE)
def test_a_save_before_the_exchange_is_never_written_over(
    path: Path, name: str, how: Callable[[Path, bytes], Callable[[], object]]
) -> None:
    with pytest.raises(WorkbookChanged):
        save(path, step=a_step(name, how(path, THEIRS)))
    assert path.read_bytes() == THEIRS
    assert beside(path) == {"models.xlsx"}


@pytest.mark.parametrize("how", [in_place, by_renaming])
@pytest.mark.parametrize("name", AFTER_EXCHANGE)
def test_a_save_after_the_exchange_stands(
    path: Path, name: str, how: Callable[[Path, bytes], Callable[[], object]]
) -> None:
    save(path, step=a_step(name, how(path, THEIRS)))
    assert path.read_bytes() == THEIRS
    assert beside(path) == {"models.xlsx"}


def exchanging_after(action: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ``action`` happen in the last instant, when every check before the exchange has been made."""
    real, done = files.exchange, []

    def exchange(new: Path, path: Path, aside: Path) -> Path | None:
        if not done:
            done.append(True)
            action()
        return real(new, path, aside)

    monkeypatch.setattr(saving, "exchange", exchange)


@pytest.mark.parametrize("exchanges", [True, False], ids=["renameat2", "link"])
@pytest.mark.parametrize("how", [in_place, by_renaming])
def test_a_save_in_the_last_instant_goes_straight_back(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    how: Callable[[Path, bytes], Callable[[], object]],
    exchanges: bool,
) -> None:
    if not exchanges:
        monkeypatch.setattr(files, "_rename_exchange", lambda one, other: False)
    exchanging_after(how(path, THEIRS), monkeypatch)
    with pytest.raises(WorkbookChanged):
        save(path)
    assert path.read_bytes() == THEIRS
    assert beside(path) == {"models.xlsx"}


@pytest.mark.parametrize("exchanges", [True, False], ids=["renameat2", "link"])
def test_two_saves_around_the_exchange_are_both_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    if not exchanges:
        monkeypatch.setattr(files, "_rename_exchange", lambda one, other: False)
    exchanging_after(by_renaming(path, THEIRS), monkeypatch)
    with pytest.raises(WorkbookChanged, match="is kept in"):
        save(path, step=a_step("exchanged", by_renaming(path, LATER)))
    assert path.read_bytes() == LATER
    assert beside(path) == {"models.xlsx"}
    rescued = [found.read_bytes() for found in saver(path).backups.folder.iterdir()]
    assert THEIRS in rescued


@linux
def test_a_program_that_is_writing_into_the_file_keeps_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []
    exchanging_after(lambda: opened.append(path.open("r+b")), monkeypatch)
    with pytest.raises(WorkbookOpen):
        save(path)
    with opened[0] as file:
        file.write(THEIRS)
        file.truncate()
    assert path.read_bytes() == THEIRS
    assert beside(path) == {"models.xlsx"}


@linux
def test_a_file_that_a_program_has_open_for_writing_is_left(path: Path) -> None:
    with path.open("r+b"), pytest.raises(WorkbookOpen):
        save(path)
    assert path.read_bytes() == OLD
    save(path)
    assert path.read_bytes() == NEW


def test_a_reader_is_no_obstacle(path: Path) -> None:
    with path.open("rb") as file:
        save(path)
        assert file.read() == OLD
    assert path.read_bytes() == NEW


# ---- what a killed run left


def test_half_written_content_is_removed(path: Path) -> None:
    new_name(path).write_bytes(b"half")
    save(path)
    assert beside(path) == {"models.xlsx"}


@pytest.mark.parametrize("exchanges", [True, False], ids=["renameat2", "link"])
def test_what_a_person_saved_is_put_back_after_a_kill(
    path: Path, monkeypatch: pytest.MonkeyPatch, exchanges: bool
) -> None:
    """Killed between the exchange and the look at what came out of it."""
    if not exchanges:
        monkeypatch.setattr(files, "_rename_exchange", lambda one, other: False)
    old, new = (files.hashlib.sha256(content).hexdigest() for content in (OLD, NEW))
    marked_name(path, old, new).write_bytes(THEIRS)
    path.write_bytes(NEW)
    assert saver(path).recover(path) == ()
    assert path.read_bytes() == THEIRS
    assert beside(path) == {"models.xlsx"}


def test_what_a_person_saved_is_kept_where_newer_content_stands(path: Path) -> None:
    old, new = (files.hashlib.sha256(content).hexdigest() for content in (OLD, NEW))
    marked_name(path, old, new).write_bytes(THEIRS)
    path.write_bytes(LATER)
    notices = saver(path).recover(path)
    assert path.read_bytes() == LATER
    assert len(notices) == 1
    assert "is kept in" in notices[0]
    assert [found.read_bytes() for found in saver(path).backups.folder.iterdir()] == [THEIRS]


@pytest.mark.parametrize("content", [OLD, NEW])
def test_what_is_ours_or_backed_up_is_removed(path: Path, content: bytes) -> None:
    old, new = (files.hashlib.sha256(each).hexdigest() for each in (OLD, NEW))
    marked_name(path, old, new).write_bytes(content)
    saver(path).recover(path)
    assert path.read_bytes() == OLD
    assert beside(path) == {"models.xlsx"}


def test_a_workbook_that_an_exchange_left_aside_comes_back(path: Path) -> None:
    old, new = (files.hashlib.sha256(each).hexdigest() for each in (OLD, NEW))
    path.rename(marked_name(path, old, new))
    assert "put back" in saver(path).recover(path)[0]
    assert path.read_bytes() == OLD


def test_files_of_others_are_not_touched(path: Path) -> None:
    others = {
        new_name(path.with_name("models.xlsm")).name,
        new_name(path.with_name("other.xlsx")).name,
        new_name(path).name.removeprefix("."),
        prefix(path) + "0123.registry-sheets-tmp",
        prefix(path) + "registry-sheets-tmp",
        "~models.tmp",
    }
    for name in others:
        path.with_name(name).write_bytes(b"x")
    save(path)
    assert beside(path) == {"models.xlsx", *others}


@pytest.mark.parametrize("name", ["models.xlsx", "[a]*?.xlsx", "x" * 240 + ".xlsx", "ü" * 120 + ".xlsx", "~.xlsx"])
def test_our_names_are_no_workbooks_and_fit(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(OLD)
    for ours in (new_name(path), marked_name(path, "0" * 64, "f" * 64), own_lock_path(path)):
        ours.touch()
        assert ours.name.startswith(".")
        assert ours.suffix not in (".xlsx", ".xlsm")
    assert len(leftovers(path)) == 2
    assert [found for found in tmp_path.glob("*.xls*") if found != path] == []
    save(path)
    assert path.read_bytes() == NEW


# ---- two runs at once


def test_a_second_run_waits_and_then_sees_the_change(path: Path) -> None:
    reached, go = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        assert go.wait(10)

    expected = revision_of(path)
    first = threading.Thread(target=save, args=(path,), kwargs={"step": a_step("verified", hold)})
    first.start()
    assert reached.wait(10)
    outcome: list[BaseException | Written] = []

    def second_run() -> None:
        try:
            outcome.append(save(path, expected))
        except WorkbookChanged as error:
            outcome.append(error)

    second = threading.Thread(target=second_run)
    second.start()
    second.join(0.3)
    assert second.is_alive()
    go.set()
    first.join(10)
    second.join(10)
    assert isinstance(outcome[0], WorkbookChanged)
    assert path.read_bytes() == NEW
    assert beside(path) == {"models.xlsx"}


def test_a_second_run_says_so_after_its_time(path: Path) -> None:
    def second_run() -> None:
        with pytest.raises(WorkbookOpen, match="Another run"):
            save(path, lock_timeout=0.1)

    save(path, step=a_step("written", second_run))
    assert path.read_bytes() == NEW


def _append_line(path: Path, line: str) -> None:
    """What a run does: read, write from that, start over where somebody was quicker."""

    def write(source: Path, target: Path) -> None:
        target.write_bytes(source.read_bytes() + line.encode() + b"\n")

    while True:
        try:
            saver(path, lock_timeout=30).save(path, revision_of(path), write, accept)
            return
        except WorkbookChanged:
            continue


def test_runs_of_several_processes_lose_nothing(path: Path) -> None:
    path.write_bytes(b"")
    lines = [f"line {number}" for number in range(8)]
    context = multiprocessing.get_context("spawn")
    with context.Pool(4) as pool:
        pool.starmap(_append_line, [(path, line) for line in lines])
    assert sorted(path.read_text().splitlines()) == lines
    assert beside(path) == {"models.xlsx"}


# ---- a system that refuses


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@root
@linux
def test_a_full_disk_leaves_the_file_as_it_was(small_disk: Path) -> None:
    path = small_disk / "models.xlsx"
    path.write_bytes(OLD * 3000)
    state = Saver(Backups(small_disk.parent / "state", path.name))
    with pytest.raises(CannotSave, match="the disk is full"):
        state.save(path, revision_of(path), lambda source, target: _copy(source, target, 2), accept)
    assert path.read_bytes() == OLD * 3000
    assert beside(path) == {"models.xlsx"}


@root
@linux
def test_a_full_disk_for_backups_leaves_the_file_as_it_was(small_disk: Path, tmp_path: Path) -> None:
    path = tmp_path / "models.xlsx"
    path.write_bytes(OLD * 10_000)
    state = Saver(Backups(small_disk / "state", path.name))
    with pytest.raises(CannotSave, match="no backup"):
        state.save(path, revision_of(path), _copy, accept)
    assert path.read_bytes() == OLD * 10_000
    assert beside(path) == {"models.xlsx", "disk"}
    assert not list((small_disk / "state").iterdir())


def _copy(source: Path, target: Path, times: int = 1) -> None:
    target.write_bytes(source.read_bytes() * times)


@root
@linux
@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_read_only_place_leaves_the_file_as_it_was(small_disk: Path, tmp_path: Path, what: str) -> None:
    path = small_disk / "models.xlsx"
    path.write_bytes(OLD)
    if what == "folder":
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    else:
        path.chmod(0o444)
    with pytest.raises(CannotSave, match="read-only"):
        Saver(Backups(tmp_path / "state", path.name)).save(path, revision_of(path), write_new, accept)
    assert path.read_bytes() == OLD
    assert beside(path) == {"models.xlsx"}


@pytest.mark.skipif(os.name != "posix", reason="POSIX limits")
def test_a_limit_on_file_sizes_leaves_the_file_as_it_was(path: Path) -> None:
    path.write_bytes(OLD * 1000)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, hard))
    try:
        with pytest.raises(CannotSave, match="larger than the system allows"):
            saver(path).save(path, revision_of(path), lambda source, target: _copy(source, target, 2), accept)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert path.read_bytes() == OLD * 1000
    assert beside(path) == {"models.xlsx"}


ERRORS = {
    errno.ENOSPC: "disk is full",
    errno.EDQUOT: "quota",
    errno.EROFS: "read-only",
    errno.EACCES: "access is denied",
    errno.EIO: "reports an error",
    errno.ESTALE: os.strerror(errno.ESTALE),
}


@pytest.mark.parametrize("code", ERRORS)
@pytest.mark.parametrize("name", STEPS[: STEPS.index("exchanged")])
def test_a_refusal_at_any_step_leaves_the_file_as_it_was(path: Path, name: str, code: int) -> None:
    """The error is injected, as the system would raise it."""

    def refuse() -> None:
        raise OSError(code, os.strerror(code), str(path))

    with pytest.raises(CannotSave) as caught:
        save(path, step=a_step(name, refuse))
    assert ERRORS[code] in caught.value.message
    assert caught.value.fix
    assert path.read_bytes() == OLD
    assert beside(path) == {"models.xlsx"}


def test_an_interruption_at_any_step_leaves_old_or_new_content(path: Path) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    for name in STEPS:
        path.write_bytes(OLD)
        with pytest.raises(KeyboardInterrupt):
            save(path, step=a_step(name, interrupt))
        assert path.read_bytes() == (NEW if name in AFTER_EXCHANGE else OLD)
        assert beside(path) == {"models.xlsx"}


def test_a_lock_that_appears_meanwhile_is_respected(path: Path) -> None:
    lock = path.with_name("~$models.xlsx")
    with pytest.raises(WorkbookOpen):
        save(path, step=a_step("named", lambda: lock.write_bytes(b"\x04Anna")))
    assert path.read_bytes() == OLD
    assert beside(path) == {"models.xlsx", "~$models.xlsx"}


def test_no_exchange_and_no_second_name_still_saves(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*names: object) -> None:
        raise OSError(errno.EPERM, "no second names on this disk")

    monkeypatch.setattr(files, "_rename_exchange", lambda one, other: False)
    monkeypatch.setattr(files.os, "link", no_links)
    save(path)
    assert path.read_bytes() == NEW
    assert beside(path) == {"models.xlsx"}


# ---- backups over time


def test_one_backup_a_day_and_the_last_five(path: Path, tmp_path: Path) -> None:
    moment = datetime(2026, 1, 1, 8)
    backups = Backups(tmp_path / "kept", path.name, lambda: moment)
    for number in range(40 * 4):
        path.write_bytes(b"%d" % number)
        backups.keep(path)
        moment += timedelta(hours=6)
    found = backups.list()
    days = sorted({backup.made.date() for backup in found})
    assert len(days) == 14
    assert [backup.path.read_bytes() for backup in found[-5:]] == [b"%d" % number for number in range(155, 160)]
    firsts = [next(backup for backup in found if backup.made.date() == day) for day in days]
    assert all(backup.made.hour == 2 for backup in firsts)
    assert len(found) == 14 + 5 - sum(backup in firsts for backup in found[-5:])


def test_halves_of_killed_runs_go_with_the_next_backup(path: Path, tmp_path: Path) -> None:
    backups = Backups(tmp_path / "kept", path.name)
    backups.folder.mkdir()
    (backups.folder / ".models.xlsx.00.partial").write_bytes(b"half")
    (backups.folder / ".other.xlsx.00.partial").write_bytes(b"half")
    backups.keep(path)
    assert sorted(found.suffix for found in backups.folder.iterdir()) == [".partial", ".xlsx"]


@linux
def test_the_cost_at_five_megabytes_is_small(path: Path) -> None:
    path.write_bytes(os.urandom(5_000_000))
    save_once = saver(path, machine=Machine())
    began = time.process_time()
    save_once.save(path, revision_of(path), _copy, accept)
    assert time.process_time() - began < 0.25
