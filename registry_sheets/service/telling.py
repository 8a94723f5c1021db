"""The lines of the service's log, and the mails to those who look after it. No cell is quoted at level info."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import RegistrySheetsError
from registry_sheets.service.logs import Event, Level, Value
from registry_sheets.service.outcomes import LATER, SOON, back_in, facts
from registry_sheets.service.tasks import Result, Task, Told
from registry_sheets.state.ledger_values import Alert, Failed, FailureRow

NAMES: Mapping[str, str] = {
    "nightly": "nightly pass",
    "weekly": "weekly mail",
    "check": "check",
    "again": "check",
    "weekly again": "weekly mail",
    "alert": "alert",
    "state": "service",
}
"""What a job is called in a sentence."""

_HEALTH: Mapping[str, str] = {**NAMES, "nightly": "check of the sheet"}

_FRAMES = 8

_WITHOUT_CELLS: Mapping[str, str] = {
    "RowsVanished": "Many rows that were there are gone, so nothing was recorded or written; status names them.",
}
"""What the log says in place of a message that names cells, by the kind of failure. Status and mails tell it whole."""


def done_event(job: str, task: Task, result: Result, seconds: float) -> Event:
    """A task came to an end, well or not."""
    what = f"{NAMES[job]}{f' of {task.period}' if task.period else ''}"
    about: dict[str, Value] = {**result.counts, "job": job, "period": task.period, "seconds": round(seconds, 1)}
    if result.failure:
        level: Level = "warning" if back_in(result.failure) == SOON else "error"
        text = f"{what} failed: {said(_without_cells(result.failure))}"
        return Event(f"{task.job}-failed", task.registry.name, {**about, "kind": result.failure.kind}, level, text)
    done = ", ".join(filter(None, (facts(result.counts), f"{seconds:.1f} s")))
    told = f" {result.waiting}" if result.waiting else ""
    waits = f" Something waits; it is tried again in ten minutes.{told}" if result.again else ""
    return Event(f"{task.job}-done", task.registry.name, about, "info", f"{what} done: {done}.{waits}")


def error_event(registry: str, where: str, error: Exception) -> Event:
    """What a job, the ledger or the config raised: a sentence, or of a fault its place and nothing that it says."""
    if isinstance(error, RegistrySheetsError):
        return Event("unusable", registry, {"job": where, "kind": type(error).__name__}, "error", str(error))
    text = f"A fault in Registry Sheets ({type(error).__name__}) in {where}: {trail_of(error)}. Please report it."
    return Event("bug", registry, {"job": where, "kind": type(error).__name__}, "error", text)


def held_event(registry: str) -> Event:
    """Something is due, and somebody else is at it: told once, since two services on one config are no trouble."""
    text = (
        "another service looks after this registry too, or one that ended over a job did so less than its time limit "
        "ago; each thing is done once."
    )
    return Event("held", registry, message=text)


def trail_of(error: BaseException) -> str:
    """The way to where it was raised: 'loop.py:12 run, jobs.py:40 do'. An error's own words may quote a cell."""
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return ", ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames)


def _without_cells(failure: Failed) -> Failed:
    return replace(failure, message=_WITHOUT_CELLS.get(failure.kind, failure.message))


def said(failure: Failed) -> str:
    """What is wrong and what to do."""
    return f"{failure.message} {failure.fix}".strip()


def health_of(job: str) -> str:
    """What fails where a failure is noted of a job: that of "nightly" may come from a check in between."""
    return _HEALTH.get(job, job)


def where_of(registry: RegistryConfig) -> str:
    """'Clinic: /srv/clinic/models.xlsx on srv1': every registry of a provider may have a models.xlsx."""
    import socket

    return f"{registry.name}: {registry.sheet} on {socket.gethostname()}"


def told_of(alert: Alert, zone: tzinfo) -> Told:
    """What the mail about a failure, or about its end, is to tell."""
    failure = alert.failure
    again = f"{failure.fix} It is tried again {_when(failure)}.".strip()
    return Told(health_of(failure.job), failure.message, again, failure.since.astimezone(zone), alert.what == "well")


def _when(failure: FailureRow) -> str:
    if failure.job == "state":
        return "every minute"
    soon = back_in(Failed(failure.kind, failure.message)) == SOON
    return f"every {SOON.seconds // 60} minutes" if soon else f"every {LATER.seconds // 60} minutes"
