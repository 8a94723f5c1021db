"""What Google's JSON of a tab's cells means: typed values, formulas, errors, number formats.

Dates are serial numbers that only the number format tells apart from others; a failed formula has an errorValue. JSON
leaves out what is empty or zero, at the end of rows and inside of cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.registry.text import epoch
from registry_sheets.workbooks.base import PLAIN_FORMATS
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.tabs.formulas import same_formula
from registry_sheets.workbooks.google.transport.strange import whole_answer, whole_number

ERRORS: Mapping[str, str] = {
    "NULL_VALUE": "#NULL!",
    "DIVIDE_BY_ZERO": "#DIV/0!",
    "VALUE": "#VALUE!",
    "REF": "#REF!",
    "NAME": "#NAME?",
    "NUM": "#NUM!",
    "N_A": "#N/A",
}
"""ErrorType of the Sheets API -> what the cell shows; any other shows #ERROR!."""

_LOADING = "LOADING"
_DAY = timedelta(days=1)
_EPOCH = epoch(False)
_LAST_DAY = 2_958_466  # 9999-12-31 and one day


def rows_of(data: Sequence[Json]) -> list[list[Json]]:
    """The cells of a tab from A1, as Google's blocks of data give them; rows are as long as their last cell."""
    if len(data) == 1 and not data[0].get("startRow") and not data[0].get("startColumn"):
        return [row.get("values", []) for row in data[0].get("rowData", ())]
    rows: list[list[Json]] = []
    for block in data:
        first, left = whole_number(block.get("startRow", 0)), whole_number(block.get("startColumn", 0))
        for at, row in enumerate(block.get("rowData", ()), first):
            rows += [[] for _ in range(at + 1 - len(rows))]
            _put(rows[at], left, row.get("values", []))
    return rows


def _put(row: list[Json], left: int, cells: list[Json]) -> None:
    row += [{} for _ in range(left + len(cells) - len(row))]
    row[left : left + len(cells)] = cells


def grid_of(title: str, rows: Sequence[Sequence[Json]], hidden: bool = False) -> Grid:
    """The tab as plain values, all rows of one length."""
    errors: dict[Place, str] = {}
    loading: list[Place] = []
    texts: dict[str, str] = {}
    values = [_values(cells, row, errors, loading, texts) for row, cells in enumerate(rows)]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("no text")
    height = _height(values, errors, loading)
    width = max((len(row) for row in values[:height]), default=0)
    even = [[*row, *[""] * (width - len(row))] if len(row) < width else row for row in values[:height]]
    return Grid(title, even, errors, frozenset(loading), hidden=hidden)


def _height(values: Sequence[Sequence[Cell]], errors: Mapping[Place, str], loading: Sequence[Place]) -> int:
    """How many rows there are up to the last one with content."""
    odd = {row for row, _ in (*errors, *loading)}
    return next((at for at in range(len(values), 0, -1) if at - 1 in odd or any(c != "" for c in values[at - 1])), 0)


def _values(
    cells: Sequence[Json], row: int, errors: dict[Place, str], loading: list[Place], texts: dict[str, str]
) -> list[Cell]:
    """A row's values; equal texts are one object. Most cells are texts, so that nothing more is asked of those."""
    values: list[Cell] = []
    for column, cell in enumerate(cells):
        try:
            text = cell["effectiveValue"]["stringValue"]
        except KeyError:
            values.append(_other(cell, (row, column), errors, loading))
        else:
            values.append(texts.setdefault(text, text))
    return values


def _other(cell: Json, place: Place, errors: dict[Place, str], loading: list[Place]) -> Cell:
    """The value of a cell that is no text."""
    effective = cell.get("effectiveValue")
    if effective is None:
        # A smart chip has no value of its own, only what it shows.
        return str(cell.get("formattedValue", ""))
    number = effective.get("numberValue")
    if number is not None:
        form = cell.get("effectiveFormat")
        return typed(number, form["numberFormat"]) if form and "numberFormat" in form else float(number)
    if "boolValue" in effective:
        return bool(effective["boolValue"])
    if "errorValue" in effective:
        _note_error(effective["errorValue"], place, errors, loading)
        return ""
    return _left_out(str(cell.get("formattedValue", "")), cell)


def _note_error(error: Json, place: Place, errors: dict[Place, str], loading: list[Place]) -> None:
    kind = str(error.get("type", ""))
    if kind == _LOADING:
        loading.append(place)
    else:
        errors[place] = ERRORS.get(kind, "#ERROR!")


def _left_out(shown: str, cell: Json) -> Cell:
    """A value that JSON left out: zero, or FALSE; '' where the cell shows nothing."""
    if shown.upper() == "FALSE":
        return False
    return typed(0, cell.get("effectiveFormat", {}).get("numberFormat", {})) if shown else ""


def typed(number: float, form: Mapping[str, Any]) -> Cell:
    """A number as its number format (NumberFormat of the Sheets API) makes it: a day, a moment, a time, a duration.

    Days are counted from 1899-12-30. A number that no calendar has stays one.
    """
    kind = form.get("type")
    if kind == "TIME":
        return _time(number, str(form.get("pattern", "")))
    if kind not in ("DATE", "DATE_TIME") or not -_EPOCH.toordinal() < number < _LAST_DAY:
        return float(number)
    whole = number == int(number)
    if kind == "DATE" and whole:
        return date.fromordinal(_EPOCH.toordinal() + int(number))
    return _EPOCH + timedelta(milliseconds=round(number * 86_400_000))


def _time(number: float, pattern: str) -> Cell:
    if not -_LAST_DAY < number < _LAST_DAY:
        return float(number)
    span = timedelta(milliseconds=round(number * 86_400_000))
    if "[" in pattern or not timedelta(0) <= span < _DAY:
        return span
    return (datetime.min + span).time() if span else time(0)


def formulas_of(rows: Iterable[Sequence[Json]]) -> dict[Place, str]:
    """Where formulas stand, with their text without '='."""
    return {
        (row, column): str(cell["userEnteredValue"]["formulaValue"]).removeprefix("=")
        for row, cells in enumerate(rows)
        for column, cell in enumerate(cells)
        if "formulaValue" in cell.get("userEnteredValue", ())
    }


def formatted(rows: Iterable[Sequence[Json]]) -> Iterator[Place]:
    """Where a number format shows numbers otherwise than by their digits."""
    with whole_answer():
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                form = cell.get("effectiveFormat", {}).get("numberFormat")
                if form and form.get("type") != "TEXT" and form.get("pattern", "General") not in PLAIN_FORMATS:
                    yield row, column


Spans = tuple[int, int, int | None, int, int | None]


def spans(range_: Json) -> Spans:
    """(sheet id, top, bottom, left, right) of a GridRange, from 0, ends excluded; None where it runs to the end."""
    starts = [whole_number(range_.get(f"start{one}Index", 0)) for one in ("Row", "Column")]
    ends = [range_.get(f"end{one}Index") for one in ("Row", "Column")]
    bottom, right = (None if end is None else whole_number(end) for end in ends)
    return whole_number(range_.get("sheetId", 0), 2**31 - 1), starts[0], bottom, starts[1], right


def covered(merges: Iterable[Json]) -> Iterator[Place]:
    """The cells under merged ones, all but the first of each (GridRange of the Sheets API)."""
    for merge in merges:
        top, left = int(merge.get("startRowIndex", 0)), int(merge.get("startColumnIndex", 0))
        bottom, right = int(merge.get("endRowIndex") or top), int(merge.get("endColumnIndex") or left)
        for row in range(top, bottom):
            for column in range(left, right):
                if (row, column) != (top, left):
                    yield row, column


class Formula(str):
    """A formula with its '='; a text may begin with '=' too."""

    __slots__ = ()


def entered(rows: Iterable[Sequence[Json]]) -> list[list[Any]]:
    """What was typed into each cell: a text, a Formula, a number, a bool or '', without blank ends.

    It is what the values of the Sheets API hold when they are asked for as FORMULA with serial numbers, and it does not
    move when formulas are worked out anew.
    """
    return [[_typed_in(value) for value in row] for row in as_entered(rows)]


def as_entered(rows: Iterable[Sequence[Json]]) -> list[list[Json | None]]:
    """The ExtendedValue that was typed into each cell, None for a blank one, without blank ends."""
    found = [[cell.get("userEnteredValue") for cell in row] for row in rows]
    for row in found:
        while row and row[-1] is None:
            row.pop()
    while found and not found[-1]:
        found.pop()
    return found


def same(ours: Any, theirs: Any) -> bool:
    """Whether two cells, as entered() tells them, hold the same; formulas may be laid out otherwise."""
    if isinstance(ours, Formula) or isinstance(theirs, Formula):
        return type(ours) is type(theirs) and same_formula(ours, theirs)
    return bool(ours == theirs) and isinstance(ours, bool) == isinstance(theirs, bool)


def trimmed(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    """Rows of plain values without blank ends; None is blank."""
    found = [_trimmed(["" if value is None else value for value in row]) for row in rows]
    while found and not found[-1]:
        found.pop()
    return found


def _typed_in(value: Json | None) -> Any:
    if not value:
        return "" if value is None else 0  # JSON leaves out zeros
    kind, typed_in = next(iter(value.items()))
    return Formula(typed_in) if kind == "formulaValue" else typed_in


def _trimmed(row: list[Any]) -> list[Any]:
    while row and row[-1] == "" and isinstance(row[-1], str):
        row.pop()
    return row


def with_texts(grid: Grid, beginning: str, change: Callable[[str], str]) -> Grid:
    """The grid with each text changed that begins so."""
    rows = [
        [change(cell) if isinstance(cell, str) and cell.startswith(beginning) else cell for cell in row]
        for row in grid.rows
    ]
    return Grid(grid.title, rows, grid.errors, grid.uncached, hidden=grid.hidden)
