"""A line between an adapter and a platform's HTTP server, with faults as a network and a tired server have them.

It forwards whatever is asked to the server behind it and keeps what was asked, so that a test can see that nothing
was ever written.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

import httpx

Kind = Literal["answer", "hang", "cut", "fields", "html", "redirect"]
"""'answer': status and body instead; 'hang': no answer; 'cut': half a body; 'fields': unknown fields in every object;
'html': a page to sign in at; 'redirect': 302 to another host."""

_HOP = {"connection", "transfer-encoding", "content-encoding", "content-length", "keep-alive"}


@dataclass
class Fault:
    """What goes wrong with requests whose line ('GET /path?query') ``where`` matches.

    From the ``after``-th on (from 0), ``times`` times (None: always).
    """

    kind: Kind
    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    where: str = ""
    after: int = 0
    times: int | None = None
    matched: int = 0

    def strikes(self, line: str) -> bool:
        """Whether this request goes wrong."""
        if not re.search(self.where, line):
            return False
        self.matched += 1
        return self.matched > self.after and (self.times is None or self.matched <= self.after + self.times)


@dataclass
class Line:
    """The line: ``url`` is where to ask, ``asked`` what was asked ('GET /path?query'), ``faults`` what goes wrong."""

    url: str
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    stop: Callable[[], None] = lambda: None
    """Listen no more."""

    def denied(self, status: int = 403, body: bytes = b'{"message": "no rights"}', where: str = "") -> None:
        self.faults.append(Fault("answer", status, body, where=where))

    def throttled(self, times: int | None, status: int = 429, body: bytes = b'{"message": "slow down"}') -> None:
        self.faults.append(Fault("answer", status, body, {"Retry-After": "0"}, times=times))

    def hangs(self, where: str = "", after: int = 0) -> None:
        self.faults.append(Fault("hang", where=where, after=after))

    def cut(self, where: str = "", after: int = 0, times: int | None = None) -> None:
        self.faults.append(Fault("cut", where=where, after=after, times=times))

    def unknown_fields(self) -> None:
        self.faults.append(Fault("fields"))

    def fails(self, where: str = "", after: int = 0, status: int = 500, body: bytes = b'{"message": "oops"}') -> None:
        self.faults.append(Fault("answer", status, body, where=where, after=after))

    def well(self) -> None:
        """Nothing goes wrong any more."""
        self.faults.clear()


@contextmanager
def line_to(upstream: str) -> Iterator[Line]:
    """A line to the server at ``upstream`` ('http://127.0.0.1:5000')."""
    client = httpx.Client(base_url=upstream, timeout=60, trust_env=False)
    told = Line("")

    class Handler(_Handler):
        line, server_behind = told, client

    server = _Server(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()

    told.stop = stop
    try:
        yield told
    finally:
        stop()
        client.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is nothing to complain about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer of two writes waits for 40 ms
    line: Line
    server_behind: httpx.Client

    def log_message(self, *_arguments: Any) -> None: ...

    def _serve(self) -> None:
        said = f"{self.command} {self.path}{_operation(self.headers)}"
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.line.asked.append(said)
        self.line.headers.append({key.lower(): value for key, value in self.headers.items()})
        fault = next((fault for fault in self.line.faults if fault.strikes(said)), None)
        if fault and fault.kind == "hang":
            self._hang()
        elif fault and fault.kind == "answer":
            self._answer(fault.status, fault.headers, fault.body)
        elif fault and fault.kind == "html":
            self._answer(200, {"Content-Type": "text/html"}, b"<html><title>Sign in</title></html>")
        elif fault and fault.kind == "redirect":
            self._answer(302, {"Location": "https://login.example.com/?secret=1"}, b"")
        else:
            self._forward(body, fault)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815 (names of http.server)

    def _forward(self, body: bytes, fault: Fault | None) -> None:
        headers = {key: value for key, value in self.headers.items() if key.lower() not in {"host", *_HOP}}
        answer = self.server_behind.request(self.command, self.path, content=body, headers=headers)
        kept = {key: value for key, value in answer.headers.items() if key.lower() not in _HOP}
        content = answer.content
        if fault and fault.kind == "fields" and content and "json" in answer.headers.get("Content-Type", ""):
            content = json.dumps(_strange(json.loads(content))).encode()
        self._answer(answer.status_code, kept, content, cut=bool(fault and fault.kind == "cut"))

    def _answer(self, status: int, headers: dict[str, str], body: bytes, cut: bool = False) -> None:
        self.send_response_only(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        if cut:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _hang(self) -> None:
        """Say nothing until the client goes away."""
        with suppress(OSError):
            self.connection.settimeout(60)
            self.connection.recv(1)
        self.close_connection = True


def _operation(headers: Any) -> str:
    """' SageMaker.Search eu-west-1' for AWS, where every question is put to the same path; '' for all others."""
    target = headers.get("X-Amz-Target", "")
    signed = re.search(r"Credential=[^/]+/[0-9]+/([^/]+)/", headers.get("Authorization", ""))
    return f" {target} {signed[1] if signed else ''}".rstrip() if target else ""


def _strange(answer: Any) -> Any:
    """The same with fields that nobody has heard of yet, in every object but those whose keys are people's."""
    if isinstance(answer, list):
        return [_strange(one) for one in answer]
    if isinstance(answer, dict):
        return {**{key: _strange(value) for key, value in answer.items()}, "zz_new_field": {"a": [1, None, "é"]}}
    return answer
