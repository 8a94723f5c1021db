"""The stand-in as an HTTP server on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support.platforms.kubeflow.routes import OLDER, V1, NoSuchPath, Routes
from tests.support.platforms.kubeflow.store import Refused, Store

BASE = "/api/model_registry/"


@dataclass(frozen=True)
class Exchange:
    """A request and its reply; ``path`` begins at the version of the API ('v1/registered_models/1')."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    status: int
    reply: Any


@dataclass
class KubeflowServer:
    """``url`` is where it listens, ``versions`` of the API are served; ``token`` is asked of all, '' of nobody."""

    url: str = ""
    store: Store = field(default_factory=Store)
    versions: tuple[str, ...] = (V1, OLDER)
    token: str = ""
    exchanges: list[Exchange] = field(default_factory=list)

    def reset(self) -> None:
        """As it began."""
        self.store.reset()
        self.exchanges.clear()
        self.versions, self.token = (V1, OLDER), ""


@contextmanager
def kubeflow_server() -> Iterator[KubeflowServer]:
    """A stand-in that listens."""
    told = KubeflowServer()

    class Handler(_Handler):
        registry = told

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    registry: KubeflowServer

    def log_message(self, *_arguments: Any) -> None: ...

    def _serve(self) -> None:
        said = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            body, known = (json.loads(said) if said else None), True
        except ValueError:
            body, known = None, False
        address = urlsplit(self.path)
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        path = unquote(address.path).removeprefix(BASE)
        status, reply = self._answered(address.path, query, body) if known else (400, _error("the body is no JSON"))
        self.registry.exchanges.append(Exchange(self.command, path, query, body, status, reply))
        self._send(status, reply)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815 (names of http.server)

    def _answered(self, path: str, query: Mapping[str, str], body: Any) -> tuple[int, Any]:
        wanted = f"Bearer {self.registry.token}"
        if self.registry.token and self.headers.get("Authorization") != wanted:
            return 401, _error("unauthorized")
        version, *rest = [unquote(one) for one in path.removeprefix(BASE).split("/")]
        if not path.startswith(BASE) or version not in self.registry.versions:
            return 404, None
        try:
            with self.registry.store.lock:
                return Routes(self.registry.store, version).answer(self.command, rest, query, body)
        except Refused as refused:
            return refused.status, _error(str(refused))
        except NoSuchPath:
            return 404, None

    def _send(self, status: int, reply: Any) -> None:
        """What is no reply of the API is Go's own page for a path that nobody serves."""
        content = b"404 page not found\n" if reply is None else json.dumps(reply).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "text/plain" if reply is None else "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _error(message: str) -> dict[str, str]:
    return {"code": "", "message": message}
