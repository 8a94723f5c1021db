"""What is running right now, and why: the versions in Production, one line for each place and use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.table import Lists, ModelTable, Stage


@dataclass(frozen=True, slots=True)
class LiveVersion:
    """A version in Production at one location for one use; '' where the sheet does not say.

    ``since`` is its Deployed on. ``replaced`` is the version that ran there before, only where the sheet
    tells it. ``row`` counts from 1.
    """

    name: str
    used_for: str
    location: str
    version: str
    since: date | None
    training_date: date | None
    data_source: str
    what_changed: str
    why: str
    replaced: str
    row: int


_Place = tuple[str, str, str]
"""(model, use, location), normalised."""


def live_versions(table: ModelTable, lists: Lists | None = None) -> tuple[LiveVersion, ...]:
    """The live versions, by name, use, location and sheet row. Places are spelled as Lists spells them.

    A sheet without a Stage column says of nothing that it is live.
    """
    spelling = {normalise(location): location for location in (lists.locations if lists else ())}
    facts = {field: table.value(field) for field in _FACTS}
    indexes = [index for index, stage in enumerate(table.stages) if stage is Stage.PRODUCTION]
    before = _retired(table, facts, {key for index in indexes if (key := table.name_keys[index])})
    lines = [line for index in indexes for line in _lines(table, facts, index, spelling, before)]
    return tuple(sorted(lines, key=_order))


_FACTS = (
    "name", "version", "used_for", "location", "deployed_on", "training_date", "data_source", "what_changed", "why",
)  # fmt: skip
_Facts = Mapping[str, Sequence[Any]]
"""The table's vectors by field; fetched once, for a column that the sheet lacks is made anew each time."""


def _order(line: LiveVersion) -> tuple[str, str, str, int]:
    return normalise(line.name), normalise(line.used_for), normalise(line.location), line.row


def _lines(
    table: ModelTable,
    facts: _Facts,
    index: int,
    spelling: Mapping[str, str],
    before: Mapping[_Place, Sequence[tuple[date, str]]],
) -> Iterator[LiveVersion]:
    def text(field: str) -> str:
        return facts[field][index] or ""

    since = facts["deployed_on"][index]
    for use, location in _uses_and_locations(facts, index):
        place = (table.name_keys[index], normalise(use), normalise(location))
        yield LiveVersion(
            name=text("name"),
            used_for=use,
            location=spelling.get(normalise(location), location),
            version=text("version"),
            since=since,
            training_date=facts["training_date"][index],
            data_source=text("data_source"),
            what_changed=text("what_changed"),
            why=text("why"),
            replaced=_replaced(before.get(place, ()), since, text("version")),
            row=table.row_numbers[index],
        )


def _uses_and_locations(facts: _Facts, index: int) -> Iterator[tuple[str, str]]:
    return product(facts["used_for"][index] or ("",), facts["location"][index] or ("",))


def _retired(table: ModelTable, facts: _Facts, names: set[str]) -> dict[_Place, list[tuple[date, str]]]:
    """The archived versions of the live models by place, with the day on which each was deployed there."""
    found: dict[_Place, list[tuple[date, str]]] = {}
    for name in names:
        for index in table.by_model[name]:
            day, version = facts["deployed_on"][index], facts["version"][index]
            if table.stages[index] is not Stage.ARCHIVED or day is None or not version:
                continue
            for use, location in _uses_and_locations(facts, index):
                found.setdefault((name, normalise(use), normalise(location)), []).append((day, version))
    return found


def _replaced(before: Sequence[tuple[date, str]], since: date | None, version: str) -> str:
    """The version deployed there last before ``since``; '' where two were on one day, or no day is given."""
    if since is None:
        return ""
    earlier = [(day, other) for day, other in before if day < since and normalise(other) != normalise(version)]
    if not earlier:
        return ""
    latest = max(day for day, _ in earlier)
    versions = {normalise(other): other for day, other in earlier if day == latest}
    return next(iter(versions.values())) if len(versions) == 1 else ""
