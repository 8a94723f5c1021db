"""What an endpoint of Vertex AI serves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from registry_sheets.platforms.reading import objects, of_iso, text
from registry_sheets.platforms.vertex_names import Name, parsed
from registry_sheets.registry.platforms.values import Deployment, PlatformVersion

WhichVersion = Callable[[Name, str], tuple[str, str]]
"""(model's name, version id or '') -> (model, version) as people call them; ('', '') where it is not registered."""


class _Served(NamedTuple):
    """One deployed model: how many per cent of the traffic, None where that is not told."""

    model: str
    version: str
    source: str
    percent: int | None
    since: datetime | None


class KnownModels:
    """Which models of a location are known, by their resource names.

    ``ask`` gives the name of a model that was not among the listed versions, '' for none.
    """

    def __init__(
        self, scope: str, project: str, versions: Iterable[PlatformVersion], ask: Callable[[Name], str]
    ) -> None:
        self._scope = scope
        self._projects = {project}
        self._ask = ask
        self._models: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], str] = {}
        for one in versions:
            if name := self.owns(one.id):
                self._models[name.id] = one.model
                self._numbers |= {(name.id, alias): one.version for alias in one.aliases}

    def owns(self, said: str) -> Name | None:
        """Learn from a resource of the project by which number the project goes."""
        name = parsed(said)
        if name:
            self._projects.add(name.project)
        return name

    def version(self, name: Name, said: str) -> tuple[str, str]:
        """(model, version) of a deployed model; ('', '') where it is of another project or location, or gone."""
        if name.location != self._scope or name.project not in self._projects:
            return "", ""
        if name.id not in self._models:
            self._models[name.id] = self._ask(name)
        number = said or "default"  # "If no version ID or alias is specified" (models.get in aiplatform.v1)
        number = self._numbers.get((name.id, number), number)
        model = self._models[name.id]
        return (model, number) if model and number.isdecimal() else ("", "")


def served(endpoint: Mapping[str, Any], scope: str, which: WhichVersion) -> Iterator[Deployment]:
    """One Deployment for each version that an Endpoint serves. Raises PlatformUnanswered.

    A version that is deployed there several times (on other machines) is one: its shares together, since the earliest.
    """
    found: dict[tuple[str, str, str], _Served] = {}
    for deployed in objects(endpoint, "deployedModels"):
        one = _served(deployed, endpoint, which)
        key = one.model, one.version, one.source if not one.model else ""
        found[key] = _together(found[key], one) if key in found else one
    for one in found.values():
        share = None if one.percent is None else one.percent / 100
        source = "" if one.model else one.source
        yield Deployment(one.model, one.version, _called(endpoint), scope, "", share, one.since, source)


def _served(deployed: Mapping[str, Any], endpoint: Mapping[str, Any], which: WhichVersion) -> _Served:
    said, percent, since = text(deployed, "model"), _percent(deployed, endpoint), of_iso(deployed.get("createTime"))
    name, version = parsed(said), text(deployed, "modelVersionId")
    model, number = which(name, version or name.version) if name and name.collection == "models" else ("", "")
    if model and name:
        return _Served(model, number, said, percent, since)
    runs = _with_version(said, version) or text(deployed, "gdcConnectedModel") or text(deployed, "displayName")
    return _Served("", "", runs, percent, since)


def _with_version(said: str, version: str) -> str:
    return f"{said.partition('@')[0]}@{version}" if said and version else said


def _percent(deployed: Mapping[str, Any], endpoint: Mapping[str, Any]) -> int | None:
    """Its part of the traffic. Who is not in the split receives none (Endpoint.trafficSplit in aiplatform.v1).

    An endpoint inside a network of its own has no split (Endpoint.network): then nothing is told.
    """
    split = endpoint.get("trafficSplit")
    if split is None:
        split = {}
    if not isinstance(split, dict) or (not split and text(endpoint, "network")):
        return None
    said = text(split, text(deployed, "id")) if text(deployed, "id") in split else "0"
    return int(said) if said.isdecimal() and len(said) <= 3 and int(said) <= 100 else None


def _together(one: _Served, other: _Served) -> _Served:
    percents = [each.percent for each in (one, other) if each.percent is not None]
    moments = [each.since for each in (one, other) if each.since is not None]
    together = min(100, sum(percents)) if percents else None
    return one._replace(percent=together, since=min(moments, default=None))


def _called(endpoint: Mapping[str, Any]) -> str:
    """What people call it: its display name, else its id."""
    said = text(endpoint, "displayName")
    return said if said.strip() else text(endpoint, "name").rpartition("/")[2]
