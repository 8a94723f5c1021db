"""The history of a registry whose store cannot be opened: whoever asks it learns why, and may go on without."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NoReturn

from registry_sheets.errors import HistoryUnusable
from registry_sheets.history.base import History, Pruned
from registry_sheets.registry.past.records import Entry, FindingSpell, Held, KnownRow, Pass, Spell


class UnusableHistory(History):
    """Raises ``error`` at every question."""

    def __init__(self, error: HistoryUnusable) -> None:
        self._error = error

    def _raise(self) -> NoReturn:
        raise self._error

    def held(self) -> Held | None:
        self._raise()

    def known(self, _keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], KnownRow]:
        self._raise()

    def record(self, _entry: Entry) -> int:
        self._raise()

    def passes(self, since: int = 0) -> Sequence[Pass]:
        del since
        self._raise()

    def spells(
        self, *, rows: Collection[int] | None = None, live: bool = False, ended_since: int | None = None
    ) -> Sequence[Spell]:
        del rows, live, ended_since
        self._raise()

    def findings(self) -> Sequence[FindingSpell]:
        self._raise()

    def prune(self, _before: date) -> Pruned:
        self._raise()

    def close(self) -> None:
        """Nothing is open."""
