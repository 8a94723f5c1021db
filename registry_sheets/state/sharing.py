"""Rights on what is kept beside a workbook: whoever may write the workbook may write that too, and nobody else."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

_OWNER, _GROUP, _OTHERS = 6, 3, 0  # how far a class's three bits are shifted in a mode


def share(path: Path, workbook: Path) -> None:
    """Give a file or folder of this account the workbook's group, and the rights that the workbook's folder leaves it.

    To write the workbook an account must be able to write its folder as well, since saving replaces the file. Where
    the group cannot be given, the group that the path has gets no more than everybody. Raises nothing: what the
    system does not permit stays as it is.
    """
    if os.name != "posix":
        return
    with suppress(OSError):
        book, around = workbook.stat(), workbook.parent.stat()
        with suppress(OSError):
            os.chown(path, -1, book.st_gid)
        here = path.stat()
        folder = stat.S_ISDIR(here.st_mode)
        others = _bits(book.st_mode, around.st_mode, _OTHERS, folder)
        group = _bits(book.st_mode, around.st_mode, _GROUP, folder) if here.st_gid == book.st_gid else others
        owner = 7 if folder else 6
        inherited = around.st_mode & stat.S_ISGID if folder else 0
        path.chmod(inherited | owner << _OWNER | group << _GROUP | others << _OTHERS)


def _bits(book: int, around: int, shift: int, folder: bool) -> int:
    """What one class of accounts may do."""
    may = book >> shift & (4 if around >> shift & 2 == 0 else 6)
    if not may & 4:
        return 0
    return may | (1 if folder else 0)
