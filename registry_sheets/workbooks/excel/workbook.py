"""A registry in an Excel file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from registry_sheets.errors import CannotSave, UnreadableWorkbook, WriteRefused
from registry_sheets.registry.sheets import Mark, Sheet, own_name
from registry_sheets.workbooks.base import Revision, RowEdit, Workbook, Written
from registry_sheets.workbooks.cells import holds
from registry_sheets.workbooks.excel.backups import Backups
from registry_sheets.workbooks.excel.files import revision_of
from registry_sheets.workbooks.excel.leftovers import leftovers
from registry_sheets.workbooks.excel.locks import Holder, Machine, own_lock_path, who_has_open
from registry_sheets.workbooks.excel.names import defined_names, referenced_title
from registry_sheets.workbooks.excel.package import Changes, rewrite
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.patience import Patience, read_patiently
from registry_sheets.workbooks.excel.preflight import Limits
from registry_sheets.workbooks.excel.saving import LOCK_TIMEOUT, Saver, Step, changed, explained
from registry_sheets.workbooks.excel.snapshot import DEFAULT_LIMITS, ExcelSnapshot
from registry_sheets.workbooks.excel.tabformulas import formulas_of
from registry_sheets.workbooks.excel.verify import verify
from registry_sheets.workbooks.excel.zipcopy import Archive


class ExcelWorkbook(Workbook):
    """An .xlsx or .xlsm file that people own.

    Backups go to ``state_folder``/backups. ``patience`` is how long a half-saved file is retried,
    ``lock_timeout`` how many seconds another run is waited for; ``machine`` and ``step`` are for tests.
    """

    def __init__(
        self,
        path: Path,
        state_folder: Path,
        limits: Limits = DEFAULT_LIMITS,
        *,
        patience: Patience | None = None,
        lock_timeout: float = LOCK_TIMEOUT,
        machine: Machine | None = None,
        step: Step = lambda _: None,
    ) -> None:
        self.path = path
        self._limits = limits
        self._patience = patience or Patience()
        self._machine = machine
        self.backups = Backups(state_folder / "backups", path.resolve().name)
        self._saver = Saver(self.backups, lock_timeout, machine, step)
        self._snapshot: ExcelSnapshot | None = None

    @property
    def label(self) -> str:
        return self.path.name

    def read(self) -> ExcelSnapshot:
        self._snapshot = read_patiently(self.path, self._limits, self._patience, known=self._snapshot is not None)
        return self._snapshot

    def open_in(self) -> Holder | None:
        """Who has it open right now, or None."""
        return who_has_open(self.path, self._machine)

    def replace_own_tabs(self, sheets: Sequence[Sheet], expected: Revision) -> Written:
        notices = self._recover()
        snapshot = self._at(expected)
        missing = self._missing(snapshot, sheets)
        if not missing:
            return Written(False, expected, notices=notices)
        return self._write(snapshot, Changes(own=missing), notices)

    def edit_rows(self, tab: str, edits: Sequence[RowEdit], expected: Revision) -> Written:
        notices = self._recover()
        snapshot = self._at(expected)
        if tab not in snapshot.titles or tab in snapshot.own_tabs.values():
            raise WriteRefused(f"'{self.label}' has no tab of people's called '{tab}'.", "Check the tab's title.")
        if not edits:
            return Written(False, expected, notices=notices)
        return self._write(snapshot, Changes(edits_tab=tab, edits=tuple(edits)), notices)

    def adopt(
        self,
        *,
        own: Sequence[Sheet],
        people: Sequence[Sheet],
        models_tab: str | None,
        marks: Sequence[Mark],
        names: Mapping[str, str],
        expected: Revision,
    ) -> Written:
        notices = self._recover()
        snapshot = self._at(expected)
        if models_tab is not None and models_tab not in snapshot.titles:
            raise WriteRefused(f"'{self.label}' has no tab '{models_tab}'.", "Check the tab's title.")
        all_names = dict(names)
        if models_tab is not None:
            quoted = models_tab.replace("'", "''")
            all_names.setdefault(own_name("models"), f"'{quoted}'!$A$1")
        changes = Changes(
            own=tuple(own), people=tuple(people), marks_tab=models_tab, marks=tuple(marks), names=all_names
        )
        return self._write(snapshot, changes, notices)

    def link(self, tab: str, cell: str) -> str:
        """A file: link with the place after '#', which Excel and LibreOffice follow."""
        place = quote(f"'{tab}'!{cell}", safe="'!$:")
        return f"{self.path.absolute().as_uri()}#{place}"

    def _recover(self) -> tuple[str, ...]:
        """Put right what a killed run left, so that not even a run with nothing to write leaves it there."""
        path = self.path.resolve()
        if leftovers(path) or own_lock_path(path).exists():
            with suppress(CannotSave):  # where nothing can be written, what is to be written will say so
                return self._saver.recover(path)
        return ()

    def _at(self, expected: Revision) -> ExcelSnapshot:
        """The snapshot of that revision, which the file must still have."""
        with explained(self.path):
            if revision_of(self.path) != expected:
                raise changed(self.path)
        snapshot = self._snapshot
        if snapshot is None or snapshot.revision != expected:
            snapshot = self.read()
        if snapshot.revision != expected:
            raise changed(self.path)
        return snapshot

    def _missing(self, snapshot: ExcelSnapshot, sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
        """Those of the sheets that the workbook does not hold already."""
        if not snapshot.own_tabs:
            return tuple(sheets)
        with Archive(self.path) as archive:
            package = Package(archive)
            return tuple(sheet for sheet in sheets if not _holds(snapshot, package, sheet))

    def _write(self, snapshot: ExcelSnapshot, changes: Changes, notices: tuple[str, ...]) -> Written:
        if snapshot.obstacles:
            raise WriteRefused(f"'{self.label}' is not written in place: {snapshot.obstacles[0]}")
        written = self._saver.save(
            self.path,
            snapshot.revision,
            lambda source, target: rewrite(source, target, changes),
            verify,
        )
        return Written(True, written.revision, written.backup, (*notices, *written.notices))


def _holds(snapshot: ExcelSnapshot, package: Package, sheet: Sheet) -> bool:
    title = snapshot.own_tabs.get(sheet.kind)
    if title is None or not _has_names(package, title, sheet.names):
        return False
    try:
        return holds(sheet, snapshot.grid(title), lambda: formulas_of(package, title))
    except UnreadableWorkbook:
        return False  # a tab of ours that cannot be read is written anew


def _has_names(package: Package, title: str, names: Mapping[str, str]) -> bool:
    there = defined_names(package.workbook)
    found = {name: there.get(name.casefold(), "") for name in names}
    return all(
        referenced_title(found[name]) == title and found[name].rpartition("!")[2] == reference
        for name, reference in names.items()
    )
