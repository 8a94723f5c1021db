"""The sheet's rows, asked by the names and versions of a platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.naming import SheetNames, loose_version, whole_version
from registry_sheets.registry.table import ModelTable


class SheetRows:
    """The sheet's rows, asked by model and version."""

    def __init__(self, table: ModelTable) -> None:
        self._table = table
        names = table.value("name")
        self.names = SheetNames({key: names[rows[0]] for key, rows in table.by_model.items()})

    def rows_of(self, name_key: str, versions: Iterable[tuple[str, bool]]) -> Mapping[str, Sequence[int]]:
        """The rows of each of a model's versions as a platform calls them (version, whether it only counts them).

        A row is about the version that is spelled so; where there is none, about all that mean the same: 'v3' for '3',
        and '3.0' for the third of a platform that counts.
        """
        exact: dict[str, list[str]] = {}
        alike: dict[str, list[str]] = {}
        counted: dict[str, list[str]] = {}
        for version, counts in versions:
            exact.setdefault(normalise(version), []).append(version)
            alike.setdefault(loose_version(version), []).append(version)
            if counts:
                counted.setdefault(whole_version(version), []).append(version)
        found: dict[str, list[int]] = {}
        for index in self._table.by_model.get(name_key, ()):
            key = self._table.version_keys[index]
            meant = key and (exact.get(key) or alike.get(loose_version(key)) or counted.get(whole_version(key)))
            for version in meant or ():
                found.setdefault(version, []).append(index)
        return found
