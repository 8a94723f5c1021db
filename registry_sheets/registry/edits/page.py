"""The Models tab with edits on it that are not written yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from registry_sheets.registry.cells import Meaning, Trouble, meaning_of
from registry_sheets.registry.columns import column
from registry_sheets.registry.edits.edit import Key
from registry_sheets.registry.edits.headings import Headings, alike
from registry_sheets.registry.edits.places import Places
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.grid import Place as CellPlace
from registry_sheets.registry.headers import HeaderMatch, find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.past.facts import header_of
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.table_settings import TableSettings


@dataclass
class Laid:
    """What lies on a page: cells set by (row, column) from 0, new headings by fact key, new rows by column."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    headings: dict[str, int] = field(default_factory=dict)
    rows: list[dict[int, Cell]] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.cells or self.headings or self.rows)

    def copy(self) -> Laid:
        """The same, for going back to."""
        return Laid(dict(self.cells), dict(self.headings), [dict(row) for row in self.rows], list(self.keys))


def _none() -> frozenset[CellPlace]:
    return frozenset()


@dataclass(frozen=True)
class Unseen:
    """What the values of a tab do not tell, asked for only where it matters: that takes a look into the file.

    ``formulas`` tells where formulas stand, ``covered`` which cells lie under a merged one.
    """

    formulas: Callable[[], frozenset[CellPlace]] = _none
    covered: Callable[[], frozenset[CellPlace]] = _none


class Page:
    """A tab as it was read, and over it what edits lay on it.

    Rows are named by their place from 0 as read, new ones by -1, -2, … in their order.
    """

    def __init__(
        self,
        grid: Grid,
        match: HeaderMatch,
        settings: TableSettings,
        unseen: Unseen | None = None,
    ) -> None:
        self.grid, self.match, self.settings, self.unseen = grid, match, settings, unseen or Unseen()
        self.table = parse_models(grid, match, settings)
        self.headings = Headings.of_match(match)
        self.laid = Laid()
        self._rows: dict[Key, list[int]] = {}
        keys = zip(self.table.name_keys, self.table.version_keys, self.table.row_numbers, strict=True)
        for name, version, number in keys:
            self._rows.setdefault((name, version), []).append(number - 1)

    def rows_of(self, key: Key) -> list[int]:
        """The rows of a version, in sheet order, new ones last."""
        new = [-1 - at for at, other in enumerate(self.laid.keys) if other == key]
        return [*self._rows.get(key, ()), *new]

    def live_rows(self, name: str) -> Iterator[tuple[str, int]]:
        """The rows of a model (normalised) in Production, each with its version (normalised)."""
        means = self._meaning("stage")
        for model, version in dict.fromkeys((*self._rows, *self.laid.keys)):
            if model == name:
                rows = self.rows_of((model, version))
                yield from ((version, row) for row in rows if means(self.cell(row, "stage")) is Stage.PRODUCTION)

    def cell(self, row: int, key: str) -> Cell:
        """What a row holds under a fact key; '' where the sheet has no such column."""
        place = self.place(key)
        if place is None:
            return ""
        if row < 0:
            return self.laid.rows[-1 - row].get(place, "")
        return self.laid.cells.get((row, place), self.as_read(row, place))

    def places(self, row: int) -> Places:
        """The places that a row speaks for."""
        return Places(self._several(row, "used_for"), self._several(row, "location"))

    def place(self, key: str) -> int | None:
        """The column (from 0) of a fact key, new ones among them; None where there is none."""
        found = self.headings.place(key)
        if found is not None:
            return found
        return next((place for new, place in self.laid.headings.items() if alike(new, key)), None)

    def number(self, row: int) -> int:
        """The sheet row, from 1; for a new row the one that it is going to be."""
        return row + 1 if row >= 0 else self._last_row + 1 - row

    def set(self, row: int, key: str, value: Cell) -> None:
        """Lay a value on a cell; a column that is not there is headed."""
        place = self._placed(key)
        if row < 0:
            self.laid.rows[-1 - row][place] = value
        else:
            self.laid.cells[row, place] = value

    def append(self, key: Key, cells: Mapping[str, Cell]) -> int:
        """Lay a new row under the others; gives its name here."""
        self.laid.rows.append({self._placed(name): value for name, value in cells.items() if value != ""})
        self.laid.keys.append(key)
        return -len(self.laid.rows)

    def now(self) -> tuple[Grid, HeaderMatch, ModelTable]:
        """The tab as it will be. Raises DoubtfulHeaders."""
        if self.laid.is_empty:
            return self.grid, self.match, self.table
        grid = replace(self.grid, rows=self._rows_now())
        match = find_header(grid, self.settings)
        return grid, match, parse_models(grid, match, self.settings)

    def _several(self, row: int, name: str) -> tuple[str, ...]:
        meant = self._meaning(name)(self.cell(row, name))
        found: tuple[str, ...] = () if isinstance(meant, Trouble) else meant
        return found

    def _meaning(self, name: str) -> Meaning:
        return meaning_of(column(name), self.settings, self.grid.date1904)

    def as_read(self, row: int, place: int) -> Cell:
        """What a cell held as it was read."""
        cells = self.grid.rows[row]
        return cells[place] if place < len(cells) else ""

    def _placed(self, key: str) -> int:
        """The column of a key; where there is none, the next one right of all headings is taken for it."""
        place = self.place(key)
        if place is None:
            header = self.grid.rows[self.match.header_row - 1]
            last = max((at for at, cell in enumerate(header) if cell != ""), default=-1)
            place = max([last, *self.laid.headings.values()]) + 1
            covered = self.unseen.covered()  # a heading under a merged one could not be seen
            while (self.match.header_row - 1, place) in covered:
                place += 1
            self.laid.headings[key] = place
        return place

    @cached_property
    def headed(self) -> frozenset[int]:
        """The columns (from 0) that have a heading, the tool's own Check column left out: rows end in these."""
        known = (one.index for one in (*self.match.columns.values(), *self.match.own))
        return frozenset((*known, *(one.index for one in self.match.metrics)))

    @cached_property
    def _last_row(self) -> int:
        """The last row (from 0) with anything but formulas under the headings; new rows go below it."""
        name = self.match.columns["name"].index
        row = len(self.grid.rows) - 1
        while row >= self.match.header_row:
            filled = [(row, place) for place in self.headed if self._is_filled(row, place)]
            # A row that names a model is one of the table's, whatever formulas it has.
            if filled and ((row, name) in filled or not self.unseen.formulas().issuperset(filled)):
                break
            row -= 1
        return row

    def _is_filled(self, row: int, place: int) -> bool:
        return self.grid.rows[row][place] != "" or (row, place) in self.grid.errors

    def _rows_now(self) -> list[list[Cell]]:
        rows = list(self.grid.rows)
        head = self.match.header_row - 1
        width = max(len(rows[head]), max(self._laid_columns(), default=0) + 1)
        if width > len(rows[head]):
            rows = [[*row, *[""] * (width - len(row))] for row in rows]
        for (row, place), value in self._all_cells():
            while row >= len(rows):
                rows.append([""] * width)
            if rows[row] is (self.grid.rows[row] if row < len(self.grid.rows) else None):
                rows[row] = list(rows[row])
            rows[row][place] = value
        return rows

    def _all_cells(self) -> Iterable[tuple[tuple[int, int], Cell]]:
        for key, place in self.laid.headings.items():
            yield (self.match.header_row - 1, place), header_of(key)
        yield from self.laid.cells.items()
        for at, row in enumerate(self.laid.rows):
            for place, value in row.items():
                yield (self._last_row + 1 + at, place), value

    def _laid_columns(self) -> Iterable[int]:
        yield from self.laid.headings.values()
        yield from (place for _, place in self.laid.cells)
        yield from (place for row in self.laid.rows for place in row)
