"""How complete a registry is, now and before: required and recommended cells filled, of versions not archived."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.past.facts import NOTHING_KNOWN, Facts, facts_by, texts_of
from registry_sheets.registry.past.records import Pass, Spell
from registry_sheets.registry.placeholders import is_placeholder
from registry_sheets.registry.table import Stage

COUNTED = tuple(column.field for column in COLUMNS if column.need in ("required", "recommended"))
"""The fields whose cells count."""


class Completeness(NamedTuple):
    """So many cells of all those that count hold a value. A sheet without rows has none to fill."""

    filled: int
    cells: int

    @property
    def share(self) -> float | None:
        """From 0 to 1; None where there is nothing to fill."""
        return self.filled / self.cells if self.cells else None

    def __add__(self, other: object) -> Completeness:
        if not isinstance(other, Completeness):
            return NotImplemented
        return Completeness(self.filled + other.filled, self.cells + other.cells)

    def __sub__(self, other: Completeness) -> Completeness:
        return Completeness(self.filled - other.filled, self.cells - other.cells)


class Point(NamedTuple):
    """How complete the registry was from a day on."""

    day: date
    completeness: Completeness


NONE = Completeness(0, 0)


def trend(
    passes: Sequence[Pass], spells: Iterable[Spell], since: date, known: Mapping[str, Facts] = NOTHING_KNOWN
) -> list[Point]:
    """How complete the registry was on each day on which that changed, from ``since`` on, and on the last day.

    ``passes`` and ``spells`` are the whole history, oldest first; ``known``: as of facts.facts_by().
    """
    steps: dict[int, Completeness] = {}
    of_code: dict[str, Completeness] = {}
    for spell in spells:
        if spell.code not in of_code:
            of_code[spell.code] = _of_row(facts_by(spell.code, known))
        row = of_code[spell.code]
        steps[spell.since] = steps.get(spell.since, NONE) + row
        if spell.until is not None:
            steps[spell.until] = steps.get(spell.until, NONE) - row
    return _points(passes, steps, since)


def _points(passes: Sequence[Pass], steps: Mapping[int, Completeness], since: date) -> list[Point]:
    by_day: dict[date, Completeness] = {}
    now = NONE
    for one in passes:
        now = now + steps.get(one.id, NONE)
        by_day[max(one.day, since)] = now
    if passes:
        by_day[max(passes[-1].last_day, since)] = now
    return [Point(day, share) for day, share in by_day.items() if share.cells]


def _of_row(facts: Facts) -> Completeness:
    if facts.get("stage") == Stage.ARCHIVED:
        return NONE
    return Completeness(sum(map(_is_filled, map(facts.get, COUNTED))), len(COUNTED))


def _is_filled(fact: object) -> bool:
    return any(text and not is_placeholder(text) for text in texts_of(fact))  # type: ignore[arg-type]
