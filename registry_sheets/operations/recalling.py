"""What history knows of a registry, held against the table as it was read. Records nothing."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from registry_sheets.history.base import History
from registry_sheets.registry.past.changes import Change, changes_of
from registry_sheets.registry.past.facts import Facts
from registry_sheets.registry.past.known import TOLD_DAYS, Past, past_of
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.past.passes import Comparison, Credits, compare, with_returning, with_this
from registry_sheets.registry.past.periods import live_periods
from registry_sheets.registry.past.records import Calendar, HeldFinding, HeldRow, Pass, Spell
from registry_sheets.registry.table import ModelTable
from registry_sheets.workbooks.base import LastEditor

CHANGES_DAYS = 90
"""So far back the Changes tab goes, from the newest pass that saw a row change: until the next it stays the same."""


class Recall(NamedTuple):
    """The table as one more pass of its history. ``calendar``, ``passes`` and the spells have this pass in them.

    ``recent`` are spells that began or ended lately, in ``passes``; ``standing`` those that tell what is live and what
    was live before it. ``lately`` is the pass from which on changes are told; ``now`` is this pass's moment, in UTC.
    """

    comparison: Comparison
    calendar: Calendar
    passes: Sequence[Pass]
    recent: Sequence[Spell]
    standing: Sequence[Spell]
    past: Past | None
    lately: int
    now: datetime

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
        return live_periods(self.calendar, self.standing, self.passes[-1].last_day, self._known(), open_only=True)

    def changes(self) -> list[Change]:
        """The changes of the last CHANGES_DAYS with changes, newest first."""
        return changes_of(self.passes, self.recent, self.lately, self._known())

    def _known(self) -> Mapping[str, Facts]:
        """The facts of the table by their code."""
        return {row.code: row.facts for row in self.comparison.matching.seen}

    def credited(self, credits: Credits) -> Recall:
        """The same with the recorded edits by which the changes of this pass came, as history tells it from now on."""
        this = self.passes[-1]
        if not credits or this.at != self.now:
            return self
        recent = [
            spell._replace(credits=credits.get((spell.name_key, spell.version_key), {}))
            if spell.since == this.id
            else spell
            for spell in self.recent
        ]
        return self._replace(recent=recent)


class Story(NamedTuple):
    """All that history holds, with the table as its newest pass.

    ``unrecorded``: the table is not as the last recorded pass saw it, so the newest pass is not in history yet.
    ``warning`` is what gone_rows() says.
    """

    passes: Sequence[Pass]
    spells: Sequence[Spell]
    begins: date
    unrecorded: bool
    warning: str = ""

    @property
    def any_recorded(self) -> bool:
        """Whether there is any pass in history."""
        return len(self.passes) > self.unrecorded

    def periods(self) -> list[LivePeriod]:
        """Every time in which a version was live somewhere."""
        return live_periods(Calendar.of(self.passes), self.spells, self.passes[-1].last_day)

    def changes(self, since: date | None = None) -> list[Change]:
        """The changes first seen on a day or later, newest first."""
        day = max(since or self.begins, self.begins)  # what history was cut to was not new then
        first = next((one.id for one in self.passes if one.day >= day), None)
        return changes_of(self.passes, self.spells, first) if first is not None else []


def recall(
    history: History, table: ModelTable, today: date, now: datetime | None = None, editor: LastEditor | None = None
) -> Recall:
    """Hold a table against its history; ``editor`` is whom the sheet names. Raises HistoryUnusable."""
    moment = now or datetime.now(UTC)
    comparison = _compared(history, table)
    calendar = history.calendar() if comparison.held else Calendar.of([])
    lately, passes, recent = _lately(history, comparison, calendar, today)
    all_passes, with_recent = with_this(comparison, passes, recent, today, moment)
    _, with_standing = with_this(comparison, passes, _standing(history, comparison), today, moment)
    calendar = calendar.with_passes(all_passes)
    past = past_of(comparison, calendar, with_recent, with_standing, table.columns, today)
    signed = _signed(all_passes, len(passes), editor)
    return Recall(comparison, calendar, signed, with_recent, with_standing, past, lately, moment)


def story(
    history: History, table: ModelTable, today: date, now: datetime | None = None, editor: LastEditor | None = None
) -> Story:
    """The whole history, with the table as its newest pass; else as recall()."""
    comparison = _compared(history, table)
    known = history.passes()
    passes, spells = with_this(comparison, known, history.spells(), today, now or datetime.now(UTC))
    begins = comparison.held.begins if comparison.held else passes[0].day
    signed, unrecorded = _signed(passes, len(known), editor), len(passes) > len(known)
    return Story(signed, spells, begins, unrecorded, gone_rows(comparison))


def gone_rows(comparison: Comparison) -> str:
    """A warning where so many rows are gone that a pass would refuse to record it; '' where not."""
    if not comparison.suspicious:
        return ""
    gone, before = len(comparison.matching.vanished), len(comparison.held.rows) if comparison.held else 0
    return (
        f"{gone} of the {before} rows that the last sync saw are gone: the sheet may be cut short, or read wrong. "
        "If they were meant to go: registry-sheets sync --accept-removals"
    )


def _signed(passes: Sequence[Pass], known: int, editor: LastEditor | None) -> Sequence[Pass]:
    """Passes, of which ``known`` are in history already, with who saved the sheet that the newest one saw."""
    if editor is None or len(passes) == known:
        return passes
    return [*passes[:-1], passes[-1]._replace(editor=editor.name, edited_at=editor.when)]


def _compared(history: History, table: ModelTable) -> Comparison:
    comparison = compare(table, history.held())
    appeared = {row.key for row in comparison.matching.appeared}
    if comparison.held is None or not appeared:
        return comparison
    return with_returning(comparison, history.known(appeared))


def _lately(
    history: History, comparison: Comparison, calendar: Calendar, today: date
) -> tuple[int, Sequence[Pass], Sequence[Spell]]:
    """(the pass from which on changes are told; passes since then, or since before; spells that these saw change)."""
    if comparison.held is None:
        return 0, [], []
    lately = _first_since(calendar, _last_change(history, comparison, calendar, today), CHANGES_DAYS)
    lately = max(lately, _first_since(calendar, comparison.held.begins, 1))  # what history was cut to was not new then
    first = min(lately, _first_since(calendar, today, TOLD_DAYS))
    begun = [_open(row) for row in comparison.held.rows if row.since >= first]
    recent = sorted([*history.spells(ended_since=first), *begun], key=_BY_ROW)
    return lately, history.passes(first), recent


def _standing(history: History, comparison: Comparison) -> Sequence[Spell]:
    """The spells that tell what is live."""
    if comparison.held is None:
        return []
    open_now = [_open(row) for row in comparison.held.rows if not row.live]
    return sorted([*history.spells(live=True), *open_now], key=_BY_ROW)


_BY_ROW = attrgetter("row", "since")


def _last_change(history: History, comparison: Comparison, calendar: Calendar, today: date) -> date:
    """The day on which a pass last saw a row change; today where this one does."""
    if comparison.held is None or comparison.begun() or comparison.ended:
        return today
    begun = max((row.since for row in comparison.held.rows), default=0)
    ended = [spell.until for spell in history.spells(ended_since=begun + 1) if spell.until]
    return calendar.days.get(max([begun, *ended]), today)


def _first_since(calendar: Calendar, day: date, days: int) -> int:
    """The number of the first pass within so many days before ``day``, else of the newest one."""
    numbers, all_days = list(calendar.days), list(calendar.days.values())
    return numbers[min(bisect_right(all_days, day - timedelta(days=days)), len(numbers) - 1)]


def _open(row: HeldRow) -> Spell:
    return Spell(row.row, row.since, None, row.name_key, row.version_key, row.live, row.code, row.credits)
