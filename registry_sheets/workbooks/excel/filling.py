"""Formulas of a row, and what they become some rows further down."""

from __future__ import annotations

import re
from collections.abc import Mapping

from registry_sheets.registry.grid import column_letters
from registry_sheets.workbooks.excel.cells import plain_text
from registry_sheets.workbooks.excel.render import column_index, place
from registry_sheets.workbooks.excel.splice import RowSpan, SheetScan

_TOKEN = re.compile(
    r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'|\[(?:[^\[\]]|\[[^\]]*\])*\]|"
    r"(?<![A-Za-z0-9_.\\])(?P<column>\$?[A-Za-z]{1,3})(?P<fixed>\$?)(?P<row>[1-9][0-9]{0,6})(?![A-Za-z0-9_(.!\[])|"
    r"(?<![A-Za-z0-9_.$\\])(?P<from>[1-9][0-9]{0,6}):(?P<to>[1-9][0-9]{0,6})(?![A-Za-z0-9_(.!])"
)


def shifted(formula: str, rows: int, columns: int = 0) -> str:
    """A formula as it reads when it is filled down by that many rows and to the right by columns."""

    def moved(match: re.Match[str]) -> str:
        if match["from"]:
            return f"{int(match['from']) + rows}:{int(match['to']) + rows}"
        if not match["row"]:
            return match[0]
        row = match["row"] if match["fixed"] else int(match["row"]) + rows
        column = match["column"]
        if columns and not column.startswith("$"):
            column = column_letters(column_index(column.upper()) + columns)
        return f"{column}{match['fixed']}{row}"

    return _TOKEN.sub(moved, formula)


def row_formulas(row: RowSpan, scan: SheetScan) -> Mapping[int, str]:
    """The formulas of a row by column, shared ones written out."""
    found: dict[int, str] = {}
    for cell in row.cells():
        if cell.formula is None:
            continue
        text = plain_text(row.data[cell.formula.inner : cell.formula.close])
        number = cell.formula.attributes.get("si")
        if not text and number in scan.shared:
            reference, master = scan.shared[number]
            text = shifted(plain_text(master.encode()), row.number - 1 - place(reference.partition(":")[0])[0])
        found[cell.column] = text
    return found
