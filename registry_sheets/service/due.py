"""What is due when: local times of day and of the week as instants. Pure.

A local time that does not exist (the clocks go forward over it) is due at the next instant that exists. One that
comes twice (the clocks go back) is due the first time. A date that a zone skipped altogether has no nightly pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple

from registry_sheets.registry.times import WeeklyTime

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)

# Days or weeks from now's in which the one looked for lies, whatever a zone skipped, or repeated over midnight.
_NEWEST_FIRST, _OLDEST_FIRST = range(1, -5, -1), range(-2, 5)


class Due(NamedTuple):
    """``period``: a local date '2026-11-26' or an ISO week '2026-W48'. ``at``: the instant, in UTC."""

    period: str
    at: datetime


def latest_nightly(at: time, now: datetime, zone: tzinfo) -> Due:
    """The newest local date whose due instant is not after ``now`` (aware)."""
    return next(due for due in _nights(at, now, zone, _NEWEST_FIRST) if due.at <= now)


def next_nightly(at: time, now: datetime, zone: tzinfo) -> Due:
    """The first local date whose due instant is after ``now``."""
    return next(due for due in _nights(at, now, zone, _OLDEST_FIRST) if due.at > now)


def latest_weekly(when: WeeklyTime, now: datetime, zone: tzinfo) -> Due:
    """The newest ISO week whose due instant is not after ``now``."""
    return next(due for due in _weeks(when, now, zone, _NEWEST_FIRST) if due.at <= now)


def next_weekly(when: WeeklyTime, now: datetime, zone: tzinfo) -> Due:
    """The first ISO week whose due instant is after ``now``."""
    return next(due for due in _weeks(when, now, zone, _OLDEST_FIRST) if due.at > now)


def instant_of(local: datetime, zone: tzinfo) -> datetime:
    """The first instant, in UTC, at which the zone's clocks show ``local`` (naive) or have gone past it."""
    usual = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _wall(usual, zone) == local:
        return usual
    # In a gap fold 0 counts from the offset before and fold 1 from that after it (PEP 495): the change lies between.
    other = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    early, late = min(other, usual), max(other, usual)
    while late - early > _SECOND:
        middle = early + timedelta(seconds=(late - early) // _SECOND // 2)
        early, late = (early, middle) if _wall(middle, zone) >= local else (middle, late)
    return late


def slot(every: timedelta, now: datetime) -> datetime:
    """The start of the stretch of length ``every`` in which ``now`` lies, counted from 1970: the same for everybody."""
    start = datetime(1970, 1, 1, tzinfo=UTC)
    return start + (now - start) // every * every


def _nights(at: time, now: datetime, zone: tzinfo, order: range) -> Iterator[Due]:
    today = _wall(now, zone).date()
    for days in order:
        day = today + days * _DAY
        if _exists(day, zone):
            yield Due(day.isoformat(), instant_of(datetime.combine(day, at), zone))


def _weeks(when: WeeklyTime, now: datetime, zone: tzinfo, order: range) -> Iterator[Due]:
    today = _wall(now, zone).date()
    for weeks in order:
        day = today + timedelta(days=when.weekday - today.weekday(), weeks=weeks)
        year, week, _ = day.isocalendar()
        yield Due(f"{year}-W{week:02}", instant_of(datetime.combine(day, when.at), zone))


def _exists(day: date, zone: tzinfo) -> bool:
    return _wall(instant_of(datetime.combine(day, time()), zone), zone).date() == day


def _wall(instant: datetime, zone: tzinfo) -> datetime:
    """What the zone's clocks show, naive."""
    return instant.astimezone(zone).replace(tzinfo=None)
