"""Backups of a workbook, made before each write: one a day for 14 days, and those of the last 5 writes."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from registry_sheets.workbooks.excel.files import copy_with_digest, digest, flush_folder

DAYS = 14
WRITES = 5
_STAMP = "%Y-%m-%d %H%M%S.%f"
_NAME = re.compile(r" (\d{4}-\d\d-\d\d \d{6}\.\d{6}) ([0-9a-f]{16})$")
_LONGEST_STEM = 40


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup. ``mark`` is the beginning of its content's SHA-256."""

    path: Path
    made: datetime  # local time, as its name tells it
    mark: str


@dataclass(frozen=True)
class Backups:
    """The backups of one workbook in a folder: 'models 2026-11-24 093005.120000 1f0c….xlsx', local time.

    Of each of the last 14 days the first is kept (how that day began), and the newest 5 whatever their
    day. Equal content is held once, under its newest time.
    """

    folder: Path
    workbook_name: str
    now: Callable[[], datetime] = field(default=datetime.now)

    def keep(self, source: Path) -> tuple[Path, str]:
        """Copy the workbook, durably, and drop what has become too old. Gives the backup and its SHA-256.

        Raises OSError; nothing is left half done.
        """
        path, seen = self._store(source)
        self._prune(path)
        return path, seen

    def rescue(self, source: Path) -> Path:
        """Move content that nobody else holds into the backups, outside their numbers. Raises OSError."""
        mark = digest(source)[:16]
        self.folder.mkdir(parents=True, exist_ok=True)
        stamp = self.now().strftime(_STAMP)
        target = self.folder / f"{self._stem} {stamp} {mark} (saved at the same moment){self._suffix}"
        if not target.exists():
            partial = self._partial()
            copy_with_digest(source, partial)
            partial.replace(target)
            flush_folder(self.folder)
        source.unlink(missing_ok=True)
        return target

    def list(self) -> list[Backup]:
        """The backups, oldest first."""
        found = []
        with suppress(OSError):
            for path in self.folder.iterdir():
                match = _NAME.search(path.stem)
                if match and path.name.startswith(self._stem + " ") and path.suffix == self._suffix:
                    found.append(Backup(path, datetime.strptime(match[1], _STAMP), match[2]))
        return sorted(found, key=lambda backup: (backup.made, backup.path.name))

    @property
    def _stem(self) -> str:
        return Path(self.workbook_name).stem[:_LONGEST_STEM]

    @property
    def _suffix(self) -> str:
        return Path(self.workbook_name).suffix

    def _partial(self) -> Path:
        return self.folder / f"{self._partial_start}{secrets.token_hex(8)}.partial"

    @property
    def _partial_start(self) -> str:
        return f".{self._stem}{self._suffix}."

    def _store(self, source: Path) -> tuple[Path, str]:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._drop_partials()
        partial = self._partial()
        try:
            seen = copy_with_digest(source, partial)
            target = self.folder / f"{self._stem} {self.now().strftime(_STAMP)} {seen[:16]}{self._suffix}"
            equal = [backup.path for backup in self.list() if backup.mark == seen[:16]]
            partial.replace(target)
            for older in equal:
                if older != target:
                    older.unlink(missing_ok=True)
            flush_folder(self.folder)
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        return target, seen

    def _drop_partials(self) -> None:
        """The halves that killed runs left."""
        for partial in self.folder.glob(".*.partial"):
            if partial.name.startswith(self._partial_start):
                partial.unlink(missing_ok=True)

    def _prune(self, newest: Path) -> None:
        """Drop what has had its time."""
        backups = self.list()
        kept = {newest, *(backup.path for backup in backups[-WRITES:]), *_first_of_days(backups, self.now().date())}
        with suppress(OSError):
            for backup in backups:
                if backup.path not in kept:
                    backup.path.unlink(missing_ok=True)


def _first_of_days(backups: list[Backup], today: date) -> set[Path]:
    first: dict[date, Path] = {}
    for backup in backups:
        if backup.made.date() > today - timedelta(days=DAYS):
            first.setdefault(backup.made.date(), backup.path)
    return set(first.values())
