"""Opening the history file: to write, or as a copy in memory that leaves the file and its folder as they are."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from registry_sheets.errors import HistoryUnusable
from registry_sheets.history.migrations import APPLICATION_ID, MIGRATIONS, migrate, version_of
from registry_sheets.history.troubles import another_programs, damaged, newer

SIDECARS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is in use, and after a run that was killed."""

_MAGIC = b"SQLite format 3\0"
_TRIES = 5

Stamp = tuple[int, int, int]


def open_to_write(path: Path, patience: float) -> sqlite3.Connection:
    """The database, made or brought up to date where need be. Every commit is on the disk before it returns.

    ``patience``: seconds to wait for another run. Raises HistoryUnusable, sqlite3.Error, OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _refuse_other_files(path)
    db = connect(path, "mode=rwc", patience)
    try:
        _identify(db, path)
        with suppress(sqlite3.OperationalError):  # no WAL on some file systems; a journal does as well
            db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = EXTRA")  # FULL, and the folder after a journal is gone
        migrate(db)
    except BaseException:
        db.close()
        raise
    return db


def copy_to_read(path: Path, patience: float) -> sqlite3.Connection:
    """The database as it is now, in memory and brought up to date there. Errors as of open_to_write()."""
    if not path.exists():
        raise HistoryUnusable(f"There is no history '{path}' yet.", "Begin one with: registry-sheets sync")
    _refuse_other_files(path)
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _copy(path, copy, patience)
        _identify(copy, path)
        migrate(copy)
        copy.execute("PRAGMA query_only = ON")
    except BaseException:
        copy.close()
        raise
    return copy


def connect(path: Path, how: str, patience: float) -> sqlite3.Connection:
    """A connection without transactions of its own making. ``how``: URI parameters."""
    name = path.absolute().as_posix()
    uri = "file://" + quote(name if name.startswith("/") else f"/{name}")  # Path.as_uri() fails on a Windows share
    return sqlite3.connect(f"{uri}?{how}", uri=True, timeout=patience, isolation_level=None)


def is_database(path: Path) -> bool:
    """Whether the file begins as a database does.

    SQLite must not see another one: it takes a few bytes for an empty database and deletes what lies beside.
    """
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def _refuse_other_files(path: Path) -> None:
    if _size(path) and not is_database(path):
        raise damaged(path, "it is not a database")


def _identify(db: sqlite3.Connection, path: Path) -> None:
    owner = db.execute("PRAGMA application_id").fetchone()[0]
    if owner != APPLICATION_ID:
        if owner or version_of(db) or db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            raise another_programs(path)
    elif version_of(db) > len(MIGRATIONS):
        raise newer(path)


def _copy(path: Path, copy: sqlite3.Connection, patience: float) -> None:
    """Copy one whole state. A file that nobody has in use is read without SQLite's locks, which would make files.

    Someone may begin to write it in that very moment; then it is copied again.
    """
    for _ in range(_TRIES):
        before, used = _stamp(path), _in_use(path)
        with closing(connect(path, "mode=ro" if used else "mode=ro&immutable=1", patience)) as source:
            source.execute("BEGIN")
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # waits here; backup() would for ever
            source.backup(copy)
        if used or _stamp(path) == before:
            return
    raise HistoryUnusable(
        f"The history '{path}' was written to all the while that it was read.", "Run the command again."
    )


def _in_use(path: Path) -> bool:
    """Whether something beside the file belongs to it: a run is at work, or one was killed."""
    return any(_size(path.with_name(path.name + end)) for end in ("-wal", "-journal"))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _stamp(path: Path) -> Stamp:
    """Changes when the file is written to or replaced."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
