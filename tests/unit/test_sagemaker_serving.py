"""SageMaker: what endpoints serve, which share of the traffic, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.platforms.line import Fault
from tests.support.platforms.sagemaker_asking import OTHER, asked, checked_lab, served
from tests.support.platforms.sagemaker_lab import IMAGE, REGION, SagemakerLab, files
from tests.support.platforms.sagemaker_moto import Server, sagemaker_server

GONE = b'{"__type":"ValidationException","message":"Could not find endpoint \\"arn:aws:sagemaker:x\\"."}'
UNVERSIONED = f"arn:aws:sagemaker:{REGION}:999999999999:model-package/xgb"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


@pytest.fixture
def lab(server: Server) -> Iterator[SagemakerLab]:
    with checked_lab(server) as lab:
        yield lab


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
