"""What is in the workspaces of the stand-in, and what it refuses to take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.platforms.azureml.rules import COLLECTIONS, PROVIDER, kind_of

Body = dict[str, Any]


class Refused(Exception):
    """An error of the management API."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass
class Workspace:
    """One workspace. ``kept``: path of a collection ('models/churn/versions') -> name -> resource."""

    base: str
    clock: datetime = field(default_factory=lambda: datetime.now(UTC))
    user: str = "Zoë O'Neil"
    kept: dict[str, dict[str, Body]] = field(default_factory=dict)

    def put(self, path: str, name: str, said: Mapping[str, Any]) -> Body:
        """Make or change a resource, as PUT does; gives it as it is told. Raises Refused."""
        kind = kind_of(path)
        if not COLLECTIONS[kind].allows(name):
            raise Refused(400, "ValidationError", f"The name '{name}' is not valid.")
        self._needs_parent(path, kind)
        if kind == "onlineEndpoints":
            self._check_traffic(name, said.get("properties", {}))
        return self._keep(path, name, said)

    def add_versions(self, model: str, names: Iterable[str], **properties: Any) -> list[str]:
        """Register versions of a model in one go, without checks of each."""
        named = list(names)
        for name in named:
            self._keep(f"models/{model}/versions", name, {"properties": _version(self.base, model, name, properties)})
        self._container(model)
        return named

    def delete(self, path: str, name: str) -> None:
        """Take a resource away."""
        del self.kept[path][name]

    def finish(self, job: str, status: str = "Completed", **properties: str) -> None:
        """Let a job come to its end; ``properties`` are what the run leaves among the job's properties."""
        kept = self.kept["jobs"][job]["properties"]
        kept["status"] = status
        kept["properties"] = {**(kept.get("properties") or {}), **properties}

    def clear(self) -> None:
        """Nothing is there any more."""
        self.kept.clear()

    def _keep(self, path: str, name: str, said: Mapping[str, Any]) -> Body:
        kept = self.kept.setdefault(path, {})
        before = kept.get(name)
        body: Body = {"id": f"{self.base}/{path}/{name}", "name": name, "type": _type(path), **said}
        body["properties"] = {**(before or {}).get("properties", {}), **said.get("properties", {})}
        if not path.startswith("jobs"):
            body["properties"].setdefault("provisioningState", "Succeeded")
        body["systemData"] = {**self._moments(before), **said.get("systemData", {})}
        kept[name] = body
        if path.endswith("/versions"):
            self._container(path.split("/")[1])
        return body

    def _container(self, model: str) -> None:
        """The container of a model's versions, which comes by itself."""
        versions = list(self.kept.get(f"models/{model}/versions", ()))
        last = versions[-1] if versions else None
        following = str(int(last) + 1) if last and last.isdecimal() else None
        before = self.kept.setdefault("models", {}).get(model)
        kept = (before or {}).get("properties") or {"description": None, "tags": {}, "properties": {}}
        kept = {"isArchived": False, **kept, "latestVersion": last, "nextVersion": following}
        self.kept["models"][model] = {
            "id": f"{self.base}/models/{model}",
            "name": model,
            "type": _type("models"),
            "properties": kept,
            "systemData": (before or {}).get("systemData") or self._moments(None),
        }

    def _moments(self, before: Body | None) -> Body:
        self.clock += timedelta(microseconds=1)
        now = self.clock.strftime("%Y-%m-%dT%H:%M:%S.%f7+00:00")
        made = before["systemData"] if before else {"createdAt": now, "createdBy": self.user, "createdByType": "User"}
        return {**made, "lastModifiedAt": now, "lastModifiedBy": self.user, "lastModifiedByType": "User"}

    def _needs_parent(self, path: str, kind: str) -> None:
        parent, _, _ = path.rpartition("/")
        if kind.endswith("/deployments"):
            collection, _, name = parent.rpartition("/")
            if name not in self.kept.get(collection, {}):
                raise Refused(404, "ResourceNotFound", f"Endpoint {name} was not found.")

    def _check_traffic(self, endpoint: str, properties: Mapping[str, Any]) -> None:
        traffic = properties.get("traffic") or {}
        deployments = self.kept.get(f"onlineEndpoints/{endpoint}/deployments", {})
        if missing := [name for name in traffic if name not in deployments]:
            raise Refused(400, "UserError", f"Deployment {missing[0]} does not exist.")
        if traffic and sum(traffic.values()) not in (0, 100):
            raise Refused(400, "UserError", "Traffic values need to sum to 100.")


def _version(base: str, model: str, name: str, more: Mapping[str, Any]) -> Body:
    workspace = base.replace(f"/providers/{PROVIDER}", "").replace("resourceGroups", "resourcegroups")
    return {
        "description": None,
        "tags": {},
        "properties": {},
        "isArchived": False,
        "isAnonymous": False,
        "flavors": None,
        "modelType": "mlflow_model",
        "modelUri": f"azureml:/{workspace}/datastores/workspaceblobstore/paths/LocalUpload/{model}/{name}",
        "jobName": None,
        "provisioningState": "Succeeded",
        "stage": None,
        **more,
    }


def _type(path: str) -> str:
    return f"{PROVIDER}/workspaces/" + "/".join(path.split("/")[::2])


class AzureMl:
    """One resource group with its workspaces.

    ``address`` is where it is reached, which its next links name; ``page`` how many are on a page. ``wrong`` is what
    in its replies was not as the vendor's models have it. ``unknown``: collections that this cloud does not have.
    """

    def __init__(self, subscription: str, resource_group: str, workspaces: Iterable[str], page: int = 100) -> None:
        self.subscription, self.resource_group, self.page = subscription, resource_group, page
        self.address = ""
        self.wrong: list[str] = []
        self.unknown: set[str] = set()
        group = f"/subscriptions/{subscription}/resourceGroups/{resource_group}"
        self.workspaces = {name: Workspace(f"{group}/providers/{PROVIDER}/workspaces/{name}") for name in workspaces}

    def workspace(self, subscription: str, group: str, name: str) -> Workspace:
        """The workspace of these names, which have no case. Raises Refused."""
        if subscription.casefold() != self.subscription.casefold():
            raise Refused(404, "SubscriptionNotFound", f"The subscription '{subscription}' could not be found.")
        if group.casefold() != self.resource_group.casefold():
            raise Refused(404, "ResourceGroupNotFound", f"Resource group '{group}' could not be found.")
        found = next((one for known, one in self.workspaces.items() if known.casefold() == name.casefold()), None)
        if found is None:
            what = f"'{PROVIDER}/workspaces/{name}' under resource group '{group}'"
            raise Refused(404, "ResourceNotFound", f"The Resource {what} was not found.")
        return found
