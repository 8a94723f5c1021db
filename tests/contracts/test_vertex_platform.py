"""Vertex AI passes the suite for platforms, on a stand-in that is held against Google's own description of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contracts.platform_contract import PlatformContract
from tests.support.platforms.line import line_to
from tests.support.platforms.vertex.lab import VertexLab
from tests.support.platforms.vertex.served import VertexServer, serving


@pytest.fixture(scope="module")
def server() -> Iterator[VertexServer]:
    with serving() as found:
        yield found


class TestVertex(PlatformContract):
    @pytest.fixture
    def lab(self, server: VertexServer) -> Iterator[VertexLab]:
        server.empty()
        with line_to(server.url) as line:
            yield VertexLab(server, line)
        assert server.faults == []

    def test_short_and_empty_pages_are_not_the_last(self, lab: VertexLab) -> None:
        lab.server.pages.short = True
        lab.add("churn", 250)
        lab.add("forecast")
        assert len(lab.all_versions()) == 251

    def test_it_asks_for_no_longer_pages_than_there_are(self, lab: VertexLab) -> None:
        lab.add("churn", lab.many)
        lab.all_versions()
        asked = [said for said in lab.line.asked if "listVersions" in said]
        assert len(asked) == lab.many // 100
        assert all("pageSize=100" in said for said in asked)
