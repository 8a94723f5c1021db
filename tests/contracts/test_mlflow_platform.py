"""The adapter of MLflow, against a real server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.mlflow import MlflowPlatform
from tests.contracts.platform_contract import PlatformContract, PlatformLab
from tests.support.platforms.line import Line, line_to
from tests.support.platforms.mlflow_server import MlflowServer, mlflow_server


class MlflowLab(PlatformLab):
    """An MLflow server. What serves is an alias, which has no share."""

    listing = r"GET /api/2\.0/mlflow/model-versions/search"
    serving = r"GET /api/2\.0/mlflow/registered-models/search"
    questions = r"POST /api/2\.0/mlflow/(runs|experiments)/search"
    denial = (403, b"Permission denied")  # basic-auth says it so, without JSON
    throttle = (429, b'{"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "Too many requests"}')
    pages_of_models = 1100
    tells_share = False
    serves = "@champion"

    def __init__(self, server: MlflowServer, line: Line) -> None:
        self.server = server
        self.line = line

    def open(self, seconds: float = 30.0) -> Platform:
        return MlflowPlatform("our mlflow", self.line.url, Deadline(seconds), environment={})

    def add(self, model: str, count: int = 1) -> Sequence[str]:
        return self.server.seed(model, count)

    def deploy(self, model: str, shares: dict[str, float], endpoint: str) -> None:
        best = max(shares, key=lambda version: shares[version])
        self.server.seed(model, 0, aliases={endpoint.removeprefix("@"): int(best)})


class TestMlflowPlatform(PlatformContract):
    @pytest.fixture
    def lab(self) -> Iterator[MlflowLab]:
        server = mlflow_server()
        server.reset()
        with line_to(server.url) as line:
            yield MlflowLab(server, line)
