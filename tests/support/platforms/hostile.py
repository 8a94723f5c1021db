"""Servers that mean no good: one that says whatever a test wants, one that never comes to the end of its answer."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

EVIL = "=cmd|calc!A1\x1b]0;pwn\x07\x1b[31m\u202emorf\r\nBcc: x@evil.com\r\n\x00<script>alert(1)</script>"
"""A formula, a terminal's title, a mail header, a script, characters that XML cannot hold."""

SURROGATE = "\ud800"
"""JSON spells it, UTF-8 does not."""


@contextmanager
def saying(answer: Callable[[str], bytes]) -> Iterator[str]:
    """A web server: path -> body, with 200. Gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answer(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(OSError):
                self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 (the name is http.server's)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def dripping() -> Iterator[str]:
    """A server that sends its headers letter by letter and never ends, so that no timeout of a read ever strikes."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)

        def drip(there: socket.socket) -> None:
            with suppress(OSError), there:
                there.recv(65536)
                there.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                while True:
                    there.sendall(b"a")
                    time.sleep(0.1)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    threading.Thread(target=drip, args=(listening.accept()[0],), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
