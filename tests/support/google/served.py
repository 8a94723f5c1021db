"""Google for another process: a proxy and a certificate, so that an unmodified program reaches the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support.google.http_shell import http_server, running
from tests.support.google.proxy import ProxyServer, certified
from tests.support.google.wire import Handler


@dataclass(frozen=True)
class Served:
    """What a program needs to reach the stand-in.

    ``environment`` goes over the program's own; ``refused`` names the hosts that it tried to reach besides Google's
    three; ``defects`` is what the stand-in itself failed at.
    """

    environment: dict[str, str]
    refused: list[str]
    defects: list[BaseException]


@contextmanager
def served(handler: Handler) -> Iterator[Served]:
    """Serve ``handler`` as sheets.googleapis.com, www.googleapis.com and oauth2.googleapis.com, over TLS.

    Raises AssertionError at the end when the stand-in itself failed: no program can be held to that.
    """
    with TemporaryDirectory(prefix="google-") as folder:
        context, authority = certified(Path(folder))
        server = ProxyServer(handler, context)
        with running(server):
            yield Served(_environment(server.url, authority), server.refused, server.defects)
        assert not server.defects, f"the stand-in failed: {server.defects!r}"


@contextmanager
def served_plainly(handler: Handler) -> Iterator[str]:
    """Serve ``handler`` over plain HTTP at the address that is given; which host is meant is told by the path.

    Raises AssertionError at the end when the stand-in itself failed.
    """
    server = http_server(handler)
    with running(server):
        yield server.url
    assert not server.defects, f"the stand-in failed: {server.defects!r}"


def _environment(proxy: str, authority: Path) -> dict[str, str]:
    """Every way in which programs are told of a proxy and an authority. Machines on this host are reached as ever."""
    proxies = {name: proxy for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")}
    past = {name: "localhost,127.0.0.1,::1" for name in ("NO_PROXY", "no_proxy")}
    authorities = {name: str(authority) for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", "CURL_CA_BUNDLE")}
    return {**proxies, **past, **authorities}
