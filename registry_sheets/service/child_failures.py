"""How it is told that a child process did not finish its task: what happened, and what to do about it."""

from __future__ import annotations

import signal

from registry_sheets.service.tasks import Job, Task
from registry_sheets.state.ledger_values import Failed

STOPPED = "Stopped"
"""The kind of failure of a task that was not finished because the service ends."""


def stopped() -> Failed:
    """The service ends; this is no fault."""
    return Failed(STOPPED, "The service was stopped before this was done.", "It is done at the next start.")


def cannot_start(error: OSError) -> Failed:
    """The system gives no new process."""
    return Failed(
        "CannotStart",
        f"No process could be started for this: {error.strerror or type(error).__name__}.",
        "See whether the machine has memory left and room for processes; it is tried again.",
    )


def cannot_send(error: Exception) -> Failed:
    """The task itself cannot be handed over."""
    return Failed(
        "Bug",
        f"A fault in Registry Sheets: the task cannot be handed over ({type(error).__name__}).",
        "Please report it.",
    )


def too_long(task: Task, seconds: float) -> Failed:
    """The task was given up at its limit."""
    limit = f"{seconds / 60:.0f} min" if seconds >= 60 else f"{seconds:g} s"
    return Failed(
        "TookTooLong",
        f"The process that {_DOING[task.job]} {task.registry.sheet.label} took longer than {limit} and was ended.",
        f"See whether {_reached(task)} can be reached, then run by hand: {by_hand(task)}",
    )


def _reached(task: Task) -> str:
    return "its folder and the network" if task.registry.sheet.path else "the network and Google"


def died(task: Task, code: int | None) -> Failed:
    """The child ended in the middle of the task with this exit code, as multiprocessing gives it."""
    return Failed(
        "ChildDied",
        f"The process that {_DOING[task.job]} {task.registry.sheet.label} {death(code)}.",
        f"Run by hand and see what it says: {by_hand(task)}",
    )


def by_hand(task: Task) -> str:
    """The command that shows the same trouble to a person."""
    if task.job == "alert":
        return "registry-sheets mail test ADDRESS"
    command = "mail weekly --dry-run" if task.job == "weekly" else "check"
    config = f' --config "{task.registry.file}"' if task.registry.file else f' "{task.registry.sheet}"'
    named = f' --registry "{task.registry.name}"' if task.registry.file else ""
    return f"registry-sheets {command}{config}{named}"


_DOING: dict[Job, str] = {
    "nightly": "did the nightly pass over",
    "check": "checked",
    "weekly": "made the weekly mail of",
    "alert": "sent a mail about",
}

_DEATHS = {
    "SIGABRT": "aborted (SIGABRT): reading the workbook asked for more memory than there is, or a library gave up",
    "SIGKILL": "was killed (SIGKILL), as the system does when memory runs out",
    "SIGSEGV": "crashed (SIGSEGV): a fault in a library that it uses",
    "SIGBUS": "crashed (SIGBUS): a disk or share went away or is full",
    "SIGXCPU": "used up the processor time that it is allowed (SIGXCPU)",
}
_BY_SIGTERM = 128 + signal.SIGTERM


def death(code: int | None) -> str:
    """How a process ended, in words: code < 0 is a signal, None an end that nobody saw."""
    if code is None:
        return "ended, and nobody saw how"
    if code == _BY_SIGTERM:
        return "was ended by SIGTERM"
    if code >= 0:
        return f"ended by itself with code {code if code < 2**31 else hex(code)}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        return f"was ended by signal {-code}"
    return _DEATHS.get(name, f"was ended by {name}")
