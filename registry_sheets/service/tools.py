"""What the service works with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from registry_sheets.config import RegistryConfig
from registry_sheets.service.logs import Log
from registry_sheets.service.tasks import Result, Task
from registry_sheets.state.ledger import Ledger


class Worker(Protocol):
    """Does tasks, one at a time."""

    def run(self, task: Task, limit: timedelta, beat: Callable[[], None]) -> Result:
        """Do the task within ``limit``; whatever goes wrong is the result's failure. ``beat`` is called meanwhile.

        A task that stop() cut short has a failure of the kind child_failures.STOPPED: it counts as not done.
        """
        ...

    def stop(self) -> None:
        """Cut short what is being done, and do nothing more. May be called from a signal handler."""
        ...


LedgerOf = Callable[[RegistryConfig], AbstractContextManager[Ledger]]
"""Opens the ledger of a registry, always as the same holder. Raises StateUnusable."""


@dataclass(frozen=True)
class Tools:
    """``now``: the time in UTC. ``beat``: says that the service lives. ``stopping``: whether it is to end."""

    worker: Worker
    ledger_of: LedgerOf
    log: Log
    now: Callable[[], datetime]
    beat: Callable[[], None]
    stopping: Callable[[], bool]
