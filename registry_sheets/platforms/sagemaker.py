"""Amazon SageMaker: the Model Registry, what its endpoints and inference components serve, and training jobs.

Model package groups are the models and their packages the versions. A package without a group has no version (the
marketplace's are so): it is no version of the registry, and where it serves it is told as unregistered, by its ARN.
Groups of another account that are shared with this one are listed where that account is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from registry_sheets.platforms.base import Platform
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.reading import objects, table, text, texts
from registry_sheets.platforms.sagemaker_asking import Client, Clients, Region
from registry_sheets.platforms.sagemaker_lineage import lineages
from registry_sheets.platforms.sagemaker_reading import data_of, moment, named_by
from registry_sheets.platforms.sagemaker_refusals import strange
from registry_sheets.platforms.sagemaker_serving import Serving
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformVersion


class SagemakerPlatform(Platform):
    """SageMaker in some regions of one account.

    Args:
        name: how people call it.
        regions: each is a scope ('eu-west-1').
        deadline: until when it has to have answered, all regions together.
        profile: of ~/.aws/config; '' is what boto3 takes by itself (environment, SSO, the machine's role).
        url: an endpoint of one's own, such as that of a VPC; '' is AWS's for the region.
        client: (region, seconds that a connection and an answer may take) -> a SageMaker client, instead of boto3's.

    Rights: sagemaker:ListModelPackages and Search for the versions, ListEndpoints, DescribeEndpoint,
    DescribeEndpointConfig, DescribeModel, ListInferenceComponents and DescribeInferenceComponent for what serves,
    Search, ListArtifacts, QueryLineage and DescribeTrainingJob for lineage. AmazonSageMakerReadOnly has them all.
    """

    kind: ClassVar[str] = "sagemaker"

    def __init__(
        self,
        name: str,
        regions: Sequence[str],
        deadline: Deadline,
        *,
        profile: str = "",
        url: str = "",
        client: Client | None = None,
    ) -> None:
        super().__init__(name)
        self._clients = Clients(profile, url, client)
        self._regions = {region: Region(region, self._clients, deadline) for region in regions}

    @property
    def scopes(self) -> tuple[str, ...]:
        return tuple(self._regions)

    def versions(self, scope: str) -> Iterator[PlatformVersion]:
        """Every version of every group.

        ListModelPackages says which there are; what it does not tell (files, tags, who) comes from Search, whose index
        may lag: a package that it does not know yet comes without those.
        """
        region = self._regions[scope]
        known = {text(package, "ModelPackageArn"): package for package in _packages(region)}
        # Without a type it lists only the packages that have no version (boto/boto3#3069).
        versioned: dict[str, Any] = {"ModelPackageType": "Versioned"}
        for listed in region.pages("ListModelPackages", "ModelPackageSummaryList", always=True, **versioned):
            yield _version(listed, known.get(text(listed, "ModelPackageArn"), {}), scope)

    def deployments(self, scope: str, versions: Sequence[PlatformVersion]) -> Iterator[Deployment]:
        return Serving(self._regions[scope], scope, versions).deployments()

    def lineage(self, versions: Sequence[PlatformVersion]) -> Iterator[tuple[PlatformVersion, Lineage]]:
        for scope, region in self._regions.items():
            yield from lineages(region, [one for one in versions if one.scope == scope])

    def close(self) -> None:
        self._clients.close()


def _packages(region: Region) -> Iterator[Mapping[str, Any]]:
    """All that Search knows of model packages."""
    for record in region.pages("Search", "Results", Resource="ModelPackage"):
        yield table(record, "ModelPackage")


def _version(listed: Mapping[str, Any], known: Mapping[str, Any], scope: str) -> PlatformVersion:
    """One package, as it was listed and as far as Search knows it. Raises PlatformUnanswered for one without a name."""
    arn = text(listed, "ModelPackageArn")
    model, version = named_by(arn)
    model = text(listed, "ModelPackageGroupName") or model
    version = text(listed, "ModelPackageVersion") or version
    if not model or not version:
        raise strange("ListModelPackages", scope)
    return PlatformVersion(
        model=model,
        version=version,
        scope=scope,
        id=arn,
        created=moment(listed.get("CreationTime")),
        stage=text(table(listed, "ModelLifeCycle"), "Stage") or text(listed, "ModelApprovalStatus"),
        source=_source(known),
        run=text(table(known, "MetadataProperties"), "GeneratedBy"),
        created_by=_who(table(known, "CreatedBy")),
        description=text(listed, "ModelPackageDescription") or text(known, "ModelPackageDescription"),
        tags=_tags(known),
    )


def _source(known: Mapping[str, Any]) -> str:
    """Where its files are: of the first container that has any, else of its algorithm, else as it was registered."""
    parts = [
        *objects(table(known, "InferenceSpecification"), "Containers"),
        *objects(table(known, "SourceAlgorithmSpecification"), "SourceAlgorithms"),
    ]
    return next((found for part in parts if (found := data_of(part))), text(known, "SourceUri"))


def _who(by: Mapping[str, Any]) -> str:
    return text(by, "UserProfileName") or text(table(by, "IamIdentity"), "Arn")


def _tags(known: Mapping[str, Any]) -> dict[str, str]:
    """The tags of its group and, before them, its own customer metadata: a version has no tags of its own."""
    of_group = {text(tag, "Key"): text(tag, "Value") for tag in objects(known, "Tags")}
    return {**of_group, **texts(known, "CustomerMetadataProperties")}
