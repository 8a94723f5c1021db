"""From cells to a table of model versions, column by column.

Only the *different* cells of a column are understood; the rows are then looked up, which costs next to nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import compress
from operator import itemgetter
from typing import Any

from registry_sheets.errors import DoubtfulHeaders
from registry_sheets.registry.cells import Meaning, Trouble, meaning_of
from registry_sheets.registry.columns import COLUMNS, column
from registry_sheets.registry.grid import Cell, Grid, a1
from registry_sheets.registry.headers import HeaderMatch
from registry_sheets.registry.identity import trimmed
from registry_sheets.registry.remarks import remark_rows
from registry_sheets.registry.table import CellProblem, ModelTable, ProblemKind
from registry_sheets.registry.table_settings import TableSettings as TableSettings
from registry_sheets.registry.text import shown

_NUMBERS = frozenset((bool, int, float))


def parse_models(grid: Grid, match: HeaderMatch, settings: TableSettings | None = None) -> ModelTable:
    """The model versions of a tab. No cell makes it raise; what cannot be understood becomes a problem.

    Raises DoubtfulHeaders where no column holds the models' names: nothing can be said of such rows.
    """
    if "name" not in match.columns:
        raise _nameless(grid, match)
    settings = settings or TableSettings()
    body = grid.rows[match.header_row :]
    known = {found.field: _cells(body, found.index) for found in match.columns.values()}
    metrics = {metric.header: _cells(body, metric.index) for metric in match.metrics}
    own = {found.header: _cells(body, found.index) for found in match.own}
    marked = _marked(grid, match)
    keep = _kept_rows(known, metrics, {offset for offset, _ in marked}, match, len(body))
    if keep is not None:
        known, metrics, own = ({name: _pick(v, keep) for name, v in part.items()} for part in (known, metrics, own))
    offsets: Sequence[int] = range(len(body)) if keep is None else keep
    raw, values, problems = _understand(known, settings, grid.date1904)
    problems += _marked_problems(marked, offsets)
    return ModelTable(
        tab=grid.title,
        header_row=match.header_row,
        row_numbers=_row_numbers(match.header_row, offsets),
        columns=match.columns,
        raw=raw,
        values=values,
        problems=_sorted(problems),
        metrics=match.metrics,
        own_columns=match.own,
        own={**metrics, **own},
        date1904=grid.date1904,
        beyond=tuple(a1(*place) for place in grid.beyond),
    )


def _nameless(grid: Grid, match: HeaderMatch) -> DoubtfulHeaders:
    message = f"Row {match.header_row} of the tab '{grid.title}' has no column for the models' names."
    lines = [s.config_line for s in match.suggestions if s.field == "name"]
    if lines:
        return DoubtfulHeaders(message, f"Say in config.toml which one it is, perhaps {lines[0]}.")
    return DoubtfulHeaders(
        message, 'Name its heading in config.toml, under [registry.columns]: "Name" = "its heading".'
    )


def _cells(body: Sequence[Sequence[Cell]], index: int) -> Sequence[Cell]:
    return list(map(itemgetter(index), body))


def _pick(cells: Sequence[Cell], keep: Sequence[int]) -> Sequence[Cell]:
    return list(map(cells.__getitem__, keep))


def _row_numbers(header_row: int, offsets: Sequence[int]) -> Sequence[int]:
    first = header_row + 1
    if isinstance(offsets, range):
        return range(first, first + len(offsets))
    return [first + offset for offset in offsets]


# Which rows are model versions


def _kept_rows(
    known: Mapping[str, Sequence[Cell]],
    metrics: Mapping[str, Sequence[Cell]],
    marked: set[int],
    match: HeaderMatch,
    count: int,
) -> Sequence[int] | None:
    """Offsets of the started rows; None: all of them. Remarks, totals and repeated headers are not rows."""
    blank = [
        offset for offset in _all_blank(range(count), (*known.values(), *metrics.values())) if offset not in marked
    ]
    left_out = {*blank, *(row - 1 - match.header_row for row in match.repeated)}
    left_out |= remark_rows(known, left_out, marked)
    if not left_out:
        return None
    wanted = bytearray(b"\x01") * count
    for offset in left_out:
        wanted[offset] = 0
    return list(compress(range(count), wanted))


def _all_blank(offsets: Iterable[int], columns: Iterable[Sequence[Cell]]) -> Sequence[int]:
    """The offsets at which every column is blank."""
    left: Sequence[int] = offsets if isinstance(offsets, range) else list(offsets)
    for cells in columns:
        blanks = _blanks(cells)
        left = [offset for offset in left if cells[offset] in blanks] if blanks else []
        if not left:
            break
    return left


def _blanks(cells: Sequence[Cell]) -> set[Cell]:
    return {cell for cell in set(cells) if type(cell) is str and not trimmed(cell)}


# What the cells mean


def _understand(
    known: Mapping[str, Sequence[Cell]], settings: TableSettings, date1904: bool
) -> tuple[dict[str, Sequence[Cell]], dict[str, Sequence[Any]], list[CellProblem]]:
    raw: dict[str, Sequence[Cell]] = {}
    values: dict[str, Sequence[Any]] = {}
    problems: list[CellProblem] = []
    for name, cells in known.items():
        raw[name], values[name], troubles = _column(cells, meaning_of(column(name), settings, date1904))
        problems += (_problem(index, name, cells[index], trouble) for index, trouble in troubles)
    return raw, values, problems


def _column(
    cells: Sequence[Cell], meaning: Meaning
) -> tuple[Sequence[Cell], Sequence[Any], Iterator[tuple[int, Trouble]]]:
    """Raw cells (equal texts shared), values, and troubles by index."""
    keys: Sequence[Any] = cells
    if len(_NUMBERS.intersection(map(type, cells))) > 1:
        keys = [(type(cell), cell) for cell in cells]  # 1, True and 1.0 are equal, and mean different things
        different = {key: meaning(key[1]) for key in set(keys)}
    else:
        distinct = dict.fromkeys(cells)  # in sheet order, unlike a set: a million texts are met where they lie
        if 2 * len(distinct) < len(cells):
            firsts = {cell: cell for cell in distinct}
            keys = cells = list(map(firsts.__getitem__, cells))
        different = {cell: meaning(cell) for cell in distinct}
    troubles = {key: found for key, found in different.items() if type(found) is Trouble}
    different |= {key: trouble.value for key, trouble in troubles.items()}
    values = list(map(different.__getitem__, keys))
    return cells, values, _troubled(keys, troubles)


def _troubled(keys: Sequence[Any], troubles: Mapping[Any, Trouble]) -> Iterator[tuple[int, Trouble]]:
    if troubles:
        yield from ((index, troubles[key]) for index, key in enumerate(keys) if key in troubles)


def _problem(index: int, name: str, cell: Cell, trouble: Trouble) -> CellProblem:
    return CellProblem(trouble.kind, index, name, shown(cell), trouble.suggestions, trouble.note)


# Cells that a value cannot tell: errors and formulas that were never calculated

_Marked = tuple[int, tuple[str, ProblemKind, str]]
"""(offset below the header, (field, kind, what the cell shows))"""


def _marked(grid: Grid, match: HeaderMatch) -> list[_Marked]:
    fields = {found.index: found.field for found in match.columns.values()}
    found: list[_Marked] = []
    for (row, at), shows in grid.errors.items():
        if row >= match.header_row and at in fields:
            found.append((row - match.header_row, (fields[at], "error-value", shows)))
    for row, at in grid.uncached:
        if row >= match.header_row and at in fields:
            found.append((row - match.header_row, (fields[at], "formula-without-value", "")))
    return found


def _marked_problems(marked: Sequence[_Marked], offsets: Sequence[int]) -> Iterator[CellProblem]:
    for offset, (name, kind, shows) in marked:
        index = offset if isinstance(offsets, range) else bisect_left(offsets, offset)
        if index < len(offsets) and offsets[index] == offset:
            yield CellProblem(kind, index, name, shows)


def _sorted(problems: list[CellProblem]) -> tuple[CellProblem, ...]:
    order = {declared.field: place for place, declared in enumerate(COLUMNS)}
    return tuple(sorted(problems, key=lambda problem: (problem.index, order[problem.field])))
