"""Which versions of a model are compared, and in which order."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.versions import VersionKey, version_key
from registry_sheets.registry.wording import listed

_MOST_KNOWN = 20


class NotInRegistry(RegistrySheetsError):
    """The registry has no model or version of that name."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A version with its rows' indexes; ``day``: the first training date that they tell."""

    text: str
    rows: Sequence[int]
    order: VersionKey | None
    day: date


def has_model(table: ModelTable, name: str) -> bool:
    """Whether the registry has a model of that name, whatever its case and white space."""
    return normalise(name) in table.by_model


def part_of(table: ModelTable, name: str, used_for: str = "") -> ModelTable:
    """The table with only this model's rows, or only those for one use: work on it costs as much as they do.

    Raises NotInRegistry.
    """
    if not has_model(table, name):
        raise no_model(name, table.value("name"))
    rows = table.by_model[normalise(name)]
    if used_for:
        rows = _for_use(table, rows, used_for)
    places = {index: at for at, index in enumerate(rows)}
    return replace(
        table,
        row_numbers=[table.row_numbers[index] for index in rows],
        raw={field: [cells[index] for index in rows] for field, cells in table.raw.items()},
        values={field: [values[index] for index in rows] for field, values in table.values.items()},
        problems=tuple(replace(p, index=places[p.index]) for p in table.problems if p.index in places),
        own={header: [cells[index] for index in rows] for header, cells in table.own.items()},
    )


def _for_use(table: ModelTable, rows: Sequence[int], used_for: str) -> Sequence[int]:
    found = [index for index in rows if normalise(used_for) in table.use_keys[index]]
    if not found:
        uses = {normalise(use): use for index in rows for use in table.value("used_for")[index] or ()}
        name = table.value("name")[rows[0]]
        raise NotInRegistry(f"No version of {name} is used for '{used_for}'.", _instead(used_for, list(uses.values())))
    return found


def spelled(model: ModelTable) -> str:
    """The model's name as its first row spells it."""
    return str(model.value("name")[0])


def versions_of(model: ModelTable) -> list[Chosen]:
    """All versions of a model in version order, each with all of its rows. Raises NotInRegistry where it has none."""
    rows: dict[str, list[int]] = {}
    for index, key in enumerate(model.version_keys):
        if key:
            rows.setdefault(key, []).append(index)
    if not rows:
        raise NotInRegistry(
            f"No row of {spelled(model)} has a version.", "Fill in the column Version, such as 3.1, one in each row."
        )
    texts, days = model.value("version"), model.value("training_date")
    return _in_order(
        Chosen(
            text=texts[indexes[0]],
            rows=indexes,
            order=version_key(key),
            day=min((days[index] for index in indexes if days[index]), default=date.max),
        )
        for key, indexes in rows.items()
    )


def _in_order(versions: Iterable[Chosen]) -> list[Chosen]:
    """By version; those that do not compare with most of the others ('final') stand where their training puts them."""
    dated = sorted(versions, key=lambda version: version.day)
    shapes = Counter(version.order.shape for version in dated if version.order)
    shape = shapes.most_common(1)[0][0] if shapes else None
    comparable = [(version.order.order, version) for version in dated if version.order and version.order.shape == shape]
    ordered = [version for _, version in sorted(comparable, key=itemgetter(0))]
    for version in dated:
        if version.order is None or version.order.shape != shape:
            later = (at for at, other in enumerate(ordered) if version.day < other.day < date.max)
            ordered.insert(next(later, len(ordered)), version)
    return ordered


def named(model: ModelTable, known: Sequence[Chosen], wanted: Iterable[str]) -> list[Chosen]:
    """The versions of these names in this order, each once. Raises NotInRegistry."""
    by_key = {normalise(version.text): version for version in known}
    asked = {normalise(text): text for text in wanted}
    for key, text in asked.items():
        if key not in by_key:
            newest_first = [version.text for version in reversed(known)]
            raise NotInRegistry(f"{spelled(model)} has no version '{text}'.", _instead(text, newest_first))
    return [by_key[key] for key in asked]


def no_model(name: str, names: Iterable[str | None]) -> NotInRegistry:
    """What to say where none of these models is the one that was asked for."""
    known = {normalise(known): known for known in names if known}
    return NotInRegistry(f"There is no model '{name}'.", _instead(name, sorted(known.values(), key=str.casefold)))


def _instead(said: str, known: Sequence[str]) -> str:
    """What could have been meant, and what there is."""
    if not known:
        return "Nothing of that kind is filled in yet."
    by_key = {normalise(text): text for text in known}
    close = [by_key[key] for key in difflib.get_close_matches(normalise(said), by_key, n=3)]
    meant = f"Did you mean {' or '.join(close)}? " if close else ""
    return f"{meant}Known are: {listed(known, _MOST_KNOWN)}."
