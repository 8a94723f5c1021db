"""Rows of another list that a registry lacks, told by what they are about; rows that it has otherwise are conflicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from registry_sheets.errors import EditRefused
from registry_sheets.operations.carrying import Carried, carry
from registry_sheets.operations.create import Found, found_in
from registry_sheets.operations.looking import LISTS_TITLE, Terms, models_of
from registry_sheets.operations.transfer_limits import Limits, unfit_texts
from registry_sheets.registry.cells import ERROR_TEXTS, meaning_of
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.edits.edit import Key, NewRow
from registry_sheets.registry.edits.places import Places, places_in
from registry_sheets.registry.edits.values import same
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.registry.header_words import is_check
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.past.facts import own_key
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.wording import clipped
from registry_sheets.workbooks.base import Workbook

if TYPE_CHECKING:  # a list from a file need not load what platforms are
    from registry_sheets.operations.platform_rows import FromPlatform

LONGEST_HEADING = 255
_RENAMED = " (old list)"
_NAMED = 8


@dataclass(frozen=True)
class IncomingRow:
    """A row as it would be added. ``number`` is its row in the other list; ``cells`` are by field, or own header."""

    number: int
    name: str
    version: str
    places: Places
    cells: Mapping[str, Cell]
    own: Mapping[str, Cell]

    @property
    def key(self) -> Key:
        return normalise(self.name), normalise(self.version)


@dataclass(frozen=True)
class Incoming:
    """Another list: its rows, and its Lists tab where it has one. ``notices`` are what it holds and does not come.

    ``platform``: what is told of the platform that it comes from, None for a list.
    """

    label: str
    rows: Sequence[IncomingRow]
    lists: Grid | None = None
    notices: tuple[str, ...] = ()
    platform: FromPlatform | None = None


def incoming_of(workbook: Workbook, terms: Terms) -> Incoming:
    """A workbook's. Raises as looking.models_of() and reading it do."""
    snapshot = workbook.read()
    grid, match = models_of(snapshot, terms)
    found = Found(grid, match, terms.table)
    wanted = (terms.lists_tab or LISTS_TITLE).casefold()
    lists = next((title for title in snapshot.titles if title.casefold() == wanted and title != grid.title), None)
    rows = tuple(_rows(found, typed=True))
    notices = tuple(_told(found, rows, workbook.formula_places(grid.title)))
    return Incoming(workbook.label, rows, snapshot.grid(lists) if lists else None, notices)


def incoming_list(grid: Grid, terms: Terms, label: str) -> Incoming:
    """A text list's; the words of the registry's config hold in it, and not where its columns are."""
    settings = replace(terms.table, columns={}, header_row=None)
    found = found_in(grid, settings, {})
    rows = tuple(_rows(found, typed=False))
    return Incoming(label, rows, None, tuple(_told(found, rows, frozenset())))


def _rows(found: Found, typed: bool) -> Iterator[IncomingRow]:
    carried = carry(found, typed)
    table = parse_models(found.grid, found.match, found.settings)
    index_of = {number: index for index, number in enumerate(table.row_numbers)}
    for at, number in enumerate(carried.numbers):
        name, version, places = _identity(table, index_of.get(number))
        own = dict(_own_cells(carried, at))
        yield IncomingRow(number, name, version, places, _filled(carried.rows[at]), _filled(own))


def _identity(table: ModelTable, index: int | None) -> tuple[str, str, Places]:
    if index is None:
        return "", "", Places()
    return table.value("name")[index] or "", table.value("version")[index] or "", places_in(table, index)


def _own_cells(carried: Carried, at: int) -> Iterator[tuple[str, Cell]]:
    """The row's cells in columns of people's own, by header; of headers that are alike the later ones get a number."""
    seen: Counter[str] = Counter()
    for header, cell in zip(carried.own_headers, carried.own_cells[at], strict=True):
        seen[normalise(header)] += 1
        if not is_check(header.removesuffix(_RENAMED)):
            yield header if seen[normalise(header)] == 1 else f"{header} ({seen[normalise(header)]})", cell


def _filled(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {key: cell for key, cell in cells.items() if cell != "" or not isinstance(cell, str)}


def _told(found: Found, rows: Sequence[IncomingRow], formulas: frozenset[Place]) -> Iterator[str]:
    match = found.match
    known = {at.index for at in (*match.columns.values(), *match.own)} | {at.index for at in match.metrics}
    counted = sum(row >= found.match.header_row and at in known for row, at in formulas)
    if counted:
        yield f"{counted:,} cells of it are formulas; what they show comes, as values."
    nameless = [str(row.number) for row in rows if row.key == ("", "")]
    if nameless:
        more = f" and {len(nameless) - _NAMED} more" if len(nameless) > _NAMED else ""
        yield f"Left out, as they name neither a model nor a version: row {', '.join(nameless[:_NAMED])}{more}."
    if found.grid.beyond:
        yield f"Left out: {len(found.grid.beyond)} cells far outside the list."


# Held against the registry


@dataclass(frozen=True)
class Conflict:
    """A row that is there with other cells. ``there`` is its row in the registry, 0 for a row of the same list.

    ``cells`` are (heading, in the registry, in the other list).
    """

    number: int
    name: str
    version: str
    there: int
    cells: tuple[tuple[str, Cell, Cell], ...]


@dataclass
class Compared:
    """What the registry lacks, what it has otherwise, and how many rows it has as they are."""

    steps: list[NewRow] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    alike: int = 0


def compare_rows(view: View, rows: Sequence[IncomingRow], limits: Limits) -> Compared:
    """Hold another list's rows against a registry. Raises EditRefused for what its cells cannot hold."""
    comparing = _Comparing(view, rows)
    for row in rows:
        if row.key != ("", ""):
            comparing.take(row)
    _refuse_unfit(comparing.result.steps, limits)
    return comparing.result


class _Comparing:
    def __init__(self, view: View, rows: Sequence[IncomingRow]) -> None:
        self._view = view
        self.result = Compared()
        self._counted = Counter(row.key for row in rows)
        self._new: dict[Key, list[tuple[IncomingRow, dict[str, Cell]]]] = {}
        self._there: dict[Key, list[int]] = {}
        for index, key in enumerate(zip(view.table.name_keys, view.table.version_keys, strict=True)):
            self._there.setdefault(key, []).append(index)

    def take(self, row: IncomingRow) -> None:
        """Say of one row whether it is new, there, or there otherwise."""
        cells = dict(self._keyed(row))
        there = self._rows_for(row)
        differences = [(index, self._different(index, cells)) for index in there]
        if any(not different for _, different in differences):
            self.result.alike += 1
        elif differences:
            index, different = differences[0]
            self._conflict(row, self._view.number(index), different)
        else:
            self._among_new(row, cells)

    def _among_new(self, row: IncomingRow, cells: dict[str, Cell]) -> None:
        """A row of the list that its earlier rows do not tell already."""
        earlier = self._new.setdefault(row.key, [])
        for other, before in earlier:
            if other.places.all & row.places.all:
                if before == cells:
                    self.result.alike += 1
                else:
                    keys = [key for key in cells if before.get(key, "") != cells[key]]
                    self._conflict(row, 0, tuple((self._header(key), before.get(key, ""), cells[key]) for key in keys))
                return
        alone = row.key not in self._there and self._counted[row.key] == 1
        earlier.append((row, cells))
        self.result.steps.append(NewRow(row.name, row.version, cells, alone))

    def _rows_for(self, row: IncomingRow) -> Sequence[int]:
        """The rows that are about the same: the version's, where several tell it those at the same place."""
        there = self._there.get(row.key, [])
        if len(there) <= 1 and self._counted[row.key] == 1:
            return there
        return [index for index in there if self._view.places(index).all & row.places.all]

    def _keyed(self, row: IncomingRow) -> Iterator[tuple[str, Cell]]:
        """The row's cells by this registry's columns."""
        taken = set(row.cells)
        yield from row.cells.items()
        for header, cell in row.own.items():
            key = self._view.headings.key(header, self._view.settings) or own_key(header)
            if key in taken:
                key = own_key(f"{header}{_RENAMED}")
            if len(header) > LONGEST_HEADING and self._view.headings.place(key) is None:
                raise EditRefused(
                    f"'{clipped(header)}' is too long for a heading: it has {len(header):,} characters.",
                    f"Shorten it in the other list to at most {LONGEST_HEADING}.",
                )
            taken.add(key)
            yield key, cell

    def _different(self, index: int, cells: Mapping[str, Cell]) -> tuple[tuple[str, Cell, Cell], ...]:
        old = ((key, self._view.cell(index, key), new) for key, new in cells.items())
        return tuple((self._header(key), before, new) for key, before, new in old if not self._means(key, before, new))

    def _means(self, key: str, old: Cell, new: Cell) -> bool:
        """Whether two cells say the same, in these words or in others; an error says nothing."""
        if same(old, new) or (old == "" and new in ERROR_TEXTS):
            return True
        if key not in _FIELDS:
            return False
        meaning = meaning_of(column(key), self._view.settings, self._view.table.date1904)
        return bool(_level(meaning(old)) == _level(meaning(new)) is not None)

    def _header(self, key: str) -> str:
        return self._view.headings.header(key)

    def _conflict(self, row: IncomingRow, there: int, cells: tuple[tuple[str, Cell, Cell], ...]) -> None:
        self.result.conflicts.append(Conflict(row.number, row.name, row.version, there, cells))


_FIELDS = frozenset(declared.field for declared in COLUMNS)


def _level(meant: Any) -> Any:
    if isinstance(meant, str):
        return normalise(meant)
    return frozenset(map(normalise, meant)) if isinstance(meant, tuple) else meant


def _refuse_unfit(steps: Sequence[NewRow], limits: Limits) -> None:
    named = (
        (f"{step.name} {step.version}, {key.removeprefix('+')}:", cell)
        for step in steps
        for key, cell in step.cells.items()
    )
    if found := unfit_texts(named, limits):
        more = f" And {len(found) - _NAMED} more." if len(found) > _NAMED else ""
        raise EditRefused(
            f"{limits.program} cannot hold all of it, so nothing was written: {'; '.join(found[:_NAMED])}.{more}",
            "Change these in the other list, then run it again.",
        )
