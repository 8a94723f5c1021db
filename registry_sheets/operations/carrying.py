"""An old list carried into a new registry: known columns under our headings, the people's own to the right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry_sheets.operations.create import Found
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.grid import Cell, Grid, Place, column_letters
from registry_sheets.registry.header_words import header_key, is_check
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.table import Lists, Owner
from registry_sheets.registry.text import one_line, shown

MOST_LISTED = 200
"""A column with more different values than this is no list to choose from."""
LONGEST_TEXT = 32_767
_SERIALS_1904 = 1462
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?", re.ASCII)
_OURS = frozenset(header_key(declared.header) for declared in COLUMNS)


@dataclass(frozen=True)
class Carried:
    """What goes into the new registry, and what to tell about it.

    ``rows`` are field -> cell; ``own_headers`` the people's columns and ``own_cells`` their cells by row.
    ``renamed`` are headers that had to be called otherwise; ``notes`` are sentences. ``numbers`` are the rows of the
    old list, from 1.
    """

    rows: Sequence[Mapping[str, Cell]]
    own_headers: Sequence[str]
    own_cells: Sequence[Sequence[Cell]]
    lists: Lists
    mapped: Sequence[tuple[str, str]]
    renamed: Mapping[str, str]
    notes: Sequence[str]
    numbers: Sequence[int] = ()


def carry(found: Found, typed: bool, longest: int = LONGEST_TEXT) -> Carried:
    """Carry all rows with any content. ``typed``: the cells came with types, as from a workbook, not as text.

    ``longest`` is how many characters a cell holds where they go.
    """
    grid, match = found.grid, found.match
    known = {at.index: name for name, at in match.columns.items()}
    places = [place for place in range(_width(grid)) if place not in known and _used(grid, match.header_row, place)]
    body = [number for number in range(match.header_row, len(grid.rows)) if _filled(grid, number)]
    read = _Reader(grid, typed)
    headers = {place: _header(grid, match.header_row - 1, place) for place in places}
    renamed = {old: new for old in headers.values() if (new := _free(old)) != old}
    own = [read.own_column(place, body) for place in places]
    return Carried(
        rows=[{name: read.known(number, place, name) for place, name in known.items()} for number in body],
        own_headers=[renamed.get(header, header) for header in headers.values()],
        own_cells=list(zip(*own, strict=True)) if own else [()] * len(body),
        lists=_lists(found),
        mapped=[(name, match.columns[name].header) for name in match.columns],
        renamed=renamed,
        notes=tuple(_notes(grid, match.header_row, body, longest)),
        numbers=[number + 1 for number in body],
    )


class _Reader:
    """Cells as they go into the new registry."""

    def __init__(self, grid: Grid, typed: bool) -> None:
        self._grid = grid
        self._typed = typed

    def cell(self, row: int, place: int) -> Cell:
        """The cell as it stood; an error cell as its text."""
        return self._grid.errors.get((row, place), "") or self._grid.rows[row][place]

    def known(self, row: int, place: int, name: str) -> Cell:
        """A cell of a column that we know. In a text list a day in ISO form is a day: it can mean nothing else."""
        cell, kind = self.cell(row, place), column(name).kind
        if kind == "date" and not self._typed and isinstance(cell, str):
            return _day(cell)
        if kind == "date" and self._grid.date1904 and type(cell) in (int, float):
            return cell + _SERIALS_1904  # type: ignore[operator]  # the new workbook counts days from 1900
        return cell

    def own_column(self, place: int, rows: Sequence[int]) -> list[Cell]:
        """A column of the people's own. In a text list numbers become numbers where all show as they stood."""
        cells = [self.cell(row, place) for row in rows]
        if self._typed or not all(cell == "" or _same_as_number(cell) for cell in cells):
            return cells
        return [_number(str(cell)) if cell != "" else "" for cell in cells]


def _day(text: str) -> Cell:
    if _ISO_DAY.fullmatch(text.strip()):
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            return text
    return text


def _same_as_number(cell: Cell) -> bool:
    """Whether a spreadsheet shows the number as it stands: '007' and '1.0' would come out as 7 and 1."""
    return isinstance(cell, str) and bool(_NUMBER.fullmatch(cell)) and str(_number(cell)) == cell


def _number(text: str) -> int | float:
    return float(text) if "." in text and not text.endswith(".0") else int(float(text))


def _width(grid: Grid) -> int:
    return max(map(len, grid.rows), default=0)


def _used(grid: Grid, header_row: int, place: int) -> bool:
    """Whether a column has a heading, or any content below it."""
    return any(_full(grid, (number, place)) for number in range(header_row - 1, len(grid.rows)))


def _filled(grid: Grid, number: int) -> bool:
    return any(_full(grid, (number, place)) for place in range(len(grid.rows[number])))


def _full(grid: Grid, place: Place) -> bool:
    cell = grid.rows[place[0]][place[1]]
    return bool(cell.strip()) if isinstance(cell, str) and cell else cell != "" or place in grid.errors


def _header(grid: Grid, row: int, place: int) -> str:
    return shown(grid.rows[row][place]).strip() or f"Column {column_letters(place)}"


def _free(header: str) -> str:
    """A header that is also one of ours, but stands for something else here, is told apart."""
    return f"{header} (old list)" if header_key(header) in _OURS or is_check(header) else header


# What Lists begins with


def _lists(found: Found) -> Lists:
    """Lists with the places and owners that the old list names, for the dropdowns."""
    table = parse_models(found.grid, found.match, found.settings)
    owners = tuple(
        Owner(name, name if re.fullmatch(r"[^@\s]+@[^@\s]+", name) else "", True, 0)
        for name in _different(table.value("owner"))
    )
    return Lists(locations=_different(table.value("location")), owners=owners)


def _different(cells: Iterable[Any]) -> tuple[str, ...]:
    """The different values in the order of their first appearance; () where there are too many for a list."""
    seen: dict[str, str] = {}
    for values in set(cells) - {None, ()}:
        for value in values:
            seen.setdefault(normalise(value), value)
    return tuple(sorted(seen.values(), key=str.casefold)) if len(seen) <= MOST_LISTED else ()


# What to tell


def _notes(grid: Grid, header_row: int, body: Sequence[int], longest: int) -> Iterable[str]:
    above = [number for number in range(header_row - 1) if _filled(grid, number)]
    if above:
        first = next(one_line(str(cell)) for cell in grid.rows[above[0]] if cell != "")
        yield f"Left out: {_lines(len(above))} above the headings, beginning with '{first[:60]}'."
    uncached = sum(row >= header_row for row, _ in grid.uncached)
    if uncached:
        yield f"{uncached} formula cells held no saved value and are blank; save the old list in Excel, begin again."
    long = sum(isinstance(c, str) and len(c) > longest for number in body for c in grid.rows[number])
    if long:
        yield f"{long} cells hold more text than a cell of a workbook can ({longest:,} characters); it was cut."
    if grid.beyond:
        yield f"Left out: {len(grid.beyond)} cells far outside the list."


def _lines(count: int) -> str:
    return f"{count} line{'s' if count > 1 else ''}"
