"""One pass over one registry: read, parse, check, record, write the own tabs back, publish."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from registry_sheets.errors import (
    HistoryMoved,
    HistoryUnusable,
    NotChecked,
    WorkbookChanged,
)
from registry_sheets.history.base import History
from registry_sheets.operations.looking import Look, Memories, Prober, Terms, look
from registry_sheets.operations.publishing import publish
from registry_sheets.operations.recording import day_passed, record_pass
from registry_sheets.operations.waiting import Queue, Standing, with_outbox
from registry_sheets.operations.writing_back import Beside, Memory, WriteBack, write_back
from registry_sheets.registry.edits.standing import EditStanding
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import ModelTable
from registry_sheets.workbooks.base import Snapshot, Workbook

if TYPE_CHECKING:
    from registry_sheets.operations.hearing import Hearing

TRIES = 3
"""So often a pass starts over when somebody saved the workbook in between."""


@dataclass(frozen=True)
class Outputs:
    """Where a pass writes. ``folder`` None: nothing is published; ``history`` None: nothing is recorded.

    ``accept_removals``: rows that are gone are gone, however many they are. ``trial``: of a day that has not come,
    so that nothing is recorded. ``pages`` makes what is published beside the findings, by file name.
    ``refused`` and ``hearing`` as in Memories. ``kept`` as in write_back().
    """

    write_back: WriteBack
    beside: Beside
    memory: Memory
    folder: Path | None = None
    history: History | None = None
    queue: Queue | None = None
    accept_removals: bool = False
    trial: bool = False
    pages: Callable[[Look], Mapping[str, bytes]] = lambda _: {}
    refused: Mapping[str, str] = field(default_factory=dict)
    kept: str = ""
    hearing: Hearing | None = None


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
            wrote = write_back(workbook, seen, outputs.write_back, outputs.beside, outputs.memory, outputs.kept)
        except (WorkbookChanged, HistoryMoved):
            continue
        seen = replace(seen.noting(*applied, *wrote.notices), waiting=wrote.waiting, left=wrote.revision)
        return _published(seen, outputs)
    raise WorkbookChanged(
        f"'{workbook.label}' was changed by somebody during each of {TRIES} passes, so nothing was written into it.",
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

    memories = Memories(outputs.history, undecided, strict=True, refused=outputs.refused, hearing=outputs.hearing)
    seen = with_outbox(look(workbook, terms, today, prober, memories), found)
    if outputs.trial:
        return seen.noting("Not recorded: that day has not come yet.")
    seen = record_pass(outputs.history, seen, found.credits, outputs.accept_removals, findings)
    if queue and not day_passed(seen):  # what is in the sheet and not in history stays in the outbox
        queue.forget(found)
    return seen


def _published(seen: Look, outputs: Outputs) -> Look:
    """A failed output is reported; it undoes nothing."""
    if outputs.folder is None:
        return seen
    try:
        files = publish(seen, outputs.folder, outputs.pages(seen))
    except NotChecked as error:
        return replace(seen.noting(str(error)), unpublished=str(error))
    return seen.noting(f"Published in {outputs.folder}: {', '.join(file.name for file in files)}.") if files else seen
