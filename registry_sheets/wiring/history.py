"""The history of a registry, and what a check may ask besides its sheet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import HistoryUnusable
from registry_sheets.operations.looking import Memories
from registry_sheets.state.places import outbox_folder
from registry_sheets.wiring import queue_of, sends_mail, state_of

if TYPE_CHECKING:
    from registry_sheets.history.base import History
    from registry_sheets.operations.hearing import Hearing

HISTORY_NAME = "history.sqlite"


@contextmanager
def history_of(registry: RegistryConfig) -> Iterator[History | None]:
    """The history of a registry, for reading; None where there is none yet.

    One that cannot be opened raises HistoryUnusable when it is asked.
    """
    path = state_of(registry) / HISTORY_NAME
    if not path.exists():
        yield None
        return
    with _readable(path) as history:
        yield history


def _readable(path: Path) -> History:
    from registry_sheets.history.sqlite import SqliteHistory

    try:
        return SqliteHistory(path, read_only=True)
    except HistoryUnusable as error:
        from registry_sheets.history.unusable import UnusableHistory

        return UnusableHistory(error)


def writable_history(registry: RegistryConfig) -> History:
    """The history of a registry, made where there is none; to be closed. Raises HistoryUnusable."""
    from registry_sheets.history.sqlite import SqliteHistory

    return SqliteHistory(state_of(registry) / HISTORY_NAME)


@contextmanager
def memories(registry: RegistryConfig) -> Iterator[Memories]:
    """What a check may ask besides the sheet; the platforms are not asked again."""
    undecided = queue_of(registry).undecided if outbox_folder(registry.sheet.outbox).exists() else None
    with history_of(registry) as history:
        yield Memories(history, undecided, refused=refused_of(registry), hearing=_hearing(registry))


def _hearing(registry: RegistryConfig) -> Hearing | None:
    """What the platforms last said, where the registry has any."""
    if not registry.settings.platform:
        return None
    from registry_sheets.wiring.platforms import last_answers

    return last_answers(registry)


def refused_of(registry: RegistryConfig) -> Mapping[str, str]:
    """Addresses to which mail cannot be sent, where mail is sent at all."""
    if not sends_mail(registry):
        return {}
    from registry_sheets.wiring.state import refused_addresses

    return refused_addresses(registry)
