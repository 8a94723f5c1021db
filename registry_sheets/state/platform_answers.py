"""What the platforms last said, kept in the state folder: a light pass does not ask them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path

from registry_sheets.errors import StateUnusable
from registry_sheets.registry.platforms.cleaning import clean_deployment, clean_version
from registry_sheets.registry.platforms.values import PlatformAnswer
from registry_sheets.whole_files import write_whole

NAME = "platforms.json"
LOCK = "platforms.lock"

_OURS = 0o600
_MOST_BYTES = 2**30
_PATIENCE = 10.0
_EARLIEST, _LATEST = 1970, 9999
"""Years between which something was asked."""


@dataclass(frozen=True)
class KeptAnswer:
    """An answer, and the ``question`` to which it was given: what is configured otherwise since has no answer yet."""

    question: str
    answer: PlatformAnswer


def kept_answers(folder: Path) -> Mapping[str, KeptAnswer]:
    """The last answers by the platform's name. What cannot be read counts as never asked."""
    from pydantic import TypeAdapter, ValidationError

    path = folder / NAME
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return {}
        found = TypeAdapter(tuple[KeptAnswer, ...]).validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return {}
    return {one.answer.platform: _clean(one) for one in found if _EARLIEST < one.answer.asked.year < _LATEST}


def kept_at(folder: Path) -> str:
    """What changes whenever answers are kept; '' where none are."""
    try:
        found = (folder / NAME).stat()
    except OSError:
        return ""
    return f"{found.st_mtime_ns} {found.st_size}"


def keep_answers(folder: Path, answers: Iterable[KeptAnswer]) -> None:
    """Keep these beside those of other platforms that are kept, also by another run at the same time.

    Raises StateUnusable where that cannot be written.
    """
    from pydantic import TypeAdapter

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            all_of_them = {**kept_answers(folder), **{one.answer.platform: one for one in answers}}
            content = TypeAdapter(tuple[KeptAnswer, ...]).dump_json(tuple(all_of_them.values()))
            write_whole(folder / NAME, content, _OURS)  # platforms name people
    except (OSError, NotImplementedError) as error:  # the latter is filelock's word for a disk without locks
        why = getattr(error, "strerror", None) or type(error).__name__
        raise StateUnusable(
            f"What the platforms said cannot be kept in {folder}: {why}.",
            "Check the folder's permissions, and that there is room on its disk.",
        ) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else keeps answers there meanwhile; what a run left that was killed is gone. Raises OSError."""
    from filelock import FileLock

    with FileLock(folder / LOCK, timeout=_PATIENCE):  # its Timeout is an OSError
        for left in folder.glob(f".{NAME}.*"):
            with suppress(OSError):
                left.unlink()
        yield


def _clean(kept: KeptAnswer) -> KeptAnswer:
    """Whoever wrote the file: moments have a time zone, texts can be shown."""
    said = kept.answer
    asked = said.asked if said.asked.tzinfo else said.asked.replace(tzinfo=UTC)
    versions, deployments = map(clean_version, said.versions), map(clean_deployment, said.deployments)
    clean = replace(said, asked=asked, versions=tuple(versions), deployments=tuple(deployments))
    return replace(kept, answer=clean)
