"""Azure ML: the ways in which a deployment names its model."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from registry_sheets.platforms.azureml_models import Catalogue, Running
from registry_sheets.registry.platforms.values import Deployment, PlatformVersion
from tests.support.platforms.azureml.asking import BASE, CHANGED, MADE, deployed, online, platform

KNOWN = [
    PlatformVersion("Churn", "1", "ws", created=MADE, source="azureml://a"),
    PlatformVersion("Churn", "2", "ws", created=CHANGED),
    PlatformVersion("churn", "2", "ws"),
]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (f"{BASE}/models/Churn/versions/1", ("Churn", "1")),
        (f"{BASE}/models/Churn/versions/1/".upper(), ("Churn", "1")),
        (f"azureml:{BASE}/models/churn/versions/1", ("Churn", "1")),
        ("azureml://subscriptions/s/resourcegroups/rg/workspaces/WS/models/Churn/versions/1", ("Churn", "1")),
        ("azureml://locations/westeurope/workspaces/0af3/models/Churn/versions/2", ("Churn", "2")),
        ("azureml:churn:2", ("churn", "2")),
        ("azureml:Churn:2", ("Churn", "2")),
        ("azureml:Gone:9", ("Gone", "9")),
        (f"{BASE}/models/Gone/versions/9", ("Gone", "9")),
        ({"referenceType": "Id", "assetId": f"{BASE}/models/Churn/versions/1"}, ("Churn", "1")),
        ({"referenceType": "Id", "assetId": "azureml:Churn:1"}, ("Churn", "1")),
    ],
)
def test_names_of_registered_models(said: Any, expected: tuple[str, str]) -> None:
    running = Catalogue("ws", KNOWN, {}).running(said, (MADE, CHANGED))
    assert (running.model, running.version) == expected


@pytest.mark.parametrize(
    ("said", "source"),
    [
        ("azureml://registries/r/models/Churn/versions/1", None),
        ("azureml://locations/westeurope/workspaces/0af3/models/Other/versions/2", None),
        (f"{BASE}-other/models/Churn/versions/1", None),
        ("azureml:Churn@prod", None),
        ("azureml://datastores/ws/paths/model/", None),
        ("https://store.blob.core.windows.net/m/model.pkl", None),
        ("azureml:", None),
        (
            {"referenceType": "DataPath", "datastoreId": f"{BASE}/datastores/lake", "path": "/m/1"},
            "azureml://datastores/lake/paths/m/1",
        ),
        ({"referenceType": "DataPath", "path": "https://x/y"}, "https://x/y"),
        ({"referenceType": "OutputPath", "jobId": f"{BASE}/jobs/j1", "path": "outputs/m"}, f"{BASE}/jobs/j1/outputs/m"),
        ({"referenceType": "Id", "assetId": None}, ""),
        ({}, ""),
        (None, ""),
        (7, ""),
        (["azureml:Churn:1"], ""),
    ],
)
def test_what_is_not_registered_here_is_told_by_its_source(said: Any, source: str | None) -> None:
    expected = said if source is None else source
    assert Catalogue("ws", KNOWN, {}).running(said, (MADE, CHANGED)) == Running("", "", expected)


def test_what_is_anonymous_is_told_by_its_files() -> None:
    anonymous = {"name": "h4sh", "properties": {"isAnonymous": True, "modelUri": "azureml://files"}}
    answers = {
        "models": [{"name": "made-up"}],
        "models/made-up/versions": [anonymous],
        **online([deployed("blue", f"{BASE}/models/Made-Up/versions/h4sh")], traffic={"blue": 100}),
    }
    asking = platform(answers)
    assert list(asking.versions("ws")) == []
    (found,) = asking.deployments("ws", [])
    assert found == Deployment("", "", "front", "ws", share=1.0, since=MADE, source="azureml://files")


def test_the_latest_is_told_where_it_is_certain() -> None:
    first, second = KNOWN[:2]
    between = datetime(2026, 3, 5, tzinfo=UTC)
    latest = "azureml:Churn@latest"
    catalogue = Catalogue("ws", [first, second], {})
    assert catalogue.running(latest, (MADE, between)).known is first
    assert catalogue.running(latest, (CHANGED, CHANGED)).known is second
    for moments in ((between, CHANGED), (None, None), (None, CHANGED), (datetime(2020, 1, 1, tzinfo=UTC),) * 2):
        assert catalogue.running(latest, moments) == Running("", "", latest)
    assert Catalogue("ws", KNOWN, {}).running(latest, (MADE, between)) == Running("", "", latest)  # one has no date
