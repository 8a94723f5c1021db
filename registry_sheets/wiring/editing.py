"""What the commands that edit a row work with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.settling import Desk
from registry_sheets.operations.waiting import Inventory, inventory
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.wiring import open_workbook, outbox_of, queue_of, terms, today_of, user
from registry_sheets.wiring.history import history_of, writable_history
from registry_sheets.workbooks.base import Workbook


def inventory_of(registry: RegistryConfig) -> Inventory:
    """What lies in the registry's outbox, held against its sheet."""
    return inventory(outbox_of(registry), open_workbook(registry), terms(registry))


def desk_of(registry: RegistryConfig, wait: float) -> Desk:
    """What an edit command of a registry works with; ``wait``: seconds for a workbook that somebody has open."""
    workbook = open_workbook(registry)
    return Desk(
        workbook=workbook,
        terms=terms(registry),
        outbox=outbox_of(registry),
        today=today_of(registry),
        by=user(),
        wait=wait,
        shared=registry.sheet.path is not None,
        remember=lambda: _remembered(registry, workbook),
    )


def _remembered(registry: RegistryConfig, workbook: Workbook) -> tuple[str, ...]:
    """Record the sheet as it is before an edit writes over it; what hinders that hinders no edit, and is told."""
    from registry_sheets.operations.sync import remember

    try:
        with writable_history(registry) as history:
            remember(workbook, terms(registry), today_of(registry), history, queue_of(registry))
    except RegistrySheetsError as error:
        return (f"What is written over now is not in history: {error}",)
    return ()


def live_past(registry: RegistryConfig) -> Callable[[str], Sequence[LivePeriod]]:
    """Tells when versions of a model were live where, oldest first, by the sheet and its history."""

    def periods_of(name: str) -> Sequence[LivePeriod]:
        from registry_sheets.operations.asking import live_periods_of

        with history_of(registry) as history:
            return live_periods_of(open_workbook(registry), terms(registry), today_of(registry), history, name)

    return periods_of
