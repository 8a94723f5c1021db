"""The Azure ML adapter over its stand-in passes what every platform must pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from registry_sheets.platforms.azureml import AzureMlPlatform
from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from tests.contracts.platform_contract import PlatformContract, PlatformLab
from tests.support.platforms.azureml.server import served
from tests.support.platforms.azureml.state import AzureMl
from tests.support.platforms.line import line_to

SUBSCRIPTION = "00000000-1111-2222-3333-444444444444"


class AzureMlLab(PlatformLab):
    """One workspace, behind a line. Azure allows no other scripts in the names of models, and few signs."""

    listing = r"GET /subscriptions/[^?]*/models/[^/]+/versions\?"
    serving = r"GET /subscriptions/[^?]*/(online|batch|serverless)Endpoints"
    denial = (403, b'{"error": {"code": "AuthorizationFailed", "message": "The client has no authorization."}}')
    throttle = (429, b'{"error": {"code": "TooManyRequests", "message": "The request is being throttled."}}')
    names = ("Kaeltemittel_Prognose", "0", "a-b_C-1", "v1.churn-2", "x" * 255)
    pages_of_models = 105

    def __init__(self, azure: AzureMl, url: str) -> None:
        self.azure = azure
        self.url = url
        self.workspace = next(iter(azure.workspaces.values()))

    def open(self, seconds: float = 30.0) -> Platform:
        return AzureMlPlatform(
            "our azure", SUBSCRIPTION, "models-rg", list(self.azure.workspaces), Deadline(seconds), url=self.url
        )

    def add(self, model: str, count: int = 1) -> Sequence[str]:
        there = len(self.workspace.kept.get(f"models/{model}/versions", ()))
        return self.workspace.add_versions(model, map(str, range(there + 1, there + count + 1)))

    def deploy(self, model: str, shares: dict[str, float], endpoint: str) -> None:
        self.workspace.put("onlineEndpoints", endpoint, {"location": "westeurope", "properties": {"authMode": "Key"}})
        for version in shares:
            properties = {
                "endpointComputeType": "Managed",
                "model": f"{self.workspace.base}/models/{model}/versions/{version}",
            }
            body = {"location": "westeurope", "properties": properties}
            self.workspace.put(f"onlineEndpoints/{endpoint}/deployments", f"v{version}", body)
        traffic = {f"v{version}": round(100 * share) for version, share in shares.items()}
        self.workspace.put("onlineEndpoints", endpoint, {"location": "westeurope", "properties": {"traffic": traffic}})


@pytest.fixture(scope="module")
def azure() -> Iterator[tuple[AzureMl, str]]:
    """The stand-in, started once."""
    standing_in = AzureMl(SUBSCRIPTION, "models-rg", ["our-ws"])
    with served(standing_in) as url:
        yield standing_in, url


class TestAzureMlPlatform(PlatformContract):
    @pytest.fixture
    def lab(self, azure: tuple[AzureMl, str]) -> Iterator[PlatformLab]:
        standing_in, url = azure
        with line_to(url) as line:
            standing_in.address = line.url  # as its next links have to name it
            lab = AzureMlLab(standing_in, line.url)
            lab.workspace.clear()
            lab.line = line
            yield lab
        assert standing_in.wrong == []
