"""Asking the adapter about the SageMaker of a lab, or about a client that says what a test wants."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import botocore.exceptions
import pytest

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.sagemaker import SagemakerPlatform
from tests.support.platforms.sagemaker_lab import REGION, SagemakerLab, sagemaker_lab
from tests.support.platforms.sagemaker_moto import Server

OTHER = "arn:aws:sagemaker:us-east-1:999999999999:model-package/churn/3"
"""A package of another account and region."""


@contextmanager
def checked_lab(server: Server) -> Iterator[SagemakerLab]:
    """An empty SageMaker in one region. Fails where an answer was not as the vendor specifies it."""
    with sagemaker_lab(server, quick=True) as lab:
        yield lab
        assert server.wrong == []


def asked(lab: SagemakerLab) -> Counter[str]:
    """How often each operation was asked over the line."""
    return Counter(said.split()[2].partition(".")[2] for said in lab.line.asked)


def served(lab: SagemakerLab) -> set[tuple[str, str, str, float | None, str]]:
    """Of every deployment its endpoint, model, version, share of the traffic and source."""
    return {(one.endpoint, one.model, one.version, one.share, one.source) for one in lab.all_deployments()}


class Said:
    """A client that says, or raises, the same whatever it is asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked = 0
        self.meta = self
        self.events = self

    def register(self, *_arguments: Any) -> None: ...

    def close(self) -> None: ...

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(**_asked: Any) -> Any:
            self.asked += 1
            if isinstance(self.answer, BaseException):
                raise self.answer
            return self.answer

        return ask


def asking(client: Any, seconds: float = 30.0) -> SagemakerPlatform:
    """The adapter, with this as its boto3 client, and no pauses between tries."""
    deadline = Deadline(seconds, sleep=lambda _: None)
    return SagemakerPlatform("aws", [REGION], deadline, client=lambda _region, _seconds: client)


def client_error(code: str, message: str = "", status: int = 400, operation: str = "Search") -> Exception:
    """What boto3 raises where SageMaker refuses."""
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error: Exception = botocore.exceptions.ClientError(response, operation)
    return error


def words(error: Exception) -> tuple[PlatformUnanswered, int]:
    """What is said, and after how many tries."""
    client = Said(error)
    with pytest.raises(PlatformUnanswered) as caught:
        list(asking(client).versions(REGION))
    return caught.value, client.asked
