"""A SageMaker to export into, played by moto, with every call held against botocore's own service model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from registry_sheets.operations.transfer_platform import Left, export_platform
from registry_sheets.platforms.exporting.sagemaker import SagemakerTarget
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.table import ModelTable
from tests.support.platforms.leaving import live, table

TERMS = PlatformTerms("ours", "sagemaker")
REGION = "eu-west-1"
_CLASS = re.compile(r"\\p\{(\w)\}")


@dataclass
class Cloud:
    """SageMaker in moto. ``asked`` are the calls; ``fault`` is called before and after each, and may raise."""

    client: Any
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    fault: Callable[[str, str], None] = lambda _operation, _when: None

    def writes(self) -> list[str]:
        return [one for one, _ in self.asked if not one.startswith(("List", "Describe"))]

    def packages(self, group: str) -> list[Mapping[str, Any]]:
        listed = self.client.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
        arns = sorted(one["ModelPackageArn"] for one in listed)
        return [self.client.describe_model_package(ModelPackageName=arn) for arn in arns]

    def groups(self) -> list[str]:
        listed = self.client.list_model_package_groups()["ModelPackageGroupSummaryList"]
        return sorted(one["ModelPackageGroupName"] for one in listed)


@contextmanager
def moto_cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """An empty SageMaker, as long as this is open."""
    import boto3
    from moto import mock_aws
    from moto.sagemaker.models import ModelPackage, SageMakerModelBackend

    update = SageMakerModelBackend.update_model_package

    def kept(self: Any, model_package_arn: str, **said: Any) -> str:
        """SageMaker leaves as it is what an update does not name (documented); moto forgets it."""
        before: ModelPackage = self.model_packages[model_package_arn]
        status = said.pop("model_approval_status") or before.model_approval_status
        told = {**(before.customer_metadata_properties or {}), **(said.pop("customer_metadata_properties") or {})}
        return update(self, model_package_arn, model_approval_status=status, customer_metadata_properties=told, **said)

    monkeypatch.setattr(SageMakerModelBackend, "update_model_package", kept)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield Cloud(boto3.client("sagemaker", region_name=REGION))


class Watched:
    """A client that checks what it is asked as SageMaker would, and lets a test break calls off."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud

    def __getattr__(self, method: str) -> Any:
        client = self._cloud.client
        operation = client.meta.method_to_api_mapping.get(method, "")

        def call(**asked: Any) -> Any:
            check(client.meta.service_model.operation_model(operation).input_shape, asked)
            self._cloud.asked.append((operation, asked))
            self._cloud.fault(operation, "before")
            answer = getattr(client, method)(**asked)
            self._cloud.fault(operation, "after")
            return answer

        return call if operation else getattr(client, method)


def check(shape: Any, value: Any) -> None:
    """Hold a value against lengths, counts, words and patterns of the service model, which botocore does not do."""
    said = shape.metadata
    if shape.type_name == "structure":
        for name, inner in value.items():
            check(shape.members[name], inner)
    elif shape.type_name == "list":
        assert said.get("min", 0) <= len(value) <= said.get("max", len(value))
        for inner in value:
            check(shape.member, inner)
    elif shape.type_name == "map":
        assert said.get("min", 0) <= len(value) <= said.get("max", len(value))
        for key, inner in value.items():
            check(shape.key, key)
            check(shape.value, inner)
    elif shape.type_name == "string":
        assert said.get("min", 0) <= len(value) <= said.get("max", len(value)), (shape.name, value)
        assert not said.get("enum") or value in said["enum"]
        if pattern := said.get("pattern"):
            assert fits(pattern, value), (shape.name, pattern, value)


def fits(pattern: str, value: str) -> bool:
    r"""Whether a text fits AWS's pattern, in which \p{L} is a class of Unicode."""
    if r"\p" not in pattern:
        return re.fullmatch(pattern, value, re.ASCII) is not None
    classes = set(_CLASS.findall(pattern))
    others = set(_CLASS.sub("", pattern.split("[", 1)[1].split("]", 1)[0]).replace("\\", ""))
    return all(unicodedata.category(sign)[0] in classes or sign in others for sign in value)


def export(rows: ModelTable, cloud: Cloud, apply: bool = True, terms: PlatformTerms = TERMS) -> Left:
    """Export the rows to SageMaker, with every call checked."""
    target = SagemakerTarget("SageMaker", REGION, 20.0, client=lambda _region, _seconds: Watched(cloud))
    return export_platform(rows, target, terms, apply)


ROWS = table(
    live("3.1", "Munich"), ("AC", "3.0", "", "", "Archived"), ("AC", "4", "", "", "Testing"), ("No shows", "1")
)
