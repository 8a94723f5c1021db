"""Columns that are added to a tab of people: where they may stand, and what takes them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from registry_sheets.errors import WriteRefused
from registry_sheets.registry.grid import column_letters
from registry_sheets.workbooks.base import AddColumn
from registry_sheets.workbooks.excel.parts import Package, SheetEntry
from registry_sheets.workbooks.excel.splice import SheetScan, Wanted, scan_sheet
from registry_sheets.workbooks.excel.tables import Table


@dataclass(frozen=True)
class Widened:
    """The columns that are added: (row of the headings, column) -> heading, all from 0."""

    headings: dict[tuple[int, int], str]

    def beside(self, row: int, right: int) -> int:
        """How many columns are added without a gap beside an area that ends in column ``right``."""
        count = 0
        while (row, right + 1 + count) in self.headings:
            count += 1
        return count

    def headings_beside(self, table: Table) -> tuple[str, ...]:
        """The headings of the columns that a table takes in."""
        count = self.beside(table.top, table.right) if table.header_rows == 1 else 0
        return tuple(self.headings[table.top, table.right + 1 + n] for n in range(count))


def widen(package: Package, entry: SheetEntry, columns: Sequence[AddColumn], tables: Sequence[Table]) -> Widened:
    """What becomes wider. Raises WriteRefused where something stands in an added column or in its table's way."""
    widened = Widened({(edit.row, edit.column): edit.heading for edit in columns})
    for edit in columns:
        _refuse_tables(edit, tables, widened)
        scan = scan_sheet(package, entry.part, Wanted(columns=frozenset((edit.column,)), formulas=False))
        if scan.last is not None and scan.last.number > edit.row:
            raise _not_free(edit, f"row {scan.last.number} of it is filled")
    return widened


def looks_of_headings(columns: Sequence[AddColumn], scan: SheetScan) -> dict[int, dict[int, int]]:
    """Styles for the new headings, those of the last heading before them: row number (from 1) -> column -> style."""
    found: dict[int, dict[int, int]] = {}
    for edit in columns:
        row = scan.rows.get(edit.row + 1)
        styles = [(c.column, c.element.attributes.get("s", "")) for c in row.cells()] if row else []
        before = [style for column, style in styles if column < edit.column and style.isdigit()]
        if before:
            found.setdefault(edit.row + 1, {})[edit.column] = int(before[-1])
    return found


def _refuse_tables(edit: AddColumn, tables: Sequence[Table], widened: Widened) -> None:
    for table in tables:
        if table.left <= edit.column <= table.right and table.bottom >= edit.row:
            raise _not_free(edit, f"the table '{table.name}' stands there")
        takes_in = edit.row == table.top and table.right < edit.column <= table.right + _beside(table, widened)
        if takes_in and table.queried:
            raise _not_free(edit, f"the table '{table.name}' beside it is filled by a query")


def _beside(table: Table, widened: Widened) -> int:
    return len(widened.headings_beside(table))


def _not_free(edit: AddColumn, why: str) -> WriteRefused:
    return WriteRefused(
        f"The column {column_letters(edit.column)} is not headed '{edit.heading}': {why}.",
        f"Move what stands there, or head another column '{edit.heading}' in the sheet.",
    )
