"""What the platforms last said, kept in the state folder: a light pass does not ask them again."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from registry_sheets.errors import StateUnusable
from registry_sheets.registry.platforms.values import PlatformAnswer

NAME = "platforms.json"


@dataclass(frozen=True)
class KeptAnswer:
    """An answer, and the ``question`` to which it was given: what is configured otherwise since has no answer yet."""

    question: str
    answer: PlatformAnswer


def kept_answers(folder: Path) -> Mapping[str, KeptAnswer]:
    """The last answers by the platform's name. What cannot be read counts as never asked."""
    from pydantic import TypeAdapter, ValidationError

    try:
        found = TypeAdapter(tuple[KeptAnswer, ...]).validate_json((folder / NAME).read_bytes())
    except (OSError, ValidationError):
        return {}
    return {one.answer.platform: one for one in found}


def keep_answers(folder: Path, answers: Iterable[KeptAnswer]) -> None:
    """Keep these beside those of other platforms that are kept. Raises StateUnusable where that cannot be written."""
    from pydantic import TypeAdapter

    all_of_them = {**kept_answers(folder), **{one.answer.platform: one for one in answers}}
    content = TypeAdapter(tuple[KeptAnswer, ...]).dump_json(tuple(all_of_them.values()))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / NAME, content)
    except OSError as error:
        raise StateUnusable(
            f"What the platforms said cannot be kept in {folder}: {error.strerror}.", "Check the folder's permissions."
        ) from error


def _write(path: Path, content: bytes) -> None:
    """Old or new, whenever the process is killed; for nobody else's eyes, as platforms name people."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
