"""two-live: two versions of one model are in Production at one place for one use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.wording import clipped, listed

_FIX = (
    "Set Stage to Archived on the one that no longer runs; where both run, say under 'Used for' what each is for,"
    " or give each its own location."
)


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    table = registry.models
    found: dict[int, tuple[int, list[str]]] = {}  # row -> the row that stands against it, and where
    for place, rows in _crowded(table):
        newest = max(rows, key=lambda index: (_since(table, index), index))
        for index in rows:
            if table.version_keys[index] != table.version_keys[newest]:
                found.setdefault(index, (newest, []))[1].append(place)
    for index in sorted(found):
        newest, places = found[index]
        version = clipped(table.value("version")[newest])
        where = listed(list(dict.fromkeys(places)))
        yield Hit(index, "stage", f"In Production at {where} together with version {version}.", _FIX)


def _crowded(table: ModelTable) -> Iterable[tuple[str, Sequence[int]]]:
    """Places (as typed) where rows of several versions of one model are live for one use."""
    stages, locations, versions = table.stages, table.value("location"), table.version_keys
    keys = {place: normalise(place) for places in set(locations) for place in places or ()}
    for indexes in table.by_use.values():
        if len(indexes) < 2:
            continue
        live = [i for i in indexes if stages[i] is Stage.PRODUCTION and versions[i] and locations[i]]
        if len({versions[i] for i in live}) > 1:
            yield from _shared(live, locations, versions, keys)


def _shared(
    live: Sequence[int], locations: Sequence[tuple[str, ...]], versions: Sequence[str], keys: Mapping[str, str]
) -> Iterable[tuple[str, Sequence[int]]]:
    at: dict[str, list[int]] = {}
    typed: dict[str, str] = {}
    for index in live:
        for location in locations[index]:
            key = keys[location]
            typed.setdefault(key, location)
            at.setdefault(key, []).append(index)
    for key, rows in at.items():
        if len({versions[index] for index in rows}) > 1:
            yield typed[key], rows


def _since(table: ModelTable, index: int) -> date:
    """When the version went live, as far as the sheet tells."""
    since: date | None = table.value("deployed_on")[index] or table.value("training_date")[index]
    return since or date.min


RULE = Rule(
    id="two-live",
    title="Two versions are live for the same use at the same place",
    group="standing",
    severity=Severity.WARNING,
    finds=(
        "Two versions of one model that are both in Production at one location for the same 'Used for'. Versions that"
        " are each used for something else (a law firm has one per practice area) are right."
    ),
    why="Nobody can say from the sheet which of the two is running there.",
    what_to_do=_FIX,
    bad=Example(
        row={"Version": "3.1", "Stage": "Production", "Location": "Service desk app", "Used for": ""},
        others=({"Version": "3.0", "Stage": "Production", "Location": "Service desk app", "Used for": ""},),
    ),
    good=Example(
        row={"Version": "3.1", "Stage": "Production", "Location": "Intranet", "Used for": "Leases"},
        others=({"Version": "3.0", "Stage": "Production", "Location": "Intranet", "Used for": "Employment"},),
    ),
    check=_check,
)
