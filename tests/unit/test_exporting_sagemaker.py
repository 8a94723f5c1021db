"""The way out into SageMaker, played by moto, with every call held against botocore's own service model."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.operations.transfer_platform import Left, export_platform
from registry_sheets.platforms.exporting.sagemaker import SagemakerTarget
from registry_sheets.registry.platforms.terms import PlatformTerms
from registry_sheets.registry.table import ModelTable
from tests.unit.test_leaving import HOSTILE, live, table

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


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
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
        found = Cloud(boto3.client("sagemaker", region_name=REGION))
        yield found


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
    target = SagemakerTarget("SageMaker", REGION, 20.0, client=lambda _region, _seconds: Watched(cloud))
    return export_platform(rows, target, terms, apply)


ROWS = table(
    live("3.1", "Munich"), ("AC", "3.0", "", "", "Archived"), ("AC", "4", "", "", "Testing"), ("No shows", "1")
)


def test_models_are_groups_and_versions_packages_with_what_the_sheet_says(cloud: Cloud) -> None:
    shown = export(ROWS, cloud, apply=False)
    assert cloud.writes() == []
    done = export(ROWS, cloud)
    assert done.steps == shown.steps
    assert cloud.groups() == ["AC", "No-shows"]
    packages = cloud.packages("AC")
    said = [one["CustomerMetadataProperties"]["registry-sheets.version"] for one in packages]
    assert said == ["3.0", "3.1", "4"]
    assert [one["ModelApprovalStatus"] for one in packages] == ["Rejected", *["PendingManualApproval"] * 2]
    assert packages[1]["CustomerMetadataProperties"]["registry-sheets.location"] == "Munich"
    count = len(cloud.writes())
    again = export(ROWS, cloud)
    assert (again.steps, again.unchanged) == ((), 4)
    assert len(cloud.writes()) == count


def test_what_changes_in_the_sheet_changes_there(cloud: Cloud) -> None:
    export(ROWS, cloud)
    export(table(("AC", "3.1", "", "", "Archived", "ana"), live("4", "Munich")), cloud)
    first, second, third = cloud.packages("AC")
    assert [one["ModelApprovalStatus"] for one in (first, second, third)] == [
        "Rejected",
        "Rejected",
        "PendingManualApproval",
    ]
    assert second["CustomerMetadataProperties"]["registry-sheets.owner"] == "ana"
    assert "registry-sheets.location" not in second["CustomerMetadataProperties"]
    assert len(cloud.packages("No-shows")) == 1


def test_other_peoples_packages_keep_their_status_and_metadata(cloud: Cloud) -> None:
    cloud.client.create_model_package_group(ModelPackageGroupName="ac")
    cloud.client.create_model_package(
        ModelPackageGroupName="ac",
        ModelApprovalStatus="Rejected",
        CustomerMetadataProperties={"theirs": "x"},
        ModelPackageDescription="Theirs",
    )
    done = export(table(live("1", "Munich")), cloud)
    (package,) = cloud.packages("ac")
    assert cloud.groups() == ["ac"]
    assert (package["ModelApprovalStatus"], package["ModelPackageDescription"]) == ("Rejected", "Theirs")
    assert package["CustomerMetadataProperties"]["theirs"] == "x"
    assert package["CustomerMetadataProperties"]["registry-sheets.version"] == "1"
    assert any("somebody else set that" in one for one in done.conflicts)
    assert export(table(live("1", "Munich")), cloud).steps == ()


def test_a_status_that_people_set_later_stays(cloud: Cloud) -> None:
    export(table(("AC", "1", "", "", "Testing")), cloud)
    (package,) = cloud.packages("AC")
    cloud.client.update_model_package(ModelPackageArn=package["ModelPackageArn"], ModelApprovalStatus="Rejected")
    done = export(table(live("1")), cloud)
    assert cloud.packages("AC")[0]["ModelApprovalStatus"] == "Rejected"
    assert done.conflicts


class Lost(Exception):
    """For a fault of the line."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_reply_that_is_lost_at_any_write_makes_nothing_twice(cloud: Cloud, when: str) -> None:
    from botocore.exceptions import ConnectionClosedError

    for at in range(4):
        rows = table((f"M{at}", "1"), (f"M{at}", "2", "", "", "Archived"), (f"N{at}", "1"))
        count = 0

        def fault(operation: str, now: str, at: int = at) -> None:
            nonlocal count
            if operation.startswith("Create") and now == when:
                count += 1
                if count == at + 1:
                    raise ConnectionClosedError(endpoint_url="https://x")

        cloud.fault = fault
        assert export(rows, cloud).complete
        assert count > at
        assert [len(cloud.packages(f"{name}{at}")) for name in "MN"] == [2, 1]


def test_a_throttled_account_is_waited_for(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from botocore.exceptions import ClientError

    left = [2]

    def fault(operation: str, now: str) -> None:
        if operation == "CreateModelPackage" and now == "before" and left[0]:
            left[0] -= 1
            raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "Rate exceeded"}}, operation)

    cloud.fault = fault
    assert export(table(("AC", "1")), cloud).complete
    assert cloud.writes().count("CreateModelPackage") == 3
    assert len(cloud.packages("AC")) == 1


def test_without_rights_it_says_which_are_missing(cloud: Cloud) -> None:
    from botocore.exceptions import ClientError

    def fault(operation: str, now: str) -> None:
        if operation.startswith("Create"):
            error = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
            raise ClientError({**error, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation)

    cloud.fault = fault
    done = export(table(("AC", "1")), cloud)
    assert "sagemaker:CreateModelPackageGroup" in done.failed[0].error.fix
    assert "AmazonSageMakerReadOnly does not have it" in done.failed[0].error.fix
    assert cloud.groups() == []


def test_listing_that_fails_is_no_empty_registry(cloud: Cloud) -> None:
    from botocore.exceptions import ClientError

    export(ROWS, cloud)
    count = len(cloud.writes())

    def fault(operation: str, now: str) -> None:
        if operation == "DescribeModelPackage":
            error = {"Error": {"Code": "AccessDeniedException", "Message": "not authorized"}}
            raise ClientError({**error, "ResponseMetadata": {"HTTPStatusCode": 400}}, operation)

    cloud.fault = fault
    with pytest.raises(PlatformUnanswered, match="DescribeModelPackage"):
        export(ROWS, cloud)
    assert len(cloud.writes()) == count


def test_more_than_a_page_of_groups_and_versions(cloud: Cloud) -> None:
    for number in range(101):
        cloud.client.create_model_package_group(ModelPackageGroupName=f"other-{number}")
    rows = table(*(("zz last", str(number)) for number in range(1, 104)))
    export(rows, cloud)
    assert export(rows, cloud).unchanged == 103
    listed = [asked["ResourceArn"] for operation, asked in cloud.asked if operation == "ListTags"]
    assert all(arn.endswith("zz-last") for arn in listed)  # only those that may be the sheet's are looked at closely


def test_names_that_slug_alike_are_two_groups(cloud: Cloud) -> None:
    names = ("a b", "a-b", "a/b", "模型", "ночь", "Kälte", "Kalte", "x" * 200, "!!", "?")
    rows = table(*((name, "1") for name in names))
    assert export(rows, cloud).complete
    assert len(cloud.groups()) == len(names)
    assert export(rows, cloud).steps == ()


def test_what_does_not_fit_is_told(cloud: Cloud) -> None:
    headings = ("Name", "Version", "Why", *(f"Own {number}" for number in range(60)))
    rows = table(("AC", "1", "Fewer alarms, (20%); " + "x" * 300, *["y"] * 60), headings=headings)
    done = export(rows, cloud)
    kinds = {(one.what, one.header) for one in done.losses}
    assert {("signs", "Why"), ("cut", "Why"), ("no room", "Own 59")} <= kinds
    (package,) = cloud.packages("AC")
    said = package["CustomerMetadataProperties"]
    assert len(said) == 50
    assert said["registry-sheets.why"].startswith("Fewer alarms_ _20__")
    assert package["ModelPackageDescription"].startswith("Fewer alarms, (20%)")
    assert export(rows, cloud).steps == ()


def test_hostile_texts_never_break_the_rules_of_the_service(cloud: Cloud) -> None:
    headings = ("Name", "Version", "Owner", "Why", "Run link", *(f"Own {text[:60]}" for text in HOSTILE))
    links = ["arn:aws:sagemaker:eu-west-1:1:model-package/a/1", "https://x/a", "https://x/?a=b", "s3://a/b", "\u202e"]
    rows = [
        (f"{place} {text}", text[:300], text, text, links[place % 5], *["x"] * len(HOSTILE))
        for place, text in enumerate(HOSTILE)
    ]
    assert export(table(*rows, headings=headings), cloud).complete
    sources = [asked["SourceUri"] for operation, asked in cloud.asked if operation == "CreateModelPackage"]
    assert not any(one.startswith("arn:") for one in sources)
    assert {"https://x/a", "s3://a/b"} <= set(sources)
    assert export(table(*rows, headings=headings), cloud).steps == ()


@settings(deadline=None)
@given(st.text(min_size=1, max_size=100))
def test_any_name_is_a_groups_name(name: str) -> None:
    target = SagemakerTarget("SageMaker", REGION, 1.0)
    title = target.title(name)
    assert re.fullmatch(r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}", title)
    assert target.title(title) == title
