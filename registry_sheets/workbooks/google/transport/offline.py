"""Why no answer came from Google at all: each way in which a network fails, told apart by its exception."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import TypeVar
from urllib.parse import urlsplit

from registry_sheets.errors import ConfigProblem, NotChecked
from registry_sheets.workbooks.google.transport.outcome import Refusal
from registry_sheets.workbooks.google.transport.said import brief

Kind = TypeVar("Kind", bound=BaseException)

_LATER = "Check the network; the next run tries again."
_LET_THROUGH = (
    "Let this machine reach https://sheets.googleapis.com, https://www.googleapis.com and https://oauth2.googleapis.com"
)
_NO_ROUTE = frozenset((errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN))
_HANDSHAKE = (
    "WRONG_VERSION_NUMBER",
    "HANDSHAKE_FAILURE",
    "UNSUPPORTED_PROTOCOL",
    "ALERT_PROTOCOL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
    "RECORD_LAYER_FAILURE",
)
# Codes of X509_V_ERR in OpenSSL.
_NOT_YET, _EXPIRED, _WRONG_HOST, _WRONG_ADDRESS = 9, 10, 62, 64


def no_answer(error: BaseException, url: str) -> Refusal:
    """The refusal for an exception of requests (or of the operating system) that a request to ``url`` ended in.

    ``undone`` only where the connection was certainly never made, so that the request cannot have arrived.
    """
    host = brief(urlsplit(url).hostname or "Google")
    return (
        _settings(error) or _proxy(error, host) or _tls(error, host) or _unreached(error, host) or _broken(error, host)
    )


def _settings(error: BaseException) -> Refusal | None:
    from requests import exceptions as failed

    message = ""
    if isinstance(error, failed.InvalidProxyURL):
        message, fix = "The proxy's address is not one.", "Set HTTPS_PROXY to an address such as http://proxy:3128."
    elif isinstance(error, failed.InvalidSchema):
        message = "The proxy is of a kind that cannot be used here (SOCKS)."
        fix = "Set HTTPS_PROXY to an http:// proxy, or install the package PySocks."
    elif isinstance(error, OSError) and "TLS CA certificate" in str(error):
        message = "The file of certificates that REQUESTS_CA_BUNDLE (or CURL_CA_BUNDLE) names is not there."
        fix = "Name a file of certificates in PEM, or take the variable away."
    return Refusal(ConfigProblem(message, fix)) if message else None


def _proxy(error: BaseException, host: str) -> Refusal | None:
    from requests import exceptions as failed

    if not isinstance(error, failed.ProxyError):
        return None
    if "407" in str(error):
        message = f"The proxy wants a name and a password before it lets anyone reach {host}."
        return _never_arrived(message, "Put them into HTTPS_PROXY: http://name:password@proxy:3128.", passing=False)
    message = f"The proxy that the environment names (HTTPS_PROXY) did not connect to {host}."
    return _never_arrived(message, f"Check HTTPS_PROXY, or add {host} to NO_PROXY where there is a direct way.")


def _tls(error: BaseException, host: str) -> Refusal | None:
    unproven = _first(error, ssl.SSLCertVerificationError)
    if unproven is not None:
        return _never_arrived(*_certificate(unproven, host), passing=False)
    broken = _first(error, ssl.SSLError)
    if broken is None or not any(sign in str(broken) for sign in _HANDSHAKE):
        return None
    message = f"No encrypted connection to {host} could be made: what answers there speaks another protocol."
    return _never_arrived(message, f"A proxy or a filter in between may be the cause. {_LET_THROUGH}.")


def _certificate(unproven: ssl.SSLCertVerificationError, host: str) -> tuple[str, str]:
    code = getattr(unproven, "verify_code", None)
    if code in (_NOT_YET, _EXPIRED):
        which = "not valid yet" if code == _NOT_YET else "out of date"
        message = f"The certificate that {host} shows is {which}, by this machine's clock."
        return message, "Set this machine's clock; if it is right, ask whoever runs the network."
    if code in (_WRONG_HOST, _WRONG_ADDRESS):
        message = f"What answers as {host} shows another site's certificate."
        return message, "The network may want a sign-in first (a hotel, a guest network): open a page in a browser."
    message = f"The encrypted connection to {host} is opened in between: its certificate is not signed by a known one."
    fix = (
        "A company's proxy or a virus scanner does that. Ask for its root certificate (a PEM file) and name "
        "the file in the variable REQUESTS_CA_BUNDLE."
    )
    return message, fix


def _unreached(error: BaseException, host: str) -> Refusal | None:
    from requests import exceptions as failed
    from urllib3 import exceptions as urllib3

    if _first(error, urllib3.NameResolutionError) or _first(error, socket.gaierror):
        return _never_arrived(f"The name {host} cannot be looked up: this machine is offline, or its DNS is.", _LATER)
    connecting = _first(error, urllib3.NewConnectionError)
    if connecting is not None and _first(error, ConnectionRefusedError):
        return _never_arrived(f"The connection to {host} was refused.", f"A firewall may do that. {_LET_THROUGH}.")
    if connecting is not None and _has_no_route(error):
        return _never_arrived(f"There is no way from this machine to {host}: it is offline.", _LATER)
    if _first(error, failed.ConnectTimeout):
        message = f"The connection to {host} could not be made in time."
        return _never_arrived(message, f"Check the network; a firewall may swallow it. {_LET_THROUGH}.")
    if connecting is not None:
        return _never_arrived(f"No connection to {host} could be made.", _LATER)
    return None


def _has_no_route(error: BaseException) -> bool:
    return any(isinstance(one, OSError) and one.errno in _NO_ROUTE for one in _chain(error))


def _broken(error: BaseException, host: str) -> Refusal:
    from requests import exceptions as failed

    if _first(error, failed.Timeout):
        message, fix = f"{host} did not answer in time.", "The next run tries again."
    else:
        message, fix = f"The connection to {host} broke before the whole answer was there.", _LATER
    return Refusal(NotChecked(message, fix), passing=True, undone=False)


def _never_arrived(message: str, fix: str, passing: bool = True) -> Refusal:
    return Refusal(NotChecked(message, fix), passing=passing, undone=True, shortly=True)


def _first(error: BaseException, kind: type[Kind]) -> Kind | None:
    return next((one for one in _chain(error) if isinstance(one, kind)), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The exception and those within it: requests and urllib3 wrap them as arguments, reasons and causes."""
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < 40:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
