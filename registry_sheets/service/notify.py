"""What the service tells systemd: READY=1, RELOADING=1, STOPPING=1, WATCHDOG=1, STATUS=… (sd_notify(3))."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

Notify = Callable[[str], None]
"""Takes an assignment, or several, one a line: 'READY=1\\nSTATUS=next pass at 02:00'. Never raises."""

_SECONDS = 1.0


def notifier(environment: Mapping[str, str]) -> Notify:
    """What sends to the socket that NOTIFY_SOCKET names; where there is none, it does nothing.

    A path, or '@' and a name of the abstract namespace. A socket that is full or gone is not waited for: the service
    is worth more than what is told about it.
    """
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")) or not hasattr(socket, "AF_UNIX"):
        return _silent
    name = b"\0" + os.fsencode(address[1:]) if address.startswith("@") else os.fsencode(address)

    def notify(message: str) -> None:
        with suppress(OSError, ValueError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(_SECONDS)
            channel.connect(name)
            channel.send(message.encode("utf-8", "replace"))

    return notify


def watchdog_interval(environment: Mapping[str, str], pid: int | None = None) -> timedelta | None:
    """How often WATCHDOG=1 must be sent at most, half of what systemd waits for; None where nobody waits.

    WATCHDOG_PID names the process that is meant: a child inherits the variables and is not (sd_watchdog_enabled(3)).
    """
    try:
        waits = int(environment.get("WATCHDOG_USEC", ""))
        meant = int(environment.get("WATCHDOG_PID") or 0)
    except ValueError:
        return None
    if waits <= 0 or meant not in (0, os.getpid() if pid is None else pid):
        return None
    with suppress(OverflowError):
        return timedelta(microseconds=waits) / 2
    return None


def _silent(_message: str) -> None:
    """Nobody listens."""
