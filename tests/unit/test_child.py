"""The child process of the service: whatever happens in it is the failure of one task."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent
from types import MappingProxyType
from typing import Any

import pytest

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.registry_sheet import FileSheet
from registry_sheets.service.child import ChildWorker
from registry_sheets.service.child_failures import death
from registry_sheets.service.child_process import Child
from registry_sheets.service.logs import Event
from registry_sheets.service.tasks import Result, Task, Told
from registry_sheets.settings import RegistrySettings

DO = "tests.unit.test_child:do"
LONG = timedelta(minutes=4)
HOUR = 3600
SECRET_CELL = "Forecast of the merger"

posix = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")


class _Panic(BaseException):
    """What Rust libraries raise: not an Exception."""


def do(task: Task) -> Result:
    """What the child does in these tests: the task's text names it."""
    deed = getattr(_Deeds, _told(task).job.replace(" ", "_"))
    done = deed(task)
    return done if isinstance(done, Result) else Result(counts={"pid": os.getpid(), "said": int(done or 0)})


class _Deeds:
    @staticmethod
    def nothing(_task: Task) -> None: ...

    @staticmethod
    def measure_the_subject(task: Task) -> int:
        return len(_told(task).message)

    @staticmethod
    def abort(_task: Task) -> None:
        os.abort()

    @staticmethod
    def leave(_task: Task) -> None:
        os._exit(7)

    @staticmethod
    def sys_exit(_task: Task) -> None:
        raise SystemExit(3)

    @staticmethod
    def be_killed(_task: Task) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    @staticmethod
    def hang(task: Task) -> None:
        if _told(task).message:
            Path(_told(task).message).write_text(str(os.getpid()), encoding="ascii")
        try:
            time.sleep(HOUR)
        finally:
            if _told(task).message:
                Path(f"{_told(task).message}.tidied").touch()

    @staticmethod
    def hang_hard(task: Task) -> None:
        """No Python runs meanwhile, so neither a signal handler nor a thread does."""
        if _told(task).message:
            Path(_told(task).message).write_text(str(os.getpid()), encoding="ascii")
        library, mutex = ctypes.PyDLL(None), ctypes.create_string_buffer(256)
        library.pthread_mutex_init(mutex, None)
        library.pthread_mutex_lock(mutex)
        library.pthread_mutex_lock(mutex)  # for ever; unlike sleep, no signal ends it

    @staticmethod
    def run_out_of_memory(_task: Task) -> None:
        raise MemoryError

    @staticmethod
    def fail(_task: Task) -> None:
        raise ValueError(SECRET_CELL)

    @staticmethod
    def panic(_task: Task) -> None:
        raise _Panic(SECRET_CELL)

    @staticmethod
    def not_readable(_task: Task) -> None:
        raise UnreadableWorkbook("x.xlsx is encrypted.", "Take the password off.")

    @staticmethod
    def unpicklable(_task: Task) -> Result:
        return Result(waiting=_Odd("x"))

    @staticmethod
    def wrong_kind(_task: Task) -> Result:
        return Result(counts=None)  # type: ignore[arg-type]

    @staticmethod
    def mapping_proxy(_task: Task) -> Result:
        return Result(counts=MappingProxyType({"rows": 3}))

    @staticmethod
    def huge(_task: Task) -> Result:
        return Result(notices=tuple("x" * 100_000 for _ in range(1_000)), waiting="y" * 10_000_000)

    @staticmethod
    def garbage_is_collected(_task: Task) -> int:
        return int(gc.isenabled())

    @staticmethod
    def interrupts_are_ignored(_task: Task) -> int:
        return int(
            signal.getsignal(signal.SIGINT) == signal.SIG_IGN and signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        )

    @staticmethod
    def blocked_signals(_task: Task) -> int:
        return len(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    @staticmethod
    def print_much(_task: Task) -> None:
        sys.stdout.write("printed by a library \N{SNOWMAN} \udcff\n")
        sys.stdout.flush()

    @staticmethod
    def grow(_task: Task) -> None:
        _Deeds.kept = bytearray(b"x") * (300 * 2**20)  # type: ignore[attr-defined]


class _Odd(str):
    hold: object

    def __getitem__(self, key: Any) -> str:
        cut = _Odd("x")
        cut.hold = lambda: None
        return cut


def _task(deed: str, **said: Any) -> Task:
    sheet = Path("/tmp/clients/models.xlsx")
    registry = RegistryConfig("Demo", FileSheet(sheet), RegistrySettings(sheet="models.xlsx"), sheet.parent)
    told = Told(deed, said.pop("subject", ""), "", datetime(2026, 11, 26, tzinfo=UTC))
    return Task(said.pop("job", "check"), registry, told=told, **said)


def _told(task: Task) -> Told:
    assert task.told
    return task.told


def _run(worker: ChildWorker, deed: str, limit: timedelta = LONG, **said: Any) -> Result:
    return worker.run(_task(deed, **said), limit, lambda: None)


def _pid(worker: ChildWorker) -> int:
    result = _run(worker, "nothing")
    assert result.failure is None, result.failure
    return result.counts["pid"]


def _kind(result: Result) -> str:
    assert result.failure is not None
    assert result.failure.message
    assert result.failure.fix
    return result.failure.kind


def _gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"


def _wait_for(happens: Any) -> None:
    for _ in range(3_000):
        if happens():
            return
        time.sleep(0.02)
    raise AssertionError("it did not happen within a minute")


@pytest.fixture
def worker() -> Iterator[ChildWorker]:
    made = ChildWorker(DO)
    yield made
    made.close()


def test_one_child_does_all_tasks(worker: ChildWorker) -> None:
    pids = {_pid(worker) for _ in range(200)}
    assert len(pids) == 1
    assert pids != {os.getpid()}


@posix
@pytest.mark.parametrize(
    ("deed", "said"),
    [
        ("abort", "SIGABRT"),
        ("be killed", "memory runs out"),
        ("leave", "code 7"),
        ("sys exit", "code 3"),
    ],
)
def test_a_death_is_the_failure_of_that_task(worker: ChildWorker, deed: str, said: str) -> None:
    before = _pid(worker)
    result = _run(worker, deed)
    assert _kind(result) == "ChildDied"
    assert result.failure is not None
    assert said in result.failure.message
    assert "models.xlsx" in result.failure.message
    assert "registry-sheets check" in result.failure.fix
    assert _pid(worker) != before


@posix
@pytest.mark.parametrize("deed", ["hang", "hang hard"])
def test_a_hang_ends_at_the_limit(worker: ChildWorker, tmp_path: Path, deed: str) -> None:
    told = tmp_path / "pid"
    before = _pid(worker)
    assert _kind(_run(worker, deed, timedelta(seconds=0.5), subject=str(told))) == "TookTooLong"
    assert _gone(before)
    assert _pid(worker) != before
    # One in which Python still runs was let tidy up.
    assert Path(f"{told}.tidied").exists() == (deed == "hang")


def test_an_error_for_people_comes_back_whole(worker: ChildWorker) -> None:
    before = _pid(worker)
    failure = _run(worker, "not readable").failure
    assert failure is not None
    assert (failure.kind, failure.message, failure.fix) == (
        "UnreadableWorkbook",
        "x.xlsx is encrypted.",
        "Take the password off.",
    )
    assert _pid(worker) == before


@pytest.mark.parametrize("deed", ["fail", "panic"])
def test_a_fault_is_told_without_the_cell(deed: str) -> None:
    events: list[Event] = []
    worker = ChildWorker(DO, events.append)
    result = _run(worker, deed)
    before = _pid(worker)
    assert _kind(result) == "Bug"
    assert result.failure is not None
    assert "test_child.py" in result.failure.message
    assert [(event.name, event.registry, event.level) for event in events] == [("bug", "Demo", "error")]
    assert f" {deed}" in str(events[0].fields["trail"])
    assert SECRET_CELL not in repr((result, events))
    assert _pid(worker) == before
    worker.close()


def test_out_of_memory_changes_the_child(worker: ChildWorker) -> None:
    before = _pid(worker)
    assert _kind(_run(worker, "run out of memory")) == "OutOfMemory"
    assert _pid(worker) != before


@pytest.mark.parametrize("deed", ["unpicklable", "wrong kind", "no such deed"])
def test_a_result_that_cannot_come_back_is_a_fault(worker: ChildWorker, deed: str) -> None:
    before = _pid(worker)
    assert _kind(_run(worker, deed)) == "Bug"
    assert _pid(worker) == before


def test_a_function_that_is_not_there_is_a_fault() -> None:
    worker = ChildWorker("registry_sheets.nowhere:do")
    assert _kind(_run(worker, "nothing")) == "Bug"
    worker.close()


def test_a_task_that_cannot_be_sent_is_a_fault(worker: ChildWorker) -> None:
    assert _kind(_run(worker, "nothing", subject=lambda: None)) == "Bug"
    assert _pid(worker)


def test_results_come_back_plain_and_bounded(worker: ChildWorker) -> None:
    assert dict(_run(worker, "mapping proxy").counts) == {"rows": 3}
    huge = _run(worker, "huge")
    assert huge.failure is None
    assert huge.notices[-1] == "and 900 more notices"
    assert sum(map(len, huge.notices)) + len(huge.waiting) < 100_000


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_children_that_died_leave_nothing_open(worker: ChildWorker) -> None:
    def held() -> tuple[int, int]:
        return sum(1 for _ in Path("/proc/self/fd").iterdir()), threading.active_count()

    assert _kind(_run(worker, "leave")) == "ChildDied"
    before = held()
    for deed in ("leave", "be killed", "nothing", "leave", "run out of memory", "nothing", "leave"):
        _run(worker, deed)
    assert held() == before


def test_a_long_text_arrives(worker: ChildWorker) -> None:
    assert _run(worker, "measure the subject", subject="ü" * 3_000_000).counts["said"] == 3_000_000


def test_the_child_collects_garbage_though_the_command_line_does_not(worker: ChildWorker) -> None:
    gc.disable()
    try:
        assert _run(worker, "garbage is collected").counts["said"] == 1
    finally:
        gc.enable()


@posix
def test_the_child_takes_no_signals_of_the_parent_over(worker: ChildWorker) -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGUSR1,))
    try:
        assert _run(worker, "interrupts are ignored").counts["said"] == 1
        assert _run(worker, "blocked signals").counts["said"] == 0
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == {signal.SIGUSR1}
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())


@posix
def test_a_child_that_died_idle_is_nobodys_failure(worker: ChildWorker) -> None:
    before = _pid(worker)
    os.kill(before, signal.SIGKILL)
    _wait_for(lambda: _gone(before))
    assert _pid(worker) != before


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the size of a process is not to be seen")
def test_a_child_that_has_grown_is_let_go(worker: ChildWorker) -> None:
    first = _run(worker, "nothing").counts["pid"]
    assert _run(worker, "grow").counts["pid"] == first
    assert _pid(worker) != first
    assert _gone(first)


def test_a_child_is_let_go_after_many_tasks(worker: ChildWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry_sheets.service.child_process._TASKS_LIMIT", 3)
    pids = [_pid(worker) for _ in range(7)]
    assert len(set(pids)) == 3
    assert pids[0] == pids[2] != pids[3] == pids[5] != pids[6]


def test_another_thread_gets_a_child_of_its_own(worker: ChildWorker) -> None:
    pids: list[int] = []
    thread = threading.Thread(target=lambda: pids.append(_pid(worker)))
    thread.start()
    thread.join()
    # The first child dies with the thread that started it (PR_SET_PDEATHSIG); nobody notices.
    pids.append(_pid(worker))
    assert len(set(pids)) == 2


def test_beats_while_it_waits(worker: ChildWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry_sheets.service.child._BEAT", 0.05)
    beats: list[int] = []
    worker.run(_task("hang"), timedelta(seconds=1), lambda: beats.append(1))
    assert len(beats) > 1


def test_a_beat_that_fails_leaves_no_child_in_the_middle(worker: ChildWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("registry_sheets.service.child._BEAT", 0.0)

    def fail() -> None:
        raise ZeroDivisionError

    before = _pid(worker)
    with pytest.raises(ZeroDivisionError):
        worker.run(_task("hang"), LONG, fail)
    assert _pid(worker) != before


@posix
@pytest.mark.parametrize("deed", ["hang", "hang hard"])
def test_stop_from_another_thread_ends_the_task(tmp_path: Path, deed: str) -> None:
    worker = ChildWorker(DO)
    told = tmp_path / "pid"

    def stop() -> None:
        _wait_for(lambda: told.exists() and told.read_text(encoding="ascii"))
        worker.stop()

    thread = threading.Thread(target=stop, daemon=True)
    thread.start()
    assert _kind(_run(worker, deed, subject=str(told))) == "Stopped"
    thread.join()
    assert _gone(int(told.read_text(encoding="ascii")))
    assert _kind(_run(worker, "nothing")) == "Stopped"
    worker.close()


@posix
def test_stop_from_a_signal_handler_ends_the_task(tmp_path: Path) -> None:
    worker = ChildWorker(DO)
    told = tmp_path / "pid"

    def send() -> None:
        _wait_for(lambda: told.exists() and told.read_text(encoding="ascii"))
        os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, lambda *_: worker.stop())
    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        assert _kind(_run(worker, "hang hard", subject=str(told))) == "Stopped"
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, before)
    assert _gone(int(told.read_text(encoding="ascii")))
    worker.close()


def test_stop_between_tasks_ends_the_child(worker: ChildWorker) -> None:
    before = _pid(worker)
    worker.stop()
    _wait_for(lambda: _gone(before) or not _alive(worker))
    assert _kind(_run(worker, "nothing")) == "Stopped"


def _alive(worker: ChildWorker) -> bool:
    child: Child | None = worker._child
    return child is not None and child.process.is_alive()


def test_no_process_to_be_had_is_a_failure(worker: ChildWorker, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", refuse)
    assert _kind(_run(worker, "nothing")) == "CannotStart"
    monkeypatch.undo()
    assert _pid(worker)


PARENT = """
import sys
from datetime import UTC, datetime, timedelta
from registry_sheets.service.child import ChildWorker
from tests.unit.test_child import DO, _task

if __name__ == "__main__":
    worker = ChildWorker(DO)
    print("said:", worker.run(_task(sys.argv[1], subject=sys.argv[2]), timedelta(hours=1), lambda: None), flush=True)
"""


def _parent(folder: Path, deed: str) -> subprocess.Popen[str]:
    script = folder / "parent.py"
    script.write_text(dedent(PARENT), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, script, deed, folder / "pid"],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("deed", ["hang", "hang hard"])
def test_a_parent_that_is_killed_leaves_no_orphan(tmp_path: Path, deed: str) -> None:
    told = tmp_path / "pid"
    with _parent(tmp_path, deed) as parent:
        _wait_for(lambda: told.exists() and told.read_text(encoding="ascii"))
        child = int(told.read_text(encoding="ascii"))
        assert not _gone(child)
        parent.kill()
        _wait_for(lambda: _gone(child))


@posix
def test_a_parent_that_forgets_to_stop_can_still_leave(tmp_path: Path) -> None:
    with _parent(tmp_path, "nothing") as parent:
        out, err = parent.communicate()
    assert (parent.returncode, err) == (0, "")
    assert "failure=None" in out


@posix
def test_what_a_library_prints_goes_to_standard_error(tmp_path: Path) -> None:
    with _parent(tmp_path, "print much") as parent:
        out, err = parent.communicate()
    assert "failure=None" in out
    assert "printed by a library" not in out
    assert "printed by a library" in err


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (None, "nobody saw"),
        (0, "code 0"),
        (143, "SIGTERM"),
        (-15, "SIGTERM"),
        (3221225477, "0xc0000005"),
        (-500, "500"),
    ],
)
def test_every_death_has_words(code: int | None, said: str) -> None:
    assert said in death(code)
