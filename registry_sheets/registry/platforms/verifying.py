"""Whether the platforms confirm what the sheet says is live: one answer for each row in Production and its location."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.expecting import Expectation, Expecting
from registry_sheets.registry.platforms.pairing import Pairing
from registry_sheets.registry.platforms.standing import Standing
from registry_sheets.registry.platforms.telling import served
from registry_sheets.registry.table import ModelTable, Stage


class Verdict(StrEnum):
    """What a platform says to a line of what is live."""

    CONFIRMED = "confirmed"
    DIFFERS = "differs"
    UNTOLD = "not told"  # it says nothing about it: a registry without endpoints, a model that is not registered
    UNANSWERED = "not answered"
    NO_PLATFORM = "no platform"


_BEST = (Verdict.CONFIRMED, Verdict.UNANSWERED, Verdict.DIFFERS, Verdict.UNTOLD)
"""Of what several platforms say that people name for one location. One that was not asked may be right."""

_BEST_OF_FOUND = (Verdict.CONFIRMED, Verdict.UNANSWERED, Verdict.UNTOLD, Verdict.DIFFERS)
"""The same where the location only has the name of their endpoints."""


class LiveCheck(NamedTuple):
    """What is said to one row (``index``) in Production at one location.

    ``platform`` is by whom, '' for nobody. ``told`` is a clause without a full stop ('endpoint 'front' serves 4 (90 %)
    and 3 (10 %)'), for UNANSWERED the reason. ``since`` is since when it serves there, as far as the platform tells.
    ``shares``: of DIFFERS, the version serves there too, with less traffic than another.
    """

    index: int  # type: ignore[assignment]  # hides tuple.index(), which nobody needs here
    location: str
    verdict: Verdict
    platform: str = ""
    told: str = ""
    since: datetime | None = None
    shares: bool = False


def live_checks(table: ModelTable, expecting: Expecting) -> Iterator[LiveCheck]:
    """Hold every row in Production, at each of its locations, against the platform that the location belongs to."""
    claims = _Claims(table, expecting)
    locations = table.value("location")
    for index in claims.production:
        for location in locations[index] or ():
            yield claims.check(index, location)


class _Claims:
    """What the sheet says is in Production on platforms: two versions there may share the traffic."""

    def __init__(self, table: ModelTable, expecting: Expecting) -> None:
        self.production = [index for index, stage in enumerate(table.stages) if stage is Stage.PRODUCTION]
        self._all = frozenset(self.production)
        self._names, self._keys, self._versions = table.value("name"), table.name_keys, table.version_keys
        self._locations = table.value("location")
        self._uses = table.use_keys
        self._expecting = expecting
        self._standings: dict[tuple[Expectation, str], Standing] = {}
        self._unions: dict[tuple[Expectation, str], set[int]] = {}

    def check(self, index: int, location: str) -> LiveCheck:
        """The best that any platform says of it: of two endpoints of one name either will do."""
        expected = self._of(index, location)
        if not expected:
            return LiveCheck(index, location, Verdict.NO_PLATFORM)
        order = _BEST if all(one.stated for one in expected) else _BEST_OF_FOUND
        found = [self._against(index, location, one) for one in expected]
        return min(found, key=lambda one: order.index(one.verdict))

    def _of(self, index: int, location: str) -> tuple[Expectation, ...]:
        return self._expecting.of_model(location, self._keys[index])

    def _against(self, index: int, location: str, expected: Expectation) -> LiveCheck:
        standing = self._standing(index, expected)
        platform, key = standing.answer.platform, self._keys[index]
        if not key or not self._versions[index]:
            told = f"the row names no {'version' if key else 'model'}"
            return LiveCheck(index, location, Verdict.UNTOLD, platform, told)
        if led := standing.led_by(index, self._together(key, expected)):
            since = min((one.there.since for one in led if one.there.since), default=None)
            told = served(led[0].there, not standing.answer.tells_live)
            return LiveCheck(index, location, Verdict.CONFIRMED, platform, told, since)
        verdict, told = self._not_confirmed(index, standing)
        return LiveCheck(index, location, verdict, platform, told, shares=index in standing.of_row)

    def _not_confirmed(self, index: int, standing: Standing) -> tuple[Verdict, str]:
        if standing.silence:
            return Verdict.UNTOLD, standing.silence
        if standing.incomplete:
            return Verdict.UNANSWERED, " ".join(standing.answer.missed)
        if index not in standing.of_row:
            mere_registry = not standing.answer.tells_live
            if standing.unknown_may_be_it or (mere_registry and self._is_another_case(index, standing)):
                return Verdict.UNTOLD, standing.told
        return Verdict.DIFFERS, standing.told

    def _is_another_case(self, index: int, standing: Standing) -> bool:
        """Whether all that a registry calls live is live in the sheet for another use than this row's, or elsewhere.

        A registry marks one version of a model; where there is one for each case, that does not speak against others.
        """
        marked = (self._all.intersection(one.rows) for one in standing.at)
        return all(any(self._differ(index, row) for row in rows) for rows in marked)

    def _differ(self, one: int, other: int) -> bool:
        """Whether two rows are at no place together, or say each what they are used for, and it is not the same."""
        places, others = ({normalise(place) for place in self._locations[row] or ()} for row in (one, other))
        uses, theirs = ({use for use in self._uses[row] if use} for row in (one, other))
        return places.isdisjoint(others) or bool(uses and theirs and uses.isdisjoint(theirs))

    def _standing(self, index: int, expected: Expectation) -> Standing:
        about = expected, self._keys[index]
        if about not in self._standings:
            self._standings[about] = Standing(*about, self._names[index] or "")
        return self._standings[about]

    def _together(self, key: str, expected: Expectation) -> set[int]:
        """The rows of a model in Production where one is expected; who names no endpoint may be at any."""
        about = expected, key
        if about not in self._unions:
            at = self._at.get((key, expected.platform), {})
            rows = at.values() if not expected.endpoint else (at.get(expected.endpoint, set()), at.get("", set()))
            self._unions[about] = set().union(*rows)
        return self._unions[about]

    @cached_property
    def _at(self) -> Mapping[tuple[str, Pairing], Mapping[str, set[int]]]:
        """(key of a model, platform) -> endpoint -> rows in Production."""
        found: dict[tuple[str, Pairing], dict[str, set[int]]] = {}
        for index in self.production:
            for location in self._locations[index] or ():
                for one in self._of(index, location):
                    at = found.setdefault((self._keys[index], one.platform), {})
                    at.setdefault(one.endpoint, set()).add(index)
        return found
