"""Writing into Amazon SageMaker's Model Registry: model package groups, and packages with customer metadata.

Limits and signs are those of botocore's service model (sagemaker 2017-07-24). A package in a group takes no tags of its
own, and no description but at its making: what the sheet says stands in its customer metadata.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any, ClassVar

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.at_once import at_once
from registry_sheets.platforms.exporting.base import (
    Change,
    RegistryTarget,
    ThereModel,
    ThereVersion,
    WantedModel,
    WantedVersion,
)
from registry_sheets.platforms.exporting.fitting import TagRules, fit_model, with_marks
from registry_sheets.platforms.exporting.patience import EachCall
from registry_sheets.platforms.reading import text, texts
from registry_sheets.platforms.sagemaker_asking import Client, Clients, Region
from registry_sheets.platforms.sagemaker_reading import named_by
from registry_sheets.platforms.sagemaker_refusals import Refused, told
from registry_sheets.registry.platforms.leaving import LeavingModel
from registry_sheets.registry.platforms.marks import digest
from registry_sheets.registry.table import Stage

STATUSES: Mapping[Stage, str] = {
    Stage.PRODUCTION: "PendingManualApproval",
    Stage.TESTING: "PendingManualApproval",
    Stage.ARCHIVED: "Rejected",
}
"""Nothing is approved: in many companies an approval starts a deployment."""

_MOST = 50
_LONGEST_NAME = 63
_LONGEST_URI = 1024
_AT_ONCE = 8
_TIRED = frozenset(("ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException"))
_TIRED_TRIES = 6
_READS_ONLY = "The managed policy AmazonSageMakerReadOnly has it."


def _valued(sign: str) -> bool:
    r"""CustomerMetadataValue and TagValue: [\p{L}\p{Z}\p{N}_.:/=+\-@]."""
    return unicodedata.category(sign)[0] in "LZN" or sign in "_.:/=+-@"


def _describing(sign: str) -> bool:
    r"""EntityDescription: [\p{L}\p{M}\p{Z}\p{S}\p{N}\p{P}]."""
    return unicodedata.category(sign)[0] in "LMZSNP"


RULES = TagRules(
    key_signs=_valued,
    key_most=128,
    value_signs=_valued,
    value_most=256,
    described=1024,
    describing=_describing,
    most=_MOST - 1,  # one for the mark of the status
    dots="...",
    rows=False,
)


class SagemakerTarget(RegistryTarget):
    """SageMaker in one region.

    Args:
        label: how people call it.
        region: 'eu-west-1'.
        seconds: how long a call may take.
        profile: of ~/.aws/config; '' is what boto3 takes by itself.
        url: an endpoint of one's own; '' is AWS's for the region.
        client: as sagemaker_asking.Client, instead of boto3's.

    Rights: sagemaker:ListModelPackageGroups, ListTags, ListModelPackages and DescribeModelPackage to look;
    CreateModelPackageGroup, CreateModelPackage, UpdateModelPackage, AddTags and DeleteTags to write.
    """

    kind: ClassVar[str] = "sagemaker"
    redescribes: ClassVar[bool] = False

    def __init__(
        self, label: str, region: str, seconds: float, *, profile: str = "", url: str = "", client: Client | None = None
    ) -> None:
        self.label = label
        self._name = region
        self._deadline = EachCall(seconds)
        self._clients = Clients(profile, url, client)
        self._region = Region(region, self._clients, self._deadline)

    def close(self) -> None:
        self._clients.close()

    def models(self, may_be: Callable[[str], bool], /) -> Sequence[ThereModel]:
        self._deadline.renew()
        listed = list(self._region.pages("ListModelPackageGroups", "ModelPackageGroupSummaryList"))

        def ask(one: Mapping[str, Any]) -> ThereModel:
            return self._model(one, may_be(text(one, "ModelPackageGroupName")))

        return list(at_once(ask, listed, _AT_ONCE))

    def versions(self, models: Set[str]) -> Mapping[str, tuple[ThereVersion, ...]]:
        """By asking for each: what Search knows lags, and a version that it does not know yet would be made again."""
        return {model: self._versions(model) for model in sorted(models)}

    def title(self, name: str) -> str:
        """In letters and digits of ASCII and '-'; with its digest where more than signs between words is lost."""
        parted = unicodedata.normalize("NFKD", name)
        bare = "".join(sign for sign in parted if not unicodedata.combining(sign))
        plain = re.sub(r"[^A-Za-z0-9]+", "-", bare).strip("-")
        whole = not any(sign.isalnum() and not sign.isascii() for sign in bare)
        if plain and whole and len(plain) <= _LONGEST_NAME:
            return plain
        return f"{plain[: _LONGEST_NAME - 9]}-{digest(name)[:8]}".strip("-")

    def fitted(self, model: LeavingModel, title: str) -> WantedModel:
        return fit_model(model, title, RULES, self.title(model.name), STATUSES)

    def create_model(self, wanted: WantedModel) -> ThereModel:
        """The group's description can never be changed, so that it tells only what stays: the model's name."""
        described = RULES.description(wanted.name)
        made = self._send(
            "CreateModelPackageGroup",
            ModelPackageGroupName=wanted.title,
            ModelPackageGroupDescription=described,
            Tags=_pairs(wanted.tags),
        )
        return ThereModel(wanted.title, wanted.tags, described, ref=text(made, "ModelPackageGroupArn"))

    def create_version(self, model: ThereModel, wanted: WantedVersion) -> ThereVersion:
        tags = with_marks(wanted.tags, status=wanted.status)
        made = self._send(
            "CreateModelPackage",
            ModelPackageGroupName=model.name,
            ModelApprovalStatus=wanted.status,
            CustomerMetadataProperties=tags,
            SourceUri=source_of(wanted),
            ClientToken=digest(model.ref or model.name, wanted.id, wanted.description, *sorted(tags.values())),
            **({"ModelPackageDescription": wanted.description} if wanted.description else {}),
        )
        arn = text(made, "ModelPackageArn")
        return ThereVersion(named_by(arn)[1], tags, wanted.description, wanted.status, arn)

    def change_model(self, model: ThereModel, change: Change) -> None:
        if change.tags:
            self._send("AddTags", ResourceArn=model.ref, Tags=_pairs(change.tags))
        if change.gone:
            self._send("DeleteTags", ResourceArn=model.ref, TagKeys=list(change.gone))

    def change_version(self, model: ThereModel, version: ThereVersion, change: Change) -> None:
        """All of its metadata is said again, other people's too: whether what is left out stays is told nowhere."""
        kept = {key: value for key, value in version.tags.items() if key not in change.gone}
        told = {**kept, **change.tags}
        if len(told) > _MOST:
            raise PlatformUnanswered(
                f"Version {version.number} of {model.name} would have {len(told)} metadata properties, of which "
                f"SageMaker takes {_MOST}.",
                "Take some of its own away there.",
            )
        self._send(
            "UpdateModelPackage",
            ModelPackageArn=version.ref,
            CustomerMetadataProperties=told,
            **({"CustomerMetadataPropertiesToRemove": list(change.gone)} if change.gone else {}),
            **({"ModelApprovalStatus": change.status} if change.status else {}),
        )

    def _model(self, listed: Mapping[str, Any], with_tags: bool) -> ThereModel:
        arn = text(listed, "ModelPackageGroupArn")
        tags: dict[str, str] = {}
        if with_tags:
            self._deadline.renew()
            tags = {
                text(tag, "Key"): text(tag, "Value") for tag in self._region.pages("ListTags", "Tags", ResourceArn=arn)
            }
        return ThereModel(
            text(listed, "ModelPackageGroupName"), tags, text(listed, "ModelPackageGroupDescription"), ref=arn
        )

    def _versions(self, model: str) -> tuple[ThereVersion, ...]:
        self._deadline.renew()
        listed = self._region.pages("ListModelPackages", "ModelPackageSummaryList", ModelPackageGroupName=model)
        arns = [text(one, "ModelPackageArn") for one in listed]
        found = [one for one in at_once(self._version, arns, _AT_ONCE) if one]
        return tuple(sorted(found, key=lambda one: int(one.number or 0)))

    def _version(self, arn: str) -> ThereVersion | None:
        self._deadline.renew()
        told = self._region.find("DescribeModelPackage", ModelPackageName=arn)
        if told is None:
            return None
        return ThereVersion(
            number=named_by(arn)[1],
            tags=texts(told, "CustomerMetadataProperties"),
            description=text(told, "ModelPackageDescription"),
            status=text(told, "ModelApprovalStatus"),
            ref=arn,
        )

    def _send(self, operation: str, **asked: Any) -> Mapping[str, Any]:
        """A call that writes: once, but for an account that is told that it calls too often."""
        try:
            with told(operation, self._name):
                return self._sent(operation, asked)
        except Refused as refused:
            error = refused.error
            fix = error.fix.replace(_READS_ONLY, "AmazonSageMakerReadOnly does not have it.")
            raise type(error)(error.message, fix) from None

    def _sent(self, operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        from botocore import xform_name
        from botocore.exceptions import ClientError

        for tried in range(1, _TIRED_TRIES + 1):
            self._deadline.renew()
            client = self._clients.of(self._name, self._deadline.left())
            try:
                answer: Mapping[str, Any] = getattr(client, xform_name(operation))(**asked)
                return answer
            except ClientError as error:
                if error.response.get("Error", {}).get("Code") not in _TIRED or tried == _TIRED_TRIES:
                    raise
            self._deadline.wait(0.25 * 2.0**tried)
        raise AssertionError("the last try returns or raises")


def source_of(wanted: WantedVersion) -> str:
    r"""The page or place of its run, where SageMaker takes it ([\p{L}\p{M}\p{Z}\p{N}\p{P}]); else a mark of ours.

    Never an ARN: a package of which that is the source is made a copy of what it names.
    """
    link = wanted.run_link
    fits = len(link) <= _LONGEST_URI and all(unicodedata.category(sign)[0] in "LMZNP" for sign in link)
    if fits and link.startswith(("https://", "http://", "s3://")):
        return link
    return f"registry-sheets:/{wanted.id}"


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
