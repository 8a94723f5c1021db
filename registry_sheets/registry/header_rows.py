"""A row read as a header, before it is settled whether it is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.header_words import Words, header_key, metric_of
from registry_sheets.registry.text import shown

FEWEST = 2
"""So many columns must be known by their header for a row to be taken as the header."""


@dataclass(frozen=True, slots=True)
class HeaderRow:
    """One row read as a header: cells' keys by column, the fields they name for certain, perhaps."""

    index: int
    keys: Mapping[int, str]
    certain: Mapping[str, tuple[int, ...]]
    perhaps: int
    metrics: int = 0


def read_row(index: int, cells: Sequence[Cell], words: Words) -> HeaderRow:
    keys = {at: key for at, cell in enumerate(cells) if isinstance(cell, str) and cell and (key := header_key(cell))}
    certain: dict[str, tuple[int, ...]] = {}
    for at, key in keys.items():
        if name := words.certain.get(key):
            certain[name] = (*certain.get(name, ()), at)
    perhaps = sum(key in words.doubtful for key in keys.values())
    metrics = sum(metric_of(cell) is not None for cell in cells if isinstance(cell, str))
    return HeaderRow(index, keys, certain, perhaps, metrics)


def label(grid: Grid, row: HeaderRow, at: int) -> str:
    return shown(grid.rows[row.index][at])
