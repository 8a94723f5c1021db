"""The places that a row speaks for: each of its uses at each of its locations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.table import ModelTable

Place = tuple[str, str]
"""(use, location), normalised; '' where the sheet does not say."""


@dataclass(frozen=True, slots=True)
class Places:
    """Uses and locations as typed; () where blank."""

    uses: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()

    @property
    def use_keys(self) -> frozenset[str]:
        return _keys(self.uses)

    @property
    def location_keys(self) -> frozenset[str]:
        return _keys(self.locations)

    @property
    def all(self) -> frozenset[Place]:
        """Each use at each location."""
        return frozenset(product(self.use_keys, self.location_keys))

    def without(self, taken: frozenset[Place]) -> Places | None:
        """What is left without some of them; None where uses and locations in two cells cannot say it."""
        gone = taken & self.all
        uses = {use for use, _ in gone}
        locations = {location for _, location in gone}
        if len(gone) != len(uses) * len(locations):
            return None
        if uses == self.use_keys:
            return Places(self.uses, _left(self.locations, locations))
        if locations == self.location_keys:
            return Places(_left(self.uses, uses), self.locations)
        return None


def _keys(texts: Sequence[str]) -> frozenset[str]:
    return frozenset(map(normalise, texts)) or frozenset(("",))


def _left(texts: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(text for text in texts if normalise(text) not in gone)


def places_in(table: ModelTable, index: int) -> Places:
    """The places of a row."""
    return Places(_several(table, "used_for", index), _several(table, "location", index))


def _several(table: ModelTable, name: str, index: int) -> tuple[str, ...]:
    return table.values[name][index] if name in table.values else ()


def joined(texts: Sequence[str], before: str) -> str:
    """Several values in one cell, separated as they were in ``before``."""
    return ("\n" if "\n" in before else "; ").join(texts)


def said(places: frozenset[Place], spelled: Places) -> str:
    """'Berlin plant', 'Berlin plant (Rooftop units)': places for a person, as they are spelled somewhere."""
    words = {normalise(text): text for text in (*spelled.uses, *spelled.locations)}
    told = []
    for use, location in sorted(places):
        where = words.get(location, location) or "no location"
        told.append(f"{where} ({words.get(use, use)})" if use else where)
    return " and ".join(told)
