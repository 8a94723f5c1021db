"""What follows from a task's result: what the ledger notes, and when to come back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from registry_sheets import errors
from registry_sheets.service.tasks import Result
from registry_sheets.state.ledger_values import Ended, Failed, moment, noted_moment

SOON = timedelta(minutes=10)
"""When to come back to what passes by itself: an open workbook, a share that is away, a mail put off."""

LATER = timedelta(hours=1)
"""When to come back to what most likely waits for a person: it need not wait for the next night once it is mended."""

AGAIN, WEEKLY_AGAIN = "again_at", "weekly_again_at"
WAITING, WAITING_SINCE = "waiting", "waiting_since"
TRIED, CHECKED, BEGAN, ALERT_AGAIN = "tried_at", "checked_at", "began", "alert_again_at"
"""Keys of notes in the ledger. TRIED: when a pass ended last; CHECKED: when one ended well.

The value of WEEKLY_AGAIN is '<moment> <week>'; other moments stand alone.
"""

# By name, since a failure comes from another process; these are what it raises besides the errors of errors.py.
_PASSING = frozenset(("CannotStart", "OutboxBusy", "MailBusy", "MailNotSent", "LostReply"))
_LASTING = frozenset(("RowsVanished",))


def back_in(failure: Failed) -> timedelta:
    """How soon a failed job is worth another try."""
    kind = getattr(errors, failure.kind, None)
    passing = isinstance(kind, type) and issubclass(kind, errors.NotChecked) and failure.kind not in _LASTING
    return SOON if passing or failure.kind in _PASSING else LATER


def of_pass(result: Result, now: datetime, waiting_since: str) -> Ended:
    """The end of a nightly pass, a check or a follow-up. ``waiting_since``: that note as it is."""
    if result.skipped and not result.failure:
        notes = {TRIED: moment(now), CHECKED: moment(now)}
        return Ended("nightly", None, dict(result.counts), notes, shows_health=False)
    notes = {TRIED: moment(now), **_waiting(result, now, waiting_since)}
    notes[AGAIN] = moment(now + SOON) if result.again else ""
    if result.failure:
        notes[AGAIN] = moment(now + (SOON if result.again else back_in(result.failure)))
    else:
        notes[CHECKED] = moment(now)
    return Ended("nightly", result.failure, dict(result.counts), notes)


def of_weekly(result: Result, now: datetime, period: str, waiting_since: str) -> Ended:
    """The end of a weekly mail. One that failed as a whole is tried again; mails put off wait for the next passes."""
    notes = {WEEKLY_AGAIN: f"{moment(now + back_in(result.failure))} {period}" if result.failure else ""}
    if result.again and not result.failure:
        notes |= {AGAIN: moment(now + SOON), **_waiting(result, now, waiting_since)}
    return Ended("weekly", result.failure, dict(result.counts), notes)


def is_time(at: datetime | None, now: datetime) -> bool:
    """Whether a moment to come back has come. One further ahead than any is set was set by a clock that was wrong."""
    return at is not None and not now < at <= now + LATER


def weekly_again(note: str) -> tuple[datetime | None, str]:
    """(when, ISO week) of the note WEEKLY_AGAIN."""
    when, _, period = note.partition(" ")
    return noted_moment(when), period


def _waiting(result: Result, now: datetime, since: str) -> dict[str, str]:
    if result.again and result.waiting:
        return {WAITING: result.waiting, WAITING_SINCE: since or moment(now)}
    return {} if result.failure else {WAITING: "", WAITING_SINCE: ""}


def facts(counts: Mapping[str, int]) -> str:
    """'31 rows, 4 errors' of {'rows': 31, 'errors': 4}; '' for none."""
    return ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items())
