"""What can be wrong with state.sqlite, said to someone who runs the service."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from registry_sheets.databases import words_for
from registry_sheets.errors import StateUnusable

_ANEW = (
    "Rename the file, and the next run begins a new one; see first with 'registry-sheets mail weekly --dry-run' whose "
    "mail of this week would then go out again."
)

_SAID: Mapping[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: (
        "Another run of Registry Sheets went on using '{path}' while this one waited.",
        "Wait until it is done; the service tries again by itself.",
    ),
    sqlite3.SQLITE_FULL: (
        "There is no room left on the disk for '{path}'.",
        "Free some space; the service tries again by itself.",
    ),
    sqlite3.SQLITE_READONLY: (
        "'{path}', where the service notes what it did, cannot be written to.",
        "Let the account that runs Registry Sheets write to the file and its folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "'{path}', where the service notes what it did, cannot be opened.",
        "See that its folder is there and that the account that runs Registry Sheets may use it.",
    ),
    sqlite3.SQLITE_IOERR: (
        "The disk does not read or write '{path}' as it should ({error}).",
        "See that the disk is there and has room; the service tries again by itself.",
    ),
    sqlite3.SQLITE_READONLY_ROLLBACK: (
        "A run was interrupted while it wrote '{path}'.",
        "The next run of the service puts it right: registry-sheets serve --once",
    ),
}


@contextmanager
def told_of_sql(path: Path) -> Iterator[None]:
    """Raises StateUnusable in place of every error of SQLite."""
    try:
        yield
    except sqlite3.ProgrammingError as error:
        raise StateUnusable(f"'{path}' was closed ({error}).", "Run the command again.") from error
    except sqlite3.Error as error:
        raise _of_sqlite(path, error) from error


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raises StateUnusable in place of every error of SQLite and of the operating system."""
    try:
        with told_of_sql(path):
            yield
    except OSError as error:
        raise StateUnusable(
            f"'{path}', where the service notes what it did, cannot be used: {error.strerror or error}.",
            "See that the account that runs Registry Sheets may read and write it.",
        ) from error


def damaged(path: Path, why: str) -> StateUnusable:
    """It is no database, or one that does not hold what it should."""
    return StateUnusable(f"'{path}', where the service notes what it did, is damaged ({why}).", _ANEW)


def newer(path: Path) -> StateUnusable:
    """It has steps that this version does not know."""
    return StateUnusable(
        f"'{path}' was written by a newer version of Registry Sheets.", f"Install that version. Or: {_ANEW}"
    )


def another_programs(path: Path) -> StateUnusable:
    """It is a database, but not one of ours."""
    return StateUnusable(
        f"'{path}' is where the service notes what it did, but the file belongs to another program.",
        "Move it where that program looks for it.",
    )


def restless(path: Path) -> StateUnusable:
    """It cannot be copied: it never stands still."""
    return StateUnusable(f"'{path}' was written to all the while that it was read.", "Run the command again.")


def _of_sqlite(path: Path, error: sqlite3.Error) -> StateUnusable:
    said = words_for(error, _SAID)
    return StateUnusable(said[0].format(path=path, error=error), said[1]) if said else damaged(path, str(error))
