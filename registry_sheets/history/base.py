"""The small interface that every store of history has: SQLite in the state folder, memory; a server may join.

A history belongs to one registry. It only ever grows at its end, by ``record``, and is cut at its beginning
by ``prune``; it never changes what a pass saw. See registry/past/records.py for the words.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from types import TracebackType
from typing import Any, NamedTuple, Self

from registry_sheets.registry.past.records import Calendar, Entry, FindingSpell, Held, KnownRow, Pass, Spell


class Pruned(NamedTuple):
    """What was cut off: spells and findings that had ended before the day, and passes that nothing names any more."""

    spells: int
    findings: int
    passes: int


class History(ABC):
    """The history of one registry. All methods raise HistoryUnusable where the store cannot be read or written."""

    @abstractmethod
    def held(self) -> Held | None:
        """What the newest pass held; None before the baseline. Reads nothing else."""

    @abstractmethod
    def known(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], KnownRow]:
        """Of these (name key, version key), those that a row had that is not held now; of several, the last to end."""

    @abstractmethod
    def record(self, entry: Entry) -> int:
        """Record one pass, all or nothing and durably; gives the id of the newest pass.

        Raises HistoryMoved where the newest pass is not ``entry.after``: another run was quicker, so compare again.
        """

    @abstractmethod
    def passes(self, since: int = 0) -> Sequence[Pass]:
        """The passes from number ``since`` on, oldest first."""

    def calendar(self) -> Calendar:
        """The days of all passes."""
        return Calendar.of(self.passes())

    @abstractmethod
    def spells(
        self, *, rows: Collection[int] | None = None, live: bool = False, ended_since: int | None = None
    ) -> Sequence[Spell]:
        """Spells by row, then oldest first.

        ``rows``: only of these rows. ``live``: only those in Production. ``ended_since``: only those that ended with
        that pass or a later one.
        """

    @abstractmethod
    def findings(self) -> Sequence[FindingSpell]:
        """All findings, oldest first."""

    @abstractmethod
    def prune(self, before: date) -> Pruned:
        """Forget what ended before that day (a local day of the registry); what held on it is kept whole.

        ``begins`` moves to that day if it was earlier. The space is given back.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of the store; nothing may be asked of it afterwards."""

    def export(self) -> Iterator[Mapping[str, Any]]:
        """Everything, as objects that JSON can hold. The keys stay as they are as long as ``format`` does.

        One {"kind": "history", "format": 1, "begins": day or null}, then all, oldest first, of
        {"kind": "pass", "id", "at", "day", "last_at", "last_day", "editor", "edited_at": moment or null, "baseline"},
        {"kind": "facts", "row", "since": pass, "until": pass or null, "facts": {key: text or texts}, "credits":
        {key: text}} (by row), and {"kind": "finding", "key", "rule", "severity", "name", "version", "column",
        "message", "since": pass, "until": pass or null}. Days are '2026-07-01', moments '2026-07-01T02:00:00Z';
        a pass is named by its id; see registry/past/facts.py for the keys of facts.
        """
        from registry_sheets.history.exporting import heading, of_finding, of_pass, of_spell

        held = self.held()
        yield heading(held.begins if held else None)
        yield from map(of_pass, self.passes())
        yield from map(of_spell, self.spells())
        yield from map(of_finding, self.findings())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
