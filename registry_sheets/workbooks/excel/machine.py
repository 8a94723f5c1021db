"""What this machine can tell: who holds a file open, which processes run, what kind of disk a path is on."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

_NETWORK = frozenset(
    [
        *("nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "afs", "afpfs", "ncpfs", "ceph", "davfs", "webdav"),
        *("lustre", "gpfs", "beegfs", "fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.davfs2", "fuse.gvfsd-fuse"),
        *("fuse.s3fs", "fuse.gcsfuse", "fuse.glusterfs", "fuse.drivefs", "fuse.onedriver"),
        "fuse.google-drive-ocamlfuse",
    ]
)
_OF_THE_HOST = frozenset(["9p", "virtiofs", "vboxsf", "prl_fs", "drvfs", "fakeowner", "grpcfuse", "osxfs"])
_ENDED = ("Z", "X", "x")  # states of a process that is dead, though not yet forgotten
_SHARED_ERRORS = frozenset({32, 33})  # ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION


def is_sharing_violation(error: OSError) -> bool:
    """Whether Windows refused because another program has the file open."""
    return getattr(error, "winerror", None) in _SHARED_ERRORS


def is_network(kind: str) -> bool:
    """Whether a file system of this kind lies on another machine."""
    return kind in _NETWORK


def is_own_disk(kind: str) -> bool:
    """Whether every program that opens a file there runs on (or is served by) this very system.

    Not so for a virtual machine's or container's folders of its host, nor for any other FUSE.
    """
    return bool(kind) and not is_network(kind) and kind not in _OF_THE_HOST and not kind.startswith("fuse.")


def file_system(path: Path) -> str:
    """The kind of file system that holds a path ('ext4', 'nfs4', 'cifs'), '' where it cannot be told.

    Linux: /proc/self/mountinfo, proc_pid_mountinfo(5).
    """
    try:
        lines = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    best, kind = "", ""
    text = str(path)
    for line in lines:
        left, _, right = line.partition(" - ")
        point = _unescaped(left.split()[4])
        inside = text == point or text.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, right.split()[0]
    return kind


def _unescaped(point: str) -> str:
    for code, letter in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, letter)
    return point


def held_open(path: Path) -> bool | None:
    """Whether any process of this machine has the file open; None where it cannot be told.

    Linux: a write lease is granted only on a file that nobody else has open (fcntl(2), F_SETLEASE).
    """
    return _lease_refused(path, "F_WRLCK")


def open_for_writing(path: Path) -> bool | None:
    """Whether any process of this machine has the file open for writing; None where it cannot be told.

    Linux: a read lease is refused then (fcntl(2), F_SETLEASE).
    """
    return _lease_refused(path, "F_RDLCK")


def _lease_refused(path: Path, kind: str) -> bool | None:
    # NFS and CIFS refuse leases for reasons of their own (nfs4_setlease, cifs_setlease in the kernel).
    if not sys.platform.startswith("linux") or not is_own_disk(file_system(path.resolve())):
        return None
    import errno
    import fcntl
    import signal

    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # Who opens it at this very moment breaks the lease, told by a signal: one that does not end us.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, getattr(fcntl, kind))
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
        return False
    except OSError as error:
        return True if error.errno == errno.EAGAIN else None
    finally:
        os.close(handle)


def system_lock(path: Path) -> bool:
    """Whether another program has the file open to change it, as far as the system tells.

    Windows: a sharing violation. Linux: it is open for writing. POSIX: somebody holds a record lock on
    it, as LibreOffice does on what it has open.
    """
    if open_for_writing(path):
        return True
    try:
        with path.open("r+b") as file:
            return _record_locked(file.fileno())
    except OSError as error:
        return is_sharing_violation(error)


def _record_locked(handle: int) -> bool:
    if sys.platform == "win32":
        return False
    import fcntl

    try:
        fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:  # a file system without locks
        return False
    return False


def start_times(command: str) -> list[float] | None:
    """When each running process of this name started (seconds since the epoch); None where it cannot be told.

    Linux: field 22 of /proc/<pid>/stat, in clock ticks since boot, proc_pid_stat(5).
    """
    if not sys.platform.startswith("linux"):
        return None
    try:
        boot = _boot_time()
        tick = os.sysconf("SC_CLK_TCK")
        pids = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except (OSError, ValueError):
        return None
    found = []
    for pid in pids:
        with suppress(OSError, ValueError, IndexError):
            name, _, rest = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")
            values = rest.split()
            if name.partition("(")[2] == command and values[0] not in _ENDED:
                found.append(boot + int(values[19]) / tick)
    return found


def _boot_time() -> float:
    for line in Path("/proc/stat").read_text("ascii").splitlines():
        if line.startswith("btime "):
            return float(line.split()[1])
    raise ValueError("no boot time")
