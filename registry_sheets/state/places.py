"""Where the outbox of a workbook lies; known without loading what an outbox is."""

from __future__ import annotations

from pathlib import Path


def outbox_folder(workbook: Path) -> Path:
    """The hidden folder beside the workbook, or beside the path that stands for it where it is no file.

    Symlinks are followed, so that every way to the workbook meets it.
    """
    there = workbook.resolve()
    return there.parent / f".{there.name}.outbox"
