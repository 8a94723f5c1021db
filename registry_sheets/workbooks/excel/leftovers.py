"""Names of our files beside a workbook, and what runs that were killed left there.

While it is written, the new content is ``.models-<mark>.<random>.registry-sheets-tmp``: no glob
for workbooks matches that. Once complete and verified it is renamed so that its name also tells which
content it was made from and what it holds. After an exchange the same name holds what came out of the
workbook; so whoever finds it later knows from its digest whether it is ours, the old content (which
the backups hold) or something that a person saved at that very moment, which must not be lost.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from registry_sheets.workbooks.excel.backups import Backups
from registry_sheets.workbooks.excel.files import digest, exchange, flush_folder

SUFFIX = "registry-sheets-tmp"
_LONGEST = 32  # characters of a workbook's name, at most 128 of the usual 255 bytes
_MARK = 16
_NAME = re.compile(rf"[0-9a-f]{{8}}(?:\.([0-9a-f]{{{_MARK}}})\.([0-9a-f]{{{_MARK}}}))?\.{SUFFIX}")


def prefix(workbook: Path) -> str:
    """How the names of our files beside this workbook begin: '.models-1f0c2b3a.'.

    Not by the workbook's whole name, so that not even '*.xls*' finds them and long names fit.
    """
    mark = hashlib.sha256(os.fsencode(workbook.name)).hexdigest()[:8]
    return f".{workbook.stem[:_LONGEST].replace('.', '_')}-{mark}."


def new_name(workbook: Path) -> Path:
    """A name for content that is being written."""
    return workbook.with_name(f"{prefix(workbook)}{secrets.token_hex(4)}.{SUFFIX}")


def marked_name(workbook: Path, expected: str, written: str) -> Path:
    """A name for complete content: made from the content ``expected``, itself ``written`` (digests)."""
    marks = f"{expected[:_MARK]}.{written[:_MARK]}"
    return workbook.with_name(f"{prefix(workbook)}{secrets.token_hex(4)}.{marks}.{SUFFIX}")


@dataclass(frozen=True, slots=True)
class Leftover:
    """One of our files beside the workbook. ``expected`` and ``written`` are '' while it is being written."""

    path: Path
    expected: str
    written: str


def leftovers(workbook: Path) -> list[Leftover]:
    """What stands beside the workbook under our names. Ours only to touch while our lock is held."""
    start = prefix(workbook)
    found = []
    with suppress(OSError), os.scandir(workbook.parent) as entries:
        for entry in entries:
            if entry.name.startswith(start) and (match := _NAME.fullmatch(entry.name[len(start) :])):
                found.append(Leftover(workbook.with_name(entry.name), match[1] or "", match[2] or ""))
    return found


def tidy(workbook: Path, backups: Backups, step: Callable[[str], None] = lambda _: None) -> tuple[str, ...]:
    """Put right what a killed run left; the caller holds our lock. Gives notices for people. Raises OSError."""
    notices = []
    for left in leftovers(workbook):
        notice = _settle(workbook, left, backups, step)
        if notice:
            notices.append(notice)
    return tuple(notices)


def _settle(workbook: Path, left: Leftover, backups: Backups, step: Callable[[str], None]) -> str:
    if not left.written:
        left.path.unlink(missing_ok=True)
        return ""
    held = digest(left.path)
    if not workbook.exists():
        left.path.rename(workbook)
        return f"'{workbook.name}' was missing after an interrupted save and has been put back."
    if not held.startswith((left.expected, left.written)):
        return _give_back(workbook, left, held, backups, step)
    left.path.unlink(missing_ok=True)
    return ""


def _give_back(workbook: Path, left: Leftover, held: str, backups: Backups, step: Callable[[str], None]) -> str:
    """Something that a person saved lies aside: back with it, or into the backups where newer content stands."""
    current = digest(workbook)
    if current == held:
        left.path.unlink(missing_ok=True)
        return ""
    if current.startswith(left.written):
        aside = marked_name(workbook, left.expected, left.written)
        out = exchange(left.path, workbook, aside)
        flush_folder(workbook.parent)
        step("given back")
        if out is None:
            return ""
        return _settle(workbook, Leftover(out, left.expected, left.written), backups, step)
    kept = backups.rescue(left.path)
    return f"What somebody saved at the same moment is kept in '{kept}'."
