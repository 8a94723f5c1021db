"""Where values.append finds its table."""

from __future__ import annotations

from tests.support.google.a1 import Box
from tests.support.google.behaviours import behaves
from tests.support.google.state import Sheet


@behaves(
    "recorded", "values.append", "a table is a block of filled cells; of several that the range touches, the last one"
)
@behaves("assumed", "values.append", "filled cells belong together where they touch, at corners too")
def table_at(box: Box) -> Box | None:
    """The last block of filled cells that a range touches; None where there is none."""
    seen: set[tuple[int, int]] = set()
    found: list[Box] = []
    for row in range(box.top, min(box.bottom, len(box.sheet.rows))):
        for column in range(box.left, min(box.right, len(box.sheet.rows[row]))):
            if _filled(box.sheet, row, column) and (row, column) not in seen:
                found.append(_block(box.sheet, row, column, seen))
    return max(found, key=lambda one: (one.bottom, one.left)) if found else None


def _filled(sheet: Sheet, row: int, column: int) -> bool:
    return row >= 0 and column >= 0 and sheet.cell(row, column).effective is not None


def _block(sheet: Sheet, row: int, column: int, seen: set[tuple[int, int]]) -> Box:
    waiting, block = [(row, column)], {(row, column)}
    while waiting:
        at, beside = waiting.pop()
        near = {(at + down, beside + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} - block
        for place in near:
            if _filled(sheet, *place):
                block.add(place)
                waiting.append(place)
    seen |= block
    rows, columns = [place[0] for place in block], [place[1] for place in block]
    return Box(sheet, min(rows), max(rows) + 1, min(columns), max(columns) + 1)
