"""Azure ML: the models of workspaces and what serves there, over the REST API of Azure's resource manager.

See https://learn.microsoft.com/rest/api/azureml. Anonymous versions are left out: Azure makes them itself where
a deployment brings files of its own. What an archived model holds is archived.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import quote, urlsplit

from registry_sheets.platforms.azureml_asking import Absent, WorkspaceApi, below, each, named, refusals
from registry_sheets.platforms.azureml_models import Catalogue
from registry_sheets.platforms.azureml_serving import serving
from registry_sheets.platforms.azureml_signin import Credential, SignIn
from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.http import JsonApi
from registry_sheets.platforms.reading import of_iso, table, text, texts
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion

PUBLIC = "https://management.azure.com"

ARCHIVED = "Archived"

_STUDIOS: Mapping[str, str] = {
    "management.azure.com": "https://ml.azure.com",
    "management.usgovcloudapi.net": "https://ml.azure.us",
    "management.chinacloudapi.cn": "https://studio.ml.azure.cn",
}
"""Management API -> where its runs have their pages."""

_MODELS = frozenset(("literal", "custom_model", "mlflow_model", "triton_model"))
"""Kinds of inputs of a job that are no data."""

Resource = Mapping[str, Any]


class AzureMlPlatform(Platform):
    """Workspaces of one resource group.

    Args:
        name: how people call it.
        subscription: the subscription's id.
        resource_group: the resource group of all the workspaces.
        workspaces: their names, which are the scopes.
        deadline: until when it has to have answered.
        url: the management API; sovereign clouds have their own. An emulator on this machine gets no sign-in.
        credential: instead of DefaultAzureCredential.
        transport: instead of the network, for tests.
    """

    kind: ClassVar[str] = "azureml"

    def __init__(
        self,
        name: str,
        subscription: str,
        resource_group: str,
        workspaces: Sequence[str],
        deadline: Deadline,
        *,
        url: str = PUBLIC,
        credential: Credential = None,
        transport: Any = None,
    ) -> None:
        super().__init__(name)
        self._subscription = subscription
        self._resource_group = resource_group
        self._workspaces = tuple(dict.fromkeys(workspaces))
        self._studio = _STUDIOS.get(urlsplit(url).hostname or "", "")
        sign_in = SignIn(url, deadline, credential)
        self._api = JsonApi(url, deadline, refusals(), sign_in.headers, transport=transport)
        self._unnamed: dict[str, dict[tuple[str, str], str]] = {}

    @property
    def scopes(self) -> tuple[str, ...]:
        return self._workspaces

    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        api = self._workspace(scope)
        unnamed = self._unnamed[scope] = {}

        def versions_of(container: Resource) -> list[Resource]:
            return list(api.all(below("models", named(container), "versions"), listViewType="All"))

        for container, versions in each(versions_of, api.all("models", listViewType="All")):
            for version in versions:
                one = self._version(scope, container, version)
                if table(version, "properties").get("isAnonymous") is True:
                    unnamed[one.model.casefold(), one.version.casefold()] = one.source
                else:
                    yield one

    def deployments(self, scope: str, versions: Sequence[PlatformVersion]) -> Iterator[Deployment]:
        catalogue = Catalogue(scope, versions, self._unnamed.get(scope, {}))
        yield from serving(self._workspace(scope), catalogue, scope)

    def lineage(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        """Each job is asked for once. A job that is no longer there tells nothing."""
        jobs = dict.fromkeys((one.scope, one.run) for one in versions if one.run)
        found = dict(each(lambda job: self._job(*job), jobs))
        for one in versions:
            yield one, found.get((one.scope, one.run), Lineage())

    def close(self) -> None:
        self._api.close()

    def _workspace(self, scope: str) -> WorkspaceApi:
        return WorkspaceApi(self._api, self._subscription, self._resource_group, scope)

    def _version(self, scope: str, container: Resource, version: Resource) -> PlatformVersion:
        properties, system = table(version, "properties"), table(version, "systemData")
        run = text(properties, "jobName")
        return PlatformVersion(
            named(container),
            named(version),
            scope,
            id=text(version, "id"),
            created=of_iso(system.get("createdAt")),
            stage=_stage(container, properties),
            source=text(properties, "modelUri"),
            run=run,
            run_link=self._page(scope, run),
            created_by=text(system, "createdBy"),
            description=text(properties, "description"),
            tags={**texts(properties, "properties"), **texts(properties, "tags")},
        )

    def _page(self, scope: str, run: str) -> str:
        """The page of a run in the studio; '' where there is none, and where the cloud's studio is not known."""
        if not run or not self._studio:
            return ""
        workspace = f"/subscriptions/{self._subscription}/resourcegroups/{self._resource_group}/workspaces/{scope}"
        return f"{self._studio}/runs/{quote(run, safe='')}?wsid={quote(workspace)}"

    def _job(self, scope: str, job: str) -> Lineage:
        try:
            return _lineage(table(self._workspace(scope).one(below("jobs", job)), "properties"))
        except Absent:
            return Lineage()


def _stage(container: Resource, properties: Resource) -> str:
    """The stage in Azure's word. Archived is a mark of its own; 'None' is MLflow's word for no stage."""
    if properties.get("isArchived") is True or table(container, "properties").get("isArchived") is True:
        return ARCHIVED
    stage = text(properties, "stage")
    return "" if stage == "None" else stage


def _lineage(job: Resource) -> Lineage:
    """What a job tells. Its schema has no moments (systemData is of its record); where the job keeps the run's own
    among its properties, they are taken, and the end only of a job that is completed."""
    kept = table(job, "properties")
    trained = of_iso(kept.get("EndTimeUtc")) if text(job, "status") == "Completed" else None
    return Lineage(trained, of_iso(kept.get("StartTimeUtc")), _data(job))


def _data(job: Resource) -> tuple[str, ...]:
    """Where its data come from: inputs that are data, for automated ML those of the task."""
    task = table(job, "taskDetails")
    inputs = [
        *table(job, "inputs").values(),
        *(task.get(key) for key in ("trainingData", "validationData", "testData")),
    ]
    found = (one for one in inputs if isinstance(one, dict) and text(one, "jobInputType") not in _MODELS)
    return tuple(dict.fromkeys(uri for one in found if (uri := text(one, "uri"))))
