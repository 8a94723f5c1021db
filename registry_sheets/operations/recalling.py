"""What history knows of a registry, held against the table as it was read. Records nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from registry_sheets.history.base import History
from registry_sheets.registry.past.changes import Change, changes_of
from registry_sheets.registry.past.known import TOLD_DAYS, Past, past_of
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.past.passes import Comparison, compare, with_returning, with_this
from registry_sheets.registry.past.periods import live_periods
from registry_sheets.registry.past.records import HeldFinding, HeldRow, Pass, Spell
from registry_sheets.registry.table import ModelTable

CHANGES_DAYS = 90
"""So far back the Changes tab goes, from the newest pass that saw a row change: until the next it stays the same."""


@dataclass(frozen=True)
class Recall:
    """The table as one more pass of its history. ``passes`` and the spells have this pass in them.

    ``recent`` are spells that began or ended lately, ``standing`` those that tell what is live and what was live
    before it. ``lately`` is the pass from which on changes are told; ``now`` is this pass's moment, in UTC.
    """

    comparison: Comparison
    passes: Sequence[Pass]
    recent: Sequence[Spell]
    standing: Sequence[Spell]
    past: Past | None
    lately: int
    now: datetime

    @property
    def is_baseline(self) -> bool:
        """Whether history begins with this pass."""
        return self.comparison.held is None

    @property
    def findings(self) -> Sequence[HeldFinding]:
        """The findings of the last pass."""
        return self.comparison.held.findings if self.comparison.held else ()

    @property
    def begins(self) -> date:
        """The day from which on history is whole."""
        return self.comparison.held.begins if self.comparison.held else self.passes[0].day

    def periods(self) -> list[LivePeriod]:
        """What is live now, with what it replaced; not all that ever was (see Story)."""
        return live_periods(self.passes, self.standing, open_only=True)

    def changes(self) -> list[Change]:
        """The changes of the last CHANGES_DAYS with changes, newest first."""
        return changes_of(self.passes, self.recent, self.lately)


@dataclass(frozen=True)
class Story:
    """All that history holds, with the table as its newest pass.

    ``unrecorded``: the table is not as the last recorded pass saw it, so the newest pass is not in history yet.
    """

    passes: Sequence[Pass]
    spells: Sequence[Spell]
    begins: date
    unrecorded: bool

    def periods(self) -> list[LivePeriod]:
        """Every time in which a version was live somewhere."""
        return live_periods(self.passes, self.spells)

    def changes(self, since: date | None = None) -> list[Change]:
        """The changes first seen on a day or later, newest first."""
        first = next((one.id for one in self.passes if since is None or one.day >= since), None)
        return changes_of(self.passes, self.spells, first) if first is not None else []


def recall(history: History, table: ModelTable, today: date, now: datetime | None = None) -> Recall:
    """Hold a table against its history. Raises HistoryUnusable."""
    moment = now or datetime.now(UTC)
    comparison = _compared(history, table)
    passes = history.passes() if comparison.held else []
    lately, recent, standing = _spells(history, comparison, passes, today)
    all_passes, with_recent = with_this(comparison, passes, recent, today, moment)
    _, with_standing = with_this(comparison, passes, standing, today, moment)
    past = past_of(comparison, all_passes, with_recent, with_standing, table.columns, today)
    return Recall(comparison, all_passes, with_recent, with_standing, past, lately, moment)


def story(history: History, table: ModelTable, today: date, now: datetime | None = None) -> Story:
    """The whole history, with the table as its newest pass. Raises HistoryUnusable."""
    comparison = _compared(history, table)
    known = history.passes()
    passes, spells = with_this(comparison, known, history.spells(), today, now or datetime.now(UTC))
    begins = comparison.held.begins if comparison.held else passes[0].day
    return Story(passes, spells, begins, unrecorded=len(passes) > len(known))


def _compared(history: History, table: ModelTable) -> Comparison:
    comparison = compare(table, history.held())
    appeared = {row.key for row in comparison.matching.appeared}
    if comparison.held is None or not appeared:
        return comparison
    return with_returning(comparison, history.known(appeared))


def _spells(
    history: History, comparison: Comparison, passes: Sequence[Pass], today: date
) -> tuple[int, Sequence[Spell], Sequence[Spell]]:
    """(the pass from which on changes are told, spells that changed since then, spells that tell what is live)."""
    if comparison.held is None:
        return 0, [], []
    lately = _first_since(passes, _last_change(history, comparison, passes, today), CHANGES_DAYS)
    recent = history.spells(changed_since=min(lately, _first_since(passes, today, TOLD_DAYS)))
    open_now = [_open(row) for row in comparison.held.rows if not row.live]
    standing = sorted([*history.spells(live=True), *open_now], key=lambda spell: (spell.row, spell.since))
    return lately, recent, standing


def _last_change(history: History, comparison: Comparison, passes: Sequence[Pass], today: date) -> date:
    """The day on which a pass last saw a row change; today where this one does."""
    if comparison.held is None or comparison.begun() or comparison.ended:
        return today
    begun = max((row.since for row in comparison.held.rows), default=0)
    ended = [spell.until for spell in history.spells(changed_since=begun + 1) if spell.until]
    last = max([begun, *ended])
    return next((one.day for one in reversed(passes) if one.id == last), today)


def _first_since(passes: Sequence[Pass], day: date, days: int) -> int:
    """The number of the first pass within so many days before ``day``."""
    since = day - timedelta(days=days)
    return next((one.id for one in passes if one.day > since), passes[-1].id)


def _open(row: HeldRow) -> Spell:
    return Spell(row.row, row.since, None, row.name_key, row.version_key, row.live, row.code)
