"""Small workbooks as people have them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

HEADINGS = ("Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner")
RIGHT = (
    ("AC failure", "3.1", date(2026, 3, 4), "CRM export 2026-02-28", "Plant A", "Archived", "kim@example.com"),
    ("AC failure", "3.2", date(2026, 6, 4), "CRM export 2026-05-31", "Plant A", "Production", "kim@example.com"),
)
VAGUE = ("No-shows", "1", date(2026, 2, 2), "data from last year", "Clinic", "Production", "bob@example.com")
GAP = ("No-shows", "2", date(2026, 5, 2), "Bookings 2026-04", "", "Production", "bob@example.com")


def make(
    path: Path, rows: Sequence[Sequence[Any]] = RIGHT, headings: Sequence[str] = HEADINGS, tab: str = "Models"
) -> Path:
    """A workbook with one tab: headings in row 1, texts as texts, dates as real dates."""
    from openpyxl import Workbook

    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.title = tab
    for row in (headings, *rows):
        sheet.append(list(row))
    for cells in sheet.iter_rows():
        for cell in cells:
            if cell.data_type == "f":
                cell.data_type = "s"
    workbook.save(path)
    return path
