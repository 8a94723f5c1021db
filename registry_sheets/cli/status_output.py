"""How the service stands, as it is printed: for a person, and as JSON for a monitoring check."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from registry_sheets.cli.failures import ExitCode
from registry_sheets.cli.findings_output import Paint, paint_for
from registry_sheets.cli.status_mail_output import SendAgain, counted, letter_lines, letter_objects
from registry_sheets.cli.streams import as_ascii
from registry_sheets.registry.text import terminal_safe
from registry_sheets.service.outcomes import facts
from registry_sheets.service.status import JobStatus, RegistryStatus
from registry_sheets.service.telling import NAMES, health_of
from registry_sheets.service.zones import zone_name
from registry_sheets.state.ledger_values import FailureRow, Run

_INSET = "    "
"""Before a command: that one is not cut to the terminal's width, so that it can be copied whole."""

MAIL_STATES = "sent", "deferred", "queued", "sending", "unknown", "refused"


def print_status(
    statuses: Sequence[RegistryStatus], as_json: bool, now: datetime, send_again: Callable[[str, str, str], str]
) -> ExitCode:
    """Print how all registries stand; the exit code that it comes to.

    ``send_again`` gives the command that sends the mail of a registry (by name), an ISO week and an address after all.
    """
    if as_json:
        objects = [_object(status) for status in statuses]
        print(json.dumps(objects, indent=2, ensure_ascii=as_ascii(sys.stdout)))
    else:
        paint = paint_for(sys.stdout)
        for number, status in enumerate(statuses):
            if number:
                print()
            for line in status_lines(status, paint, now, partial(send_again, status.name)):
                print(line if line.startswith(_INSET) else "\n".join(paint.fitted((line,))))
    return ExitCode.CLEAN if all(status.well for status in statuses) else ExitCode.NOT_CHECKED


def status_lines(status: RegistryStatus, paint: Paint, now: datetime, send_again: SendAgain) -> Iterator[str]:
    """One registry for a person; times are its zone's. What belongs to the line before stands further in."""
    zone = zone_name(status.zone, now)
    yield paint.bold(terminal_safe(f"{status.name} (times: {zone})"))
    for line in _lines(status, send_again):
        yield f"{_INSET if line.startswith('  ') else '  '}{terminal_safe(line)}"


def _lines(status: RegistryStatus, send_again: SendAgain) -> Iterator[str]:
    if status.problem:
        yield f"NOT KNOWN how it stands: {status.problem}"
    elif status.began is None:
        yield "The service has not looked after this registry yet. Start it with: registry-sheets serve"
    for job in status.jobs:
        yield from _job_lines(job, status)
    yield from _off_lines(status)
    for failure in status.failures:
        yield from _failure_lines(failure, status)
    yield from _waiting_lines(status)
    yield from counted(status.mails)
    yield from letter_lines(status.letters, lambda when: _clock(when, status), send_again)
    if status.mail_stuck:
        yield "LATE: mail has waited for more than a day. Try the mail server: registry-sheets mail test ADDRESS"


def _job_lines(job: JobStatus, status: RegistryStatus) -> Iterator[str]:
    yield f"{NAMES[job.job]}: next {_clock(job.next_at, status)}, last {_last(job.last, status)}"
    if job.overdue_since:
        yield f"OVERDUE: the {NAMES[job.job]} was due at {_clock(job.overdue_since, status)}. " + (
            "Is the service running? Start it with: registry-sheets serve"
        )


def _off_lines(status: RegistryStatus) -> Iterator[str]:
    """What is not done at all, so that nobody waits for it."""
    on = {job.job for job in status.jobs}
    reasons = {"nightly": 'nightly = "" in the config', "weekly": status.weekly_off}
    for job, why in reasons.items():
        if job not in on and not status.problem:
            yield f"{NAMES[job]}: off{f' ({why})' if why else ''}"


def _last(run: Run | None, status: RegistryStatus) -> str:
    if run is None:
        return "never"
    if run.finished_at is None:
        return f"begun {_clock(run.started_at, status)} and not ended yet"
    if run.failure_kind:
        return f"{_clock(run.finished_at, status)}, and failed"
    told = facts(run.counts)
    return f"{_clock(run.finished_at, status)}{f': {told}' if told else ''}"


def _failure_lines(failure: FailureRow, status: RegistryStatus) -> Iterator[str]:
    yield f"FAILING: the {health_of(failure.job)}, since {_clock(failure.since, status)}: {failure.message}"
    again = status.tried_again(failure.job)
    told = [failure.fix, f"It is tried again at {_clock(again, status)}." if again else ""]
    if any(told):
        yield f"What to do: {' '.join(filter(None, told))}" if failure.fix else told[1]


def _waiting_lines(status: RegistryStatus) -> Iterator[str]:
    since = f" Since {_clock(status.waiting_since, status)}." if status.waiting_since else ""
    if status.waiting:
        yield f"Waiting: {status.waiting}{since}"
    if status.outbox:
        what = "1 recorded edit waits" if status.outbox == 1 else f"{status.outbox:,} recorded edits wait"
        yield f"{what} in the outbox. See what: registry-sheets outbox"
    if status.again_at and not any(failure.job == "nightly" for failure in status.failures):
        yield f"It is looked at again at {_clock(status.again_at, status)}."
    if status.alert_again_at:
        yield f"A mail about a failure could not be sent; it is tried again at {_clock(status.alert_again_at, status)}."


def _clock(when: datetime, status: RegistryStatus) -> str:
    return f"{when.astimezone(status.zone):%Y-%m-%d %H:%M}"


def _object(status: RegistryStatus) -> dict[str, Any]:
    """What JSON tells of a registry: moments are ISO 8601 with the zone's offset, null for none."""

    def at(when: datetime | None) -> str | None:
        return when.astimezone(status.zone).isoformat(timespec="seconds") if when else None

    def run(one: Run | None) -> dict[str, Any] | None:
        if one is None:
            return None
        failure = {"kind": one.failure_kind, "message": one.message} if one.failure_kind else None
        told = {"period": one.period, "started": at(one.started_at), "finished": at(one.finished_at)}
        return {**told, "failure": failure, "counts": dict(one.counts)}

    jobs = {
        job.job: {"last": run(job.last), "next": at(job.next_at), "overdue_since": at(job.overdue_since)}
        for job in status.jobs
    }
    failing = [
        {
            "job": one.job,
            "kind": one.kind,
            "since": at(one.since),
            "again_at": at(status.tried_again(one.job)),
            "message": one.message,
            "fix": one.fix,
        }
        for one in status.failures
    ]
    waiting = {"outbox": status.outbox, "what": status.waiting, "since": at(status.waiting_since)}
    return {
        "registry": status.name,
        "time_zone": zone_name(status.zone, status.began or datetime.now().astimezone()),
        "well": status.well,
        "problem": status.problem,
        "service_began": at(status.began),
        "jobs": jobs,
        "failing": failing,
        "waiting": {**waiting, "again_at": at(status.again_at)},
        "weekly_off": status.weekly_off,
        "mails": {state: status.mails.get(state, 0) for state in MAIL_STATES},
        "letters": letter_objects(status.letters, at),
        "mail_stuck": status.mail_stuck,
    }
