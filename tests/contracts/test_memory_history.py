"""The history in memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry_sheets.errors import HistoryUnusable
from registry_sheets.history.base import History
from registry_sheets.history.memory import MemoryHistory
from tests.contracts.history_contract import HistoryContract, look


class TestMemoryHistory(HistoryContract):
    def make(self, folder: Path) -> History:
        return MemoryHistory()


def test_it_can_be_made_to_fail_once() -> None:
    history = MemoryHistory(fails=HistoryUnusable("The disk is full.", "Free some space."))
    with pytest.raises(HistoryUnusable, match="full"):
        look(history, 0, {"ac": "a"})
    assert history.held() is None
    look(history, 0, {"ac": "a"})
    assert history.held()
