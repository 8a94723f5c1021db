"""Which row of a table is which row of history.

A row is known by (name, version); where several rows have those, by location and use besides. A row that went
on under another name or version is recognised only where nothing else can be meant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import Facts, coded_facts_of_all, decode, is_live, texts_of
from registry_sheets.registry.past.records import HeldRow
from registry_sheets.registry.table import ModelTable

Key = tuple[str, str]
"""(name key, version key)"""

_FEWEST_FACTS = 2
"""So many facts besides name and version must agree before a row is taken for another one renamed."""


class SeenRow(NamedTuple):
    """A row of the table that has a name and a version. ``index`` is its index in the table."""

    index: int  # type: ignore[assignment]  # hides tuple.index(), which nobody needs here
    name_key: str
    version_key: str
    facts: Facts
    code: str

    @property
    def key(self) -> Key:
        return self.name_key, self.version_key

    @property
    def live(self) -> bool:
        return is_live(self.facts)


class Matching(NamedTuple):
    """``pairs``: index -> the row that it was in the last pass. ``appeared`` and ``vanished`` have no partner."""

    seen: Sequence[SeenRow]
    pairs: Mapping[int, HeldRow]
    appeared: Sequence[SeenRow]
    vanished: Sequence[HeldRow]


def seen_rows(table: ModelTable) -> list[SeenRow]:
    """The rows that have an identity, with their facts."""
    named = zip(table.name_keys, table.version_keys, coded_facts_of_all(table), strict=True)
    return [
        SeenRow(index, name, version, facts, code)
        for index, (name, version, (facts, code)) in enumerate(named)
        if name and version
    ]


def match_rows(seen: Sequence[SeenRow], held: Sequence[HeldRow]) -> Matching:
    """Pair the rows of a table with those that the last pass held."""
    before: dict[Key, list[HeldRow]] = defaultdict(list)
    now: dict[Key, list[SeenRow]] = defaultdict(list)
    for row in held:
        before[row.name_key, row.version_key].append(row)
    for row_now in seen:
        now[row_now.name_key, row_now.version_key].append(row_now)
    pairs: dict[int, HeldRow] = {}
    for key, rows in now.items():
        if len(rows) == len(before.get(key, ())) == 1:
            pairs[rows[0].index] = before[key][0]
        elif key in before:
            pairs |= _of_one_version(rows, before[key])
    pairs |= _renamed(seen, held, pairs)
    taken = {row.row for row in pairs.values()}
    return Matching(
        seen=seen,
        pairs=pairs,
        appeared=[row for row in seen if row.index not in pairs],
        vanished=[row for row in held if row.row not in taken],
    )


def _of_one_version(now: Sequence[SeenRow], before: Sequence[HeldRow]) -> dict[int, HeldRow]:
    left, open_rows, pairs = list(now), list(before), {}
    facts = {row.row: decode(row.code) for row in before}
    for sign in (_code, _places, _one_place, _nothing):
        for row in list(left):
            alike = [other for other in open_rows if sign(row.facts, facts[other.row])]
            # What is left over pairs only where it can be paired in one way.
            if alike and (sign is not _nothing or len(left) == len(open_rows) == 1):
                pairs[row.index] = alike[0]
                left.remove(row)
                open_rows.remove(alike[0])
    return pairs


def _code(now: Facts, before: Facts) -> bool:
    return now == before


def _places(now: Facts, before: Facts) -> bool:
    return places_of(now) == places_of(before)


def _one_place(now: Facts, before: Facts) -> bool:
    return not places_of(now).isdisjoint(places_of(before))


def _nothing(_now: Facts, _before: Facts) -> bool:
    return True


def places_of(facts: Facts) -> frozenset[tuple[str, str]]:
    """Each use with each location of a row, normalised; '' stands for a blank cell."""
    uses = texts_of(facts.get("used_for")) or ("",)
    locations = texts_of(facts.get("location")) or ("",)
    return frozenset((normalise(use), normalise(location)) for use in uses for location in locations)


# Renames


def _renamed(seen: Sequence[SeenRow], held: Sequence[HeldRow], pairs: Mapping[int, HeldRow]) -> dict[int, HeldRow]:
    taken = {row.row for row in pairs.values()}
    appeared = [row for row in seen if row.index not in pairs]
    vanished = [row for row in held if row.row not in taken]
    if not appeared or not vanished:
        return {}
    facts = {row.row: decode(row.code) for row in vanished}
    if len(appeared) == len(vanished) == 1:
        same = _rest_agrees(appeared[0].facts, facts[vanished[0].row])
        return {appeared[0].index: vanished[0]} if same else {}
    return _renamed_models(seen, held, appeared, vanished, facts)


def _rest_agrees(now: Facts, before: Facts) -> bool:
    rest = [{key: fact for key, fact in facts.items() if key not in ("name", "version")} for facts in (now, before)]
    return rest[0] == rest[1] and len(rest[0]) >= _FEWEST_FACTS


def _renamed_models(
    seen: Sequence[SeenRow],
    held: Sequence[HeldRow],
    appeared: Sequence[SeenRow],
    vanished: Sequence[HeldRow],
    facts: Mapping[int, Facts],
) -> dict[int, HeldRow]:
    """Models all of whose versions went on, each with its facts, under one new name."""
    old = _whole_models(vanished, Counter(row.name_key for row in held), lambda row: row.name_key)
    new = _whole_models(appeared, Counter(row.name_key for row in seen), lambda row: row.name_key)
    found: dict[str, list[dict[int, HeldRow]]] = {}
    for name, rows in new.items():
        paired = [found_pairs for others in old.values() if (found_pairs := _paired(rows, others, facts))]
        if len(paired) == 1:
            found[name] = paired
    claims = Counter(pairs[next(iter(pairs))].name_key for (pairs,) in found.values())
    once = [pairs for (pairs,) in found.values() if claims[pairs[next(iter(pairs))].name_key] == 1]
    return {index: row for pairs in once for index, row in pairs.items()}


def _whole_models(
    rows: Iterable[Any], all_rows: Mapping[str, int], name_of: Callable[[Any], str]
) -> dict[str, list[Any]]:
    """Models by name, of which every row is among these."""
    models: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        models[name_of(row)].append(row)
    return {name: found for name, found in models.items() if len(found) == all_rows[name]}


def _paired(now: Sequence[SeenRow], before: Sequence[HeldRow], facts: Mapping[int, Facts]) -> dict[int, HeldRow]:
    """Every row of one model with the row of the same version of another that tells the same; {} where one is not."""
    left = list(before)
    pairs: dict[int, HeldRow] = {}
    for row in now:
        same = [
            other
            for other in left
            if other.version_key == row.version_key and _rest_agrees(row.facts, facts[other.row])
        ]
        if not same:
            return {}
        pairs[row.index] = same[0]
        left.remove(same[0])
    return {} if left else pairs
