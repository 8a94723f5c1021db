"""The workbook in an Excel file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.workbooks.base import Workbook
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook
from tests.contracts.workbook_contract import WorkbookContract


class TestExcelWorkbook(WorkbookContract):
    def make(
        self,
        folder: Path,
        grids: Sequence[Grid],
        formulas: Mapping[str, Mapping[Place, str]] | None = None,
        formats: Mapping[str, Mapping[Place, str]] | None = None,
    ) -> Workbook:
        book = openpyxl.Workbook()
        del book[book.sheetnames[0]]
        for grid in grids:
            sheet = book.create_sheet(grid.title)
            sheet.sheet_state = "hidden" if grid.hidden else "visible"
            _fill(sheet, grid, (formulas or {}).get(grid.title, {}))
            for (row, column), code in (formats or {}).get(grid.title, {}).items():
                sheet.cell(row + 1, column + 1).number_format = code
        book.save(folder / "models.xlsx")
        return ExcelWorkbook(folder / "models.xlsx", folder / "state")

    def person_saves(self, workbook: Workbook, title: str, place: Place, value: Cell) -> None:
        assert isinstance(workbook, ExcelWorkbook)
        book = openpyxl.load_workbook(workbook.path)
        book[title].cell(place[0] + 1, place[1] + 1).value = value  # type: ignore[union-attr]
        book.save(workbook.path)


def _fill(sheet: openpyxl.worksheet.worksheet.Worksheet, grid: Grid, formulas: Mapping[Place, str]) -> None:
    for row, cells in enumerate(grid.rows):
        for column, value in enumerate(cells):
            if value == "":
                continue
            cell = sheet.cell(row + 1, column + 1)
            cell.value = value  # type: ignore[assignment]
            if isinstance(value, str):
                cell.data_type = "s"
            if (row, column) in formulas:
                cell.value = f"={formulas[row, column]}"
