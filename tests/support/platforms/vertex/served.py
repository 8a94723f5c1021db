"""The stand-in over HTTP: every request is held against Google's description, and so is every answer."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.support.platforms.vertex.answering import BODIES, Answers, Call, Pages
from tests.support.platforms.vertex.refusing import Refused, invalid
from tests.support.platforms.vertex.specification import Method, checker, find, output_only, query_faults
from tests.support.platforms.vertex.world import Json, World


@dataclass
class VertexServer:
    """``url`` is its address; ``faults`` are answers of its own that Google does not describe: a test fails by them.

    ``tokens``: the access tokens that it takes; None: it asks for none. ``signed`` are the headers of sign-ins it saw.
    """

    url: str = ""
    world: World = field(default_factory=World)
    pages: Pages = field(default_factory=Pages)
    tokens: set[str] | None = None
    faults: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    lock: Any = field(default_factory=threading.RLock)

    def empty(self) -> World:
        """Begin anew, with nothing there."""
        self.world, self.pages, self.tokens = World(), Pages(), None
        self.faults.clear()
        self.signed.clear()
        return self.world

    def answer(self, verb: str, target: str, body: bytes, sign_in: str) -> tuple[int, Json]:
        """(status, body) for a request."""
        with self.lock:
            try:
                self._admit(sign_in)
                call = _call(verb, target, body, self.world)
                answer = Answers(self.world, self.pages)(call)
            except Refused as refused:
                return refused.code, refused.body
            wrong = checker().violations(call.method.response, answer)
            self.faults += [f"{call.method.id}: {one}" for one in wrong]
            return (500, {}) if wrong else (200, answer)

    def _admit(self, sign_in: str) -> None:
        self.signed.append(sign_in)
        if self.tokens is not None and sign_in.removeprefix("Bearer ") not in self.tokens:
            raise Refused("UNAUTHENTICATED", "Request had invalid authentication credentials.")


@contextmanager
def serving(context: ssl.SSLContext | None = None) -> Iterator[VertexServer]:
    """An empty stand-in that listens; with TLS where there is a context."""
    told = VertexServer()

    class Handler(_Handler):
        stand_in = told

    server = _Server(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    told.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is nothing to complain about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body go in two pieces, and the second would wait 40 ms
    stand_in: VertexServer

    def log_message(self, *_arguments: Any) -> None: ...

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, told = self.stand_in.answer(self.command, self.path, body, self.headers.get("Authorization", ""))
        content = json.dumps(told, ensure_ascii=False).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = _serve  # noqa: N815 (names of http.server)


def _call(verb: str, target: str, body: bytes, world: World) -> Call:
    """The request as a call. Raises Refused for what Google does not describe."""
    parts = urlsplit(target)
    path = unquote(parts.path)
    method = find(verb, path)
    if method is None:
        raise Refused("UNIMPLEMENTED", f"Google describes no {verb} {path}.")
    query = parse_qsl(parts.query, keep_blank_values=True)
    for name, value, described in query_faults(method, query):
        raise invalid(_query_told(name, value, described))
    found = method.address.fullmatch(path)
    assert found
    return Call(method, _own(found[1], world), dict(query), _body(method, body))


def _query_told(name: str, value: str, described: bool) -> str:
    """In Google's words (recorded for other APIs)."""
    if described:
        return f"Invalid value at '{name}', {json.dumps(value)}"
    cannot = f"Cannot bind query parameter. Field '{name}' could not be found in request message."
    return f'Invalid JSON payload received. Unknown name "{name}": {cannot}'


def _own(name: str, world: World) -> str:
    """The name with the project's number. Of another project one is not told whether it is there (recorded)."""
    _, project, _, location, *_ = name.split("/")
    if project not in (world.project, world.number):
        told = f"Permission denied on resource '//aiplatform.googleapis.com/{name}' (or it may not exist)."
        raise Refused("PERMISSION_DENIED", told)
    if location not in world.locations:
        raise invalid(f"Location {location} is not served here.")  # assumed
    return name.replace(f"projects/{project}/", f"projects/{world.number}/", 1)


def _body(method: Method, body: bytes) -> Json:
    """What was sent, held against the schema. Raises Refused; output-only fields are refused too (assumed)."""
    if not method.request:
        return {}
    try:
        sent: Json = json.loads(body or b"{}")
    except ValueError:
        raise invalid("Invalid JSON payload received. Unexpected token.") from None
    for wrong in checker().violations(method.request, sent):
        raise invalid(f"Invalid JSON payload received. {wrong}")
    holder, schema = BODIES.get(method.id, ("", ""))
    held = sent.get(holder, {}) if holder else sent
    if schema and (forbidden := output_only(schema) & set(held)):
        raise invalid(f"Output only: {', '.join(sorted(forbidden))}")
    return sent
