"""What gets traffic: one entry for each version at an endpoint, with shares that can be counted on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from math import isfinite

from registry_sheets.registry.platforms.naming import loose
from registry_sheets.registry.platforms.values import Deployment

_NO_MATTER = 1e-6
"""Shares that differ by less are the same: they were added up."""


def merged(deployments: Iterable[Deployment]) -> tuple[Deployment, ...]:
    """What gets traffic. A version that is at an endpoint several times is one, with its shares together.

    A share that is no number, or below 0, is not told; a share of 0 is no traffic.
    """
    found: dict[tuple[str, ...], Deployment] = {}
    for one in deployments:
        share = _counted(one.share)
        if share == 0:
            continue
        clean = one if share == one.share else one._replace(share=share)
        key = (one.scope, one.environment, one.endpoint, one.model, one.version, "" if one.model else one.source)
        found[key] = _together(found[key], clean) if key in found else clean
    return tuple(found.values())


def endpoint_key(name: str) -> str:
    """The key of an endpoint's name, as people type it; '@champion' is also 'champion'."""
    return loose(name).removeprefix("@")


def keys_of(there: Deployment) -> set[str]:
    """The keys by which people may name where a version serves: its endpoint, its environment."""
    return {endpoint_key(there.endpoint), endpoint_key(there.environment)} - {""}


def aliased(deployments: Iterable[Deployment]) -> Mapping[str, Set[str]]:
    """Model -> its versions that a registry without endpoints calls live by an alias."""
    found: dict[str, set[str]] = {}
    for one in deployments:
        if one.endpoint.startswith("@"):
            found.setdefault(one.model, set()).add(one.version)
    return found


def without_old_stages(deployments: Sequence[Deployment]) -> Sequence[Deployment]:
    """What a registry without endpoints calls live; by its stage only where no alias of the model is live: people who
    went over to aliases often left the stages as they were."""
    live = aliased(deployments)
    return [one for one in deployments if one.model not in live or one.version in live[one.model]]


def place_of(there: Deployment) -> tuple[str, str, str]:
    """Which endpoint it is: two regions may each have one of the same name."""
    return there.scope, there.environment, there.endpoint


def leads(share: float | None, others: Iterable[float | None]) -> bool:
    """Whether no other share is known to be larger."""
    return share is None or all(other is None or other <= share + _NO_MATTER for other in others)


def leads_alone(share: float | None, others: Sequence[float | None]) -> bool:
    """Whether a share is known to be larger than every other."""
    if share is None:
        return not others
    return all(other is not None and other < share - _NO_MATTER for other in others)


def is_most(share: float | None) -> bool:
    """Whether a share is more than half, so that none that nobody has seen is larger."""
    return share is not None and share > 0.5


def _counted(share: float | None) -> float | None:
    if share is None or not isfinite(share) or share < 0:
        return None
    return min(share, 1.0)


def _together(first: Deployment, second: Deployment) -> Deployment:
    whole = None if first.share is None or second.share is None else min(1.0, first.share + second.share)
    return first._replace(share=whole, since=min(filter(None, (first.since, second.since)), default=None))
