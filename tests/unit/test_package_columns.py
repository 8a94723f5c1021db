"""Adding a column to a tab of people: a table or a filter that ends beside it takes it in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.table import Table

from registry_sheets.errors import WriteRefused
from registry_sheets.workbooks.base import AddColumn, AppendRow, RowEdit, SetCell
from registry_sheets.workbooks.excel.package import Changes
from tests.support.packages import calamine_cells, changed, part

F1 = AddColumn(0, 2, "Metric: F1")
TABLE = "xl/tables/table1.xml"


def book(path: Path, table: str = "", filter_: str = "", notes: tuple[str, ...] = ()) -> Path:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Models"
    sheet.append(["Name", "Version"])
    sheet.append(["a", "1"])
    sheet["B1"].font = Font(bold=True)
    sheet["B1"].fill = PatternFill("solid", fgColor="DDEEFF")
    for address in notes:
        sheet[address] = "a note"
    if table:
        sheet.add_table(Table(displayName="T", ref=table))
    if filter_:
        sheet.auto_filter.ref = filter_
    made.save(path / "book.xlsx")
    return path / "book.xlsx"


def edited(path: Path, *edits: RowEdit) -> Path:
    return changed(path, Changes(edits_tab="Models", edits=edits))[0]


def test_it_looks_like_the_heading_before_it(tmp_path: Path) -> None:
    new = edited(book(tmp_path), F1)
    sheet = openpyxl.load_workbook(new)["Models"]
    assert sheet["C1"].value == "Metric: F1"
    assert sheet["C1"].font.b
    assert sheet["C1"].fill.fgColor.rgb == "00DDEEFF"


def test_a_table_takes_it_in_and_grows_with_the_rows(tmp_path: Path) -> None:
    edits = [F1, AddColumn(0, 3, "Ticket"), SetCell(1, 2, 0.9), AppendRow({0: "b", 1: "2", 2: 0.8, 3: "T"})]
    new = edited(book(tmp_path, table="A1:B2"), *edits)
    table = openpyxl.load_workbook(new)["Models"].tables["T"]
    assert (table.ref, table.autoFilter.ref) == ("A1:D3", "A1:D3")
    assert [(column.id, column.name) for column in table.tableColumns] == [
        (1, "Name"),
        (2, "Version"),
        (3, "Metric: F1"),
        (4, "Ticket"),
    ]
    assert 'count="4"' in part(new, TABLE)
    assert calamine_cells(new, "Models") == [
        ["Name", "Version", "Metric: F1", "Ticket"],
        ["a", "1", 0.9, ""],
        ["b", "2", 0.8, "T"],
    ]


def test_a_filter_takes_it_in(tmp_path: Path) -> None:
    new = edited(book(tmp_path, filter_="A1:B2"), F1, AppendRow({0: "b", 2: date(2026, 3, 4)}))
    made = openpyxl.load_workbook(new)
    assert made["Models"].auto_filter.ref == "A1:C3"
    assert "$A$1:$C$3" in part(new, "xl/workbook.xml")


def test_a_table_that_ends_elsewhere_is_left_alone(tmp_path: Path) -> None:
    new = edited(book(tmp_path, table="A1:B2"), AddColumn(0, 3, "Apart"))
    assert openpyxl.load_workbook(new)["Models"].tables["T"].ref == "A1:B2"


@pytest.mark.parametrize("note", ["C1", "C2", "C40"])
def test_where_something_stands_nothing_is_headed(tmp_path: Path, note: str) -> None:
    with pytest.raises(WriteRefused, match=r"column C is not headed 'Metric: F1'|no longer holds"):
        edited(book(tmp_path, notes=(note,)), F1)


def test_a_table_in_the_way(tmp_path: Path) -> None:
    path = book(tmp_path)
    made = openpyxl.load_workbook(path)
    made["Models"]["C5"], made["Models"]["D5"] = "x", "y"
    made["Models"].add_table(Table(displayName="Other", ref="C5:D6"))
    made.save(path)
    with pytest.raises(WriteRefused, match="the table 'Other' stands there"):
        edited(path, F1)


def test_a_table_that_a_query_fills(tmp_path: Path) -> None:
    path = book(tmp_path, table="A1:B2")
    made = openpyxl.load_workbook(path)
    made["Models"].tables["T"].tableType = "queryTable"
    made.save(path)
    with pytest.raises(WriteRefused, match="filled by a query"):
        edited(path, F1)
