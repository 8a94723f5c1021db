"""What a pass does about the outbox: writes what waits, and says how the edits that were written stand in the sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.applying import Applied, apply_all, page_of
from registry_sheets.operations.looking import Look, Terms
from registry_sheets.operations.settling import OTHERS_WAIT
from registry_sheets.registry.edits.edit import Edit, Key
from registry_sheets.registry.edits.judging import judge, standing_of
from registry_sheets.registry.edits.standing import EditStanding
from registry_sheets.registry.table import ModelTable
from registry_sheets.state.outbox import Contents, Outbox
from registry_sheets.workbooks.base import Workbook

KEPT = timedelta(days=1)
"""So long an edit that was written waits for a pass to see it; then the next edit command lets go of it."""


@dataclass(frozen=True)
class Standing:
    """How the outbox stands against a table.

    ``decide``: what somebody has to decide about; ``confirmed``: edits that are seen in the sheet and may go;
    ``waiting``: what is still to be written, and what cannot be read, a sentence each; ``unread``: only the latter;
    ``credits``: version -> fact key -> 'user, command' of the confirmed ones.
    """

    decide: tuple[EditStanding, ...] = ()
    confirmed: tuple[Edit, ...] = ()
    waiting: tuple[str, ...] = ()
    credits: Mapping[Key, Mapping[str, str]] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Inventory:
    """What lies in the outbox, held against the sheet as it is now.

    ``lost``: id -> why an edit that was written counts as lost. ``unseen``: why the sheet could not be asked, '' where
    it was, or where nothing had to be asked.
    """

    contents: Contents
    lost: Mapping[str, str] = field(default_factory=dict)
    unseen: str = ""


def inventory(outbox: Outbox, workbook: Workbook, terms: Terms) -> Inventory:
    """Look into the outbox; the sheet is read only where edits were written into it."""
    contents = outbox.read()
    if not contents.in_state("applied"):
        return Inventory(contents)
    try:
        page, _ = page_of(workbook, terms)
    except RegistrySheetsError as error:
        return Inventory(contents, unseen=f"Whether what was written is still in the sheet is not checked: {error}")
    return Inventory(contents, {one.id: one.reason for one in judge(contents.edits, page.table).lost})


def with_outbox(seen: Look, standing: Standing) -> Look:
    """The look with what people should know of the outbox; not complete where some of it could not be read."""
    return replace(seen.noting(*standing.waiting), complete=seen.complete and not standing.unread)


def apply_waiting(outbox: Outbox, workbook: Workbook, terms: Terms) -> tuple[str, ...]:
    """Write what waits. Gives what people should know; what the workbook refuses is told and not raised.

    What cannot be read is no part of it: standing() tells that.
    """
    before = outbox.read()
    if not before.in_state("waiting"):
        return ()
    try:
        with outbox.held(OTHERS_WAIT):
            applied = apply_all(outbox, workbook, terms)
    except RegistrySheetsError as error:
        return (f"What waits in the outbox is not written now. {error}",)
    return tuple(told for told in _told(applied) if told not in before.notices)


class Queue:
    """The outbox as a pass goes through it: apply, then read the sheet, then standing, then forget."""

    def __init__(self, outbox: Outbox, terms: Terms) -> None:
        self._outbox, self._terms = outbox, terms
        self._before = outbox.read()

    def apply(self, workbook: Workbook) -> tuple[str, ...]:
        """Write what waits; gives notices, also of what could not be written."""
        notices = apply_waiting(self._outbox, workbook, self._terms)
        self._before = self._outbox.read()
        return notices

    def standing(self, table: ModelTable) -> Standing:
        """How the edits stand in the sheet as read; it was read after this was made or apply() was called."""
        return standing(self._outbox, table, self._before)

    def undecided(self, table: ModelTable) -> tuple[EditStanding, ...]:
        """The edits that somebody has to decide about."""
        return self.standing(table).decide

    def forget(self, standing: Standing) -> None:
        """Let go of what it confirmed. Raises CannotSave."""
        forget(self._outbox, standing.confirmed)


def _told(applied: Applied) -> Iterable[str]:
    for edit in applied.written:
        yield f"Written from the outbox: {edit.what}, by {edit.by}."
    yield from applied.notices


def standing(outbox: Outbox, table: ModelTable, before: Contents | None = None) -> Standing:
    """Hold the outbox against a table.

    ``before`` is what lay in it before the table was read (Outbox.read()): an edit that was written after that is
    not yet judged by it. None: what lies in it now.
    """
    now = outbox.read()
    known = None if before is None else {edit.id for edit in before.in_state("applied")}
    edits = [edit for edit in now.edits if edit.state != "applied" or known is None or edit.id in known]
    judged = judge(edits, table)
    unfit = [standing_of(edit, "unfit", edit.reason, table) for edit in now.in_state("unfit")]
    waits = [
        f"{edit.what}, by {edit.by}, waits in the outbox ({edit.id}). {edit.reason}".rstrip()
        for edit in now.in_state("waiting")
    ]
    decide = sorted((*judged.lost, *unfit), key=lambda one: one.id)
    return Standing(tuple(decide), judged.confirmed, (*now.notices, *waits), judged.credits, now.notices)


def forget(outbox: Outbox, confirmed: Sequence[Edit]) -> None:
    """Let go of edits that were seen in the sheet. Raises CannotSave."""
    outbox.remove(confirmed)


def forget_old(outbox: Outbox, table: ModelTable) -> None:
    """Let go of edits that were written more than a day ago and are seen in the table: not everybody runs sync."""
    edits, before = outbox.read().edits, datetime.now(UTC) - KEPT
    if any(edit.applied and edit.applied < before for edit in edits):
        outbox.remove([edit for edit in judge(edits, table).confirmed if edit.applied and edit.applied < before])
