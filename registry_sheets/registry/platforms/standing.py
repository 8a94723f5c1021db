"""What a platform says of one model at one place, worked out once for all rows that are said to be there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from registry_sheets.registry.platforms.expecting import Expectation
from registry_sheets.registry.platforms.pairing import Serving
from registry_sheets.registry.platforms.serving import is_most, leads, place_of
from registry_sheets.registry.platforms.telling import quoted, what_serves


class Standing:
    """One model where it is expected. ``name`` is what the sheet calls it."""

    def __init__(self, expected: Expectation, name_key: str, name: str) -> None:
        self.expected = expected
        self.pairing = expected.platform
        self.answer = expected.platform.answer
        self.at = expected.serving(name_key)
        self._key = name_key
        self._name = name

    @cached_property
    def of_row(self) -> Mapping[int, Sequence[Serving]]:
        """What serves of the version of each row."""
        found: dict[int, list[Serving]] = {}
        for one in self.at:
            for index in one.rows:
                found.setdefault(index, []).append(one)
        return found

    @cached_property
    def incomplete(self) -> bool:
        """Whether more may serve there than the platform told."""
        return self.answer.missed_deployments or self.answer.missed_versions

    @cached_property
    def silence(self) -> str:
        """As Pairing.silence()."""
        return self.pairing.silence(self._key)

    @cached_property
    def told(self) -> str:
        """What serves there, in words; else that nothing does."""
        if self.at:
            return what_serves(self.at, self._key, not self.answer.tells_live)
        if not self.answer.tells_live:
            return f"it calls no version of {quoted(self._name)} live"
        if not self.expected.endpoint:
            return f"nothing serves {quoted(self._name)}"
        others = self.pairing.at_endpoint.get(self.expected.endpoint, ())
        return what_serves(others) if others else f"nothing serves {quoted(self._name)} there"

    @cached_property
    def unknown_may_be_it(self) -> bool:
        """Whether the model may be there without being registered: what leads is not, or bears its name."""
        if self.at:
            shares = [one.there.share for one in self.at]
            return any(not one.name_key and leads(one.there.share, shares) for one in self.at)
        return not self.expected.endpoint and self.pairing.may_be_unregistered(self._key)

    def led_by(self, index: int, together: set[int]) -> Sequence[Serving]:
        """What confirms a row's version: an endpoint at which it has the largest share, or one that is in Production
        there too (``together``) has. Of an endpoint that was not seen whole: more than half, or that it serves where
        nobody tells shares."""
        mine = self.of_row.get(index, ())
        for place in dict.fromkeys(place_of(one.there) for one in mine):
            leaders = self._leaders[place]
            if index in leaders or not together.isdisjoint(leaders):
                return [one for one in mine if place_of(one.there) == place]
        return ()

    @cached_property
    def _leaders(self) -> Mapping[tuple[str, str, str], frozenset[int]]:
        """The rows of what has the largest share at each endpoint."""
        return {place: frozenset(self._led(here)) for place, here in _by_place(self.at).items()}

    def _led(self, here: Sequence[Serving]) -> Iterable[int]:
        shares = [one.there.share for one in here]
        for one in here:
            share = one.there.share
            if leads(share, shares) and (not self.incomplete or share is None or is_most(share)):
                yield from one.rows


def _by_place(serving: Iterable[Serving]) -> Mapping[tuple[str, str, str], list[Serving]]:
    found: dict[tuple[str, str, str], list[Serving]] = {}
    for one in serving:
        found.setdefault(place_of(one.there), []).append(one)
    return found
