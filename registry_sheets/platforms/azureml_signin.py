"""Signing in to Azure: one token for all questions, never longer awaited than there is time, never a browser."""

from __future__ import annotations

import logging
import os
import queue
import re
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline, passed
from registry_sheets.registry.text import one_line

HOW = (
    "Run 'az login' as the account that runs this, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET "
    "of a service principal."
)

_EARLY = 300.0
"""Seconds before its end in which a token is replaced."""

_LOGINS: Mapping[str, str] = {
    "management.usgovcloudapi.net": "login.microsoftonline.us",
    "management.chinacloudapi.cn": "login.chinacloudapi.cn",
}
"""Management API -> where accounts of that cloud sign in (azure.identity.AzureAuthorityHosts)."""

_LOCAL = ("127.0.0.1", "localhost", "::1")
_LONGEST = 200

Credential = Any
"""What azure.core calls a TokenCredential: get_token(scope) gives an object with token and expires_on (epoch s)."""


class SignIn:
    """The sign-in that goes with every question to one management API.

    Args:
        url: the management API. An emulator (plain http on this machine) gets no sign-in.
        deadline: until when there must be a token.
        credential: instead of DefaultAzureCredential.
        clock: gives seconds since 1970.
    """

    def __init__(
        self, url: str, deadline: Deadline, credential: Credential = None, clock: Callable[[], float] = time.time
    ) -> None:
        self._url = url.rstrip("/")
        self._deadline = deadline
        self._credential = credential
        self._clock = clock
        self._lock = threading.Lock()
        self._token = _Token("", 0.0)
        self._failed: PlatformUnanswered | None = None

    def headers(self) -> Mapping[str, str]:
        """The sign-in as a header; none for an emulator. Raises PlatformUnanswered."""
        parts = urlsplit(self._url)
        if parts.scheme == "http":
            if parts.hostname in _LOCAL:
                return {}
            raise PlatformUnanswered(
                f"{self._url} is not encrypted, and a sign-in is not sent over it.", "Put https:// into its url."
            )
        return {"Authorization": f"Bearer {self._current()}"}

    def _current(self) -> str:
        if not self._lock.acquire(timeout=self._deadline.left()):
            raise passed(self._deadline.seconds)
        try:
            if self._failed is not None:
                raise self._failed
            if self._token.expires_on - self._clock() < _EARLY:
                self._token = self._new()
            return self._token.token
        except PlatformUnanswered as error:
            self._failed = error  # nobody waits for the same failure again
            raise
        finally:
            self._lock.release()

    def _new(self) -> _Token:
        """A new token. It is asked for in a thread that is left behind where it takes too long: a sign-in tries
        several ways, each with pauses and programs of its own, and takes no time limit."""
        answers: queue.SimpleQueue[_Token | PlatformUnanswered] = queue.SimpleQueue()
        threading.Thread(target=lambda: answers.put(self._asked()), name="azure-sign-in", daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left())
        except queue.Empty:
            raise PlatformUnanswered(
                f"The sign-in to Azure took longer than {self._deadline.seconds:g} s.",
                f"{HOW} Check that this machine reaches the sign-in of Azure (login.microsoftonline.com).",
            ) from None
        if isinstance(answer, PlatformUnanswered):
            raise answer
        return answer

    def _asked(self) -> _Token | PlatformUnanswered:
        try:
            if self._credential is None:
                self._credential = default_credential(self._url, self._deadline.left())
            given = self._credential.get_token(f"{self._url}/.default")
            return _Token(str(given.token), float(given.expires_on))
        except PlatformUnanswered as error:
            return error
        except Exception as error:
            return refused(error)


class _Token(NamedTuple):
    token: str
    expires_on: float


def default_credential(url: str, seconds: float) -> Credential:
    """Azure's usual chain: environment, workload and managed identity, then the command lines. No browser.

    Raises PlatformUnanswered where azure-identity is not installed.
    """
    try:
        from azure.identity import DefaultAzureCredential
    except ImportError:
        raise PlatformUnanswered(
            "To ask Azure ML, azure-identity is needed, and it is not installed.",
            "Run: pip install 'registry-sheets[azure]'",
        ) from None
    azure_log = logging.getLogger("azure")
    if not azure_log.handlers:  # or Python itself prints each failed way to standard error
        azure_log.addHandler(logging.NullHandler())
    limit = max(1, min(10, int(seconds)))
    more = {} if os.environ.get("AZURE_AUTHORITY_HOST") else _authority(url)
    return DefaultAzureCredential(
        exclude_interactive_browser_credential=True,
        process_timeout=limit,
        connection_timeout=limit,
        read_timeout=limit,
        **more,
    )


def _authority(url: str) -> dict[str, str]:
    host = _LOGINS.get(urlsplit(url).hostname or "")
    return {"authority": host} if host else {}


def refused(error: Exception) -> PlatformUnanswered:
    """What a failed sign-in means. Entra's own sentence (AADSTS…) is repeated; it holds no secret."""
    said = str(error)
    if code := re.search(r"AADSTS\d+:[^\r\n]*", said):
        sentence = one_line(re.split(r" Trace ID:", code.group())[0])[:_LONGEST]
        return PlatformUnanswered(
            f"Azure does not take the sign-in: {sentence}",
            "Renew AZURE_CLIENT_SECRET, check AZURE_TENANT_ID and AZURE_CLIENT_ID, or run 'az login' again.",
        )
    kind = type(error).__name__
    if kind in ("ClientAuthenticationError", "CredentialUnavailableError"):
        return PlatformUnanswered("There is no sign-in to Azure on this machine.", HOW)
    return PlatformUnanswered(f"The sign-in to Azure failed ({kind}).", HOW)
