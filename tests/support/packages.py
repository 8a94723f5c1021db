"""Tabs, reads and comparisons for tests of the package editor."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from registry_sheets.registry.sheets import Mark, Sheet, SheetCell, Validation
from registry_sheets.workbooks.excel.package import Changes, Rewrite, rewrite
from registry_sheets.workbooks.excel.verify import verify
from registry_sheets.workbooks.excel.zipcopy import Archive

HEADERS = ("Severity", "Model", "Version", "What is wrong", "Since", "Row", "Key")


def findings(rows: int = 2, **changes: Any) -> Sheet:
    """A Findings tab with everything that a tab of ours can have."""
    body = [
        [
            SheetCell("error", "error"),
            SheetCell(f"Model {n}"),
            SheetCell("3.10", "text"),
            SheetCell("'data from last year' does not say <which> & why", "wrapped"),
            SheetCell(date(2026, 8, 1), "date"),
            SheetCell(f"row {n}", "link", f'HYPERLINK("#Models!A{n}","row {n}")'),
            SheetCell(f"Model {n}|3.10|data_x0041_|\x01"),
        ]
        for n in range(2, rows + 2)
    ]
    values: dict[str, Any] = {
        "kind": "findings",
        "title": "Findings",
        "rows": [[SheetCell("Findings", "title")], [SheetCell(h, "header") for h in HEADERS], *body],
        "widths": {0: 10.0, 3: 60.0},
        "hidden_columns": frozenset({6}),
        "row_heights": {0: 24.0},
        "frozen_rows": 2,
        "table": f"A2:G{rows + 2}",
        "table_name": "Findings",
        "validations": (Validation("A3:A9", "list", '"error,warning"', "Severity", "How bad it is"),),
        "marks": (Mark("A3:G9", '$A3="error"', "error"),),
        "names": {"_registry_sheets.keys": f"$G$3:$G${rows + 3}"},
        "notes": {"A2": "How bad it is"},
        "numbers_as_text": ("C3:C99",),
        "merged": ("A1:C1",),
        "tab_color": "1F4E78",
    }
    return Sheet(**(values | changes))


def models() -> Sheet:
    """An empty Models tab, as `init --add-tab` adds it."""
    headers = ("Name", "Version", "Training date", "Data source", "Location", "Check")
    return Sheet(
        "models",
        "Models",
        [[SheetCell(header, "header") for header in headers]],
        table="A1:F2",
        table_name="Models",
        column_styles={1: "text", 2: "date"},
        validations=(Validation("C2:C1048576", "date", prompt="A date", error="Not a date"),),
        numbers_as_text=("B2:B1048576",),
    )


def lists() -> Sheet:
    rows = [[SheetCell("Location", "header")], [SheetCell("Berlin")]]
    return Sheet("lists", "Lists", rows, names={"_registry_sheets.locations": "$A$2:$A$500"})


def changed(source: Path, changes: Changes, target: Path | None = None) -> tuple[Path, Rewrite]:
    """Rewrite and verify; the new file and what was done."""
    target = target or source.with_name(f"new-{source.name}")
    done = rewrite(source, target, changes)
    verify(source, target, done)
    return target, done


def part(path: Path, name: str) -> str:
    """A part's text."""
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def packed(path: Path) -> dict[str, tuple[bytes, tuple[Any, ...]]]:
    """Each entry's compressed bytes and what the directory says of it, by name."""
    with Archive(path) as archive:
        return {
            entry.name: (
                b"".join(archive.packed_chunks(entry)),
                (entry.raw_name, entry.method, entry.time, entry.date, entry.external, entry.comment, entry.made_by),
            )
            for entry in archive.entries
        }


def differing(old: Path, new: Path) -> set[str]:
    """Names of the entries that are not the same bytes in both files."""
    before, after = packed(old), packed(new)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def calamine_cells(path: Path, title: str) -> list[list[Any]]:
    from python_calamine import CalamineWorkbook

    return CalamineWorkbook.from_path(str(path)).get_sheet_by_name(title).to_python(skip_empty_area=False)


def openpyxl_cells(path: Path, skip: Iterable[str] = ()) -> dict[str, dict[Any, tuple[str, str]]]:
    """Value and number format of every cell, by tab and place, as openpyxl reads them."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    return {
        tab.title: {place: (_plain(cell.value), cell.number_format) for place, cell in tab._cells.items()}
        for tab in book.worksheets
        if tab.title not in skip
    }


def _plain(value: object) -> str:
    """A value that can be compared between two loads: formula objects by what they hold."""
    return repr(vars(value)) if hasattr(value, "__dict__") else repr(value)
