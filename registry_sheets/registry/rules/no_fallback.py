"""no-fallback: a live version has no earlier version to return to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import ModelTable, Stage

_FIX = (
    "Nothing needs doing. If an earlier version is kept, add its row with Stage Archived, so that it is known"
    " what to return to."
)

_GLANCE = 3  # rows looked at before all are: the first of a model is mostly an earlier version


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    table = registry.models
    told: set[tuple[str, str]] = set()
    earliest: dict[tuple[str, str | None], Sequence[tuple[date, str]]] = {}
    for index, stage in enumerate(table.stages):
        name, version = table.name_keys[index], table.version_keys[index]
        if stage is not Stage.PRODUCTION or not name or not version or (name, version) in told:
            continue
        if not any(_is_earlier_in(table, index, (name, use), earliest) for use in _uses(table, index)):
            told.add((name, version))
            yield Hit(index, "version", "Live, with no earlier version to return to.", _FIX)


def _uses(table: ModelTable, index: int) -> Sequence[str | None]:
    """The uses among which a version to return to is looked for; None: all of the model."""
    uses = table.use_keys[index]
    return (None,) if uses == ("",) else (*uses, "")


def _is_earlier_in(
    table: ModelTable,
    index: int,
    group: tuple[str, str | None],
    earliest: dict[tuple[str, str | None], Sequence[tuple[date, str]]],
) -> bool:
    """Whether a group (model, use) has another version from before; ``earliest`` keeps what was worked out."""
    name, use = group
    rows = table.by_model[name] if use is None else table.by_use.get((name, use), ())
    version, until = table.version_keys[index], table.value("training_date")[index] or date.max
    if any(day <= until and other != version for day, other in _versions(table, rows[:_GLANCE])):
        return True
    if group not in earliest:
        earliest[group] = _two_earliest(_versions(table, rows))
    return any(day <= until and other != version for day, other in earliest[group])


def _versions(table: ModelTable, rows: Sequence[int]) -> Iterator[tuple[date, str]]:
    """(training date, version) of what is or was live. Without a date it may well be the earlier one."""
    days, versions, stages = table.value("training_date"), table.version_keys, table.stages
    for row in rows:
        if versions[row] and stages[row] is not Stage.TESTING:
            yield days[row] or date.min, versions[row]


def _two_earliest(versions: Iterable[tuple[date, str]]) -> Sequence[tuple[date, str]]:
    """Two are enough: one of them is another version than the one that is asked about."""
    found: dict[str, date] = {}
    for day, version in versions:
        found[version] = min(day, found.get(version, day))
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
