"""How the service stands with a registry: what was done last, what is next, what fails, what waits. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from registry_sheets.service import outcomes
from registry_sheets.service.due import Due, latest_nightly, latest_weekly, next_nightly, next_weekly, slot
from registry_sheets.service.plan import Plan
from registry_sheets.service.status_mail import LATELY, LettersSeen, letters_seen
from registry_sheets.state.deliveries import Deliveries
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import FailureRow, Run, noted_moment

GRACE = timedelta(hours=1)
"""How long after it was due a job may still be under way, or wait for the machine to wake up."""

_CHECKS = ("check", "again")


@dataclass(frozen=True)
class Seen:
    """What the ledger says. ``runs``: of nightly, weekly and check, the newest first, with those under way.

    ``began``: since when the service looks after the registry, None where it never did. ``tried``: when a pass ended
    last. ``again_at``, ``weekly_again_at``, ``alert_again_at``: when to come back to what failed or waits.
    """

    runs: Mapping[str, Sequence[Run]] = field(default_factory=dict)
    failures: Sequence[FailureRow] = ()
    mails: Mapping[str, int] = field(default_factory=dict)
    letters: LettersSeen = field(default_factory=LettersSeen)
    began: datetime | None = None
    tried: datetime | None = None
    again_at: datetime | None = None
    weekly_again_at: datetime | None = None
    alert_again_at: datetime | None = None
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

    ``outbox``: recorded edits that wait for the workbook. ``mails``: how many lately, by what became of them;
    ``mail_stuck``: one waits for too long. ``weekly_off``: why there is no weekly mail, '' where there is.
    """

    name: str
    zone: tzinfo
    jobs: tuple[JobStatus, ...] = ()
    failures: tuple[FailureRow, ...] = ()
    mails: Mapping[str, int] = field(default_factory=dict)
    letters: LettersSeen = field(default_factory=LettersSeen)
    mail_stuck: bool = False
    began: datetime | None = None
    again_at: datetime | None = None
    weekly_again_at: datetime | None = None
    alert_again_at: datetime | None = None
    outbox: int = 0
    waiting: str = ""
    waiting_since: datetime | None = None
    weekly_off: str = ""
    problem: str = ""

    @property
    def well(self) -> bool:
        """Whether the service has begun, nothing fails, nothing is overdue, and no mail waits for too long."""
        trouble = self.problem or self.failures or self.mail_stuck or any(job.overdue_since for job in self.jobs)
        return self.began is not None and not trouble

    def tried_again(self, job: str) -> datetime | None:
        """When a job that fails is tried again; None where that is not known."""
        return {"nightly": self.again_at, "weekly": self.weekly_again_at}.get(job)


def seen_in(ledger: Ledger, deliveries: Deliveries, now: datetime) -> Seen:
    """What a ledger and the deliveries of mail say at this moment. Raises StateUnusable."""
    checks = [run for job in _CHECKS for run in ledger.runs(job, 1)]
    return Seen(
        runs={
            "nightly": ledger.runs("nightly", 5),
            "weekly": ledger.runs("weekly", 5),
            "check": sorted(checks, key=lambda run: run.started_at, reverse=True),
        },
        failures=ledger.failures(),
        mails=ledger.deliveries(now - LATELY),
        letters=letters_seen(deliveries, now),
        began=noted_moment(ledger.noted(outcomes.BEGAN)),
        tried=noted_moment(ledger.noted(outcomes.TRIED)),
        again_at=noted_moment(ledger.noted(outcomes.AGAIN)),
        weekly_again_at=outcomes.weekly_again(ledger.noted(outcomes.WEEKLY_AGAIN))[0],
        alert_again_at=noted_moment(ledger.noted(outcomes.ALERT_AGAIN)),
        waiting=ledger.noted(outcomes.WAITING),
        waiting_since=noted_moment(ledger.noted(outcomes.WAITING_SINCE)),
    )


def status_of(name: str, plan: Plan, seen: Seen, outbox: int, now: datetime, weekly_off: str = "") -> RegistryStatus:
    """How a registry stands now. ``weekly_off``: as status_mail.weekly_off()."""
    return RegistryStatus(
        name=name,
        zone=plan.zone,
        jobs=tuple(
            job for job in (_nightly(plan, seen, now), _weekly(plan, seen, now), _check(plan, seen, now)) if job
        ),
        failures=tuple(seen.failures),
        mails={state: number for state, number in seen.mails.items() if number},
        letters=seen.letters,
        mail_stuck=seen.letters.stuck(now),
        began=seen.began,
        again_at=seen.again_at,
        weekly_again_at=seen.weekly_again_at,
        alert_again_at=seen.alert_again_at,
        outbox=outbox,
        waiting=seen.waiting,
        waiting_since=seen.waiting_since,
        weekly_off=weekly_off,
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
    """Nothing is overdue of a service that was never started, nor of one that has only begun."""
    runs = seen.runs.get(job, ())
    last = runs[0] if runs else None
    done = due is not None and any(run.period == due.period and run.finished_at for run in runs)
    if due is None or done or seen.began is None:
        return JobStatus(job, last, following.at, None)
    return JobStatus(job, last, due.at, due.at if now - max(due.at, seen.began) > GRACE else None)


def _check(plan: Plan, seen: Seen, now: datetime) -> JobStatus | None:
    if plan.every is None:
        return None
    ended = _last_pass(seen, now)
    since = ended + plan.every if ended and now - ended > plan.every + GRACE else None
    last = next(iter(seen.runs.get("check", ())), None)
    return JobStatus("check", last, slot(plan.every, now) + plan.every, since)


def _last_pass(seen: Seen, now: datetime) -> datetime | None:
    """When the last pass of any kind ended, or the service began; None where it never did.

    The note of it counts beside the runs: the newest of them may be under way. A clock that was wrong says nothing.
    """
    if seen.began is None:
        return None
    ends = [run.finished_at for job in ("nightly", "check") for run in seen.runs.get(job, ())]
    return max((end for end in (*ends, seen.tried, seen.began) if end and end <= now), default=seen.began)
