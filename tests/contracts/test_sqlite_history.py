"""The history in a SQLite file. What concerns the file itself is in tests/unit/test_history_file.py."""

from __future__ import annotations

from pathlib import Path

from registry_sheets.history.base import History
from registry_sheets.history.sqlite import SqliteHistory
from tests.contracts.history_contract import HistoryContract


class TestSqliteHistory(HistoryContract):
    def make(self, folder: Path) -> History:
        return SqliteHistory(folder / "state" / "history.sqlite")
