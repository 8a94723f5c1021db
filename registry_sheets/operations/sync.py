"""One pass over one registry: read, parse, check, record, write the own tabs back, publish."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal, Protocol

from registry_sheets.errors import (
    HistoryMoved,
    HistoryUnusable,
    NotChecked,
    RegistrySheetsError,
    WorkbookChanged,
    WorkbookOpen,
    WriteRefused,
)
from registry_sheets.history.base import History
from registry_sheets.operations.looking import Look, Memories, Prober, Terms, look
from registry_sheets.operations.own_tabs import refuse_foreign
from registry_sheets.operations.publishing import publish
from registry_sheets.operations.recording import day_passed, record_pass
from registry_sheets.operations.waiting import Queue, Standing, with_outbox
from registry_sheets.registry.edits.standing import EditStanding
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.live import live_versions
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.tabs.changes import changes_sheet
from registry_sheets.registry.tabs.findings import findings_sheet
from registry_sheets.registry.tabs.live import live_sheet
from registry_sheets.registry.wording import listed
from registry_sheets.workbooks.base import Snapshot, Workbook, Written

TRIES = 3
"""So often a pass starts over when somebody saved the workbook in between."""

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


@dataclass(frozen=True)
class Outputs:
    """Where a pass writes. ``folder`` None: nothing is published; ``history`` None: nothing is recorded.

    ``accept_removals``: rows that are gone are gone, however many they are. ``trial``: of a day that has not come,
    so that nothing is recorded.
    """

    write_back: WriteBack
    beside: Beside
    memory: Memory
    folder: Path | None = None
    history: History | None = None
    queue: Queue | None = None
    accept_removals: bool = False
    trial: bool = False


def run_pass(workbook: Workbook, terms: Terms, today: date, outputs: Outputs, prober: Prober | None = None) -> Look:
    """Do one pass. The look's notices say what was written and what was not, and why.

    Raises as look() does, and CannotSave; HistoryUnusable where the history cannot be read or written, RowsVanished
    where too many rows are gone; WorkbookChanged where somebody saved the workbook during each of TRIES passes.
    """
    applied: list[str] = []  # what went from the outbox into the sheet, also in a try that was given up
    for _ in range(TRIES):
        try:
            applied += outputs.queue.apply(workbook) if outputs.queue else ()
            seen = _recorded(workbook, terms, today, outputs, prober)
            notices = _write_back(workbook, seen, outputs)
        except (WorkbookChanged, HistoryMoved):
            continue
        return _published(seen.noting(*applied, *notices), outputs)
    raise WorkbookChanged(
        f"'{workbook.label}' was saved by somebody during each of {TRIES} passes, so nothing was written into it.",
        "Run again when it is quiet.",
    )


def remember(workbook: Workbook, terms: Terms, today: date, history: History, queue: Queue) -> None:
    """Record the rows as they are, and nothing else: before a command writes over some of them. Raises as run_pass."""
    outputs = Outputs("off", _Nowhere(), _Nowhere(), history=history, queue=queue)
    with suppress(HistoryMoved):  # another run has just recorded them
        seen = _recorded(workbook, terms, today, outputs, None, findings=False)
        if passed := day_passed(seen):
            raise HistoryUnusable(passed)


class _Nowhere:
    """No workbook beside, nothing remembered of own tabs: where nothing is written."""

    def findings(self) -> Grid | None: ...

    def write(self, _sheets: Sequence[Sheet]) -> Path | None: ...

    def typed(self, _snapshot: Snapshot) -> tuple[str, ...]:
        return ()

    def remember(self, _snapshot: Snapshot, _written: Sequence[Sheet]) -> None: ...


def _recorded(
    workbook: Workbook, terms: Terms, today: date, outputs: Outputs, prober: Prober | None, findings: bool = True
) -> Look:
    """Read and check, and record it: before any output. Then the outbox lets go of what was seen in the sheet."""
    queue, found = outputs.queue, Standing()

    def undecided(table: ModelTable) -> tuple[EditStanding, ...]:
        nonlocal found
        found = queue.standing(table) if queue else found
        return found.decide

    memories = Memories(outputs.history, undecided, strict=True)
    seen = with_outbox(look(workbook, terms, today, prober, memories), found)
    if outputs.trial:
        return seen.noting("Not recorded: that day has not come yet.")
    seen = record_pass(outputs.history, seen, found.credits, outputs.accept_removals, findings)
    if queue and not day_passed(seen):  # what is in the sheet and not in history stays in the outbox
        queue.forget(found)
    return seen


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


def _write_back(workbook: Workbook, seen: Look, outputs: Outputs) -> tuple[str, ...]:
    if outputs.write_back == "off":
        return ()
    if outputs.write_back == "beside":
        return _beside(outputs.beside, seen)
    if seen.snapshot.obstacles:
        return (*seen.snapshot.obstacles, *_beside(outputs.beside, seen))
    try:
        written = _in_place(workbook, seen, outputs.memory)
        _freshen(outputs.beside, seen)
        return written
    except (WorkbookOpen, WriteRefused) as refused:
        return (str(refused), *_beside(outputs.beside, seen))


def _in_place(workbook: Workbook, seen: Look, memory: Memory) -> tuple[str, ...]:
    before = seen.snapshot.own_tabs.get("findings")
    sheets = own_sheets(seen, seen.snapshot.grid(before) if before else None)
    refuse_foreign(seen.snapshot, sheets)
    typed = memory.typed(seen.snapshot)
    written = workbook.replace_own_tabs(sheets, seen.snapshot.revision)
    if not written.changed:
        return (*written.notices, f"{workbook.label} is up to date; nothing was written.")
    forgotten = _remembered(workbook, sheets, memory)
    titles = listed([f"'{sheet.title}'" for sheet in sheets])
    said = f"Written into {workbook.label}: the tabs {titles}."
    return (*written.notices, *_named(typed, written), said, *forgotten)


def _remembered(workbook: Workbook, sheets: Sequence[Sheet], memory: Memory) -> tuple[str, ...]:
    """The workbook is written by now: where that cannot be noted, it is told, and undoes nothing."""
    try:
        memory.remember(workbook.read(), sheets)
    except RegistrySheetsError as error:
        return (f"What people type into the tool's tabs cannot be told next time: {error}",)
    return ()


def _named(typed: Sequence[str], written: Written) -> tuple[str, ...]:
    """What people had typed into an own tab, with the backup that holds it."""
    if not typed:
        return ()
    where = f" It is in the backup {written.backup}." if written.backup else ""
    return (*typed, f"Those tabs are written anew by each pass, so that is gone from them.{where}")


def _beside(beside: Beside, seen: Look) -> tuple[str, ...]:
    """A workbook of findings that cannot be written either is told, and undoes nothing."""
    try:
        path = beside.write([_plain(sheet) for sheet in own_sheets(seen, beside.findings())])
    except RegistrySheetsError as error:
        return (f"The findings could not be written beside the workbook either: {error}",)
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


def _published(seen: Look, outputs: Outputs) -> Look:
    """A failed output is reported; it undoes nothing."""
    if outputs.folder is None:
        return seen
    try:
        files = publish(seen, outputs.folder)
    except NotChecked as error:
        return seen.noting(str(error))
    return seen.noting(f"Published in {outputs.folder}: {', '.join(file.name for file in files)}.") if files else seen
