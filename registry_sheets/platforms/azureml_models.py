"""How Azure ML names a model version: the many ways in which a deployment says what it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from registry_sheets.platforms.reading import table, text
from registry_sheets.registry.platforms.values import PlatformVersion

_NAMED = r"/models/(?P<model>[^/]+)/versions/(?P<version>[^/]+)/?"
_ARM = re.compile(
    r"(?:azureml:/?)?/subscriptions/[^/]+/resourcegroups/[^/]+"
    r"(?:/providers/microsoft\.machinelearningservices)?/workspaces/(?P<workspace>[^/]+)" + _NAMED,
    re.IGNORECASE,
)
"""/subscriptions/s/resourceGroups/g/providers/…/workspaces/w/models/n/versions/v, the same after 'azureml:', and
azureml://subscriptions/s/resourcegroups/g/workspaces/w/models/n/versions/v."""

_ASSET = re.compile(r"azureml://locations/[^/]+/workspaces/[^/]+" + _NAMED, re.IGNORECASE)
_SHORT = re.compile(r"azureml:(?P<model>[^/:@]+)(?::(?P<version>[^/:@]+)|@(?P<label>[^/:@]+))", re.IGNORECASE)
_DATASTORE = re.compile(r"/datastores/([^/]+)/?$", re.IGNORECASE)


class Running(NamedTuple):
    """What a deployment runs: a registered version, or '' and '' with ``source``, where it comes from."""

    model: str
    version: str
    source: str = ""
    known: PlatformVersion | None = None


class Catalogue:
    """The versions of one workspace, found by how deployments name them. Names in ARM ids have no case.

    ``unnamed``: the anonymous versions, (model, version) in lower case -> where their files are.
    """

    def __init__(
        self, workspace: str, versions: Iterable[PlatformVersion], unnamed: Mapping[tuple[str, str], str]
    ) -> None:
        self._workspace = workspace.casefold()
        self._unnamed = unnamed
        self._found: dict[tuple[str, str], PlatformVersion] = {}
        self._exact: dict[tuple[str, str], PlatformVersion] = {}
        self._of: dict[str, list[PlatformVersion]] = {}
        for one in versions:
            self._exact[one.model, one.version] = one
            self._found.setdefault(_key(one.model, one.version), one)
            self._of.setdefault(one.model.casefold(), []).append(one)

    def running(self, said: Any, moments: tuple[datetime | None, datetime | None]) -> Running:
        """What a deployment's ``model`` stands for: a text, or for batch an object around one.

        ``moments``: when the deployment was made and last changed; @latest is what was the latest at both.
        """
        reference = said if isinstance(said, str) else _inside(said)
        reference = reference.strip()
        if match := _ARM.fullmatch(reference):
            if match["workspace"].casefold() != self._workspace:
                return Running("", "", reference)
            return self._named(match["model"], match["version"], reference)
        if match := _ASSET.fullmatch(reference):  # tells a workspace by a number that nothing else tells
            found = self._known(match["model"], match["version"])
            return Running(found.model, found.version, found.source, found) if found else Running("", "", reference)
        if match := _SHORT.fullmatch(reference):
            if match["version"]:
                return self._named(match["model"], match["version"], reference)
            return self._labelled(match["model"], match["label"], reference, moments)
        return Running("", "", reference)

    def _known(self, model: str, version: str) -> PlatformVersion | None:
        return self._exact.get((model, version)) or self._found.get(_key(model, version))

    def _named(self, model: str, version: str, reference: str) -> Running:
        """A version that is deployed and no longer registered is told by its name all the same."""
        if found := self._known(model, version):
            return Running(found.model, found.version, found.source, found)
        if _key(model, version) in self._unnamed:
            return Running("", "", self._unnamed[_key(model, version)] or reference)
        return Running(model, version)

    def _labelled(
        self, model: str, label: str, reference: str, moments: tuple[datetime | None, datetime | None]
    ) -> Running:
        """A label is resolved when the deployment is made or changed; which of the two it was is not told."""
        candidates = [self._latest(model, moment) for moment in moments]
        if label.casefold() == "latest" and candidates[0] and candidates[0] is candidates[1]:
            found = candidates[0]
            return Running(found.model, found.version, found.source, found)
        return Running("", "", reference)

    def _latest(self, model: str, until: datetime | None) -> PlatformVersion | None:
        dated = [(one.created, one) for one in self._of.get(model.casefold(), ()) if one.created]
        if until is None or len(dated) != len(self._of.get(model.casefold(), ())):
            return None
        return max(((at, one) for at, one in dated if at <= until), key=lambda pair: pair[0], default=(None, None))[1]


def _key(model: str, version: str) -> tuple[str, str]:
    return model.casefold(), version.casefold()


def _inside(said: Any) -> str:
    """The reference in a batch deployment's object: of an asset, of a path in a datastore, of a job's output."""
    holder = {"model": said}
    reference = table(holder, "model")
    if asset := text(reference, "assetId"):
        return asset
    path = text(reference, "path")
    if store := _DATASTORE.search(text(reference, "datastoreId")):
        return f"azureml://datastores/{store[1]}/paths/{path.lstrip('/')}"
    if job := text(reference, "jobId"):
        return f"{job.rstrip('/')}/{path.lstrip('/')}"
    return path
