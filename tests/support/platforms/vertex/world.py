"""One project of the stand-in: its models with their versions, its endpoints, what trained them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.platforms.vertex.refusing import Refused, invalid, missing, unmet

Json = dict[str, Any]

_ALIAS = re.compile(r"[a-z][a-zA-Z0-9-]{0,126}[a-z0-9]")
_LABEL = re.compile(r"[^\s\"'A-Z]{0,64}")
_OWN_ID = re.compile(r"[a-z_][a-z0-9_-]{0,62}")


@dataclass
class World:
    """What is there, by resource name.

    ``number`` is how Google names the project in answers whatever it was called in the question (recorded). A version
    is kept without what is derived from it (deployedModels).
    """

    project: str = "sheets-test"
    number: str = "591020730428"
    locations: tuple[str, ...] = ("us-central1", "europe-west4")
    models: dict[str, list[Json]] = field(default_factory=dict)
    endpoints: dict[str, Json] = field(default_factory=dict)
    others: dict[str, Json] = field(default_factory=dict)
    evaluations: dict[str, list[Json]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: iter(range(3820789712382066688, 2**62)))
    _started: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=4))
    _steps: int = 0

    def parent(self, location: str) -> str:
        return f"projects/{self.number}/locations/{location}"

    def now(self) -> str:
        """The next moment: a second after the last, in microseconds (recorded: '2022-08-04T01:21:39.996004Z')."""
        self._steps += 1
        moment = self._started + timedelta(seconds=self._steps, microseconds=4)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def new_id(self) -> str:
        """19 digits (recorded)."""
        return str(next(self._ids))

    def upload(self, parent: str, model: Json, parent_model: str = "", own_id: str = "") -> str:
        """Register a version, of a new model or of ``parent_model``; gives 'models/…@version'. Raises Refused.

        Version ids count up in decimal, and the first version gets the alias 'default' (documented).
        """
        _fit_to_upload(model)
        if own_id and not _OWN_ID.fullmatch(own_id):
            raise invalid(f"Model id {own_id} does not match [a-z0-9_-].")
        name = self._model_name(parent_model) if parent_model else f"{parent}/models/{own_id or self.new_id()}"
        if name in self.models and not parent_model:
            raise Refused("ALREADY_EXISTS", f"The Model {name} exists.")
        versions = self.models.setdefault(name, [])
        number = str(max((int(one["versionId"]) for one in versions), default=0) + 1)
        aliases = [*model.get("versionAliases", ()), *(() if versions else ("default",))]
        moment = self.now()
        times = {"createTime": versions[0]["createTime"] if versions else moment, "updateTime": moment}
        times |= {"versionCreateTime": moment, "versionUpdateTime": moment}
        kept = model | {"name": name, "versionId": number, **times}
        versions.append(kept)
        self.merge_aliases(f"{name}@{number}", aliases)
        return f"{name}@{number}"

    def merge_aliases(self, name: str, aliases: list[str]) -> Json:
        """Give a version aliases, which leave those that had them; '-golden' takes one away (documented)."""
        model, version = self.version(name)
        for alias in aliases:
            taken = alias.startswith("-")
            if not _ALIAS.fullmatch(alias.removeprefix("-")):
                raise invalid(f"Invalid version alias {alias}.")
            if taken and alias == "-default":
                raise invalid("There must be exactly one default version.")
            for one in [version] if taken else self.models[model]:
                one["versionAliases"] = [kept for kept in one.get("versionAliases", ()) if kept != alias.lstrip("-")]
            if not taken:
                version["versionAliases"].append(alias)
        return version

    def delete_version(self, name: str) -> None:
        """Not the only one, not one that is deployed (documented), not the default one (assumed)."""
        model, version = self.version(name)
        if len(self.models[model]) == 1:
            raise unmet("The only version of a Model cannot be deleted.")
        if self.deployed(model, version["versionId"]):
            raise unmet(f"{name} is deployed.")
        if "default" in version.get("versionAliases", ()):
            raise unmet("The default version cannot be deleted.")
        self.models[model].remove(version)

    def delete_model(self, name: str) -> None:
        """Not one of which a version is deployed (documented)."""
        model = self._model_name(name)
        if any(self.deployed(model, one["versionId"]) for one in self.models[model]):
            raise unmet(f"{name} is deployed.")
        del self.models[model]

    def version(self, name: str) -> tuple[str, Json]:
        """(model's name, version) of 'models/…', '…@2' or '…@alias'; without either the default one (documented)."""
        model, _, said = name.partition("@")
        model = self._model_name(model)
        wanted = said or "default"
        for one in self.models[model]:
            if one["versionId"] == wanted or wanted in one.get("versionAliases", ()):
                return model, one
        raise missing(name)

    def deployed(self, model: str, number: str) -> list[Json]:
        """Where a version is deployed, as Model.deployedModels tells it."""
        return [
            {"endpoint": name, "deployedModelId": one["id"]}
            for name, endpoint in self.endpoints.items()
            for one in endpoint.get("deployedModels", ())
            if one.get("model", "").partition("@")[0] == model and one.get("modelVersionId") == number
        ]

    def told(self, model: str, version: Json, numbered: bool) -> Json:
        """A version as it is answered; its name has the version's id in listVersions only (documented)."""
        found = {key: value for key, value in version.items() if value != []}
        found["name"] = f"{model}@{version['versionId']}" if numbered else model
        if deployed := self.deployed(model, version["versionId"]):
            found["deployedModels"] = deployed
        return found

    def _model_name(self, name: str) -> str:
        found = name.replace(f"projects/{self.project}/", f"projects/{self.number}/", 1)
        if found not in self.models:
            raise missing(name)
        return found


def _fit_to_upload(model: Json) -> None:
    """The limits that the document states of a Model's fields."""
    if not model.get("displayName") or len(model["displayName"]) > 128:
        raise invalid("displayName is required and can be up to 128 characters long.")
    for key, value in model.get("labels", {}).items():
        if not (_LABEL.fullmatch(key) and _LABEL.fullmatch(value) and key):
            raise invalid(f"Invalid label {key}={value}.")
