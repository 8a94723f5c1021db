"""spreadsheets.values: reading plain values, by A1 range or by data filter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.google.a1 import Box, box_of, clipped, resolve, shown
from tests.support.google.asked import Asked
from tests.support.google.batch.metadata import places
from tests.support.google.behaviours import behaves
from tests.support.google.cellvalues import Error, unwrapped
from tests.support.google.errors import Refused, only
from tests.support.google.fieldmask import cut, parse
from tests.support.google.formats import DATE_KINDS, formatted
from tests.support.google.state import Cell, Json
from tests.support.google.work import Work

RENDERS = frozenset(("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA"))


@dataclass(frozen=True)
class Reading:
    """How values are to be shown."""

    render: str = "FORMATTED_VALUE"
    dates: str = "SERIAL_NUMBER"
    dimension: str = "ROWS"

    @behaves(
        "recorded",
        "valueRenderOption",
        "FORMULA shows dates as numbers; FORMATTED_STRING shows dates in UNFORMATTED_VALUE",
    )
    def value(self, cell: Cell, locale: str) -> Any:
        """A cell's value; '' for an empty one."""
        if self.render == "FORMULA" and cell.formula:
            return cell.formula
        if cell.chip:
            return cell.chip
        date = self.dates == "FORMATTED_STRING" and cell.number_format.get("type") in DATE_KINDS
        inner = unwrapped(cell.effective)
        if self.render == "FORMATTED_VALUE" or date or isinstance(inner, Error):
            return formatted(cell.effective, cell.number_format, locale) or ""
        return "" if inner is None else inner


def _reading(told: Callable[[str], str]) -> Reading:
    reading = Reading(
        told("valueRenderOption") or "FORMATTED_VALUE",
        told("dateTimeRenderOption") or "SERIAL_NUMBER",
        told("majorDimension") or "ROWS",
    )
    if reading.render not in RENDERS:
        raise Refused(400, f"Invalid value at 'value_render_option': {reading.render}")
    return reading


@behaves(
    "recorded", "values.get", "the range of the answer is cut at the grid; trailing empty cells and rows are left out"
)
def value_range(work: Work, box: Box, reading: Reading) -> Json:
    """The values of a box as a ValueRange."""
    box = clipped(box)
    last = min(box.bottom, len(box.sheet.rows))
    rows = [
        [reading.value(cell, work.book.locale) for cell in box.sheet.rows[row][box.left : box.right]]
        for row in range(box.top, last)
    ]
    if reading.dimension == "COLUMNS":
        width = max((len(row) for row in rows), default=0)
        rows = [[row[at] if at < len(row) else "" for row in rows] for at in range(width)]
    lines = trimmed(rows)
    return {"range": shown(box), "majorDimension": reading.dimension, **({"values": lines} if lines else {})}


def trimmed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Without what is empty at the end of rows and of all."""
    lines = []
    for row in rows:
        end = len(row)
        while end and row[end - 1] == "" and isinstance(row[end - 1], str):
            end -= 1
        lines.append(list(row[:end]))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def get(asked: Asked, spreadsheet: str, text: str) -> Json:
    asked.only("valueRenderOption", "dateTimeRenderOption", "majorDimension", "fields")
    work = asked.reading(spreadsheet)
    return masked(asked, value_range(work, box_of(work.book, resolve(work.book, text)), _reading(asked.one)))


def masked(asked: Asked, answer: Json) -> Json:
    return dict(cut(answer, parse(asked.one("fields")))) if asked.one("fields") else answer


def batch_get(asked: Asked, spreadsheet: str) -> Json:
    asked.only("ranges", "valueRenderOption", "dateTimeRenderOption", "majorDimension", "fields")
    work, reading = asked.reading(spreadsheet), _reading(asked.one)
    boxes = [box_of(work.book, resolve(work.book, text)) for text in asked.every("ranges")]
    found = [value_range(work, box, reading) for box in boxes]
    return masked(asked, {"spreadsheetId": spreadsheet, **({"valueRanges": found} if found else {})})


@behaves("assumed", "values.batchGetByDataFilter", "a filter that finds nothing adds nothing to the answer")
def batch_get_by_filter(asked: Asked, spreadsheet: str) -> Json:
    asked.only("fields")
    body = asked.body()
    only(body, {"dataFilters", "majorDimension", "valueRenderOption", "dateTimeRenderOption"}, "batchGetByDataFilter")
    work, reading = asked.reading(spreadsheet), _reading(lambda name: body.get(name) or "")
    found = []
    for one in body.get("dataFilters") or ():
        for place in places(work.book, one):
            told = value_range(work, box_of(work.book, place), reading)
            found.append({"valueRange": told, "dataFilters": [one]})
    return masked(asked, {"spreadsheetId": spreadsheet, **({"valueRanges": found} if found else {})})
