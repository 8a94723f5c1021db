"""A registry in an Excel file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from registry_sheets.errors import CannotSave, WriteRefused
from registry_sheets.registry.grid import Place
from registry_sheets.registry.sheets import Aids, Mark, Sheet, own_name
from registry_sheets.workbooks.base import Revision, RowEdit, Workbook, Written
from registry_sheets.workbooks.excel.patience import Patience, read_patiently
from registry_sheets.workbooks.excel.preflight import Limits
from registry_sheets.workbooks.excel.snapshot import DEFAULT_LIMITS, ExcelSnapshot

if TYPE_CHECKING:  # what only a write needs is imported by it: a check of a small workbook is mostly imports
    from registry_sheets.workbooks.excel.backups import Backups
    from registry_sheets.workbooks.excel.locks import Holder, Machine
    from registry_sheets.workbooks.excel.saving import Saver, Step


class ExcelWorkbook(Workbook):
    """An .xlsx or .xlsm file that people own.

    Backups go to ``state_folder``/backups. ``patience`` is how long a half-saved file is retried,
    ``lock_timeout`` how many seconds another run is waited for (None: saving.LOCK_TIMEOUT); ``machine``
    and ``step`` are for tests.
    """

    def __init__(
        self,
        path: Path,
        state_folder: Path,
        limits: Limits = DEFAULT_LIMITS,
        *,
        patience: Patience | None = None,
        lock_timeout: float | None = None,
        machine: Machine | None = None,
        step: Step = lambda _: None,
    ) -> None:
        self.path = path
        self._limits = limits
        self._patience = patience or Patience()
        self._machine = machine
        self._state_folder = state_folder
        self._lock_timeout = lock_timeout
        self._step = step
        self._snapshot: ExcelSnapshot | None = None

    @cached_property
    def backups(self) -> Backups:
        """The backups of this workbook."""
        from registry_sheets.workbooks.excel.backups import Backups

        return Backups(self._state_folder / "backups", self.path.resolve().name)

    @cached_property
    def _saver(self) -> Saver:
        from registry_sheets.workbooks.excel.saving import LOCK_TIMEOUT, Saver

        timeout = LOCK_TIMEOUT if self._lock_timeout is None else self._lock_timeout
        return Saver(self.backups, timeout, self._machine, self._step)

    @property
    def label(self) -> str:
        return self.path.name

    def read(self) -> ExcelSnapshot:
        self._snapshot = read_patiently(self.path, self._limits, self._patience, known=self._snapshot is not None)
        return self._snapshot

    def revision(self) -> Revision:
        """By the file's bytes, unparsed; where they cannot be had, with the patience and the words of read()."""
        from registry_sheets.workbooks.excel.files import revision_of

        with suppress(OSError, ValueError):
            if self.path.is_file():  # a pipe may never end
                return revision_of(self.path)
        return self.read().revision

    def open_in(self) -> Holder | None:
        """Who has it open right now, or None."""
        from registry_sheets.workbooks.excel.locks import who_has_open

        return who_has_open(self.path, self._machine)

    def replace_own_tabs(self, sheets: Sequence[Sheet], expected: Revision) -> Written:
        notices = self._recover()
        snapshot = self._at(expected)
        from registry_sheets.workbooks.excel.held import missing_tabs

        missing = missing_tabs(self.path, snapshot, sheets)
        if not missing:
            return Written(False, expected, notices=notices)
        return self._write(snapshot, notices, own=missing)

    def edit_rows(self, tab: str, edits: Sequence[RowEdit], expected: Revision) -> Written:
        notices = self._recover()
        snapshot = self._at(expected)
        if tab not in snapshot.titles or tab in snapshot.own_tabs.values():
            raise WriteRefused(f"'{self.label}' has no tab of people's called '{tab}'.", "Check the tab's title.")
        if not edits:
            return Written(False, expected, notices=notices)
        return self._write(snapshot, notices, edits_tab=tab, edits=tuple(edits))

    def formula_places(self, tab: str) -> frozenset[Place]:
        from registry_sheets.workbooks.excel.parts import Package
        from registry_sheets.workbooks.excel.saving import explained
        from registry_sheets.workbooks.excel.tabformulas import formulas_of
        from registry_sheets.workbooks.excel.zipcopy import Archive

        with explained(self.path), Archive(self.path) as archive:
            return frozenset(formulas_of(Package(archive), tab))

    def formulas(self, tab: str) -> Mapping[Place, str]:
        from registry_sheets.workbooks.excel.parts import Package
        from registry_sheets.workbooks.excel.saving import explained
        from registry_sheets.workbooks.excel.spelled import spelled_formulas
        from registry_sheets.workbooks.excel.zipcopy import Archive

        with explained(self.path), Archive(self.path) as archive:
            return spelled_formulas(Package(archive), tab)

    def formatted_places(self, tab: str) -> frozenset[Place]:
        from registry_sheets.workbooks.excel.numberformats import formatted_places
        from registry_sheets.workbooks.excel.parts import Package
        from registry_sheets.workbooks.excel.saving import explained
        from registry_sheets.workbooks.excel.zipcopy import Archive

        with explained(self.path), Archive(self.path) as archive:
            return formatted_places(Package(archive), tab)

    def covered_places(self, tab: str) -> frozenset[Place]:
        from registry_sheets.workbooks.excel.merged import covered_places
        from registry_sheets.workbooks.excel.parts import Package
        from registry_sheets.workbooks.excel.saving import explained
        from registry_sheets.workbooks.excel.zipcopy import Archive

        with explained(self.path), Archive(self.path) as archive:
            return covered_places(Package(archive), tab)

    def adopt(
        self,
        *,
        own: Sequence[Sheet],
        people: Sequence[Sheet],
        models_tab: str | None,
        marks: Sequence[Mark],
        names: Mapping[str, str],
        expected: Revision,
        aids: Aids | None = None,  # noqa: ARG002 (people's looks are theirs)
    ) -> Written:
        notices = self._recover()
        snapshot = self._at(expected)
        if models_tab is not None and models_tab not in snapshot.titles:
            raise WriteRefused(f"'{self.label}' has no tab '{models_tab}'.", "Check the tab's title.")
        all_names = dict(names)
        if models_tab is not None:
            quoted = models_tab.replace("'", "''")
            all_names.setdefault(own_name("models"), f"'{quoted}'!$A$1")
        return self._write(
            snapshot,
            notices,
            own=tuple(own),
            people=tuple(people),
            marks_tab=models_tab,
            marks=tuple(marks),
            names=all_names,
        )

    def link(self, tab: str, cell: str) -> str:
        """A file: link with the place after '#', which Excel and LibreOffice follow."""
        place = quote(f"'{tab}'!{cell}", safe="'!$:")
        return f"{self.path.absolute().as_uri()}#{place}"

    def _recover(self) -> tuple[str, ...]:
        """Put right what a killed run left, so that not even a run with nothing to write leaves it there."""
        from registry_sheets.workbooks.excel.leftovers import leftovers
        from registry_sheets.workbooks.excel.locks import own_lock_path

        path = self.path.resolve()
        if leftovers(path) or own_lock_path(path).exists():
            with suppress(CannotSave):  # where nothing can be written, what is to be written will say so
                return self._saver.recover(path)
        return ()

    def _at(self, expected: Revision) -> ExcelSnapshot:
        """The snapshot of that revision, which the file must still have."""
        from registry_sheets.workbooks.excel.files import revision_of
        from registry_sheets.workbooks.excel.saving import changed, explained

        with explained(self.path):
            if revision_of(self.path) != expected:
                raise changed(self.path)
        snapshot = self._snapshot
        if snapshot is None or snapshot.revision != expected:
            snapshot = self.read()
        if snapshot.revision != expected:
            raise changed(self.path)
        return snapshot

    def _write(self, snapshot: ExcelSnapshot, notices: tuple[str, ...], **changes: Any) -> Written:
        """Save what package.Changes(**changes) makes of the workbook. A mere read need not load the editor."""
        from registry_sheets.workbooks.excel.package import Changes, Rewrite, rewrite
        from registry_sheets.workbooks.excel.verify import verify

        made: list[Rewrite] = []

        def write(source: Path, target: Path) -> Rewrite:
            made.append(rewrite(source, target, wanted))
            return made[-1]

        wanted = Changes(**changes, without_formulas=snapshot.without_formulas)
        if snapshot.obstacles:
            raise WriteRefused(f"'{self.label}' is not written in place: {snapshot.obstacles[0]}")
        written = self._saver.save(
            self.path,
            snapshot.revision,
            write,
            verify,
        )
        return Written(True, written.revision, written.backup, (*notices, *written.notices), made[-1].rows)
