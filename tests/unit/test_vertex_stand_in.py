"""The stand-in for Vertex AI refuses what the description refuses, and knows its own mistakes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.platforms.vertex import serving as endpoints
from tests.support.platforms.vertex.asking import empty_lab
from tests.support.platforms.vertex.lab import HERE, VertexLab
from tests.support.platforms.vertex.served import VertexServer, serving

Json = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[VertexServer]:
    with serving() as found:
        yield found


@pytest.fixture
def lab(server: VertexServer) -> Iterator[VertexLab]:
    with empty_lab(server) as found:
        yield found


class TestStandIn:
    def asked(self, server: VertexServer, target: str, verb: str = "GET", body: Any = None) -> tuple[int, Any]:
        status, answer = server.answer(verb, target, json.dumps(body).encode() if body is not None else b"", "")
        return status, answer["error"]["message"] if "error" in answer else answer

    @pytest.mark.parametrize(
        ("target", "status", "words"),
        [
            ("models?page_size=3", 400, 'Unknown name "page_size"'),
            ("models?pageSize=many", 400, "Invalid value at 'pageSize'"),
            ("models?pageSize=99999999999", 400, "Invalid value at 'pageSize'"),
            ("models?pageSize=1&pageSize=2", 400, "Invalid value"),
            ("models?pageSize=-1", 400, "negative"),
            ("models?pageToken=made-up", 400, "page token"),
            ("models?filter=x", 501, "stand-in"),
            ("modelz", 501, "describes no"),
            ("models/7:listVersionz", 404, "not found"),
            ("models/7:listVersions", 404, "not found"),
        ],
    )
    def test_questions(self, lab: VertexLab, target: str, status: int, words: str) -> None:
        found, told = self.asked(lab.server, f"/v1/{lab.world.parent(HERE)}/{target}")
        assert (found, words in told) == (status, True), told

    def test_other_projects_and_locations(self, lab: VertexLab) -> None:
        assert self.asked(lab.server, "/v1/projects/other/locations/us-central1/models")[0] == 403
        assert self.asked(lab.server, f"/v1/{lab.world.parent('moon')}/models")[0] == 400

    def test_a_token_belongs_to_its_question(self, lab: VertexLab) -> None:
        lab.add("churn", 120)
        lab.add("forecast", 120)
        first, second = (f"/v1/{lab.named(one)}:listVersions" for one in ("churn", "forecast"))
        _, page = self.asked(lab.server, first)
        assert len(page["models"]) == 100
        token = page["nextPageToken"]
        assert self.asked(lab.server, f"{second}?pageToken={token}")[0] == 400
        assert self.asked(lab.server, f"{first}?pageToken={token}&$.xgafv=1")[0] == 400
        _, rest = self.asked(lab.server, f"{first}?pageToken={token}&pageSize=500")
        assert len(rest["models"]) == 20
        assert "nextPageToken" not in rest

    @pytest.mark.parametrize(
        ("target", "body", "words"),
        [
            ("models:upload", {"model": {"displayName": "x" * 129}}, "128"),
            ("models:upload", {"model": {"displayName": "x", "versionId": "3"}}, "Output only"),
            ("models:upload", {"model": {"displayName": 7}}, "displayName"),
            ("models:upload", {"model": {"displayName": "x", "labels": {"A": "b"}}}, "label"),
            ("models:upload", {"model": {"displayName": "x", "versionAliases": ["3"]}}, "alias"),
            ("models:upload", {"modell": {}}, "modell"),
            ("endpoints", {"description": "x"}, "displayName"),
        ],
    )
    def test_what_cannot_be_made(self, lab: VertexLab, target: str, body: Json, words: str) -> None:
        status, told = self.asked(lab.server, f"/v1/{lab.world.parent(HERE)}/{target}", "POST", body)
        assert (status, words in told) == (400, True), told

    def test_what_serves_stays(self, lab: VertexLab) -> None:
        lab.add("churn", 3)
        lab.deploy("churn", {"2": 1.0}, "front")
        (endpoint,) = lab.world.endpoints
        name = lab.named("churn")
        for target, verb in ((f"{name}@2:deleteVersion", "DELETE"), (f"{name}@1:deleteVersion", "DELETE"),
                             (name, "DELETE"), (f"{endpoint}:undeployModel", "POST")):  # fmt: skip
            (own,) = (one["id"] for one in lab.world.endpoints[endpoint]["deployedModels"])
            body = {"deployedModelId": own + "9"} if verb == "POST" else None
            assert self.asked(lab.server, f"/v1/{target}", verb, body)[0] in (400, 404)
        for split in ({"0": 99}, {"0": 50, "77": 50}):
            with pytest.raises(Exception, match=r"add up to 100|not there"):
                endpoints.deploy(lab.world, endpoint, {"model": name}, split)

    def test_an_answer_that_is_not_described_is_a_fault(self, lab: VertexLab) -> None:
        lab.add("churn")
        (version,) = lab.world.models[lab.named("churn")]
        for field, value in (("stage", "x"), ("createTime", "yesterday"), ("displayName", None)):
            kept = dict(version)
            version[field] = value
            assert self.asked(lab.server, f"/v1/{lab.world.parent(HERE)}/models")[0] == 500
            assert re.search(field, lab.server.faults.pop())
            version.clear()
            version.update(kept)
        assert self.asked(lab.server, f"/v1/{lab.world.parent(HERE)}/models")[0] == 200
