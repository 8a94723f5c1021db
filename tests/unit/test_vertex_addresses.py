"""Vertex AI: where it is asked, who gets a sign-in, and what is said of refusals."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.vertex import VertexPlatform
from registry_sheets.platforms.vertex_names import host_of, link_of, parsed
from registry_sheets.platforms.vertex_refusals import NotThere, refusals
from tests.support.platforms.line import Fault
from tests.support.platforms.vertex.asking import empty_lab
from tests.support.platforms.vertex.lab import HERE, VertexLab
from tests.support.platforms.vertex.served import VertexServer, serving


@pytest.fixture(scope="module")
def server() -> Iterator[VertexServer]:
    with serving() as found:
        yield found


@pytest.fixture
def lab(server: VertexServer) -> Iterator[VertexLab]:
    with empty_lab(server) as found:
        yield found


class TestAddresses:
    def test_of_locations(self) -> None:
        assert host_of("europe-west4") == "https://europe-west4-aiplatform.googleapis.com"
        assert host_of("global") == "https://aiplatform.googleapis.com"
        assert host_of("eu") == "https://aiplatform.eu.rep.googleapis.com"

    @pytest.mark.parametrize("location", ["evil.example/", "US Central", "", "a@b", "x#", "..", "us-central1\n", "ö"])
    def test_what_is_no_location_is_not_asked(self, location: str) -> None:
        platform = VertexPlatform("v", "p", [location], Deadline(5))
        with pytest.raises(PlatformUnanswered, match="no location of Vertex AI") as caught:
            list(platform.versions(location))
        assert "us-central1" in caught.value.fix

    @pytest.mark.parametrize("url", ["http://10.0.0.7", "http://127.0.0.1.example.com", "http://vertex.internal/v1"])
    def test_no_sign_in_in_the_clear(self, url: str) -> None:
        platform = VertexPlatform("v", "p", [HERE], Deadline(5), url=url)
        with pytest.raises(PlatformUnanswered, match="not asked over https") as caught:
            list(platform.versions(HERE))
        assert "https://" in caught.value.fix

    def test_the_location_is_filled_in(self, lab: VertexLab) -> None:
        url = f"{lab.line.url}/proxy/{{location}}/v1"
        platform = VertexPlatform("v", "p", [HERE, HERE], Deadline(5), url=url)
        lab.line.faults.append(Fault("answer", 200, b"{}"))
        assert [list(platform.versions(scope)) for scope in platform.scopes] == [[]]
        platform.close()
        assert lab.line.asked == ["GET /proxy/us-central1/v1/projects/p/locations/us-central1/models?pageSize=100"]

    def test_an_emulator_gets_no_sign_in(self, lab: VertexLab) -> None:
        class Credentials:
            valid = True

            def apply(self, _headers: Any) -> None:
                raise AssertionError("no sign-in is looked for")

        lab.add("churn")
        where = lab.world.project, [HERE], Deadline(5)
        platform = VertexPlatform("v", *where, url=lab.line.url, credentials=Credentials())
        assert len(list(platform.versions(HERE))) == 1
        platform.close()
        assert not any("authorization" in headers for headers in lab.line.headers)

    @pytest.mark.parametrize("name", ["projects/p/locations/l/models/..", "projects/p/locations/l/models/a/b", "", "x"])
    def test_what_is_no_name(self, name: str) -> None:
        assert parsed(name) is None
        assert link_of(name) == ""

    def test_strange_names_stay_in_their_place(self) -> None:
        run = "projects/p?x=1/locations/l/customJobs/7#y"
        assert (
            link_of(run) == "https://console.cloud.google.com/ai/platform/locations/l/training/7%23y?project=p%3Fx%3D1"
        )


class TestWords:
    words = refusals("my-project")

    @pytest.mark.parametrize(
        ("status", "told", "fix"),
        [
            (401, "", "gcloud auth application-default login"),
            (403, "Permission 'aiplatform.models.list' denied", "roles/aiplatform.viewer"),
            (403, "Vertex AI API has not been used in project 1 before or it is disabled.", "gcloud services enable"),
            (403, "Request had insufficient authentication scopes.", "cloud-platform"),
            (403, "The aiplatform.googleapis.com API requires a quota project", "set-quota-project my-project"),
            (403, "This API method requires billing to be enabled.", "billing"),
            (404, "", "project (my-project)"),
            (400, "", "locations"),
            (429, "", "Quotas"),
            (500, "", "later"),
        ],
    )
    def test_each_refusal_says_what_to_do(self, status: int, told: str, fix: str) -> None:
        refused = self.words.of(status, "https://x-aiplatform.googleapis.com/v1", told)
        assert fix in refused.fix
        assert str(status) in refused.message
        assert "{" not in refused.fix
        assert isinstance(refused, NotThere) is (status == 404)

    def test_silence_names_the_locations(self) -> None:
        assert "locations" in self.words.silent("https://xx-aiplatform.googleapis.com", "it cannot be reached").fix


def test_importing_it_loads_nothing_that_is_for_the_network() -> None:
    heavy = "httpx", "google.auth", "requests", "concurrent.futures.thread"
    code = f"import sys, registry_sheets.platforms.vertex; print([one for one in {heavy} if one in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
