"""same-data-source: a new version names exactly the data of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.vagueness import vagueness
from registry_sheets.registry.wording import clipped

_FIX = (
    "If it was trained on newer data, name that snapshot. If not, nothing needs doing; 'What changed' says what is"
    " different."
)


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    table = registry.models
    sources = table.value("data_source")
    told: set[int] = set()
    for indexes in table.by_use.values():
        if len(indexes) < 2:
            continue
        for before, index in _successions(table, indexes):
            if index not in told and _is_same(sources[before], sources[index]):
                told.add(index)
                version = clipped(table.value("version")[before])
                message = f"{quote(sources[index])} is also the data of version {version}, the one before."
                yield Hit(index, "data_source", message, _FIX)


def _is_same(before: str | None, source: str | None) -> bool:
    """Whether two rows name the same data; where they name none, vague-data-source says what to do."""
    if not before or not source or normalise(before) != normalise(source):
        return False
    return vagueness(source) is None


def _successions(table: ModelTable, indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(row of the version before, row of the version), by training date, where both are beyond doubt.

    Only of versions that are not archived: nobody mends the others.
    """
    versions, days = table.version_keys, table.value("training_date")
    days_of: dict[date, dict[str, int]] = {}
    for index in indexes:
        if versions[index] and days[index]:
            days_of.setdefault(days[index], {}).setdefault(versions[index], index)
    for (_, before), (_, now) in pairwise(sorted(days_of.items())):
        if len(before) == len(now) == 1 and before.keys() != now.keys():
            (first,), (second,) = before.values(), now.values()
            if table.judged[second] is not Stage.ARCHIVED:
                yield first, second


_BEFORE = {
    "Version": "1.0",
    "Training date": "2026-01-10",
    "Stage": "Archived",
    "Data source": "CRM export 2025-12-31",
}

RULE = Rule(
    id="same-data-source",
    title="The same data as the version before",
    group="lineage",
    severity=Severity.INFO,
    finds="Versions whose data source reads exactly like that of the version trained before, for the same use.",
    why="A retrained model that names the same data was often copied down from the row above without an update.",
    what_to_do=_FIX,
    bad=Example(
        row={"Version": "1.1", "Training date": "2026-03-04", "Data source": "CRM export 2025-12-31"},
        others=(_BEFORE,),
    ),
    good=Example(
        row={"Version": "1.1", "Training date": "2026-03-04", "Data source": "CRM export 2026-02-28"},
        others=(_BEFORE,),
    ),
    check=_check,
)
