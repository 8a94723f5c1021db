"""Asking the adapter about a workspace that answers what a test wants.

What Azure itself says in its usual ways is tried over its stand-in, in contracts and system.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx

from registry_sheets.platforms.azureml import AzureMlPlatform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.registry.platforms.values import Deployment, PlatformVersion

EMULATOR = "http://127.0.0.1:9"
BASE = "/subscriptions/s-1/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws"
SOME = {"createdAt": "2026-03-01T00:00:00.1234567+00:00", "lastModifiedAt": "2026-03-09T00:00:00Z"}
MADE, CHANGED = datetime(2026, 3, 1, 0, 0, 0, 123456, UTC), datetime(2026, 3, 9, tzinfo=UTC)
HUGE = int("1" + "0" * 400)

Answers = Mapping[str, Any]
"""Path below the workspace -> what is answered: the resources of a collection, or a whole answer."""


def platform(answers: Answers, asked: list[str] | None = None, **more: Any) -> AzureMlPlatform:
    """The adapter, to which ``answers`` are given; everything else is an empty list."""

    def answer(request: httpx.Request) -> httpx.Response:
        where = request.url.path.removeprefix(f"{BASE}/")
        if asked is not None:
            asked.append(f"{where}?{request.url.query.decode()}")
        said = answers.get(where, [])
        if isinstance(said, httpx.Response):
            return said
        return httpx.Response(200, content=json.dumps({"value": said} if isinstance(said, list) else said))

    more = {"url": EMULATOR, "transport": httpx.MockTransport(answer), **more}
    return AzureMlPlatform("ours", "s-1", "rg", ["ws"], Deadline(20), **more)


def versions(answers: Answers, **more: Any) -> list[PlatformVersion]:
    """The versions that the adapter finds."""
    return list(platform(answers, **more).versions("ws"))


def serves(answers: Answers, known: list[PlatformVersion] | None = None) -> list[Deployment]:
    """The deployments that the adapter finds, where these versions are known."""
    return list(platform(answers).deployments("ws", known or []))


def one_version(version: dict[str, Any], container: dict[str, Any] | None = None) -> PlatformVersion:
    """What the adapter makes of the one version of model 'm'."""
    (found,) = versions({"models": [{"name": "m", **(container or {})}], "models/m/versions": [version]})
    return found


def online(deployments: list[dict[str, Any]], **properties: Any) -> Answers:
    """A workspace with one online endpoint, 'front'."""
    return {
        "onlineEndpoints": [{"name": "front", "properties": properties}],
        "onlineEndpoints/front/deployments": deployments,
    }


def deployed(name: str, model: Any, state: Any = "Succeeded", **more: Any) -> dict[str, Any]:
    """A deployment of an endpoint."""
    properties = {"model": model, "provisioningState": state, **more}
    return {"name": name, "properties": properties, "systemData": SOME}


def refusal(status: int, code: str, message: str) -> httpx.Response:
    """An answer in the shape of Azure's errors."""
    return httpx.Response(status, json={"error": {"code": code, "message": message}})


class Credential:
    """Gives tokens that last so many seconds after 1970, or raises."""

    def __init__(self, *answers: float | Exception) -> None:
        self.answers = list(answers) or [4e9]
        self.scopes: list[str] = []

    def get_token(self, scope: str) -> Any:
        self.scopes.append(scope)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(token=f"t{len(self.scopes)}", expires_on=answer)
