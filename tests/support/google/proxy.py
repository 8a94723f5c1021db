"""A CONNECT proxy that ends TLS itself for Google's three hosts and refuses every other."""

from __future__ import annotations

import ssl
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import trustme

from tests.support.google.http_shell import Server, Shell
from tests.support.google.session import ORIGINS
from tests.support.google.wire import Handler

HOSTS = tuple(origin.removeprefix("https://") for origin in ORIGINS)


class ProxyServer(Server):
    """The proxy. ``refused`` names what a program tried to reach besides Google's three hosts."""

    def __init__(self, handler: Handler, context: ssl.SSLContext) -> None:
        super().__init__(handler, Connecting)
        self.context = context
        self.refused: list[str] = []


class Connecting(BaseHTTPRequestHandler):
    """A connection to the proxy, before it becomes one to a host."""

    server: ProxyServer
    protocol_version = "HTTP/1.1"

    def do_CONNECT(self) -> None:
        """Open a tunnel that ends here."""
        host, _, port = self.path.partition(":")
        if host not in HOSTS or port != "443":
            self._refuse()
            return
        self.send_response_only(200, "Connection established")
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        with self.server.context.wrap_socket(self.connection, server_side=True) as inside:
            _Inside.of(host)(inside, self.client_address, self.server)

    def _refuse(self) -> None:
        self.server.refused.append(self.path)
        self.send_response(403, "Not one of Google's hosts")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _refuse  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the terminal."""


class _Inside(Shell):
    """The connection inside a tunnel."""

    @classmethod
    def of(cls, host: str) -> type[Shell]:
        return type("Inside", (cls,), {"origin": f"https://{host}"})


def certified(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A TLS context for Google's three hosts, and the file in ``folder`` with the authority that vouches for it."""
    authority = trustme.CA(organization_name="Stand-in for Google")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_alpn_protocols(["http/1.1"])
    authority.issue_cert(*HOSTS).configure_cert(context)
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return context, path
