"""Vertex AI: what serves."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.platforms.values import Deployment
from tests.support.platforms.vertex.asking import MODEL, empty_lab, served_said, unanswered
from tests.support.platforms.vertex.lab import HERE, VertexLab
from tests.support.platforms.vertex.served import VertexServer, serving


@pytest.fixture(scope="module")
def server() -> Iterator[VertexServer]:
    with serving() as found:
        yield found


@pytest.fixture
def lab(server: VertexServer) -> Iterator[VertexLab]:
    with empty_lab(server) as found:
        yield found


class TestWhatServes:
    def test_all_that_it_tells(self, lab: VertexLab) -> None:
        lab.add("churn", 2)
        lab.deploy("churn", {"1": 0.9, "2": 0.1}, "front")
        (endpoint,) = lab.world.endpoints.values()
        since = [datetime.fromisoformat(one["createTime"]) for one in endpoint["deployedModels"]]
        first, second = lab.all_deployments()
        assert first == Deployment("churn", "1", "front", HERE, "", 0.9, since[0])
        assert second == Deployment("churn", "2", "front", HERE, "", 0.1, since[1])

    def test_several_pages_of_endpoints(self, lab: VertexLab) -> None:
        lab.add("churn")
        for number in range(230):
            lab.deploy("churn", {"1": 1.0}, f"front {number}")
        assert {one.endpoint for one in lab.all_deployments()} == {f"front {number}" for number in range(230)}
        lab.line.denied(*lab.denial, where="endpoints.*pageToken")
        assert "not let this account" in unanswered(lab)

    @pytest.mark.parametrize(
        ("model", "number", "version"),
        [("", "2", "2"), ("@2", None, "2"), ("@1", "2", "2"), ("@default", None, "1"), ("", None, "1"), ("@2", 2, "2")],
    )
    def test_which_version(self, lab: VertexLab, model: str, number: Any, version: str) -> None:
        lab.add("churn")
        named = lab.named("churn") + model
        (one,) = served_said(lab, [{"id": "1", "model": named, "modelVersionId": number}], trafficSplit={"1": 100})
        assert (one.model, one.version, one.share, one.source) == ("churn", version, 1.0, "")

    def test_the_project_by_its_id(self, lab: VertexLab) -> None:
        lab.add("churn")
        named = lab.named("churn").replace(lab.world.number, lab.world.project)
        (one,) = served_said(lab, [{"id": "1", "model": named, "modelVersionId": "1"}])
        assert one.model == "churn"

    @pytest.mark.parametrize(
        ("model", "number", "source"),
        [
            (MODEL.replace("591020730428", "other"), "2", MODEL.replace("591020730428", "other") + "@2"),
            (MODEL.replace("us-central1", "europe-west4"), None, MODEL.replace("us-central1", "europe-west4")),
            (f"{MODEL.replace('591020730428', 'other')}@3", "2", MODEL.replace("591020730428", "other") + "@2"),
            ("publishers/google/models/gemma", None, "publishers/google/models/gemma"),
            (f"{MODEL}@unheard-of", None, f"{MODEL}@unheard-of"),
            (None, None, "in a box"),
            ([7], "1", "in a box"),
        ],
    )
    def test_what_is_not_registered_here(self, lab: VertexLab, model: Any, number: Any, source: str) -> None:
        told = {"id": "1", "model": model, "modelVersionId": number, "displayName": "in a box"}
        (one,) = served_said(lab, [told], trafficSplit={"1": 100})
        assert (one.model, one.version, one.source, one.share) == ("", "", source, 1.0)

    def test_a_model_of_the_same_id_in_another_location(self, lab: VertexLab) -> None:
        here, there = (lab.world.parent(location) for location in lab.world.locations)
        for parent in (here, there):
            lab.world.upload(parent, {"displayName": "risk"}, own_id="risk")
        deployed = [{"id": "1", "model": f"{parent}/models/risk", "modelVersionId": "1"} for parent in (here, there)]
        first, second = served_said(lab, deployed)
        assert (first.model, first.source) == ("risk", "")
        assert (second.model, second.source) == ("", f"{there}/models/risk@1")

    def test_a_model_of_a_distributed_cloud(self, lab: VertexLab) -> None:
        (one,) = served_said(lab, [{"id": "1", "gdcConnectedModel": "gemini-1.5-flash-002"}])
        assert (one.model, one.source) == ("", "gemini-1.5-flash-002")

    def test_a_model_that_was_not_listed_is_asked_for_once(self, lab: VertexLab) -> None:
        lab.add("churn", 2)
        lab.deploy("churn", {"1": 0.5, "2": 0.5}, "front")
        platform = lab.open()
        found = list(platform.deployments(HERE, ()))
        platform.close()
        assert [(one.model, one.version) for one in found] == [("churn", "1"), ("churn", "2")]
        assert sum("/models/" in asked for asked in lab.line.asked) == 1

    def test_a_version_that_is_deployed_twice_is_one(self, lab: VertexLab) -> None:
        lab.add("churn")
        name = lab.named("churn")
        deployed = [
            {"id": "1", "model": name, "modelVersionId": "1", "createTime": "2026-03-04T00:00:00Z"},
            {"id": "2", "model": f"{name}@1", "modelVersionId": "1", "createTime": "2026-03-02T00:00:00Z"},
            {"id": "3", "model": name, "modelVersionId": "1", "createTime": None},
        ]
        (one,) = served_said(lab, deployed, trafficSplit={"1": 30, "2": 30, "3": 40})
        assert (one.share, one.since) == (1.0, datetime(2026, 3, 2, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("split", "share"),
        [
            ({"1": 7}, 0.07), ({"1": "50"}, 0.5), ({}, 0.0), (None, 0.0), ({"2": 100}, 0.0), ({"1": 0}, 0.0),
            ({"1": 900}, None), ({"1": -1}, None), ({"1": True}, None), ({"1": None}, None), ({"1": "x"}, None),
            ({"1": 10**400}, None), ({"1": 0.5}, None), ([100], None), ("100", None),
        ],
    )  # fmt: skip
    def test_shares(self, lab: VertexLab, split: Any, share: float | None) -> None:
        lab.add("churn")
        (one,) = served_said(lab, [{"id": "1", "model": lab.named("churn")}], trafficSplit=split)
        assert one.share == share

    def test_an_endpoint_in_a_network_of_its_own_splits_nothing(self, lab: VertexLab) -> None:
        lab.add("churn")
        (one,) = served_said(lab, [{"id": "1", "model": lab.named("churn")}], network="projects/1/global/networks/n")
        assert one.share is None

    @pytest.mark.parametrize("name", [None, "", " ", [1]])
    def test_an_endpoint_without_a_name_goes_by_its_id(self, lab: VertexLab, name: Any) -> None:
        lab.add("churn")
        (one,) = served_said(lab, [{"id": "1", "model": lab.named("churn")}], displayName=name)
        assert one.endpoint == "5"

    def test_an_endpoint_that_serves_nothing(self, lab: VertexLab) -> None:
        assert served_said(lab, None) == []

    @pytest.mark.parametrize("deployed", [{}, "x", [1], [None]])
    def test_deployed_models_that_are_none(self, lab: VertexLab, deployed: Any) -> None:
        with pytest.raises(PlatformUnanswered, match="deployedModels"):
            served_said(lab, deployed)
