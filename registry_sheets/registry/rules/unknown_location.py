"""unknown-location: a location that Lists does not know."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.placeholders import is_placeholder
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import closest, quote, rows_with


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    known = {normalise(location) for location in registry.lists.locations}
    if not known:
        return
    values = registry.models.value("location")
    unknown = {places: _unknown(places, known) for places in set(values) if places}
    wanted = {places: _words(names, registry) for places, names in unknown.items() if names}
    for index, (message, fix) in rows_with(values, wanted):
        yield Hit(index, "location", message, fix)


def _unknown(places: tuple[str, ...], known: set[str]) -> list[str]:
    return [place for place in places if normalise(place) not in known and not is_placeholder(place)]


def _words(names: list[str], registry: Registry) -> tuple[str, str]:
    near = closest(names[0], registry.lists.locations)
    hint = f"If {quote(near)} is meant, type that. Otherwise add" if near else "Add"
    verb = "is not a location" if len(names) == 1 else "are not locations"
    return f"{', '.join(map(quote, names[:3]))} {verb} in Lists.", f"{hint} it to the tab Lists, below Location."


RULE = Rule(
    id="unknown-location",
    title="A location that Lists does not know",
    group="form",
    severity=Severity.WARNING,
    finds="A location that does not stand in the tab Lists. Judged only if Lists holds any location.",
    why="'Berlin plant' and 'Berlin pl.' count as two places, and one of them is missing from what runs where.",
    what_to_do="Choose the location from the dropdown, or add the new one to Lists.",
    bad=Example({"Location": "Berlin plnt"}, lists={"Location": ("Berlin plant", "Munich office")}),
    good=Example({"Location": "Berlin plant"}, lists={"Location": ("Berlin plant", "Munich office")}),
    check=check,
)
