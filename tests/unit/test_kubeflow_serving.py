"""Kubeflow: what serves and where, and what vanished meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

import pytest

from registry_sheets.registry.platforms.values import Deployment, PlatformVersion
from tests.support.platforms.kubeflow import KubeflowServer, Store, kubeflow_server
from tests.support.platforms.kubeflow.asking import (
    CHURN,
    FIRST,
    KNOWN,
    NO_PATH,
    NONE,
    Answer,
    Answers,
    asking,
    opened,
    page,
    unanswered,
)


@pytest.fixture(scope="module")
def server() -> Iterator[KubeflowServer]:
    with kubeflow_server() as server:
        yield server


@pytest.fixture
def store(server: KubeflowServer) -> Store:
    server.reset()
    return server.store


def deployments(told: Mapping[str, Any], *known: PlatformVersion) -> list[Deployment]:
    return list(opened(Answers(told)).deployments("", known))


SERVICE = {
    "id": "7",
    "name": "front",
    "registeredModelId": "1",
    "servingEnvironmentId": "5",
    "desiredState": "DEPLOYED",
}


def test_what_serves_and_where(server: KubeflowServer, store: Store) -> None:
    store.seed("churn", 2)
    store.deploy("churn", "v1", "front/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "prod")
    undeployed = store.deploy("churn", "v1", "back")
    store.update("InferenceService", undeployed["id"], {"desiredState": "UNDEPLOYED"})
    store.deploy("churn", "", "latest", "test")
    platform = asking(server)
    found = list(platform.deployments("", list(platform.versions(""))))
    assert [(one.endpoint, one.environment, one.version, one.share) for one in found] == [
        ("front", "prod", "v1", None),
        ("latest", "test", "v2", None),
    ]
    assert all(one.since and one.since.tzinfo is UTC for one in found)


@pytest.mark.parametrize(("state", "serves"), [("DEPLOYED", 1), ("UNDEPLOYED", 0), (None, 1), ("PAUSED", 0)])
def test_deployed_is_the_default(state: str | None, serves: int) -> None:
    told = {"inference_services": page({**SERVICE, "modelVersionId": "2", "desiredState": state})}
    assert len(deployments(told, KNOWN)) == serves


def test_environments_are_not_asked_for_where_nothing_serves() -> None:
    answers = Answers({"inference_services": page({**SERVICE, "desiredState": "UNDEPLOYED"})})
    assert list(opened(answers).deployments("", [])) == []
    assert "v1/serving_environments" not in answers.paths()


@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        ("front/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "front"),
        ("a/b", "a/b"),
        ("/3f2504e0-4f89-41d3-9a0c-0305e82c3301", "/3f2504e0-4f89-41d3-9a0c-0305e82c3301"),
        (None, "7"),
    ],
)
def test_a_service_goes_by_its_name(name: str | None, endpoint: str) -> None:
    told = {"inference_services": page({**SERVICE, "name": name, "modelVersionId": "2"})}
    assert [one.endpoint for one in deployments(told, KNOWN)] == [endpoint]


def test_a_service_without_a_version_serves_what_the_registry_says() -> None:
    told = {"inference_services": page(SERVICE), "inference_services/7/version": (200, FIRST)}
    (one,) = deployments(told, KNOWN._replace(source="s3://a"))
    assert (one.model, one.version, one.source) == ("churn", "v1", "s3://a")


def test_a_service_of_a_model_without_versions_serves_nothing_registered() -> None:
    told = {"inference_services": page(SERVICE), "inference_services/7": (200, SERVICE)}
    (one,) = deployments({**told, "registered_models/1": (200, CHURN)})
    assert (one.model, one.version, one.endpoint) == ("", "", "front")
    assert "churn" in one.source


def test_a_service_that_vanished_meanwhile_serves_nothing() -> None:
    assert deployments({"inference_services": page(SERVICE)}) == []


def test_a_version_that_the_registry_does_not_have_serves_all_the_same() -> None:
    (one,) = deployments({"inference_services": page({**SERVICE, "modelVersionId": "99"})}, KNOWN)
    assert (one.model, one.version, one.endpoint) == ("", "", "front")
    assert "99" in one.source


def test_a_version_newer_than_the_listing_is_asked_for() -> None:
    told = {
        "inference_services": page({**SERVICE, "modelVersionId": "3"}),
        "model_versions/3": (200, {**FIRST, "id": "3", "name": "v2"}),
        "registered_models/1": (200, CHURN),
    }
    assert [(one.model, one.version) for one in deployments(told, KNOWN)] == [("churn", "v2")]


def test_a_path_that_nobody_serves_is_not_a_version_that_vanished() -> None:
    told = {"inference_services": page(SERVICE), "inference_services/7/version": NO_PATH}
    assert "404" in unanswered(lambda: deployments(told)).message


@pytest.mark.parametrize(("answer", "name"), [((200, {"id": "5", "name": "prod"}), "prod"), (NONE, "")])
def test_an_environment_that_is_not_in_the_listing(answer: Answer, name: str) -> None:
    services = page({**SERVICE, "modelVersionId": "2"}, {**SERVICE, "id": "8", "modelVersionId": "2"})
    answers = Answers({"inference_services": services, "serving_environments/5": answer})
    found = list(opened(answers).deployments("", [KNOWN]))
    assert [one.environment for one in found] == [name, name]
    assert answers.paths().count("v1/serving_environments/5") == 1


def test_environments_that_are_denied_make_the_answer_incomplete() -> None:
    told = {"inference_services": page({**SERVICE, "modelVersionId": "2"}), "serving_environments": (403, {})}
    assert "403" in unanswered(lambda: deployments(told, KNOWN)).message
