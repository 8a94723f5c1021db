"""When the service does its jobs, as people write it: '02:00', 'monday 07:30', '15 minutes'."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import time, timedelta
from typing import NamedTuple

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_INTERVAL = re.compile(r"([0-9]{1,5}) *(s|sec|seconds?|m|min|minutes?|h|hours?)")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
_LEAST, _MOST = timedelta(minutes=1), timedelta(hours=24)


class WeeklyTime(NamedTuple):
    """A time of the week. ``weekday``: 0 is Monday."""

    weekday: int
    at: time


def nightly_time(said: str) -> time | None:
    """The time of day of '02:00'; None for '' (never). Raises ValueError with what to write instead."""
    return _clock(said, said, 'Write a time of day such as "02:00", or "" for no nightly pass.') if said else None


def weekly_time(said: str) -> WeeklyTime | None:
    """The time of the week of 'monday 07:30' or 'mon 07:30'; None for '' (never). Raises ValueError."""
    if not said:
        return None
    fix = 'Write a day and a time such as "monday 07:30", or "" for no weekly mail.'
    day, _, clock = " ".join(said.split()).casefold().partition(" ")
    found = [number for number, name in enumerate(WEEKDAYS) if day in (name, name[:3])]
    if not found:
        raise ValueError(f"'{said}' does not begin with a day of the week. {fix}")
    return WeeklyTime(found[0], _clock(clock, said, fix))


def interval(said: str) -> timedelta | None:
    """The length of '15 minutes' or '2 hours', from 1 minute to 24 hours; None for ''. Raises ValueError."""
    if not said:
        return None
    found = _INTERVAL.fullmatch(said.strip().casefold())
    if not found:
        raise ValueError(f'\'{said}\' is not a length of time. Write one such as "15 minutes" or "2 hours".')
    number = int(found[1])
    length = number * _UNITS[found[2][0]]
    if not _LEAST <= length <= _MOST:
        raise ValueError(f"'{said}' is not between 1 minute and 24 hours. Write one such as \"15 minutes\".")
    return length


def fault_of_nightly(said: str) -> str:
    """What is wrong with it and what to write; '' where nothing is."""
    return _fault(nightly_time, said)


def fault_of_weekly(said: str) -> str:
    """What is wrong with it and what to write; '' where nothing is."""
    return _fault(weekly_time, said)


def fault_of_interval(said: str) -> str:
    """What is wrong with it and what to write; '' where nothing is."""
    return _fault(interval, said)


def _fault(parse: Callable[[str], object], said: str) -> str:
    try:
        parse(said)
    except ValueError as error:
        return str(error)
    return ""


def _clock(clock: str, said: str, fix: str) -> time:
    found = _CLOCK.fullmatch(clock.strip())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise ValueError(f"'{said}' does not give a time of day from 00:00 to 23:59. {fix}")
    return time(int(found[1]), int(found[2]))
