"""One child process of the service and the pipe to it: starting it, hearing from it, making it go."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from registry_sheets.service.tasks import Result

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

# Python and the C libraries below it keep the memory that a large workbook took, and a leak of a few KB a pass would
# count over years. A new child costs 0.3 s, so one that has grown is let go after its task.
_SIZE_LIMIT = 1_500 * 2**20
_SIZE_ALLOWED = 256 * 2**20
_GROWTH = 3
_TASKS_LIMIT = 1_000  # where the size cannot be seen (no /proc)


@dataclass(frozen=True)
class Reply:
    """What the child sends back. ``trail``: where a fault came up, file by file, without any value.

    ``spent``: the child ran out of memory and should not be used again.
    """

    result: Result
    trail: str = ""
    spent: bool = False


TAKEN = Reply(Result(), trail="taken")
"""What comes before the reply: the child has the task in hand, so that its death from now on is the task's failure."""


class Child:
    """One child process, with the pipe to it."""

    def __init__(self, process: SpawnProcess, connection: Connection) -> None:
        self.process = process
        self.connection = connection
        self.tasks = 0
        self.spent = False
        self._first_size = 0
        # The kernel sends the child its parent's-death signal when the *thread* that started it ends (prctl(2)).
        self._thread = threading.get_ident()

    def usable(self) -> bool:
        """Whether it is alive and has not grown beyond measure."""
        return (
            self._thread == threading.get_ident() and self.process.is_alive() and not self.spent and not self._grown()
        )

    def _grown(self) -> bool:
        size = _size(self.process.pid)
        self._first_size = self._first_size or size
        allowed = min(_SIZE_LIMIT, max(_SIZE_ALLOWED, _GROWTH * self._first_size))
        return size > allowed or self.tasks >= _TASKS_LIMIT

    def has_news(self, seconds: float) -> bool:
        """Whether it has answered or died, within so many seconds."""
        from multiprocessing.connection import wait

        return bool(wait([self.connection, self.process.sentinel], seconds))

    def reply(self) -> Reply | None:
        """What it says, TAKEN or its answer; None if it died. An answer given just before death counts."""
        try:
            if not self.connection.poll():
                return None
            reply: Reply = self.connection.recv()
        except (EOFError, OSError):
            return None
        return reply

    def end(self) -> None:
        """Ask it to go, at once and without waiting."""
        with suppress(OSError, ValueError, AttributeError):
            self.process.terminate()

    def gone(self, seconds: float) -> bool:
        """Whether it has ended, within so many seconds."""
        self.process.join(seconds)
        return self.process.exitcode is not None

    def dismiss(self, at_once: bool, grace: float) -> None:
        """Make it go: by closing the pipe, or by SIGTERM (so that it tidies up); what stays is killed."""
        with suppress(OSError):
            self.connection.close()
        if at_once:
            self.end()
        if not self.gone(grace):
            with suppress(OSError):
                self.process.kill()
            self.gone(grace)
        with suppress(ValueError):  # it cannot be killed (waits for a dead disk): the system takes it one day
            self.process.close()


def started(do: str) -> Child:
    """A new child. Raises OSError."""
    import multiprocessing

    from registry_sheets.service.child_main import main

    context = multiprocessing.get_context("spawn")  # fork would take locks held by threads along, and is not on Windows
    ours, theirs = context.Pipe()
    try:
        process = context.Process(
            target=main, args=(theirs, do, os.getpid()), name="registry-sheets worker", daemon=True
        )
        with _signals_held_back():
            process.start()
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()  # or the child's death would not show as the pipe's end
    return Child(process, ours)


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """The child starts with these signals blocked and takes them when it is ready: Ctrl-C meanwhile prints nothing."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # or start() does it, and unblocks them
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _size(pid: int | None) -> int:
    """The memory that a process has in use, in bytes; 0 where that cannot be seen (proc(5), statm)."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0
