"""A tab's cells as CellData: what stands in them and how they look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from math import isfinite

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.mark_keys import PREFIX
from registry_sheets.registry.sheets import OWN_KINDS, Sheet, SheetCell, Style
from registry_sheets.registry.text import xml_safe
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.tabs.formulas import Dialect, cell_formula
from registry_sheets.workbooks.google.tabs.links import Link, to_gid_link
from registry_sheets.workbooks.google.tabs.looks import cell_format, format_key
from registry_sheets.workbooks.google.tabs.ranges import place

VALUE, LOOK, NOTE = "userEnteredValue", "userEnteredFormat", "note"
TEXT_LIMIT = 50_000
"""The characters that a cell holds (documented); counted in UTF-16 units here, which is never too many."""

_EPOCH = datetime(1899, 12, 30)
_DAY = timedelta(days=1)


def serial(value: date | time | timedelta) -> float:
    """The serial number of a date, a time of day or a duration: days since 30 December 1899 (documented).

    Google counts no 29 February 1900, unlike Excel, so days before March 1900 have another number there.
    """
    if isinstance(value, timedelta):
        return value / _DAY
    if isinstance(value, time):
        value = datetime.combine(_EPOCH, value)
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)
    return (moment.replace(tzinfo=None) - _EPOCH) / _DAY


def fitted(text: str) -> str:
    """Text as a cell can hold it and gives it back: no control characters, \\n line breaks, 50,000 long."""
    kept = xml_safe(text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text)
    if len(kept) <= TEXT_LIMIT // 2:
        return kept
    units = kept.encode("utf-16-le")
    if len(units) <= 2 * TEXT_LIMIT:
        return kept
    return units[: 2 * (TEXT_LIMIT - 1)].decode("utf-16-le", "ignore") + "…"


def entered(value: Cell) -> Json:
    """The ExtendedValue of a value; {} for a blank one. Text is never parsed; what is no finite number is text."""
    if isinstance(value, str):
        text = fitted(value)
        return {"stringValue": text} if text else {}
    if isinstance(value, bool):
        return {"boolValue": value}
    number = value if isinstance(value, (int, float)) else serial(value)
    return {"numberValue": number} if _finite(number) else {"stringValue": str(number)}


def _finite(number: float) -> bool:
    """Whether it is a number that fits a double."""
    try:
        return isfinite(number)
    except OverflowError:
        return False


def row_data(sheet: Sheet, dialect: Dialect, link: Link, *, notes: bool = False) -> list[Json]:
    """The RowData of a tab from A1 on, each as long as its last cell.

    Blank cells below the frozen rows have the look of their column. ``notes``: with the sheet's notes.
    """
    maker = _Cells(sheet, dialect, link)
    rows = [{"values": maker.row(number)} if cells else {} for number, cells in enumerate(sheet.rows)]
    for address, text in (sheet.notes if notes else {}).items():
        row, column = place(address)
        rows += [{} for _ in range(row + 1 - len(rows))]
        values = rows[row].setdefault("values", [])
        values += [{} for _ in range(column + 1 - len(values))]
        values[column] = {**values[column], NOTE: fitted(text)}
    return rows


class _Cells:
    """Makes the CellData of one tab. Looks are made once and shared."""

    def __init__(self, sheet: Sheet, dialect: Dialect, link: Link) -> None:
        self._sheet, self._dialect, self._link = sheet, dialect, link
        self._looks: dict[tuple[Style, str], Json] = {}
        columns = range(max((len(row) for row in sheet.rows), default=0))
        hidden = sheet.hidden_columns if sheet.kind == "findings" else frozenset()
        self._values: list[Callable[[Cell], Json]] = [self._hidden if c in hidden else entered for c in columns]
        self._blanks: list[Json] = [self._dressed({}, sheet.column_styles.get(c, "plain"), "") for c in columns]

    def row(self, number: int) -> list[Json]:
        body = number >= self._sheet.frozen_rows
        values, blanks = self._values, self._blanks
        return [
            blanks[column] if body and _blank(cell) else self._cell(cell, values[column])
            for column, cell in enumerate(self._sheet.rows[number])
        ]

    def _cell(self, cell: SheetCell, value: Callable[[Cell], Json]) -> Json:
        if cell.formula is not None:
            ours = self._sheet.kind in OWN_KINDS or PREFIX in cell.formula
            written: Json = {"formulaValue": cell_formula(cell.formula, self._dialect, self._link, ours=ours)}
        elif cell.error:
            written = {"formulaValue": f"={cell.value}"}  # the error's name is the formula that fails so
        else:
            written = value(cell.value)
        return self._dressed(written, cell.style, cell.value)

    def _dressed(self, written: Json, style: Style, value: Cell) -> Json:
        key = format_key(style, value)
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = cell_format(style, value)
        found: Json = {VALUE: written} if written else {}
        if look:
            found[LOOK] = look
        return found

    def _hidden(self, value: Cell) -> Json:
        """What Findings keeps out of sight; the beginnings of links are Google's."""
        return entered(to_gid_link(value, self._link) if isinstance(value, str) else value)


def _blank(cell: SheetCell) -> bool:
    return cell.value == "" and cell.style == "plain" and cell.formula is None


def extent(sheet: Sheet) -> tuple[int, int]:
    """(rows, columns) that a tab needs at least: its cells, notes, widths, and a row and a column not frozen."""
    places = [place(address) for address in sheet.notes]
    rows = max([len(sheet.rows), sheet.frozen_rows + 1, *(row + 1 for row, _ in places)])
    known: Mapping[int, object] = {**sheet.widths, **sheet.column_styles, **dict.fromkeys(sheet.hidden_columns)}
    widest = max((len(row) for row in sheet.rows), default=0)
    return rows, max([widest, sheet.frozen_columns + 1, *(c + 1 for c in known), *(c + 1 for _, c in places)])
