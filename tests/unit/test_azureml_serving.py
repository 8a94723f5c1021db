"""Azure ML: what serves, which share of the traffic, and since when."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from registry_sheets.registry.platforms.values import Deployment, PlatformVersion
from tests.support.platforms.azureml.asking import CHANGED, HUGE, MADE, deployed, online, serves


def test_shares_of_traffic() -> None:
    deployments = [deployed(f"D{number}", f"azureml:m:{number}") for number in range(9)]
    traffic = {"d0": 60, "D1": "30", "d2": None, "d3": True, "d4": -1, "d5": HUGE, "D6": 101, "d7": [1]}
    found = serves(online(deployments, traffic=traffic, mirrorTraffic={"D8": 20}))
    assert [one.share for one in found] == [0.6, 0.3, None, None, None, None, None, None, 0.0]


@pytest.mark.parametrize("traffic", [None, 7, [], "blue"])
def test_traffic_that_is_not_told(traffic: Any) -> None:
    assert [one.share for one in serves(online([deployed("blue", "azureml:m:1")], traffic=traffic))] == [None]


@pytest.mark.parametrize(
    ("state", "counts"),
    [
        ("Succeeded", 1),
        ("Scaling", 1),
        ("updating", 1),
        (None, 1),
        ("New", 1),
        ("Failed", 0),
        ("DELETING", 0),
        ("Creating", 0),
        ("Canceled", 0),
    ],
)
def test_what_failed_does_not_serve(state: Any, counts: int) -> None:
    assert len(serves(online([deployed("blue", "azureml:m:1", state)], traffic={"blue": 100}))) == counts


def test_an_endpoint_that_goes_away_does_not_serve() -> None:
    assert serves(online([deployed("blue", "azureml:m:1")], provisioningState="Deleting")) == []
    assert len(serves(online([deployed("blue", "azureml:m:1")], provisioningState="Failed"))) == 1


def test_deployments_of_one_version_are_one() -> None:
    later = {**deployed("green", "azureml:m:1"), "systemData": {"createdAt": "2026-04-01T00:00:00Z"}}
    found = serves(online([later, deployed("blue", "azureml:m:1")], traffic={"blue": 30, "green": 70}))
    assert found == [Deployment("m", "1", "front", "ws", share=1.0, since=MADE)]
    undated = {**deployed("green", "azureml:m:1"), "systemData": None}
    assert [one.since for one in serves(online([undated, deployed("blue", "azureml:m:1")]))] == [None]


def test_since_when() -> None:
    answers = online([deployed("blue", "azureml:Churn:1")], traffic={"blue": 100})
    for registered, since in (
        (None, MADE),
        (datetime(2026, 2, 1, tzinfo=UTC), MADE),
        (datetime(2026, 3, 5, tzinfo=UTC), CHANGED),  # it was put into the deployment afterwards
        (datetime(2026, 3, 10, tzinfo=UTC), None),
    ):
        (found,) = serves(answers, [PlatformVersion("Churn", "1", "ws", created=registered)])
        assert found.since == since


def test_a_model_in_the_image_is_told_by_its_environment() -> None:
    (found,) = serves(online([deployed("blue", None, environmentId="azureml:env:3")]))
    assert (found.model, found.version, found.source) == ("", "", "azureml:env:3")


def test_batch_endpoints_serve_by_their_default() -> None:
    def batch(default: Any, model: Any = "azureml:m:1") -> list[Deployment]:
        return serves(
            {
                "batchEndpoints": [{"name": "night", "properties": {"defaults": default}}],
                "batchEndpoints/night/deployments": [deployed("Nightly", model), deployed("old", "azureml:m:0")],
            }
        )

    (found,) = batch({"deploymentName": "nightly"})
    assert found == Deployment("m", "1", "night", "ws", since=MADE)
    assert batch({"deploymentName": "nightly"}, model=None) == []  # a pipeline
    for none in (None, {}, {"deploymentName": None}, {"deploymentName": "gone"}, 7):
        assert batch(none) == []


@pytest.mark.parametrize(
    ("properties", "counts"),
    [
        ({"modelSettings": {"modelId": "azureml://registries/r/models/n"}}, 1),
        ({"modelSettings": None}, 1),
        ({"endpointState": "Online", "provisioningState": "Succeeded"}, 1),
        ({"endpointState": "Suspended"}, 0),
        ({"provisioningState": "Failed"}, 0),
    ],
)
def test_serverless_endpoints(properties: dict[str, Any], counts: int) -> None:
    found = serves({"serverlessEndpoints": [{"name": "llama", "properties": properties}]})
    assert len(found) == counts
    assert all(one.model == "" and one.endpoint == "llama" and one.share is None for one in found)
