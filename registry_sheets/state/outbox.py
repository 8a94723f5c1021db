"""The outbox of a workbook: recorded edits that are to be written into it, or were and are not yet seen there.

A folder beside the workbook, so that whichever machine runs next finds it: ``.models.xlsx.outbox``, one JSON file
an edit; for a Google spreadsheet it lies beside the config, by the registry's name: ``.clinic.outbox``. A file appears
whole or not at all and is durable before the workbook is touched; its state changes by replacing it whole. Files that
cannot be read are left alone and named. Names sort in the order of making.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from registry_sheets.errors import CannotSave, EditRefused, NotChecked
from registry_sheets.registry.edits.codec import from_plain, to_plain
from registry_sheets.registry.edits.edit import Edit, Plan, State
from registry_sheets.state.places import outbox_folder
from registry_sheets.state.sharing import share

_SUFFIX, _HALF = ".json", ".half"
_MOMENT = "%Y%m%dT%H%M%S%fZ"
_MOMENT_LENGTH = len("20260701T120000000001Z")
_STALE = 3600.0  # seconds after which a half-written file was left by a run that was killed
_LARGEST = 100 << 20  # bytes; a larger file is none of ours
_ROOM = 1 << 20  # bytes that what becomes of an edit may add to it
_AHEAD = timedelta(days=366)  # no machine's clock is further ahead


@dataclass(frozen=True)
class Contents:
    """What lies in the outbox, oldest first; ``notices`` name what could not be read, a sentence each."""

    edits: tuple[Edit, ...] = ()
    notices: tuple[str, ...] = ()

    def in_state(self, *states: State) -> tuple[Edit, ...]:
        return tuple(edit for edit in self.edits if edit.state in states)


class OutboxBusy(NotChecked):
    """Another run is writing what lies in the outbox."""


class Outbox:
    """The outbox of one workbook. Nothing is made on disk before an edit goes in.

    Whoever may write ``rights`` may use it: the workbook itself where nothing else is given. Where that is no file,
    the outbox is for this account alone.
    """

    def __init__(self, workbook: Path, rights: Path | None = None) -> None:
        self.folder = outbox_folder(workbook)
        self._rights = (rights or workbook).resolve()

    def add(self, plan: Plan, command: str, by: str) -> Edit:
        """Put an edit in, durably.

        Raises CannotSave where the folder cannot be written, EditRefused for an edit that could not be read again.
        """
        try:
            self._open()
            self._sweep()
            moment = self._next_moment()
            id_ = f"{moment.strftime(_MOMENT)}-{secrets.token_hex(3)}"
            edit = Edit(id_, moment, by, command, plan.what, plan.steps, expected=plan.expected)
            self._create(edit)
        except OSError as error:
            raise CannotSave(
                f"Nothing was recorded: the outbox {self.folder} cannot be written: {error.strerror or error}.",
                f"Give this account the right to write in {self.folder.parent}, or make room, and run again.",
            ) from error
        return edit

    def read(self) -> Contents:
        """All edits. A file that is damaged, foreign or of a newer version is named; the others are not affected."""
        edits, notices = [], []
        try:
            files = self._files()
        except OSError as error:
            return Contents(notices=(_closed(self.folder, error),))
        for path in files:
            try:
                edits.append(_load(path))
            except FileNotFoundError:
                continue  # somebody's run took it out at this moment
            except (OSError, ValueError) as error:
                notices.append(_unread(path, error))
        return Contents(tuple(edits), tuple(notices))

    def get(self, id_: str) -> Edit | None:
        """One edit as it stands; None where it is not there (any more) or cannot be read."""
        with suppress(OSError, ValueError):
            return _load(self._path(id_))
        return None

    def find(self, said: str) -> Edit:
        """The edit of an id, or of the beginning or end of one. Raises EditRefused where none or several fit."""
        fitting = [edit for edit in self.read().edits if edit.id.startswith(said) or edit.id.endswith(f"-{said}")]
        if said and len(fitting) == 1:
            return fitting[0]
        what = "Several recorded edits have ids like" if fitting and said else "There is no recorded edit"
        raise EditRefused(f"{what} '{said}'.", "See the ids with: registry-sheets outbox")

    def put(self, edit: Edit) -> None:
        """Replace an edit that is there by what it has become, durably. Raises CannotSave."""
        half = self.folder / f"{edit.id}.{secrets.token_hex(4)}{_HALF}"
        try:
            _write_new(half, edit)
            share(half, self._rights)
            half.replace(self._path(edit.id))
            _flush(self.folder)
        except OSError as error:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            raise CannotSave(
                f"What became of '{edit.what}' cannot be noted in {self.folder}: {error.strerror or error}.",
                "Make room, or give this account the right to write there; nothing is written twice.",
            ) from error

    def remove(self, edits: Sequence[Edit]) -> None:
        """Take edits out; one that is gone already is no error. Raises CannotSave."""
        try:
            for edit in edits:
                self._path(edit.id).unlink(missing_ok=True)
        except OSError as error:
            raise CannotSave(
                f"The outbox {self.folder} cannot be cleared: {error.strerror or error}.",
                "Give this account the right to write there.",
            ) from error
        if edits:
            _flush(self.folder)

    @contextmanager
    def held(self, timeout: float) -> Iterator[None]:
        """Hold the right to write what lies here; it is freed when the process dies, however it dies.

        Raises OutboxBusy when another run holds it for longer than ``timeout`` seconds, CannotSave.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self._lock)
        try:
            lock.acquire(timeout=timeout, poll_interval=0.02)
        except Timeout as error:
            raise OutboxBusy("Another run of registry-sheets is writing what waits in the outbox.") from error
        except OSError as error:
            raise CannotSave(
                f"The outbox {self.folder} cannot be locked: {error.strerror or error}.",
                "Give this account the right to write in that folder and in the file 'lock' there.",
            ) from error
        try:
            yield
        finally:
            lock.release()

    @property
    def _lock(self) -> Path:
        return self.folder / "lock"

    def _open(self) -> None:
        """Make the folder, so that whoever may write the workbook may use it. Its lock is made last."""
        if self._lock.exists():
            return
        with suppress(FileExistsError):
            self.folder.mkdir(mode=0o700)
        share(self.folder, self._rights)
        with suppress(FileExistsError):
            self._lock.touch(mode=0o600, exist_ok=False)
            share(self._lock, self._rights)

    def _path(self, id_: str) -> Path:
        return self.folder / f"{id_}{_SUFFIX}"

    def _files(self) -> list[Path]:
        """The files that edits are in, oldest first; none where there is no folder yet. Raises OSError."""
        with suppress(FileNotFoundError):
            return sorted(path for path in self.folder.iterdir() if path.suffix == _SUFFIX)
        return []

    def _next_moment(self) -> datetime:
        """Now, or just after the newest edit where that is later: clocks of machines differ."""
        now = datetime.now(UTC)
        known = (moment for path in self._files() if (moment := _moment_of(path.name)) and moment < now + _AHEAD)
        newest = max(known, default=None)
        return now if newest is None or now > newest else newest + timedelta(microseconds=1)

    def _create(self, edit: Edit) -> None:
        if len(_encoded(edit)) > _LARGEST - _ROOM:
            raise EditRefused(
                f"'{edit.what}' is too much at once: the outbox takes {_LARGEST >> 20} MB for a command.",
                "Nothing was written. Do it in several parts.",
            )
        path, half = self._path(edit.id), self.folder / f"{edit.id}{_HALF}"
        try:
            _write_new(half, edit)
            share(half, self._rights)
            try:
                os.link(half, path)  # never over another file
                half.unlink()
            except OSError:
                if path.exists():
                    raise
                half.rename(path)  # a file system without second names; the id's random end keeps it apart
        except BaseException:
            half.unlink(missing_ok=True)
            raise
        _flush(self.folder)

    def _sweep(self) -> None:
        """Take away what runs left that were killed while they wrote a file."""
        now = datetime.now(UTC).timestamp()
        for half in self.folder.glob(f"*{_HALF}"):
            with suppress(OSError):
                if now - half.stat().st_mtime > _STALE:
                    half.unlink()


def became(edit: Edit, state: State, reason: str = "") -> Edit:
    """The edit in another state."""
    return replace(edit, state=state, reason=reason, applied=datetime.now(UTC) if state == "applied" else None)


def _load(path: Path) -> Edit:
    try:
        plain = json.loads(_content(path).decode())
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, _NoEdit) else ValueError("it is damaged") from error
    edit = from_plain(plain)
    if edit.id != path.stem:
        raise ValueError("its name is not that of the edit in it")
    return edit


class _NoEdit(ValueError):
    """What is no file of ours, for a reason that is worth telling."""


def _content(path: Path) -> bytes:
    """What a plain file holds: a pipe, a device or a link to one may never end. Raises OSError, _NoEdit."""
    if not stat.S_ISREG(path.lstat().st_mode):
        raise _NoEdit("it is no plain file")
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as stream:  # it may have become something else since
        content = stream.read(_LARGEST + 1) if stat.S_ISREG(os.fstat(stream.fileno()).st_mode) else None
    if content is None or len(content) > _LARGEST:
        raise _NoEdit("it is no plain file" if content is None else "it is too large")
    return content


def _unread(path: Path, error: OSError | ValueError) -> str:
    why = (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
    return (
        f"A file in the outbox cannot be used and is left alone: {path}: {why}. "
        "Look at it, and take it out of that folder if nobody needs it."
    )


def _closed(folder: Path, error: OSError) -> str:
    return (
        f"What waits in the outbox {folder} cannot be seen: {error.strerror or error}. "
        "Give this account the right to read that folder."
    )


def _moment_of(name: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(name[:_MOMENT_LENGTH], _MOMENT).replace(tzinfo=UTC)
    return None


def _encoded(edit: Edit) -> bytes:
    return json.dumps(to_plain(edit), ensure_ascii=True, indent=1).encode()


def _write_new(path: Path, edit: Edit) -> None:
    content = _encoded(edit)
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _flush(folder: Path) -> None:
    """Make a folder's names durable, where the system can."""
    if os.name != "posix":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
