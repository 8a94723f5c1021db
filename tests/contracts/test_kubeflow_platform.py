"""The adapter of Kubeflow, against a stand-in that speaks both versions of its API."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.kubeflow import KubeflowPlatform
from tests.contracts.platform_contract import PlatformContract, PlatformLab
from tests.support.platforms.kubeflow import KubeflowServer, kubeflow_server
from tests.support.platforms.kubeflow.routes import OLDER, V1
from tests.support.platforms.line import Line, line_to


class KubeflowLab(PlatformLab):
    """A Model Registry. An inference service serves one version: there are no shares."""

    listing = r"GET /api/model_registry/\w+/model_versions\?"
    serving = r"GET /api/model_registry/\w+/inference_services\?"
    denial = (403, b'{"code": "403", "message": "RBAC: access denied"}')
    throttle = (429, b"local_rate_limited")  # so says Istio
    pages_of_models = 1100
    tells_share = False

    def __init__(self, server: KubeflowServer, line: Line) -> None:
        self.server = server
        self.line = line

    def open(self, seconds: float = 30.0) -> Platform:
        deadline = Deadline(seconds, sleep=lambda _seconds: None)  # between tries nothing is waited for
        return KubeflowPlatform("our kubeflow", self.line.url, deadline, environment={})

    def add(self, model: str, count: int = 1) -> Sequence[str]:
        return self.server.store.seed(model, count)

    def deploy(self, model: str, shares: dict[str, float], endpoint: str) -> None:
        best = max(shares, key=lambda version: shares[version])
        self.server.store.deploy(model, best, endpoint)


@pytest.fixture(scope="module")
def server() -> Iterator[KubeflowServer]:
    with kubeflow_server() as server:
        yield server


class TestKubeflowPlatform(PlatformContract):
    versions: tuple[str, ...] = (V1, OLDER)

    @pytest.fixture
    def lab(self, server: KubeflowServer) -> Iterator[KubeflowLab]:
        server.reset()
        server.versions = self.versions
        with line_to(server.url) as line:
            yield KubeflowLab(server, line)


class TestOlderKubeflowPlatform(TestKubeflowPlatform):
    versions = (OLDER,)
