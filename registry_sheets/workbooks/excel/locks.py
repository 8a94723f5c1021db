"""Who has a workbook open, and our own lock, so that two runs do not write one workbook at once.

Excel puts a hidden file ``~$models.xlsx`` beside an open workbook and holds it open itself: 165 bytes,
the user's name counted in byte 0 and spelt in the system's code page, once more from byte 55 in
UTF-16LE after a 16-bit count. LibreOffice puts ``.~lock.models.xlsx#``: full name, login, host, time
and profile, separated by commas. Both layouts as LibreOffice writes them (svl/source/misc/
msodocumentlockfile.cxx and lockfilecommon.cxx).

A lock file counts as open unless the machine it came from shows that it is stale:

- ``~$``: on Windows, when the file can be opened for writing (Excel shares it for reading only, and the
  server of a share enforces that). Elsewhere, when it stands on a local disk, nothing on this machine
  holds it open (a file server that serves it to Excel would) and it is more than a day old.
- ``.~lock``: when it names this machine and no LibreOffice that runs here was started before it.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from registry_sheets.errors import WorkbookOpen
from registry_sheets.workbooks.excel.machine import (
    file_system,
    held_open,
    is_own_disk,
    start_times,
    system_lock,
)

_DAY = 86_400.0
_SLACK = 5.0  # seconds between a process's start and the lock file it makes, clock ticks included


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the workbook open: ``name`` as the lock file tells it ('' unknown), with ``program`` and its lock.

    ``machine``: on which one, where the lock file tells.
    """

    name: str
    program: str
    lock_file: Path | None = None
    machine: str = ""

    @property
    def sentence(self) -> str:
        """'Anna Berg has it open in Excel.'"""
        return self.told("it")

    def told(self, what: str) -> str:
        """The same of a workbook by its name; with the machine where it is known."""
        at = f" on {self.machine}" if self.machine else ""
        return f"{self.name or 'Somebody'} has {what} open in {self.program}{at}."


@dataclass(frozen=True, slots=True)
class Machine:
    """What this machine can tell about itself; tests give their own."""

    host: str = field(default_factory=socket.gethostname)
    now: Callable[[], float] = time.time
    office_started: Callable[[], list[float] | None] = lambda: start_times("soffice.bin")
    held_open: Callable[[Path], bool | None] = held_open
    local_disk: Callable[[Path], bool] = lambda path: is_own_disk(file_system(path))


def excel_lock_path(workbook: Path) -> Path:
    """Where Excel puts its lock file for this workbook."""
    return workbook.with_name("~$" + workbook.name)


def office_lock_path(workbook: Path) -> Path:
    """Where LibreOffice puts its lock file for this workbook."""
    return workbook.with_name(f".~lock.{workbook.name}#")


def excel_owner(data: bytes) -> str:
    """The user's name in a ``~$`` file; '' where it holds none."""
    count = int.from_bytes(data[55:57], "little")
    if 0 < count <= 54 and len(data) >= 57 + 2 * count:
        return data[57 : 57 + 2 * count].decode("utf-16-le", "replace").strip("\0 ")
    return data[1 : 1 + data[0]].decode("cp1252", "replace").strip("\0 ") if data else ""


def office_owner(data: bytes) -> tuple[str, str]:
    """(name, host) in a ``.~lock`` file; '' for what it does not tell."""
    fields = _office_fields(data.decode("utf-8", "replace"))
    full, login, host = (*fields, "", "", "")[:3]
    return full or login, host


def _office_fields(text: str) -> list[str]:
    fields, current, escaped = [], "", False
    for letter in text:
        if escaped or letter not in "\\,;":
            current, escaped = current + letter, False
        elif letter == "\\":
            escaped = True
        else:
            fields.append(current.strip())
            current = ""
    return [*fields, current.strip()]


def who_has_open(path: Path, machine: Machine | None = None) -> Holder | None:
    """Who has the workbook open, or None. Stale lock files do not count; symlinks are looked at from both ends."""
    machine = machine or Machine()
    for workbook in dict.fromkeys((path.resolve(), path)):
        holder = _excel_holder(workbook, machine) or _office_holder(workbook, machine)
        if holder:
            return holder
    return Holder("", "another program") if system_lock(path.resolve()) else None


def _read(path: Path) -> bytes | None:
    """The lock file's bytes; b'' where it is there and cannot be read (Excel may share nothing); None: not there."""
    try:
        return path.read_bytes()[:4096]
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return b""


def _excel_holder(workbook: Path, machine: Machine) -> Holder | None:
    lock = excel_lock_path(workbook)
    data = _read(lock)
    if data is None or _excel_stale(lock, machine):
        return None
    return Holder(excel_owner(data), "Excel", lock)


def _excel_stale(lock: Path, machine: Machine) -> bool:
    if sys.platform == "win32":
        with suppress(OSError), lock.open("r+b"):
            return True
        return False
    with suppress(OSError):
        old = machine.now() - lock.stat().st_mtime > _DAY
        return old and machine.local_disk(lock) and machine.held_open(lock) is False
    return False


def _office_holder(workbook: Path, machine: Machine) -> Holder | None:
    lock = office_lock_path(workbook)
    data = _read(lock)
    if data is None:
        return None
    name, host = office_owner(data)
    if _is_this_machine(host, machine) and _office_stale(lock, machine):
        return None
    return Holder(name, "LibreOffice", lock, "" if host.casefold() == "localhost" else host)


def _is_this_machine(host: str, machine: Machine) -> bool:
    """'localhost' could be anybody's."""
    short = host.split(".")[0].casefold()
    return bool(short) and short != "localhost" and short == machine.host.split(".")[0].casefold()


def _office_stale(lock: Path, machine: Machine) -> bool:
    started = machine.office_started()
    if started is None:
        return False
    try:
        made = lock.stat().st_mtime
    except OSError:
        return True
    return not any(start <= made + _SLACK for start in started)


def refuse_if_open(path: Path, machine: Machine | None = None) -> None:
    """Raises WorkbookOpen, naming who has it open and what to do."""
    holder = who_has_open(path, machine)
    if holder is None:
        return
    fix = "Close it there; it is written by the next run."
    if holder.lock_file is not None:
        fix = f"Close it there, or delete '{holder.lock_file.name}' beside it if nobody has; the next run writes it."
    raise WorkbookOpen(f"'{path.name}' is not written now: {holder.sentence}", fix, holder.told(f"'{path.name}'"))


def own_lock_path(workbook: Path) -> Path:
    """Our lock file: beside the workbook, so that runs with other configs and on other machines meet it too."""
    from registry_sheets.workbooks.excel.leftovers import prefix

    return workbook.with_name(f"{prefix(workbook)}registry-sheets-lock")


@contextmanager
def writing(workbook: Path, timeout: float) -> Iterator[None]:
    """Hold our lock on a workbook (symlinks resolved); it is freed when the process dies, however it dies.

    Raises WorkbookOpen when another run holds it for longer than ``timeout`` seconds, OSError where no
    lock file can be made.
    """
    from filelock import FileLock, Timeout

    lock_path = own_lock_path(workbook)
    lock = FileLock(lock_path, timeout=timeout)
    try:
        lock.acquire(poll_interval=0.02)
    except Timeout as error:
        message = f"Another run of registry-sheets is writing '{workbook.name}'."
        raise WorkbookOpen(message, "Nothing was written; run again when it has finished.") from error
    try:
        yield
    finally:
        _unlink_held(lock_path)
        lock.release()


def _unlink_held(lock_path: Path) -> None:
    """Remove the lock file while it is held: one who waits sees that its file is gone and takes a new one."""
    if os.name == "posix":
        with suppress(OSError):
            lock_path.unlink()
