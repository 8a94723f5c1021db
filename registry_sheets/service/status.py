"""How the service stands with a registry: what was done last, what is next, what fails, what waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from registry_sheets.service import outcomes
from registry_sheets.service.due import Due, latest_nightly, latest_weekly, next_nightly, next_weekly, slot
from registry_sheets.service.plan import Plan
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import FailureRow, Run, noted_moment

GRACE = timedelta(hours=1)
"""How long after it was due a job may still be under way, or wait for the machine to wake up."""

LATELY = timedelta(days=14)
"""How far back mails are counted."""

_CHECKS = ("check", "again")


@dataclass(frozen=True)
class Seen:
    """What the ledger says. ``runs``: of nightly, weekly and check, the newest first, with those under way."""

    runs: Mapping[str, Sequence[Run]] = field(default_factory=dict)
    failures: Sequence[FailureRow] = ()
    mails: Mapping[str, int] = field(default_factory=dict)
    began: datetime | None = None
    again_at: datetime | None = None
    waiting: str = ""
    waiting_since: datetime | None = None


class JobStatus(NamedTuple):
    """One job. ``last``: its newest run, perhaps under way. ``next_at``: when it is due, perhaps already.

    ``overdue_since``: when it was due, if that is too long ago; None where it is not.
    """

    job: str
    last: Run | None
    next_at: datetime
    overdue_since: datetime | None


@dataclass(frozen=True)
class RegistryStatus:
    """How one registry stands. ``problem``: why its state cannot be read, '' where it can.

    ``outbox``: recorded edits that wait for the workbook. ``mails``: how many lately, by what became of them.
    """

    name: str
    zone: tzinfo
    jobs: tuple[JobStatus, ...] = ()
    failures: tuple[FailureRow, ...] = ()
    mails: Mapping[str, int] = field(default_factory=dict)
    began: datetime | None = None
    again_at: datetime | None = None
    outbox: int = 0
    waiting: str = ""
    waiting_since: datetime | None = None
    problem: str = ""

    @property
    def well(self) -> bool:
        """Whether nothing fails and nothing is overdue."""
        return not (self.problem or self.failures or any(job.overdue_since for job in self.jobs))


def seen_in(ledger: Ledger, now: datetime) -> Seen:
    """What a ledger says at this moment. Raises StateUnusable."""
    checks = [run for job in _CHECKS for run in ledger.runs(job, 1)]
    return Seen(
        runs={
            "nightly": ledger.runs("nightly", 5),
            "weekly": ledger.runs("weekly", 5),
            "check": sorted(checks, key=lambda run: run.started_at, reverse=True),
        },
        failures=ledger.failures(),
        mails=ledger.deliveries(now - LATELY),
        began=noted_moment(ledger.noted(outcomes.BEGAN)),
        again_at=noted_moment(ledger.noted(outcomes.AGAIN)),
        waiting=ledger.noted(outcomes.WAITING),
        waiting_since=noted_moment(ledger.noted(outcomes.WAITING_SINCE)),
    )


def status_of(name: str, plan: Plan, seen: Seen, outbox: int, now: datetime) -> RegistryStatus:
    """How a registry stands now."""
    return RegistryStatus(
        name=name,
        zone=plan.zone,
        jobs=tuple(
            job for job in (_nightly(plan, seen, now), _weekly(plan, seen, now), _check(plan, seen, now)) if job
        ),
        failures=tuple(seen.failures),
        mails={state: number for state, number in seen.mails.items() if number},
        began=seen.began,
        again_at=seen.again_at,
        outbox=outbox,
        waiting=seen.waiting,
        waiting_since=seen.waiting_since,
    )


def unreadable(name: str, plan: Plan, problem: str, outbox: int = 0) -> RegistryStatus:
    """A registry whose state cannot be read: what was done and what fails is not known."""
    return RegistryStatus(name, plan.zone, outbox=outbox, problem=problem)


def _nightly(plan: Plan, seen: Seen, now: datetime) -> JobStatus | None:
    if plan.nightly is None:
        return None
    due = latest_nightly(plan.nightly, now, plan.zone)
    return _job("nightly", seen, due, next_nightly(plan.nightly, now, plan.zone), now)


def _weekly(plan: Plan, seen: Seen, now: datetime) -> JobStatus | None:
    if plan.weekly is None:
        return None
    due: Due | None = latest_weekly(plan.weekly, now, plan.zone)
    if due and (seen.began is None or due.at < seen.began):  # it was due before anybody was there to do it
        due = None
    return _job("weekly", seen, due, next_weekly(plan.weekly, now, plan.zone), now)


def _job(job: str, seen: Seen, due: Due | None, following: Due, now: datetime) -> JobStatus:
    runs = seen.runs.get(job, ())
    last = runs[0] if runs else None
    if due is None or any(run.period == due.period and run.finished_at for run in runs):
        return JobStatus(job, last, following.at, None)
    return JobStatus(job, last, due.at, due.at if now - due.at > GRACE else None)


def _check(plan: Plan, seen: Seen, now: datetime) -> JobStatus | None:
    if plan.every is None:
        return None
    # Any pass counts, and none is made while another is under way.
    passes = [run for job in ("nightly", "check") for run in seen.runs.get(job, ())]
    ended = max((run.finished_at for run in passes if run.finished_at), default=seen.began)
    since = ended + plan.every if ended and now - ended > plan.every + GRACE else None
    last = next(iter(seen.runs.get("check", ())), None)
    return JobStatus("check", last, slot(plan.every, now) + plan.every, since)
