"""A platform's versions and deployments, each with the rows of the sheet that are about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from registry_sheets.registry.platforms.naming import Nearest, loose, whole_version
from registry_sheets.registry.platforms.recognising import InSheet, Recognising
from registry_sheets.registry.platforms.rows import SheetRows
from registry_sheets.registry.platforms.serving import aliased, keys_of, merged, place_of, without_old_stages
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.platforms.values import Deployment, PlatformAnswer, PlatformVersion
from registry_sheets.registry.wording import clipped


class Paired(NamedTuple):
    """A platform's version with what it is in the sheet.

    ``name`` and ``version`` are as the sheet says them, or would; ``name_key`` is the key of the sheet's model.
    ``rows`` are indexes, () where the sheet lacks it. ``serves`` are its deployments that get traffic.
    ``tagged``: a tag says which version of the sheet it is, so that no chance number makes it one.
    """

    there: PlatformVersion
    name: str
    version: str
    name_key: str
    rows: tuple[int, ...]
    serves: tuple[Deployment, ...]
    tagged: bool = False


class Serving(NamedTuple):
    """A deployment with what it is in the sheet; ``name_key`` '' where the platform does not know what serves."""

    there: Deployment
    name: str
    version: str
    name_key: str
    rows: tuple[int, ...]


_Place = tuple[str, str, str]
"""Scope, model and version, as the platform says them."""


class Pairing:
    """One platform's answer, paired with the sheet. Models that are left out are not in it."""

    def __init__(self, answer: PlatformAnswer, terms: PlatformTerms, sheet: SheetRows) -> None:
        self.answer = answer
        self.terms = terms
        self._sheet = sheet
        self._recognising = Recognising(terms, sheet)

    @cached_property
    def versions(self) -> tuple[Paired, ...]:
        """Every version that is looked at."""
        serving: dict[_Place, list[Deployment]] = {}
        for one in self._deployments:
            if (place := self._place_of(one)) is not None:
                serving.setdefault(place, []).append(one)
        return tuple(self._paired(serving))

    @cached_property
    def serving(self) -> tuple[Serving, ...]:
        """Every deployment that gets traffic; of unregistered models too."""
        return tuple(self._served())

    @cached_property
    def at_endpoint(self) -> Mapping[str, Sequence[Serving]]:
        """What serves by the key of its endpoint, and of its environment where it has one; see endpoint_key()."""
        found: dict[str, list[Serving]] = {}
        for one in self.serving:
            for key in keys_of(one.there):
                found.setdefault(key, []).append(one)
        return found

    @cached_property
    def together(self) -> Mapping[tuple[str, str, str], Sequence[Serving]]:
        """What shares the traffic of one endpoint: by its scope, environment and name."""
        found: dict[tuple[str, str, str], list[Serving]] = {}
        for one in self.serving:
            found.setdefault(place_of(one.there), []).append(one)
        return found

    @cached_property
    def by_model(self) -> Mapping[str, Sequence[Serving]]:
        """What serves by the key of the sheet's model; under '' what is not registered."""
        found: dict[str, list[Serving]] = {}
        for one in self.serving:
            found.setdefault(one.name_key, []).append(one)
        return found

    @cached_property
    def models(self) -> Mapping[str, str]:
        """The key of the sheet's model -> what the platform calls it, of every model that it has or lets serve."""
        serving = {one.name_key: one.there.model for one in reversed(self.serving) if one.there.model}
        return serving | {one.name_key: one.there.model for one in reversed(self.versions)}

    @cached_property
    def known_rows(self) -> frozenset[int]:
        """The rows whose version the platform has, registered or serving."""
        return frozenset(index for rows in self._rows.values() for index in rows)

    @cached_property
    def near_here(self) -> Nearest:
        """The sheet's models that the platform does not have: one of them may be meant by a name there."""
        return Nearest(name for key, name in self._sheet.names.names.items() if key not in self.models)

    @cached_property
    def near_there(self) -> Nearest:
        """The platform's models that the sheet does not have."""
        return Nearest(model for key, model in self.models.items() if key not in self._sheet.names.names)

    def may_be_unregistered(self, name_key: str) -> bool:
        """Whether something serves that is not registered and bears a model's name."""
        name = loose(name_key)
        return bool(name) and name in self._unknown

    @cached_property
    def _unknown(self) -> str:
        """The names of what serves and is not registered, in one text: it is searched for many names."""
        unknown = (one.there for one in self.by_model.get("", ()))
        return "\n".join(loose(text) for one in unknown for text in (one.endpoint, one.source))

    def candidates(self, model: str) -> Sequence[str]:
        """The names of the sheet's models, where a platform's model may be any of several: most rows first."""
        keys = self._recognising.keys_of(model)
        by_rows = sorted(keys, key=lambda key: -len(self._sheet.versions_of(key)))
        return [self._sheet.names.names[key] for key in by_rows] if len(keys) > 1 else ()

    def may_have_row(self, model: str, version: str) -> bool:
        """Whether a platform's model may be any of several of the sheet, one of which has this version."""
        keys = self._recognising.keys_of(model)
        return len(keys) > 1 and any(self._sheet.rows_of(key, [(version, True)]) for key in keys)

    def may_count_apart(self, name_key: str, version: str) -> bool:
        """Whether a version of the sheet may be one that the platform only counts: it has plain numbers alone."""
        return not whole_version(version).isdecimal() and name_key not in self._named_versions

    @cached_property
    def _named_versions(self) -> frozenset[str]:
        """The keys of the models of which any version here is more than a number, or has a tag that says which."""
        return frozenset(one.name_key for one in self.versions if one.tagged or not one.there.version.isdecimal())

    def silence(self, name_key: str) -> str:
        """Why nothing can be said of a model of the sheet here, as a clause; '' where it can."""
        _ = self.models  # every name is looked at
        if name_key in self._recognising.left_out and name_key not in self.models:
            return "the config leaves this model out"
        if name_key in self._recognising.doubtful:
            return (
                f"its model '{clipped(self._recognising.doubtful[name_key])}' may be this one or another of the sheet"
            )
        return ""

    def version_of(self, there: PlatformVersion) -> str:
        """What the sheet calls a platform's version: what its tag says, else its own."""
        return self._recognising.tag_of(there) or there.version

    @cached_property
    def _deployments(self) -> tuple[Deployment, ...]:
        return merged(
            self.answer.deployments if self.answer.tells_live else without_old_stages(self.answer.deployments)
        )

    def goes_by_alias(self, model: str) -> bool:
        """Whether a registry without endpoints has an alias for what is live of its model: then stages say nothing."""
        return model in self._aliased

    @cached_property
    def _aliased(self) -> frozenset[str]:
        return frozenset() if self.answer.tells_live else frozenset(aliased(self.answer.deployments))

    @cached_property
    def _known(self) -> Mapping[_Place, InSheet]:
        """What each version that is registered there is in the sheet."""
        found = {}
        for one in self.answer.versions:
            if (known := self._recognising.of(one)) is not None:
                found[one.scope, one.model, one.version] = known
        return found

    @cached_property
    def _elsewhere(self) -> Mapping[tuple[str, str], _Place]:
        """(model, version) -> where it is registered: some serve in another scope than that."""
        return {place[1:]: place for place in self._known}

    def _place_of(self, one: Deployment) -> _Place | None:
        """Where a deployment's version is registered; None where it is not."""
        place = (one.scope, one.model, one.version)
        return place if place in self._known else self._elsewhere.get(place[1:])

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], tuple[int, ...]]:
        """(key of the sheet's model, version as the sheet would say it) -> rows."""
        said: dict[str, dict[str, bool]] = {}
        counts = not self.terms.version_tag
        for known in self._known.values():
            said.setdefault(known.name_key, {})[known.version] = counts and not known.tagged
        for one in self._deployments:
            named = self._recognising.name(one.model) if one.model and self._place_of(one) is None else None
            if named is not None:
                said.setdefault(named[1], {}).setdefault(one.version, counts)
        return {
            (key, version): tuple(rows)
            for key, versions in said.items()
            for version, rows in self._sheet.rows_of(key, versions.items()).items()
        }

    def _paired(self, serving: Mapping[_Place, list[Deployment]]) -> Iterator[Paired]:
        for one in self.answer.versions:
            place = (one.scope, one.model, one.version)
            if (known := self._known.get(place)) is not None:
                rows = self._rows.get((known.name_key, known.version), ())
                serves = tuple(serving.get(place, ()))
                yield Paired(one, known.name, known.version, known.name_key, rows, serves, known.tagged)

    def _served(self) -> Iterator[Serving]:
        for one in self._deployments:
            if not one.model:
                yield Serving(one, "", "", "", ())
            elif (place := self._place_of(one)) is not None:
                name, key, version, _ = self._known[place]
                yield Serving(one, name, version, key, self._rows.get((key, version), ()))
            elif (named := self._recognising.name(one.model)) is not None:
                yield Serving(one, named[0], one.version, named[1], self._rows.get((named[1], one.version), ()))
