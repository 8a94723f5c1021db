"""What can be wrong with the history file, said to someone who edits spreadsheets."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from registry_sheets.databases import words_for
from registry_sheets.errors import HistoryUnusable

ANEW = "start a new history with: registry-sheets sync --new-history (the old file is kept)."
_WHOLE = f"The registry itself is whole: it is the sheet. {ANEW[0].upper()}{ANEW[1:]}"
_AGAIN = "then run the command again."

_SAID: Mapping[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: (
        "Another run of Registry Sheets is using the history '{path}', and went on using it while this one waited.",
        f"Wait until it is done, {_AGAIN}",
    ),
    sqlite3.SQLITE_FULL: (
        "There is no room left on the disk for the history '{path}'.",
        f"Free some space, {_AGAIN}",
    ),
    sqlite3.SQLITE_READONLY: (
        "The history '{path}' cannot be written to.",
        f"Let the account that runs Registry Sheets write to the file and its folder, {_AGAIN}",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "The history '{path}' cannot be opened.",
        f"See that its folder is there and that the account that runs Registry Sheets may use it, {_AGAIN}",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk does not read or write the history '{path}' as it should ({error}).",
        f"See that the disk is there and has room, {_AGAIN}",
    ),
    sqlite3.SQLITE_READONLY_ROLLBACK: (
        "A run was interrupted while it wrote the history '{path}'.",
        f"Put it right with: registry-sheets sync, {_AGAIN}",
    ),
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raises HistoryUnusable in place of every error of SQLite and of the operating system."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        raise HistoryUnusable(f"The history '{path}' was closed ({error}).", "Run the command again.") from error
    except sqlite3.Error as error:
        raise _of_sqlite(path, error) from error
    except OSError as error:
        raise HistoryUnusable(
            f"The history '{path}' cannot be used: {error.strerror or error}.",
            f"See that the account that runs Registry Sheets may read and write it, {_AGAIN}",
        ) from error


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """Raises HistoryUnusable in place of what goes wrong with stored values that are not what they should be."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise damaged(path, str(error)) from error


def _of_sqlite(path: Path, error: sqlite3.Error) -> HistoryUnusable:
    said = words_for(error, _SAID)
    return HistoryUnusable(said[0].format(path=path, error=error), said[1]) if said else damaged(path, str(error))


def damaged(path: Path, why: str) -> HistoryUnusable:
    """It is no database, or one that does not hold what it should."""
    return HistoryUnusable(f"The history '{path}' is damaged ({why}).", _WHOLE)


def newer(path: Path) -> HistoryUnusable:
    """It has steps that this version does not know."""
    return HistoryUnusable(
        f"The history '{path}' was written by a newer version of Registry Sheets.", f"Install that version, or {ANEW}"
    )


def another_programs(path: Path) -> HistoryUnusable:
    """It is a database, but not one of ours."""
    return HistoryUnusable(
        f"'{path}' is where the history is kept, but the file belongs to another program.",
        f"Move it where that program looks for it, or {ANEW}",
    )
