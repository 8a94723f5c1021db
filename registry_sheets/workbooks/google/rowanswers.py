"""What Google's answers to row edits say: are those the rows that were meant, and if not, what stood there before?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from registry_sheets.registry.identity import normalise
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.rowplan import RowPlan, typed_in

Moved = Mapping[int, int | None]
"""For columns that are written: where the heading that stands there now stood when it was read; None: nowhere."""


@dataclass(frozen=True)
class Held:
    """What stood in cells that were written and were not meant, by column.

    ``certain`` False: the row is none that was read, or a cell held what cannot be written back.
    """

    values: Mapping[int, Any]
    certain: bool = True


def moved_columns(there: Sequence[Any] | None, known: Sequence[Any], written: Iterable[int]) -> Moved | None:
    """How columns moved between the read and the write; None where none has, or where nobody knows the headings."""
    if there is None or list(there) == list(known):
        return None
    headed = {heading: at for at, heading in reversed(list(enumerate(known)))}
    return {at: headed.get(there[at]) if at < len(there) else None for at in written}


def held_before(
    plan: RowPlan, row: int, cells: Sequence[Any], written: Mapping[int, Any], moved: Moved | None
) -> Held | None:
    """What stood in the cells of a row that were ``written``, where it is not the row that was meant; None where it is.

    ``cells`` are what the row holds after the write.
    """
    if moved is not None:
        return _held(plan, row, {at: moved[at] for at in written})
    if not written or _is_meant(plan, row, cells, written):
        return None
    neighbour = _neighbour(plan, cells, written)
    if neighbour is None:
        return Held(_held(plan, row, {at: at for at in written}).values, certain=False)
    return _held(plan, neighbour, {at: at for at in written})


def _is_meant(plan: RowPlan, row: int, cells: Sequence[Any], written: Mapping[int, Any]) -> bool:
    if not plan.identity:
        before = _apart(plan.before(row), written)
        return before == _apart(cells, written) or _neighbour(plan, cells, written) is None
    new = plan.cells.get(row, {})
    wanted = [typed_in(new[at]) if at in new else _at(plan.before(row), at) for at in plan.identity]
    return [_at(cells, at) for at in plan.identity] == wanted


def _neighbour(plan: RowPlan, cells: Sequence[Any], written: Mapping[int, Any]) -> int | None:
    """The row as read that these cells are of: all alike apart from those that were written, else known by the same."""
    rows = list(enumerate(plan.tab.entered))
    apart = _apart(cells, written)
    alike = [at for at, known in rows if _apart(known, written) == apart]
    key = [_at(cells, at) for at in plan.identity]
    same = [at for at, known in rows if plan.identity and [_at(known, column) for column in plan.identity] == key]
    return next(iter((*alike, *same)), None)


def _held(plan: RowPlan, row: int, places: Mapping[int, int | None]) -> Held:
    """What a row held in cells, by the column in which each stands now."""
    before = plan.before(row)
    values = {at: _at(before, place) for at, place in places.items()}
    return Held(values, not any(_is_chip(plan, row, place) for place in places.values() if place is not None))


def _is_chip(plan: RowPlan, row: int, column: int) -> bool:
    """Whether a cell shows something into which nothing was typed: a chip, or what an array formula fills."""
    rows = plan.tab.rows
    cell = rows[row][column] if row < len(rows) and column < len(rows[row]) else {}
    return "userEnteredValue" not in cell and bool(cell.get("formattedValue"))


def _apart(cells: Sequence[Any], written: Iterable[int]) -> list[Any]:
    columns = set(written)
    left = ["" if column in columns else cell for column, cell in enumerate(cells)]
    return (reading.trimmed([left]) or [[]])[0]


def _at(cells: Sequence[Any], column: int | None) -> Any:
    return cells[column] if column is not None and column < len(cells) else ""


def doubled(plan: RowPlan, answer: Json) -> bool:
    """Whether a row that is known by the same cells as a new one came in between the read and the write."""
    if not plan.identity or not plan.rows:
        return False
    there = Counter(map(_key, zip_longest(*(_column_in(answer, column) for column in plan.identity), fillvalue="")))
    known = Counter(_key(_at(row, column) for column in plan.identity) for row in plan.tab.entered)
    ours = Counter(_key(typed_in(cells.get(column, "")) for column in plan.identity) for _, cells in plan.rows)
    return any(there[key] > known[key] + count for key, count in ours.items())


def _key(cells: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(normalise(cell) if isinstance(cell, str) else cell for cell in cells)


def _blocks(answer: Json) -> Iterable[Json]:
    for sheet in answer.get("updatedSpreadsheet", {}).get("sheets", ()):
        yield from sheet.get("data", ())


def _column_in(answer: Json, column: int) -> list[Any]:
    """What was typed into a column that an answer holds whole."""
    found: list[Any] = []
    for block in _blocks(answer):
        if block.get("startColumn", 0) == column and not block.get("startRow"):
            cells = reading.entered([row.get("values", ())[:1] for row in block.get("rowData", ())])
            found = max(found, [row[0] if row else "" for row in cells], key=len)
    return found


def rows_in(answer: Json) -> dict[int, list[Any]]:
    """What was typed into the whole rows that an answer holds, by row."""
    found: dict[int, list[Any]] = {}
    for block in _blocks(answer):
        if block.get("startColumn"):
            continue  # a column that was asked for besides
        for at, row in enumerate(block.get("rowData", ()), block.get("startRow", 0)):
            lines = reading.entered([row.get("values", ())])
            found[at] = max(found.get(at, []), lines[0] if lines else [], key=len)
    return found
