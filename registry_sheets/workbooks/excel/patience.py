"""Reading a workbook that another program may be saving at this very moment."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from registry_sheets.errors import NotChecked, UnreadableWorkbook
from registry_sheets.workbooks.excel.preflight import Limits, MaybeHalfSaved
from registry_sheets.workbooks.excel.snapshot import DEFAULT_LIMITS, ExcelSnapshot, read_snapshot

WAIT = 30.0
"""Seconds for which a half-saved file and a sharing violation are retried."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to try again, in seconds, and by which clock."""

    wait: float = WAIT
    pause: float = 0.5
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep


def read_patiently(
    path: Path, limits: Limits = DEFAULT_LIMITS, patience: Patience | None = None, *, known: bool = False
) -> ExcelSnapshot:
    """Read a workbook; try again while it looks half saved and was touched within the last seconds.

    ``known``: it has been read before, so that its absence may be a save that renames. Raises
    UnreadableWorkbook at once where waiting would not help, NotChecked where it did not.
    """
    patience = patience or Patience()
    started = patience.now()
    while True:
        try:
            return read_snapshot(path, limits)
        except (UnreadableWorkbook, NotChecked) as error:
            if not _may_pass(path, error, patience, known):
                raise
            if patience.now() - started >= patience.wait:
                raise _gave_up(path, error, patience) from error
        patience.sleep(patience.pause)


def _may_pass(path: Path, error: UnreadableWorkbook | NotChecked, patience: Patience, known: bool) -> bool:
    from registry_sheets.workbooks.excel.locks import excel_lock_path, office_lock_path

    try:
        age = patience.now() - path.stat().st_mtime
    except FileNotFoundError:
        return known or excel_lock_path(path).exists() or office_lock_path(path).exists()
    except OSError:
        return isinstance(error, NotChecked)
    if isinstance(error, MaybeHalfSaved):
        # Clocks of file servers differ a little; what was last touched long ago is damaged, not half saved.
        return abs(age) < patience.wait or patience.wait == 0
    return isinstance(error, NotChecked) and not _denied_for_good(path, error)


def _denied_for_good(path: Path, error: NotChecked) -> bool:
    """On a disk of a Unix system a refused permission is no passing state; on a share it may be a lock."""
    from registry_sheets.workbooks.excel.machine import file_system, is_own_disk

    denied = isinstance(error.__context__, PermissionError)
    return denied and os.name == "posix" and is_own_disk(file_system(path.resolve()))


def _gave_up(path: Path, error: UnreadableWorkbook | NotChecked, patience: Patience) -> NotChecked:
    if isinstance(error, NotChecked):
        return error
    message = (
        f"'{path.name}' could not be read for {patience.wait:g} seconds: it seems to be half saved. ({error.message})"
    )
    return NotChecked(message, "Run again when it has been saved; if it stays so, bring back an earlier copy.")
