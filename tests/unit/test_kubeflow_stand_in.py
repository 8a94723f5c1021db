"""The stand-in of Kubeflow's Model Registry: what it refuses, and that the registry's OpenAPI document agrees."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.platforms.kubeflow import KubeflowServer, kubeflow_server
from tests.support.platforms.kubeflow.routes import OLDER, V1
from tests.support.platforms.kubeflow.server import BASE, Exchange
from tests.support.platforms.kubeflow.shapes import ARTIFACTS, SHAPES

DOCUMENT = Path(__file__).resolve().parents[3] / "shared" / "specs" / "kubeflow-model-registry-openapi.yaml"

ID = {"registeredModelId": "1", "servingEnvironmentId": "2"}
TEXT = {"metadataType": "MetadataStringValue", "string_value": "x"}
BODIES: list[tuple[str, Mapping[str, Any], bool]] = [
    ("RegisteredModel", {"name": "m", "owner": "o", "language": ["en"], "customProperties": {"a": TEXT}}, True),
    ("RegisteredModel", {}, False),
    ("RegisteredModel", {"name": 7}, False),
    ("RegisteredModel", {"name": "m", "state": "DELETED"}, False),
    ("RegisteredModel", {"name": "m", "tasks": "one"}, False),
    ("RegisteredModel", {"name": "m", "customProperties": {"a": "x"}}, False),
    ("RegisteredModel", {"name": "m", "customProperties": {"a": {**TEXT, "more": 1}}}, False),
    ("RegisteredModel", {"name": "m", "customProperties": {"a": {"string_value": "x"}}}, False),
    (
        "RegisteredModel",
        {"name": "m", "customProperties": {"a": {"metadataType": "MetadataIntValue", "int_value": "007"}}},
        False,
    ),
    ("ModelVersion", {"name": "v", "registeredModelId": "1", "author": "a"}, True),
    ("ModelVersion", {"name": "v"}, False),
    ("ModelVersion", {"name": "v", "registeredModelId": 1}, False),
    ("ModelVersion", {"name": "v", "registeredModelId": "0"}, False),
    ("ModelVersion", {"name": "", "registeredModelId": "1"}, False),
    ("InferenceService", {**ID, "modelVersionId": "3", "desiredState": "UNDEPLOYED"}, True),
    ("InferenceService", {**ID, "desiredState": "GONE"}, False),
    ("InferenceService", {**ID, "modelVersionId": ""}, False),
    ("InferenceService", {"registeredModelId": "1"}, False),
    ("ServingEnvironment", {"name": "prod"}, True),
    ("ServingEnvironment", {"name": ""}, False),
    ("ExperimentRun", {"experimentId": "1", "status": "FINISHED", "endTimeSinceEpoch": "5"}, True),
    ("ExperimentRun", {"experimentId": "1", "status": "DONE"}, False),
    ("ExperimentRun", {"experimentId": "1", "endTimeSinceEpoch": 5}, False),
    ("model-artifact", {"artifactType": "model-artifact", "uri": "s3://x", "modelSourceKind": "kfp"}, True),
    ("model-artifact", {"artifactType": "model-artifact", "uri": 1}, False),
    ("metric", {"artifactType": "metric", "name": "auc", "value": 0.5, "step": 1}, True),
    ("metric", {"artifactType": "metric", "value": "0.5"}, False),
    ("parameter", {"artifactType": "parameter", "value": "1", "parameterType": "tuple"}, False),
]


@pytest.fixture(scope="module")
def server() -> Iterator[KubeflowServer]:
    with kubeflow_server() as server:
        yield server


@pytest.fixture
def client(server: KubeflowServer) -> Iterator[httpx.Client]:
    server.reset()
    with httpx.Client(base_url=f"{server.url}{BASE}", trust_env=False) as client:
        yield client


def specification() -> Any:
    if not DOCUMENT.exists():
        pytest.skip("the registry's OpenAPI document is not at hand")
    yaml = pytest.importorskip("yaml")
    from tests.support.platforms.kubeflow.specification import Specification

    return Specification(yaml.safe_load(DOCUMENT.read_text(encoding="utf-8")))


def create(client: httpx.Client, path: str, **body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


@pytest.mark.parametrize(("kind", "body", "right"), BODIES)
def test_a_body_is_taken_or_refused(kind: str, body: Mapping[str, Any], right: bool) -> None:
    shape = ARTIFACTS[kind] if kind in ARTIFACTS else SHAPES[kind]
    assert (list(shape.faults(body, new=True)) == []) is right


def test_the_specification_judges_bodies_alike() -> None:
    told = specification()
    paths = {
        "RegisteredModel": "registered_models",
        "ModelVersion": "model_versions",
        "InferenceService": "inference_services",
        "ServingEnvironment": "serving_environments",
        "ExperimentRun": "experiment_runs",
    }
    for kind, body, right in BODIES:
        path = paths.get(kind, "artifacts")
        reply = {"name": "x", **ID, "experimentId": "1", "artifactType": "metric"}
        faults = list(told.faults(Exchange("POST", f"{OLDER}/{path}", {}, body, 201, reply)))
        of_body = [one for one in faults if "Unevaluated" not in one and "no such status" not in one]
        assert (of_body == []) is right, (kind, body, of_body)


def test_the_specification_finds_what_is_wrong_with_a_reply() -> None:
    told = specification()
    thing = {"id": "1", "name": "m", "createTimeSinceEpoch": "5", "state": "LIVE"}
    reply = {"items": [thing], "nextPageToken": "", "pageSize": 5, "size": 1}
    good = Exchange("GET", f"{OLDER}/registered_models", {"pageSize": "5"}, None, 200, reply)
    assert list(told.faults(good)) == []
    for wrong in (
        replace(good, path=f"{OLDER}/models"),
        replace(good, method="DELETE"),
        replace(good, query={"pageSize": "0"}),
        replace(good, query={"page": "1"}),
        replace(good, body={}),
        replace(good, status=418),
        replace(good, reply={"items": []}),
        *(replace(good, reply={**reply, "items": [{**thing, **more}]}) for more in ({"id": 1}, {"color": "red"})),
        replace(good, path=f"{V1}/experiments"),
    ):
        assert list(told.faults(wrong)), wrong


def test_nothing_is_there_but_in_its_version(server: KubeflowServer, client: httpx.Client) -> None:
    assert client.get(f"{V1}/registered_models").json() == {"items": [], "nextPageToken": "", "pageSize": 0, "size": 0}
    assert client.get(f"{OLDER}/experiments").status_code == 200
    server.versions = (OLDER,)
    for path in ("v1/registered_models", "v1alpha3/nothing", "v1alpha3/model_versions/1/nothing/more"):
        answer = client.get(path)
        assert (answer.status_code, answer.text) == (404, "404 page not found\n")


def test_v1_has_no_experiments(client: httpx.Client) -> None:
    for path in ("experiments", "experiment_runs", "experiment", "experiment_runs/1/artifacts"):
        assert client.get(f"{V1}/{path}").text == "404 page not found\n"
    metric = {"artifactType": "metric", "name": "a", "value": 1}
    assert client.post(f"{V1}/artifacts", json={**metric, "experimentRunId": "1"}).status_code == 400
    assert client.post(f"{V1}/artifacts", json={**metric, "step": 1}).status_code == 400
    made = create(client, f"{V1}/artifacts", **metric, step="3")
    assert made["step"] == "3"
    assert client.get(f"{OLDER}/artifacts/{made['id']}").json()["step"] == 3


@pytest.mark.parametrize(
    "path",
    ["registered_models/7", "model_versions/7", "model_versions/7/artifacts", "inference_services/7/version"],
)
def test_an_unknown_id_is_told_in_the_registrys_way(client: httpx.Client, path: str) -> None:
    answer = client.get(f"{V1}/{path}")
    assert answer.status_code == 404
    assert set(answer.json()) == {"code", "message"}
    assert "7: not found" in answer.json()["message"]


@pytest.mark.parametrize(
    "query",
    [
        {"pageSize": "0"},
        {"pageSize": "many"},
        {"orderBy": "NAME"},
        {"sortOrder": "down"},
        {"nextPageToken": "%%"},
        {"nextPageToken": "YQ=="},
        {"filterQuery": "name = 'a'"},
        {"page": "2"},
    ],
)
def test_parameters_that_are_not_as_documented(client: httpx.Client, query: dict[str, str]) -> None:
    assert client.get(f"{V1}/model_versions", params=query).status_code == 400


def test_ids_and_names_that_are_not_as_documented(client: httpx.Client) -> None:
    assert client.get(f"{V1}/model_versions/x").status_code == 400
    assert client.get(f"{V1}/model_versions/01/artifacts").status_code == 400
    assert client.get(f"{V1}/registered_model", params={"name": "ночь"}).status_code == 400
    assert client.get(f"{V1}/model_version", params={"name": "v1"}).status_code == 400
    assert client.post(f"{V1}/registered_models", content=b"{").status_code == 400
    assert client.post(f"{V1}/registered_models", json=[]).status_code == 400
    assert client.post(f"{V1}/registered_models", json={"name": "m", "color": "red"}).status_code == 400
    assert client.post(f"{V1}/artifacts", json={"name": "m"}).status_code == 400
    assert client.delete(f"{V1}/registered_models").status_code == 405


def test_what_is_taken_and_what_is_not_there(client: httpx.Client) -> None:
    model = create(client, f"{V1}/registered_models", name="m", externalId="e")
    for body in ({"name": "m"}, {"name": "n", "externalId": "e"}):
        assert client.post(f"{V1}/registered_models", json=body).status_code == 409
    version = {"name": "v", "registeredModelId": model["id"]}
    create(client, f"{V1}/model_versions", **version)
    assert client.post(f"{V1}/model_versions", json=version).status_code == 409
    assert client.post(f"{V1}/model_versions", json={**version, "registeredModelId": "99"}).status_code == 400


def test_a_name_stays_and_the_rest_can_be_changed(client: httpx.Client) -> None:
    model = create(client, f"{V1}/registered_models", name="m")
    changed = client.patch(f"{V1}/registered_models/{model['id']}", json={"state": "ARCHIVED", "name": "other"}).json()
    assert (changed["name"], changed["state"]) == ("m", "ARCHIVED")
    assert client.patch(f"{V1}/registered_models/{model['id']}", json={"state": "GONE"}).status_code == 400


@pytest.mark.parametrize("order", ["ID", "CREATE_TIME", "LAST_UPDATE_TIME"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_pages_have_all_once_and_in_order(
    server: KubeflowServer, client: httpx.Client, order: str, direction: str
) -> None:
    server.store.seed("m", 7)
    found: list[int] = []
    token = ""
    while token or not found:
        query = {
            "pageSize": "3",
            "orderBy": order,
            "sortOrder": direction,
            **({"nextPageToken": token} if token else {}),
        }
        answer = client.get(f"{V1}/model_versions", params=query).json()
        assert answer["size"] == len(answer["items"])
        found += [int(one["id"]) for one in answer["items"]]
        token = answer["nextPageToken"]
    assert found == sorted(found, reverse=direction == "DESC")
    assert len(found) == 7
