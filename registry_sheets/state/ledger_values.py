"""What the ledger of jobs hands out, and how moments are kept in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple

_TEXT_LIMIT = 4_000


class Claim(NamedTuple):
    """The right to do a job for a period. ``tries``: 1, or more where earlier holders died over it."""

    id: int
    job: str
    period: str
    holder: str
    tries: int


class Run(NamedTuple):
    """A job as it was done for a period. ``finished_at`` None: it is being done, or whoever did it died.

    ``failure_kind`` '': it went well.
    """

    job: str
    period: str
    started_at: datetime
    finished_at: datetime | None
    failure_kind: str
    message: str
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Failed:
    """Why a job failed: ``kind`` is the error's class name, ``message`` and ``fix`` are for people."""

    kind: str
    message: str
    fix: str = ""


@dataclass(frozen=True)
class Ended:
    """How a run ended, with the notes to set along with that. ``about``: the job whose health it shows.

    ``shows_health`` False: it neither mends nor opens a failure.
    """

    about: str
    failed: Failed | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    shows_health: bool = True


class FailureRow(NamedTuple):
    """A job that fails, or failed until ``mended_at``."""

    id: int
    job: str
    kind: str
    message: str
    fix: str
    since: datetime
    mended_at: datetime | None


class Alert(NamedTuple):
    """What those who look after the service are still to be told of a failure: that it is there, or over."""

    what: Literal["failing", "well"]
    failure: FailureRow


def moment(when: datetime) -> str:
    """An aware datetime as it is kept: UTC to the microsecond, so that texts sort as moments."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_moment(text: str) -> datetime:
    """What moment() wrote. Raises ValueError."""
    when = datetime.fromisoformat(text)
    if when.tzinfo is not UTC:
        raise ValueError(f"'{text}' is not a moment in UTC")
    return when


def noted_moment(text: str) -> datetime | None:
    """The moment in a note; None where there is none, or none that can be read."""
    try:
        return from_moment(text)
    except ValueError:
        return None


def storable(text: str) -> str:
    """Bounded, and such that SQLite takes it: half of a surrogate pair has no UTF-8."""
    return text[:_TEXT_LIMIT].encode("utf-8", "replace").decode("utf-8")


def is_over(started: datetime, lease: timedelta, now: datetime) -> bool:
    """Whether a lease ran out by the clock on the wall.

    A clock may have been wrong: a lease that began further ahead than its own length is none.
    """
    return not started - lease <= now < started + lease
