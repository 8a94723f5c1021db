"""same-data-source: a new version names exactly the data of the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
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
    days, judged = table.value("training_date"), table.judged
    judged_days = {days[index] for index in indexes if judged[index] is not Stage.ARCHIVED}
    if not judged_days:
        return
    versions = table.version_keys
    known = sorted({days[index] for index in indexes if versions[index] and days[index]})
    steps = [step for step in pairwise(known) if step[1] in judged_days]
    on_day = _versions_on({day for step in steps for day in step}, table, indexes)
    for first, second in steps:
        before, now = on_day[first], on_day[second]
        if len(before) == len(now) == 1 and before.keys() != now.keys():
            (earlier,), (index,) = before.values(), now.values()
            if judged[index] is not Stage.ARCHIVED:
                yield earlier, index


def _versions_on(wanted: Set[date], table: ModelTable, indexes: Sequence[int]) -> Mapping[date, Mapping[str, int]]:
    """The versions trained on these days, each with its first row."""
    versions, days = table.version_keys, table.value("training_date")
    found: dict[date, dict[str, int]] = {}
    for index in indexes:
        if days[index] in wanted and versions[index]:
            found.setdefault(days[index], {}).setdefault(versions[index], index)
    return found


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
