"""The real service as a process of its own, and a web server that keeps a pass waiting as long as a test wants."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

LIMIT = 110.0
"""Seconds after which something that is waited for is taken not to come."""


def until(there: Callable[[], object], what: str) -> None:
    """Wait for something. Fails where it does not come."""
    end = time.monotonic() + LIMIT
    while not there():
        assert time.monotonic() < end, f"{what}: did not come in {LIMIT:.0f} s"
        time.sleep(0.05)


class Serving:
    """`registry-sheets serve` under way; ``log`` is what it wrote to standard error."""

    def __init__(self, folder: Path, name: str, *arguments: str) -> None:
        self._log = folder / f"{name}.log"
        own = {key: value for key, value in os.environ.items() if not key.startswith("REGISTRY_SHEETS_")}
        with self._log.open("wb") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "registry_sheets", "serve", *arguments], cwd=folder, env=own, stderr=stderr
            )

    @property
    def log(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def says(self, text: str, times: int = 1) -> None:
        """Wait until the log holds a text so often."""
        until(lambda: self.log.count(text) >= times or self.process.poll() is not None, f"'{text}' in the log")
        assert self.log.count(text) >= times, self.log

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def ended(self) -> int:
        """Its exit code, when it has ended."""
        return self.process.wait(LIMIT)

    def workers(self) -> list[int]:
        """The processes in which it does its tasks (proc(5), stat and cmdline)."""
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError, IndexError, ValueError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == self.process.pid and b"spawn_main" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        return found


@contextmanager
def serving(folder: Path, *arguments: str, name: str = "service") -> Iterator[Serving]:
    """A service over the config in a folder; killed where the test left it alive."""
    service = Serving(folder, name, *arguments)
    try:
        yield service
    finally:
        workers = service.workers()
        service.process.kill()
        service.process.wait(LIMIT)
        for worker in workers:
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)


class SilentServer:
    """Takes connections and answers none before release(): whoever asks a link here waits."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._free = threading.Event()
        self.asked = 0
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def link(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}/run"

    def is_asked(self, times: int = 1) -> None:
        """Wait until somebody asked: a pass is under way then."""
        until(lambda: self.asked >= times, "a question to the server")

    def release(self) -> None:
        """Answer all, from now on."""
        self._free.set()

    def close(self) -> None:
        self.release()
        self._socket.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.asked += 1
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with suppress(OSError), connection:
            connection.recv(4096)
            self._free.wait()
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
