"""The sheet's rows, asked by the names and versions of a platform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.marks import version_id
from registry_sheets.registry.platforms.naming import SheetNames, is_by_parts, loose_version, whole_version
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
        and '3.0' for the third of a platform that counts. A version that would be left without a row has those of
        another spelling.
        """
        versions = tuple(versions)
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
        by_spelling = {loose_version(version): found[version] for version, _ in reversed(versions) if version in found}
        return found | {
            version: by_spelling[loose_version(version)]
            for version, _ in versions
            if version not in found and loose_version(version) in by_spelling
        }

    def marked(self, mark: str) -> int | None:
        """The first row of the version that bears this mark; None where there is none."""
        return self._marks.get(mark)

    def called(self, index: int) -> tuple[str, str, str]:
        """(name, its key, version) of a row that has both."""
        key = self._table.name_keys[index]
        return self.names.names[key], key, self._table.value("version")[index]

    def versions_of(self, name_key: str) -> Sequence[str]:
        """The keys of the versions that the sheet has of a model."""
        return [key for at in self._table.by_model.get(name_key, ()) if (key := self._table.version_keys[at])]

    def is_certain(self, index: int, version: str) -> bool:
        """Whether a row that is found for a platform's version is about it for certain.

        It is where both are spelled alike. '2.0' for the second of a platform that counts is a guess where people
        number the model by parts.
        """
        if loose_version(self._table.version_keys[index]) == loose_version(version):
            return True
        return self._table.name_keys[index] not in self.by_parts

    @cached_property
    def by_parts(self) -> frozenset[str]:
        """The keys of the models whose versions people number by parts."""
        keys = self._table.version_keys
        return frozenset(name for name, rows in self._table.by_model.items() if is_by_parts(keys[at] for at in rows))

    @cached_property
    def _marks(self) -> Mapping[str, int]:
        pairs = list(zip(self._table.name_keys, self._table.version_keys, strict=True))
        return {version_id(*pairs[index]): index for index in reversed(range(len(pairs))) if all(pairs[index])}
