"""What the SageMaker adapter makes of versions, endpoints, components and lineage; and of what goes wrong."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import botocore.exceptions
import botocore.session
import pytest
from botocore.stub import Stubber

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.sagemaker import SagemakerPlatform
from registry_sheets.platforms.sagemaker_reading import named_by
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion
from tests.support.platforms.line import Fault
from tests.support.platforms.sagemaker_lab import IMAGE, REGION, ROLE, SagemakerLab, files, sagemaker_lab
from tests.support.platforms.sagemaker_moto import ACCOUNT, Server, sagemaker_server

GONE = b'{"__type":"ValidationException","message":"Could not find endpoint \\"arn:aws:sagemaker:x\\"."}'
UNVERSIONED = f"arn:aws:sagemaker:{REGION}:999999999999:model-package/xgb"
OTHER = "arn:aws:sagemaker:us-east-1:999999999999:model-package/churn/3"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


@pytest.fixture
def lab(server: Server) -> Iterator[SagemakerLab]:
    with sagemaker_lab(server, quick=True) as lab:
        yield lab
        assert server.wrong == []


def asked(lab: SagemakerLab) -> Counter[str]:
    """How often each operation was asked over the line."""
    return Counter(said.split()[2].partition(".")[2] for said in lab.line.asked)


def served(lab: SagemakerLab) -> set[tuple[str, str, str, float | None, str]]:
    return {(one.endpoint, one.model, one.version, one.share, one.source) for one in lab.all_deployments()}


class TestVersions:
    def test_every_field(self, lab: SagemakerLab) -> None:
        job = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:training-job/churn-7"
        lab.add(
            "Churn-EU",
            model_package_description="Kältemittel, 模型",
            customer_metadata_properties={"version": "2026.7", "team": "Risk"},
            metadata_properties={"GeneratedBy": job},
            model_approval_status="PendingManualApproval",
            **files("s3://models/churn/7/model.tar.gz"),
        )
        arn = lab.arn("Churn-EU", "1")
        (found,) = lab.all_versions()
        assert found.created
        assert found == PlatformVersion(
            model="Churn-EU",
            version="1",
            scope=REGION,
            id=arn,
            created=found.created,
            stage="PendingManualApproval",
            source="s3://models/churn/7/model.tar.gz",
            run=job,
            created_by="fake-user-profile-name",
            description="Kältemittel, 模型",
            tags={"team": "Risk", "version": "2026.7"},
        )

    def test_the_life_cycle_goes_before_the_approval(self, lab: SagemakerLab) -> None:
        lab.add("churn", 2)
        cycle = {"ModelLifeCycle": {"Stage": "Production", "StageStatus": "Approved"}}
        lab.server.of(REGION).packages[lab.arn("churn", "2")] = cycle
        assert {one.version: one.stage for one in lab.all_versions()} == {"1": "Approved", "2": "Production"}

    @pytest.mark.parametrize(
        ("more", "source"),
        [
            ({"SourceUri": "s3://a/b"}, "s3://a/b"),
            (
                {
                    "InferenceSpecification": {
                        "Containers": [
                            {"Image": IMAGE},
                            {
                                "Image": IMAGE,
                                "ModelDataSource": {
                                    "S3DataSource": {
                                        "S3Uri": "s3://a/folder/",
                                        "S3DataType": "S3Prefix",
                                        "CompressionType": "None",
                                    }
                                },
                            },
                        ]
                    }
                },
                "s3://a/folder/",
            ),
            (
                {
                    "SourceAlgorithmSpecification": {
                        "SourceAlgorithms": [{"AlgorithmName": "a", "ModelDataUrl": "s3://c"}]
                    }
                },
                "s3://c",
            ),
            ({}, ""),
        ],
    )
    def test_where_its_files_are(self, lab: SagemakerLab, more: dict[str, Any], source: str) -> None:
        lab.add("churn")
        lab.server.of(REGION).packages[lab.arn("churn", "1")] = more
        assert [one.source for one in lab.all_versions()] == [source]

    def test_who_without_a_user_profile(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        who = {"CreatedBy": {"IamIdentity": {"Arn": "arn:aws:iam::1:user/ada"}}}
        lab.server.of(REGION).packages[lab.arn("churn", "1")] = who
        assert [one.created_by for one in lab.all_versions()] == ["arn:aws:iam::1:user/ada"]

    def test_what_search_does_not_know_yet_is_listed_all_the_same(self, lab: SagemakerLab) -> None:
        lab.add("churn", 2, **files("s3://a"))
        lab.server.of(REGION).not_indexed.add(lab.arn("churn", "2"))
        assert {one.version: one.source for one in lab.all_versions()} == {"1": "s3://a", "2": ""}

    def test_a_package_without_a_group_is_no_version(self, lab: SagemakerLab) -> None:
        lab.add("churn", model_package_group_name=None, model_package_name="from-the-marketplace")
        assert lab.all_versions() == []

    def test_few_questions_for_many_versions(self, lab: SagemakerLab) -> None:
        lab.add("churn", 150, **files("s3://a"))
        lab.add("forecast", 40, **files("s3://b"))
        found = lab.all_versions()
        assert len(found) == 190
        assert all(one.source for one in found)
        assert asked(lab) == {"Search": 2, "ListModelPackages": 2}


class TestRegions:
    def test_each_is_a_scope_of_its_own(self, server: Server) -> None:
        with sagemaker_lab(server, "eu-west-1", "us-east-1", quick=True) as lab:
            lab.add("churn", 2, region="eu-west-1")
            lab.add("churn", 1, region="us-east-1")
            lab.deploy("churn", {"2": 1.0}, "front", region="eu-west-1")
            lab.deploy("churn", {"1": 1.0}, "front", region="us-east-1")
            assert lab.open().scopes == ("eu-west-1", "us-east-1")
            assert Counter(one.scope for one in lab.all_versions()) == {"eu-west-1": 2, "us-east-1": 1}
            assert {(one.scope, one.version) for one in lab.all_deployments()} == {
                ("eu-west-1", "2"),
                ("us-east-1", "1"),
            }

    def test_one_that_fails_takes_nothing_from_the_other(self, server: Server) -> None:
        with sagemaker_lab(server, "eu-west-1", "us-east-1", quick=True) as lab:
            lab.add("churn", 2, region="eu-west-1")
            lab.line.denied(*lab.denial, where=r"Search us-east-1$")
            platform = lab.open()
            assert len(list(platform.versions("eu-west-1"))) == 2
            with pytest.raises(PlatformUnanswered, match=r"sagemaker:Search in us-east-1"):
                list(platform.versions("us-east-1"))

    def test_at_once_from_several_threads(self, server: Server) -> None:
        regions = ("eu-west-1", "us-east-1", "ap-south-1", "eu-north-1")
        with sagemaker_lab(server, *regions) as lab:
            for region in regions:
                lab.add("churn", 3, region=region)
            platform = lab.open()
            with ThreadPoolExecutor(4) as threads:
                found = list(threads.map(lambda scope: len(list(platform.versions(scope))), regions))
            platform.close()
        assert found == [3, 3, 3, 3]


class TestServing:
    def test_a_group_whose_name_has_capitals(self, lab: SagemakerLab) -> None:
        lab.add("Churn-EU", 2, **files("s3://a"))
        lab.deploy("Churn-EU", {"2": 1.0}, "Front")  # its ARN says churn-eu
        assert served(lab) == {("Front", "Churn-EU", "2", 1.0, "s3://a")}

    def test_two_variants_of_one_version_are_one(self, lab: SagemakerLab) -> None:
        lab.add("churn", 2)
        new, old = ({"ModelPackageName": lab.arn("churn", version)} for version in "21")
        lab.serve("front", {"a": new, "b": new, "c": old}, {"a": 1.0, "b": 2.0, "c": 1.0})
        assert served(lab) == {("front", "churn", "2", 0.75, ""), ("front", "churn", "1", 0.25, "")}

    def test_a_pipeline_is_of_the_containers_that_are_registered(self, lab: SagemakerLab) -> None:
        lab.add("churn", 1)
        containers = [
            {"Image": IMAGE, "ModelDataUrl": "s3://prepares", "ContainerHostname": "a"},
            {"ModelPackageName": lab.arn("churn", "1"), "ContainerHostname": "b"},
        ]
        lab.serve("front", {"all": containers})
        assert served(lab) == {("front", "churn", "1", 1.0, "")}

    def test_by_the_files_where_no_package_is_named(self, lab: SagemakerLab) -> None:
        lab.add("churn", 1, **files("s3://a"))
        lab.serve("front", {"all": {"Image": IMAGE, "ModelDataUrl": "s3://a"}})
        assert served(lab) == {("front", "churn", "1", 1.0, "s3://a")}

    @pytest.mark.parametrize(
        ("container", "source"),
        [
            ({"Image": IMAGE, "ModelDataUrl": "s3://elsewhere"}, "s3://elsewhere"),
            ({"Image": IMAGE, "ModelDataUrl": "s3://twice"}, "s3://twice"),
            ({"Image": IMAGE}, IMAGE),
            ({"Image": IMAGE, "ModelDataUrl": "s3://folder/", "Mode": "MultiModel"}, "s3://folder/"),
            (
                {"ModelPackageName": UNVERSIONED},
                UNVERSIONED,
            ),
        ],
    )
    def test_unregistered(self, lab: SagemakerLab, container: dict[str, str], source: str) -> None:
        lab.add("churn", 2, **files("s3://twice"))  # of two versions: it tells of neither
        lab.serve("front", {"all": container})
        assert served(lab) == {("front", "", "", 1.0, source)}

    def test_a_package_of_another_account_is_named_by_its_arn(self, lab: SagemakerLab) -> None:
        lab.serve("front", {"all": {"ModelPackageName": OTHER}})
        assert served(lab) == {("front", "churn", "3", 1.0, OTHER)}

    @pytest.mark.parametrize(
        ("status", "serves"),
        [
            ("InService", True),
            ("Updating", True),
            ("SystemUpdating", True),
            ("RollingBack", True),
            ("UpdateRollbackFailed", True),
            ("Creating", False),
            ("OutOfService", False),
            ("Deleting", False),
            ("Failed", False),
        ],
    )
    def test_states_in_which_it_answers(self, lab: SagemakerLab, status: str, serves: bool) -> None:
        lab.add("churn")
        lab.deploy("churn", {"1": 1.0}, "front")
        lab.server.backend(REGION).endpoints["front"].endpoint_status = status
        assert bool(lab.all_deployments()) is serves

    def test_weights(self, lab: SagemakerLab) -> None:
        lab.add("churn", 3)
        lab.deploy("churn", {"1": 6.0, "2": 2.0, "3": 1.0}, "front")
        variants = lab.server.backend(REGION).endpoints["front"].production_variants
        variants[2]["CurrentWeight"] = 0.0
        assert {one.version: one.share for one in lab.all_deployments()} == {"1": 0.75, "2": 0.25, "3": 0.0}
        del variants[1]["CurrentWeight"]
        assert {one.share for one in lab.all_deployments()} == {None}
        for variant in variants:
            variant["CurrentWeight"] = 0.0
        assert {one.share for one in lab.all_deployments()} == {None}

    def test_one_variant_has_all_the_traffic_whatever_its_weight(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        lab.deploy("churn", {"1": 5.0}, "front")
        assert [one.share for one in lab.all_deployments()] == [1.0]

    def test_since_its_endpoint_or_its_config_whichever_is_younger(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        lab.deploy("churn", {"1": 1.0}, "front")
        backend = lab.server.backend(REGION)
        created = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
        endpoint, config = backend.endpoints["front"], backend.endpoint_configs["front-config"]
        backend._models["front-v1"].creation_time = created - timedelta(days=3)
        endpoint.creation_time, config.creation_time = created, created - timedelta(days=2)
        endpoint.last_modified_time = created + timedelta(days=9)
        assert [one.since for one in lab.all_deployments()] == [created]
        config.creation_time = created + timedelta(days=5)
        assert [one.since for one in lab.all_deployments()] == [created + timedelta(days=5)]

    def test_an_endpoint_that_is_deleted_meanwhile(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        for name in ("front", "back"):
            lab.deploy("churn", {"1": 1.0}, name)
        lab.line.faults.append(Fault("answer", 400, GONE, where=r"DescribeEndpoint\b", times=1))
        assert len(lab.all_deployments()) == 1

    def test_a_model_that_was_deleted_under_it(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        lab.deploy("churn", {"1": 1.0}, "front")
        lab.aws().delete_model(ModelName="front-v1")
        assert served(lab) == {("front", "", "", 1.0, "model/front-v1")}

    def test_a_config_that_was_deleted_under_it(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        lab.deploy("churn", {"1": 1.0}, "front")
        lab.aws().delete_endpoint_config(EndpointConfigName="front-config")
        (variant,) = lab.server.backend(REGION).endpoints["front"].production_variants
        variant["DeployedImages"] = [{"SpecifiedImage": IMAGE}]
        assert served(lab) == {("front", "", "", 1.0, IMAGE)}

    def test_several_pages_of_endpoints_and_no_model_described_twice(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        lab.deploy("churn", {"1": 1.0}, "front")
        backend = lab.server.backend(REGION)
        for number in range(1, 120):
            backend.create_endpoint(f"front-{number}", "front-config", [])
        assert len(lab.all_deployments()) == 120
        assert asked(lab) == {
            "Search": 1,
            "ListModelPackages": 1,
            "ListEndpoints": 2,
            "DescribeEndpoint": 120,
            "DescribeEndpointConfig": 1,
            "DescribeModel": 1,
        }


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


class TestLineage:
    def _lineage(self, lab: SagemakerLab) -> dict[str, Lineage]:
        platform = lab.open()
        found = {
            f"{one.model} {one.version}": lineage for one, lineage in platform.lineage(tuple(platform.versions(REGION)))
        }
        platform.close()
        return found

    def _in_the_graph(self, lab: SagemakerLab, version: str, *arns: str) -> None:
        artifact = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:artifact/{version * 8}"
        added = lab.server.of(REGION)
        added.artifacts[lab.arn("churn", version)] = [artifact]
        added.ascendants[artifact] = [{"Arn": arn} for arn in arns]

    def _component(self, name: str) -> str:
        return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:experiment-trial-component/{name}"

    def test_of_the_job_that_wrote_its_files(self, lab: SagemakerLab) -> None:
        lab.add("churn", **files(lab.train("churn-7", "s3://data/train", "s3://data/eval", "s3://data/train")))
        job = lab.server.backend(REGION).training_jobs["churn-7"]
        job.training_start_time = datetime(2026, 3, 4, 5, tzinfo=UTC)
        job.training_end_time = datetime(2026, 3, 4, 6, tzinfo=UTC)
        job.final_metric_data_list = [
            {"MetricName": "auc", "Value": 0.75, "Timestamp": job.training_end_time},
            {"MetricName": "nan", "Value": float("nan"), "Timestamp": job.training_end_time},
        ]
        assert self._lineage(lab) == {
            "churn 1": Lineage(
                datetime(2026, 3, 4, 6, tzinfo=UTC),
                datetime(2026, 3, 4, 5, tzinfo=UTC),
                ("s3://data/train", "s3://data/eval"),
                {"auc": 0.75},
            )
        }

    def test_twenty_versions_in_one_question(self, lab: SagemakerLab) -> None:
        for number in range(45):
            lab.add("churn", **files(lab.train(f"job-{number}", f"s3://data/{number}")))
        found = self._lineage(lab)
        assert {key: one.data for key, one in found.items()} == {
            f"churn {number + 1}": (f"s3://data/{number}",) for number in range(45)
        }
        assert asked(lab) == {"Search": 1 + 3, "ListModelPackages": 1}

    def test_by_the_graph_where_the_files_were_moved(self, lab: SagemakerLab) -> None:
        for name, data in (("old", "s3://old"), ("new", "s3://new"), ("broken", "s3://broken")):
            lab.train(name, data)
        jobs = lab.server.backend(REGION).training_jobs
        jobs["old"].training_end_time = datetime(2026, 1, 1, tzinfo=UTC)
        jobs["new"].training_end_time = datetime(2026, 2, 1, tzinfo=UTC)
        jobs["broken"].training_end_time = datetime(2026, 3, 1, tzinfo=UTC)
        jobs["broken"].training_job_status = "Failed"
        lab.add("churn", **files("s3://moved"))
        names = ("old-aws-training-job", "new-aws-training-job", "broken-aws-training-job", "x-aws-processing-job")
        artifacts = [f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:artifact/{'d' * 32}"]
        self._in_the_graph(lab, "1", *map(self._component, (*names, "deleted-aws-training-job")), *artifacts)
        found = self._lineage(lab)["churn 1"]
        assert (found.trained, found.data) == (datetime(2026, 2, 1, tzinfo=UTC), ("s3://new",))

    def test_several_pages_of_the_graph_and_a_job_described_once(self, lab: SagemakerLab) -> None:
        lab.train("only", "s3://data")
        lab.add("churn", 2)
        others = [self._component(f"p{number}-aws-processing-job") for number in range(60)]
        for version in "12":
            self._in_the_graph(lab, version, *others, self._component("only-aws-training-job"))
        assert {one.data for one in self._lineage(lab).values()} == {("s3://data",)}
        assert asked(lab)["QueryLineage"] == 4
        assert asked(lab)["DescribeTrainingJob"] == 1

    def test_without_any(self, lab: SagemakerLab) -> None:
        lab.add("churn", 2)
        gone = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:artifact/{'e' * 32}"
        lab.server.of(REGION).artifacts[lab.arn("churn", "2")] = [gone]
        assert self._lineage(lab) == {"churn 1": Lineage(), "churn 2": Lineage()}

    def test_denied_is_not_none(self, lab: SagemakerLab) -> None:
        lab.add("churn")
        lab.line.denied(*lab.denial, where="ListArtifacts")
        with pytest.raises(PlatformUnanswered, match="sagemaker:ListArtifacts"):
            self._lineage(lab)


class TestBroken:
    """Answers that botocore itself takes for empty ones. Search is where that would pass for a short answer."""

    def _versions(self, server: Server, fault: Fault) -> list[PlatformVersion]:
        with sagemaker_lab(server) as lab:
            lab.add("churn", 2, **files("s3://a"))
            lab.line.faults.append(fault)
            return lab.all_versions()

    def test_half_of_one_is_asked_for_again(self, server: Server) -> None:
        found = self._versions(server, Fault("cut", where="Search", times=1))
        assert [one.source for one in found] == ["s3://a", "s3://a"]

    def test_half_of_one_for_good(self, server: Server) -> None:
        with pytest.raises(PlatformUnanswered, match="broke off"):
            self._versions(server, Fault("cut", where="Search"))

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"<html><title>Sign in</title></html>",
            b'{"Results": [',
            b'{"Results": [}',
            b"[]",
            b"null",
            b'{"Results": [{"ModelPackage": {"CreationTime": 1e400}}]}',
            b'{"Results": [{"ModelPackage": {"CreationTime": "soon"}}]}',
            b'{"Results": [{"ModelPackage": []}]}',
            b'{"Results": 7}',
            b'{"Results": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b"\xff\xfe",
        ],
        ids=lambda body: repr(body[:40]),
    )
    def test_what_is_no_answer(self, server: Server, body: bytes) -> None:
        with pytest.raises(PlatformUnanswered, match="another shape"):
            self._versions(server, Fault("answer", 200, body, where="Search"))


class TestSignIn:
    def test_by_a_profile(self, lab: SagemakerLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "config").write_text(
            "[profile night]\naws_access_key_id = AKIANIGHT\naws_secret_access_key = s\n", encoding="utf-8"
        )
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        platform = SagemakerPlatform("aws", [REGION], Deadline(20), profile="night", url=lab.line.url)
        assert list(platform.versions(REGION)) == []
        platform.close()
        assert all("Credential=AKIANIGHT/" in one["authorization"] for one in lab.line.headers)

    def test_a_profile_that_is_not_there(self, lab: SagemakerLab) -> None:
        platform = SagemakerPlatform("aws", [REGION], Deadline(20), profile="nowhere", url=lab.line.url)
        with pytest.raises(PlatformUnanswered, match="profile") as caught:
            list(platform.versions(REGION))
        assert "list-profiles" in caught.value.fix

    def test_none(self, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
        with sagemaker_lab(server) as lab:
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
                monkeypatch.delenv(name)
            with pytest.raises(PlatformUnanswered, match="no sign-in") as caught:
                lab.all_versions()
            assert "AWS_ACCESS_KEY_ID" in caught.value.fix
            assert lab.line.asked == []

    @pytest.mark.parametrize(
        ("region", "url"), [("eu west", ""), ("", ""), (REGION, "http://[::1"), (REGION, "http://a b")]
    )
    def test_a_region_or_an_address_that_is_none(self, lab: SagemakerLab, region: str, url: str) -> None:
        platform = SagemakerPlatform("aws", [region], Deadline(20), url=url)
        with pytest.raises(PlatformUnanswered, match="could not be asked") as caught:
            list(platform.versions(region))
        assert "regions" in caught.value.fix


class Said:
    """A client that says, or raises, the same whatever it is asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked = 0
        self.meta = self
        self.events = self

    def register(self, *_arguments: Any) -> None: ...

    def close(self) -> None: ...

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(**_asked: Any) -> Any:
            self.asked += 1
            if isinstance(self.answer, BaseException):
                raise self.answer
            return self.answer

        return ask


def asking(client: Any, seconds: float = 30.0) -> SagemakerPlatform:
    deadline = Deadline(seconds, sleep=lambda _: None)
    return SagemakerPlatform("aws", [REGION], deadline, client=lambda _region, _seconds: client)


def client_error(code: str, message: str = "", status: int = 400, operation: str = "Search") -> Exception:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error: Exception = botocore.exceptions.ClientError(response, operation)
    return error


def words(error: Exception) -> tuple[PlatformUnanswered, int]:
    """What is said, and after how many tries."""
    client = Said(error)
    with pytest.raises(PlatformUnanswered) as caught:
        list(asking(client).versions(REGION))
    return caught.value, client.asked


class TestWords:
    @pytest.mark.parametrize(
        ("error", "message", "fix", "tries"),
        [
            (client_error("AccessDeniedException", "User: x is not authorized"), "sagemaker:Search", "ReadOnly", 1),
            (client_error("AccessDenied", operation="AssumeRole"), "sts:AssumeRole", "sts:AssumeRole", 1),
            (client_error("ExpiredTokenException"), "run out", "aws sso login", 1),
            (client_error("ExpiredToken", operation="AssumeRole"), "run out", "AWS_SESSION_TOKEN", 1),
            (client_error("InvalidSignatureException"), "signature", "clock", 1),
            (client_error("UnrecognizedClientException"), "does not take the sign-in", "get-caller-identity", 1),
            (client_error("ThrottlingException", "Rate exceeded"), "no time", "later", 5),
            (client_error("", status=429), "no time", "later", 5),
            (client_error("InternalFailure", status=500), "failed at sagemaker:Search", "later", 5),
            (client_error("ServiceUnavailable", status=503), "(503)", "later", 5),
            (client_error("403", "<html>", status=403), "not let", "sagemaker:Search", 1),
            (client_error("ValidationException", "NextToken is wrong"), "NextToken is wrong", "block", 1),
            (botocore.exceptions.EndpointConnectionError(endpoint_url="https://x"), "cannot be reached", "VPC", 5),
            (botocore.exceptions.ConnectTimeoutError(endpoint_url="https://x"), "cannot be reached", "HTTPS_PROXY", 5),
            (botocore.exceptions.ReadTimeoutError(endpoint_url="https://x"), "does not answer", "regions", 5),
            (botocore.exceptions.ConnectionClosedError(endpoint_url="https://x"), "broke off", "regions", 5),
            (botocore.exceptions.IncompleteReadError(actual_bytes=1, expected_bytes=2), "broke off", "regions", 5),
            (botocore.exceptions.ProxyConnectionError(proxy_url="http://u:geheim@p"), "proxy", "HTTPS_PROXY", 5),
            (botocore.exceptions.SSLError(endpoint_url="https://x", error="e"), "certificate", "AWS_CA_BUNDLE", 1),
            (botocore.exceptions.PartialCredentialsError(provider="env", cred_var="x"), "part", "AWS_", 1),
            (botocore.exceptions.UnauthorizedSSOTokenError(), "SSO", "aws sso login", 1),
            (botocore.exceptions.TokenRetrievalError(provider="sso", error_msg="geheim"), "SSO", "aws sso login", 1),
            (
                botocore.exceptions.CredentialRetrievalError(provider="process", error_msg="geheim"),
                "could not be fetched",
                "get-caller-identity",
                1,
            ),
            (botocore.exceptions.RefreshWithMFAUnsupportedError(), "MFA", "without MFA", 1),
            (EOFError(), "MFA", "without MFA", 1),
            (botocore.exceptions.ConfigParseError(path="/x", error="geheim"), "config", "AWS_CONFIG_FILE", 1),
            (botocore.exceptions.InvalidRetryModeError(provided_retry_mode="x", valid_modes=()), "could not", "url", 1),
            (OverflowError("10^400"), "another shape", "url", 1),
            (RecursionError(), "another shape", "url", 1),
        ],
        ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
    )
    def test_what_and_what_to_do(self, error: Exception, message: str, fix: str, tries: int) -> None:
        told, tried = words(error)
        assert message in told.message
        assert fix in told.fix
        assert tried == tries
        assert "geheim" not in str(told)
        assert "<html" not in str(told)

    def test_no_secret_of_aws_s_own_words(self) -> None:
        canonical = "The Canonical String should have been 'POST x-amz-security-token:geheim'"
        for code in (
            "SignatureDoesNotMatch",
            "InvalidSignatureException",
            "UnrecognizedClientException",
            "ExpiredToken",
        ):
            assert "geheim" not in str(words(client_error(code, canonical))[0])
        signed = "no rights for https://s3/x?X-Amz-Signature=geheim&X-Amz-Credential=geheim now\x1b[2J"
        told = str(words(client_error("AccessDeniedException", signed))[0])
        assert "geheim" not in told
        assert "\x1b" not in told
        assert "now" in told

    def test_long_words_are_cut(self) -> None:
        assert len(words(client_error("ValidationException", "x" * 10_000))[0].message) < 500

    @pytest.mark.parametrize(
        "response", [{}, {"Error": None}, {"Error": {"Code": 7}}, {"Error": [], "ResponseMetadata": 3}]
    )
    def test_a_refusal_without_its_parts(self, response: Any) -> None:
        error = botocore.exceptions.ClientError({}, "Search")
        error.response = response
        assert "refused sagemaker:Search" in words(error)[0].message

    def test_the_deadline_goes_before_tries(self) -> None:
        clock = iter(range(1000))
        deadline = Deadline(3.0, clock=lambda: float(next(clock)), sleep=lambda _: None)
        client = Said(client_error("ThrottlingException"))
        platform = SagemakerPlatform("aws", [REGION], deadline, client=lambda _region, _seconds: client)
        with pytest.raises(PlatformUnanswered, match="within 3 s"):
            list(platform.versions(REGION))

    def test_no_client_waits_longer_than_is_left(self) -> None:
        now = [0.0]
        opened: list[float] = []

        def client(_region: str, seconds: float) -> Said:
            opened.append(seconds)
            return Said({"ModelPackageSummaryList": []})

        deadline = Deadline(40.0, clock=lambda: now[0])
        platform = SagemakerPlatform("aws", [REGION], deadline, client=client)
        for elapsed in (0.0, 5.0, 20.0, 25.0, 30.0, 39.0, 39.9):
            now[0] = elapsed
            list(platform.versions(REGION))
        assert opened == [16.0, 8.0, 1.0, pytest.approx(0.1)]


class TestStrangeAnswers:
    @pytest.mark.parametrize(
        "answer",
        [
            {},
            [],
            None,
            "text",
            {"ModelPackageSummaryList": None},
            {"ModelPackageSummaryList": {"a": 1}},
            {"ModelPackageSummaryList": [None]},
            {"ModelPackageSummaryList": [[]]},
            {"ModelPackageSummaryList": [{}]},
            {"ModelPackageSummaryList": [{"ModelPackageArn": 7, "ModelPackageVersion": []}]},
            {"ModelPackageSummaryList": [], "NextToken": "again"},
            {"Results": 3, "ModelPackageSummaryList": []},
        ],
        ids=repr,
    )
    def test_are_no_listing(self, answer: Any) -> None:
        with pytest.raises(PlatformUnanswered):
            list(asking(Said(answer)).versions(REGION))

    def test_what_is_missing_in_a_version_is_not_known(self) -> None:
        arn = "arn:aws:sagemaker:eu-west-1:1:model-package/churn/12"
        known = {
            "ModelPackageArn": arn,
            "InferenceSpecification": None,
            "CreatedBy": "x",
            "Tags": None,
            "CustomerMetadataProperties": {"a": 1, "b": None, "c": "kept"},
        }
        answer = {
            "Results": [{"ModelPackage": known}, {}, {"ModelPackage": None}],
            "ModelPackageSummaryList": [{"ModelPackageArn": arn, "CreationTime": "yesterday", "ModelLifeCycle": 5}],
            "NextToken": None,
        }
        (found,) = asking(Said(answer)).versions(REGION)
        assert found == PlatformVersion("churn", "12", REGION, arn, tags={"c": "kept"})

    def test_a_moment_beyond_the_calendar(self) -> None:
        beyond = datetime.max.replace(tzinfo=timezone(timedelta(hours=-9)))
        listed = {"ModelPackageGroupName": "a", "ModelPackageVersion": 1, "CreationTime": beyond}
        (found,) = asking(Said({"ModelPackageSummaryList": [listed]})).versions(REGION)
        assert found.created is None

    @pytest.mark.parametrize(
        ("package", "named"),
        [
            ("arn:aws:sagemaker:eu-west-1:123456789012:model-package/churn/3", ("churn", "3")),
            ("arn:aws-cn:sagemaker:cn-north-1:123456789012:model-package/churn", ("churn", "")),
            ("churn/3", ("churn", "3")),
            ("churn", ("churn", "")),
            ("", ("", "")),
            ("a/b/c", ("", "")),
            ("churn/x", ("", "")),
        ],
    )
    def test_names_in_arns(self, package: str, named: tuple[str, str]) -> None:
        assert named_by(package) == named


class TestStubbed:
    """Answers that moto does not give, each held against the specification by botocore's Stubber."""

    @pytest.fixture
    def stubbed(self) -> Iterator[Stubber]:
        session = botocore.session.Session()
        session.set_credentials("AKIATESTING", "s")
        client = session.create_client("sagemaker", region_name=REGION)
        with Stubber(client) as stubber:
            yield stubber
        client.close()

    def _endpoint(self, stubber: Stubber, **more: Any) -> None:
        now = datetime(2026, 5, 6, tzinfo=UTC)
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/front"
        named = {"EndpointName": "front", "EndpointArn": arn, "EndpointStatus": "InService"}
        moments = {"CreationTime": now, "LastModifiedTime": now}
        stubber.add_response("list_endpoints", {"Endpoints": [{**named, **moments}]}, {"MaxResults": 100})
        stubber.add_response("describe_endpoint", {**named, **moments, **more}, {"EndpointName": "front"})

    def _config(self, stubber: Stubber, **more: Any) -> None:
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint-config/c"
        named = {"EndpointConfigName": "c", "EndpointConfigArn": arn, "CreationTime": datetime(2026, 5, 5, tzinfo=UTC)}
        stubber.add_response("describe_endpoint_config", {**named, **more}, {"EndpointConfigName": "c"})

    def _model(self, stubber: Stubber, name: str, container: Mapping[str, Any]) -> None:
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:model/{name}"
        named = {"ModelName": name, "ModelArn": arn, "CreationTime": datetime(2026, 5, 4, tzinfo=UTC)}
        stubber.add_response("describe_model", {**named, "PrimaryContainer": container}, {"ModelName": name})

    def _found(self, stubber: Stubber) -> list[Deployment]:
        version = PlatformVersion("Churn", "3", REGION, OTHER)
        found = list(asking(stubber.client).deployments(REGION, [version]))
        stubber.assert_no_pending_responses()
        return found

    def test_a_shadow_is_no_deployment(self, stubbed: Stubber) -> None:
        shadow = [{"VariantName": "shadow", "CurrentWeight": 1.0}]
        variants = [{"VariantName": "all", "CurrentWeight": 1.0}]
        self._endpoint(stubbed, EndpointConfigName="c", ProductionVariants=variants, ShadowProductionVariants=shadow)
        self._config(
            stubbed,
            ProductionVariants=[{"VariantName": "all", "ModelName": "m"}],
            ShadowProductionVariants=[{"VariantName": "shadow", "ModelName": "other"}],
        )
        self._model(stubbed, "m", {"ModelPackageName": OTHER.replace("churn", "Churn")})  # spelt as its group
        since = datetime(2026, 5, 6, tzinfo=UTC)
        assert self._found(stubbed) == [Deployment("Churn", "3", "front", REGION, "", 1.0, since, "")]

    def test_an_endpoint_that_does_not_tell_what_it_serves(self, stubbed: Stubber) -> None:
        self._endpoint(stubbed)
        since = datetime(2026, 5, 6, tzinfo=UTC)
        stubbed.add_client_error("describe_endpoint_config", "ValidationException", "Could not find it")
        assert self._found(stubbed) == [Deployment("", "", "front", REGION, "", 1.0, since, "")]

    def test_what_is_denied_is_named(self, stubbed: Stubber) -> None:
        self._endpoint(stubbed, EndpointConfigName="c")
        stubbed.add_client_error("describe_endpoint_config", "AccessDeniedException", "no", 400)
        with pytest.raises(PlatformUnanswered, match="sagemaker:DescribeEndpointConfig"):
            self._found(stubbed)


def test_importing_it_costs_nothing() -> None:
    program = (
        "import sys; from registry_sheets.platforms.sagemaker import SagemakerPlatform;"
        "from registry_sheets.platforms.deadline import Deadline;"
        "SagemakerPlatform('aws', ['eu-west-1'], Deadline(1)).close();"
        "print(sorted({'boto3', 'botocore', 'httpx'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
