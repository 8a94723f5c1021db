"""What the registry itself said on a day, whatever is known of that day since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import Facts, day_of, decode, text_of, texts_of
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.past.records import Pass, Spell


def recorded_on(
    day: date, passes: Sequence[Pass], spells: Sequence[Spell], periods: Sequence[LivePeriod]
) -> list[LivePeriod]:
    """What rows said to be live on a day, by the passes of that day and the last one before it.

    On a day on which a pass saw it change, both what was and what came are told. ``periods`` tell since when, where
    a row does not, and what was replaced.
    """
    days = {one.id: one.day for one in passes}
    known: dict[tuple[str, ...], list[LivePeriod]] = defaultdict(list)
    for period in periods:
        known[_key(period)].append(period)
    found: dict[tuple[str, ...], LivePeriod] = {}
    for spell in spells:
        if spell.live and days[spell.since] <= day and (spell.until is None or day <= days[spell.until]):
            for said in _said(decode(spell.code), spell, days):
                found[_key(said)] = _with_period(said, days[spell.since], known[_key(said)])
    return list(found.values())


def _said(facts: Facts, spell: Spell, days: Mapping[int, date]) -> Iterator[LivePeriod]:
    for use in texts_of(facts.get("used_for")) or ("",):
        for location in texts_of(facts.get("location")) or ("",):
            stated = day_of(facts.get("deployed_on"))
            yield LivePeriod(
                name=text_of(facts.get("name")),
                version=text_of(facts.get("version")),
                used_for=use,
                location=location,
                start=stated,
                end=days[spell.until] if spell.until is not None else None,
                basis="stated" if stated else "observed",
                training_date=day_of(facts.get("training_date")),
                data_source=text_of(facts.get("data_source")),
                what_changed=text_of(facts.get("what_changed")),
                why=text_of(facts.get("why")),
                row=spell.row,
            )


def _with_period(said: LivePeriod, seen: date, periods: Sequence[LivePeriod]) -> LivePeriod:
    """What the whole history tells of the time that a row spoke of."""
    for period in periods:
        begun = period.start is None or period.start <= seen or period.start == said.start
        if begun and (period.end is None or seen <= period.end):
            return said._replace(start=said.start or period.start, replaced=period.replaced)
    return said


def _key(period: LivePeriod) -> tuple[str, ...]:
    return tuple(normalise(text) for text in (period.name, period.version, period.used_for, period.location))
