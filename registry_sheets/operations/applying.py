"""Writing what waits in the outbox into the workbook: all of it, in order, in as few writes as it takes.

One run at a time does it, for everybody: of many commands given at once most find their edit written by another.
Each edit is looked up anew in the sheet as it is, so doing it twice, or after a crash, writes nothing twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from registry_sheets.errors import (
    DoubtfulHeaders,
    NotAsMeant,
    NotChecked,
    RegistrySheetsError,
    UnreadableWorkbook,
    WorkbookChanged,
    WriteRefused,
)
from registry_sheets.operations.looking import Terms, models_of
from registry_sheets.registry.edits.edit import CellWrite, Edit, Key, NewRow, State
from registry_sheets.registry.edits.page import Page, Unseen
from registry_sheets.registry.edits.resolving import resolve
from registry_sheets.registry.past.facts import header_of
from registry_sheets.registry.text import one_line
from registry_sheets.state.outbox import Outbox, became
from registry_sheets.workbooks.base import AddColumn, AppendRow, Layout, RowEdit, SetCell, Snapshot, Workbook, Written

TRIES = 5
"""So often it starts over when somebody saved the workbook in between."""

_ALIKE = 3
"""After so many refusals for one reason the same is said of like edits without trying each."""


@dataclass
class Applied:
    """What a run over the outbox did: edits that are in the sheet now, those that wait, those that do not fit.

    ``writes`` are the cells by edit id, none for an edit that was there already; ``tried`` the ids of edits that an
    earlier run had left waiting.
    """

    written: list[Edit] = field(default_factory=list)
    waiting: list[Edit] = field(default_factory=list)
    unfit: list[Edit] = field(default_factory=list)
    writes: dict[str, tuple[CellWrite, ...]] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    tried: frozenset[str] = frozenset()


def page_of(workbook: Workbook, terms: Terms) -> tuple[Page, Snapshot]:
    """The Models tab as it is now. Raises as looking.models_of() does, NotChecked, UnreadableWorkbook."""
    snapshot = workbook.read()
    grid, match = models_of(snapshot, terms)
    tab = grid.title
    unseen = Unseen(lambda: workbook.formula_places(tab), lambda: workbook.covered_places(tab))
    return Page(grid, match, terms.table, unseen), snapshot


def apply_all(outbox: Outbox, workbook: Workbook, terms: Terms) -> Applied:
    """Write all edits that wait; call with the outbox held.

    Raises WorkbookOpen where somebody has the workbook open, CannotSave where there is no room or no right, and what
    reading it raises; everything waits then. What goes wrong with one edit is that edit's reason to wait.
    """
    contents = outbox.read()
    edits = contents.in_state("waiting")
    run = _Run(outbox, workbook, terms, {key: e for e in contents.in_state("unfit") for key in e.keys})
    run.done.notices += contents.notices
    run.done.tried = frozenset(edit.id for edit in edits if edit.reason)
    if edits:
        try:
            run.write(edits)
        except RegistrySheetsError as error:
            run.all_wait(edits, str(error))
            raise
    return run.done


class _Failed(Exception):
    """These edits cannot be written; it may be because of one of them. ``refused``: the workbook says why not."""

    def __init__(self, reason: str, refused: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.refused = reason, refused


@contextmanager
def _failing() -> Iterator[None]:
    """Tell apart what one edit may be the reason of, raised as _Failed, and what holds up all of them.

    The first is a refusal of the workbook, a result that is not as it was meant, and any fault of the program.
    """
    try:
        yield
    except WriteRefused as refused:
        raise _Failed(str(refused), refused=True) from refused
    except NotAsMeant as error:
        raise _Failed(str(error)) from error
    except (NotChecked, UnreadableWorkbook, OSError, MemoryError):  # open, changed, no room, no right
        raise
    except Exception as fault:
        told = f"It cannot be written because of a fault in Registry Sheets ({type(fault).__name__}: {fault})."
        raise _Failed(str(fault) if isinstance(fault, RegistrySheetsError) else one_line(told)) from fault


@dataclass
class _Run:
    """One run. ``held_back``: versions whose earlier edit is not in the sheet, so that later ones wait behind it."""

    outbox: Outbox
    workbook: Workbook
    terms: Terms
    held_back: dict[Key, Edit]
    done: Applied = field(default_factory=Applied)
    refusals: Counter[tuple[str, bool]] = field(default_factory=Counter)

    def write(self, edits: Sequence[Edit]) -> None:
        """Write these, in order. Where that fails, by halves, so that one does not hold up the others."""
        try:
            self._write(edits)
        except _Failed as failed:
            kinds = {_appends(edit) for edit in edits}
            reason = (failed.reason, kinds == {True})
            told = failed.refused and len(kinds) == 1 and self.refusals[reason] >= _ALIKE
            if len(edits) == 1 or told:
                self.refusals[reason] += 1
                for edit in edits:
                    self._wait(edit, failed.reason)
                return
            half = len(edits) // 2
            self.write(edits[:half])
            self.write(edits[half:])

    def _write(self, edits: Sequence[Edit]) -> None:
        for _ in range(TRIES):
            page, snapshot = page_of(self.workbook, self.terms)
            with _failing():
                fitting, unfit, behind = self._sorted(page, edits)
                row_edits = edits_of(page)
                if row_edits:
                    try:
                        written = self.workbook.edit_rows(page.grid.title, row_edits, snapshot.revision)
                    except WorkbookChanged:
                        continue
                    self.done.notices += written.notices
                    fitting = [(edit, _where_written(page, writes, written)) for edit, writes in fitting]
            self._note(fitting, unfit, behind)
            return
        raise WorkbookChanged(
            f"'{self.workbook.label}' was changed by somebody during each of {TRIES} tries, so nothing was written.",
            "It is written by the next run.",
        )

    def _sorted(
        self, page: Page, edits: Sequence[Edit]
    ) -> tuple[list[tuple[Edit, tuple[CellWrite, ...]]], list[tuple[Edit, str]], list[tuple[Edit, Edit]]]:
        """Edits that fit, with their cells; those that do not, with the reason; those that wait behind another."""
        held_back = dict(self.held_back)
        fitting: list[tuple[Edit, tuple[CellWrite, ...]]] = []
        unfit: list[tuple[Edit, str]] = []
        behind: list[tuple[Edit, Edit]] = []
        for edit in edits:
            earlier = next((held_back[key] for key in sorted(edit.keys) if key in held_back), None)
            if earlier is not None:
                behind.append((edit, earlier))
            elif (found := resolve(page, edit)).reason:
                unfit.append((edit, found.reason))
            else:
                fitting.append((edit, found.writes))
                continue
            held_back |= {key: held_back.get(key, edit) for key in edit.keys}
        return fitting, unfit, behind

    def _note(
        self,
        fitting: Sequence[tuple[Edit, tuple[CellWrite, ...]]],
        unfit: Sequence[tuple[Edit, str]],
        behind: Sequence[tuple[Edit, Edit]],
    ) -> None:
        for edit, writes in fitting:
            self.done.writes[edit.id] = writes
            self.done.written.append(self._put(edit, "applied"))
        for edit, reason in unfit:
            self._hold_back(edit)
            self.done.unfit.append(self._put(edit, "unfit", reason))
        for edit, earlier in behind:
            self._wait(edit, f"It comes after '{earlier.what}' ({earlier.id}), which is about the same version.")

    def all_wait(self, edits: Sequence[Edit], reason: str) -> None:
        """Note why none of them could be written."""
        settled = {edit.id for edit in (*self.done.written, *self.done.unfit)}
        for edit in edits:
            if edit.id not in settled and edit.reason != reason:
                self._put(edit, "waiting", reason)

    def _wait(self, edit: Edit, reason: str) -> None:
        self._hold_back(edit)
        told = edit if edit.reason == reason else self._put(edit, "waiting", reason)
        self.done.waiting.append(told)

    def _hold_back(self, edit: Edit) -> None:
        for key in edit.keys:
            self.held_back.setdefault(key, edit)

    def _put(self, edit: Edit, state: State, reason: str = "") -> Edit:
        """Note what became of an edit. Where that fails it is done once more by the next run, to no effect."""
        new = became(edit, state, reason)
        try:
            self.outbox.put(new)
        except RegistrySheetsError as error:
            self.done.notices.append(str(error))
        return new


def _appends(edit: Edit) -> bool:
    return any(isinstance(step, NewRow) for step in edit.steps)


def edits_of(page: Page) -> list[RowEdit]:
    """What lies on a page, as a workbook takes it."""
    head = page.match.header_row - 1
    laid = page.laid
    layout = Layout(
        head, tuple(page.match.columns[name].index for name in ("name", "version") if name in page.match.columns)
    )
    columns = [AddColumn(head, place, header_of(key)) for key, place in laid.headings.items()]
    errors = page.grid.errors  # such a cell reads as blank
    cells = [
        SetCell(row, place, value, None if (row, place) in errors else page.as_read(row, place), layout)
        for (row, place), value in laid.cells.items()
    ]
    return [*columns, *cells, *(AppendRow(row, page.headed, layout) for row in laid.rows)]


def _where_written(page: Page, writes: tuple[CellWrite, ...], written: Written) -> tuple[CellWrite, ...]:
    """The cells of new rows at the rows that they got."""
    got = {page.number(-1 - at): row for at, row in enumerate(written.rows)}
    return tuple(replace(one, row=got.get(one.row, one.row)) if one.added else one for one in writes)


def after_waiting(page: Page, waiting: Sequence[Edit]) -> Page:
    """The tab as it will be once these are written. Edits that do not fit are left out."""
    if not waiting:
        return page
    laid = Page(page.grid, page.match, page.settings, page.unseen)
    for edit in waiting:
        resolve(laid, edit)
    try:
        grid, match, _ = laid.now()
    except DoubtfulHeaders:
        return page
    return Page(grid, match, page.settings, page.unseen)
