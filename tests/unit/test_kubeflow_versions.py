"""Kubeflow: what the adapter makes of versions and their models, and of strange ones."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.support.platforms.kubeflow.asking import (
    CHURN,
    FIRST,
    NO_PATH,
    NONE,
    Answers,
    opened,
    page,
    unanswered,
    versions,
)


@pytest.mark.parametrize(
    ("model", "version", "stage"),
    [("LIVE", "LIVE", ""), ("ARCHIVED", "LIVE", "Archived"), ("LIVE", "ARCHIVED", "Archived"), (None, None, "")],
)
def test_archived_is_a_version_or_its_model(model: str | None, version: str | None, stage: str) -> None:
    told = {"registered_models": page({**CHURN, "state": model}), "model_versions": page({**FIRST, "state": version})}
    assert [one.stage for one in versions(told)] == [stage]


def test_custom_properties_are_tags() -> None:
    properties = {
        "text": {"metadataType": "MetadataStringValue", "string_value": "наука"},
        "int": {"metadataType": "MetadataIntValue", "int_value": "300"},
        "double": {"metadataType": "MetadataDoubleValue", "double_value": 0.5},
        "bool": {"metadataType": "MetadataBoolValue", "bool_value": False},
        "struct": {"metadataType": "MetadataStructValue", "struct_value": "e30="},
        "null": None,
        "list": [1],
        "nothing": {"string_value": None},
    }
    told = {"registered_models": page(CHURN), "model_versions": page({**FIRST, "customProperties": properties})}
    assert [one.tags for one in versions(told)] == [{"text": "наука", "int": "300", "double": "0.5", "bool": "false"}]


@pytest.mark.parametrize("strange", [None, [], {}, "", "x", "-5", 10**400, "9" * 400, 1e308])
def test_no_moment_is_none(strange: Any) -> None:
    told = {"registered_models": page(CHURN), "model_versions": page({**FIRST, "createTimeSinceEpoch": strange})}
    (one,) = versions(told)
    assert one.created is None


@pytest.mark.parametrize("strange", [None, 7, [], {"a": 1}, True])
def test_fields_of_another_kind_break_nothing(strange: Any) -> None:
    more = dict.fromkeys(("author", "description", "state", "customProperties", "name"), strange)
    model = {"id": 1, "name": "churn", "owner": strange, "state": strange}
    (one,) = versions({"registered_models": page(model), "model_versions": page({**FIRST, **more})})
    said = "7" if strange == 7 else ""
    assert (one.owner, one.created_by, one.version, one.tags) == (said, said, said or "2", {})


@pytest.mark.parametrize("listed", [{"name": "v1", "registeredModelId": "1"}, {"id": "2", "name": "v1"}])
def test_what_cannot_be_joined_is_not_left_out_in_silence(listed: Any) -> None:
    unanswered(lambda: versions({"registered_models": page(CHURN), "model_versions": page(listed)}))


def test_a_model_newer_than_the_listing_is_asked_for_once() -> None:
    answers = Answers(
        {
            "model_versions": page(FIRST, {**FIRST, "id": "3", "name": "v2"}),
            "registered_models/1": (200, {**CHURN, "state": "ARCHIVED"}),
        }
    )
    found = list(opened(answers).versions(""))
    assert [(one.model, one.owner, one.stage) for one in found] == [("churn", "ana", "Archived")] * 2
    assert answers.paths().count("v1/registered_models/1") == 1


def test_a_version_whose_model_vanished_meanwhile() -> None:
    gone = {**FIRST, "id": "3", "registeredModelId": "9"}
    found = versions({"registered_models": page(CHURN), "model_versions": page(gone, FIRST)})
    assert [one.id for one in found] == ["2"]


def test_a_model_at_which_the_server_fails_has_not_vanished() -> None:
    told = {"model_versions": page(FIRST), "registered_models/1": NO_PATH}
    assert "404" in unanswered(lambda: versions(told)).message


@pytest.mark.parametrize(
    ("identifier", "path"),
    [("a/b?c#d%", "a%2Fb%3Fc%23d%25"), ("..", "%2E%2E"), ("модель", "%D0%BC%D0%BE%D0%B4%D0%B5%D0%BB%D1%8C")],
)
def test_ids_are_free_text(identifier: str, path: str) -> None:
    version = {**FIRST, "registeredModelId": identifier}
    told = {"model_versions": page(version), f"registered_models/{path}": (200, {**CHURN, "id": identifier})}
    assert [one.model for one in versions(told)] == ["churn"]


def test_an_id_that_no_address_can_hold() -> None:
    def answers(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/model_versions"):
            return httpx.Response(200, text='{"items": [{"id": "2", "registeredModelId": "\\ud800"}], "size": 1}')
        return (
            httpx.Response(200, json=page()[1]) if request.url.path.endswith("s") else httpx.Response(404, json=NONE[1])
        )

    assert list(opened(answers).versions("")) == []
