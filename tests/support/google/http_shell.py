"""A handler behind HTTP/1.1: threads, connections that stay open, and faults as a program sees them on a line."""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.support.google.faults import Cut, Hang
from tests.support.google.session import reason
from tests.support.google.wire import Answer, Call, Handler

GONE = (ConnectionError, TimeoutError, ssl.SSLError)
"""What a client that goes away looks like from here: nothing to complain about."""


class Server(ThreadingHTTPServer):
    """A listening server on 127.0.0.1 for one handler.

    ``defects`` collects what the handler raised: a stand-in that fails is no failure of Google's, and whoever runs
    the server has to raise it (see served.py).
    """

    daemon_threads = True
    block_on_close = False  # a hang must not keep a test from ending
    request_queue_size = 128

    def __init__(self, handler: Handler, shell: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), shell)
        self.handler = handler
        self.defects: list[BaseException] = []
        self.hanging: list[Hang] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what went wrong in a thread, unless only the client left."""
        error = sys.exception()
        if error is not None and not isinstance(error, GONE):
            self.defects.append(error)

    def carried_out(self, call: Call) -> Answer:
        """The handler's answer, after a hang where there is one. Raises Cut."""
        try:
            return self.handler(call)
        except Hang as hang:
            self.hanging.append(hang)
            hang.released.wait(hang.seconds)
            return hang.answer()
        except Cut:
            raise
        except Exception as error:
            self.defects.append(error)
            return Answer(500, f"The stand-in failed: {error!r}\n".encode(), {"Content-Type": "text/plain"})


class Shell(BaseHTTPRequestHandler):
    """One connection. ``origin`` is whom it was opened to; '' for a plain one, where the path tells."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    origin = ""

    def answer(self) -> None:
        """Answer one request, whatever its verb."""
        length = self.headers.get("Content-Length") or "0"
        if "Transfer-Encoding" in self.headers or not length.isascii() or not length.isdigit():
            self.close_connection = True
            self.send_error(411)
            return
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        origin = self.origin or origin_of(self.path)
        try:
            self._send(self.server.carried_out(Call(self.command, origin + self.path, headers, body)))
        except Cut as cut:
            if cut.answer is not None:
                self._send(cut.answer, cut.sent)
            self._hang_up()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def _send(self, answer: Answer, sent: int | None = None) -> None:
        """Send the head, and ``sent`` bytes of the body that it announces (all of it for None)."""
        self.send_response(answer.status, reason(answer.status))
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD" and answer.status not in (204, 304):
            self.wfile.write(answer.body[:sent])
        self.wfile.flush()

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def version_string(self) -> str:
        """What Google's front end calls itself."""
        return "ESF"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing on the terminal."""


def origin_of(path: str) -> str:
    """Which of Google's hosts a path belongs to."""
    if path.startswith("/v4/"):
        return "https://sheets.googleapis.com"
    return "https://oauth2.googleapis.com" if path.startswith("/token") else "https://www.googleapis.com"


@contextmanager
def running(server: Server) -> Iterator[Server]:
    """Serve in a thread until the block ends; whatever hangs then is let go."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        for hang in server.hanging:
            hang.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


def http_server(handler: Handler) -> Server:
    """A plain server for ``handler``, to be run with running()."""
    return Server(handler, Shell)
