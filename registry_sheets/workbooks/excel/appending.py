"""Where a new row goes, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from registry_sheets.errors import WriteRefused
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import a1
from registry_sheets.workbooks.base import AppendRow
from registry_sheets.workbooks.excel.cells import CellReader
from registry_sheets.workbooks.excel.filling import row_formulas, shifted
from registry_sheets.workbooks.excel.rowwriter import RowPlan
from registry_sheets.workbooks.excel.splice import RowSpan, SheetScan
from registry_sheets.workbooks.excel.tables import Table

_OURS = "_registry_sheets."
_TOTALS = ("total", "sum", "subtotal", "grand total", "average", "gesamt", "summe", "notes", "note", "source", "*")


@dataclass(frozen=True, slots=True)
class Target:
    """Where rows are to be appended.

    ``columns`` tell where the rows end (empty: nothing is appended); ``filled`` are those that the new rows fill,
    all from 0; ``table`` is the one that they are in.
    """

    columns: frozenset[int] = frozenset()
    table: Table | None = None
    filled: frozenset[int] = frozenset()

    @property
    def limit(self) -> int | None:
        """The last row (from 1) of the table, totals left out."""
        return None if self.table is None else self.table.bottom + 1 - self.table.totals_rows


@dataclass
class Appended:
    """The new rows' numbers (from 1), where they go if they are not there, and by how much the table grows."""

    rows: list[int] = field(default_factory=list)
    gaps: dict[int, int] = field(default_factory=dict)
    table: Table | None = None
    growth: int = 0


def append_target(appends: Sequence[AppendRow], tables: Iterable[Table]) -> Target:
    """Which columns are filled, and in which table of the sheet they lie. Raises WriteRefused at a totals row."""
    filled = frozenset(column for edit in appends for column in edit.values)
    if not filled:
        return Target()
    around = [table for table in tables if any(table.left <= column <= table.right for column in filled)]
    table = around[0] if around else None
    if table is not None and table.totals_rows:
        raise WriteRefused(
            f"The table '{table.name}' ends with a totals row, so no row is added below it.",
            "Turn the totals row off under Table Design, then try again.",
        )
    counted = frozenset(column for edit in appends for column in edit.columns)
    if table is not None:
        counted = frozenset(column for column in counted if table.left <= column <= table.right)
    return Target(filled | counted, table, filled)


def append_rows(
    appends: Sequence[AppendRow],
    target: Target,
    scan: SheetScan,
    reader: CellReader,
    plans: dict[int, RowPlan],
) -> Appended:
    """Plan the new rows. Raises WriteRefused where something stands in their way."""
    added = Appended(table=target.table)
    if not appends:
        return added
    last = scan.last
    if last is None or (target.table is not None and last.number <= target.table.top):
        raise WriteRefused("The tab holds no table yet.", "Put the column headers in, then try again.")
    _refuse_notes(scan, last, target, reader)
    filled = [n for n, plan in plans.items() if any(value != "" for value in plan.values.values())]
    first = max([last.number, *filled]) + 1
    above = None if _is_header(scan, last, target, reader) else last
    formulas = {} if above is None else row_formulas(above, scan)
    _refuse_in_the_way(scan, first, len(appends), target, last.number, formulas)
    for number, edit in enumerate(appends, first):
        plan = plans.setdefault(number, RowPlan(number, _row_at(scan, number)))
        plan.values |= edit.values
        plan.above = above
        plan.formulas = _going_on(above, formulas, number, plan.there)
        added.rows.append(number)
        added.gaps[number] = _gap(scan, number)
    if target.limit is not None:
        added.growth = max(0, added.rows[-1] - target.limit)
    return added


def _row_at(scan: SheetScan, number: int) -> RowSpan | None:
    return next((row for row in scan.following if row.number == number), None)


def _gap(scan: SheetScan, number: int) -> int:
    return next((row.start for row in scan.following if row.number > number), scan.end)


def _going_on(above: RowSpan | None, formulas: Mapping[int, str], number: int, there: RowSpan | None) -> dict[int, str]:
    """The tool's own formulas of the row above, for the new row; those it has already are left alone."""
    if above is None:
        return {}
    present = set() if there is None else {cell.column for cell in there.cells() if cell.formula is not None}
    return {
        column: shifted(text, number - above.number)
        for column, text in formulas.items()
        if _OURS in text and column not in present
    }


def _is_header(scan: SheetScan, last: RowSpan, target: Target, reader: CellReader) -> bool:
    """Whether the last row with content is the header itself, whose look a new row must not take on."""
    if target.table is not None:
        return last.number <= target.table.top + target.table.header_rows
    if scan.filled == 1:
        return True
    known = {name.casefold() for column in COLUMNS for name in (column.header, *column.synonyms)}
    texts = [str(reader.value(last, cell)).strip().casefold() for cell in last.cells() if cell.column in target.columns]
    return sum(text in known for text in texts) >= 2


def _refuse_notes(scan: SheetScan, last: RowSpan, target: Target, reader: CellReader) -> None:
    """A totals row or a note below the rows looks like a row; nothing is put after or over it."""
    if target.table is not None:
        return
    cells = [cell for cell in last.cells() if cell.column in target.columns and not cell.element.empty]
    values = [value for cell in cells if (value := reader.value(last, cell)) != "" and str(value).strip()]
    first = str(values[0]).strip() if values else ""
    lonely = len(values) <= 1 and len(target.columns) > 1
    apart = bool(scan.before_last) and last.number - scan.before_last > 1
    word = first.casefold().rstrip(":")
    names_total = any(word == total or word.startswith((f"{total}:", f"{total} ")) for total in _TOTALS)
    sums = word in _TOTALS and all(isinstance(value, (int, float)) for value in values[1:])
    if (lonely and (apart or names_total or word.startswith("*"))) or sums:
        raise _below(last.number, first)


def _refuse_in_the_way(
    scan: SheetScan, first: int, count: int, target: Target, last: int, formulas: Mapping[int, str]
) -> None:
    width = max(target.filled) if target.table is None else target.table.right
    start = 0 if target.table is None else target.table.left
    for row in scan.following:
        if row.number >= first + count:
            break
        for cell in row.cells():
            inside = start <= cell.column <= width or cell.column in target.columns
            if inside and cell.formula is None and cell.element.inner < cell.element.close:
                raise _below(row.number, a1(row.number - 1, cell.column))
    near = scan.next_formulas
    if near is None or (target.table is not None and near.number >= first + count):
        return
    expected = {column: shifted(text, near.number - last) for column, text in formulas.items()}
    found = row_formulas(near, scan)
    if any(_OURS not in text and expected.get(column) != text for column, text in found.items()):
        raise _below(near.number, "formulas, such as totals")


def _below(number: int, what: str) -> WriteRefused:
    return WriteRefused(
        f"Row {number} below the table holds something else ({what[:60]}), so no row is added.",
        "Move what stands below the table to another place or tab, then try again.",
    )
