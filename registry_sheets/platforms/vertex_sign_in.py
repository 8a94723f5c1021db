"""Signing in to Google Cloud through google-auth, each way in which that fails with its sentence."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.vertex_refusals import SIGN_IN
from registry_sheets.registry.text import one_line

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
"""The one scope that every method of Vertex AI takes (the discovery document aiplatform.v1)."""

_FILE = "GOOGLE_APPLICATION_CREDENTIALS"
_TRIES = 3
_LONGEST = 200
_LONGEST_WAIT = 20.0

Found = TypeVar("Found")


class SignIn:
    """A sign-in that is found once and refreshed when it has run out; several threads may ask for it.

    Args:
        credentials: google-auth's; None: the application default (google.auth.default).
        deadline: until when it has to be there.
    """

    def __init__(self, credentials: Any, deadline: Deadline) -> None:
        self._credentials = credentials
        self._deadline = deadline
        self._lock = threading.Lock()
        self._trouble: PlatformUnanswered | None = None

    def headers(self) -> Mapping[str, str]:
        """The headers of a question that is signed in. Raises PlatformUnanswered."""
        with self._lock:
            if self._trouble is not None:
                raise PlatformUnanswered(self._trouble.message, self._trouble.fix)
            try:
                return self._fresh()
            except PlatformUnanswered as trouble:
                self._trouble = trouble  # else every thread would look for it, which takes seconds off a cloud
                raise

    def _fresh(self) -> dict[str, str]:
        if self._credentials is None:
            self._credentials = _told(self._default)
        if not self._credentials.valid:
            self._refresh()
        headers: dict[str, str] = {}
        _told(partial(self._credentials.apply, headers))
        return headers

    def _default(self) -> Any:
        import google.auth

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # gcloud's quota project: said as a refusal where it matters
            found, _ = google.auth.default(scopes=[SCOPE], request=self._request())
        return found

    def _refresh(self) -> None:
        for tried in range(1, _TRIES + 1):
            try:
                _told(lambda: self._credentials.refresh(self._request()))
                return
            except _Passing as passing:
                if tried == _TRIES:
                    raise passing.unanswered from None
                self._deadline.wait(0.5 * tried)

    def _request(self) -> Any:
        from google.auth.transport.requests import Request

        return partial(Request(), timeout=min(_LONGEST_WAIT, self._deadline.left()))


class _Passing(PlatformUnanswered):
    """A sign-in that may go better another time."""

    @property
    def unanswered(self) -> PlatformUnanswered:
        """What to say when it did not."""
        return PlatformUnanswered(self.message, self.fix)


def _told(ask: Callable[[], Found]) -> Found:
    """What ``ask`` gives; whatever it raises becomes PlatformUnanswered."""
    trouble: PlatformUnanswered
    try:
        return ask()
    except PlatformUnanswered:
        raise
    except Exception as error:  # what a broken file of credentials raises depends on its kind, and may show parts of it
        trouble = _refused(error)
    raise trouble


def _refused(error: Exception) -> PlatformUnanswered:
    from google.auth.exceptions import DefaultCredentialsError, GoogleAuthError, RefreshError, TransportError

    said = _said(error) if isinstance(error, GoogleAuthError) else type(error).__name__
    if isinstance(error, TransportError) or getattr(error, "retryable", False):
        fix = "Check that this machine reaches oauth2.googleapis.com."
        return _Passing(f"Google gives no sign-in just now: {said}.", fix)
    if isinstance(error, RefreshError):
        if "time" in said.lower() and "iat" in said.lower():
            fix = "Set this machine's clock, best by the network (Linux: timedatectl set-ntp true)."
            return PlatformUnanswered(f"Google does not take the sign-in: {said}.", fix)
        return PlatformUnanswered(f"Google does not take the sign-in any more: {said}.", SIGN_IN)
    if isinstance(error, DefaultCredentialsError) and "not found" in said and "File " not in said:
        return PlatformUnanswered("There is nothing to sign in to Google Cloud with.", SIGN_IN)
    return PlatformUnanswered(f"The credentials for Google Cloud cannot be used: {said}.", f"Check {_FILE}. {SIGN_IN}")


def _said(error: Exception) -> str:
    """google-auth's own words: one line, cut, without a full stop. It shows no key and no token in them."""
    words = " ".join(one for one in error.args if isinstance(one, str)) or type(error).__name__
    return one_line(words)[:_LONGEST].rstrip(" .")
