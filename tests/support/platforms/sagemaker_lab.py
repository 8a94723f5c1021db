"""A SageMaker to try things on, as PlatformLab: moto behind a line that can fail."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.config import Config

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.sagemaker import SagemakerPlatform
from tests.contracts.platform_contract import PlatformLab
from tests.support.platforms.line import Line, line_to
from tests.support.platforms.sagemaker_moto import ACCOUNT, Server

REGION = "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/sagemaker"
IMAGE = f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/churn:1"

_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "AKIATESTING",
    "AWS_SECRET_ACCESS_KEY": "the-secret",  # pragma: allowlist secret
    "AWS_SESSION_TOKEN": "the-token",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nowhere/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nowhere/credentials",
}


class SagemakerLab(PlatformLab):
    """In ``regions``; all that is made goes to the first, unless a region is named.

    ``quick``: the adapter's clients are of boto3's own session, which is opened once for all tests.
    """

    listing = r"SageMaker\.ListModelPackages\b"
    serving = r"SageMaker\.(ListEndpoints|DescribeEndpoint)\b"
    questions = r"^POST / SageMaker\.(Describe\w+|List\w+|Search|QueryLineage)( |$)"
    denial = (400, b'{"__type":"AccessDeniedException","message":"User: arn:aws:iam::1:user/x is not authorized"}')
    throttle = (400, b'{"__type":"ThrottlingException","message":"Rate exceeded"}')
    pages_of_models = 120
    # SageMaker's names are of ASCII letters, digits and hyphens: these look like numbers or nothing, or are long
    names: Sequence[str] = ("1e3", "0-1", "NULL", "TRUE", "a", "3-10", "Churn--EU", "M" * 63)

    def __init__(self, server: Server, line: Line, regions: Sequence[str] = (REGION,), quick: bool = False) -> None:
        self.server = server
        self.line = line
        self.regions = tuple(regions)
        self._client = self._quick_client if quick else None

    def aws(self, region: str = REGION) -> Any:
        """AWS's own client, past the line."""
        return boto3.client("sagemaker", region_name=region, endpoint_url=self.server.url)

    def open(self, seconds: float = 30.0) -> SagemakerPlatform:
        # Pauses between tries are cut short, so that tests need not sit them out.
        deadline = Deadline(seconds, sleep=lambda pause: time.sleep(min(pause, 0.02)))
        return SagemakerPlatform("our aws", self.regions, deadline, url=self.line.url, client=self._client)

    def _quick_client(self, region: str, seconds: float) -> Any:
        config = Config(connect_timeout=seconds, read_timeout=seconds, retries={"total_max_attempts": 1})
        return boto3.client("sagemaker", region_name=region, endpoint_url=self.line.url, config=config)

    def add(self, model: str, count: int = 1, region: str = REGION, **more: Any) -> Sequence[str]:
        """``more``: arguments of moto's create_model_package (snake case)."""
        backend = self.server.backend(region)
        if model not in backend.model_package_groups:
            backend.create_model_package_group(model, "", [{"Key": "team", "Value": "Pricing"}])
        return [backend.create_model_package(**_package(model, more)).rpartition("/")[2] for _ in range(count)]

    def arn(self, model: str, version: str, region: str = REGION) -> str:
        return f"arn:aws:sagemaker:{region}:{ACCOUNT}:model-package/{model.lower()}/{version}"

    def deploy(self, model: str, shares: Mapping[str, float], endpoint: str, region: str = REGION) -> None:
        weights = {f"v{version}": share for version, share in shares.items()}
        containers = {f"v{version}": {"ModelPackageName": self.arn(model, version, region)} for version in shares}
        self.serve(endpoint, containers, weights, region)

    def serve(
        self, endpoint: str, containers: Mapping[str, Any], weights: Mapping[str, float] = {}, region: str = REGION
    ) -> None:
        """An endpoint with variants; ``containers``: variant -> its container, or a list of several."""
        aws = self.aws(region)
        for variant, container in containers.items():
            what = {"Containers": container} if isinstance(container, list) else {"PrimaryContainer": container}
            aws.create_model(ModelName=f"{endpoint}-{variant}", ExecutionRoleArn=ROLE, **what)
        variants = [
            {
                "VariantName": variant,
                "ModelName": f"{endpoint}-{variant}",
                "InstanceType": "ml.m5.large",
                "InitialInstanceCount": 1,
                "InitialVariantWeight": weights.get(variant, 1.0),
            }
            for variant in containers
        ]
        aws.create_endpoint_config(EndpointConfigName=f"{endpoint}-config", ProductionVariants=variants)
        aws.create_endpoint(EndpointName=endpoint, EndpointConfigName=f"{endpoint}-config")

    def with_components(self, endpoint: str, region: str = REGION) -> None:
        """An endpoint whose variant has no model of its own, as those for inference components have (documented)."""
        self.serve(endpoint, {"all": {"Image": IMAGE}}, region=region)
        backend = self.server.backend(region)
        (variant,) = backend.endpoint_configs[f"{endpoint}-config"].production_variants
        del variant["ModelName"]

    def component(self, name: str, endpoint: str, copies: int = 1, region: str = REGION, **specification: Any) -> None:
        now = datetime.now(UTC)
        self.server.of(region).components[name] = {
            "InferenceComponentName": name,
            "InferenceComponentArn": f"arn:aws:sagemaker:{region}:{ACCOUNT}:inference-component/{name}",
            "EndpointName": endpoint,
            "EndpointArn": f"arn:aws:sagemaker:{region}:{ACCOUNT}:endpoint/{endpoint}",
            "VariantName": "all",
            "InferenceComponentStatus": "InService",
            "CreationTime": now,
            "LastModifiedTime": now,
            "Specification": specification,
            "RuntimeConfig": {"DesiredCopyCount": copies, "CurrentCopyCount": copies},
        }

    def train(self, job: str, *data: str, region: str = REGION) -> str:
        """A finished training job; gives where its model is."""
        self.aws(region).create_training_job(
            TrainingJobName=job,
            AlgorithmSpecification={"TrainingImage": IMAGE, "TrainingInputMode": "File"},
            RoleArn=ROLE,
            InputDataConfig=[
                {
                    "ChannelName": f"c{number}",
                    "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
                }
                for number, uri in enumerate(data)
            ],
            OutputDataConfig={"S3OutputPath": "s3://models"},
            ResourceConfig={"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            StoppingCondition={"MaxRuntimeInSeconds": 60},
        )
        return f"s3://models/{job}/output/model.tar.gz"


def files(uri: str) -> dict[str, Any]:
    """``more`` of SagemakerLab.add for a package whose files are there."""
    containers = [{"Image": IMAGE, "ModelDataUrl": uri}]
    types = {"SupportedContentTypes": ["text/csv"], "SupportedResponseMIMETypes": ["text/csv"]}
    return {"inference_specification": {"Containers": containers, **types}}


@contextmanager
def sagemaker_lab(server: Server, *regions: str, quick: bool = False) -> Iterator[SagemakerLab]:
    """An empty lab on a running server, with a sign-in in the environment."""
    server.clear()
    with pytest.MonkeyPatch.context() as patch, line_to(server.url) as line:
        patch.delenv("AWS_PROFILE", raising=False)
        for name, value in _ENVIRONMENT.items():
            patch.setenv(name, value)
        yield SagemakerLab(server, line, regions or (REGION,), quick)


def _package(model: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """All arguments of moto's create_model_package."""
    names = (
        "model_package_description",
        "inference_specification",
        "validation_specification",
        "source_algorithm_specification",
        "tags",
        "metadata_properties",
        "model_metrics",
        "client_token",
        "customer_metadata_properties",
        "drift_check_baselines",
        "domain",
        "task",
        "sample_payload_url",
        "additional_inference_specifications",
    )
    return {
        **dict.fromkeys(names),
        "model_package_name": None,
        "model_package_group_name": model,
        "certify_for_marketplace": False,
        "model_approval_status": "Approved",
        **more,
    }
