"""What is registered in the stand-in, and its rules."""

from __future__ import annotations

import base64
import binascii
import itertools
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tests.support.platforms.kubeflow.shapes import ARTIFACTS, SHAPES, Shape

Thing = dict[str, Any]

_ORDERS = {"ID": "id", "CREATE_TIME": "createTimeSinceEpoch", "LAST_UPDATE_TIME": "lastUpdateTimeSinceEpoch"}
_WORDS = {
    "RegisteredModel": "registered model",
    "ModelVersion": "model version",
    "ServingEnvironment": "serving environment",
    "InferenceService": "InferenceService",
    "Experiment": "experiment",
    "ExperimentRun": "experiment run",
    "Artifact": "artifact",
}


class Refused(Exception):
    """A request that is answered with ``status`` and a message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Store:
    """All that is registered: kind -> id -> thing. Moments are now, in milliseconds, unless told."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.things: dict[str, dict[str, Thing]] = {}
        self.of: dict[str, list[str]] = {}
        """The artifacts of a context (a version, a run), by its id."""
        self.reset()

    def reset(self) -> None:
        """Forget all."""
        with self.lock:
            self.things.clear()
            self.things.update({kind: {} for kind in _WORDS})
            self.of.clear()
            self._contexts = itertools.count(1)
            self._artifacts = itertools.count(1)

    def create(self, kind: str, body: Mapping[str, Any]) -> Thing:
        """Raises Refused."""
        with self.lock:
            shape = self._shape(kind, body)
            self._check(shape, body, new=True)
            self._has_what_it_names(kind, body)
            self._is_free(kind, body, shape)
            number = str(next(self._artifacts if kind == "Artifact" else self._contexts))
            now = _now()
            made = {
                **(shape.defaults or {}),
                **body,
                "id": number,
                "createTimeSinceEpoch": now,
                "lastUpdateTimeSinceEpoch": now,
            }
            self.things[kind][number] = made
            return made

    def update(self, kind: str, identifier: str, body: Mapping[str, Any]) -> Thing:
        """Raises Refused. A name cannot be changed once set."""
        with self.lock:
            thing = self.get(kind, identifier)
            told = {key: value for key, value in body.items() if key not in ("id", "name")}
            self._check(self._shape(kind, {**thing, **told}), told, new=False)
            thing.update(told, lastUpdateTimeSinceEpoch=_now())
            return thing

    def get(self, kind: str, identifier: str) -> Thing:
        """Raises Refused."""
        if identifier not in self.things[kind]:
            raise Refused(404, f"no {_WORDS[kind]} found for id {identifier}: not found")
        return self.things[kind][identifier]

    def vanish(self, kind: str, identifier: str) -> None:
        """Let a thing be gone, as when somebody clears up the database: the API itself deletes nothing."""
        with self.lock:
            self.things[kind].pop(identifier)

    def all(self, kind: str, **wanted: str) -> list[Thing]:
        """All of a kind whose fields are as wanted."""
        with self.lock:
            return [
                one for one in self.things[kind].values() if all(one.get(key) == value for key, value in wanted.items())
            ]

    def artifacts_of(self, identifier: str) -> list[Thing]:
        """The artifacts of a version or a run."""
        return [self.things["Artifact"][one] for one in self.of.get(identifier, ())]

    def attach(self, context: str, body: Mapping[str, Any]) -> Thing:
        """Create an artifact, or take one that there is (``id``), and let it belong to a version or a run."""
        with self.lock:
            identifier = body.get("id")
            made = self.update("Artifact", identifier, body) if identifier else self.create("Artifact", body)
            if context in self.things["ExperimentRun"]:
                run = self.get("ExperimentRun", context)
                made.update(experimentRunId=context, experimentId=run["experimentId"])
            if made["id"] not in self.of.setdefault(context, []):
                self.of[context].append(made["id"])
            return made

    def served(self, service: Mapping[str, Any]) -> Thing:
        """The version that an inference service serves. Raises Refused."""
        if wanted := service.get("modelVersionId"):
            return self.get("ModelVersion", wanted)
        versions = self.all("ModelVersion", registeredModelId=service["registeredModelId"])
        if not versions:
            raise Refused(404, f"no model versions found for id {service['id']}: not found")
        return max(versions, key=lambda one: (int(one["createTimeSinceEpoch"]), int(one["id"])))

    def seed(self, model: str, count: int) -> Sequence[str]:
        """So many more versions of a model ('v1', 'v2', ...), without a request for each; gives their names."""
        with self.lock:
            found = self.all("RegisteredModel", name=model)
            owner = (found[0] if found else self.create("RegisteredModel", {"name": model, "owner": "ana"}))["id"]
            first = len(self.all("ModelVersion", registeredModelId=owner)) + 1
            names = [f"v{number}" for number in range(first, first + count)]
            now = _now()
            for name in names:
                number = str(next(self._contexts))
                self.things["ModelVersion"][number] = {
                    **{"id": number, "name": name, "registeredModelId": owner, "author": "bo", "state": "LIVE"},
                    **{"createTimeSinceEpoch": now, "lastUpdateTimeSinceEpoch": now},
                }
            return names

    def deploy(self, model: str, version: str, name: str, environment: str = "prod") -> Thing:
        """Let a version serve ('' the latest one)."""
        (owner,) = self.all("RegisteredModel", name=model)
        found = self.all("ServingEnvironment", name=environment)
        where = found[0] if found else self.create("ServingEnvironment", {"name": environment})
        body = {"name": name, "registeredModelId": owner["id"], "servingEnvironmentId": where["id"]}
        if version:
            (served,) = self.all("ModelVersion", registeredModelId=owner["id"], name=version)
            body["modelVersionId"] = served["id"]
        return self.create("InferenceService", body)

    def _shape(self, kind: str, body: Mapping[str, Any]) -> Shape:
        if kind != "Artifact":
            return SHAPES[kind]
        try:
            return ARTIFACTS[body.get("artifactType", "")]
        except (KeyError, TypeError):
            raise Refused(400, "invalid artifact type: bad request") from None

    def _check(self, shape: Shape, body: Mapping[str, Any], new: bool) -> None:
        if faults := tuple(shape.faults(body, new)):
            raise Refused(400, "; ".join(faults))

    def _has_what_it_names(self, kind: str, body: Mapping[str, Any]) -> None:
        for key, other in {
            "registeredModelId": "RegisteredModel",
            "servingEnvironmentId": "ServingEnvironment",
            "modelVersionId": "ModelVersion",
            "experimentId": "Experiment",
            "experimentRunId": "ExperimentRun",
        }.items():
            if key in body and kind != "Artifact":
                self._is_there(other, body[key])

    def _is_there(self, kind: str, identifier: str) -> None:
        if identifier not in self.things[kind]:
            raise Refused(400, f"no {_WORDS[kind]} found for id {identifier}: bad request")

    def _is_free(self, kind: str, body: Mapping[str, Any], shape: Shape) -> None:
        siblings = self.things[kind].values()
        if body.get("externalId") and any(one.get("externalId") == body["externalId"] for one in siblings):
            raise Refused(409, f"{_WORDS[kind]} with externalId {body['externalId']} already exists: conflict")
        if kind == "Artifact" or "name" not in body:
            return
        if any(one.get("name") == body["name"] and one.get(shape.owner) == body.get(shape.owner) for one in siblings):
            raise Refused(409, f"{_WORDS[kind]} with name {body['name']} already exists: conflict")


def page(things: Iterable[Thing], query: Mapping[str, str]) -> Thing:
    """A page of a listing. Raises Refused for a token that it has not given."""
    order, descending = _ORDERS[query.get("orderBy", "ID")], query.get("sortOrder") == "DESC"

    def place(one: Mapping[str, Any]) -> tuple[int, int]:
        return int(one[order]), int(one["id"])

    ordered = sorted(things, key=place, reverse=descending)
    if token := query.get("nextPageToken"):
        after = _decoded(token)
        ordered = [one for one in ordered if (place(one) < after if descending else place(one) > after)]
    size = int(query.get("pageSize", "0"))
    items = ordered[:size] if size else ordered
    more = len(ordered) > len(items)
    last = f"{items[-1]['id']}:{items[-1][order]}" if more else ""
    token = base64.b64encode(last.encode()).decode()
    return {"items": items, "nextPageToken": token, "pageSize": size, "size": len(items)}


def _decoded(token: str) -> tuple[int, int]:
    try:
        number, _, value = base64.b64decode(token, validate=True).decode().partition(":")
        return int(value), int(number)
    except (binascii.Error, ValueError):
        raise Refused(400, "invalid nextPageToken: invalid cursor format: bad request") from None


def only(things: Sequence[Thing], what: str) -> Thing:
    """The one that was searched for. Raises Refused."""
    if len(things) != 1:
        raise Refused(404, f"{'multiple' if things else 'no'} {what} found: not found")
    return things[0]


def _now() -> str:
    return str(time.time_ns() // 1_000_000)
