"""Entries of another Lists tab that a registry's lacks, and where they go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry_sheets.operations.looking import LISTS_TITLE, Terms
from registry_sheets.registry.edits.values import same
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.lists import LIST_BLOCKS, ListBlock, Records, records_of
from registry_sheets.registry.text import shown
from registry_sheets.workbooks.base import SetCell, Snapshot

_KEYS = {"locations": 1, "owners": 1, "data_sources": 1, "accepted": 3}
"""By how many of its cells, from the left, a record of a block is known."""


@dataclass(frozen=True)
class Entry:
    """A record that is missing, or that is there otherwise (then ``there`` is what the registry has).

    ``row`` is where it goes, from 1; 0 where it does not.
    """

    block: str
    cells: tuple[Cell, ...]
    columns: tuple[int | None, ...]
    row: int = 0
    there: tuple[Cell, ...] = ()

    @property
    def headers(self) -> Sequence[str]:
        return next(block.headers for block in LIST_BLOCKS if block.name == self.block)


@dataclass(frozen=True)
class ListsCompared:
    """``tab`` is the registry's Lists tab, '' where it has none."""

    tab: str
    missing: tuple[Entry, ...] = ()
    otherwise: tuple[Entry, ...] = ()
    notices: tuple[str, ...] = ()

    def edits(self) -> list[SetCell]:
        """What adds the missing ones: blank cells are filled, and no other."""
        return [
            SetCell(entry.row - 1, column, cell, expected="")
            for entry in self.missing
            for column, cell in zip(entry.columns, entry.cells, strict=True)
            if column is not None and cell != ""
        ]


def compare_lists(snapshot: Snapshot, terms: Terms, theirs: Grid | None) -> ListsCompared:
    """Hold another Lists tab against a registry's."""
    wanted = (terms.lists_tab or LISTS_TITLE).casefold()
    title = next((title for title in snapshot.titles if title.casefold() == wanted), "")
    incoming = records_of(theirs) if theirs else {}
    if not any(records.records for records in incoming.values()):
        return ListsCompared(title)
    if not title:
        return ListsCompared("", notices=("This registry has no tab Lists, so the other's entries are left out.",))
    mine = records_of(snapshot.grid(title))
    missing: list[Entry] = []
    otherwise: list[Entry] = []
    notices: list[str] = []
    for block in LIST_BLOCKS:
        their, own = incoming.get(block.name), mine.get(block.name)
        if their is None or not their.records:
            continue
        if own is None:
            notices.append(f"'{title}' has no list headed {block.headers[0]}, so the other's entries are left out.")
            continue
        new, other = _compared(block, own, their)
        placed = list(_placed(new, own))
        missing += placed
        otherwise += other
        if len(placed) < len(new):
            notices.append(f"No room for {len(new) - len(placed)} entries under {block.headers[0]}; make some there.")
    return ListsCompared(title, tuple(missing), tuple(otherwise), tuple(notices))


def _compared(block: ListBlock, own: Records, their: Records) -> tuple[list[Entry], list[Entry]]:
    there = {_key(block, cells): cells for cells in reversed(own.records)}
    new: list[Entry] = []
    otherwise: list[Entry] = []
    for cells in their.records:
        found = there.setdefault(_key(block, cells), cells)
        if found is cells:
            new.append(Entry(block.name, cells, own.columns))
        elif not all(_alike(one, other) for one, other in zip(found, cells, strict=True)):
            otherwise.append(Entry(block.name, cells, own.columns, there=found))
    return new, otherwise


def _key(block: ListBlock, cells: Sequence[Cell]) -> tuple[str, ...]:
    found = tuple(normalise(shown(cell)) for cell in cells[: _KEYS[block.name]])
    return found if any(found) else tuple(normalise(shown(cell)) for cell in cells)


def _alike(one: Cell, other: Cell) -> bool:
    return other == "" or same(one, other) or normalise(shown(one)) == normalise(shown(other))


def _placed(new: Sequence[Entry], own: Records) -> Iterator[Entry]:
    """Where each goes: below the last record, as far as there is room."""
    for at, entry in enumerate(new):
        row = own.free.start + at
        if row in own.free or own.open_end:
            yield Entry(entry.block, entry.cells, entry.columns, row)
