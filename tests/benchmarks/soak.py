"""One process that makes pass after pass, as the service does in its years, and says what it has come to hold.

    python -m tests.benchmarks.soak 10000

Every pass is a round of the service a day later, over a real workbook with history, state and report page. Four kinds
take turns: a cell was changed; nothing was; one was changed and the workbook is open; the file is no workbook.
After PASSES_A_SPELL the registry is set back to its beginning, so that every spell is the same work, and what the
process holds at the end of a spell beyond what it held at the end of an earlier one is kept for nothing. Prints as
JSON what it held after each spell.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sys
import tempfile
import time
from array import array
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from registry_sheets.config import RegistryConfig, read_file
from registry_sheets.errors import RegistrySheetsError
from registry_sheets.service.doing import do
from registry_sheets.service.loop import Service
from registry_sheets.service.tasks import Result, Task
from registry_sheets.state.ledger_values import Failed
from registry_sheets.wiring.state import ledgers
from registry_sheets.workbooks.base import SetCell
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook
from tests.benchmarks import made

ROWS = 50
PASSES_A_SPELL = 20
_DATA_SOURCE = 3
_START = datetime(2026, 11, 26, 3, tzinfo=UTC)


class Held(NamedTuple):
    """What a process holds: memory in KB, blocks of Python's allocator, open files, threads."""

    memory: int
    blocks: int
    files: int
    threads: int


def held() -> Held:
    """What this process holds, garbage aside (proc(5), status and fd; Linux only)."""
    gc.collect()
    said = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines())
    files = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - as cheap as it gets: it is itself one of the files
    return Held(int(said["VmRSS"].split()[0]), sys.getallocatedblocks(), files, int(said["Threads"]))


class Here:
    """Does the service's tasks in this very process, and counts how they ended."""

    def __init__(self) -> None:
        self.ended: Counter[str] = Counter()

    def run(self, task: Task, _limit: timedelta, beat: Callable[[], None]) -> Result:
        beat()
        try:
            result = do(task)
        except RegistrySheetsError as error:
            result = Result(failure=Failed(type(error).__name__, error.message, error.fix))
        self.ended[result.failure.kind if result.failure else "waits" if result.again else "done"] += 1
        return result

    def stop(self) -> None: ...


class Soak:
    """A service over one registry in a folder, on a clock that goes a day with each pass."""

    def __init__(self, folder: Path) -> None:
        self.worker = Here()
        self._now = _START
        self._fresh, self._folder = folder / "fresh", folder / "registry"
        self._fresh.mkdir()
        made.write(ROWS, self._fresh / "models.xlsx")
        (self._fresh / "config.toml").write_text('time_zone = "UTC"\n[[registry]]\nsheet = "models.xlsx"\n')
        self._service = Service(self._load, self.worker, ledgers(), lambda _: None, now=lambda: self._now)

    def spell(self) -> None:
        """Passes from the registry's beginning on."""
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(self._fresh, self._folder)
        for number in range(PASSES_A_SPELL):
            with _STATES[number % len(_STATES)](self._folder / "models.xlsx", number):
                self._now += timedelta(days=1)
                self._service.once()

    def _load(self) -> tuple[RegistryConfig, ...]:
        return read_file(self._folder / "config.toml").registries


@contextmanager
def _changed(path: Path, number: int) -> Iterator[None]:
    """A person changed a cell; every other time it is blank then, which is a finding."""
    workbook = ExcelWorkbook(path, path.parent / "aside")
    snapshot = workbook.read()
    value = f"warehouse.events_{number} 2026-06-01" if number % 8 else ""
    workbook.edit_rows("Models", [SetCell(1 + number, _DATA_SOURCE, value)], snapshot.revision)
    yield


@contextmanager
def _as_it_was(_path: Path, _number: int) -> Iterator[None]:
    yield


@contextmanager
def _open(path: Path, number: int) -> Iterator[None]:
    """A person changed a cell and has the workbook open in Excel."""
    lock = path.with_name(f"~${path.name}")
    with _changed(path, number):
        lock.write_bytes(b"\x03Ana" + b" " * 51 + b"\x03\x00A\x00n\x00a\x00" + b" \x00" * 51)
        yield
        lock.unlink()


@contextmanager
def _unreadable(path: Path, _number: int) -> Iterator[None]:
    """The file is no workbook (half of one would be waited for: it may be being saved)."""
    whole = path.read_bytes()
    path.write_bytes(b"<html>Sign in to see this file</html>")
    yield
    path.write_bytes(whole)


_STATES = (_changed, _as_it_was, _open, _unreadable)


def soak(passes: int, tell: Callable[[str], None] = lambda _: None) -> dict[str, object]:
    """Make so many passes; what was held after each spell, and how the passes ended."""
    with tempfile.TemporaryDirectory() as folder:
        one, begun = Soak(Path(folder)), time.perf_counter()
        kept = array("q")  # an array, so that the notes are no objects of their own that are counted along
        for done in range(PASSES_A_SPELL, passes + 1, PASSES_A_SPELL):
            one.spell()
            kept.extend(held())
            tell(f"{done:,} passes: {Held(*kept[-len(Held._fields) :])}, {dict(one.worker.ended)}")
        return {
            "passes_a_spell": PASSES_A_SPELL,
            "held": list(zip(*[iter(kept)] * len(Held._fields), strict=True)),
            "ended": dict(one.worker.ended),
            "seconds": time.perf_counter() - begun,
        }


if __name__ == "__main__":
    print(json.dumps(soak(int(sys.argv[1]), lambda text: print(text, file=sys.stderr, flush=True))))
