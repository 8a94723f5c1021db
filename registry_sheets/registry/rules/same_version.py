"""Rows that tell about one version: shared by duplicate-version and version-disagrees."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.table import ModelTable


def rows_of_one_version(table: ModelTable) -> Iterator[list[int]]:
    """The rows of each version that stands in more than one, in sheet order. Rows without both are left out."""
    keys = list(zip(table.name_keys, table.version_keys, strict=True))
    if len(set(keys)) == len(keys):
        return
    seen: dict[tuple[str, str], list[int]] = {}
    for index, key in enumerate(keys):
        seen.setdefault(key, []).append(index)
    yield from (rows for (name, version), rows in seen.items() if len(rows) > 1 and name and version)


def doubled_rows(table: ModelTable, rows: list[int]) -> dict[int, int]:
    """Of the rows of one version, those that repeat a place and use of an earlier one: row -> earlier row."""
    first: dict[tuple[str, str], int] = {}
    doubled: dict[int, int] = {}
    for index in rows:
        for place in _places(table, index):
            earlier = first.setdefault(place, index)
            if earlier != index:
                doubled.setdefault(index, earlier)
    return doubled


def _places(table: ModelTable, index: int) -> Iterator[tuple[str, str]]:
    """Each location with each use of a row, normalised; '' stands for a blank cell."""
    locations = table.value("location")[index] or ("",)
    uses = table.value("used_for")[index] or ("",)
    return product(map(normalise, locations), map(normalise, uses))
