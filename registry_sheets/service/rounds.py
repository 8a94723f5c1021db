"""One round over all registries: whatever goes wrong with one stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import RegistrySheetsError, StateUnusable
from registry_sheets.service.due import latest_nightly
from registry_sheets.service.jobs import STEPS, Turn, Unsettled, began
from registry_sheets.service.outcomes import SOON, is_time
from registry_sheets.service.plan import plan_of
from registry_sheets.service.tasks import Task
from registry_sheets.service.telling import done_event, error_event, held_event, told_of
from registry_sheets.service.tools import Tools
from registry_sheets.state.ledger_values import Alert, FailureRow

_PATIENCE = 3
"""Rounds in which a ledger must be unusable before somebody is told: another run may just be using it."""


class Rounds:
    """Goes round the registries. What it remembers from round to round is only what the ledgers cannot keep."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._unsettled: dict[str, list[Unsettled]] = {}
        self._without: dict[str, _Without] = {}
        self._logged: dict[tuple[str, str], str] = {}

    def go(self, registries: Iterable[RegistryConfig]) -> int:
        """Do for every registry what is due; how many things failed."""
        failed = 0
        for registry in registries:
            if self._tools.stopping():
                break
            self._tools.beat()
            try:
                failed += self._turn(registry)
            except Exception as error:
                failed += 1
                self._log(registry, "ledger", error)
                self._without_ledger(registry, error)
        return failed

    def _turn(self, registry: RegistryConfig) -> int:
        """Raises StateUnusable, and whatever else opening the ledger raises."""
        with self._tools.ledger_of(registry) as ledger:
            unsettled = self._unsettled.setdefault(registry.slug, [])
            turn = Turn(registry, plan_of(registry), ledger, self._tools, unsettled)
            turn.settle()
            began(ledger, self._tools.now())
            for name in STEPS:
                if self._tools.stopping():
                    break
                self._step(turn, name)
        self._with_ledger(registry)
        if turn.held and (registry.slug, "held") not in self._logged:
            self._logged[registry.slug, "held"] = ""
            self._tools.log(held_event(registry.name))
        return turn.failed

    def _step(self, turn: Turn, name: str) -> None:
        """Do one; what it raises and should not is told and counted. Raises StateUnusable."""
        try:
            STEPS[name](turn)
        except StateUnusable:
            raise
        except Exception as error:
            turn.failed += 1
            self._log(turn.registry, name, error)
            if name in _ABOUT:
                text = f"A fault in Registry Sheets ({type(error).__name__}); the log says where."
                turn.ledger.open_failure(_ABOUT[name], "Bug", text, self._tools.now(), "Please report it.")
        else:
            self._logged.pop((turn.registry.slug, name), None)

    # A registry whose ledger cannot be used: what people were told of that is remembered here.

    def _without_ledger(self, registry: RegistryConfig, error: Exception) -> None:
        now = self._tools.now()
        without = self._without.setdefault(registry.slug, _Without(now, now))
        without.rounds += 1
        if without.rounds >= _PATIENCE:
            self._pass_without(registry, without)
        if not without.told and without.rounds >= _PATIENCE and self._is_time(without):
            without.told = self._told(registry, without, error)

    def _pass_without(self, registry: RegistryConfig, without: _Without) -> None:
        """The nightly pass all the same: it needs no ledger, and a second one in a night does no harm.

        Only of nights that begin while the ledger cannot be used; what was done before is not known.
        """
        plan, started = plan_of(registry), self._tools.now()
        if plan.nightly is None or self._tools.stopping():
            return
        due = latest_nightly(plan.nightly, started, plan.zone)
        if due.at < without.since or due.period == without.passed:
            return
        without.passed = due.period
        task = Task("nightly", registry, due.period, noted=False)
        result = self._tools.worker.run(task, plan.limit, self._tools.beat)
        seconds = max((self._tools.now() - started).total_seconds(), 0.0)
        self._tools.log(done_event("nightly", task, result, seconds))

    def _with_ledger(self, registry: RegistryConfig) -> None:
        self._logged.pop((registry.slug, "ledger"), None)
        without = self._without.get(registry.slug)
        if without and (not without.told or (self._is_time(without) and self._told(registry, without, None))):
            del self._without[registry.slug]

    def _is_time(self, without: _Without) -> bool:
        return not self._tools.stopping() and is_time(without.next_at, self._tools.now())

    def _told(self, registry: RegistryConfig, without: _Without, error: Exception | None) -> bool:
        """Send an alert that no ledger knows of; if it cannot be sent, not before ten minutes again."""
        plan, now = plan_of(registry), self._tools.now()
        if not plan.alert_to:
            return error is None
        fault = error if isinstance(error, RegistrySheetsError) else None
        message, fix = (fault.message, fault.fix) if fault else (f"A fault ({type(error).__name__}).", "")
        failure = FailureRow(0, "state", type(error).__name__, message, fix, without.since, now)
        told = told_of(Alert("failing" if error else "well", failure), plan.zone)
        without.next_at = now + SOON
        result = self._tools.worker.run(Task("alert", registry, told=told), plan.limit, self._tools.beat)
        return result.failure is None

    def _log(self, registry: RegistryConfig, where: str, error: Exception) -> None:
        """Tell what went wrong; the same thing not every minute, but when it began and when it changes."""
        event = error_event(registry.name, where, error)
        key = (registry.slug, where)
        if self._logged.get(key) != event.message:
            self._logged[key] = event.message
            self._tools.log(event)


@dataclass
class _Without:
    """Since when a ledger cannot be used, in how many rounds, whether somebody was told, and the last night passed."""

    since: datetime
    next_at: datetime
    rounds: int = 0
    told: bool = False
    passed: str = ""


_ABOUT: Mapping[str, str] = {
    "nightly": "nightly",
    "again": "nightly",
    "check": "nightly",
    "weekly": "weekly",
    "weekly again": "weekly",
}
"""Whose health a step shows."""
