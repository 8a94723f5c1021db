"""The jobs of one registry: each looks whether it is due, claims its period, is done, and its end is noted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from registry_sheets.config import RegistryConfig
from registry_sheets.service import outcomes
from registry_sheets.service.child_failures import STOPPED
from registry_sheets.service.due import latest_nightly, latest_weekly, slot
from registry_sheets.service.plan import Plan
from registry_sheets.service.tasks import Result, Task
from registry_sheets.service.telling import done_event, error_event, told_of
from registry_sheets.service.tools import Tools
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_values import Alert, Claim, Ended, Failed, moment, noted_moment

_SPARE = timedelta(minutes=5)  # a lease outlasts what may be done under it


class Unsettled(NamedTuple):
    """A task that was done and whose end could not be noted; noting it is tried again, doing it is not."""

    claim: Claim
    at: datetime
    ended: Ended


@dataclass
class Turn:
    """One registry's turn in a round. ``unsettled`` outlives it; ``failed`` counts what went wrong in it.

    ``held``: something is due that somebody else is at.
    """

    registry: RegistryConfig
    plan: Plan
    ledger: Ledger
    tools: Tools
    unsettled: list[Unsettled]
    failed: int = 0
    held: bool = False

    def settle(self) -> None:
        """Note what could not be noted before. Raises StateUnusable."""
        while self.unsettled:
            one = self.unsettled[0]
            self.ledger.finish(one.claim, one.at, one.ended)
            del self.unsettled[0]

    def do(self, job: str, period: str, task: Task, end: Callable[[Result, datetime], Ended]) -> None:
        """Do the task unless it is done for the period or somebody is at it. Raises StateUnusable."""
        if self.ledger.finished(job, period):
            return
        claim = self.ledger.claim(job, period, self.tools.now(), self.plan.limit + _SPARE)
        if claim is None:
            self.held = True
            return
        result = self.tried(job, task)
        if result.failure and result.failure.kind == STOPPED:
            self.ledger.release(claim)
            return
        now = self.tools.now()
        self.unsettled.append(Unsettled(claim, now, end(result, now)))
        self.settle()

    def tried(self, job: str, task: Task) -> Result:
        """What the worker makes of it, told in the log. A worker should not raise; one that does has failed."""
        started = self.tools.now()
        try:
            result = self.tools.worker.run(task, self.plan.limit, self.tools.beat)
        except Exception as error:
            self.tools.log(error_event(self.registry.name, job, error))
            text = f"A fault in Registry Sheets ({type(error).__name__}); the log says where."
            result = Result(failure=Failed("Bug", text, "Please report it."))
        if (result.failure or not result.skipped) and not (result.failure and result.failure.kind == STOPPED):
            seconds = max((self.tools.now() - started).total_seconds(), 0.0)
            self.tools.log(done_event(job, task, result, seconds))
        self.failed += bool(result.failure)
        return result


def nightly(turn: Turn) -> None:
    """The pass of the newest local date that is due. Dates that were slept through are not made up."""
    if turn.plan.nightly is None:
        return
    due = latest_nightly(turn.plan.nightly, turn.tools.now(), turn.plan.zone)
    turn.do("nightly", due.period, Task("nightly", turn.registry, due.period), _end_of_pass(turn))


def weekly(turn: Turn) -> None:
    """The mail of the newest week that is due, from the service's first start on: nobody gets Monday's on Thursday."""
    if turn.plan.weekly is None:
        return
    now = turn.tools.now()
    due = latest_weekly(turn.plan.weekly, now, turn.plan.zone)
    if due.at >= began(turn.ledger, now):
        turn.do("weekly", due.period, Task("weekly", turn.registry, due.period), _end_of_weekly(turn, due.period))


def again(turn: Turn) -> None:
    """A check, when it is time to come back to what waits or failed."""
    note = turn.ledger.noted(outcomes.AGAIN)
    if outcomes.is_time(noted_moment(note), turn.tools.now()):
        turn.do("again", note, Task("check", turn.registry, forced=True), _end_of_pass(turn))


def weekly_again(turn: Turn) -> None:
    """The weekly mail that failed as a whole, once more: whoever has it does not get it again (see deliveries)."""
    note = turn.ledger.noted(outcomes.WEEKLY_AGAIN)
    now = turn.tools.now()
    at, period = outcomes.weekly_again(note)
    if turn.plan.weekly is None or not outcomes.is_time(at, now):
        return
    if period != latest_weekly(turn.plan.weekly, now, turn.plan.zone).period:  # there is a newer one
        turn.ledger.note(outcomes.WEEKLY_AGAIN, "")
        return
    task = Task("weekly", turn.registry, period, forced=True)
    turn.do("weekly again", note, task, _end_of_weekly(turn, period))


def check(turn: Turn) -> None:
    """A light pass in every stretch of ``check_every`` in which there was none yet."""
    if turn.plan.every is None:
        return
    start = slot(turn.plan.every, turn.tools.now())
    seen = noted_moment(turn.ledger.noted(outcomes.TRIED))
    if seen is None or not start <= seen < start + turn.plan.every:
        turn.do("check", moment(start), Task("check", turn.registry), _end_of_pass(turn))


def alerts(turn: Turn) -> None:
    """Tell those who look after the service what fails and what works again, each once."""
    now = turn.tools.now()
    put_off = noted_moment(turn.ledger.noted(outcomes.ALERT_AGAIN))
    if not turn.plan.alert_to or (put_off and not outcomes.is_time(put_off, now)):
        return
    for alert in turn.ledger.alerts():
        if not turn.tools.stopping() and turn.ledger.begin_telling(alert, now) and not _told(turn, alert):
            # Those who have it already do not get it again: deliveries are noted for each address.
            turn.ledger.take_back(alert)
            turn.ledger.note(outcomes.ALERT_AGAIN, moment(turn.tools.now() + outcomes.SOON))
            return
    if put_off:
        turn.ledger.note(outcomes.ALERT_AGAIN, "")


STEPS: Mapping[str, Callable[[Turn], None]] = {
    "nightly": nightly,
    "weekly": weekly,
    "again": again,
    "weekly again": weekly_again,
    "check": check,
    "alert": alerts,
}
"""A registry's jobs in their order."""


def began(ledger: Ledger, now: datetime) -> datetime:
    """When the service first looked after the registry; noted the first time, or where a wrong clock noted it."""
    noted = noted_moment(ledger.noted(outcomes.BEGAN))
    if noted is None or noted > now:
        ledger.note(outcomes.BEGAN, moment(now))
        return now
    return noted


def _told(turn: Turn, alert: Alert) -> bool:
    """Send an alert. ``period`` tells the mail that something fails from the one that it works again."""
    number = alert.failure.id
    period = f"failure {number}" if alert.what == "failing" else f"failure {number} over"
    task = Task("alert", turn.registry, period, told=told_of(alert, turn.plan.zone))
    return turn.tried("alert", task).failure is None


def _end_of_pass(turn: Turn) -> Callable[[Result, datetime], Ended]:
    since = turn.ledger.noted(outcomes.WAITING_SINCE)
    return lambda result, now: outcomes.of_pass(result, now, since)


def _end_of_weekly(turn: Turn, period: str) -> Callable[[Result, datetime], Ended]:
    since = turn.ledger.noted(outcomes.WAITING_SINCE)
    return lambda result, now: outcomes.of_weekly(result, now, period, since)
