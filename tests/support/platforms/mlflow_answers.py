"""Answers that a real MLflow server is not made to give: hostile ones, and those of other servers of its API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import httpx

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.mlflow import MlflowPlatform
from registry_sheets.registry.platforms.values import PlatformVersion

URL = "http://mlflow.internal:5000"


class Answers:
    """Answers by path; ``asked`` is what was asked. A list is one answer after the other."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {key.replace("__", "/").replace("_", "-"): answer for key, answer in answers.items()}
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.path.partition("/api/2.0/mlflow/")[2]
        answer = self.answers.get(path, {})
        if isinstance(answer, list):
            answer = answer.pop(0)
        if callable(answer):
            answer = answer(request)
        if isinstance(answer, httpx.Response):
            return answer
        return httpx.Response(200, content=json.dumps(answer))

    def paths(self) -> list[str]:
        return [request.url.path.partition("/mlflow/")[2] for request in self.asked]

    def platform(self, url: str = URL, environment: Mapping[str, str] | None = None, **more: Any) -> MlflowPlatform:
        transport = httpx.MockTransport(self)
        deadline = Deadline(30, sleep=lambda _seconds: None)
        return MlflowPlatform("m", url, deadline, environment=environment or {}, transport=transport, **more)

    def versions(self, url: str = URL) -> list[PlatformVersion]:
        return list(self.platform(url).versions(""))


def refused(status: int, code: str = "INVALID_PARAMETER_VALUE") -> httpx.Response:
    """A refusal in MLflow's own words."""
    return httpx.Response(status, json={"error_code": code, "message": "no"})
