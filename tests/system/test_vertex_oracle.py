"""Google's own client of Vertex AI makes and reads what the adapter reads, and both see the same, field by field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from googleapiclient.discovery import build  # type: ignore[import-untyped]
from googleapiclient.errors import HttpError  # type: ignore[import-untyped]

from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion
from tests.support.platforms.vertex.asking import empty_lab
from tests.support.platforms.vertex.lab import HERE, VertexLab
from tests.support.platforms.vertex.served import VertexServer, serving
from tests.support.platforms.vertex.training import data_set, evaluate, train

Json = dict[str, Any]
NAMES = ("Kältemittel Prognose", "ночь", "模型-7", "a'b\"c<d>", "churn", "churn")


@pytest.fixture(scope="module")
def server() -> Iterator[VertexServer]:
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def client(server: VertexServer) -> Any:
    """projects().locations() of Google's client."""
    options = {"api_endpoint": server.url}
    signed = {"credentials": AnonymousCredentials(), "client_options": options}  # type: ignore[no-untyped-call]
    return build("aiplatform", "v1", static_discovery=True, **signed).projects().locations()


@pytest.fixture
def lab(server: VertexServer) -> Iterator[VertexLab]:
    with empty_lab(server) as found:
        yield found


def upload(client: Any, lab: VertexLab, model: Json, parent_model: str = "", location: str = HERE) -> str:
    """Register a version through Google's client; gives 'models/…@version'."""
    body = {"model": model, **({"parentModel": parent_model} if parent_model else {})}
    parent = f"projects/{lab.world.project}/locations/{location}"
    done = client.models().upload(parent=parent, body=body).execute()["response"]
    return f"{done['model']}@{done['modelVersionId']}"


def everything(client: Any, lab: VertexLab) -> None:
    """Models, versions, aliases and endpoints of all kinds, made through Google's client."""
    for place, name in enumerate(NAMES):
        labels = {"team": "größe", "n": str(place)}
        model = upload(client, lab, {"displayName": name, "description": "Wozu?", "labels": labels}).partition("@")[0]
        told = {"displayName": name, "versionDescription": "ещё одна", "artifactUri": f"gs://models/{place}/"}
        golden = upload(client, lab, told | {"versionAliases": ["golden"]}, model)
        upload(client, lab, {"displayName": name}, model)
        client.models().mergeVersionAliases(name=golden, body={"versionAliases": ["default", "canary-7"]}).execute()
        client.models().deleteVersion(name=f"{model}@3").execute()
        endpoint = client.endpoints().create(parent=lab.world.parent(HERE), body={"displayName": f"vor {name}"})
        deploy(client, endpoint.execute()["response"]["name"], f"{model}@1", golden)
    upload(client, lab, {"displayName": "churn"}, location="europe-west4")


def deploy(client: Any, endpoint: str, first: str, second: str) -> None:
    """Two versions behind an endpoint, and one that was there and went."""
    made = []
    for split, model in (({"0": 100}, first), ({}, second), ({}, second)):
        body = {"deployedModel": {"model": model}, "trafficSplit": split}
        done = client.endpoints().deployModel(endpoint=endpoint, body=body).execute()
        made.append(done["response"]["deployedModel"]["id"])
    body = {"deployedModelId": made[2], "trafficSplit": {made[0]: 93, made[1]: 7}}
    client.endpoints().undeployModel(endpoint=endpoint, body=body).execute()


def pages(resource: Any, method: str, key: str, **asked: Any) -> Iterator[Json]:
    """All that Google's client lists, by its own way from page to page."""
    request = getattr(resource, method)(**asked)
    while request is not None:
        answer = request.execute()
        yield from answer.get(key, ())
        request = getattr(resource, f"{method}_next")(request, answer)


def seen_versions(client: Any, lab: VertexLab) -> list[PlatformVersion]:
    """The versions as Google's client tells them."""
    found: list[PlatformVersion] = []
    for location in lab.world.locations:
        for model in pages(client.models(), "list", "models", parent=lab.world.parent(location), pageSize=7):
            for one in pages(client.models(), "listVersions", "models", name=model["name"]):
                run = one.get("trainingPipeline", "")
                found.append(
                    PlatformVersion(
                        model["displayName"], one["versionId"], location, one["name"],
                        datetime.fromisoformat(one["versionCreateTime"]), "", tuple(one.get("versionAliases", ())),
                        one.get("artifactUri", ""), run, page_of(run), "", "",
                        one.get("versionDescription") or one.get("description") or "", one.get("labels", {}), None,
                    )
                )  # fmt: skip
    return found


def page_of(run: str) -> str:
    if not run:
        return ""
    _, project, _, location, _, own = run.split("/")
    return f"https://console.cloud.google.com/ai/platform/locations/{location}/training/{own}?project={project}"


def seen_deployments(client: Any, lab: VertexLab) -> list[Deployment]:
    """What serves as Google's client tells it; each model is asked for by its name."""
    found = []
    for location in lab.world.locations:
        for endpoint in pages(client.endpoints(), "list", "endpoints", parent=lab.world.parent(location), pageSize=4):
            for one in endpoint.get("deployedModels", ()):
                model = client.models().get(name=one["model"]).execute()
                share = endpoint.get("trafficSplit", {}).get(one["id"], 0) / 100
                since = datetime.fromisoformat(one["createTime"])
                version = one["modelVersionId"]
                name = endpoint["displayName"]
                found.append(Deployment(model["displayName"], version, name, location, "", share, since, ""))
    return found


def test_the_same_versions(client: Any, lab: VertexLab) -> None:
    everything(client, lab)
    train(lab.world, f"{lab.named('churn')}@2", job={})
    seen = seen_versions(client, lab)
    assert lab.all_versions() == seen
    assert len(seen) == 2 * len(NAMES) + 1
    assert {one.aliases for one in seen if one.version == "2"} == {("golden", "default", "canary-7")}
    assert sum(bool(one.run) for one in seen) == 1


def test_the_same_deployments(client: Any, lab: VertexLab) -> None:
    everything(client, lab)
    seen = seen_deployments(client, lab)
    assert lab.all_deployments() == seen
    assert [one.share for one in seen] == [0.93, 0.07] * len(NAMES)


def test_the_same_over_many_pages(client: Any, lab: VertexLab) -> None:
    lab.server.pages.short = True
    lab.add("churn", 700)
    for number in range(110):
        lab.deploy("churn", {"1": 0.5, "2": 0.5}, f"front {number}")
    assert lab.all_versions() == seen_versions(client, lab)
    assert len(lab.all_deployments()) == 220
    seen = pages(client.endpoints(), "list", "endpoints", parent=lab.world.parent(HERE))
    ids = [one["id"] for endpoint in seen for one in endpoint["deployedModels"]]
    assert len(ids) == 220


def test_the_same_lineage(client: Any, lab: VertexLab) -> None:
    lab.add("churn", 2)
    own = data_set(lab.world, lab.world.parent(HERE), {"gcsSource": {"uri": ["gs://data/a.csv"]}})
    name = f"{lab.named('churn')}@2"
    train(lab.world, name, {"inputDataConfig": {"datasetId": own}}, job={})
    evaluate(lab.world, name, {"auRoc": 0.87})
    platform = lab.open()
    (_, nothing), (version, told) = platform.lineage(tuple(platform.versions(HERE)))
    platform.close()
    assert nothing == Lineage()
    pipeline = client.trainingPipelines().get(name=version.run).execute()
    job = client.customJobs().get(name=pipeline["trainingTaskMetadata"]["backingCustomJob"]).execute()
    data = f"{lab.world.parent(HERE)}/datasets/{pipeline['inputDataConfig']['datasetId']}"
    source = client.datasets().get(name=data).execute()["metadata"]["inputConfig"]["gcsSource"]["uri"]
    (metrics,) = pages(client.models().evaluations(), "list", "modelEvaluations", parent=version.id)
    assert told.data == tuple(source)
    assert told.metrics == metrics["metrics"]
    for seen, ours in ((job["endTime"], told.trained), (job["startTime"], told.began)):
        assert ours
        assert abs(datetime.fromisoformat(seen[:26].rstrip("Z") + "+00:00") - ours) < timedelta(microseconds=1)


def test_a_refusal_is_one_for_both(client: Any, lab: VertexLab) -> None:
    with pytest.raises(HttpError, match="page token"):
        client.models().list(parent=lab.world.parent(HERE), pageToken="made-up").execute()
    with pytest.raises(HttpError, match="not found"):
        client.models().get(name=f"{lab.world.parent(HERE)}/models/7").execute()
