"""Asking the adapter about the stand-in, or about a registry that answers what a test wants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.kubeflow import KubeflowPlatform
from registry_sheets.registry.platforms.values import PlatformVersion
from tests.support.platforms.kubeflow import KubeflowServer

IN_CLUSTER = "http://model-registry-service.kubeflow.svc.cluster.local:8080"
NONE = (404, {"code": "", "message": "not found"})
NO_PATH = (404, None)

Answer = tuple[int, Any]
"""Status and body; a text or None as the body is no JSON."""


def page(*items: Any, token: str = "") -> Answer:
    """A page of a listing; without a token it is the last."""
    return 200, {"items": list(items), "nextPageToken": token, "pageSize": 500, "size": len(items)}


class Answers:
    """A registry that answers by path (below v1 unless it says another version): what is not told is empty."""

    def __init__(self, told: Mapping[str, Answer | list[Answer]]) -> None:
        self.told = {path if path.startswith("v1") else f"v1/{path}": answer for path, answer in told.items()}
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        path = request.url.raw_path.decode().partition("?")[0].removeprefix("/api/model_registry/")
        empty = page() if path.endswith("s") else NONE
        answer = self.told.get(path, empty if path.startswith("v1/") else NO_PATH)
        status, body = answer.pop(0) if isinstance(answer, list) else answer
        if body is None or isinstance(body, str):
            return httpx.Response(status, text=body or "404 page not found")
        return httpx.Response(status, json=body)

    def paths(self) -> list[str]:
        """What was asked for, below /api/model_registry/."""
        return [one.url.raw_path.decode().partition("?")[0].removeprefix("/api/model_registry/") for one in self.asked]


def opened(answers: Callable[[httpx.Request], httpx.Response], **more: Any) -> KubeflowPlatform:
    """The adapter, to which these answers are given, and no pauses between tries."""
    deadline = Deadline(30, sleep=lambda _seconds: None)
    more = {"environment": {}, "url": IN_CLUSTER, **more}
    return KubeflowPlatform("k", deadline=deadline, transport=httpx.MockTransport(answers), **more)


def versions(told: Mapping[str, Any], **more: Any) -> list[PlatformVersion]:
    """The versions that the adapter finds."""
    return list(opened(Answers(told), **more).versions(""))


def unanswered(call: Callable[[], object]) -> PlatformUnanswered:
    """What is said of the failure of a call, which must have a message and a fix."""
    with pytest.raises(PlatformUnanswered) as caught:
        call()
    assert caught.value.message
    assert caught.value.fix
    return caught.value


CHURN = {"id": "1", "name": "churn", "owner": "ana", "state": "LIVE"}
FIRST = {"id": "2", "name": "v1", "registeredModelId": "1", "state": "LIVE"}
KNOWN = PlatformVersion("churn", "v1", id="2")


def asking(server: KubeflowServer) -> KubeflowPlatform:
    """The adapter, in front of the stand-in."""
    return KubeflowPlatform("k", server.url, Deadline(60), environment={})
