"""What the rules learn from history: when rows were first seen, what was rewritten, what is gone, what went live."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import Facts, decode, text_of
from registry_sheets.registry.past.matching import Key, places_of
from registry_sheets.registry.past.passes import Comparison
from registry_sheets.registry.past.records import Calendar, Spell

VERSION_FACTS = ("training_date", "data_source", "run_link", "data_link")
"""What is true of a version wherever it runs and however long: once recorded, it does not change by itself."""

TOLD_DAYS = 14
"""So long it is told what was before."""


class Rewrite(NamedTuple):
    """A fact of a recorded version that was another one before. ``day``: when that was first seen."""

    index: int  # type: ignore[assignment]  # hides tuple.index(), which nobody needs here
    field: str
    was: str
    day: date


class RemovedLive(NamedTuple):
    """A row that was live when it went; ``day``: the first pass without it."""

    facts: Facts
    day: date


class Past(NamedTuple):
    """History as of this pass, by index of the table's rows; rows without an identity have none.

    ``first_seen`` names rows that were first seen after the baseline. ``went_live`` names rows in Production that
    were seen going live, with the day; those that were live at the baseline, or when history was cut, are not there.
    """

    begins: date
    first_seen: Mapping[int, date] = MappingProxyType({})
    rewrites: tuple[Rewrite, ...] = ()
    removed_live: tuple[RemovedLive, ...] = ()
    went_live: Mapping[int, date] = MappingProxyType({})


def past_of(
    comparison: Comparison,
    calendar: Calendar,
    spells: Sequence[Spell],
    live: Sequence[Spell],
    fields: Collection[str],
    today: date,
) -> Past | None:
    """What the rules may know of a table. None on the baseline, of which there is no past.

    ``spells`` are at least those that began or ended within TOLD_DAYS, ``live`` at least those in Production; all
    with this pass (passes.with_this). ``fields`` are the columns that the sheet has.
    """
    if comparison.held is None:
        return None
    days = calendar.days
    since = today - timedelta(days=TOLD_DAYS)
    recent = [spell for spell in spells if spell.until is not None and days[spell.until] > since]
    return Past(
        begins=comparison.held.begins,
        first_seen=dict(_first_seen(comparison, today)),
        rewrites=tuple(_rewrites(comparison, recent, fields, days)),
        removed_live=tuple(_removed(comparison, recent, spells, days)),
        went_live=dict(_went_live(comparison, live, calendar)),
    )


def _first_seen(comparison: Comparison, today: date) -> Iterator[tuple[int, date]]:
    for index, before in comparison.matching.pairs.items():
        if not before.baseline:
            yield index, before.first_day
    for row in comparison.matching.appeared:
        day, baseline = comparison.first_day(row, today)
        if not baseline:
            yield row.index, day


def _rewrites(
    comparison: Comparison, recent: Sequence[Spell], fields: Collection[str], days: Mapping[int, date]
) -> Iterator[Rewrite]:
    """Per row and fact the oldest of the recent ones, where that is not what the row says now."""
    pairs = comparison.matching.pairs
    now = {pairs[row.index].row: row for row in comparison.matching.seen if row.index in pairs}
    told: set[tuple[int, str]] = set()
    for spell in recent:
        row = now.get(spell.row)
        facts = decode(spell.code) if row else {}
        for fact in VERSION_FACTS:
            was = text_of(facts.get(fact))
            # A column that is gone as a whole is another finding, or none.
            if not was or row is None or fact not in fields or (row.index, fact) in told:
                continue
            told.add((row.index, fact))
            if normalise(was) != normalise(text_of(row.facts.get(fact))):
                yield Rewrite(row.index, fact, was, days[spell.until or 0])


def _removed(
    comparison: Comparison, recent: Sequence[Spell], spells: Sequence[Spell], days: Mapping[int, date]
) -> Iterator[RemovedLive]:
    there = {row.row for row in comparison.matching.pairs.values()}
    there |= {known.row for known in comparison.returning.values()}
    went_on = {(spell.row, spell.since) for spell in spells}
    gone = [
        spell for spell in recent if spell.live and spell.row not in there and (spell.row, spell.until) not in went_on
    ]
    if not gone:
        return
    stands: dict[Key, set[tuple[str, str]]] = {}
    for row in comparison.matching.seen:
        stands.setdefault(row.key, set()).update(places_of(row.facts))
    for spell in gone:
        facts = decode(spell.code)
        # A row that was put together with another of its version is not gone.
        if not places_of(facts) <= stands.get((spell.name_key, spell.version_key), set()):
            yield RemovedLive(facts, days[spell.until or 0])


def _went_live(comparison: Comparison, live: Sequence[Spell], calendar: Calendar) -> Iterator[tuple[int, date]]:
    """Since when rows are live that give no reason, where they were seen going live."""
    since = _runs(live)
    this = max(calendar.days)
    for row in comparison.matching.seen:
        if not row.live or row.facts.get("why"):
            continue
        before = comparison.matching.pairs.get(row.index)
        first = since.get(before.row, this) if before else this  # or it appeared just now
        if _seen_to_begin(first, comparison, calendar):
            yield row.index, calendar.days[first]


def _runs(live: Sequence[Spell]) -> dict[int, int]:
    """Row -> the pass since which it has been live without a gap."""
    since: dict[int, int] = {}
    ends: dict[int, int | None] = {}
    for spell in live:
        if spell.live:
            if ends.get(spell.row, 0) != spell.since:
                since[spell.row] = spell.since
            ends[spell.row] = spell.until
    return since


def _seen_to_begin(first: int, comparison: Comparison, calendar: Calendar) -> bool:
    """Whether what began with a pass was seen to begin: not so where history itself began, or was cut, there."""
    if calendar.baseline is not None:
        return first != calendar.baseline
    return comparison.held is not None and calendar.days[first] > comparison.held.begins
