"""AWS's own client at the same server sees the same as the adapter: it goes group by group and describes everything."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import Any

import pytest

from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion
from tests.support.platforms.sagemaker_lab import IMAGE, REGION, SagemakerLab, files, sagemaker_lab
from tests.support.platforms.sagemaker_moto import Server, sagemaker_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


@pytest.fixture(scope="module")
def lab(server: Server) -> Iterator[SagemakerLab]:
    """Models of several pages, trained, approved, described and served."""
    with sagemaker_lab(server) as lab:
        for number in range(3):
            source = lab.train(f"churn-{number}", f"s3://data/{number}", "s3://data/all")
            lab.add("Churn-EU", model_package_description=f"Stand {number} – geprüft", **files(source))
        lab.add("forecast", 120, customer_metadata_properties={"version": "7"}, **files("s3://forecast"))
        lab.add("llm", model_approval_status="Rejected", metadata_properties={"GeneratedBy": "a pipeline"})
        lab.add("x", model_package_group_name=None, model_package_name="from-the-marketplace")
        lab.server.of(REGION).packages[lab.arn("llm", "1")] = {
            "ModelLifeCycle": {"Stage": "Staging", "StageStatus": "Approved"},
        }
        lab.deploy("Churn-EU", {"3": 0.75, "2": 0.25}, "front")
        lab.deploy("forecast", {"120": 1.0}, "back")
        lab.serve("odd", {"a": {"Image": IMAGE, "ModelDataUrl": "s3://elsewhere"}})
        lab.with_components("shared")
        lab.component("one", "shared", Container={"ArtifactUrl": lab.train("llm-1", "s3://texts")})
        yield lab
        assert server.wrong == []


@pytest.fixture(scope="module")
def versions(lab: SagemakerLab) -> dict[str, PlatformVersion]:
    found = lab.all_versions()
    by_arn = {one.id: one for one in found}
    assert len(by_arn) == len(found) == 124
    return by_arn


def pages(aws: Any, operation: str, key: str, **asked: Any) -> list[dict[str, Any]]:
    """What boto3's own paginator lists."""
    return [one for page in aws.get_paginator(operation).paginate(**asked) for one in page[key]]


def test_every_version_and_field(lab: SagemakerLab, versions: dict[str, PlatformVersion]) -> None:
    aws = lab.aws()
    seen = {}
    for group in pages(aws, "list_model_package_groups", "ModelPackageGroupSummaryList"):
        name = group["ModelPackageGroupName"]
        for one in pages(aws, "list_model_packages", "ModelPackageSummaryList", ModelPackageGroupName=name):
            told = aws.describe_model_package(ModelPackageName=one["ModelPackageArn"])
            (container,) = told.get("InferenceSpecification", {}).get("Containers", [{}])
            seen[one["ModelPackageArn"]] = PlatformVersion(
                model=told["ModelPackageGroupName"],
                version=str(told["ModelPackageVersion"]),
                scope=REGION,
                id=told["ModelPackageArn"],
                created=one["CreationTime"].astimezone(UTC),
                stage=one.get("ModelLifeCycle", {}).get("Stage") or told["ModelApprovalStatus"],
                source=container.get("ModelDataUrl", ""),
                run=told.get("MetadataProperties", {}).get("GeneratedBy", ""),
                created_by=told["CreatedBy"]["UserProfileName"],
                description=told.get("ModelPackageDescription", ""),
                tags={"team": "Pricing", **told.get("CustomerMetadataProperties", {})},
            )
    assert seen == versions
    assert seen[lab.arn("llm", "1")].stage == "Staging"


def test_what_serves(lab: SagemakerLab, versions: dict[str, PlatformVersion]) -> None:
    aws = lab.aws()
    seen: set[tuple[str, str, str, float | None, str]] = set()
    for listed in pages(aws, "list_endpoints", "Endpoints", StatusEquals="InService"):
        name = listed["EndpointName"]
        endpoint = aws.describe_endpoint(EndpointName=name)
        config = aws.describe_endpoint_config(EndpointConfigName=endpoint["EndpointConfigName"])
        weights = {one["VariantName"]: one["CurrentWeight"] for one in endpoint["ProductionVariants"]}
        for variant in config["ProductionVariants"]:
            if "ModelName" in variant:
                container = aws.describe_model(ModelName=variant["ModelName"])["PrimaryContainer"]
                one = versions.get(container.get("ModelPackageName", ""), PlatformVersion("", ""))
                share = weights[variant["VariantName"]] / sum(weights.values())
                seen.add((name, one.model, one.version, share, one.source or container["ModelDataUrl"]))
        for component in pages(aws, "list_inference_components", "InferenceComponents", EndpointNameEquals=name):
            told = aws.describe_inference_component(InferenceComponentName=component["InferenceComponentName"])
            if told["EndpointName"] == name:
                seen.add((name, "", "", None, told["Specification"]["Container"]["ArtifactUrl"]))
    platform = lab.open()
    found: list[Deployment] = list(platform.deployments(REGION, tuple(versions.values())))
    platform.close()
    assert len(found) == 5
    assert {(one.endpoint, one.model, one.version, one.share, one.source) for one in found} == seen


def test_how_they_came_to_be(lab: SagemakerLab, versions: dict[str, PlatformVersion]) -> None:
    aws = lab.aws()
    jobs = {}
    for listed in pages(aws, "list_training_jobs", "TrainingJobSummaries"):
        job = aws.describe_training_job(TrainingJobName=listed["TrainingJobName"])
        jobs[job["ModelArtifacts"]["S3ModelArtifacts"]] = Lineage(
            trained=job["TrainingEndTime"].astimezone(UTC),
            began=job["TrainingStartTime"].astimezone(UTC),
            data=tuple(one["DataSource"]["S3DataSource"]["S3Uri"] for one in job["InputDataConfig"]),
            metrics={one["MetricName"]: one["Value"] for one in job["FinalMetricDataList"]},
        )
    some = [one for one in versions.values() if one.model != "forecast"]
    platform = lab.open()
    found = {one.id: lineage for one, lineage in platform.lineage(some)}
    platform.close()
    assert found == {one.id: jobs.get(one.source, Lineage()) for one in some}
    assert sum(lineage.trained is not None for lineage in found.values()) == 3
