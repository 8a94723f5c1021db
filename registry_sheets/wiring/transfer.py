"""Where a copy of a registry goes, and where rows come from, as they are named on the command line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from registry_sheets.config import RegistryConfig, load, same_sheet
from registry_sheets.errors import CannotSave, ConfigProblem, UnreadableWorkbook, WriteRefused
from registry_sheets.operations.looking import is_blank
from registry_sheets.operations.old_lists import is_csv, read_csv
from registry_sheets.operations.transfer_formulas import for_excel, for_google
from registry_sheets.operations.transfer_limits import EXCEL, GOOGLE, Limits
from registry_sheets.operations.transfer_rows import Incoming, incoming_list, incoming_of
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.tabs.template import TITLE
from registry_sheets.wiring import open_workbook, terms
from registry_sheets.workbooks.base import Snapshot, Workbook

if TYPE_CHECKING:
    from registry_sheets.operations.transfer import Target


def target_of(said: str, registry: RegistryConfig) -> Target:
    """Where ``export`` writes. Raises ConfigProblem for what is neither a new .xlsx nor a Google spreadsheet."""
    named = named_beside(said, registry)
    if same_sheet(named.sheet, registry.sheet):
        raise ConfigProblem(f"{said} is the registry itself.", "Name a new .xlsx, or a blank Google spreadsheet.")
    if named.sheet.path is None:
        return BlankSpreadsheet(open_workbook(named))
    return NewWorkbook(named.sheet.path)


def incoming(said: str, registry: RegistryConfig) -> Incoming:
    """What ``import`` takes its rows from. Raises ConfigProblem, and as reading it does."""
    named = named_beside(said, registry)
    if same_sheet(named.sheet, registry.sheet):
        raise ConfigProblem(f"{said} is the registry itself.", "Name the list whose rows are to come into it.")
    if named.sheet.path is not None and is_csv(named.sheet.path):
        return incoming_list(read_csv(named.sheet.path).grid, terms(registry), named.sheet.label)
    workbook = open_workbook(named)
    try:
        return incoming_of(workbook, terms(named))
    except UnreadableWorkbook as error:
        raise UnreadableWorkbook(error.message, error.fix.replace(", or make the workbook with init", "")) from None


def named_beside(said: str, registry: RegistryConfig) -> RegistryConfig:
    """A sheet that is named beside a registry: as its own block of the registry's config says, if it has one.

    Without one the config's own words, its sign-in and its limits hold for it too.
    """
    return load(registry.file, said).registries[0]


def blank_snapshot(workbook: Workbook) -> Snapshot:
    """A spreadsheet with nothing in it. Raises WriteRefused where it is not blank, or may not be written."""
    snapshot = workbook.read()
    if snapshot.obstacles:
        raise WriteRefused(f"'{workbook.label}' is not written: {snapshot.obstacles[0]}")
    if not is_blank(snapshot) or _has_formulas(workbook, snapshot):
        raise WriteRefused(
            f"The spreadsheet '{workbook.label}' is not blank, and nothing is written over.",
            "Make a new, blank one, share it in the same way (Share, Editor), and name its address.",
        )
    return snapshot


def _has_formulas(workbook: Workbook, snapshot: Snapshot) -> bool:
    """Whether there are formulas, which may show nothing. What a broken fill left is looked at by adopt()."""
    return not snapshot.half_filled and any(map(workbook.formulas, snapshot.titles))


class NewWorkbook:
    """An .xlsx that is not there yet."""

    limits: Limits = EXCEL

    def __init__(self, path: Path) -> None:
        self._path = path
        self.label = path.name

    def refuse(self) -> None:
        path = self._path
        if path.suffix.lower() != ".xlsx":
            raise ConfigProblem(f"{path.name}: a copy is an .xlsx file.", f"Name it {path.stem or 'copy'}.xlsx.")
        if path.exists() or path.is_symlink():
            raise ConfigProblem(f"{path} is there already, and nothing is written over.", "Name a new file.")
        if not path.absolute().parent.is_dir():
            raise ConfigProblem(f"There is no folder {path.absolute().parent}.", "Make it first, or name another.")

    def formula(self, formula: str, value: Cell, error: str, /) -> str:
        return for_excel(formula, value, error)

    def write(self, people: Sequence[Sheet], own: Sequence[Sheet]) -> tuple[str, ...]:
        from registry_sheets.workbooks.excel.new import write_workbook

        if self._path.exists():
            raise CannotSave(
                f"Somebody has made {self._path} in the meantime, and nothing is written over.", "Name a new file."
            )
        write_workbook((*people, *own), self._path, title=TITLE)
        return ()


class BlankSpreadsheet:
    """A Google spreadsheet that people made and shared, with nothing in it."""

    limits: Limits = GOOGLE

    def __init__(self, workbook: Workbook) -> None:
        self._workbook = workbook

    @property
    def label(self) -> str:
        return self._workbook.label

    def refuse(self) -> None:
        blank_snapshot(self._workbook)

    def formula(self, formula: str, _value: Cell, _error: str, /) -> str:
        return for_google(formula)

    def write(self, people: Sequence[Sheet], own: Sequence[Sheet]) -> tuple[str, ...]:
        snapshot = blank_snapshot(self._workbook)
        written = self._workbook.adopt(
            own=own, people=people, models_tab=None, marks=(), names={}, expected=snapshot.revision
        )
        return written.notices
