"""Asking a platform over HTTP for JSON: with pauses, up to a deadline; a sentence for every way in which it can fail.

Redirects are not followed and links to another host are refused: whoever answers never gets the sign-in of another.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.deadline import Deadline
from registry_sheets.platforms.redacting import without
from registry_sheets.platforms.refusals import Refusals, said_by

if TYPE_CHECKING:
    import httpx

MOST_BYTES = 64 * 2**20
"""A longer answer is no page of a listing. Read, it takes up to thirty times as much memory."""

_PACKED = "gzip"
"""The one packing that is asked for: of others a small piece may hold more than there is memory."""

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

_TRIES = 5
_LONGEST_PAUSE = 8.0
_STALLED = 20.0
_PASSING = frozenset((408, 429, 500, 502, 503, 504))

Params = Mapping[str, str | int]
Headers = Callable[[], Mapping[str, str]]


class JsonApi:
    """A platform's JSON API.

    Args:
        base: its address, to which paths are added.
        deadline: until when it has to have answered, all questions together.
        refusals: how to mend what it refuses, in words of this kind of platform.
        headers: the sign-in, asked for before every question (a token may have run out). May raise PlatformUnanswered.
        verify: as httpx: False, or an ssl.SSLContext with a certificate authority of its own; True is the system's.
        transport: instead of the network, for tests.
        tries: how often a question is asked that may pass.
    """

    def __init__(
        self,
        base: str,
        deadline: Deadline,
        refusals: Refusals,
        headers: Headers = dict,
        verify: Any = True,
        transport: Any = None,
        tries: int = _TRIES,
    ) -> None:
        import httpx

        self._base = base.rstrip("/")
        self._deadline = deadline
        self._refusals = refusals
        self._headers = headers
        self._tries = tries
        self._sent = ""
        try:
            self._client = httpx.Client(verify=verify, transport=transport, follow_redirects=False)
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as error:  # its words may tell a proxy's password
            raise _no_client(error) from None

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def get(self, path: str, params: Params | None = None) -> dict[str, Any]:
        """The object at a path, or at a whole address of the same host. Raises PlatformUnanswered."""
        return self._asked("GET", path, params, None)

    def ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a question that changes nothing and is put by POST. Raises PlatformUnanswered."""
        return self._asked("POST", path, None, body)

    def _asked(self, method: str, path: str, params: Params | None, body: Any) -> dict[str, Any]:
        address = self._address(path)
        for tried in range(1, self._tries + 1):
            try:
                status, headers, content = self._once(method, address, params, body)
            except _Passing as passing:
                if tried == self._tries:
                    raise passing.error from None
                self._wait(tried, "", passing.error)
                continue
            if status != 200:
                content = without(content, self._sent)
            if status in _PASSING and tried < self._tries and not self._refusals.final(status, content):
                self._wait(tried, headers.get("Retry-After", ""), self._refusals.of(status, address, said_by(content)))
                continue
            return self._understood(status, headers, content, address)
        raise AssertionError("the last try returns or raises")

    def _wait(self, tried: int, said: str, refused: PlatformUnanswered) -> None:
        """Wait before the next try. Raises ``refused`` where there is no time for one: it says more than the clock."""
        pause = _pause(tried, said)
        if pause >= self._deadline.left():
            raise refused
        self._deadline.wait(pause)

    def _address(self, path: str) -> str:
        """Where a path is. Raises PlatformUnanswered for an address of another host: our sign-in is not for it."""
        import httpx

        if "://" not in path:
            return f"{self._base}/{path.lstrip('/')}"
        try:
            ours, theirs = httpx.URL(self._base), httpx.URL(path)
        except httpx.InvalidURL:
            raise PlatformUnanswered(
                "Where it says that its next page is, is no address.",
                "Check that its address in the config is that of the API.",
            ) from None
        if (ours.scheme, ours.host, ours.port) != (theirs.scheme, theirs.host, theirs.port):
            raise PlatformUnanswered(
                f"Its next page is said to be at {theirs.host}, another host than {ours.host}, and is not asked for.",
                "Check that its address in the config is the one that it goes by itself.",
            )
        return path

    def _once(self, method: str, address: str, params: Params | None, body: Any) -> tuple[int, Any, bytes]:
        """(status, headers, body) of one try. Raises _Passing where another may go better, PlatformUnanswered."""
        with self._told(address):
            seconds = min(_STALLED, self._deadline.left())
            signed = self._headers()
            self._sent = signed.get("Authorization", "")
            headers = {"Accept": "application/json", "Accept-Encoding": _PACKED, **signed}
            asked: dict[str, Any] = {"params": params, "json": body, "headers": headers, "timeout": seconds}
            with self._client.stream(method, address, **asked) as answer:
                return answer.status_code, answer.headers, self._read(answer)

    def _read(self, answer: httpx.Response) -> bytes:
        """The body, as long as there is time: a server may send it drop by drop."""
        if answer.headers.get("Content-Encoding", _PACKED).strip().lower() not in (_PACKED, "identity"):
            raise PlatformUnanswered(
                "It packs its answer in a way that it was not asked for.",
                "Check that its address in the config is that of the API; a proxy before it may do so as well.",
            )
        content = bytearray()
        for piece in answer.iter_bytes():
            content += piece
            self._deadline.left()
            if len(content) > MOST_BYTES:
                raise PlatformUnanswered(
                    f"It answered with more than {MOST_BYTES // 2**20} MB at once.",
                    "Check that its address in the config is that of the API.",
                )
        return bytes(content)

    @contextmanager
    def _told(self, address: str) -> Iterator[None]:
        """Turn what httpx raises into words."""
        import httpx

        try:
            yield
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise PlatformUnanswered(
                f"{address.partition('?')[0]} is no address of a web server.", "Correct url in its [[platform]] block."
            ) from None
        except httpx.TimeoutException as error:
            self._deadline.left()
            raise _Passing(self._refusals.silent(address, f"no answer within {_STALLED:g} s")) from error
        except httpx.RequestError as error:  # also one whose packing is damaged
            raise _Passing(self._refusals.silent(address, _plain(error))) from error
        except UnicodeError:
            raise PlatformUnanswered(
                "What is to be sent to it holds signs that cannot be sent.", "Check its address and its token."
            ) from None

    def _understood(self, status: int, headers: Any, content: bytes, address: str) -> dict[str, Any]:
        if 300 <= status < 400:
            raise self._refusals.redirected(address, headers.get("Location", ""))
        if status != 200:
            raise self._refusals.of(status, address, said_by(content))
        try:
            answer = _read_json(content) if content.strip() else {}
        except (ValueError, RecursionError):
            raise self._refusals.not_json(address) from None
        if not isinstance(answer, dict):
            raise self._refusals.not_json(address)
        return answer


class _Passing(Exception):
    """A try that failed in a way that may pass."""

    def __init__(self, error: PlatformUnanswered) -> None:
        super().__init__(str(error))
        self.error = error


def _pause(tried: int, said: str) -> float:
    """Seconds until the next try: as the server says, else longer from try to try, with jitter."""
    if (asked := _seconds(said)) is not None:
        return asked
    return float(random.uniform(0.5, 1.0) * min(0.25 * 2.0**tried, _LONGEST_PAUSE))  # noqa: S311 (a jitter)


def _seconds(said: str) -> float | None:
    """Retry-After in seconds: a number, or a moment (RFC 9110, 10.2.3)."""
    if said.strip().isdecimal():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _read_json(content: bytes) -> Any:
    """What a JSON text says, with U+FFFD for what is no UTF-8 and for a lone surrogate: JSON can spell one, and no
    address can be made of it.

    Raises ValueError, RecursionError.
    """
    answer = json.loads(content.decode("utf-8-sig", "replace"))
    if not _SURROGATE.search(content):
        return answer
    text = json.dumps(answer, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return json.loads(text)


def _no_client(error: Exception) -> PlatformUnanswered:
    """The environment gives httpx something that it cannot use."""
    if isinstance(error, OSError):
        return PlatformUnanswered(
            "The certificates to trust cannot be read.", "Correct SSL_CERT_FILE and SSL_CERT_DIR, or take them out."
        )
    return PlatformUnanswered(
        "The proxy that the environment names cannot be used.",
        "Correct HTTPS_PROXY, HTTP_PROXY and ALL_PROXY (http://host:port), or name the platform's host in NO_PROXY.",
    )


def _plain(error: Exception) -> str:
    import httpx

    if isinstance(error, httpx.ConnectError):
        return "it cannot be reached" + (" (its certificate is not trusted)" if "CERTIFICATE" in str(error) else "")
    if isinstance(error, (httpx.RemoteProtocolError, httpx.DecodingError)):
        return "its answer broke off"
    return f"the connection failed ({type(error).__name__})"
