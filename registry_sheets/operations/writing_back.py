"""What a pass writes into the workbook: the tool's own tabs, or a workbook of findings beside it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from registry_sheets.errors import RegistrySheetsError, WorkbookOpen, WriteRefused
from registry_sheets.operations.looking import Look
from registry_sheets.operations.own_tabs import refuse_foreign
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.live import live_versions
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.tabs.changes import changes_sheet
from registry_sheets.registry.tabs.findings import findings_sheet
from registry_sheets.registry.tabs.live import live_sheet
from registry_sheets.registry.wording import listed
from registry_sheets.workbooks.base import Revision, Snapshot, Workbook, Written

WriteBack = Literal["in place", "beside", "off"]


class Beside(Protocol):
    """The workbook of findings next to the registry, for when the registry itself is not written."""

    def findings(self) -> Grid | None:
        """Its Findings tab as it is; None where there is none yet."""
        ...

    def write(self, sheets: Sequence[Sheet]) -> Path | None:
        """Write it; gives its path, or None where it held this already. Raises RegistrySheetsError."""
        ...


class Memory(Protocol):
    """What the tool last wrote into its own tabs, so that what people typed there can be named."""

    def typed(self, snapshot: Snapshot) -> tuple[str, ...]:
        """What people typed into own tabs since, a sentence each."""
        ...

    def remember(self, snapshot: Snapshot, written: Sequence[Sheet]) -> None:
        """Keep what the own tabs hold now, just after ``written`` went into them."""
        ...


def own_sheets(seen: Look, before: Grid | None) -> tuple[Sheet, ...]:
    """The own tabs that a pass keeps up to date. ``before``: the Findings tab as it was read."""
    models, lists = seen.registry.models, seen.registry.lists
    findings = findings_sheet(
        seen.result,
        models,
        today=seen.registry.today,
        before=before,
        vocabulary=seen.registry.vocabulary,
        remember_rows=seen.has_check_column,
    )
    if seen.recall is None:
        return findings, live_sheet(live_versions(models, lists))
    live = live_sheet(live_versions(models, lists, seen.recall.periods()))
    return findings, live, changes_sheet(seen.recall.changes(), seen.recall.begins)


class WroteBack(NamedTuple):
    """What people should know of it; ``waiting`` as Look.waiting. ``revision`` is that of the workbook now, None where
    it was not written."""

    notices: tuple[str, ...] = ()
    waiting: str = ""
    revision: Revision | None = None


def write_back(
    workbook: Workbook, seen: Look, how: WriteBack, beside: Beside, memory: Memory, kept: str = ""
) -> WroteBack:
    """Write what a look found, where it may be written. Raises WorkbookChanged, CannotSave.

    ``kept`` says where the store itself keeps what is written over; '' where a backup of ours does.
    """
    if how == "off":
        return WroteBack()
    if how == "beside":
        return WroteBack(_beside(beside, seen))
    if obstacles := seen.snapshot.obstacles:
        waiting = obstacles[0] if workbook.obstacles_may_pass else ""
        return WroteBack((*obstacles, *_beside(beside, seen)), waiting)
    try:
        wrote = _in_place(workbook, seen, memory, kept)
        _freshen(beside, seen)
        return wrote
    except (WorkbookOpen, WriteRefused) as refused:
        waiting = refused.message if isinstance(refused, WorkbookOpen) else ""
        return WroteBack((str(refused), *_beside(beside, seen)), waiting)


def _in_place(workbook: Workbook, seen: Look, memory: Memory, kept: str) -> WroteBack:
    before = seen.snapshot.own_tabs.get("findings")
    sheets = own_sheets(seen, seen.snapshot.grid(before) if before else None)
    refuse_foreign(seen.snapshot, sheets)
    typed = memory.typed(seen.snapshot)
    written = workbook.replace_own_tabs(sheets, seen.snapshot.revision)
    if not written.changed:
        return WroteBack((*written.notices, f"{workbook.label} is up to date; nothing was written."))
    forgotten = _remembered(workbook, written, sheets, memory)
    titles = listed([f"'{sheet.title}'" for sheet in sheets])
    said = f"Written into {workbook.label}: the tabs {titles}."
    notices = (*written.notices, *_named(typed, written, kept), said, *forgotten)
    return WroteBack(notices, revision=written.revision)


def _remembered(workbook: Workbook, written: Written, sheets: Sequence[Sheet], memory: Memory) -> tuple[str, ...]:
    """The workbook is written by now: where that cannot be noted, it is told, and undoes nothing."""
    try:
        memory.remember(written.snapshot or workbook.read(), sheets)
    except RegistrySheetsError as error:
        return (f"What people type into the tool's tabs cannot be told next time: {error}",)
    return ()


def _named(typed: Sequence[str], written: Written, kept: str) -> tuple[str, ...]:
    """What people had typed into an own tab, with what holds it still."""
    if not typed:
        return ()
    where = f"It is in the backup {written.backup}." if written.backup else kept
    return (*typed, f"Those tabs are written anew by each pass, so that is gone from them. {where}".rstrip())


def _beside(beside: Beside, seen: Look) -> tuple[str, ...]:
    """A workbook of findings that cannot be written either is told, and undoes nothing."""
    try:
        path = beside.write([_plain(sheet) for sheet in own_sheets(seen, beside.findings())])
    except RegistrySheetsError as error:
        return (f"The findings could not be written into a workbook of their own either: {error}",)
    return (f"The findings are in {path}.",) if path else ("The workbook of findings is up to date.",)


def _freshen(beside: Beside, seen: Look) -> None:
    """A workbook of findings from a day on which the registry was open must not go on telling what was found then."""
    with suppress(RegistrySheetsError):  # it is only a copy of what the registry itself holds
        if (before := beside.findings()) is not None:
            beside.write([_plain(sheet) for sheet in own_sheets(seen, before)])


def _plain(sheet: Sheet) -> Sheet:
    """Without formulas and names: in another workbook the cells that they are about are not there."""
    rows = [
        [replace(cell, formula=None, style="plain" if cell.formula else cell.style) for cell in row]
        for row in sheet.rows
    ]
    return replace(sheet, rows=rows, names={})
