"""A service on a clock of the test's own: registries without workbooks, a worker that only takes notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from registry_sheets.config import RegistryConfig
from registry_sheets.registry.registry_sheet import FileSheet
from registry_sheets.service.logs import Event
from registry_sheets.service.loop import Service
from registry_sheets.service.tasks import Result, Task
from registry_sheets.service.tools import LedgerOf
from registry_sheets.setting_tables import SmtpSettings
from registry_sheets.settings import RegistrySettings
from registry_sheets.state.ledger import Ledger
from registry_sheets.state.ledger_host import Fate
from registry_sheets.state.ledger_values import Failed
from registry_sheets.state.store import Store

LEASE = timedelta(minutes=20)


class Killed(BaseException):
    """The process dies here: nothing after it happens."""


class Clock:
    """The clock on the wall, and the machine's uptime that nobody sets."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.uptime = 1_000.0

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.uptime

    def go(self, length: timedelta) -> None:
        """Time passes, awake or asleep."""
        self.now += length
        self.uptime += length.total_seconds()


class Machine:
    """Which holders live on one machine."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.alive: set[str] = set()
        self._made = 0

    def holder(self) -> MadeUpHost:
        self._made += 1
        name = f"holder {self._made}"
        self.alive.add(name)
        return MadeUpHost(name, self)


class MadeUpHost:
    """A holder on a machine."""

    def __init__(self, holder: str, machine: Machine) -> None:
        self.holder = holder
        self._machine = machine

    def uptime(self) -> float:
        return self._machine.clock.uptime

    def fate(self, holder: str) -> Fate:
        if holder == self.holder:
            return "mine"
        if not holder.startswith("holder"):
            return "unknown"
        return "alive" if holder in self._machine.alive else "dead"

    def die(self) -> None:
        self._machine.alive.discard(self.holder)


class NotingWorker:
    """Notes the tasks, and gives the results that ``answer`` gives."""

    def __init__(self, answer: Callable[[Task], Result] | None = None) -> None:
        self.tasks: list[Task] = []
        self.answer = answer or (lambda _task: Result(counts={"rows": 3}))
        self.stopped = False

    def run(self, task: Task, limit: timedelta, beat: Callable[[], None]) -> Result:
        assert limit > timedelta()
        beat()
        self.tasks.append(task)
        return self.answer(task)

    def stop(self) -> None:
        self.stopped = True

    @property
    def done(self) -> list[tuple[str, str]]:
        """(job, period) of all tasks."""
        return [(task.job, task.period) for task in self.tasks]


def registry(name: str = "demo", folder: Path = Path("/nowhere"), **said: Any) -> RegistryConfig:
    """A registry whose workbook nobody reads, and which sends mail. In UTC unless it is said otherwise."""
    mail = {"sender": "registry@example.com", "smtp": SmtpSettings(host="mail.example.com")}
    settings = RegistrySettings.model_construct(**{"time_zone": "UTC", "sheet": f"{name}.xlsx", **mail, **said})
    return RegistryConfig(name, FileSheet(folder / f"{name}.xlsx"), settings, folder)


class Stores:
    """The open state files of registries in a folder: opening one for every look would take a test most of its time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._open: dict[str, Store] = {}

    def of(self, one: RegistryConfig) -> Store:
        """The file of a registry."""
        if one.slug not in self._open:
            self._open[one.slug] = Store(self._folder / one.slug / "state.sqlite", durable=False)
        return self._open[one.slug]

    def close(self) -> None:
        """Close them all; they are opened anew when they are asked for."""
        for store in self._open.values():
            store.close()
        self._open.clear()

    def ledgers(self, host: MadeUpHost) -> LedgerOf:
        """Gives the ledgers of registries, always as the same holder."""

        @contextmanager
        def of(one: RegistryConfig) -> Iterator[Ledger]:
            yield Ledger(self.of(one), host)

        return of


class Lab:
    """One service with all that it needs, by hand."""

    def __init__(self, folder: Path, now: datetime, *registries: RegistryConfig) -> None:
        self.clock = Clock(now)
        self.machine = Machine(self.clock)
        self.worker = NotingWorker()
        self.registries: Sequence[RegistryConfig] = registries or (registry(),)
        self.events: list[Event] = []
        self.stores = Stores(folder)
        self.service = self.another()

    def another(self) -> Service:
        """A service that has just been started on the same registries."""
        self.host = self.machine.holder()
        return Service(
            lambda: self.registries,
            self.worker,
            self.stores.ledgers(self.host),
            self.events.append,
            now=self.clock,
        )

    def restart(self) -> None:
        """The service dies, and is started anew."""
        self.host.die()
        self.stores.close()
        self.service = self.another()

    def round(self, minutes: float = 0) -> list[tuple[str, str]]:
        """What is done in a round, after so many minutes: (job, period)."""
        self.clock.go(timedelta(minutes=minutes))
        before = len(self.worker.tasks)
        self.service.once()
        return self.worker.done[before:]

    def ledger(self, number: int = 0) -> Ledger:
        """The ledger of a registry, in the hands of somebody else."""
        return Ledger(self.stores.of(self.registries[number]), self.machine.holder())

    def said(self) -> list[str]:
        return [f"{event.level}: {event.message}" for event in self.events]


def failing(kind: str = "UnreadableWorkbook", message: str = "It cannot be read.") -> Callable[[Task], Result]:
    """Answers with a failure, to everything but alerts."""
    return lambda task: Result() if task.job == "alert" else Result(failure=Failed(kind, message, "Mend it."))


def at(*numbers: int) -> datetime:
    """A moment in UTC."""
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type, misc]
