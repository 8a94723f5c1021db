"""A history in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from registry_sheets.history import statements as sql
from registry_sheets.history.aside import set_aside, there
from registry_sheets.history.base import History, Pruned
from registry_sheets.history.entries import as_kept, check_fit, expect, pass_made, storable
from registry_sheets.history.exporting import moment
from registry_sheets.history.opening import copy_to_read, open_to_write
from registry_sheets.history.stored import (
    finding_from,
    held_finding_from,
    held_row_from,
    known_row_from,
    pass_from,
    spell_from,
    stored_finding,
    stored_pass,
    stored_spell,
)
from registry_sheets.history.troubles import told, understood
from registry_sheets.registry.past.records import Calendar, Entry, FindingSpell, Held, KnownRow, NewSpell, Pass, Spell

__all__ = ["PATIENCE", "SqliteHistory", "set_aside", "there"]

PATIENCE = 10.0
"""Seconds to wait for another run that is using the file."""


class SqliteHistory(History):
    """The history in the file ``path``, which is made where it is not there.

    ``read_only``: the history as it is at this moment, read into memory; no file is made or changed, and
    HistoryUnusable is raised where there is none (see there()).
    """

    def __init__(self, path: Path, *, read_only: bool = False, patience: float = PATIENCE) -> None:
        self._path = path
        with told(path):
            self._db = copy_to_read(path, patience) if read_only else open_to_write(path, patience)

    def held(self) -> Held | None:
        with self._reading() as db:
            newest = _newest(db)
            if newest is None:
                return None
            rows = [held_row_from(row) for row in db.execute(sql.HELD_ROWS)]
            findings = [held_finding_from(row) for row in db.execute(sql.HELD_FINDINGS)]
            return Held(newest, _begins(db), rows, findings)

    def known(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], KnownRow]:
        with self._reading() as db:
            asked = ((key, db.execute(sql.KNOWN, tuple(map(storable, key))).fetchone()) for key in keys)
            return {key: known_row_from(row) for key, row in asked if row}

    def record(self, entry: Entry) -> int:
        kept = as_kept(entry)
        with self._writing() as db:
            with understood(self._path):
                newest = _newest(db)
            expect(newest, kept)
            this = pass_made(newest, kept)
            if newest and kept.quiet:
                db.execute(sql.PROLONG, (moment(this.last_at), this.last_day.isoformat(), this.id))
            else:
                _append(db, this, kept)
        return this.id

    def passes(self, since: int = 0) -> Sequence[Pass]:
        with self._reading() as db:
            return [pass_from(row) for row in db.execute(sql.PASSES, (since,))]

    def calendar(self) -> Calendar:
        with self._reading() as db:
            days = {number: date.fromisoformat(day) for number, day in db.execute(sql.DAYS)}
            baseline = db.execute(sql.BASELINE).fetchone()
            return Calendar(days, baseline[0] if baseline else None)

    def spells(
        self, *, rows: Collection[int] | None = None, live: bool = False, ended_since: int | None = None
    ) -> Sequence[Spell]:
        wanted = {sql.OF_ROW: rows is not None, sql.LIVE: live, sql.ENDED: ended_since is not None}
        conditions = " AND ".join(condition for condition, holds in wanted.items() if holds)
        query = " ".join([sql.SPELLS, "WHERE", conditions or "1", sql.BY_ROW])
        with self._reading() as db:
            asked = [None] if rows is None else sorted(set(rows))
            found = (db.execute(query, {"row": row, "first": ended_since}) for row in asked)
            return [spell_from(row) for of_one in found for row in of_one]

    def findings(self) -> Sequence[FindingSpell]:
        with self._reading() as db:
            return [finding_from(row) for row in db.execute(sql.FINDINGS)]

    def prune(self, before: date) -> Pruned:
        with self._writing() as db, understood(self._path):
            newest = _newest(db)
            pruned = _cut(db, newest, before) if newest else Pruned(0, 0, 0)
        with told(self._path):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return pruned

    def close(self) -> None:
        with told(self._path):
            self._db.close()

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file, whoever writes to it meanwhile."""
        with understood(self._path), self._transaction("BEGIN") as db:
            yield db

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and on the disk at the end."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with told(self._path):
            self._db.execute(begin)
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")


def _newest(db: sqlite3.Connection) -> Pass | None:
    row = db.execute(sql.NEWEST).fetchone()
    return pass_from(row) if row else None


def _begins(db: sqlite3.Connection) -> date:
    return date.fromisoformat(db.execute(sql.BEGINS).fetchone()[0])


# Recording


def _append(db: sqlite3.Connection, this: Pass, entry: Entry) -> None:
    open_rows, open_findings = _numbers(db, sql.OPEN_ROWS), _numbers(db, sql.OPEN_FINDINGS)
    check_fit(entry, open_rows, open_findings, lambda row: bool(db.execute(sql.IS_ROW, (row,)).fetchone()))
    if this.baseline:
        db.execute(sql.SET_BEGINS, (this.day.isoformat(),))
    db.execute(sql.ADD_PASS, stored_pass(this))
    db.executemany(sql.END_SPELL, ((this.id, row) for row in entry.ended))
    db.executemany(sql.ADD_SPELL, [stored_spell(new, _row(db, new, this), this.id) for new in entry.begun])
    db.executemany(sql.END_FINDING, ((this.id, number) for number in entry.gone))
    db.executemany(sql.ADD_FINDING, (stored_finding(new, this.id) for new in entry.found))


def _numbers(db: sqlite3.Connection, query: str) -> set[int]:
    return {row[0] for row in db.execute(query)}


def _row(db: sqlite3.Connection, new: NewSpell, this: Pass) -> int:
    if new.row is not None:
        return new.row
    number = db.execute(sql.ADD_ROW, (this.day.isoformat(), this.baseline)).lastrowid
    return int(number or 0)


# Pruning


def _cut(db: sqlite3.Connection, newest: Pass, before: date) -> Pruned:
    """Delete what ended before the day, then what nothing names any more."""
    day = before.isoformat()
    spells = db.execute(sql.PRUNE_SPELLS, (day,)).rowcount
    findings = db.execute(sql.PRUNE_FINDINGS, (day,)).rowcount
    passes = db.execute(sql.PRUNE_PASSES, (day, newest.id)).rowcount
    db.execute(sql.PRUNE_ROWS)
    db.execute(sql.SET_BEGINS, (max(before, _begins(db)).isoformat(),))
    return Pruned(spells, findings, passes)
