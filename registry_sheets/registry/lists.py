"""The Lists tab: blocks side by side, each known by its headers wherever it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from registry_sheets.registry.cells import ERROR_TEXTS
from registry_sheets.registry.dates import DateTrouble, read_date
from registry_sheets.registry.grid import Cell, Grid, a1
from registry_sheets.registry.header_words import header_key
from registry_sheets.registry.identity import normalise, trimmed
from registry_sheets.registry.table import Accepted, Lists, Owner
from registry_sheets.registry.table_settings import DateOrder
from registry_sheets.registry.text import shown

BlockName = Literal["locations", "owners", "data_sources", "accepted"]


@dataclass(frozen=True, slots=True)
class ListBlock:
    """One block of Lists. ``headers`` stand side by side; ``help`` tells people what belongs there.

    ``title`` stands above the headers where they do not say it themselves.
    """

    name: BlockName
    headers: tuple[str, ...]
    help: tuple[str, ...]
    title: str = ""


LIST_BLOCKS: tuple[ListBlock, ...] = (
    ListBlock("locations", ("Location",), ("A place where models are deployed, one a row.",)),
    ListBlock(
        "owners",
        ("Owner", "E-mail", "Active"),
        (
            "The owner's name, as it stands in Models.",
            "Where the owner gets mail.",
            "No, once the person has left. Blank means yes.",
        ),
    ),
    ListBlock("data_sources", ("Data source",), ("A table, file or snapshot that models are trained on.",)),
    ListBlock(
        "accepted",
        ("Model", "Version", "Column", "Why", "Until"),
        (
            "The model whose finding is accepted.",
            "Its version; blank for every version.",
            "The column that the finding is about; blank for all.",
            "Why it is right as it stands.",
            "The last day on which it is accepted; blank for no end.",
        ),
        title="Accepted",
    ),
)
"""What Lists holds, from left to right with an empty column between."""

_PLATFORM = "platform"
"""The header of a column that people may add beside Location; no list lacks anything without it."""

_SAME_HEADERS = {
    "platforms": _PLATFORM,
    "locations": "location",
    "email": "e mail",
    "mail": "e mail",
    "data sources": "data source",
}
_NOT_ACTIVE = frozenset(("no", "n", "false", "0", "inactive", "left", "gone", "nein", "non", "not active", "former"))
_SEARCHED_ROWS = 200


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a block stands: row of its headers, columns by header (0-based), the row after its last."""

    row: int
    columns: tuple[int | None, ...]
    end: int


def parse_lists(grid: Grid | None, date_order: DateOrder = "ymd") -> Lists:
    """What the Lists tab says; no tab and an empty tab judge nothing.

    Never raises for any cell: what cannot be understood is a sentence in ``problems``.
    """
    if grid is None:
        return Lists()
    found = _find_blocks(grid)
    problems: list[str] = []
    return Lists(
        tab=grid.title,
        locations=_texts(grid, found.get("locations")),
        owners=tuple(_owners(grid, found.get("owners"))),
        data_sources=_texts(grid, found.get("data_sources")),
        accepted=tuple(_accepted(grid, found.get("accepted"), date_order, problems)),
        problems=tuple(problems),
        platforms=_platforms(grid, found),
    )


@dataclass(frozen=True, slots=True)
class Records:
    """What stands in a block: the columns of its headers (from 0, None where it lacks one) and its records' cells.

    ``free`` are the sheet rows (from 1) below its last record in which another can be written; ``open_end``: so are
    all rows below those.
    """

    columns: tuple[int | None, ...]
    records: tuple[tuple[Cell, ...], ...]
    free: range
    open_end: bool


def records_of(grid: Grid) -> dict[BlockName, Records]:
    """The blocks of a Lists tab as they stand."""
    return {name: _as_records(grid, found) for name, found in _find_blocks(grid).items()}


def _as_records(grid: Grid, found: _Found) -> Records:
    records = list(_records(grid, found))
    last = records[-1][0] if records else found.row + 1
    cells = tuple(cells for _, cells in records)
    return Records(found.columns, cells, range(last + 1, found.end + 1), found.end == len(grid.rows))


# Finding the blocks


def _find_blocks(grid: Grid) -> dict[BlockName, _Found]:
    """Each block by the first row that has its headers. Wide blocks are looked for first: they own their columns."""
    keys = [_header_keys(cells) for cells in grid.rows[:_SEARCHED_ROWS]]
    spent: set[tuple[int, int]] = set()
    heads: dict[BlockName, tuple[int, tuple[int | None, ...]]] = {}
    for block in sorted(LIST_BLOCKS, key=lambda block: -len(block.headers)):
        wanted = [header_key(header) for header in block.headers]
        for row, found in enumerate(keys):
            free = {at: key for at, key in found.items() if (row, at) not in spent and not _told(grid, row, at, heads)}
            columns = _place(wanted, free)
            if columns:
                heads[block.name] = (row, columns)
                spent |= {(row, at) for at in columns if at is not None}
                break
    return {name: _Found(row, columns, _end(grid, row, columns, heads)) for name, (row, columns) in heads.items()}


def _told(grid: Grid, row: int, at: int, heads: dict[BlockName, tuple[int, tuple[int | None, ...]]]) -> bool:
    """Whether a cell belongs to a record of a block above: 'Data source' under Accepted's Column is no header."""
    return any(
        head < row and at in columns and at != columns[0] and bool(_text(grid.rows[row][columns[0] or 0]))
        for head, columns in heads.values()
    )


def _header_keys(cells: Sequence[Cell]) -> dict[int, str]:
    keys = ((at, header_key(cell)) for at, cell in enumerate(cells) if isinstance(cell, str) and cell)
    return {at: _SAME_HEADERS.get(key, key) for at, key in keys if key}


def _place(wanted: Sequence[str], found: dict[int, str]) -> tuple[int | None, ...]:
    """The columns of a block's headers: its first one, and of the others at least half, to the right of it."""
    for first, key in sorted(found.items()):
        if key != wanted[0]:
            continue
        columns: list[int | None] = [first]
        for header in wanted[1:]:
            columns.append(next((at for at, key in sorted(found.items()) if at > first and key == header), None))
        missing = columns.count(None)
        if 2 * missing <= len(wanted) - 1:
            return tuple(columns)
    return ()


def _end(
    grid: Grid, row: int, columns: Sequence[int | None], heads: dict[BlockName, tuple[int, tuple[int | None, ...]]]
) -> int:
    """A block ends where another, or its title, begins below it in any of its columns."""
    mine = {at for at in columns if at is not None}
    below = [other - _titled(grid, other, others) for other, others in heads.values() if mine.intersection(others)]
    return min((end for end in below if end > row), default=len(grid.rows))


def _titled(grid: Grid, row: int, columns: Sequence[int | None]) -> bool:
    """Whether a block's title stands above its headers."""
    titles = {normalise(block.title) for block in LIST_BLOCKS if block.title}
    above = grid.rows[row - 1][columns[0] or 0] if row else ""
    return normalise(_text(above)) in titles


# Reading them


def _records(grid: Grid, found: _Found | None) -> Iterator[tuple[int, tuple[Cell, ...]]]:
    """(sheet row counted from 1, cells by header) of the rows in which anything stands."""
    if found is None:
        return
    head = _cells(grid, found, found.row)
    for at in range(found.row + 1, found.end):
        cells = _cells(grid, found, at)
        # 'Locations' above 'Location' is a title above the header: the header is no location.
        if any(_text(cell) for cell in cells) and not _same_header(cells[0], head[0]):
            yield at + 1, cells


def _cells(grid: Grid, found: _Found, at: int) -> tuple[Cell, ...]:
    return tuple("" if column is None else grid.rows[at][column] for column in found.columns)


def _same_header(cell: Cell, head: Cell) -> bool:
    return isinstance(cell, str) and cell != "" and _header_keys([cell]) == _header_keys([head])


def _text(cell: Cell) -> str:
    text = trimmed(cell) if isinstance(cell, str) else shown(cell)
    return "" if text in ERROR_TEXTS else text


def _texts(grid: Grid, found: _Found | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for _, cells in _records(grid, found) if (text := _text(cells[0]))))


def _platforms(grid: Grid, blocks: Mapping[BlockName, _Found]) -> dict[str, str]:
    """Location -> platform, by a column Platform to the right of Location that no list owns."""
    block = blocks.get("locations")
    if block is None:
        return {}
    location = block.columns[0] or 0
    heads = {name: (found.row, found.columns) for name, found in blocks.items()}
    owned = {at for found in blocks.values() if found.row == block.row for at in found.columns}
    keys = _header_keys(grid.rows[block.row])
    free = (at for at, key in sorted(keys.items()) if key == _PLATFORM and at > location and at not in owned)
    column = next((at for at in free if not _told(grid, block.row, at, heads)), None)
    if column is None:
        return {}
    end = min(block.end, _end(grid, block.row, (column,), heads))
    head, rows = grid.rows[block.row][location], grid.rows[block.row + 1 : end]
    said = [(_text(row[location]), _text(row[column])) for row in rows if not _same_header(row[location], head)]
    # Of a location that stands there twice, the first row counts.
    return {place: platform for place, platform in reversed(said) if place and platform}


def _owners(grid: Grid, found: _Found | None) -> Iterator[Owner]:
    for row, (name, email, active) in _records(grid, found):
        if _text(name) or _text(email):
            yield Owner(_text(name), _text(email), normalise(_text(active)) not in _NOT_ACTIVE, row)


def _accepted(grid: Grid, found: _Found | None, order: DateOrder, problems: list[str]) -> Iterator[Accepted]:
    if found is None:
        return
    for row, cells in _records(grid, found):
        name, version, header, why = map(_text, cells[:4])
        until = _until(cells[4], order, grid.date1904)
        if not name:
            cell = _address(found, row, 0)
            problems.append(f"{grid.title}!{cell}: say which model's finding is accepted; none is until then.")
        elif isinstance(until, str):
            problems.append(f"{grid.title}!{_address(found, row, 4)}: {until} The finding is not accepted until then.")
        else:
            yield Accepted(name, version, header, why, until, row)


def _address(found: _Found, row: int, header: int) -> str:
    """The cell of a record under a header; its first cell where the block lacks that column."""
    at = found.columns[header]
    return a1(row - 1, at if at is not None else found.columns[0] or 0)


def _until(cell: Cell, order: DateOrder, date1904: bool) -> date | str | None:
    """The last day, None for no end, or what is wrong with it."""
    text = _text(cell)
    if not text:
        return None
    day = read_date(cell, order, date1904)
    if not isinstance(day, DateTrouble):
        return day
    example = f", such as {day.suggestions[0]}" if day.suggestions else ", such as 2026-12-31"
    return f"'{text[:40]}' is not a date; write year-month-day{example}."
