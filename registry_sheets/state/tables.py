"""The tables of state.sqlite. A step never changes once it has shipped; a new one goes at the end."""

from __future__ import annotations

from collections.abc import Sequence

from registry_sheets.databases import Migration

APPLICATION_ID = 0x52675374
"""'RgSt', in the header of every file of ours."""

# Moments are ISO texts in UTC with Z, so that they sort as text; NULL: not yet. `started_up` is the holder's uptime.
_TABLES = Migration(
    "runs, failures, notes, deliveries",
    (
        "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        """CREATE TABLE runs (
            id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, period TEXT NOT NULL, holder TEXT NOT NULL,
            started_at TEXT NOT NULL, started_up REAL NOT NULL, lease REAL NOT NULL, tries INTEGER NOT NULL,
            finished_at TEXT, failure_kind TEXT NOT NULL, message TEXT NOT NULL, counts TEXT NOT NULL)""",
        "CREATE UNIQUE INDEX runs_once ON runs (job, period)",
        "CREATE INDEX runs_finished ON runs (job, finished_at)",
        "CREATE INDEX runs_open ON runs (job) WHERE finished_at IS NULL",
        """CREATE TABLE failures (
            id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, kind TEXT NOT NULL, message TEXT NOT NULL,
            fix TEXT NOT NULL, since TEXT NOT NULL, mended_at TEXT, told_at TEXT, well_told_at TEXT)""",
        "CREATE UNIQUE INDEX failures_open ON failures (job) WHERE mended_at IS NULL",
        "CREATE INDEX failures_alike ON failures (job, since)",
        "CREATE INDEX failures_to_tell ON failures (id) WHERE well_told_at IS NULL",
        "CREATE TABLE notes (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
        """CREATE TABLE deliveries (
            kind TEXT, period TEXT, recipient TEXT, state TEXT, message_id TEXT, attempts INTEGER, first_at TEXT,
            last_at TEXT, next_at TEXT, reply TEXT, PRIMARY KEY (kind, period, recipient))""",
    ),
)

MIGRATIONS: Sequence[Migration] = (_TABLES,)
