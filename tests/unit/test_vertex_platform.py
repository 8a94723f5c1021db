"""Vertex AI: the versions that the adapter makes of answers, whatever stands in them, and listings that break off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.vertex_names import link_of
from registry_sheets.registry.platforms.values import PlatformVersion
from tests.support.platforms.vertex.asking import MODEL, empty_lab, said, unanswered, versions_said
from tests.support.platforms.vertex.lab import HERE, VertexLab
from tests.support.platforms.vertex.served import VertexServer, serving
from tests.support.platforms.vertex.training import train

Json = dict[str, Any]


@pytest.fixture(scope="module")
def server() -> Iterator[VertexServer]:
    with serving() as found:
        yield found


@pytest.fixture
def lab(server: VertexServer) -> Iterator[VertexLab]:
    with empty_lab(server) as found:
        yield found


class TestVersions:
    def test_all_that_it_tells(self, lab: VertexLab) -> None:
        labels = {"team": "risiko", "größe": "klein"}
        first: Json = {"displayName": "churn", "description": "of the model", "labels": labels}
        name = lab.world.upload(lab.world.parent(HERE), first)
        model = name.partition("@")[0]
        second = {"displayName": "churn", "versionDescription": "of the version", "versionAliases": ["golden"]}
        second |= {"description": "of the model", "artifactUri": "gs://models/churn/2/", "pipelineJob": ""}
        lab.world.upload(lab.world.parent(HERE), second, model)
        run = train(lab.world, f"{model}@2")
        one, two = lab.all_versions()
        created = datetime.fromisoformat(lab.world.models[model][1]["versionCreateTime"])
        assert two == PlatformVersion(
            model="churn", version="2", scope=HERE, id=f"{model}@2", created=created, aliases=("golden",),
            source="gs://models/churn/2/", run=run, run_link=link_of(run), description="of the version",
        )  # fmt: skip
        assert (one.version, one.aliases, one.tags) == ("1", ("default",), labels)
        assert (one.description, one.run, one.run_link, one.source) == ("of the model", "", "", "")

    def test_a_run_of_pipelines_is_its_run(self, lab: VertexLab) -> None:
        job = "projects/591020730428/locations/us-central1/pipelineJobs/weekly-20260304"
        (one,) = versions_said(lab, {"versionId": "1", "pipelineJob": job})
        assert one.run == job
        assert "pipelines/runs/weekly-20260304?project=591020730428" in one.run_link

    def test_two_models_of_one_name_are_both_there(self, lab: VertexLab) -> None:
        for _ in range(2):
            lab.world.upload(lab.world.parent(HERE), {"displayName": "churn"})
        found = lab.all_versions()
        assert [(one.model, one.version) for one in found] == [("churn", "1")] * 2
        assert len({one.id for one in found}) == 2

    def test_every_location_is_asked(self, lab: VertexLab) -> None:
        lab.add("churn")
        lab.world.upload(lab.world.parent("europe-west4"), {"displayName": "churn"})
        assert [one.scope for one in lab.all_versions()] == ["us-central1", "europe-west4"]

    def test_versions_go_by_their_models_name(self, lab: VertexLab) -> None:
        (one,) = versions_said(lab, {"versionId": "1", "displayName": "churn of last year"})
        assert one.model == "churn"

    @pytest.mark.parametrize("name", [None, "", "  ", 7, ["x"]])
    def test_a_model_without_a_name_goes_by_its_id(self, lab: VertexLab, name: Any) -> None:
        said(lab, r"models\?", {"models": [{"name": MODEL, "displayName": name}]})
        said(lab, r"models/7:listVersions", {"models": [{"versionId": "1"}]})
        assert [one.model for one in lab.all_versions()] == ["7"]

    def test_names_as_they_are(self, lab: VertexLab) -> None:
        name = "=1+1\t\x1b[31m\u202e\n' \"%2F..%00"
        said(lab, r"models\?", {"models": [{"name": MODEL, "displayName": name}]})
        said(lab, r"models/7:listVersions", {"models": [{"versionId": "1"}]})
        assert [one.model for one in lab.all_versions()] == [name]

    def test_what_is_not_what_it_should_be_is_left_out(self, lab: VertexLab) -> None:
        strange: Json = {
            "versionId": 3, "versionCreateTime": 10**400, "versionAliases": [1, None, "golden", ""], "labels": None,
            "artifactUri": {"a": 1}, "trainingPipeline": ["x"], "pipelineJob": None, "versionDescription": False,
            "name": 7,
        }  # fmt: skip
        (one,) = versions_said(lab, strange)
        assert one == PlatformVersion("churn", "3", HERE, f"{MODEL}@3", aliases=("golden",))

    @pytest.mark.parametrize("aliases", [None, "golden", {"golden": 1}, 7])
    def test_aliases_that_are_no_list(self, lab: VertexLab, aliases: Any) -> None:
        (one,) = versions_said(lab, {"versionId": "1", "versionAliases": aliases, "labels": {"a": None, "b": "x"}})
        assert one.aliases == ()
        assert one.tags == {"b": "x"}

    @pytest.mark.parametrize("moment", ["yesterday", "", 0, -1, "9999-12-31T23:59:59-23:59", "2026-13-01T00:00:00Z"])
    def test_moments_that_are_none(self, lab: VertexLab, moment: Any) -> None:
        (one,) = versions_said(lab, {"versionId": "1", "versionCreateTime": moment})
        assert one.created is None

    def test_the_number_stands_in_the_name_too(self, lab: VertexLab) -> None:
        (one,) = versions_said(lab, {"versionId": None, "name": f"{MODEL}@4"})
        assert one.version == "4"


class TestListingsThatAreNotWhole:
    @pytest.mark.parametrize("listed", [{}, "x", 7, True, [1], [None], [[]]])
    def test_a_list_that_is_none(self, lab: VertexLab, listed: Any) -> None:
        said(lab, r"models\?", {"models": listed})
        assert "is not one" in unanswered(lab)

    def test_null_is_an_empty_list(self, lab: VertexLab) -> None:
        said(lab, "(models|endpoints)", {"models": None, "endpoints": None, "nextPageToken": None})
        assert lab.all_deployments() == []

    @pytest.mark.parametrize("token", [{"a": 1}, ["x"], 7, True])
    def test_a_token_that_is_none(self, lab: VertexLab, token: Any) -> None:
        said(lab, r"models\?", {"models": [], "nextPageToken": token})
        assert "not which" in unanswered(lab)

    @pytest.mark.parametrize("where", [r"models\?", "endpoints"])
    def test_pages_in_a_circle(self, lab: VertexLab, where: str) -> None:
        said(lab, where, {"nextPageToken": "again"})
        assert "circle" in unanswered(lab)

    @pytest.mark.parametrize("name", [None, "", "7", 7, f"{MODEL}/x", f"{MODEL[:-1]}..", MODEL.replace("models", "x")])
    def test_a_model_that_cannot_be_asked_for(self, lab: VertexLab, name: Any) -> None:
        said(lab, r"models\?", {"models": [{"name": name, "displayName": "churn"}]})
        assert "no name of a model" in unanswered(lab)

    def test_a_model_has_a_version(self, lab: VertexLab) -> None:
        lab.add("churn")
        said(lab, "models/.*:listVersions", {})
        assert "tells no version of the model 'churn'" in unanswered(lab)

    def test_a_version_without_a_number(self, lab: VertexLab) -> None:
        with pytest.raises(PlatformUnanswered, match="without its number"):
            versions_said(lab, {"versionId": None})

    @pytest.mark.parametrize("body", [b"[]", b'"x"', b"[" * 100_000, b'{"models": ' + b"9" * 5000 + b"}", b"\xff{}"])
    def test_what_is_no_answer(self, lab: VertexLab, body: bytes) -> None:
        said(lab, r"models\?", body)
        assert "is not what the Vertex AI API answers" in unanswered(lab)

    def test_the_second_page_of_models_is_denied(self, lab: VertexLab) -> None:
        for number in range(101):
            lab.add(f"model-{number}")
        lab.line.denied(*lab.denial, where="models.*pageToken")
        platform = lab.open()
        found: list[PlatformVersion] = []
        with pytest.raises(PlatformUnanswered, match="not let this account"):
            found.extend(platform.versions(HERE))
        platform.close()

    def test_one_model_of_many_is_denied(self, lab: VertexLab) -> None:
        for number in range(30):
            lab.add(f"model-{number}")
        last = lab.named("model-3").rpartition("/")[2]
        lab.line.denied(*lab.denial, where=f"models/{last}:listVersions")
        platform = lab.open()
        told = platform.versions(HERE)
        assert [next(told).model for _ in range(26)] == [f"model-{number}" for number in range(29, 3, -1)]
        with pytest.raises(PlatformUnanswered, match="not let this account"):
            next(told)
        platform.close()
