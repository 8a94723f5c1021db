"""The paths of the API, below /api/model_registry/{version}/."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.support.platforms.kubeflow.shapes import ARTIFACT_TYPES, ID, PRINTABLE
from tests.support.platforms.kubeflow.store import Refused, Store, Thing, only, page

Answer = tuple[int, Any]

V1, OLDER = "v1", "v1alpha3"
COLLECTIONS: Mapping[str, str] = {
    "registered_models": "RegisteredModel",
    "model_versions": "ModelVersion",
    "serving_environments": "ServingEnvironment",
    "inference_services": "InferenceService",
    "experiments": "Experiment",
    "experiment_runs": "ExperimentRun",
    "artifacts": "Artifact",
    "model_artifacts": "Artifact",
}
_BELOW: Mapping[tuple[str, str], tuple[str, str]] = {
    ("registered_models", "versions"): ("ModelVersion", "registeredModelId"),
    ("serving_environments", "inference_services"): ("InferenceService", "servingEnvironmentId"),
    ("experiments", "experiment_runs"): ("ExperimentRun", "experimentId"),
    ("model_versions", "artifacts"): ("Artifact", ""),
    ("experiment_runs", "artifacts"): ("Artifact", ""),
}
"""(collection, what is below one of it) -> (kind, the field that says of which it is)."""

_OWNERS = {"ModelVersion": "registeredModelId", "InferenceService": "servingEnvironmentId"}
_OWNERS["ExperimentRun"] = "experimentId"
_OF_EXPERIMENTS = ("experimentId", "experimentRunId")

_RIGHT: Mapping[str, Callable[[str], bool]] = {
    "pageSize": lambda said: bool(ID.fullmatch(said)),
    "orderBy": lambda said: said in ("CREATE_TIME", "LAST_UPDATE_TIME", "ID"),
    "sortOrder": lambda said: said in ("ASC", "DESC"),
    "nextPageToken": lambda said: True,
    "artifactType": lambda said: said in ARTIFACT_TYPES,
    "name": lambda said: bool(PRINTABLE.fullmatch(said)),
    "externalId": lambda said: bool(PRINTABLE.fullmatch(said)),
    "parentResourceId": lambda said: bool(ID.fullmatch(said)),
}
_PAGING = ("pageSize", "orderBy", "sortOrder", "nextPageToken")


class NoSuchPath(Exception):
    """A path that the server does not know."""


class Routes:
    """One version of the API over a store."""

    def __init__(self, store: Store, version: str) -> None:
        self._store = store
        self._with_experiments = version == OLDER

    def answer(self, method: str, path: Sequence[str], query: Mapping[str, str], body: Any) -> Answer:
        """Status and reply. Raises Refused and NoSuchPath."""
        if self._with_experiments:
            return self._routed(method, path, query, body)
        status, reply = self._routed(method, path, query, _from_v1(body))
        return (201 if method == "POST" and path[0] == "inference_services" else status), _as_v1(reply)

    def _routed(self, method: str, path: Sequence[str], query: Mapping[str, str], body: Any) -> Answer:
        first = path[0] if path else ""
        if "experiment" in first and not self._with_experiments:
            raise NoSuchPath
        if f"{first}s" in COLLECTIONS and len(path) == 1 and method == "GET":
            return self._search(f"{first}s", query)
        if first not in COLLECTIONS or len(path) > 3:
            raise NoSuchPath
        if len(path) > 1 and not ID.fullmatch(path[1]):
            raise Refused(400, f'invalid ID: parsing "{path[1]}": invalid syntax: bad request')
        handlers = (self._collection, self._one, self._below)
        return handlers[len(path) - 1](method, tuple(path), query, body)

    def _collection(self, method: str, path: Sequence[str], query: Mapping[str, str], body: Any) -> Answer:
        kind = COLLECTIONS[path[0]]
        if method == "POST":
            _takes(query)
            status = 200 if kind == "InferenceService" else 201
            return status, self._store.create(kind, _typed(path[0], _object(body)))
        _only_get(method)
        _takes(query, *_PAGING, *(("artifactType",) if path[0] == "artifacts" else ()))
        return 200, page(self._of_type(path[0], self._store.all(kind), query), query)

    def _one(self, method: str, path: Sequence[str], query: Mapping[str, str], body: Any) -> Answer:
        kind = COLLECTIONS[path[0]]
        _takes(query)
        thing = self._store.get(kind, path[1])
        if path[0] == "model_artifacts" and thing["artifactType"] != "model-artifact":
            raise Refused(404, f"artifact with id {path[1]} is not a model artifact: not found")
        if method == "PATCH":
            return 200, self._store.update(kind, path[1], _object(body))
        _only_get(method)
        return 200, thing

    def _below(self, method: str, path: Sequence[str], query: Mapping[str, str], body: Any) -> Answer:
        collection, identifier, what = path
        thing = self._store.get(COLLECTIONS[collection], identifier)
        if collection == "inference_services" and what in ("version", "model"):
            _only_get(method)
            return 200, self._served(thing, what)
        if (collection, what) not in _BELOW:
            raise NoSuchPath
        kind, field = _BELOW[collection, what]
        if method == "POST":
            if kind == "Artifact":
                return (200 if "id" in _object(body) else 201), self._store.attach(identifier, _object(body))
            return 201, self._store.create(kind, {**_object(body), field: identifier})
        _only_get(method)
        _takes(query, *_PAGING, "name", "externalId", *(("artifactType",) if kind == "Artifact" else ()))
        wanted = {key: query[key] for key in ("name", "externalId") if key in query}
        found = self._store.artifacts_of(identifier) if kind == "Artifact" else self._store.all(kind)
        mine = [one for one in found if not field or one[field] == identifier]
        named = [one for one in mine if all(one.get(key) == value for key, value in wanted.items())]
        return 200, page(self._of_type(what, named, query), query)

    def _served(self, service: Thing, what: str) -> Thing:
        if what == "version":
            return self._store.served(service)
        return self._store.get("RegisteredModel", service["registeredModelId"])

    def _search(self, collection: str, query: Mapping[str, str]) -> Answer:
        """The one with this name (and parent), or with this external id."""
        kind = COLLECTIONS[collection]
        owned = kind == "Artifact" or kind in _OWNERS
        _takes(query, "name", "externalId", *(("parentResourceId",) if owned else ()))
        things = self._of_type(collection, self._store.all(kind), query)
        if "externalId" in query:
            return 200, only([one for one in things if one.get("externalId") == query["externalId"]], kind)
        if "name" not in query or (owned and "parentResourceId" not in query):
            raise Refused(400, "invalid parameters call, supply either name or externalId: bad request")
        parent = query.get("parentResourceId", "")
        mine = self._store.of.get(parent, ())
        return 200, only(
            [
                one
                for one in things
                if one.get("name") == query["name"]
                and (one["id"] in mine if kind == "Artifact" else one.get(_OWNERS.get(kind, ""), "") == parent)
            ],
            kind,
        )

    def _of_type(self, collection: str, things: Sequence[Thing], query: Mapping[str, str]) -> list[Thing]:
        wanted = "model-artifact" if collection.startswith("model_artifact") else query.get("artifactType", "")
        return [one for one in things if not wanted or one.get("artifactType") == wanted]


def _takes(query: Mapping[str, str], *keys: str) -> None:
    """Raises Refused for a parameter that is not documented here, or is not as documented."""
    for key, said in query.items():
        if key not in keys:
            raise Refused(400, f"the parameter {key} is not known here: bad request")
        if not _RIGHT[key](said):
            raise Refused(400, f"{said!r} is no {key}: bad request")


def _object(body: Any) -> Thing:
    if not isinstance(body, dict):
        raise Refused(400, "the body is no object: bad request")
    return body


def _typed(collection: str, body: Thing) -> Thing:
    """artifactType has a default where only one type is meant."""
    return {"artifactType": "model-artifact", **body} if collection == "model_artifacts" else body


def _only_get(method: str) -> None:
    if method != "GET":
        raise Refused(405, "")


def _from_v1(body: Any) -> Any:
    """A body of v1. Raises Refused for what v1 has no more, and for a step that is no text."""
    if not isinstance(body, dict):
        return body
    for key in _OF_EXPERIMENTS:
        if key in body:
            raise Refused(400, f'json: unknown field "{key}"')
    if "step" not in body:
        return body
    if not isinstance(body["step"], str) or not body["step"].isdecimal():
        raise Refused(400, "json: cannot unmarshal into step of type string")
    return {**body, "step": int(body["step"])}


def _as_v1(reply: Any) -> Any:
    """A reply as v1 has it: without experiments, a metric's step as a text."""
    if isinstance(reply.get("items"), list):
        return {**reply, "items": [_as_v1(one) for one in reply["items"]]}
    told = {key: value for key, value in reply.items() if key not in _OF_EXPERIMENTS}
    return {**told, "step": str(told["step"])} if "step" in told else told
