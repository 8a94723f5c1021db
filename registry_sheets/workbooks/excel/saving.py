"""Saving a workbook that people own, so that no crash, full disk or simultaneous save can lose any of it.

The new content is written beside the workbook under a hidden name, verified, made durable, and then
exchanged for the workbook in one step. What came out must be what was read: where somebody saved in
between, it goes straight back. Until the exchange the workbook is not touched at all, and the content
that is replaced lies in the backups, durably, before that.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from registry_sheets.errors import CannotSave, WorkbookChanged, WorkbookOpen
from registry_sheets.workbooks.base import Revision, Written
from registry_sheets.workbooks.excel.backups import Backups
from registry_sheets.workbooks.excel.files import (
    copy_attributes,
    digest,
    digest_in,
    exchange,
    flush_file,
    flush_folder,
    revision_of,
)
from registry_sheets.workbooks.excel.leftovers import marked_name, new_name, tidy
from registry_sheets.workbooks.excel.locks import Machine, refuse_if_open, writing
from registry_sheets.workbooks.excel.machine import is_sharing_violation, open_for_writing

T = TypeVar("T")
Step = Callable[[str], None]

STEPS = (
    "locked",
    "tidied",
    "not open",
    "backed up",
    "written",
    "verified",
    "attributes kept",
    "durable",
    "named",
    "still as read",
    "exchanged",
    "came out as read",
    "removed",
)
"""What has just been done when the step callback is called, in order."""

LOCK_TIMEOUT = 30.0  # seconds


@dataclass(frozen=True)
class Saver:
    """How one workbook is saved: where its backups go, how long another run is waited for.

    ``step`` is told each of STEPS as it is done, so that a test can stop the run there.
    """

    backups: Backups
    lock_timeout: float = LOCK_TIMEOUT
    machine: Machine | None = None
    step: Step = lambda _: None

    def save(
        self,
        path: Path,
        expected: Revision,
        write: Callable[[Path, Path], T],
        verify: Callable[[Path, Path, T], None],
    ) -> Written:
        """Replace the workbook's content by what ``write(source, target)`` makes of it.

        ``source`` is a copy of the content ``expected``; ``target`` does not exist yet. ``verify``
        raises where the result must not be used. Raises WorkbookOpen (open, or another run holds it for
        longer than ``lock_timeout``), WorkbookChanged (not at ``expected``), CannotSave (the system
        refused); then the workbook is as it was, and nothing is left beside it.
        """
        path = path.resolve()
        with explained(path), writing(path, self.lock_timeout):
            self.step("locked")
            notices = tidy(path, self.backups, self.step)
            self.step("tidied")
            refuse_if_read_only(path)
            refuse_if_open(path, self.machine)
            self.step("not open")
            before = _signature(path)
            backup = self._back_up(path, expected)
            try:
                target, revision, more = self._prepare(path, expected, backup, write, verify)
                self._check_again(path, before, expected)
                self._exchange(path, target, expected, revision)
            finally:
                with suppress(OSError):
                    tidy(path, self.backups, self.step)
            self.step("removed")
        return Written(True, revision, str(backup), (*notices, *more))

    def recover(self, path: Path) -> tuple[str, ...]:
        """Put right what a killed run left beside the workbook. Gives notices; leaves it to a run that writes now."""
        path = path.resolve()
        try:
            with explained(path), writing(path, 0):
                return tidy(path, self.backups, self.step)
        except WorkbookOpen:
            return ()

    def _back_up(self, path: Path, expected: Revision) -> Path:
        try:
            backup, seen = self.backups.keep(path)
        except OSError as error:
            if is_sharing_violation(error):
                raise
            raise _no_backup(path, self.backups.folder, error) from error
        if seen != digest_in(expected):
            raise changed(path)
        self.step("backed up")
        return backup

    def _prepare(
        self,
        path: Path,
        expected: Revision,
        source: Path,
        write: Callable[[Path, Path], T],
        verify: Callable[[Path, Path, T], None],
    ) -> tuple[Path, Revision, tuple[str, ...]]:
        """The new content: complete, verified, durable and under its marked name; its revision; notices."""
        target = new_name(path)
        made = write(source, target)
        self.step("written")
        verify(source, target, made)
        self.step("verified")
        notices = copy_attributes(path, target)
        self.step("attributes kept")
        flush_file(target)
        self.step("durable")
        revision = revision_of(target)
        named = target.rename(_marked(path, expected, revision))
        flush_folder(path.parent)
        self.step("named")
        return named, revision, notices

    def _check_again(self, path: Path, before: tuple[int, int, int], expected: Revision) -> None:
        refuse_if_open(path, self.machine)
        if _signature(path) != before and digest(path) != digest_in(expected):
            raise changed(path)
        self.step("still as read")

    def _exchange(self, path: Path, named: Path, expected: Revision, revision: Revision) -> None:
        out = exchange(named, path, _marked(path, expected, revision))
        flush_folder(path.parent)
        self.step("exchanged")
        if out is not None:
            # Nobody finds it by its name any more: once no writer has it open, it stays as it is.
            if open_for_writing(out):
                exchange(out, path, _marked(path, expected, revision))
                raise being_saved(path)
            if digest(out) != digest_in(expected):
                raise changed(path, tidy(path, self.backups, self.step))  # what somebody saved goes back
        self.step("came out as read")
        if out is not None:
            with suppress(OSError):  # then it is tidied away
                out.unlink(missing_ok=True)


def _marked(path: Path, expected: Revision, revision: Revision) -> Path:
    return marked_name(path, digest_in(expected), digest_in(revision))


def being_saved(path: Path) -> WorkbookOpen:
    """The error for a workbook that another program began to write at the same moment."""
    return WorkbookOpen(f"Somebody is saving '{path.name}' right now, so nothing was written into it.", "Run again.")


def changed(path: Path, notices: tuple[str, ...] = ()) -> WorkbookChanged:
    """The error for a workbook that is not at the revision that was read."""
    message = f"Somebody saved '{path.name}' after it was read, so nothing was written into it."
    return WorkbookChanged(" ".join((message, *notices)), "Run again.")


def refuse_if_read_only(path: Path) -> None:
    """Raises CannotSave for a file that its owner marked read-only, also where the account may override that."""
    if path.stat().st_mode & 0o222 and os.access(path, os.W_OK):
        return
    raise CannotSave(
        f"'{path.name}' is read-only, so it is not written.",
        "Take the read-only mark off the file (or give the account that runs registry-sheets the right to change it).",
    )


def _signature(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


_REASONS = {
    errno.ENOSPC: ("the disk is full", "Free some space on that disk and run again."),
    errno.EDQUOT: ("the account's disk quota is used up", "Free some space or have the quota raised, and run again."),
    errno.EFBIG: ("the file would be larger than the system allows", "Have the limit raised, and run again."),
    errno.EROFS: ("the disk is read-only", "Put the workbook on a disk that can be written, or ask for write access."),
    errno.EACCES: ("access is denied", "Give the account that runs registry-sheets the right to write in '{folder}'."),
    errno.EPERM: ("access is denied", "Give the account that runs registry-sheets the right to write in '{folder}'."),
    errno.EIO: ("the disk reports an error", "Check the disk or the network drive, and run again."),
}


def cannot_save(path: Path, error: OSError) -> CannotSave | WorkbookOpen:
    """The system's refusal, told to someone who edits spreadsheets."""
    if is_sharing_violation(error):
        return WorkbookOpen(
            f"'{path.name}' is not written now: another program has it open.",
            "Close it there; it is written by the next run.",
        )
    reason, fix = _reason(error, path.parent)
    return CannotSave(f"'{path.name}' cannot be saved: {reason}; it is as it was.", fix)


def _no_backup(path: Path, folder: Path, error: OSError) -> CannotSave:
    reason, fix = _reason(error, folder)
    message = f"'{path.name}' is not written, since no backup can be put into '{folder}': {reason}; it is as it was."
    return CannotSave(message, fix)


def _reason(error: OSError, folder: Path) -> tuple[str, str]:
    other = (error.strerror or str(error) or type(error).__name__, "Mend that and run again.")
    reason, fix = _REASONS.get(error.errno or 0, other)
    return reason, fix.replace("{folder}", str(folder))


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Tell the system's refusals as CannotSave, WorkbookOpen or (the file is gone) WorkbookChanged."""
    try:
        yield
    except FileNotFoundError as error:
        if path.exists():
            raise cannot_save(path, error) from error
        message = f"'{path.name}' is no longer there, so nothing was written."
        raise WorkbookChanged(message, "Put it back, or correct the path, and run again.") from error
    except OSError as error:
        raise cannot_save(path, error) from error
