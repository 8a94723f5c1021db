"""Who has a workbook open: lock files, live and stale, and what the system itself tells."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from registry_sheets.errors import WorkbookOpen
from registry_sheets.workbooks.excel import machine as this_machine
from registry_sheets.workbooks.excel.locks import (
    Machine,
    excel_lock_path,
    excel_owner,
    office_lock_path,
    office_owner,
    own_lock_path,
    refuse_if_open,
    who_has_open,
    writing,
)

NOW = time.time()
DAY = 86_400
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux")


def excel_lock(name: str) -> bytes:
    """As Excel writes it: 165 bytes, the name in the code page and in UTF-16."""
    narrow, wide = name.encode("cp1252", "replace"), name.encode("utf-16-le")
    count = len(wide) // 2
    return bytes([count]) + narrow.ljust(54) + count.to_bytes(2, "little") + (wide + b" \0" * 54)[:108]


def office_lock(name: str, host: str) -> bytes:
    return f",{name},{host},24.11.2026 09:30,file:///home/anna/.config/libreoffice/4;".encode()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "models.xlsx"
    made.write_bytes(b"content")
    return made


def machine(
    *, held: bool | None = False, local: bool = True, started: list[float] | None = None, host: str = "office-7"
) -> Machine:
    return Machine(host, lambda: NOW, lambda: started, lambda path: held, lambda path: local)


def aged(path: Path, seconds: float) -> None:
    os.utime(path, (NOW - seconds, NOW - seconds))


@pytest.mark.parametrize("name", ["Anna Berg", "A", "Zoë Müller", "李小龙", "x" * 52])
def test_excels_lock_names_its_owner(name: str) -> None:
    data = excel_lock(name)
    assert len(data) == 165
    assert excel_owner(data) == name


@pytest.mark.parametrize(("data", "name"), [(b"", ""), (b"\x04Anna", "Anna"), (b"\xff", ""), (b"\0" * 165, "")])
def test_odd_lock_files_are_no_trouble(data: bytes, name: str) -> None:
    assert excel_owner(data) == name


@pytest.mark.parametrize(
    ("data", "owner"),
    [
        (b"Anna Berg,anna,office-7,24.11.2026 09:30,file:///x;", ("Anna Berg", "office-7")),
        (b",anna,office-7,24.11.2026 09:30,file:///x;", ("anna", "office-7")),
        (b"Berg\\, Anna,anna,office-7,,;", ("Berg, Anna", "office-7")),
        ("Zoë,z,office-7,,;".encode(), ("Zoë", "office-7")),
        (b"", ("", "")),
        (b"\xff\xfe", ("\ufffd\ufffd", "")),
    ],
)
def test_libreoffices_lock_names_owner_and_host(data: bytes, owner: tuple[str, str]) -> None:
    assert office_owner(data) == owner


def test_no_lock_file_means_not_open(path: Path) -> None:
    assert who_has_open(path, machine()) is None


def test_excels_lock_counts(path: Path) -> None:
    excel_lock_path(path).write_bytes(excel_lock("Anna Berg"))
    holder = who_has_open(path, machine())
    assert holder is not None
    assert holder.sentence == "Anna Berg has it open in Excel."
    with pytest.raises(WorkbookOpen, match="Anna Berg has it open in Excel") as caught:
        refuse_if_open(path, machine())
    assert "~$models.xlsx" in caught.value.fix


@pytest.mark.parametrize(
    ("age", "held", "local", "open_"),
    [
        (2 * DAY, False, True, False),
        (0, False, True, True),
        (2 * DAY, True, True, True),
        (2 * DAY, None, True, True),
        (2 * DAY, False, False, True),
    ],
    ids=["stale", "new", "held open", "cannot tell", "on a share"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows asks the lock file itself")
def test_excels_lock_is_stale_only_where_this_machine_knows(
    path: Path, age: float, held: bool | None, local: bool, open_: bool
) -> None:
    excel_lock_path(path).write_bytes(excel_lock("Anna"))
    aged(excel_lock_path(path), age)
    assert (who_has_open(path, machine(held=held, local=local)) is not None) == open_


@pytest.mark.parametrize(
    ("host", "started", "open_"),
    [
        ("office-7", [NOW - 100], True),
        ("office-7", [NOW - 10], False),
        ("office-7", [], False),
        ("office-7", None, True),
        ("OFFICE-7.example.com", [], False),
        ("other", [], True),
        ("localhost", [], True),
        ("", [], True),
    ],
    ids=["runs", "restarted since", "does not run", "cannot tell", "full name", "elsewhere", "localhost", "unnamed"],
)
def test_libreoffices_lock_is_stale_only_where_its_own_host_shows_it(
    path: Path, host: str, started: list[float] | None, open_: bool
) -> None:
    lock = office_lock_path(path)
    lock.write_bytes(office_lock("anna", host))
    aged(lock, 50)
    holder = who_has_open(path, machine(started=started))
    assert (holder is not None) == open_
    if holder:
        at = f" on {host}" if host not in ("", "localhost") else ""
        assert holder.sentence == f"anna has it open in LibreOffice{at}."
        assert holder.told("'a.xlsx'") == f"anna has 'a.xlsx' open in LibreOffice{at}."


def test_locks_beside_the_link_and_beside_its_target_count(path: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "linked.xlsx"
    link.symlink_to(path)
    assert who_has_open(link, machine()) is None
    excel_lock_path(path).write_bytes(excel_lock("Anna"))
    assert who_has_open(link, machine()) is not None
    excel_lock_path(path).unlink()
    excel_lock_path(link).write_bytes(excel_lock("Ben"))
    assert who_has_open(link, machine()) is not None


@linux
def test_a_record_lock_of_another_process_counts(path: Path) -> None:
    code = (
        "import fcntl,sys,os; f=os.open(sys.argv[1], os.O_RDWR); fcntl.lockf(f, fcntl.LOCK_EX); "
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "held"
        assert this_machine.system_lock(path)
        holder = who_has_open(path)
        assert holder is not None
        assert holder.program == "another program"
        child.communicate("")
    assert who_has_open(path) is None


@linux
def test_this_machine_tells_who_holds_a_file_open(path: Path) -> None:
    if not this_machine.is_own_disk(this_machine.file_system(path)):
        pytest.skip("not on a disk of this machine")
    assert this_machine.held_open(path) is False
    with path.open("rb"):
        assert this_machine.held_open(path) is True
        assert this_machine.open_for_writing(path) is False
    with path.open("r+b"):
        assert this_machine.open_for_writing(path) is True
    assert this_machine.held_open(path.with_name("no such file")) is None


@linux
def test_this_machine_tells_when_a_process_started() -> None:
    before = time.time()
    with subprocess.Popen(["sleep", "30"]) as child:
        try:
            started = this_machine.start_times("sleep")
        finally:
            child.kill()
    assert started is not None
    assert any(abs(start - before) < 3 for start in started)
    assert this_machine.start_times("no such command") == []


def test_the_real_machine_answers(path: Path) -> None:
    office_lock_path(path).write_bytes(office_lock("anna", "certainly-" + socket.gethostname()))
    assert who_has_open(path) is not None


def test_our_lock_is_gone_after_use_and_waits_for_its_turn(path: Path) -> None:
    with writing(path, 1):
        assert own_lock_path(path).exists()
        with pytest.raises(WorkbookOpen, match="Another run"), writing(path, 0.05):
            pass
    if os.name == "posix":
        assert not own_lock_path(path).exists()
    with writing(path, 0):
        pass


@linux
def test_our_lock_is_freed_by_a_kill(path: Path) -> None:
    code = (
        "import sys,time,pathlib; from registry_sheets.workbooks.excel.locks import writing\n"
        "with writing(pathlib.Path(sys.argv[1]), 1): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "held"
        with pytest.raises(WorkbookOpen), writing(path, 0.05):
            pass
        child.kill()
    with writing(path, 1):
        pass
    assert not own_lock_path(path).exists()
