"""The tables of the history file, as named steps from an empty file to the present ones.

A step never changes once it has shipped; a new one goes at the end. Each runs in one transaction with its record,
so a file is at one step or the next, never between.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from registry_sheets import databases
from registry_sheets.databases import Migration

__all__ = ["APPLICATION_ID", "MIGRATIONS", "Migration", "migrate"]

APPLICATION_ID = 0x52675368
"""'RgSh', in the header of every file of ours (https://www.sqlite.org/fileformat2.html#application_id)."""


# Days and moments are ISO texts, moments in UTC with Z. The partial indexes keep what every pass asks for (what
# holds now) as small as the registry, however long its history. The codes are too long for WITHOUT ROWID.
_TABLES = Migration(
    "passes, rows, spells, findings",
    (
        "CREATE TABLE migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL)",
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        """CREATE TABLE passes (
            id INTEGER PRIMARY KEY, at TEXT NOT NULL, day TEXT NOT NULL, last_at TEXT NOT NULL, last_day TEXT NOT NULL,
            editor TEXT NOT NULL, edited_at TEXT, baseline INTEGER NOT NULL)""",
        """CREATE TABLE rows (
            id INTEGER PRIMARY KEY AUTOINCREMENT, first_day TEXT NOT NULL, baseline INTEGER NOT NULL)""",
        """CREATE TABLE spells (
            "row" INTEGER NOT NULL, since INTEGER NOT NULL, until INTEGER, name_key TEXT NOT NULL,
            version_key TEXT NOT NULL, live INTEGER NOT NULL, code TEXT NOT NULL, credits TEXT)""",
        'CREATE UNIQUE INDEX spells_of_row ON spells ("row", since)',
        'CREATE UNIQUE INDEX spells_open ON spells ("row") WHERE until IS NULL',
        'CREATE INDEX spells_live ON spells ("row", since) WHERE live',
        "CREATE INDEX spells_begun ON spells (since)",
        "CREATE INDEX spells_ended ON spells (until) WHERE until IS NOT NULL",
        "CREATE INDEX spells_named ON spells (name_key, version_key) WHERE until IS NOT NULL",
        """CREATE TABLE findings (
            id INTEGER PRIMARY KEY, key TEXT NOT NULL, rule TEXT NOT NULL, severity TEXT NOT NULL, name TEXT NOT NULL,
            version TEXT NOT NULL, "column" TEXT NOT NULL, message TEXT NOT NULL, since INTEGER NOT NULL,
            until INTEGER)""",
        "CREATE INDEX findings_open ON findings (since) WHERE until IS NULL",
    ),
)

MIGRATIONS: Sequence[Migration] = (_TABLES,)


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Take the steps that are missing. Raises sqlite3.Error; then the file is at the last whole step."""
    databases.migrate(db, migrations, APPLICATION_ID)
