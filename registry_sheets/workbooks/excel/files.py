"""Files on disk: their digests, their durability, and exchanging one for another in one step."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from contextlib import suppress
from pathlib import Path

from registry_sheets.workbooks.base import Revision

_CHUNK = 1 << 20
_TRIES = 5
_SCHEME = "sha256:"
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2  # linux/fs.h
_NO_EXCHANGE = frozenset({errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP, errno.EPERM, errno.EXDEV})
_KEPT_XATTRS = ("user.", "system.posix_acl_", "system.nfs4_acl", "security.", "trusted.")


def digest(path: Path) -> str:
    """The file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def revision_of(path: Path) -> Revision:
    """The revision of a workbook file, as snapshot.revision_of gives it for its bytes. Raises OSError."""
    return revision_with(digest(path))


def revision_with(sha256: str) -> Revision:
    """The revision of a workbook whose file has this digest."""
    return Revision(_SCHEME + sha256)


def digest_in(revision: Revision) -> str:
    """The digest that a workbook file has at this revision."""
    return revision.token.removeprefix(_SCHEME)


def copy_with_digest(source: Path, target: Path) -> str:
    """Copy content into a new file, flushed to disk; gives the SHA-256 of exactly what was copied."""
    seen = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK):
            seen.update(chunk)
            writer.write(chunk)
        writer.flush()
        os.fsync(writer.fileno())
    return seen.hexdigest()


def flush_file(path: Path) -> None:
    """Make a file's content durable."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Make a folder's names durable, where the system can (not on Windows, not on some network disks)."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def exchange(new: Path, path: Path, aside: Path) -> Path | None:
    """Put ``new`` at ``path`` in one step that no crash can halve; gives where the previous content now is.

    Linux exchanges the two names (renameat2), Windows has ReplaceFileW, which keeps ACLs. Elsewhere, and
    on file systems without exchange, the previous content is held by a second name, ``aside``, and then
    replaced; None where the file system has no second names either. Raises OSError, nothing changed.
    """
    if sys.platform == "win32":
        return _replace_file(new, path, aside)
    if sys.platform.startswith("linux") and _rename_exchange(new, path):
        return new
    return _link_and_replace(new, path, aside)


def _rename_exchange(one: Path, other: Path) -> bool:
    """Exchange two names, renameat2(2). False where the kernel, libc or file system cannot."""
    import ctypes

    try:
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if renameat2(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _NO_EXCHANGE:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _link_and_replace(new: Path, path: Path, aside: Path) -> Path | None:
    out = _second_name(path, aside)
    try:
        new.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise
    return out


def _second_name(path: Path, aside: Path) -> Path | None:
    """Hold what is at ``path`` by a second name; once more where somebody put a new file there meanwhile."""
    for _ in range(_TRIES):
        try:
            os.link(path, aside)
        except OSError:
            return None
        if aside.samefile(path):
            return aside
        aside.unlink()
    raise OSError(errno.EBUSY, os.strerror(errno.EBUSY), str(path))


def _replace_file(new: Path, path: Path, aside: Path) -> Path:
    """ReplaceFileW. Its error 1177 leaves the original under the name ``aside``: it is put back."""
    import ctypes

    windows = ctypes.WinDLL("kernel32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    if windows.ReplaceFileW(str(path), str(new), str(aside), 0, None, None):
        return aside
    error = ctypes.WinError(ctypes.get_last_error())  # type: ignore[attr-defined,unused-ignore]
    if not path.exists() and aside.exists():
        aside.rename(path)
    raise error


def copy_attributes(source: Path, target: Path) -> tuple[str, ...]:
    """Give ``target`` the mode, owner, group, ACLs and extended attributes of ``source``.

    Gives notices for people about what could not be kept. Raises OSError where the group cannot be
    kept, since people might then lose the file. Windows: ReplaceFileW keeps them.
    """
    if os.name != "posix":
        return ()
    wanted, given = source.stat(), target.stat()
    notices: list[str] = []
    if (wanted.st_uid, wanted.st_gid) != (given.st_uid, given.st_gid):
        notices += _copy_owner(target, wanted)
    target.chmod(wanted.st_mode & 0o7777)
    _copy_xattrs(source, target)
    return tuple(notices)


def _copy_owner(target: Path, wanted: os.stat_result) -> list[str]:
    try:
        os.chown(target, wanted.st_uid, wanted.st_gid)
    except PermissionError:
        if target.stat().st_gid != wanted.st_gid:
            os.chown(target, -1, wanted.st_gid)
        return ["The workbook now belongs to the account that runs registry-sheets; its group and rights are kept."]
    return []


def _copy_xattrs(source: Path, target: Path) -> None:
    if not hasattr(os, "listxattr"):
        return
    with suppress(OSError):
        for name in os.listxattr(source):
            if name.startswith(_KEPT_XATTRS):
                with suppress(OSError):  # security.* of others may be denied; the kernel gives the new file its own
                    os.setxattr(target, name, os.getxattr(source, name))
