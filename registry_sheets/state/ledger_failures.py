"""Failures of jobs in the ledger: open until the job does well again, and told once each way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from registry_sheets.state import ledger_statements as sql
from registry_sheets.state.ledger_values import Alert, Failed, FailureRow, from_moment, moment, storable


def settle(db: sqlite3.Connection, job: str, failed: Failed | None, now: str) -> FailureRow | None:
    """Open a failure, or mend the open one (``failed`` None). The failure that is new, else None.

    A job that fails now in one way and now in another is one stretch of trouble: of each way in it people are told
    once, and once that it is over.
    """
    row = db.execute(sql.FAILING, (job,)).fetchone()
    before = _failure(row) if row else None
    if failed is None:
        db.execute(sql.MEND, (now, job))
        return None
    if before and before.kind == failed.kind:
        return None
    return _failure(_opened(db, job, failed, now, _replaced(db, before, now)))


def open_ones(db: sqlite3.Connection) -> Sequence[FailureRow]:
    """The failures of jobs that do not do well, the oldest first."""
    return [_failure(row) for row in db.execute(sql.ALL_FAILING)]


def untold(db: sqlite3.Connection) -> Sequence[Alert]:
    """What people are to be told. Of a failure that was over before they were, nothing."""
    return list(_untold(db))


def mark(db: sqlite3.Connection, alert: Alert, now: str) -> bool:
    """Note that it is told. False where that is noted already."""
    statement = sql.TELL_FAILING if alert.what == "failing" else sql.TELL_WELL
    return db.execute(statement, (now, alert.failure.id)).rowcount > 0


def take_back(db: sqlite3.Connection, alert: Alert) -> None:
    """Note that it is not told."""
    statement = sql.TAKE_BACK_FAILING if alert.what == "failing" else sql.TAKE_BACK_WELL
    db.execute(statement, (alert.failure.id,))


def prune(db: sqlite3.Connection, kept: int) -> None:
    """Forget the oldest failures that are over."""
    db.execute(sql.PRUNE_FAILURES, (kept,))


def _untold(db: sqlite3.Connection) -> Iterator[Alert]:
    for row in db.execute(sql.UNTOLD_FAILING):
        yield Alert("failing", _failure(row))
    for row in db.execute(sql.UNTOLD_WELL):
        yield Alert("well", _failure(row))


def _replaced(db: sqlite3.Connection, before: FailureRow | None, now: str) -> tuple[str, set[str]]:
    """End a failure that gives way to another: since when the trouble lasts, and of which kinds of it people know."""
    if before is None:
        return now, set()
    # Kinds of the same stretch share its beginning. That it is over is told of the last one.
    since = moment(before.since)
    kinds = {row[0] for row in db.execute(sql.KINDS_TOLD, (before.job, since))}
    db.execute(sql.REPLACE, (now, now, before.id))
    return since, kinds


def _opened(db: sqlite3.Connection, job: str, failed: Failed, now: str, stretch: tuple[str, set[str]]) -> Sequence[Any]:
    since, told = stretch
    told_at = now if failed.kind in told else None
    values = (job, failed.kind, storable(failed.message), storable(failed.fix), since, told_at)
    made = db.execute(sql.ADD_FAILURE, values)
    row: Sequence[Any] = db.execute(sql.FAILURE, (made.lastrowid,)).fetchone()
    return row


def _failure(row: Sequence[Any]) -> FailureRow:
    id_, job, kind, message, fix, since, mended = row
    ended = None if mended is None else from_moment(mended)
    return FailureRow(id_, job, kind, message, fix, from_moment(since), ended)
