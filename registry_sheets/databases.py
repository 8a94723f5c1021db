"""What the databases of a state folder have in common: opening, telling whose a file is, and migrations.

Each is one SQLite file with an application id in its header and its step in ``user_version``.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

SIDECARS = ("-wal", "-shm", "-journal")
"""What SQLite keeps beside a database while it is in use, and after a run that was killed."""

_MAGIC = b"SQLite format 3\0"
_TRIES = 5

Stamp = tuple[int, int, int]


class Migration(NamedTuple):
    """One step. ``statements`` are run in order."""

    name: str
    statements: Sequence[str]


@dataclass(frozen=True)
class Kind:
    """One kind of database. The callables give the error to raise where a file cannot be used.

    ``application_id``: in the header of every such file (https://www.sqlite.org/fileformat2.html#application_id).
    ``migrations``: from an empty file to the present tables; the first one makes the table migrations(number, name).
    """

    application_id: int
    migrations: Sequence[Migration]
    damaged: Callable[[Path, str], Exception]
    newer: Callable[[Path], Exception]
    another_programs: Callable[[Path], Exception]
    restless: Callable[[Path], Exception]


def words_for(error: sqlite3.Error, said: Mapping[int, tuple[str, str]]) -> tuple[str, str] | None:
    """What is said of an error of SQLite, by its extended code, else the plain one; None where nothing fits.

    ``said`` is by the codes of sqlite3; kinds that come to the same for people are looked up as one.
    """
    code = getattr(error, "sqlite_errorcode", None) or 0
    found = (said.get(_SAME.get(kind, kind)) for kind in (code, code & 0xFF))
    return next(filter(None, found), None)


_SAME: Mapping[int, int] = {
    sqlite3.SQLITE_LOCKED: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_PROTOCOL: sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_PERM: sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY_RECOVERY: sqlite3.SQLITE_READONLY_ROLLBACK,
}


def open_to_write(path: Path, kind: Kind, patience: float, durable: bool = True) -> sqlite3.Connection:
    """The database, made or brought up to date where need be. Every commit is on the disk before it returns.

    Args:
        path: the file; its folder is made.
        kind: what it should be.
        patience: seconds to wait for another run.
        durable: False only where a power cut may take the newest commits along, in tests.

    Raises what the kind says, sqlite3.Error, OSError.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _refuse_other_files(path, kind)
    db = connect(path, "mode=rwc", patience)
    try:
        _identify(db, path, kind)
        with suppress(sqlite3.OperationalError):  # no WAL on some file systems; a journal does as well
            db.execute("PRAGMA journal_mode = WAL")
        # EXTRA is FULL, and the folder after a journal is gone.
        db.execute(f"PRAGMA synchronous = {'EXTRA' if durable else 'OFF'}")
        migrate(db, kind.migrations, kind.application_id)
    except BaseException:
        db.close()
        raise
    return db


def copy_to_read(path: Path, kind: Kind, patience: float) -> sqlite3.Connection:
    """A file that is there, as it is now, in memory and brought up to date there. Errors as of open_to_write()."""
    _refuse_other_files(path, kind)
    copy = sqlite3.connect(":memory:", isolation_level=None)
    try:
        _copy(path, copy, kind, patience)
        _identify(copy, path, kind)
        migrate(copy, kind.migrations, kind.application_id)
        copy.execute("PRAGMA query_only = ON")
    except BaseException:
        copy.close()
        raise
    return copy


def connect(path: Path, how: str, patience: float) -> sqlite3.Connection:
    """A connection without transactions of its own making. ``how``: URI parameters."""
    name = os.fsencode(path.absolute().as_posix())  # as bytes: a name on Linux need not be UTF-8
    uri = "file://" + quote(name if name.startswith(b"/") else b"/" + name)  # Path.as_uri() fails on a Windows share
    return sqlite3.connect(f"{uri}?{how}", uri=True, timeout=patience, isolation_level=None)


def is_database(path: Path) -> bool:
    """Whether the file begins as a database does.

    SQLite must not see another one: it takes a few bytes for an empty database and deletes what lies beside.
    """
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def version_of(db: sqlite3.Connection) -> int:
    """How many steps a file has taken."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration], application_id: int) -> None:
    """Take the steps that are missing. Raises sqlite3.Error; then the file is at the last whole step."""
    while (done := version_of(db)) < len(migrations):
        _step(db, done, migrations[done], application_id)


def _step(db: sqlite3.Connection, done: int, migration: Migration, application_id: int) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        if version_of(db) == done:  # else another run was quicker
            for statement in migration.statements:
                db.execute(statement)
            db.execute("INSERT INTO migrations VALUES (?, ?)", (done + 1, migration.name))
            db.execute(f"PRAGMA application_id = {application_id}")
            db.execute(f"PRAGMA user_version = {done + 1}")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _refuse_other_files(path: Path, kind: Kind) -> None:
    if _size(path) and not is_database(path):
        raise kind.damaged(path, "it is not a database")


def _identify(db: sqlite3.Connection, path: Path, kind: Kind) -> None:
    """All of it from one state of the file: another run may be making it at this very moment."""
    db.execute("BEGIN")
    try:
        tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        owner, version = db.execute("PRAGMA application_id").fetchone()[0], version_of(db)
    finally:
        db.execute("ROLLBACK")
    if owner != kind.application_id:
        if owner or version or tables:
            raise kind.another_programs(path)
    elif version > len(kind.migrations):
        raise kind.newer(path)


def _copy(path: Path, copy: sqlite3.Connection, kind: Kind, patience: float) -> None:
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
    raise kind.restless(path)


def _in_use(path: Path) -> bool:
    """Whether something beside the file belongs to it: a run is at work, or one was killed."""
    return any(_size(path.with_name(path.name + end)) for end in ("-wal", "-journal"))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _stamp(path: Path) -> Stamp:
    """Changes when the file is written to or replaced."""
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns
