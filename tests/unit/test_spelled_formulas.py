"""Formulas of a workbook as a person reads them, shared ones spelled out."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.workbooks.excel.spelled import read_written
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

CELLS = (
    '<row r="1"><c r="A1"><f>B1*2</f><v>2</v></c><c r="B1"><f t="shared" ref="B1:B3" si="0">$C1+C$1+"C1"</f></c></row>'
    '<row r="2"><c r="A2" t="str"><f t="array" ref="A2">SUM(B1:B3*C1:C3)</f></c>'
    '<c r="B2"><f t="shared" si="0"/></c></row>'
    '<row r="3"><c r="A3"><f t="array" ref="A3:A4">B1:B2</f><v>1</v></c><c r="B3"><f t="shared" si="0"></f></c></row>'
    '<row r="4"><c r="A4"><v>1</v></c><c r="B4"><f t="dataTable" ref="B4:B5" r1="A1"/></c>'
    '<c r="C4"><f t="shared" si="9"/></c></row>'
)


def made(path: Path, cells: str) -> ExcelWorkbook:
    plain = path.with_name("plain.xlsx")
    openpyxl.Workbook().save(plain)
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content = content.replace(b"<sheetData/>", f"<sheetData>{cells}</sheetData>".encode())
                content = content.replace(b"<sheetData></sheetData>", f"<sheetData>{cells}</sheetData>".encode())
            target.writestr(name, content)
    return ExcelWorkbook(path, path.parent / "state")


def test_every_formula_is_spelled_out(tmp_path: Path) -> None:
    workbook = made(tmp_path / "shared.xlsx", CELLS)
    assert workbook.formulas("Sheet") == {
        (0, 0): "B1*2",
        (0, 1): '$C1+C$1+"C1"',
        (1, 0): "SUM(B1:B3*C1:C3)",
        (1, 1): '$C2+C$1+"C1"',
        (2, 1): '$C3+C$1+"C1"',
    }
    assert workbook.formulas("No such tab") == {}


def test_a_broken_tab_is_no_fault_of_ours() -> None:
    with pytest.raises(UnreadableWorkbook):
        read_written([b"<worksheet><c r='A1'><f>1"])
