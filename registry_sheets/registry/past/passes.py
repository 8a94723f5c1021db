"""A pass over a table as history would record it: what ends, what begins, and what history looks like with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from registry_sheets.registry.past.matching import Key, Matching, SeenRow, match_rows, seen_rows
from registry_sheets.registry.past.records import Held, HeldRow, KnownRow, NewSpell, Pass, Spell
from registry_sheets.registry.table import ModelTable

Credits = Mapping[Key, Mapping[str, str]]
"""(name key, version key) -> fact key -> the recorded edit by which it came: 'sam, promote'."""

_SUSPICIOUS_FROM = 10


class Comparison(NamedTuple):
    """A table held against the newest pass. ``held`` None: this is the baseline.

    ``changed``: rows whose facts are not as they were. ``returning``: rows (by index) that appeared and that history
    knows from earlier.
    """

    matching: Matching
    held: Held | None
    changed: Sequence[tuple[SeenRow, HeldRow]]
    returning: Mapping[int, KnownRow] = MappingProxyType({})

    @property
    def ended(self) -> Sequence[int]:
        """Rows of history whose facts no longer hold."""
        return [row.row for _, row in self.changed] + [row.row for row in self.matching.vanished]

    def begun(self, credits: Credits | None = None) -> Sequence[NewSpell]:
        """The facts that begin to hold."""
        given = credits or {}
        changed = [_spell(row, before.row, given) for row, before in self.changed]
        appeared = [_spell(row, self._returned(row), given) for row in self.matching.appeared]
        return [*changed, *appeared]

    def _returned(self, row: SeenRow) -> int | None:
        known = self.returning.get(row.index)
        return known.row if known else None

    def first_day(self, row: SeenRow, today: date) -> tuple[date, bool]:
        """The day on which a row was first seen, and whether that was the baseline."""
        before = self.matching.pairs.get(row.index) or self.returning.get(row.index)
        if before is None:
            return today, self.held is None
        return before.first_day, before.baseline

    @property
    def suspicious(self) -> bool:
        """Whether so many rows are gone that the sheet may have been read wrong."""
        before = len(self.held.rows) if self.held else 0
        gone = len(self.matching.vanished)
        return gone > 0 and (not self.matching.seen or (before >= _SUSPICIOUS_FROM and 2 * gone > before))


def _spell(row: SeenRow, known: int | None, credits: Credits) -> NewSpell:
    return NewSpell(known, row.name_key, row.version_key, row.live, row.code, credits.get(row.key, {}))


def compare(table: ModelTable, held: Held | None) -> Comparison:
    """Hold a table against what the newest pass held."""
    matching = match_rows(seen_rows(table), held.rows if held else ())
    partner = matching.pairs.get
    changed = [(row, before) for row in matching.seen if (before := partner(row.index)) and row.code != before.code]
    return Comparison(matching, held, changed)


def with_returning(comparison: Comparison, known: Mapping[Key, KnownRow]) -> Comparison:
    """The same with the rows that history knows from earlier; each of them comes back once."""
    left = dict(known)
    returning = {row.index: left.pop(row.key) for row in comparison.matching.appeared if row.key in left}
    return comparison._replace(returning=returning)


def with_this(
    comparison: Comparison, passes: Sequence[Pass], spells: Sequence[Spell], today: date, now: datetime
) -> tuple[Sequence[Pass], Sequence[Spell]]:
    """Passes and spells as they would be with this pass recorded; new rows get numbers below zero.

    ``spells`` may be some only: those that this pass ends are added where they are not among them.
    """
    begun = comparison.begun()
    ended = frozenset(comparison.ended)
    if passes and not begun and not ended:
        last = passes[-1]
        longer = last._replace(last_at=max(now, last.last_at), last_day=max(today, last.last_day))
        return [*passes[:-1], longer], spells
    this = passes[-1].id + 1 if passes else 1
    day = max(today, passes[-1].last_day) if passes else today
    added = [
        Spell(-number if spell.row is None else spell.row, this, None, spell.name_key, spell.version_key, spell.live,
              spell.code, spell.credits)
        for number, spell in enumerate(begun, 1)
    ]  # fmt: skip
    closed = [spell._replace(until=this) if spell.until is None and spell.row in ended else spell for spell in spells]
    there = {spell.row for spell in closed if spell.until == this}
    closed += [
        _ended(row, this) for row in (comparison.held.rows if comparison.held else ()) if row.row in ended - there
    ]
    order = sorted([*closed, *added], key=attrgetter("row", "since"))
    return [*passes, Pass(this, now, day, now, day, baseline=not passes)], order


def _ended(row: HeldRow, until: int) -> Spell:
    return Spell(row.row, row.since, until, row.name_key, row.version_key, row.live, row.code)
