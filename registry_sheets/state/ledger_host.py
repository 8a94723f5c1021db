"""Who holds a claim, and whether that process still lives."""

from __future__ import annotations

import json
import os
import secrets
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

Fate = Literal["mine", "alive", "dead", "unknown"]

_ENDED = ("Z", "X", "x")  # states of a process that is dead, though not yet forgotten


class Host(Protocol):
    """The machine and process that a ledger is used on."""

    @property
    def holder(self) -> str:
        """Names this user of the ledger among all others, on any machine."""
        ...

    def uptime(self) -> float:
        """Seconds since this machine started, the same for all its processes, whatever is done to its clock."""
        ...

    def fate(self, holder: str) -> Fate:
        """What became of a holder. 'alive' only if it surely runs on this machine, since it started last."""
        ...


class Holder(NamedTuple):
    """A user of the ledger in a process; ``token`` is its own. Other texts are '' where the system does not tell."""

    machine: str
    boot: str
    space: str
    pid: int
    started: str
    token: str


class ThisProcess:
    """This process on this machine; each instance is a holder of its own.

    Linux: /proc/sys/kernel/random/boot_id tells one start of the machine from the next, the inode of
    /proc/self/ns/pid containers that share a kernel, field 22 of /proc/<pid>/stat one process of a number from the
    next (proc(5)). Elsewhere only a process that is gone is known to be dead (POSIX), or nothing (Windows).
    """

    def __init__(self, me: Holder | None = None) -> None:
        self.me = me or here()
        self.holder = json.dumps(self.me)

    def uptime(self) -> float:
        # Where a machine sleeps, the monotonic clock of Linux does not count that.
        clock = getattr(time, "CLOCK_BOOTTIME", None)
        return time.clock_gettime(clock) if clock is not None else time.monotonic()

    def fate(self, holder: str) -> Fate:
        try:
            other = Holder(*json.loads(holder))
        except (ValueError, TypeError):
            return "unknown"
        if other.token == self.me.token:
            return "mine"
        if other.boot and other.boot == self.me.boot:
            return self._fate_here(other)
        if other.machine != self.me.machine or not other.machine:
            return "unknown"
        if other.boot and self.me.boot:
            return "dead"  # the machine has been started anew
        return "unknown" if _may_live(other.pid) else "dead"

    def _fate_here(self, other: Holder) -> Fate:
        """Of a process of this very kernel; what runs in another container cannot be seen."""
        if not other.space or other.space != self.me.space:
            return "unknown"
        return "alive" if other.started and _started(other.pid) == other.started else "dead"


def here() -> Holder:
    """A new holder in this process."""
    pid = os.getpid()
    return Holder(_machine(), _boot(), _space(), pid, _started(pid), secrets.token_hex(8))


def _machine() -> str:
    """Its name and id; '' where a copy of it could have the same."""
    if not sys.platform.startswith("linux"):
        return socket.gethostname()
    id_ = _text("/etc/machine-id").strip()
    return f"{socket.gethostname()} {id_}" if id_ else ""


def _boot() -> str:
    return _text("/proc/sys/kernel/random/boot_id").strip()


def _space() -> str:
    with suppress(OSError, NotImplementedError):
        return str(Path("/proc/self/ns/pid").readlink())
    return ""


def _started(pid: int) -> str:
    """When a process started, in ticks since the machine did; '' if it is gone, or that cannot be told."""
    values = _text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    return values[19] if len(values) > 19 and values[0] not in _ENDED else ""


def _may_live(pid: int) -> bool:
    if sys.platform == "win32":  # os.kill would end it
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8", "replace")
    except OSError:
        return ""
