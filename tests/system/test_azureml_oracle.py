"""Azure's own client, reading the same stand-in, sees what the adapter sees; and it is the client that filled it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from registry_sheets.platforms.azureml import AzureMlPlatform
from registry_sheets.platforms.azureml_asking import API_VERSION
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion
from tests.support.platforms.azureml.answers import answer
from tests.support.platforms.azureml.rules import COLLECTIONS
from tests.support.platforms.azureml.server import served
from tests.support.platforms.azureml.shapes import faults, round_trip, without_nulls
from tests.support.platforms.azureml.state import AzureMl

SUBSCRIPTION, GROUP, WORKSPACE = "00000000-1111-2222-3333-444444444444", "models-rg", "our-ws"
HERE = (GROUP, WORKSPACE)


class Seen:
    """The stand-in, the vendor's client and what the adapter said."""

    def __init__(self, azure: AzureMl, client: Any, platform: AzureMlPlatform) -> None:
        self.azure, self.client, self.platform = azure, client, platform
        self.versions = list(platform.versions(WORKSPACE))
        self.deployments = list(platform.deployments(WORKSPACE, self.versions))

    def version(self, model: str, version: str) -> PlatformVersion:
        return next(one for one in self.versions if (one.model, one.version) == (model, version))


def vendor_client(url: str) -> Any:
    """The vendor's client, over plain http and without a sign-in."""
    from azure.core.pipeline.policies import SansIOHTTPPolicy
    from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient

    unused: Any = object()
    return MachineLearningServicesMgmtClient(
        credential=unused,
        subscription_id=SUBSCRIPTION,
        base_url=url,
        api_version=API_VERSION,
        authentication_policy=SansIOHTTPPolicy(),
        polling_interval=0,
    )


@pytest.fixture(scope="module")
def seen() -> Iterator[Seen]:
    azure = AzureMl(SUBSCRIPTION, GROUP, [WORKSPACE])
    with served(azure) as url:
        client = vendor_client(url)
        fill(azure, client)
        platform = AzureMlPlatform("ours", SUBSCRIPTION, GROUP, [WORKSPACE], Deadline(60), url=url)
        yield Seen(azure, client, platform)
        platform.close()
    assert azure.wrong == []


def fill(azure: AzureMl, client: Any) -> None:
    workspace = azure.workspaces[WORKSPACE]
    workspace.add_versions("many", map(str, range(1, 231)))
    for number in range(110):
        workspace.add_versions(f"model-{number}", ["1"])
    fill_models(client)
    fill_jobs(client)
    moments = {"EndTimeUtc": "2026-03-04 05:06:07", "StartTimeUtc": "2026-03-04T04:00:00.1234567Z"}
    workspace.finish("train_7", **moments)
    fill_online(client, workspace.base)
    fill_batch(client, workspace.base)
    settings = {"modelId": "azureml://registries/azureml-meta/models/Llama-2-7b-chat/versions/5"}
    properties = {"authMode": "Key", "modelSettings": settings, "endpointState": "Online"}
    workspace.put("serverlessEndpoints", "llama", {"location": "westeurope", "properties": properties})


def fill_models(client: Any) -> None:
    from azure.mgmt.machinelearningservices import models

    kinds: dict[str, dict[str, Any]] = {
        "1": {"stage": "Production", "job_name": "train_7", "description": 'Schätzt\n"Abwanderung" — ночь, 模型'},
        "2": {"stage": "Staging", "tags": {"Größe": "9 ≤ 10", "a'b\"c": "<d>"}, "properties": {"git": "4f2a"}},
        "3": {"is_archived": True, "model_uri": "azureml://datastores/ws/paths/modèle 3/"},
        "hand-made": {"flavors": {"sklearn": models.FlavorData(data={"sklearn_version": "1.4"})}},
        "x": {"is_anonymous": True, "model_uri": "azureml://datastores/ws/paths/inline/"},
    }
    for version, more in kinds.items():
        properties = models.ModelVersionProperties(**more)
        client.model_versions.create_or_update(*HERE, "Churn", version, models.ModelVersion(properties=properties))
    archived = models.ModelContainer(properties=models.ModelContainerProperties(is_archived=True))
    retired = models.ModelVersion(properties=models.ModelVersionProperties())
    client.model_versions.create_or_update(*HERE, "retired", "1", retired)
    client.model_containers.create_or_update(*HERE, "retired", archived)


def fill_jobs(client: Any) -> None:
    from azure.mgmt.machinelearningservices import models

    job = models.CommandJob(
        command="python train.py",
        environment_id="azureml:sklearn:1",
        inputs={
            "sales": models.UriFolderJobInput(uri="azureml://datastores/lake/paths/sales/2026/"),
            "again": models.UriFileJobInput(uri="azureml://datastores/lake/paths/sales/2026/"),
            "prices": models.MLTableJobInput(uri="azureml:prices:3"),
            "base": models.MLFlowModelJobInput(uri="azureml:base:1"),
            "rate": models.LiteralJobInput(value="0.1"),
        },
    )
    client.jobs.create_or_update(*HERE, "train_7", models.JobBase(properties=job))


def fill_online(client: Any, base: str) -> None:
    from azure.mgmt.machinelearningservices import models

    running = {
        "blue": f"{base}/models/Churn/versions/1",
        "green": f"{base}/models/Churn/versions/1".lower(),
        "canary": "azureml:Churn:2",
        "shadow": "azureml://registries/ours/models/Churn/versions/9",
        "inline": f"{base}/models/Churn/versions/x",
    }
    endpoint = models.OnlineEndpoint(
        location="westeurope", properties=models.OnlineEndpointProperties(auth_mode="Key", traffic={})
    )
    client.online_endpoints.begin_create_or_update(*HERE, "front", endpoint).result()
    for name, model in running.items():
        deployment = models.OnlineDeployment(
            location="westeurope", properties=models.ManagedOnlineDeployment(model=model)
        )
        client.online_deployments.begin_create_or_update(*HERE, "front", name, deployment).result()
    endpoint.properties.traffic = {"blue": 50, "green": 40, "canary": 10}
    endpoint.properties.mirror_traffic = {"shadow": 20}
    client.online_endpoints.begin_create_or_update(*HERE, "front", endpoint).result()


def fill_batch(client: Any, base: str) -> None:
    from azure.mgmt.machinelearningservices import models

    endpoint = models.BatchEndpoint(
        location="westeurope",
        properties=models.BatchEndpointProperties(
            auth_mode="AADToken", defaults=models.BatchEndpointDefaults(deployment_name="nightly")
        ),
    )
    client.batch_endpoints.begin_create_or_update(*HERE, "night", endpoint).result()
    for name, version in (("nightly", "2"), ("old", "1")):
        asset = models.IdAssetReference(asset_id=f"{base}/models/many/versions/{version}")
        deployment = models.BatchDeployment(
            location="westeurope", properties=models.BatchDeploymentProperties(model=asset)
        )
        client.batch_deployments.begin_create_or_update(*HERE, "night", name, deployment).result()


def test_every_field_of_every_version(seen: Seen) -> None:
    theirs = {}
    for container in seen.client.model_containers.list(*HERE, list_view_type="All"):
        for one in seen.client.model_versions.list(*HERE, container.name, list_view_type="All"):
            if not one.properties.is_anonymous:
                theirs[container.name, one.name] = told_by_client(container, one)
    ours = {(one.model, one.version): one._replace(run_link="") for one in seen.versions}
    assert len(seen.versions) == len(ours) == 230 + 110 + 5
    assert ours == theirs


def told_by_client(container: Any, version: Any) -> PlatformVersion:
    said = version.properties
    return PlatformVersion(
        container.name,
        version.name,
        WORKSPACE,
        id=version.id,
        created=version.system_data.created_at,
        stage="Archived" if said.is_archived or container.properties.is_archived else said.stage or "",
        source=said.model_uri or "",
        run=said.job_name or "",
        created_by=version.system_data.created_by,
        description=said.description or "",
        tags={**(said.properties or {}), **(said.tags or {})},
    )


def test_what_is_told_of_a_version_is_what_was_put(seen: Seen) -> None:
    first = seen.version("Churn", "1")
    assert (first.stage, first.run, first.created_by) == ("Production", "train_7", "Zoë O'Neil")
    assert first.description == 'Schätzt\n"Abwanderung" — ночь, 模型'
    assert seen.version("Churn", "2").tags == {"Größe": "9 ≤ 10", "a'b\"c": "<d>", "git": "4f2a"}
    assert seen.version("Churn", "3").stage == seen.version("retired", "1").stage == "Archived"
    assert seen.version("Churn", "hand-made").stage == ""
    assert ("Churn", "x") not in {(one.model, one.version) for one in seen.versions}


def test_what_serves(seen: Seen) -> None:
    online = {one.name: one for one in seen.client.online_deployments.list(*HERE, "front")}
    traffic = seen.client.online_endpoints.get(*HERE, "front").properties.traffic
    batch = {one.name: one for one in seen.client.batch_deployments.list(*HERE, "night")}
    default = seen.client.batch_endpoints.get(*HERE, "night").properties.defaults.deployment_name

    def served_by(model: str, version: str, deployment: Any, share: float | None) -> Deployment:
        made: datetime = deployment.system_data.created_at
        endpoint = deployment.id.split("/")[-3]
        source = seen.version(model, version).source
        return Deployment(model, version, endpoint, WORKSPACE, share=share, since=made, source=source)

    ours = {one for one in seen.deployments if one.model}
    assert ours == {
        served_by("Churn", "1", online["blue"], (traffic["blue"] + traffic["green"]) / 100),
        served_by("Churn", "2", online["canary"], traffic["canary"] / 100),
        served_by("many", "2", batch[default], None),
    }
    assert {(one.endpoint, one.version, one.share, one.source) for one in seen.deployments if not one.model} == {
        ("front", "", 0.0, online["shadow"].properties.model),
        ("front", "", 0.0, "azureml://datastores/ws/paths/inline/"),
        ("llama", "", None, "azureml://registries/azureml-meta/models/Llama-2-7b-chat/versions/5"),
    }


def test_lineage(seen: Seen) -> None:
    asked = [seen.version("Churn", "1"), seen.version("Churn", "2")]
    (first, lineage), (second, nothing) = seen.platform.lineage(asked)
    assert [first, second] == asked
    job = seen.client.jobs.get(*HERE, "train_7").properties
    uris = dict.fromkeys(job.inputs[name].uri for name in ("sales", "again", "prices"))
    assert lineage.data == tuple(uris)
    assert lineage.trained
    assert f"{lineage.trained:%Y-%m-%d %H:%M:%S}" == job.properties["EndTimeUtc"]
    assert lineage.began
    assert lineage.began.isoformat() == "2026-03-04T04:00:00.123456+00:00"
    assert nothing == Lineage()
    assert job.status == "Completed"


def test_without_the_view_the_client_sees_less(seen: Seen) -> None:
    """What a listing leaves out that does not ask for all."""
    default = {one.name for one in seen.client.model_versions.list(*HERE, "Churn")}
    assert default == {"1", "2", "hand-made"}
    assert "retired" not in {one.name for one in seen.client.model_containers.list(*HERE)}


@pytest.mark.parametrize("where", ["models", "models/Churn/versions", "onlineEndpoints", "jobs"])
def test_replies_are_as_the_vendors_models_have_them(seen: Seen, where: str) -> None:
    base = seen.azure.workspaces[WORKSPACE].base
    kind = {"models/Churn/versions": "models/*/versions"}.get(where, where)
    status, said = answer(seen.azure, "GET", f"{base}/{where}?api-version={API_VERSION}")
    assert status == 200
    assert said["value"]
    assert without_nulls(round_trip(COLLECTIONS[kind].page, said)) == without_nulls(said)


@pytest.mark.parametrize("where", ["onlineEndpoints/front", "batchEndpoints/night"])
def test_replies_about_deployments_are_as_the_vendors_models_have_them(seen: Seen, where: str) -> None:
    base = seen.azure.workspaces[WORKSPACE].base
    _, said = answer(seen.azure, "GET", f"{base}/{where}/deployments?api-version={API_VERSION}")
    kind = COLLECTIONS[f"{where.split('/')[0]}/*/deployments"].page
    assert said["value"]
    assert without_nulls(round_trip(kind, said)) == without_nulls(said)


@pytest.mark.parametrize(
    ("where", "status", "code"),
    [
        ("models?api-version=2019-01-01", 400, "InvalidApiVersionParameter"),
        ("models?", 400, "MissingApiVersionParameter"),
        ("models?api-version=2024-04-01&$skip=nonsense", 400, "InvalidContinuationToken"),
        ("models?api-version=2024-04-01&all=1", 400, "InvalidQueryParameter"),
        ("models?api-version=2024-04-01&listViewType=Everything", 400, "ValidationError"),
        ("models/none/versions?api-version=2024-04-01", 404, "UserError"),
        ("nothing?api-version=2024-04-01", 404, "InvalidResourceType"),
        ("jobs/none?api-version=2024-04-01", 404, "UserError"),
    ],
)
def test_what_is_refused(seen: Seen, where: str, status: int, code: str) -> None:
    base = seen.azure.workspaces[WORKSPACE].base
    told, said = answer(seen.azure, "GET", f"{base}/{where}")
    assert (told, said["error"]["code"]) == (status, code)


def test_what_the_client_may_not_put(seen: Seen) -> None:
    from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
    from azure.mgmt.machinelearningservices import models

    bare = models.ModelVersion(properties=models.ModelVersionProperties())
    with pytest.raises(HttpResponseError, match="not valid"):
        seen.client.model_versions.create_or_update(*HERE, "Churn", "a b", bare)
    traffic = models.OnlineEndpointProperties(auth_mode="Key", traffic={"blue": 50})
    endpoint = models.OnlineEndpoint(location="westeurope", properties=traffic)
    with pytest.raises(HttpResponseError, match="sum to 100"):
        seen.client.online_endpoints.begin_create_or_update(*HERE, "front", endpoint)
    with pytest.raises(ResourceNotFoundError, match="elsewhere"):
        next(iter(seen.client.model_containers.list(GROUP, "elsewhere")))


def test_a_field_that_the_vendor_does_not_know_would_be_seen() -> None:
    assert list(faults("ModelVersion", {"name": 1, "properties": {"madeUp": 2}})) == [
        ".name: 1 is no str",
        ".properties.madeUp: ModelVersionProperties has no such field",
    ]
    assert list(faults("ModelVersion", {"name": "1"})) == [".properties: ModelVersion needs it"]
