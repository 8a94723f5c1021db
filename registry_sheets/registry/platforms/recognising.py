"""Which model and version of the sheet a platform's are: by the mark of an export, by tags, and by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.marks import EXPORTED_ID, EXPORTED_NAME, EXPORTED_VERSION
from registry_sheets.registry.platforms.naming import SaidNames, is_looked_at
from registry_sheets.registry.platforms.rows import SheetRows
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.platforms.values import PlatformVersion


class InSheet(NamedTuple):
    """What a platform's version is in the sheet: name, its key, version; ``tagged`` as in pairing.Paired."""

    name: str
    name_key: str
    version: str
    tagged: bool


class Recognising:
    """Knows a platform's models and versions again.

    ``doubtful``: key of a model of the sheet -> a model there that may be it or another; ``left_out`` are the keys of
    those that the config leaves out. Both are of the names that were asked for.
    """

    def __init__(self, terms: PlatformTerms, sheet: SheetRows) -> None:
        self.doubtful: dict[str, str] = {}
        self.left_out: set[str] = set()
        self._terms = terms
        self._sheet = sheet
        self._said = SaidNames(terms)
        self._names: dict[str, tuple[str, str] | None] = {}
        self._looked_at: dict[str, bool] = {}

    def of(self, one: PlatformVersion) -> InSheet | None:
        """What a version is; None where it is left out."""
        if (marked := self._marked(one)) is not None:
            return marked
        named = self._named(one)
        tag = self.tag_of(one)
        return InSheet(*named, tag or one.version, bool(tag)) if named is not None else None

    def name(self, model: str) -> tuple[str, str] | None:
        """(name, key) in the sheet of a platform's model; None where it is left out."""
        if model not in self._names:
            name, key = self._looked_up(model)
            looked_at = self._is_looked_at(model)
            if not looked_at:
                self.left_out.add(key)
            self._names[model] = (name, key) if looked_at else None
        return self._names[model]

    def keys_of(self, model: str) -> Sequence[str]:
        """The keys of the sheet's models that a platform's may be."""
        return self._sheet.names.keys_of(self._said.of(model))

    def tag_of(self, there: PlatformVersion) -> str:
        """What a tag says which version of the sheet it is; '' for none."""
        if not there.tags:
            return ""
        return self._own_tag(there.tags) or there.tags.get(EXPORTED_VERSION, "").strip()

    def _own_tag(self, tags: Mapping[str, str]) -> str:
        return tags.get(self._terms.version_tag, "").strip()

    def _is_looked_at(self, model: str) -> bool:
        if model not in self._looked_at:
            self._looked_at[model] = is_looked_at(self._terms, model)
        return self._looked_at[model]

    def _marked(self, one: PlatformVersion) -> InSheet | None:
        """What `export` marked it as, while the sheet has that; what people say themselves goes before it."""
        mark = one.tags.get(EXPORTED_ID) if one.tags else None
        index = self._sheet.marked(mark) if mark else None
        if index is None or not self._is_looked_at(one.model) or self._own_tag(one.tags):
            return None
        name, key, version = self._sheet.called(index)
        if self._said.of(one.model) != one.model and list(self.keys_of(one.model)) != [key]:
            return None
        return InSheet(name, key, version, True)

    def _named(self, one: PlatformVersion) -> tuple[str, str] | None:
        """As name(); what `export` noted counts where people say nothing, and the sheet still has the name."""
        said = one.tags.get(EXPORTED_NAME) if one.tags else None
        named = self.name(one.model)
        if not said or named is None or self._said.of(one.model) != one.model:
            return named
        key = normalise(said)
        return (self._sheet.names.names[key], key) if key in self._sheet.names.names else named

    def _looked_up(self, model: str) -> tuple[str, str]:
        name, keys = self._said.of(model), self.keys_of(model)
        if len(keys) == 1:
            return self._sheet.names.names[keys[0]], keys[0]
        self.doubtful.update(dict.fromkeys(keys, model))
        return name, normalise(name) or model
