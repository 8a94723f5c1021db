"""The stand-in, served over HTTP on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.support.platforms.azureml.answers import answer
from tests.support.platforms.azureml.state import AzureMl


@contextmanager
def served(azure: AzureMl) -> Iterator[str]:
    """Serve it; gives its address ('http://127.0.0.1:1234'), which is that of its next links too."""

    class Handler(_Handler):
        behind = azure

    server = _Server(("127.0.0.1", 0), Handler)
    azure.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield azure.address
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to acknowledge its head
    behind: AzureMl

    def log_message(self, *_arguments: Any) -> None: ...

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, said = answer(self.behind, self.command, self.path, body)
        content = json.dumps(said, ensure_ascii=False).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = _serve  # noqa: N815 (names of http.server)
