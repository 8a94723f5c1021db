"""Kubeflow: which version of its API is asked, and what is a whole listing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from registry_sheets.platforms.kubeflow_api import base_address
from registry_sheets.registry.platforms.values import PlatformVersion
from tests.support.platforms.kubeflow import KubeflowServer, Store, kubeflow_server
from tests.support.platforms.kubeflow.asking import (
    CHURN,
    FIRST,
    NO_PATH,
    Answer,
    Answers,
    asking,
    opened,
    page,
    unanswered,
    versions,
)
from tests.support.platforms.kubeflow.routes import OLDER, V1


@pytest.fixture(scope="module")
def server() -> Iterator[KubeflowServer]:
    with kubeflow_server() as server:
        yield server


@pytest.fixture
def store(server: KubeflowServer) -> Store:
    server.reset()
    return server.store


@pytest.mark.parametrize("status", [401, 403, 400])
def test_a_denied_v1_is_not_an_older_registry(status: int) -> None:
    answers = Answers({"registered_models": (status, {"message": "no"}), f"{OLDER}/registered_models": page(CHURN)})
    assert str(status) in unanswered(lambda: list(opened(answers).versions(""))).message
    assert set(answers.paths()) == {"v1/registered_models"}


def test_a_failing_v1_is_not_an_older_registry() -> None:
    answers = Answers({"registered_models": (500, {"message": "database is gone"}), f"{OLDER}/model_versions": page()})
    assert "database is gone" in unanswered(lambda: list(opened(answers).versions(""))).message


@pytest.mark.parametrize("missing", [NO_PATH, (404, {"message": "no Route matched"})])
def test_without_v1_the_older_is_asked(missing: Answer) -> None:
    told = {f"{V1}/registered_models": missing, f"{OLDER}/registered_models": page(CHURN)}
    (one,) = versions({**told, f"{OLDER}/model_versions": page(FIRST)})
    assert (one.model, one.version) == ("churn", "v1")


def test_neither_is_no_registry() -> None:
    told = unanswered(lambda: versions({"registered_models": NO_PATH}))
    assert "404" in told.message
    assert "Kubeflow Model Registry" in told.fix


@pytest.mark.parametrize("below", ["", "/", "/api/model_registry", "/api/model_registry/v1alpha3/registered_models"])
def test_an_address_may_be_that_of_the_api(below: str) -> None:
    assert base_address(f"https://mr.example.com/kubeflow{below}") == "https://mr.example.com/kubeflow"


def test_5000_versions_are_not_5000_calls(server: KubeflowServer, store: Store) -> None:
    store.seed("churn", 5000)
    store.deploy("churn", "v17", "front")
    platform = asking(server)
    found = list(platform.versions(""))
    assert len({one.id for one in found}) == 5000
    assert [one.version for one in platform.deployments("", found)] == ["v17"]
    assert len(server.exchanges) <= 16


def test_a_short_page_is_not_the_last_and_an_empty_one_neither() -> None:
    second = {**FIRST, "id": "3", "name": "v2"}
    pages = [page(FIRST, token="a"), page(token="b"), page(second)]
    assert [one.version for one in versions({"registered_models": page(CHURN), "model_versions": pages})] == [
        "v1",
        "v2",
    ]


def test_pages_that_go_round_in_a_circle() -> None:
    told = {"registered_models": page(CHURN), "model_versions": page(FIRST, token="again")}
    assert "circle" in unanswered(lambda: versions(told)).message


@pytest.mark.parametrize("reply", [{}, {"registered_models": []}, {"message": "hello"}])
def test_an_answer_without_items_is_no_empty_listing(reply: Any) -> None:
    unanswered(lambda: versions({"registered_models": (200, reply)}))


@pytest.mark.parametrize("items", ["x", 7, [1], [None], {"a": 1}])
def test_items_that_are_no_list_of_objects(items: Any) -> None:
    unanswered(lambda: versions({"model_versions": (200, {"items": items, "nextPageToken": ""})}))


def test_null_is_what_go_says_for_an_empty_list() -> None:
    assert versions({"model_versions": (200, {"items": None, "nextPageToken": "", "size": 0})}) == []


def test_a_page_that_fails_for_good_after_others() -> None:
    pages = [page(FIRST, token="a"), *[(500, {"message": "oops"})] * 5]
    found: list[PlatformVersion] = []
    platform = opened(Answers({"registered_models": page(CHURN), "model_versions": pages}))
    unanswered(lambda: found.extend(platform.versions("")))
    assert [one.version for one in found] == ["v1"]


def test_denial_names_the_rights() -> None:
    told = unanswered(lambda: versions({"registered_models": (403, {"message": "RBAC: access denied"})}))
    assert re.search("AuthorizationPolicy|registry-user", told.fix)
    assert "RBAC: access denied" in told.message
