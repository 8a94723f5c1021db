"""A workbook that lives in memory: the same interface and the same refusals as a file, for trying and for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from registry_sheets.errors import UnreadableWorkbook, WorkbookChanged, WriteRefused
from registry_sheets.registry.grid import Cell, Grid, Place, a1, column_letters
from registry_sheets.registry.sheets import OWN_KINDS, Aids, Mark, Sheet, TabKind, own_name
from registry_sheets.workbooks.base import (
    PLAIN_FORMATS,
    AddColumn,
    AppendRow,
    LastEditor,
    Revision,
    RowEdit,
    SetCell,
    Workbook,
    Written,
)
from registry_sheets.workbooks.cells import holds


@dataclass(frozen=True)
class MemoryTab:
    """One tab at one moment: its cells, its formulas without '=' by place, and what kind of tab it is to us."""

    grid: Grid
    formulas: Mapping[Place, str] = field(default_factory=dict)
    kind: TabKind | None = None
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class MemorySnapshot:
    """What one read saw; later writes do not change it."""

    revision: Revision
    tabs: Mapping[str, MemoryTab]
    marked_tab: str | None
    last_editor: LastEditor | None
    obstacles: tuple[str, ...]

    @property
    def time_zone(self) -> str:
        return ""

    @property
    def pointed_tab(self) -> str | None:
        return None

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(self.tabs)

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(title for title, tab in self.tabs.items() if tab.grid.hidden)

    @property
    def own_tabs(self) -> Mapping[TabKind, str]:
        return {tab.kind: title for title, tab in self.tabs.items() if tab.kind in OWN_KINDS}

    @property
    def half_filled(self) -> bool:
        return False

    def grid(self, title: str) -> Grid:
        if title not in self.tabs:
            raise UnreadableWorkbook(f"There is no tab '{title}'.", f"The tabs are: {', '.join(self.tabs)}.")
        return self.tabs[title].grid


class MemoryWorkbook(Workbook):
    """A workbook made of grids.

    ``formulas`` names people's formula cells by tab (their values stand in the grids), ``formats`` number formats,
    ``covered`` cells under merged ones; ``obstacles`` are reasons why nothing may be written in place. ``put`` is
    what a person does: it saves a tab.
    """

    def __init__(
        self,
        grids: Iterable[Grid] = (),
        *,
        label: str = "memory",
        formulas: Mapping[str, Mapping[Place, str]] = MappingProxyType({}),
        last_editor: LastEditor | None = None,
        obstacles: Sequence[str] = (),
        formats: Mapping[str, Mapping[Place, str]] = MappingProxyType({}),
        covered: Mapping[str, frozenset[Place]] = MappingProxyType({}),
    ) -> None:
        self._label = label
        self._formats, self._covered = formats, covered
        self._tabs = {grid.title: MemoryTab(grid, formulas.get(grid.title, {})) for grid in grids}
        self._marked: str | None = None
        self._names: dict[str, str] = {}
        self._last_editor = last_editor
        self._obstacles = tuple(obstacles)
        self._revision = 1

    @property
    def label(self) -> str:
        return self._label

    @property
    def names(self) -> Mapping[str, str]:
        """The hidden defined names: name -> full reference."""
        return dict(self._names)

    def put(self, grid: Grid, formulas: Mapping[Place, str] = MappingProxyType({})) -> None:
        """Save a tab as a person would: any tab, ours too, and the workbook is at a new revision."""
        old = self._tabs.get(grid.title)
        self._tabs[grid.title] = replace(old, grid=grid, formulas=formulas) if old else MemoryTab(grid, formulas)
        self._revision += 1

    def read(self) -> MemorySnapshot:
        return MemorySnapshot(self._token(), dict(self._tabs), self._marked, self._last_editor, self._obstacles)

    def revision(self) -> Revision:
        return self._token()

    def replace_own_tabs(self, sheets: Sequence[Sheet], expected: Revision) -> Written:
        self._refuse_changed(expected)
        if all(self._holds(sheet) for sheet in sheets):
            return Written(False, expected)
        tabs = self._with_own(sheets)
        return self._commit(tabs, {**self._names, **_names_of(tabs, sheets)})

    def edit_rows(self, tab: str, edits: Sequence[RowEdit], expected: Revision) -> Written:
        self._refuse_changed(expected)
        old = self._tabs.get(tab)
        if old is None or old.kind in OWN_KINDS:
            raise WriteRefused(f"There is no tab of people's '{tab}'.", "Check the tab's title.")
        if not edits:
            return Written(False, expected)
        rows = [list(row) for row in old.grid.rows]
        added = []
        for edit in edits:
            if isinstance(edit, AppendRow):
                added.append(_append(rows, edit, old))
            elif isinstance(edit, AddColumn):
                _add_column(rows, edit)
            else:
                _set(rows, edit, old)
        grid = replace(old.grid, rows=_even(rows))
        if grid.rows == old.grid.rows:
            return Written(False, expected)
        written = self._commit({**self._tabs, tab: replace(old, grid=grid)}, self._names)
        return replace(written, rows=tuple(added))

    def formula_places(self, tab: str) -> frozenset[Place]:
        return frozenset(self._tabs[tab].formulas) if tab in self._tabs else frozenset()

    def formulas(self, tab: str) -> Mapping[Place, str]:
        return dict(self._tabs[tab].formulas) if tab in self._tabs else {}

    def formatted_places(self, tab: str) -> frozenset[Place]:
        return frozenset(where for where, code in self._formats.get(tab, {}).items() if code not in PLAIN_FORMATS)

    def covered_places(self, tab: str) -> frozenset[Place]:
        return frozenset(self._covered.get(tab, ()))

    def adopt(
        self,
        *,
        own: Sequence[Sheet],
        people: Sequence[Sheet],
        models_tab: str | None,
        marks: Sequence[Mark],
        names: Mapping[str, str],
        expected: Revision,
        aids: Aids | None = None,  # noqa: ARG002 (looks are not kept)
    ) -> Written:
        self._refuse_changed(expected)
        if models_tab is not None and models_tab not in self._tabs:
            raise WriteRefused(f"There is no tab '{models_tab}'.", "Check the tab's title.")
        tabs = self._with_own([*people, *own])
        if models_tab is not None:
            tabs[models_tab] = replace(tabs[models_tab], marks=tuple(marks))
        self._marked = models_tab or next((t for t, tab in tabs.items() if tab.kind == "models"), self._marked)
        return self._commit(tabs, {**self._names, **_names_of(tabs, [*people, *own]), **names})

    def link(self, tab: str, cell: str) -> str:
        return f"memory:{self._label}#{tab}!{cell}"

    def _token(self) -> Revision:
        return Revision(str(self._revision))

    def _refuse_changed(self, expected: Revision) -> None:
        if expected != self._token():
            raise WorkbookChanged(f"Somebody saved '{self._label}' after it was read.", "Run again.")

    def _holds(self, sheet: Sheet) -> bool:
        tab = self._tabs.get(_title_of(self._tabs, sheet.kind) or "")
        return tab is not None and tab.kind == sheet.kind and holds(sheet, tab.grid, lambda: tab.formulas)

    def _with_own(self, sheets: Sequence[Sheet]) -> dict[str, MemoryTab]:
        tabs = dict(self._tabs)
        for sheet in sheets:
            there = None if sheet.kind == "other" else _title_of(tabs, sheet.kind)
            title = there or _free_title(sheet.title, tabs)
            tabs[title] = _tab_of(sheet, title)
        return tabs

    def _commit(self, tabs: dict[str, MemoryTab], names: dict[str, str]) -> Written:
        if self._obstacles:
            raise WriteRefused(f"'{self._label}' is not written: {self._obstacles[0]}")
        self._tabs, self._names = tabs, names
        self._revision += 1
        return Written(True, self._token())


def _title_of(tabs: Mapping[str, MemoryTab], kind: TabKind) -> str | None:
    return next((title for title, tab in tabs.items() if tab.kind == kind), None)


def _free_title(wanted: str, taken: Iterable[str]) -> str:
    used = {title.casefold() for title in taken}
    number = 1
    title = wanted
    while title.casefold() in used:
        number += 1
        title = f"{wanted} ({number})"
    return title


def _names_of(tabs: Mapping[str, MemoryTab], sheets: Sequence[Sheet]) -> dict[str, str]:
    found = {}
    for sheet in sheets:
        if sheet.kind == "other":
            continue
        quoted = "'" + (_title_of(tabs, sheet.kind) or sheet.title).replace("'", "''") + "'"
        found[own_name(sheet.kind)] = f"{quoted}!$A$1"
        found |= {name: f"{quoted}!{reference}" for name, reference in sheet.names.items()}
    return found


def _tab_of(sheet: Sheet, title: str) -> MemoryTab:
    rows = _even([[cell.value for cell in row] for row in sheet.rows])
    formulas = {
        (row, column): cell.formula
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell.formula is not None
    }
    errors = {
        (row, column): str(cell.value)
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell.error
    }
    for row, column in errors:
        rows[row][column] = ""
    kind = None if sheet.kind == "other" else sheet.kind
    return MemoryTab(Grid(title, rows, errors, hidden=sheet.hidden), formulas, kind, sheet.marks)


def _even(rows: list[list[Cell]]) -> list[list[Cell]]:
    """Rows of one length, without blank rows and columns at the end."""
    while rows and all(cell == "" for cell in rows[-1]):
        rows = rows[:-1]
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell != ""), default=0)
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _append(rows: list[list[Cell]], edit: AppendRow, tab: MemoryTab) -> int:
    """Put the row below the last one with content; gives its number from 1."""
    at = len(rows)
    while at and not any(_counts(rows, (at - 1, column), tab) for column in edit.counted):
        at -= 1
    if any((at, column) in tab.formulas for column in edit.values):
        raise WriteRefused(f"Row {at + 1} below the table holds formulas.", "Move them to another place or tab.")
    rows += [[] for _ in range(at + 1 - len(rows))]
    rows[at] += [""] * (max(edit.values, default=-1) + 1 - len(rows[at]))
    for column, value in edit.values.items():
        rows[at][column] = value
    return at + 1


def _counts(rows: list[list[Cell]], place: Place, tab: MemoryTab) -> bool:
    """Whether a cell shows that its row is one of the table's."""
    row, column = place
    return rows[row][column : column + 1] not in ([], [""]) and place not in tab.formulas


def _add_column(rows: list[list[Cell]], edit: AddColumn) -> None:
    if any(row[edit.column :][:1] not in ([], [""]) for row in rows[edit.row :]):
        raise WriteRefused(
            f"The column {column_letters(edit.column)} is not free, so it is not headed '{edit.heading}'.",
            f"Move what stands there, or head another column '{edit.heading}' in the sheet.",
        )
    while len(rows) <= edit.row:
        rows.append([])
    row = rows[edit.row]
    row += [""] * (edit.column + 1 - len(row))
    row[edit.column] = edit.heading


def _set(rows: list[list[Cell]], edit: SetCell, tab: MemoryTab) -> None:
    place = (edit.row, edit.column)
    if place in tab.formulas:
        address = a1(*place)
        raise WriteRefused(f"{address} holds a formula, so it is not written over.", "Change it in the sheet.")
    while len(rows) <= edit.row:
        rows.append([])
    row = rows[edit.row]
    row += [""] * (edit.column + 1 - len(row))
    if edit.expected is not None and row[edit.column] != edit.expected:
        raise WorkbookChanged(f"{a1(*place)} no longer holds what was read.", "Run again.")
    row[edit.column] = edit.value
