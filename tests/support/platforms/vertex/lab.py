"""Vertex AI for the suite that every platform passes."""

from __future__ import annotations

import time
from collections.abc import Sequence

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.vertex import VertexPlatform
from tests.contracts.platform_contract import PlatformLab
from tests.support.platforms.line import Line
from tests.support.platforms.vertex import serving
from tests.support.platforms.vertex.served import VertexServer
from tests.support.platforms.vertex.world import World

HERE = "us-central1"
_HURRY = 0.02  # pauses between tries are this much shorter than they are meant


class VertexLab(PlatformLab):
    """The stand-in behind a line."""

    listing = r"GET /v1/projects/.*/models"
    serving = r"GET /v1/projects/.*/endpoints"
    denial = (
        403,
        b'{"error": {"code": 403, "message": "Permission \'aiplatform.models.list\' denied on resource '
        b"'//aiplatform.googleapis.com/projects/p/locations/l' (or it may not exist).\", "
        b'"status": "PERMISSION_DENIED"}}',
    )
    throttle = (429, b'{"error": {"code": 429, "message": "Quota exceeded", "status": "RESOURCE_EXHAUSTED"}}')
    many = 2500
    pages_of_models = 130
    serves = "Frontend / Цены"

    def __init__(self, server: VertexServer, line: Line) -> None:
        self.server = server
        self.line = line

    @property
    def world(self) -> World:
        return self.server.world

    def open(self, seconds: float = 30.0) -> VertexPlatform:
        deadline = Deadline(seconds, sleep=lambda pause: time.sleep(pause * _HURRY))
        return VertexPlatform("our vertex", self.world.project, self.world.locations, deadline, url=self.line.url)

    def add(self, model: str, count: int = 1) -> Sequence[str]:
        name = self.named(model)
        made: list[str] = []
        for _ in range(count):
            told = {"displayName": model, "artifactUri": f"gs://models/{len(made)}/"}
            whole = self.world.upload(self.world.parent(HERE), told, name)
            name = whole.partition("@")[0]
            made.append(whole.partition("@")[2])
        return made

    def deploy(self, model: str, shares: dict[str, float], endpoint: str) -> None:
        name = serving.create_endpoint(self.world, self.world.parent(HERE), {"displayName": endpoint})
        split: dict[str, int] = {}
        for version, share in shares.items():
            made = serving.deploy(self.world, name, {"model": f"{self.named(model)}@{version}"}, {})
            split[made["id"]] = round(share * 100)
        self.world.endpoints[name]["trafficSplit"] = split

    def named(self, model: str) -> str:
        """The resource name of the model of this display name; '' where there is none."""
        found = (name for name, versions in self.world.models.items() if versions[0]["displayName"] == model)
        return next(found, "")
