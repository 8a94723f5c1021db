"""What systemd is told, on real sockets."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from registry_sheets.service.notify import notifier, watchdog_interval

unix = pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="sockets of Unix")


@unix
def test_a_message_arrives_at_the_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(place))
        notify = notifier({"NOTIFY_SOCKET": str(place)})
        notify("READY=1")
        notify("STATUS=nächste Prüfung 02:00")
        assert listener.recv(100) == b"READY=1"
        assert listener.recv(100).decode() == "STATUS=nächste Prüfung 02:00"


@pytest.mark.skipif(sys.platform != "linux", reason="the abstract namespace is Linux's")
def test_a_message_arrives_at_an_abstract_socket() -> None:
    name = f"registry-sheets-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f"\0{name}")
        notifier({"NOTIFY_SOCKET": f"@{name}"})("WATCHDOG=1")
        assert listener.recv(100) == b"WATCHDOG=1"


def _fill(place: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.setblocking(False)
        with suppress(BlockingIOError):
            while True:
                sender.sendto(b"x", str(place))


@unix
def test_a_socket_that_nobody_empties_stops_nothing(tmp_path: Path) -> None:
    place = tmp_path / "n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        listener.bind(str(place))
        _fill(place)
        notifier({"NOTIFY_SOCKET": str(place)})("READY=1")


@pytest.mark.parametrize(
    "address", ["", "/nowhere/at/all", "@", "@nobody listens", "vsock:2:3", "relative", "/" + "x" * 500]
)
def test_nobody_there_is_no_trouble(address: str) -> None:
    notifier({"NOTIFY_SOCKET": address})("READY=1")


def test_without_systemd_nothing_is_told() -> None:
    notifier({})("READY=1")
    assert watchdog_interval({}) is None


@pytest.mark.parametrize(
    ("said", "pid", "expected"),
    [
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"}, 7, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "60000000"}, 7, timedelta(seconds=30)),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"}, 7, None),
        ({"WATCHDOG_USEC": "0", "WATCHDOG_PID": "7"}, 7, None),
        ({"WATCHDOG_USEC": "-5"}, 7, None),
        ({"WATCHDOG_USEC": "soon"}, 7, None),
        ({"WATCHDOG_USEC": "9" * 40}, 7, None),
        ({"WATCHDOG_USEC": "5", "WATCHDOG_PID": "me"}, 7, None),
    ],
)
def test_the_watchdog_is_for_the_process_it_names(said: dict[str, str], pid: int, expected: timedelta | None) -> None:
    assert watchdog_interval(said, pid) == expected
