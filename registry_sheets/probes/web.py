"""http(s) addresses: HEAD, then GET where HEAD is not taken, by the standard library.

No cookie, password or token is sent, a redirect may lead to http(s) only, and addresses that exist for the
machine itself alone (link-local, where clouds keep their metadata) are refused, whatever name or redirect
leads there. What stands behind a '#' is never sent, so it is not asked.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

from registry_sheets.probes.answers import LeadsNowhereError, NotKnownError

_WEB = re.compile(r"https?://", re.IGNORECASE)
_GONE = {404: "the server answers 404, not found", 410: "the server answers 410, gone"}
_SIGN_IN = frozenset((401, 403, 407))
_OWN = "the address is this machine's own (link-local), which is never asked"
_METADATA_HOSTS = frozenset(("metadata", "metadata.google.internal", "metadata.goog", "instance-data"))
# Clouds keep metadata at link-local addresses, but for these of Amazon (IPv6), Alibaba and Oracle.
_METADATA_ADDRESSES = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))


def is_web(text: str) -> bool:
    """Whether a text is an http(s) address."""
    return _WEB.match(text) is not None


def ask_web(link: str, timeout: float) -> None:
    """Raises LeadsNowhereError or NotKnownError; returns where the address answers.

    404, 410, endless redirects and redirects away from the web are 'leads nowhere'. No answer, a sign-in,
    too many requests and a server's own faults are 'not known'. ``timeout`` is in seconds, for all of it.
    """
    deadline = _Deadline(timeout)
    try:
        _check_address(link)
        status = _status(link, "HEAD", deadline)
        if status >= 400:  # many servers know no HEAD, and some answer it wrongly
            status = _status(link, "GET", deadline)
    except (LeadsNowhereError, NotKnownError):
        raise
    except Exception as error:
        late = f"it did not answer within {timeout:g} seconds" if deadline.passed() else _reason(error)
        raise NotKnownError(late) from error
    finally:
        deadline.stop()
    _judge(status)


def _judge(status: int) -> None:
    if status in _GONE:
        raise LeadsNowhereError(_GONE[status])
    if status in _SIGN_IN:
        raise NotKnownError(f"the server wants a sign-in ({status})")
    if status >= 400:
        raise NotKnownError(f"the server answers {status}, which does not say whether the page is there")


def _check_address(link: str) -> None:
    parts = urlsplit(link)
    if parts.scheme.lower() not in ("http", "https"):
        raise LeadsNowhereError(f"it leads on to a {parts.scheme} address, not to a page")
    if parts.username is not None or parts.password is not None:
        raise NotKnownError("it holds a user name or password, and those are not sent")
    host = (parts.hostname or "").rstrip(".").lower()
    if not host:
        raise LeadsNowhereError("the address names no server")
    if host in _METADATA_HOSTS or _is_refused(host):
        raise NotKnownError(_OWN)


def _is_refused(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    inner = getattr(address, "ipv4_mapped", None) or address
    return bool(inner.is_link_local or inner in _METADATA_ADDRESSES or inner.is_multicast or inner.is_unspecified)


class _Deadline:
    """Ends a connection when the time is up, however slowly the other side drips its answer."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._watched: list[tuple[threading.Timer, socket.socket]] = []

    def left(self) -> float:
        """Seconds left. Raises TimeoutError where there are none."""
        seconds = self._end - time.monotonic()
        if seconds <= 0:
            raise TimeoutError
        return seconds

    def passed(self) -> bool:
        return time.monotonic() >= self._end

    def watch(self, sock: socket.socket) -> None:
        twin = sock.dup()  # wrapping a socket in TLS takes its handle away; a twin still ends the connection
        timer = threading.Timer(self.left(), _end, (twin,))
        timer.daemon = True
        self._watched.append((timer, twin))
        timer.start()

    def stop(self) -> None:
        for timer, twin in self._watched:
            timer.cancel()
            twin.close()


def _end(sock: socket.socket) -> None:
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return


def _status(link: str, method: str, deadline: _Deadline) -> int:
    """The status at the end of all redirects; the body is not read."""
    request = urllib.request.Request(  # noqa: S310 (the scheme is checked)
        quote(link, safe="%/:=&?~#+!$,;'@()*[]"), method=method, headers={"User-Agent": "registry-sheets link check"}
    )
    try:
        with _opener(deadline).open(request, timeout=deadline.left()) as response:
            deadline.left()  # an answer that the time-out cut off is none
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            if error.code in (301, 302, 303, 307, 308):
                raise LeadsNowhereError("it is led on in a circle") from error
            return error.code


def _opener(deadline: _Deadline) -> urllib.request.OpenerDirector:
    """An opener that knows http and https only (no file:, ftp: or data:), through the machine's proxy if any."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        _Http(deadline),
        _Https(deadline),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.HTTPDefaultErrorHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


class _Redirects(urllib.request.HTTPRedirectHandler):
    max_redirections = 8

    def redirect_request(
        self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        _check_address(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def http_error_302(self, req: urllib.request.Request, fp: Any, code: int, msg: str, headers: Any) -> Any:
        _check_target(headers)
        return super().http_error_302(req, fp, code, msg, headers)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302


def _check_target(headers: Any) -> None:
    """Say where a redirect leads before urllib refuses it as a plain error of the server."""
    target = headers.get("location") or headers.get("uri") or ""
    if urlsplit(target).scheme:
        _check_address(target)


def _connections(kind: type[http.client.HTTPConnection], deadline: _Deadline) -> Callable[..., Any]:
    """Connections of a kind that look whom they reached before a word is sent.

    A name may resolve to a refused address, and to another one a moment later; the peer itself cannot lie.
    """

    def create(address: Any, _timeout: Any = None, source_address: Any = None) -> socket.socket:
        sock = socket.create_connection(address, deadline.left(), source_address)
        if _is_refused(str(sock.getpeername()[0])):
            sock.close()
            raise NotKnownError(_OWN)
        deadline.watch(sock)
        return sock

    def make(host: str, **options: Any) -> http.client.HTTPConnection:
        connection = kind(host, **options)
        connection._create_connection = create  # type: ignore[attr-defined]  # http.client's own hook
        return connection

    return make


class _Http(urllib.request.HTTPHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._connection = _connections(http.client.HTTPConnection, deadline)

    def http_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(self._connection, req)


class _Https(urllib.request.HTTPSHandler):
    def __init__(self, deadline: _Deadline) -> None:
        super().__init__()
        self._connection = _connections(http.client.HTTPSConnection, deadline)

    def https_open(self, req: urllib.request.Request) -> Any:
        return self.do_open(self._connection, req, context=ssl.create_default_context())


_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (socket.gaierror, "its server's name is not known here"),
    (ssl.SSLCertVerificationError, "its server's certificate is not trusted here"),
    (ssl.SSLError, "no secure connection came about"),
    (ConnectionRefusedError, "its server takes no connections"),
    (http.client.InvalidURL, "the address holds characters that an address may not hold"),
    (UnicodeError, "the address holds characters that an address may not hold"),
    (http.client.HTTPException, "its server's answer makes no sense"),
    (OSError, "its server was not reached"),
)


def _reason(error: BaseException) -> str:
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    for kind, words in _REASONS:
        if isinstance(inner, kind):
            return words
    return "the address could not be understood"
