"""The way out into SageMaker, played by moto, with every call held against botocore's own service model."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.platforms.exporting.sagemaker import SagemakerTarget
from tests.support.platforms.leaving import HOSTILE, live, table
from tests.support.platforms.sagemaker_target import REGION, ROWS, Cloud, export, moto_cloud


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with moto_cloud(monkeypatch) as found:
        yield found


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
