"""Rows with a cell for each of several things, fitted to the terminal: wrapped, cut, in several blocks if need be."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from registry_sheets.cli.findings_output import Paint
from registry_sheets.registry.text import terminal_safe

_GAP = "  "
_LONGEST_LABEL = 20
_NARROWEST = 13
"""A column holds a date and a sign at least; where there is less room, the columns are shown in several blocks."""
_MOST_LINES = 4


@dataclass(frozen=True, slots=True)
class Screen:
    """Where it is shown. ``width`` 0: a pipe, where nothing is wrapped or cut."""

    paint: Paint
    width: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: a cell for each column, some of them bold."""

    label: str
    cells: Sequence[str]
    bold: Sequence[int] = ()

    def part(self, places: Sequence[int]) -> Row:
        """Only these columns."""
        return Row(self.label, [self.cells[at] for at in places], [n for n, at in enumerate(places) if at in self.bold])


def side_by_side(headings: Sequence[str], rows: Sequence[Row], screen: Screen) -> Iterator[str]:
    """The rows under their headings, line by line; an empty line before each block."""
    shown = [_safe(row) for row in rows]
    heading = _safe(Row("", headings, range(len(headings))))
    label = min(_LONGEST_LABEL, max((len(row.label) for row in shown), default=0))
    for places in _split(len(headings), label, screen.width):
        block = [row.part(places) for row in (heading, *shown)]
        widths = _widths(block, label, screen.width)
        yield ""
        for row in block:
            yield from _row_lines(row, widths, screen.paint)


def _safe(row: Row) -> Row:
    return Row(terminal_safe(row.label), list(map(terminal_safe, row.cells)), row.bold)


def _split(count: int, label: int, width: int) -> Iterator[range]:
    """The places of the columns in each block; blocks are as even as they can be."""
    fit = max(1, (width - label) // (_NARROWEST + len(_GAP))) if width else count
    blocks = -(-count // fit)
    each = -(-count // blocks)
    return (range(start, min(start + each, count)) for start in range(0, count, each))


def _widths(rows: Sequence[Row], label: int, width: int) -> list[int]:
    """Of the label and each column: what it needs, or its share of the terminal where all need more than there is."""
    needed = [max(map(len, column)) for column in zip(*(row.cells for row in rows), strict=True)]
    room = width - label - len(_GAP) * len(needed)
    if not width:
        label = max(len(row.label) for row in rows)
    elif sum(needed) > room:
        needed = _shared(needed, room)
    return [label, *needed]


def _shared(needed: Sequence[int], room: int) -> list[int]:
    """The room, evenly; what a column does not need goes to the others."""
    widths = dict.fromkeys(range(len(needed)), 0)
    for left, place in zip(range(len(needed), 0, -1), sorted(widths, key=needed.__getitem__), strict=True):
        widths[place] = max(1, min(needed[place], room // left))
        room -= widths[place]
    return list(widths.values())


def _row_lines(row: Row, widths: Sequence[int], paint: Paint) -> Iterator[str]:
    texts = (row.label, *row.cells)
    columns = [_wrapped(text, width) for text, width in zip(texts, widths, strict=True)]
    bold = {at + 1 for at in row.bold}
    for parts in zip_longest(*columns, fillvalue=""):
        padded = [part.ljust(width) for part, width in zip(parts, widths, strict=True)]
        last = max((at for at, part in enumerate(parts) if part), default=0)
        shown = [
            paint.bold(cell.rstrip()) + cell[len(cell.rstrip()) :] if at in bold else cell
            for at, cell in enumerate(padded[: last + 1])
        ]
        yield _GAP.join(shown).rstrip()


def _wrapped(text: str, width: int) -> list[str]:
    """The text in lines of the width, and '…' where there are more of them than one cares to read."""
    lines = textwrap.wrap(text, max(width, 1), break_on_hyphens=False)
    if len(lines) <= _MOST_LINES:
        return lines or [""]
    return [*lines[: _MOST_LINES - 1], f"{lines[_MOST_LINES - 1][: max(width - 1, 0)]}…"]
