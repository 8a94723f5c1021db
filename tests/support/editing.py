"""Somebody edits a registry in a spreadsheet program: opens it, changes cells by heading, and saves it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet


class Rows:
    """The rows of a tab whose headings stand in row 1."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self._columns = {str(cell.value): cell.column for cell in sheet[1] if cell.value is not None}

    def set(self, name: str, version: str, cells: Mapping[str, Any]) -> None:
        """Change cells (heading -> value, None for blank) of every row of a version."""
        for row in self._of(name, version):
            self._fill(row, cells)

    def add(self, cells: Mapping[str, Any]) -> None:
        """Add a row at the end."""
        self._fill(self.sheet.max_row + 1, cells)

    def remove(self, name: str, version: str) -> None:
        """Delete the rows of a version."""
        for row in reversed(self._of(name, version)):
            self.sheet.delete_rows(row)

    def rename(self, old: str, new: str) -> None:
        """Call a model otherwise, in all of its rows."""
        for row in range(2, self.sheet.max_row + 1):
            if self._at(row, "Name") == old:
                self._fill(row, {"Name": new})

    def _of(self, name: str, version: str) -> list[int]:
        found = [
            row
            for row in range(2, self.sheet.max_row + 1)
            if (self._at(row, "Name"), self._at(row, "Version")) == (name, version)
        ]
        assert found, (name, version)
        return found

    def _at(self, row: int, heading: str) -> Any:
        return self.sheet.cell(row, self._columns[heading]).value

    def _fill(self, row: int, cells: Mapping[str, Any]) -> None:
        for heading, value in cells.items():
            self.sheet.cell(row, self._columns[heading]).value = value


@contextmanager
def editing(path: Path, who: str = "", tab: str = "Models") -> Iterator[Rows]:
    """The rows of a workbook, to be changed; saved at the end as ``who``."""
    book = load_workbook(path)
    yield Rows(book[tab])
    book.properties.lastModifiedBy = who or None
    book.save(path)


def texts(path: Path, tab: str) -> list[list[str]]:
    """What a tab holds, row by row as text; '' for a blank cell, days as 2024-06-01."""
    return [[_text(cell) for cell in row] for row in load_workbook(path)[tab].iter_rows(values_only=True)]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return f"{cell:%Y-%m-%d}" if hasattr(cell, "year") else str(cell)
