"""Versions of one model side by side: facts, metrics, and what changed from each to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from registry_sheets.operations.compare_metrics import MetricLine, Value, compare_metrics, value_of, value_text
from registry_sheets.operations.compare_versions import Chosen, named, part_of, spelled, versions_of
from registry_sheets.operations.directions import Direction
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import Fact, facts_of_all, own_key, text_of, texts_of
from registry_sheets.registry.table import MetricColumn, ModelTable

Told = Fact | Mapping[str, Fact] | None
"""A version's fact: a text (dates in ISO), a list of texts where a column takes several, None where blank; place ->
fact where the version stands in several rows that tell different things."""


@dataclass(frozen=True, slots=True)
class FactLine:
    """One column of several versions; ``values`` are aligned with them. ``field`` is '' for people's own columns."""

    field: str
    header: str
    values: tuple[Told, ...]

    @property
    def same(self) -> bool:
        """Whether all versions tell the same, but for case and white space."""
        return len(set(map(_key, self.values))) == 1

    def changed(self, place: int) -> bool:
        """Whether the fact is another than that of the version before."""
        return _key(self.values[place - 1]) != _key(self.values[place])


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between one version and the next, by their places among the compared ones."""

    old: int
    new: int
    facts: tuple[FactLine, ...]
    metrics: tuple[MetricLine, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Versions of one model; ``facts`` and ``metrics`` are those that at least one of them has.

    ``known`` counts all versions that the model has; ``newest_only``: older ones were left out, for they are too many
    for the eye. ``unversioned`` are the sheet rows of the model (from 1)
    that name no version, which are left out.
    """

    name: str
    versions: tuple[str, ...]
    facts: tuple[FactLine, ...]
    metrics: tuple[MetricLine, ...]
    changes: tuple[Change, ...]
    known: int
    newest_only: bool = False
    unversioned: tuple[int, ...] = ()

    @property
    def uses(self) -> tuple[str, ...]:
        """What the versions are used for, if some of them have nothing in common there; else ()."""
        line = next((line for line in self.facts if line.field == "used_for"), None)
        of_versions = [_uses(told) for told in line.values if told] if line else []
        if all(set(one) & set(other) for one, other in combinations(of_versions, 2)):
            return ()
        return tuple(_different(text for uses in of_versions for text in uses.values()).values())


def compare(
    table: ModelTable,
    name: str,
    versions: Sequence[str] = (),
    said: Mapping[str, Direction] | None = None,
    newest: int = 0,
    used_for: str = "",
) -> Comparison:
    """Compare these versions in this order; without any, all of the model in version order, or the ``newest`` ones.

    ``said`` is the config's [metrics]; ``used_for``: only rows for this use. Raises NotInRegistry.
    """
    model = part_of(table, name, used_for)
    known = versions_of(model)
    chosen = named(model, known, versions) if versions else known[-newest:]
    places = [_places(model, version) for version in chosen]
    facts = _facts(model, chosen, places)
    metrics = compare_metrics(_metrics(model, chosen, places), said or {})
    return Comparison(
        name=spelled(model),
        versions=tuple(version.text for version in chosen),
        facts=facts,
        metrics=metrics,
        changes=_changes(facts, metrics, len(chosen)),
        known=len(known),
        newest_only=not versions and len(chosen) < len(known),
        unversioned=tuple(model.row_numbers[i] for i, key in enumerate(model.version_keys) if not key),
    )


def told_text(told: Told) -> str:
    """A fact for people: 'Production (Plant A); Testing (Plant B)' where it differs by place; '' for none."""
    if isinstance(told, Mapping):
        return "; ".join(f"{text_of(fact)} ({place})" for place, fact in told.items())
    return text_of(told)


def _uses(told: Told) -> dict[str, str]:
    """The different uses that a fact names, by their keys."""
    facts = told.values() if isinstance(told, Mapping) else (told,)
    return _different(text for fact in facts for text in texts_of(fact))


def _different(texts: Iterable[str]) -> dict[str, str]:
    """Texts by their keys, each as it is spelled first."""
    found: dict[str, str] = {}
    for text in texts:
        found.setdefault(normalise(text), text)
    return found


# Facts

_IDENTITY = frozenset(("name", "version"))
_OF_PLACE = frozenset(("stage", "owner", "why", "deployed_on", "last_reviewed"))
"""Facts of a version at a place: where one row tells them and another does not, that is a difference."""


def _facts(model: ModelTable, versions: Sequence[Chosen], places: Sequence[_Places]) -> tuple[FactLine, ...]:
    rows = _facts_by_row(model)
    known = [(column.field, column.field, column.header) for column in COLUMNS if column.field not in _IDENTITY]
    own = [(own_key(column.header), "", column.header) for column in model.own_columns]
    lines = (FactLine(field, header, _line(versions, places, rows, key)) for key, field, header in (*known, *own))
    return tuple(line for line in lines if any(told is not None for told in line.values))


def _facts_by_row(model: ModelTable) -> Sequence[Mapping[str, Fact]]:
    """What each row tells; for a cell that fails, the error that it shows."""
    rows = facts_of_all(model)
    for problem in model.problems:
        if problem.typed:
            rows[problem.index].setdefault(problem.field, problem.typed)
    return rows


def _line(
    versions: Sequence[Chosen], places: Sequence[_Places], rows: Sequence[Mapping[str, Fact]], key: str
) -> tuple[Told, ...]:
    facts = ([rows[index].get(key) for index in version.rows] for version in versions)
    return tuple(_told(key, of_version, rows_named) for of_version, rows_named in zip(facts, places, strict=True))


def _told(key: str, facts: Sequence[Fact | None], places: _Places) -> Told:
    """What a version's rows tell together."""
    filled = [fact for fact in facts if fact]
    if not filled:
        return None
    if len(set(map(_key, facts if key in _OF_PLACE else filled))) == 1:
        return filled[0]
    if key in places.fields:
        return list(_different(text for fact in filled for text in texts_of(fact)).values())
    return {place: fact for place, fact in zip(places.names, facts, strict=True) if fact}


def _key(told: Told) -> object:
    """What makes two facts the same."""
    if isinstance(told, Mapping):
        return frozenset((normalise(place), _key(fact)) for place, fact in told.items())
    if told is None or isinstance(told, str):
        return told and normalise(told)
    return frozenset(map(normalise, told))


# Several rows of one version


@dataclass(frozen=True, slots=True)
class _Places:
    """A name for each row of a version, made of these fields."""

    names: Sequence[str]
    fields: tuple[str, ...] = ()


def _places(model: ModelTable, version: Chosen) -> _Places:
    """Where each row's version runs, else what it is used for, else both, else the row's number."""
    for fields in (("location",), ("used_for",), ("location", "used_for")):
        columns = [model.value(field) for field in fields]
        parts = [[", ".join(column[index] or ()) for column in columns] for index in version.rows]
        names = [", ".join(filter(None, of_row)) for of_row in parts]
        if all(names) and len(set(map(normalise, names))) == len(names):
            return _Places(names, fields)
    return _Places([f"row {model.row_numbers[index]}" for index in version.rows])


# Metrics and changes


def _metrics(
    model: ModelTable, versions: Sequence[Chosen], places: Sequence[_Places]
) -> dict[MetricColumn, Sequence[Value]]:
    pairs = list(zip(versions, places, strict=True))
    return {
        metric: [
            _value([model.own[metric.header][i] for i in version.rows], rows_named) for version, rows_named in pairs
        ]
        for metric in model.metrics
    }


def _value(cells: Sequence[Cell], places: _Places) -> Value:
    """A metric of a version; where its rows tell different values, a text of all of them with their places."""
    values = list(map(value_of, cells))
    different = {value_text(value): value for value in values if value is not None}
    if len(different) < 2:
        return next(iter(different.values()), None)
    told = zip(values, places.names, strict=True)
    return "; ".join(f"{value_text(value)} ({place})" for value, place in told if value is not None)


def _changes(facts: Sequence[FactLine], metrics: Sequence[MetricLine], count: int) -> tuple[Change, ...]:
    return tuple(
        Change(
            old,
            new,
            tuple(line for line in facts if line.changed(new)),
            tuple(line for line in metrics if line.changed(new)),
        )
        for old, new in pairwise(range(count))
    )
