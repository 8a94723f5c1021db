"""Opening the history file: to write, or as a copy in memory that leaves the file and its folder as they are."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from registry_sheets import databases
from registry_sheets.databases import SIDECARS, connect, is_database
from registry_sheets.errors import HistoryUnusable
from registry_sheets.history.migrations import APPLICATION_ID, MIGRATIONS
from registry_sheets.history.troubles import another_programs, damaged, newer

__all__ = ["SIDECARS", "connect", "copy_to_read", "is_database", "open_to_write"]


def open_to_write(path: Path, patience: float) -> sqlite3.Connection:
    """The database, made or brought up to date where need be. Every commit is on the disk before it returns.

    ``patience``: seconds to wait for another run. Raises HistoryUnusable, sqlite3.Error, OSError.
    """
    return databases.open_to_write(path, _HISTORY, patience)


def copy_to_read(path: Path, patience: float) -> sqlite3.Connection:
    """The database as it is now, in memory and brought up to date there. Errors as of open_to_write()."""
    if not path.exists():
        raise HistoryUnusable(f"There is no history '{path}' yet.", "Begin one with: registry-sheets sync")
    return databases.copy_to_read(path, _HISTORY, patience)


def _restless(path: Path) -> HistoryUnusable:
    return HistoryUnusable(
        f"The history '{path}' was written to all the while that it was read.", "Run the command again."
    )


_HISTORY = databases.Kind(APPLICATION_ID, MIGRATIONS, damaged, newer, another_programs, _restless)
