"""The file state.sqlite of a registry's state folder: what the service did, and which mails went out."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from registry_sheets import databases
from registry_sheets.state.tables import APPLICATION_ID, MIGRATIONS
from registry_sheets.state.troubles import another_programs, damaged, newer, restless, told, told_of_sql

STATE_NAME = "state.sqlite"


class Store:
    """An open state.sqlite, made where it is not there. Use it in the thread that opened it.

    Args:
        path: the file.
        patience: seconds to wait for another run that is writing.
        read_only: what it holds at this moment, read into memory; nothing is made or changed on disk, and
            an empty store stands for a file that is not there.
        durable: see databases.open_to_write().

    ``db`` takes plain SQL outside of a transaction; its errors are SQLite's own there. Inside transaction() and
    reading() they become StateUnusable. Raises StateUnusable.
    """

    def __init__(self, path: Path, patience: float = 10.0, *, read_only: bool = False, durable: bool = True) -> None:
        self.path = path
        with told(path):
            self.db = self._open(patience, read_only, durable)

    def _open(self, patience: float, read_only: bool, durable: bool) -> sqlite3.Connection:
        if not read_only:
            return databases.open_to_write(self.path, _STATE, patience, durable)
        if self.path.exists():
            return databases.copy_to_read(self.path, _STATE, patience)
        empty = sqlite3.connect(":memory:", isolation_level=None)
        databases.migrate(empty, MIGRATIONS, APPLICATION_ID)
        empty.execute("PRAGMA query_only = ON")
        return empty

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and on the disk at the end; nobody else writes meanwhile. Raises StateUnusable."""
        with self._transaction("BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """One state of the file, whoever writes to it meanwhile. Raises StateUnusable."""
        with self._transaction("BEGIN") as db:
            yield db

    def close(self) -> None:
        """Give the file back."""
        with told(self.path):
            self.db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[sqlite3.Connection]:
        with told_of_sql(self.path):
            self.db.execute(begin)
            try:
                yield self.db
                self.db.execute("COMMIT")
            finally:
                if self.db.in_transaction:
                    self.db.execute("ROLLBACK")


_STATE = databases.Kind(APPLICATION_ID, MIGRATIONS, damaged, newer, another_programs, restless)
