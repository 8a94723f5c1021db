"""fix: repairs that change how a cell is written and never what it means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from math import isfinite

from registry_sheets.registry.columns import COLUMNS, Column
from registry_sheets.registry.dates import read_date
from registry_sheets.registry.edits.edit import Plan, RowChange
from registry_sheets.registry.edits.values import FIRST_DAY
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell, Place
from registry_sheets.registry.identity import trimmed
from registry_sheets.registry.rules.stray_whitespace import TIDIED, tidied

_ISO_LENGTH = len("2026-06-30")
_MOST_DIGITS = 15


def plan_repairs(view: View) -> Plan:
    """All safe repairs of a table; cells with a formula are let be, and numbers that would look otherwise as text."""
    found: dict[int, dict[str, Cell]] = {}
    for declared in COLUMNS:
        for index, cell in enumerate(view.table.raw.get(declared.field, ())):
            repaired = _repaired(declared, cell)
            if repaired is not None:
                found.setdefault(index, {})[declared.field] = repaired
    steps = tuple(_steps(view, found))
    if not steps:
        return Plan("fix", ())
    count = sum(len(step.cells) for step in steps)
    return Plan(f"fix {count:,} cell{'s' if count != 1 else ''}", steps)


def _steps(view: View, found: dict[int, dict[str, Cell]]) -> Iterator[RowChange]:
    let_be = _let_be(view, found) if found else frozenset()
    for index in sorted(found):
        row = view.number(index) - 1
        cells = {f: cell for f, cell in found[index].items() if (row, view.table.columns[f].index) not in let_be}
        step = view.change(index, cells, lenient=True, hint=True)
        if step:
            yield step


def _let_be(view: View, found: Mapping[int, Mapping[str, Cell]]) -> frozenset[Place]:
    """Cells with a formula, and version numbers that a number format shows as something else, such as 3 as 3.0."""
    numbers = [i for i, cells in found.items() if "version" in cells and not isinstance(view.cell(i, "version"), str)]
    if not numbers:
        return view.formulas()
    column = view.table.columns["version"].index
    return view.formulas() | (view.formatted() & {(view.number(index) - 1, column) for index in numbers})


def _repaired(declared: Column, cell: Cell) -> Cell | None:
    """The cell as it is meant; None where nothing is to be repaired."""
    if isinstance(cell, str):
        return _repaired_text(declared, cell) if cell else None
    return _version_text(cell) if declared.kind == "version" else None


def _repaired_text(declared: Column, text: str) -> Cell | None:
    if declared.kind == "date":
        return _day(trimmed(text))
    clean = tidied(text, declared.multiple) if declared.field in TIDIED else trimmed(text)
    return clean if clean and clean != text else None


def _day(text: str) -> Cell | None:
    """A day that was typed as text, whole and in the one order that nobody reads otherwise."""
    if len(text) != _ISO_LENGTH or text[4] + text[7] != "--":
        return None
    day = read_date(text)
    return day if isinstance(day, date) and day >= FIRST_DAY else None


def _version_text(cell: Cell) -> str | None:
    """A whole number as text; 3.1 may have been 3.10, so it is left to people."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)) or not isfinite(cell) or cell != int(cell):
        return None
    text = str(int(cell))
    return text if len(text) <= _MOST_DIGITS else None
