"""What the stand-in answers to each method that it has, and how it lists in pages."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.platforms.vertex import serving
from tests.support.platforms.vertex.refusing import Refused, invalid, missing
from tests.support.platforms.vertex.specification import PREFIX, Method
from tests.support.platforms.vertex.world import Json, World

MOST = 100
"""The longest page, and how long one is when nothing is asked (assumed: the document names no limit)."""


@dataclass(frozen=True)
class Call:
    """A request that fits the description: ``name`` is the resource in its path, with the project's number."""

    method: Method
    name: str
    query: Mapping[str, str]
    body: Json


@dataclass
class Pages:
    """Pages by tokens that mean nothing to whoever holds them, and are good for the question that they came from.

    AIP-158 (documented): a page may be shorter than asked for, even empty, while there is a next one; the longest
    page is shorter than what was asked for, which is no error; another question with the token is one; the page's
    size may change. ``short`` makes every such page shorter, and the first one empty.
    """

    short: bool = False
    _tokens: dict[str, tuple[object, int]] = field(default_factory=dict)

    def of(self, call: Call, key: str, found: list[Json]) -> Json:
        """One page of ``found``."""
        size = int(call.query.get("pageSize", 0))
        if size < 0:
            raise invalid("page_size must not be negative.")
        question = call.method.id, call.name, tuple(sorted(_question(call.query).items()))
        start = self._start(question, call.query.get("pageToken", ""))
        wanted = min(size or MOST, MOST)
        if self.short:
            wanted = wanted // 3 + 1 if call.query.get("pageToken") else 0
        page = found[start : start + wanted]
        answer: Json = {key: page} if page else {}
        if start + wanted < len(found):
            token = secrets.token_urlsafe(24)
            self._tokens[token] = question, start + wanted
            answer["nextPageToken"] = token
        return answer

    def _start(self, question: object, token: str) -> int:
        if not token:
            return 0
        asked, start = self._tokens.get(token, (None, 0))
        if asked != question:
            raise invalid("The page token is not one of this request.")
        return start


def _question(query: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name not in ("pageSize", "pageToken")}


class Answers:
    """Answers for one world."""

    def __init__(self, world: World, pages: Pages) -> None:
        self.world = world
        self._pages = pages
        self._by_id: dict[str, Callable[[Call], Json]] = {
            "models.list": self._models,
            "models.listVersions": self._versions,
            "models.get": self._model,
            "models.evaluations.list": self._evaluations,
            "models.upload": self._upload,
            "models.mergeVersionAliases": self._aliases,
            "models.deleteVersion": self._delete_version,
            "models.delete": self._delete_model,
            "endpoints.list": lambda call: self._pages.of(call, "endpoints", _newest(self._in(call, world.endpoints))),
            "endpoints.create": self._endpoint,
            "endpoints.deployModel": self._deploy,
            "endpoints.undeployModel": self._undeploy,
            "trainingPipelines.get": self._other,
            "customJobs.get": self._other,
            "datasets.get": self._other,
        }

    def __call__(self, call: Call) -> Json:
        """The answer. Raises Refused."""
        answer = self._by_id.get(call.method.id)
        if answer is None or any(name in call.query for name in ("filter", "orderBy", "readMask", "fields", "gdcZone")):
            raise Refused("UNIMPLEMENTED", f"The stand-in has no {call.method.id} of this kind.")
        return answer(call)

    def _in(self, call: Call, resources: Mapping[str, Any]) -> list[Json]:
        return [one for name, one in resources.items() if name.startswith(f"{call.name}/")]

    def _models(self, call: Call) -> Json:
        """One record a model, that of its default version (recorded); newest first (assumed)."""
        world = self.world
        names = [name for name in world.models if name.startswith(f"{call.name}/")]
        found = [world.told(name, world.version(name)[1], numbered=False) for name in reversed(names)]
        return self._pages.of(call, "models", found)

    def _versions(self, call: Call) -> Json:
        model, _ = self.world.version(call.name)
        found = [self.world.told(model, one, numbered=True) for one in self.world.models[model]]
        return self._pages.of(call, "models", found)

    def _model(self, call: Call) -> Json:
        return self.world.told(*self.world.version(call.name), numbered=False)

    def _evaluations(self, call: Call) -> Json:
        """Of the version that the parent names with '@' (assumed; Google's own client asks so)."""
        model, version = self.world.version(call.name)
        found = self.world.evaluations.get(f"{model}@{version['versionId']}", [])
        return self._pages.of(call, "modelEvaluations", found)

    def _other(self, call: Call) -> Json:
        if call.name not in self.world.others:
            raise missing(call.name)
        return self.world.others[call.name]

    def _upload(self, call: Call) -> Json:
        body = call.body
        name = self.world.upload(call.name, body.get("model", {}), body.get("parentModel", ""), body.get("modelId", ""))
        model, _, number = name.partition("@")
        return _done({"model": model, "modelVersionId": number}, "UploadModelResponse")

    def _delete_version(self, call: Call) -> Json:
        self.world.delete_version(call.name)
        return _done()

    def _delete_model(self, call: Call) -> Json:
        self.world.delete_model(call.name)
        return _done()

    def _aliases(self, call: Call) -> Json:
        self.world.merge_aliases(call.name, call.body.get("versionAliases", []))
        return self._model(call)

    def _endpoint(self, call: Call) -> Json:
        name = serving.create_endpoint(self.world, call.name, call.body, call.query.get("endpointId", ""))
        return _done(self.world.endpoints[name], "Endpoint")

    def _deploy(self, call: Call) -> Json:
        split = call.body.get("trafficSplit", {})
        made = serving.deploy(self.world, call.name, call.body.get("deployedModel", {}), split)
        return _done({"deployedModel": made}, "DeployModelResponse")

    def _undeploy(self, call: Call) -> Json:
        split = call.body.get("trafficSplit", {})
        serving.undeploy(self.world, call.name, call.body.get("deployedModelId", ""), split)
        return _done()


def _newest(found: list[Json]) -> list[Json]:
    return found[::-1]


def _done(response: Json | None = None, kind: str = "") -> Json:
    """A long-running operation, done at once (assumed: the real ones take their time)."""
    what = f"google.cloud.aiplatform.v1.{kind}" if kind else "google.protobuf.Empty"
    told = {"@type": f"type.googleapis.com/{what}", **(response or {})}
    return {"name": f"operations/{secrets.randbelow(10**18)}", "done": True, "response": told}


BODIES = {
    "models.upload": ("model", f"{PREFIX}Model"),
    "endpoints.create": ("", f"{PREFIX}Endpoint"),
    "endpoints.deployModel": ("deployedModel", f"{PREFIX}DeployedModel"),
}
"""Where a request holds a resource whose output-only fields it must not set."""
