"""The file of a history as a whole: whether it is there, and putting it out of the way for a new one."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from itertools import count
from pathlib import Path

from registry_sheets.history.opening import SIDECARS, connect, is_database
from registry_sheets.history.troubles import told

_IN_USE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def there(path: Path) -> bool:
    """Whether there is a history, good or damaged; a file without content is none."""
    with told(path):
        return path.exists() and path.stat().st_size > 0


def set_aside(path: Path, *, patience: float = 10.0) -> Path | None:
    """Rename a history to a free name (history.old-1.sqlite, ...); gives that name, None where there was none.

    Nothing of it is lost, and no other file is touched. Raises HistoryUnusable, also where a run is using it.
    """
    if not there(path):
        return None
    with told(path):
        if _is_sound(path, patience):
            _fold(path, patience)
        new = _free_name(path)
        path.replace(new)
        for end in SIDECARS:
            with suppress(FileNotFoundError):
                path.with_name(path.name + end).replace(new.with_name(new.name + end))
    return new


def _is_sound(path: Path, patience: float) -> bool:
    """Whether all of it can be read. Of a damaged one, SQLite might throw away what lies beside the file."""
    if not is_database(path):
        return False
    try:
        with closing(connect(path, "mode=ro", patience)) as db:
            return bool(db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _IN_USE:
            raise
        return False


def _fold(path: Path, patience: float) -> None:
    """Bring what lies beside the file into it. Raises sqlite3.Error where a run is using it."""
    with closing(connect(path, "mode=rw", patience)) as db:
        db.execute("PRAGMA journal_mode = DELETE")  # takes the file for itself alone


def _free_name(path: Path) -> Path:
    names = (path.with_name(f"{path.stem}.old-{number}{path.suffix}") for number in count(1))
    return next(filter(_taken, names))


def _taken(name: Path) -> bool:
    """Take a name, if no file had it, by making an empty one: so two runs never take the same."""
    if any(name.with_name(name.name + end).exists() for end in SIDECARS):
        return False
    try:
        name.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
