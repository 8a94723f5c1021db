"""The ledger of jobs: each is done once for its period, whoever else tries to, and whoever dies over it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from registry_sheets.state import ledger_failures as failures
from registry_sheets.state import ledger_statements as sql
from registry_sheets.state.ledger_host import Host, ThisProcess
from registry_sheets.state.ledger_values import (
    Alert,
    Claim,
    Ended,
    Failed,
    FailureRow,
    Run,
    from_moment,
    is_over,
    moment,
    storable,
)
from registry_sheets.state.store import Store
from registry_sheets.state.troubles import damaged, told_of_sql

KEPT = 400
"""Runs of each job that are kept: more than a year of nights. They are counted, since a clock may be wrong."""


class Ledger:
    """The jobs of one registry. ``host``: who asks; an open claim of the same host counts as given up.

    Every method raises StateUnusable.
    """

    def __init__(self, store: Store, host: Host | None = None) -> None:
        self._store = store
        self._host = host or ThisProcess()

    # Runs

    def claim(self, job: str, period: str, now: datetime, lease: timedelta) -> Claim | None:
        """The right to do the job for the period; None where it is done, or somebody is at it.

        Whoever holds it has it for ``lease``, or as long as it can be seen to live, whichever is shorter.
        """
        with self._writing() as db:
            row = db.execute(sql.HELD, (job, period)).fetchone()
            if row and not self._free(_Held(*row), now):
                return None
            tries = row[5] + 1 if row else 1
            id_ = _begin(db, row[0] if row else None, (job, period, *self._terms(now, lease), tries))
            return Claim(id_, job, period, self._host.holder, tries)

    def renew(self, claim: Claim, now: datetime, lease: timedelta) -> bool:
        """Begin the lease anew; False where the claim is somebody else's by now."""
        with self._writing() as db:
            done = db.execute(sql.RENEW, (*self._terms(now, lease), *_key(claim)))
            return done.rowcount > 0

    def release(self, claim: Claim) -> None:
        """Give the claim back with the job not done: anybody may claim it at once."""
        with self._writing() as db:
            db.execute(sql.RELEASE, _key(claim))

    def finish(self, claim: Claim, now: datetime, ended: Ended) -> bool:
        """Note how it ended, all at once. False, and nothing is noted, where the claim is somebody else's by now."""
        failed = ended.failed or Failed("", "")
        counts = json.dumps(dict(ended.counts))
        with self._writing() as db:
            outcome = (moment(now), failed.kind, storable(failed.message), counts)
            if not db.execute(sql.FINISH, (*outcome, *_key(claim))).rowcount:
                return False
            if ended.shows_health:
                failures.settle(db, ended.about, ended.failed, moment(now))
            for key, value in ended.notes.items():
                _note(db, key, value)
            _prune(db, claim.job)
            return True

    def last(self, job: str) -> Run | None:
        """The run that was finished last; None where there is none."""
        return next(iter(self._runs(sql.LAST_RUN, job)), None)

    def runs(self, job: str, most: int = KEPT) -> Sequence[Run]:
        """Its runs, the newest first, unfinished ones included."""
        return self._runs(sql.RUNS, job, most)

    def finished(self, job: str, period: str) -> bool:
        """Whether it is done for the period, well or not."""
        return any(run.finished_at for run in self._runs(sql.RUN_OF, job, period))

    # Failures

    def open_failure(self, job: str, kind: str, message: str, now: datetime, fix: str = "") -> FailureRow | None:
        """Note that a job fails; None where it is known to fail in this way already."""
        with self._writing() as db:
            return failures.settle(db, job, Failed(kind, message, fix), moment(now))

    def mend(self, job: str, now: datetime) -> None:
        """Note that a job does well."""
        with self._writing() as db:
            failures.settle(db, job, None, moment(now))

    def failing(self, job: str) -> FailureRow | None:
        """The failure of a job that does not do well."""
        return next((row for row in self.failures() if row.job == job), None)

    def failures(self) -> Sequence[FailureRow]:
        """Of all jobs that do not do well."""
        with self._reading() as db:
            return failures.open_ones(db)

    def alerts(self) -> Sequence[Alert]:
        """What is still to be told."""
        with self._reading() as db:
            return failures.untold(db)

    def begin_telling(self, alert: Alert, now: datetime) -> bool:
        """Note, before it is sent, that it is told; False where somebody else does. It is never told twice."""
        with self._writing() as db:
            return failures.mark(db, alert, moment(now))

    def take_back(self, alert: Alert) -> None:
        """Note that it was not told after all: sending it failed for certain."""
        with self._writing() as db:
            failures.take_back(db, alert)

    # Notes

    def note(self, key: str, value: str) -> None:
        """Keep a value; '' forgets it."""
        with self._writing() as db:
            _note(db, key, value)

    def deliveries(self, since: datetime) -> Mapping[str, int]:
        """How many mails tried since then are in which state of the table deliveries."""
        with self._reading() as db:
            return {str(state): int(number) for state, number in db.execute(sql.DELIVERIES, (moment(since),))}

    def noted(self, key: str) -> str:
        """The value kept under a key, '' for none."""
        with self._reading() as db:
            row = db.execute(sql.NOTED, (key,)).fetchone()
            return str(row[0]) if row else ""

    def _free(self, held: _Held, now: datetime) -> bool:
        if held.finished_at is not None:
            return False
        fate = self._host.fate(held.holder)
        if fate in ("mine", "dead"):
            return True
        if fate == "alive":  # its time is counted by the machine's own uptime: somebody may have set the clock
            return self._host.uptime() - held.started_up >= held.lease
        return is_over(from_moment(held.started_at), timedelta(seconds=held.lease), now)

    def _terms(self, now: datetime, lease: timedelta) -> tuple[str, str, float, float]:
        return self._host.holder, moment(now), self._host.uptime(), lease.total_seconds()

    def _runs(self, query: str, *values: object) -> Sequence[Run]:
        with self._reading() as db:
            return [_run(row) for row in db.execute(query, values)]

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._understood(), self._store.transaction() as db:
            yield db

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with (
            self._understood(),
            told_of_sql(self._store.path),
        ):  # each asks one thing, so there is nothing to hold still
            yield self._store.db

    @contextmanager
    def _understood(self) -> Iterator[None]:
        """Raises StateUnusable in place of what goes wrong with stored values that are not what they should be."""
        try:
            yield
        except (ValueError, TypeError) as error:
            raise damaged(self._store.path, str(error)) from error


class _Held(NamedTuple):
    id: int
    holder: str
    started_at: str
    started_up: float
    lease: float
    tries: int
    finished_at: str | None


def _key(claim: Claim) -> tuple[int, str, int]:
    return claim.id, claim.holder, claim.tries


def _begin(db: sqlite3.Connection, id_: int | None, values: Sequence[Any]) -> int:
    if id_ is None:
        return int(db.execute(sql.ADD_RUN, values).lastrowid or 0)
    db.execute(sql.TAKE_RUN, (*values, id_))
    return id_


def _note(db: sqlite3.Connection, key: str, value: str) -> None:
    if value:
        db.execute(sql.NOTE, (key, storable(value)))
    else:
        db.execute(sql.FORGET, (key,))


def _prune(db: sqlite3.Connection, job: str) -> None:
    db.execute(sql.PRUNE_RUNS, (job, job, KEPT))
    failures.prune(db, KEPT)


def _run(row: Sequence[Any]) -> Run:
    job, period, started, finished, kind, message, counts = row
    told = json.loads(counts)
    if not isinstance(told, Mapping):
        raise ValueError("the counts of a run are none")
    ended = None if finished is None else from_moment(finished)
    return Run(job, period, from_moment(started), ended, kind, message, told)
