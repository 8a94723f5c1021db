"""Asking SageMaker through boto3: with pauses, up to a deadline, every page.

boto3 itself tries only once: how often and how long is decided here, by what is left of the deadline.
"""

from __future__ import annotations

import json
import random
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.reading import Pages, objects, text
from registry_sheets.platforms.sagemaker_refusals import Gone, Refused, strange, told
from registry_sheets.platforms.sagemaker_unasked import not_installed, unusable

Client = Callable[[str, float], Any]
"""(region, seconds that a connection and an answer may take) -> a SageMaker client of botocore."""

_TRIES = 5
_LONGEST_PAUSE = 8.0
_PATIENCE = (16.0, 8.0, 4.0, 2.0, 1.0, 0.5, 0.25)


class Clients:
    """The clients of all regions, each opened when it is first needed; boto3 is imported then."""

    def __init__(self, profile: str, url: str, opened: Client | None = None) -> None:
        self._profile = profile
        self._url = url
        self._opened = opened or self._open
        self._lock = threading.Lock()
        self._session: Any = None
        self._kept: dict[str, tuple[float, Any]] = {}

    def of(self, region: str, left: float) -> Any:
        """A client that waits no longer than the seconds that are left. Raises PlatformUnanswered, or as boto3."""
        seconds = next((step for step in _PATIENCE if step <= left), left)
        with self._lock:  # a session of boto3 is not for several threads at once
            if region not in self._kept or self._kept[region][0] > left:
                self._kept[region] = (seconds, self._usable(region, seconds))
            return self._kept[region][1]

    def close(self) -> None:
        """Let go of connections."""
        for _, client in self._kept.values():
            client.close()

    def _usable(self, region: str, seconds: float) -> Any:
        try:
            client = self._opened(region, seconds)
            client.meta.events.register("before-parse.sagemaker", _check_whole)
            return client
        except ValueError as error:  # a region or an address that is none
            raise unusable(error, region) from None
        except ImportError as error:
            raise not_installed(error) from None

    def _open(self, region: str, seconds: float) -> Any:
        import boto3
        import botocore.session
        from botocore.config import Config

        config = Config(
            connect_timeout=seconds,
            read_timeout=seconds,
            retries={"mode": "standard", "total_max_attempts": 1},
            user_agent_extra="registry-sheets",
        )
        if self._session is None:
            core = botocore.session.Session()
            # For the clients by which the chain of credentials itself asks (STS, SSO): theirs would wait for minutes.
            core.set_default_client_config(config)
            self._session = boto3.Session(botocore_session=core, profile_name=self._profile or None)
        return self._session.client("sagemaker", region_name=region, endpoint_url=self._url or None, config=config)


class Region:
    """SageMaker in one region. Operations are called as in its API ('ListEndpoints')."""

    def __init__(self, name: str, clients: Clients, deadline: Deadline) -> None:
        self.name = name
        self._clients = clients
        self._deadline = deadline

    def ask(self, operation: str, **asked: Any) -> Mapping[str, Any]:
        """One answer. Raises PlatformUnanswered, and Gone, which is one, for what is not there (any more)."""
        for tried in range(1, _TRIES + 1):
            try:
                return self._once(operation, asked)
            except Refused as refusal:
                if not refusal.passing or tried == _TRIES:
                    raise refusal.error from None
            self._deadline.wait(random.uniform(0.5, 1.0) * min(0.25 * 2.0**tried, _LONGEST_PAUSE))  # noqa: S311
        raise AssertionError("the last try returns or raises")

    def find(self, operation: str, **asked: Any) -> Mapping[str, Any] | None:
        """One answer; None for what is not there (any more). Raises PlatformUnanswered."""
        try:
            return self.ask(operation, **asked)
        except Gone:
            return None

    def pages(
        self, operation: str, key: str, most: int = 100, always: bool = False, **asked: Any
    ) -> Iterator[Mapping[str, Any]]:
        """What is listed under ``key``, page by page of at most ``most``. Raises PlatformUnanswered, as ask().

        ``always``: the list is there even where it is empty (as its API says: required).
        """
        pages = Pages()
        while pages.more:
            answer = self.ask(operation, MaxResults=most, **asked, **pages.params("NextToken"))
            if always and answer.get(key) is None:
                raise strange(operation, self.name)
            yield from objects(answer, key)
            pages.turn(text(answer, "NextToken"))

    def _once(self, operation: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        left = self._deadline.left()
        with told(operation, self.name):
            answer = getattr(self._clients.of(self.name, left), _method(operation))(**asked)
        if not isinstance(answer, dict) or _says_nothing(operation, answer):
            raise strange(operation, self.name)
        return answer


def _says_nothing(operation: str, answer: Mapping[str, Any]) -> bool:
    """Whether it describes nothing at all."""
    return operation.startswith("Describe") and not set(answer) - {"ResponseMetadata"}


def _check_whole(response_dict: Mapping[str, Any], **_more: Any) -> None:
    """Stop botocore from reading an empty answer out of half a body, or out of a page to sign in at: it takes whatever
    is no JSON for an object without members, and does not count the bytes."""
    from botocore.exceptions import IncompleteReadError
    from botocore.parsers import ResponseParserError

    if response_dict["status_code"] >= 300:
        return
    body, headers = response_dict["body"], response_dict["headers"]
    length = str(headers.get("content-length", ""))
    if length.isdecimal() and int(length) != len(body) and "content-encoding" not in headers:
        raise IncompleteReadError(actual_bytes=len(body), expected_bytes=int(length))
    if not isinstance(json.loads(body), dict):
        raise ResponseParserError("no object")


def _method(operation: str) -> str:
    """'list_endpoints' for 'ListEndpoints', as boto3 calls it."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()
