"""What runs in the child process of the service: it does one task after another until its parent goes."""

from __future__ import annotations

import faulthandler
import gc
import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from multiprocessing.connection import Connection, wait
from multiprocessing.process import parent_process
from pathlib import Path
from types import TracebackType
from typing import Any

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.registry.text import one_line
from registry_sheets.service.child_failures import by_hand
from registry_sheets.service.child_process import TAKEN, Reply
from registry_sheets.service.tasks import Result, Task
from registry_sheets.state.ledger_values import Failed

Do = Callable[[Task], Result]

NOTICES_LIMIT = 100
NOTICE_LIMIT = 500
TEXT_LIMIT = 2_000
"""What a result may bring back; beyond it the text is cut, for the parent lives for years."""

_FRAMES_SHOWN = 20
_AFTER_LIMIT = 60.0
_DIES_FIRST = 500


def main(connection: Connection, do: str, parent: int) -> None:
    """The child's whole life: take (task, limit in seconds), say TAKEN, do it, send a Reply; go with the parent."""
    _be_a_good_child(parent)
    with suppress(EOFError, OSError):
        while True:
            task, limit = connection.recv()
            connection.send(TAKEN)
            with _end_after(limit + _AFTER_LIMIT):
                reply = _packed(_done(task, do))
            connection.send_bytes(reply)


@contextmanager
def _end_after(seconds: float) -> Iterator[None]:
    """End the process from a thread in C: for a child in which no Python runs any more, and that lost its parent."""
    with suppress(OSError, ValueError, OverflowError, AttributeError, RuntimeError):
        faulthandler.dump_traceback_later(seconds, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


def _done(task: Task, do: str) -> Reply:
    """Do it. Whatever is raised becomes a failure: PanicException of Rust libraries is no Exception either."""
    try:
        return Reply(_bounded(_named(do)(task)))
    except RegistrySheetsError as error:
        return Reply(Result(failure=Failed(type(error).__name__, _fit(error.message), _fit(error.fix))))
    except MemoryError:
        return Reply(Result(failure=_no_memory(task)), spent=True)
    except SystemExit:
        raise
    except BaseException as error:
        return Reply(Result(failure=_bug(error, task)), trail(error.__traceback__))


def _packed(reply: Reply) -> bytes:
    """The reply as bytes. What cannot be sent is a fault of the result, not of the pipe."""
    try:
        return pickle.dumps(reply)
    except Exception as error:
        text = f"A fault in Registry Sheets: the result cannot be handed over ({type(error).__name__})."
        return pickle.dumps(Reply(Result(failure=Failed("Bug", text, "Please report it."))))


def _named(path: str) -> Do:
    """The function 'package.module:name'."""
    module, _, name = path.partition(":")
    found: Do = getattr(import_module(module), name)
    return found


def _bounded(result: Result) -> Result:
    """The result as plain values of bounded size: the parent need not know numpy to read it, nor keep a megabyte."""
    notices = tuple(text[:NOTICE_LIMIT] for text in result.notices[:NOTICES_LIMIT])
    more = len(result.notices) - len(notices)
    return replace(
        result,
        counts={str(name): int(count) for name, count in result.counts.items()},
        notices=(*notices, f"and {more} more notices") if more else notices,
        waiting=result.waiting[:TEXT_LIMIT],
    )


def _fit(text: str) -> str:
    return one_line(text)[:TEXT_LIMIT]


def _no_memory(task: Task) -> Failed:
    return Failed(
        "OutOfMemory",
        f"There was not enough memory for {task.registry.sheet.label}.",
        "Give the service more memory, or make the workbook smaller (old versions can go into another one).",
    )


def _bug(error: BaseException, task: Task) -> Failed:
    """One line that says where, and not what: the error's own text may quote a cell."""
    where = trail(error.__traceback__).rsplit(" > ", 1)[-1] or "its start"
    return Failed(
        "Bug",
        f"A fault in Registry Sheets: {type(error).__name__} at {where}.",
        f"Run by hand, which prints a text to report: {by_hand(task)}",
    )


def trail(frames: TracebackType | None) -> str:
    """The way to where an error came up, on one line: 'sync.py:120 record > sqlite.py:33 write'. No values."""
    steps = traceback.extract_tb(frames)[-_FRAMES_SHOWN:]
    return " > ".join(f"{_short(step.filename)}:{step.lineno} {step.name}" for step in steps)


def _short(file: str) -> str:
    return "/".join(Path(file).parts[-2:])


def _be_a_good_child(parent: int) -> None:
    """Streams, signals and ends such as a child needs whose parent decides all."""
    _own_signals()
    gc.enable()  # the command line switches it off, for one short run
    _steady_output()
    _die_with(parent)
    _die_before_the_service()


def _own_signals() -> None:
    """Ctrl-C and a closed terminal reach the whole group, and the parent decides. SIGTERM ends by way of `finally`."""
    for name in ("SIGINT", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the parent holds signals back while it starts a child


def _leave(_signal: int, _frame: Any) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # a second one must not end the tidying up
    raise SystemExit(128 + signal.SIGTERM)


def _steady_output() -> None:
    """Whatever some library prints goes to standard error; a crash in C says in a few lines where it was."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(OSError, ValueError, AttributeError, RuntimeError):
        faulthandler.enable(all_threads=False)


def _die_with(parent: int) -> None:
    """Leave no orphan, not even one that hangs.

    On Linux the kernel kills the child (prctl(2), PR_SET_PDEATHSIG). Elsewhere a thread waits for the parent's end; it
    cannot run while C code holds the interpreter, and then the time limit of the task ends the child.
    """
    threading.Thread(target=_leave_after_parent, name="parent's end", daemon=True).start()
    if sys.platform == "linux":
        import ctypes

        set_parent_death_signal = 1
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew
            os._exit(1)


def _leave_after_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _die_before_the_service() -> None:
    """Where memory runs out, Linux is to choose the child and not the service (proc(5), oom_score_adj)."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(str(_DIES_FIRST), encoding="ascii")
