"""The workbook in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.workbooks.base import Workbook
from registry_sheets.workbooks.memory import MemoryWorkbook
from tests.contracts.workbook_contract import WorkbookContract


class TestMemoryWorkbook(WorkbookContract):
    def make(
        self,
        folder: Path,
        grids: Sequence[Grid],
        formulas: Mapping[str, Mapping[Place, str]] | None = None,
        formats: Mapping[str, Mapping[Place, str]] | None = None,
    ) -> Workbook:
        return MemoryWorkbook(grids, formulas=formulas or {}, formats=formats or {})

    def person_saves(self, workbook: Workbook, title: str, place: Place, value: Cell) -> None:
        assert isinstance(workbook, MemoryWorkbook)
        grid = workbook.read().grid(title)
        rows = [list(row) for row in grid.rows]
        rows[place[0]][place[1]] = value
        workbook.put(replace(grid, rows=rows))
