"""Patience: writing the outbox until one edit is settled, or until it is clear that it has to wait there."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from registry_sheets.errors import RegistrySheetsError, WorkbookOpen
from registry_sheets.operations.applying import Applied, apply_all
from registry_sheets.operations.looking import Terms
from registry_sheets.registry.edits.edit import Edit
from registry_sheets.state.outbox import Outbox, OutboxBusy
from registry_sheets.workbooks.base import Workbook

OTHERS_WAIT = 60.0
"""Seconds for which another run that writes the outbox is waited for; it writes ours along."""

_GLANCE = 0.2  # seconds of waiting for another run, before looking whether it has written ours along
_PAUSES = (0.1, 0.2, 0.4, 0.8)  # seconds between looks at a workbook that is open
_SOON = timedelta(seconds=OTHERS_WAIT)
"""A command whose edit is younger, and that nobody has tried to write yet, may still be running."""

_MOST = 8  # edits of others that are told one by one


@dataclass(frozen=True)
class Desk:
    """What an edit command works with.

    ``by`` is who gives it ('ana@laptop'); ``wait``: seconds for which a workbook that somebody has open is waited for.
    ``shared``: the outbox lies beside the workbook, where every machine that has that meets it. ``remember`` records
    the sheet as it is in history, before a cell is written over; it gives notices and raises nothing. ``tell`` says at
    once what cannot wait until the end. ``now`` and ``sleep`` count seconds, for tests.
    """

    workbook: Workbook
    terms: Terms
    outbox: Outbox
    today: date
    by: str
    wait: float = 10.0
    shared: bool = True
    remember: Callable[[], tuple[str, ...]] = tuple
    tell: Callable[[str], None] = lambda _: None
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(frozen=True)
class Settled:
    """An edit after all patience: as it stands now, what was written, and what people should know of the others."""

    edit: Edit
    applied: Applied
    notices: tuple[str, ...] = ()


def settle(desk: Desk, edit: Edit) -> Settled:
    """Write what waits until this edit no longer does, or the patience is over. Raises nothing that is a user's."""
    started, tries = desk.now(), 0
    while True:
        applied, error = _try(desk, edit)
        patience = OTHERS_WAIT if isinstance(error, OutboxBusy) else desk.wait
        passing = isinstance(error, (WorkbookOpen, OutboxBusy))
        if not passing or desk.now() - started >= patience:
            return Settled(_as_it_stands(desk, edit, error), applied, tuple(_told(applied, edit)))
        if isinstance(error, WorkbookOpen):
            if not tries:
                desk.tell(f"{error.who or error.message} Waiting up to {desk.wait:g} s …")
            desk.sleep(_PAUSES[min(tries, len(_PAUSES) - 1)])
            tries += 1


def _try(desk: Desk, edit: Edit) -> tuple[Applied, RegistrySheetsError | None]:
    """One try: nothing to do where another run has settled the edit by now."""
    now = desk.outbox.get(edit.id)
    if now is None or now.state != "waiting":
        return Applied(), None
    try:
        with desk.outbox.held(_GLANCE):
            return apply_all(desk.outbox, desk.workbook, desk.terms), None
    except RegistrySheetsError as error:
        return Applied(), error


def _as_it_stands(desk: Desk, edit: Edit, error: RegistrySheetsError | None) -> Edit:
    """The edit, with the reason why it waits even where that could not be noted."""
    now = desk.outbox.get(edit.id) or edit
    if now.state == "waiting" and not now.reason:
        why = str(error) if error else "Another run of registry-sheets is writing the workbook."
        return replace(now, reason=why)
    return now


def _told(applied: Applied, own: Edit) -> list[str]:
    """What else became of the outbox: edits of others that had waited there.

    Not those of commands that run at this very moment: they say so themselves.
    """
    before = datetime.now(UTC) - _SOON

    def waited(one: Edit) -> bool:
        return one.id != own.id and (one.id in applied.tried or one.made < before)

    written = [f"{one.what}, by {one.by}" for one in applied.written if waited(one)]
    more = [f"… and {len(written) - _MOST} more"] if len(written) > _MOST else []
    unfit = [
        f"In the outbox, {one.what}, by {one.by}, does not fit: {one.reason}" for one in applied.unfit if waited(one)
    ]
    told = [f"Written from the outbox as well: {one}." for one in (*written[:_MOST], *more)]
    return [*applied.notices, *told, *unfit]
