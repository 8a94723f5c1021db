"""Where the sheet says that a version is: which platform a location belongs to, and which endpoint of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.naming import loose
from registry_sheets.registry.platforms.pairing import Pairing, Serving
from registry_sheets.registry.platforms.serving import endpoint_key
from registry_sheets.registry.platforms.terms import LocationTerms


class Expectation(NamedTuple):
    """A location's platform; ``endpoint`` is the key of the endpoint there, '' for any that serves the model.

    ``stated`` False: nobody said so, an endpoint or the platform has the location's name. ``named``: the location says
    itself which endpoint it is; where the model is not at that one, any other will do.
    """

    platform: Pairing
    endpoint: str
    stated: bool
    named: bool = False

    def serving(self, name_key: str) -> list[Serving]:
        """What serves there of a model, and at the very endpoint also what is not registered."""
        if self.endpoint:
            at = self.platform.at_endpoint.get(self.endpoint, ())
            here = [one for one in at if one.name_key in (name_key, "")]
            if here or not (self.stated and self.named):
                return here
        return list(self.platform.by_model.get(name_key, ()))


class Expecting:
    """Asks which platform a location belongs to. A location that belongs to none is nobody's concern here.

    ``locations`` is what the config says, ``listed`` what Lists says (location -> platform); the config wins.
    """

    def __init__(
        self, platforms: Sequence[Pairing], locations: Iterable[LocationTerms], listed: Mapping[str, str]
    ) -> None:
        self._platforms = platforms
        self._by_name = {loose(one.answer.platform): one for one in platforms}
        self._by_name |= {normalise(one.answer.platform): one for one in platforms}
        self._stated: dict[str, list[tuple[str, str]]] = {}
        for one in locations:
            self._stated.setdefault(normalise(one.name), []).append((one.platform, one.endpoint))
        for location, platform in listed.items():
            self._stated.setdefault(normalise(location), [(platform, "")])
        self._loosely = {loose(key): said for key, said in reversed(self._stated.items())}
        self._known: dict[str, tuple[Expectation, ...]] = {}

    def of(self, location: str) -> tuple[Expectation, ...]:
        """Where what is at this location may be expected; () where it is on no platform that was asked."""
        if location not in self._known:
            self._known[location] = tuple(self._found(location))
        return self._known[location]

    def of_model(self, location: str, name_key: str) -> tuple[Expectation, ...]:
        """Where a model at this location is expected.

        A script may run at a place that has the name of somebody's endpoint: unless people say that the place belongs
        to a platform, it does only where the model, or what may be it, serves at that endpoint.
        """
        found = self.of(location)
        if all(one.stated or not one.endpoint for one in found):
            return found
        return tuple(one for one in found if one.stated or not one.endpoint or one.serving(name_key))

    def is_stated(self, location: str) -> bool:
        """Whether people say to which platform a location belongs; also to one that was not asked."""
        return self._said(location) is not None

    def _said(self, location: str) -> list[tuple[str, str]] | None:
        found = self._stated.get(normalise(location))
        return found if found is not None else self._loosely.get(loose(location))

    def _found(self, location: str) -> Iterable[Expectation]:
        stated = self._said(location)
        if stated is not None:
            for name, endpoint in stated:
                platform = self._by_name.get(normalise(name)) or self._by_name.get(loose(name))
                if platform:
                    yield _stated(platform, location, endpoint)
            return
        name, endpoint = loose(location), endpoint_key(location)
        for platform in self._platforms:
            if name and name == loose(platform.answer.platform):
                yield Expectation(platform, "", False)
            elif endpoint in platform.at_endpoint:
                yield Expectation(platform, endpoint, False)


def _stated(platform: Pairing, location: str, endpoint: str) -> Expectation:
    """The endpoint as people name it, else one that has the location's name."""
    if endpoint_key(endpoint):
        return Expectation(platform, endpoint_key(endpoint), True)
    key = endpoint_key(location)
    if key in platform.at_endpoint:
        return Expectation(platform, key, True, named=True)
    return Expectation(platform, "", True)
