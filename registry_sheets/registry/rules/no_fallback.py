"""no-fallback: a live version has no earlier version to return to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import ModelTable, Stage

_FIX = (
    "Nothing needs doing. If an earlier version is kept, add its row with Stage Archived, so that it is known"
    " what to return to."
)

_Earliest = Sequence[tuple[date, str]]  # at most two versions, the earliest first


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    table = registry.models
    live = [index for index, stage in enumerate(table.stages) if stage is Stage.PRODUCTION]
    if not live:
        return
    earliest, anywhere = _earliest(table)
    told: set[tuple[str, str]] = set()
    for index in live:
        name, version = table.name_keys[index], table.version_keys[index]
        if not name or not version or (name, version) in told:
            continue
        uses = table.use_keys[index]
        if uses == ("",):
            others = anywhere[name]
        else:
            others = [one for use in (*uses, "") for one in earliest.get((name, use), ())]
        until = table.value("training_date")[index] or date.max
        if not any(day <= until and other != version for day, other in others):
            told.add((name, version))
            yield Hit(index, "version", "Live, with no earlier version to return to.", _FIX)


def _earliest(table: ModelTable) -> tuple[Mapping[tuple[str, str], _Earliest], Mapping[str, _Earliest]]:
    """The two earliest versions that are or were live, by (model, use) and by model."""
    by_use = {key: _two(table, indexes) for key, indexes in table.by_use.items()}
    return by_use, {name: _two(table, indexes) for name, indexes in table.by_model.items()}


def _two(table: ModelTable, indexes: Sequence[int]) -> _Earliest:
    days, versions, stages = table.value("training_date"), table.version_keys, table.stages
    found: dict[str, date] = {}
    for index in indexes:
        if versions[index] and stages[index] is not Stage.TESTING:
            # Without a date it may well be the earlier one: nothing is said then.
            day = days[index] or date.min
            found[versions[index]] = min(day, found.get(versions[index], day))
    return sorted((day, version) for version, day in found.items())[:2]


RULE = Rule(
    id="no-fallback",
    title="No earlier version to return to",
    group="standing",
    severity=Severity.INFO,
    finds="Versions in Production whose model has no earlier version for the same use, live or archived.",
    why="If the live version turns out to be wrong, there is nothing in the registry to roll back to.",
    what_to_do=_FIX,
    bad=Example(row={"Version": "1.0", "Stage": "Production", "Training date": "2026-03-04"}),
    good=Example(
        row={"Version": "1.1", "Stage": "Production", "Training date": "2026-03-04"},
        others=({"Version": "1.0", "Stage": "Archived", "Training date": "2026-01-10"},),
    ),
    check=_check,
)
