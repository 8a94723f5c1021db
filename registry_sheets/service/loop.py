"""The service: a round over all registries every minute, until it is told to end."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from types import FrameType

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import RegistrySheetsError
from registry_sheets.registry.wording import listed
from registry_sheets.service.logs import Event, Log
from registry_sheets.service.rounds import Rounds
from registry_sheets.service.telling import error_event
from registry_sheets.service.ticker import Ticker
from registry_sheets.service.tools import LedgerOf, Tools, Worker

Load = Callable[[], Sequence[RegistryConfig]]

READY, STOPPING, WATCHDOG = "READY=1", "STOPPING=1", "WATCHDOG=1"
"""What is told to whoever started the service (sd_notify(3))."""


class Service:
    """Does what is due for the registries of a config.

    Args:
        load: reads the config. Raises ConfigProblem; once the service runs, the config that it has is kept then.
        worker: does the tasks.
        ledger_of: opens a registry's ledger.
        log: told of every event.
        notify: told READY, STOPPING and WATCHDOG; must not raise.
        now: the time in UTC.
        monotonic: seconds of a clock that nobody sets.
        wait: waits so many seconds, or less; None for a wait that stop() and reload_soon() end.
    """

    def __init__(
        self,
        load: Load,
        worker: Worker,
        ledger_of: LedgerOf,
        log: Log,
        *,
        notify: Callable[[str], None] = lambda _said: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        self._load = load
        self._worker = worker
        self._log = log
        self._notify = notify
        self._monotonic = monotonic
        self._wait = wait or self._wait_for_bell
        # Not an Event: a signal handler that sets one may find its lock held by the very thread that it interrupts.
        # SimpleQueue.put is made for that (https://docs.python.org/3/library/queue.html#queue.SimpleQueue.put).
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._stopping = False
        self._reload = False
        self._registries: Sequence[RegistryConfig] = ()
        self._rounds = Rounds(Tools(worker, ledger_of, log, now, self._beat, lambda: self._stopping))

    def run(self) -> None:
        """Serve until stop() or a signal to end. Raises ConfigProblem where there is no config to begin with."""
        self._registries = self._load()
        with self._heeding_signals(), self._ending():
            self._notify(READY)
            names = [registry.name for registry in self._registries]
            self._log(Event("service-started", message=f"service started for {listed(names)}"))
            ticker = Ticker(self._tick, self._monotonic)
            while not self._stopping:
                self._wait(ticker.idle())
                self._beat()
                if not self._stopping:
                    ticker.ring() if self._reload else ticker.poll()
        self._log(Event("service-ended", message="service ended"))

    def once(self) -> int:
        """Do what is due now; how many things failed. Raises ConfigProblem."""
        self._registries = self._load()
        with self._heeding_signals(), self._ending():
            return self._rounds.go(self._registries)

    def stop(self) -> None:
        """End within two seconds, whatever is being done; it is done at the next start. Fit for a signal handler."""
        self._stopping = True
        self._bell.put(None)
        self._worker.stop()

    def reload_soon(self) -> None:
        """Read the config anew, as soon as nothing is being done. Fit for a signal handler."""
        self._reload = True
        self._bell.put(None)

    def _tick(self) -> None:
        if self._reload:
            self._reload = False
            self._reloaded()
        try:
            self._rounds.go(self._registries)
        except Exception as error:  # of the round itself: those of registries do not come so far
            self._log(error_event("", "round", error))

    def _reloaded(self) -> None:
        try:
            self._registries = self._load()
        except RegistrySheetsError as error:
            text = f"the config is kept as it was, for the new one cannot be used: {error}"
            self._log(Event("config-kept", fields={"kind": type(error).__name__}, level="error", message=text))
        except Exception as error:
            self._log(error_event("", "config", error))
        else:
            names = [registry.name for registry in self._registries]
            self._log(Event("config-reloaded", message=f"config read anew: {listed(names)}"))

    def _beat(self) -> None:
        self._notify(WATCHDOG)

    def _wait_for_bell(self, seconds: float) -> None:
        with suppress(Empty):
            self._bell.get(timeout=seconds)

    @contextmanager
    def _ending(self) -> Iterator[None]:
        try:
            yield
        finally:
            self._notify(STOPPING)
            self._worker.stop()

    @contextmanager
    def _heeding_signals(self) -> Iterator[None]:
        """SIGTERM and SIGINT end the service, SIGHUP makes it read the config anew; as before afterwards."""
        wanted = {"SIGTERM": self._on_end, "SIGINT": self._on_end, "SIGHUP": self._on_reload}
        before = {}
        try:
            for name, handler in wanted.items():
                if number := getattr(signal, name, None):
                    with suppress(ValueError):  # not the main thread: whoever runs it there calls stop()
                        before[number] = signal.signal(number, handler)
            yield
        finally:
            for number, old in before.items():
                signal.signal(number, old)

    def _on_end(self, _number: int, _frame: FrameType | None) -> None:
        self.stop()

    def _on_reload(self, _number: int, _frame: FrameType | None) -> None:
        self.reload_soon()
