"""SageMaker: what the adapter makes of model packages, and of several regions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.registry.platforms.values import PlatformVersion
from tests.support.platforms.sagemaker_asking import asked, checked_lab
from tests.support.platforms.sagemaker_lab import IMAGE, REGION, SagemakerLab, files, sagemaker_lab
from tests.support.platforms.sagemaker_moto import ACCOUNT, Server, sagemaker_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


@pytest.fixture
def lab(server: Server) -> Iterator[SagemakerLab]:
    with checked_lab(server) as lab:
        yield lab


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
