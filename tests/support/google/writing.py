"""Values on their way into cells: how they are taken, where they go, what the answer counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.support.google.a1 import Box, beyond, box_of, resolve, shown
from tests.support.google.behaviours import behaves
from tests.support.google.cellvalues import raw, typed
from tests.support.google.errors import Refused, invalid_value, only
from tests.support.google.state import EMPTY, Cell, Json
from tests.support.google.values import Reading, value_range
from tests.support.google.work import Work

LIST_VALUE = "type.googleapis.com/google.protobuf.ListValue"


@dataclass(frozen=True)
class Entry:
    """How values are taken, and what the answer tells of them."""

    option: str
    told: bool = False
    reading: Reading = field(default_factory=Reading)

    def cell(self, work: Work, old: Cell, value: Any) -> Cell:
        """The cell with a value."""
        new = typed(old, value, work.book.locale, work.year) if self.option == "USER_ENTERED" else raw(old, value)
        return EMPTY if new == EMPTY else work.noted(new)


def entry(told: Callable[[str], Any]) -> Entry:
    """Read how values are to be taken. Raises Refused."""
    option = told("valueInputOption")
    if option not in ("RAW", "USER_ENTERED"):
        raise Refused(400, "'valueInputOption' is required but not specified")
    reading = Reading(
        told("responseValueRenderOption") or "FORMATTED_VALUE", told("responseDateTimeRenderOption") or "SERIAL_NUMBER"
    )
    wants = str(told("includeValuesInResponse") or "").lower() == "true"
    return Entry(option, wants, reading)


@behaves("recorded", "values.update", "values that are no list of lists are refused, with the field's path")
def _lines(values: Any, where: str) -> list[list[Any]]:
    if not isinstance(values, list):
        raise invalid_value(f"{where}.values", LIST_VALUE, json.dumps(values))
    for at, line in enumerate(values):
        if not isinstance(line, list):
            raise invalid_value(f"{where}.values[{at}]", LIST_VALUE, json.dumps(line))
    return values


def lines_of(body: Json, where: str = "data") -> list[list[Any]]:
    """The values of a ValueRange row by row. Raises Refused."""
    only(body, {"range", "majorDimension", "values"}, "ValueRange")
    lines = _lines([] if body.get("values") is None else body["values"], where)
    if body.get("majorDimension") == "COLUMNS":
        height = max((len(line) for line in lines), default=0)
        return [[line[row] if row < len(line) else None for line in lines] for row in range(height)]
    return lines


@dataclass(frozen=True)
class Written:
    """What was written: the box of the values, and the places in it that were set."""

    box: Box
    places: frozenset[tuple[int, int]]

    @behaves("recorded", "values.update", "null leaves a cell as it is; what is set is counted")
    def answer(self, work: Work, how: Entry, dimension: str, whole: Box | None = None) -> Json:
        """An UpdateValuesResponse without the id. The values told are those of ``whole``, if not of the written box."""
        counts = {
            "updatedRows": len({row for row, _ in self.places}),
            "updatedColumns": len({column for _, column in self.places}),
            "updatedCells": len(self.places),
        }
        answer = {"updatedRange": shown(self.box), **{name: count for name, count in counts.items() if count}}
        if how.told:
            reading = Reading(how.reading.render, how.reading.dates, dimension)
            answer["updatedData"] = value_range(work, whole or self.box, reading)
        return answer


@behaves(
    "documented", "values.update", "values beyond the range are refused; a range of one cell is only where to begin"
)
def write(work: Work, box: Box, lines: list[list[Any]], how: Entry) -> Written:
    """Set values from a box's corner. Raises Refused."""
    width = max((len(line) for line in lines), default=0)
    single = box.height == 1 and box.width == 1
    if not single and (len(lines) > box.height or width > box.width):
        raise _too_much(box, lines, width)
    box = box._replace(bottom=box.top + max(1, len(lines)), right=box.left + max(1, width))
    if box.bottom > box.sheet.row_count or box.right > box.sheet.column_count:
        raise beyond(box)
    work.check_protected(box)
    for row, line in enumerate(lines, box.top):
        olds = [box.sheet.cell(row, box.left + column) for column in range(len(line))]
        pairs = zip(olds, line, strict=True)
        cells = tuple(old if value is None else how.cell(work, old, value) for old, value in pairs)
        box.sheet.put_row(row, box.left, cells)
    return Written(box, frozenset(_set_places(box, lines)))


def _set_places(box: Box, lines: list[list[Any]]) -> list[tuple[int, int]]:
    return [
        (row, column)
        for row, line in enumerate(lines, box.top)
        for column, value in enumerate(line, box.left)
        if value is not None
    ]


def _too_much(box: Box, lines: list[list[Any]], width: int) -> Refused:
    what = f"row [{box.bottom + 1}]" if len(lines) > box.height else f"column [{box.left + width}]"
    return Refused(400, f"Requested writing within range [{shown(box)}], but tried writing to {what}")


def box_named(work: Work, text: str) -> Box:
    """The box that an A1 range names. Raises Refused."""
    return box_of(work.book, resolve(work.book, text))
