"""SageMaker: answers that are broken, or of another shape."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.sagemaker_reading import named_by
from registry_sheets.registry.platforms.values import PlatformVersion
from tests.support.platforms.line import Fault
from tests.support.platforms.sagemaker_asking import Said, asking
from tests.support.platforms.sagemaker_lab import REGION, files, sagemaker_lab
from tests.support.platforms.sagemaker_moto import Server, sagemaker_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with sagemaker_server() as running:
        yield running


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
