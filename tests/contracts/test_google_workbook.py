"""The workbook in Google Sheets, at the stand-in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from registry_sheets.registry.grid import Cell, Grid, Place, a1
from registry_sheets.workbooks.base import Workbook
from registry_sheets.workbooks.google.workbook import GoogleWorkbook
from tests.contracts.workbook_contract import WorkbookContract
from tests.support.google.cellvalues import Formula
from tests.support.google.lab import GoogleLab, google_lab


class TestGoogleWorkbook(WorkbookContract):
    labs: Mapping[str, GoogleLab]

    def make(
        self,
        folder: Path,
        grids: Sequence[Grid],
        formulas: Mapping[str, Mapping[Place, str]] | None = None,
        formats: Mapping[str, Mapping[Place, str]] | None = None,
    ) -> Workbook:
        lab = google_lab()
        formulas, formats = formulas or {}, formats or {}
        spreadsheet = lab.made({grid.title: _cells(grid, formulas.get(grid.title, {})) for grid in grids})
        person = lab.person(spreadsheet)
        for grid in grids:
            if grid.hidden:
                person.hide_tab(grid.title)
            for place, code in formats.get(grid.title, {}).items():
                person.number_format(grid.title, a1(*place), "TEXT" if code == "@" else "NUMBER", code)
        self.labs = {**getattr(self, "labs", {}), spreadsheet: lab}
        return lab.workbook(spreadsheet)

    def person_saves(self, workbook: Workbook, title: str, place: Place, value: Cell) -> None:
        assert isinstance(workbook, GoogleWorkbook)
        self.labs[workbook.spreadsheet].person(workbook.spreadsheet).set(title, a1(*place), value)


def _cells(grid: Grid, formulas: Mapping[Place, str]) -> list[list[Any]]:
    rows: list[list[Any]] = [list(row) for row in grid.rows]
    for (row, column), formula in formulas.items():
        rows[row][column] = Formula(f"={formula}", rows[row][column])
    return rows
