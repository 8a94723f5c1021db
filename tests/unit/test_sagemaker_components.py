"""SageMaker: what inference components serve."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from registry_sheets.errors import PlatformUnanswered
from tests.support.platforms.sagemaker_asking import asked, checked_lab, served
from tests.support.platforms.sagemaker_lab import IMAGE, REGION, ROLE, SagemakerLab, files
from tests.support.platforms.sagemaker_moto import Server, sagemaker_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


@pytest.fixture
def lab(server: Server) -> Iterator[SagemakerLab]:
    with checked_lab(server) as lab:
        yield lab


class TestComponents:
    def test_by_their_model_or_by_a_container_of_their_own(self, lab: SagemakerLab) -> None:
        lab.add("churn", 2, **files("s3://a"))
        lab.add("llm", 1, **files("s3://b"))
        lab.with_components("shared")
        container = {"ModelPackageName": lab.arn("churn", "2")}
        lab.aws().create_model(ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
        lab.component("one", "shared", ModelName="m")
        lab.component("two", "shared", Container={"ArtifactUrl": "s3://b"})
        lab.component("three", "shared", Container={"DeployedImage": {"SpecifiedImage": IMAGE}})
        lab.component("four", "shared", ModelName="deleted")
        assert served(lab) == {
            ("shared", "churn", "2", None, "s3://a"),
            ("shared", "llm", "1", None, "s3://b"),
            ("shared", "", "", None, IMAGE),
            ("shared", "", "", None, "model/deleted"),
        }

    def test_of_instance_types_and_without_a_copy(self, lab: SagemakerLab) -> None:
        lab.add("llm", 1, **files("s3://b"))
        lab.with_components("shared")
        lab.component("one", "shared", copies=0)
        component = lab.server.of(REGION).components["one"]
        component["Specifications"] = [{"Container": {"ArtifactUrl": "s3://b"}}]
        assert served(lab) == {("shared", "llm", "1", 0.0, "s3://b")}

    def test_those_that_fail_or_are_gone_are_not_told(self, lab: SagemakerLab) -> None:
        lab.with_components("shared")
        for name, status in (("one", "Failed"), ("two", "Creating"), ("three", "Updating")):
            lab.component(name, "shared", Container={"ArtifactUrl": f"s3://{name}"})
            lab.server.of(REGION).components[name]["InferenceComponentStatus"] = status
        lab.component("four", "shared", Container={"ArtifactUrl": "s3://four"})
        lab.server.of(REGION).deleted.add("four")
        assert {one[4] for one in served(lab)} == {"s3://three"}

    def test_several_pages_of_them_listed_once(self, lab: SagemakerLab) -> None:
        for endpoint in ("a", "b"):
            lab.with_components(endpoint)
        for number in range(130):
            lab.component(f"c{number}", "ab"[number % 2], Container={"ArtifactUrl": f"s3://{number}"})
        found = lab.all_deployments()
        assert Counter(one.endpoint for one in found) == {"a": 65, "b": 65}
        assert asked(lab)["ListInferenceComponents"] == 2

    def test_not_asked_for_where_no_endpoint_has_room_for_them(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        lab.deploy("churn", {"1": 1.0}, "front")
        lab.line.fails("ListInferenceComponents")
        assert len(lab.all_deployments()) == 1

    def test_where_they_cannot_be_listed_the_answer_is_not_whole(self, lab: SagemakerLab) -> None:
        lab.with_components("shared")
        lab.line.fails("ListInferenceComponents")
        with pytest.raises(PlatformUnanswered, match=r"failed at sagemaker:ListInferenceComponents \(500\)"):
            lab.all_deployments()

    def test_a_region_that_does_not_have_them(self, lab: SagemakerLab) -> None:
        lab.with_components("shared")
        lab.line.denied(400, b'{"__type":"UnknownOperationException"}', where="ListInferenceComponents")
        assert lab.all_deployments() == []
