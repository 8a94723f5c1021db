"""Doctor: folders, whether they can be written and have room."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from registry_sheets.operations.doctor_items import Item

_COPIES, _SPARE = 25, 50 * 2**20
"""So many copies of the workbook the backups may come to, and this much more should be free, in bytes."""


def folder(topic: str, path: Path, workbook: Path | None) -> Item:
    """Whether a folder can be written, or made; and whether it has room for the backups of ``workbook``."""
    there = _nearest(path)
    refused = try_folder(there)
    if refused:
        return Item(
            topic, "wrong", f"nothing can be written in {there}: {refused}.", f"Mend it, or set {_KEYS[topic]}.", 3
        )
    free = shutil.disk_usage(there).free
    told = f"{path}{'' if path.exists() else ', made when it is first needed'}; {size(free)} free"
    wanted = _SPARE + _COPIES * (workbook.stat().st_size if workbook and workbook.exists() else 0)
    if free < wanted:
        return Item(topic, "note", told, f"Make room: backups and findings may take {size(wanted)}.")
    return Item(topic, "ok", told)


_KEYS = {"State folder": 'state = "..." in config.toml', "Output folder": 'output = "..." in config.toml'}


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def try_folder(folder: Path) -> str:
    """Why a file cannot be made in a folder; '' where it can. The file is removed again."""
    try:
        handle, name = tempfile.mkstemp(prefix=".registry-sheets-doctor-", dir=folder)
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        return error.strerror or str(error)
    return ""


def size(count: float) -> str:
    """Bytes for people: '14 KB'."""
    for unit in ("bytes", "KB", "MB", "GB"):
        if count < 1024 or unit == "GB":
            return f"{count:,.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    raise AssertionError("the last unit takes any number")
