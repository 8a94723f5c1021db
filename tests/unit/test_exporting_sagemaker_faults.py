"""The way out into SageMaker where calls are lost, throttled or denied."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from registry_sheets.errors import PlatformUnanswered
from tests.support.platforms.leaving import table
from tests.support.platforms.sagemaker_target import ROWS, Cloud, export, moto_cloud


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    with moto_cloud(monkeypatch) as found:
        yield found


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
