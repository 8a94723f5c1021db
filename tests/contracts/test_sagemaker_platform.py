"""SageMaker, at moto's server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.platform_contract import PlatformContract
from tests.support.platforms.sagemaker_lab import SagemakerLab, sagemaker_lab
from tests.support.platforms.sagemaker_moto import Server, sagemaker_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


class TestSagemakerPlatform(PlatformContract):
    @pytest.fixture
    def lab(self, server: Server) -> Iterator[SagemakerLab]:
        with sagemaker_lab(server) as lab:
            yield lab
            assert server.wrong == []
