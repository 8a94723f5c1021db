"""version-order: a higher version was trained before a lower one of the same major line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.versions import VersionKey, version_key
from registry_sheets.registry.wording import clipped


class _Trained(NamedTuple):
    order: Any
    day: date
    row: int


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    table = registry.models
    known = _understood(table)
    days = table.value("training_date")
    seen: set[int] = set()
    for indexes in table.by_use.values():
        rows = [index for index in indexes if known[index] and days[index]] if len(indexes) > 1 else []
        if _is_in_order(rows, known, days):
            continue
        for chain in _chains(rows, known, days):
            for trained, other in _out_of_order(chain):
                if trained.row not in seen:
                    seen.add(trained.row)
                    yield _hit(trained, other, table)


def _is_in_order(rows: Sequence[int], known: Sequence[Any], days: Sequence[date]) -> bool:
    """Whether the rows are all of one kind and in order as a whole, as most models' are: then each chain is."""
    if len({known[row].shape for row in rows}) > 1:
        return False
    ordered = sorted((known[row].order, days[row]) for row in rows)
    return all(lower[1] <= higher[1] for lower, higher in pairwise(ordered))


def _understood(table: ModelTable) -> Sequence[VersionKey | None]:
    """Each row's version where its order is beyond doubt, else None."""
    keys = table.version_keys
    read = {key: version_key(key) for key in set(keys)}
    versions = [read[key] for key in keys]
    for problem in table.problems:
        if problem.field == "version":
            versions[problem.index] = None
    return versions


def _chains(
    rows: Sequence[int], known: Sequence[VersionKey | None], days: Sequence[date | None]
) -> Iterator[list[_Trained]]:
    """Versions that must have been trained one after the other.

    The releases of a major line, and the patches within one minor line: 1.2.5 may mend 1.2 after 1.3.
    """
    chains: dict[Hashable, dict[Hashable, _Trained | None]] = {}
    for index in rows:
        version, day = known[index], days[index]
        if version is not None and day is not None:
            for home in _homes(version):
                _put(chains.setdefault(home, {}), _Trained(version.order, day, index))
    for chain in chains.values():
        if len(chain) > 1:
            yield sorted(trained for trained in chain.values() if trained)


def _homes(version: VersionKey) -> Iterator[Hashable]:
    numbers = version.order[0] if version.shape == "release" else version.order
    _, minor, *patch = (*numbers, 0)[: max(2, len(numbers))]
    yield version.shape, version.line, minor
    if not patch:
        yield version.shape, version.line


def _put(chain: dict[Hashable, _Trained | None], trained: _Trained) -> None:
    """One entry a version; None where its rows tell different days (version-disagrees says so)."""
    before = chain.setdefault(trained.order, trained)
    if before is not None and before.day != trained.day:
        chain[trained.order] = None


def _out_of_order(chain: Sequence[_Trained]) -> Iterator[tuple[_Trained, _Trained]]:
    """(what is out of order, a version that it contradicts)."""
    kept = _longest_in_order([trained.day for trained in chain])
    for place, trained in enumerate(chain):
        at = bisect_left(kept, place)
        if at < len(kept) and kept[at] == place:
            continue
        # The kept days rise, so the neighbours contradict it the most, and one of them does.
        below = chain[kept[at - 1]] if at else None
        yield trained, below if below and below.day > trained.day else chain[kept[at]]


def _longest_in_order(days: Sequence[date]) -> Sequence[int]:
    """The places, rising, of a longest non-decreasing subsequence, so that one wrong date is one finding.

    Read from the end, so that of two that contradict each other the lower version is kept: it has stood
    there for longer.
    """
    ends: list[int] = []  # place that ends the best subsequence of each length
    after: list[int] = [-1] * len(days)
    for place in range(len(days) - 1, -1, -1):
        length = bisect_right(ends, -days[place].toordinal(), key=lambda end: -days[end].toordinal())
        after[place] = ends[length - 1] if length else -1
        ends[length : length + 1] = [place]
    kept = []
    place = ends[-1]
    while place >= 0:
        kept.append(place)
        place = after[place]
    return kept


def _hit(trained: _Trained, other: _Trained, table: ModelTable) -> Hit:
    version = clipped(str(table.value("version")[other.row]))
    relation = "before the lower" if other.order < trained.order else "after the higher"
    return Hit(
        index=trained.row,
        field="training_date",
        message=f"Trained on {trained.day}, {relation} version {version} ({other.day}).",
        fix="Look at the training dates and versions of both rows, and correct the one that is wrong.",
    )


RULE = Rule(
    id="version-order",
    title="A higher version was trained before a lower one",
    group="order",
    severity=Severity.WARNING,
    finds=(
        "Training dates that run against the version numbers, within one major line of one model: 3.2 trained before"
        " 3.1. Only versions whose order is beyond doubt are compared, such as 3.9 and v3.10; a patch of an older"
        " minor line (1.2.5 after 1.3) is right."
    ),
    why="One of the two dates or versions is wrong, and whoever looks for the newest model may take the older one.",
    what_to_do="Look at the training dates and versions of both rows, and correct the one that is wrong.",
    bad=Example(
        row={"Version": "3.2", "Training date": "2026-01-10"},
        others=({"Version": "3.1", "Training date": "2026-03-04", "Stage": "Archived"},),
    ),
    good=Example(
        row={"Version": "3.10", "Training date": "2026-03-04"},
        others=({"Version": "3.9", "Training date": "2026-01-10", "Stage": "Archived"},),
    ),
    check=_check,
    explains=("recorded-late",),  # a date that cannot be right tells nothing about lateness
)
