"""GridRange objects: how they meet, and how they move when rows or columns come and go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.support.google.state import Book, Json, Sheet

ENDS = {"ROWS": ("startRowIndex", "endRowIndex"), "COLUMNS": ("startColumnIndex", "endColumnIndex")}
Shift = Callable[[int | None, int | None], tuple[int | None, int | None] | None]
"""Where a stretch (start, end; None for open) goes; None where it is gone."""


def inserted(at: int, count: int) -> Shift:
    """What an insertion does to a stretch."""

    def shift(start: int | None, end: int | None) -> tuple[int | None, int | None]:
        moved = start + count if start is not None and start >= at else start
        return moved, end + count if end is not None and end > at else end

    return shift


def deleted(first: int, last: int) -> Shift:
    """What deleting from ``first`` up to ``last`` (excluded) does to a stretch."""

    def moved(position: int | None) -> int | None:
        return position if position is None or position <= first else max(first, position - (last - first))

    def shift(start: int | None, end: int | None) -> tuple[int | None, int | None] | None:
        new = moved(start), moved(end)
        return None if new[1] is not None and (new[0] or 0) >= new[1] else new

    return shift


def shifted(grid_range: Json, sheet: Sheet, dimension: str, shift: Shift) -> Json | None:
    """A range after rows or columns of a tab moved; None where it is gone."""
    if (grid_range.get("sheetId") or 0) != sheet.id:
        return grid_range
    first, last = ENDS[dimension]
    new = shift(grid_range.get(first), grid_range.get(last))
    if new is None:
        return None
    ends = {name: value for name, value in zip((first, last), new, strict=True) if value is not None}
    return {**{name: value for name, value in grid_range.items() if name not in (first, last)}, **ends}


def move_ranges(book: Book, sheet: Sheet, dimension: str, shift: Shift) -> None:
    """Move everything that stands on rows or columns of a tab, dropping what is gone."""

    def moved(holders: list[Json]) -> list[Json]:
        return [kept for one in holders if (kept := _holder(one, sheet, dimension, shift)) is not None]

    for one in book.sheets:
        one.merges = [kept for each in one.merges if (kept := shifted(each, sheet, dimension, shift)) is not None]
        one.protected, one.banded, one.tables = moved(one.protected), moved(one.banded), moved(one.tables)
        one.conditional = [kept for each in one.conditional if (kept := _rule(each, sheet, dimension, shift))]
        one.basic_filter = _holder(one.basic_filter, sheet, dimension, shift) if one.basic_filter else None
    book.named = moved(book.named)
    book.metadata = [kept for one in book.metadata if (kept := _metadata(one, sheet, dimension, shift))]
    sheet.groups[dimension] = [kept for one in sheet.groups[dimension] if (kept := _stretch(one, shift))]
    sheet.lines[dimension] = dict(_lines(sheet.lines[dimension], shift))


def _holder(holder: Json, sheet: Sheet, dimension: str, shift: Shift) -> Json | None:
    if "range" not in holder:
        return holder
    new = shifted(holder["range"], sheet, dimension, shift)
    return None if new is None else {**holder, "range": new}


def _rule(rule: Json, sheet: Sheet, dimension: str, shift: Shift) -> Json | None:
    kept = [new for one in rule["ranges"] if (new := shifted(one, sheet, dimension, shift)) is not None]
    return {**rule, "ranges": kept} if kept else None


def _metadata(one: Json, sheet: Sheet, dimension: str, shift: Shift) -> Json | None:
    where = one["location"].get("dimensionRange")
    if not where or (where.get("sheetId") or 0) != sheet.id or where["dimension"] != dimension:
        return one
    new = shift(where["startIndex"], where["endIndex"])
    if new is None:
        return None
    start, end = new
    return {**one, "location": {**one["location"], "dimensionRange": {**where, "startIndex": start, "endIndex": end}}}


def _stretch(group: Json, shift: Shift) -> Json | None:
    new = shift(group["range"]["startIndex"], group["range"]["endIndex"])
    return {**group, "range": {**group["range"], "startIndex": new[0], "endIndex": new[1]}} if new else None


def _lines(lines: dict[int, Json], shift: Shift) -> Iterator[tuple[int, Json]]:
    for at, properties in lines.items():
        new = shift(at, at + 1)
        if new is not None and new[0] is not None:
            yield new[0], properties


def overlap(one: Any, other: Any) -> bool:
    """Whether two boxes of a1.Box share a cell."""
    return bool(
        one.sheet.id == other.sheet.id
        and one.top < other.bottom
        and other.top < one.bottom
        and one.left < other.right
        and other.left < one.right
    )
