"""Setting cells and adding rows in a tab that people write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.table import Table

from registry_sheets.errors import WorkbookChanged, WriteRefused
from registry_sheets.workbooks.base import AppendRow, RowEdit, SetCell
from registry_sheets.workbooks.excel.filling import shifted
from registry_sheets.workbooks.excel.package import Changes, Rewrite
from tests.support import raw_xlsx
from tests.support.packages import calamine_cells, changed, differing, part

SHEET = "xl/worksheets/sheet1.xml"
HEADER = '<row r="1" spans="1:3"><c r="A1" t="inlineStr"><is><t>Name</t></is></c>'
HEADER += '<c r="B1" t="inlineStr"><is><t>Version</t></is></c></row>'
ROW = '<row r="2" spans="1:3" ht="20" customHeight="1"><c r="A2" s="3" t="s"><v>1</v></c><c r="B2"><v>3.1</v></c></row>'
NEW = AppendRow({0: "New", 1: "3.10"})


def raw(tmp_path: Path, rows: str = HEADER + ROW, before: str = "", after: str = "") -> Path:
    content = raw_xlsx.parts(
        strings="<si><t>zero</t></si><si><r><t>Chu</t></r><r><t>rn</t></r><rPh><t>x</t></rPh></si>"
    )
    content[SHEET] = raw_xlsx.sheet(rows, before).replace("</worksheet>", f"{after}</worksheet>")
    return raw_xlsx.write(tmp_path / "book.xlsx", content)


def edited(path: Path, *edits: RowEdit) -> tuple[Path, Rewrite]:
    return changed(path, Changes(edits_tab="Models", edits=edits))


def test_a_cell_is_set_and_nothing_else(tmp_path: Path) -> None:
    path = raw(tmp_path)
    new, done = edited(path, SetCell(1, 0, "Demand & <supply>"))
    assert differing(path, new) == {SHEET}
    assert set(done.changed) == {SHEET}
    text = '<c r="A2" s="3" t="inlineStr"><is><t xml:space="preserve">Demand &amp; &lt;supply&gt;</t></is></c>'
    assert part(new, SHEET) == part(path, SHEET).replace('<c r="A2" s="3" t="s"><v>1</v></c>', text)


def test_clearing_keeps_the_format(tmp_path: Path) -> None:
    new, _ = edited(raw(tmp_path), SetCell(1, 0, ""))
    assert '<c r="A2" s="3"/>' in part(new, SHEET)


def test_clearing_what_is_not_there_changes_nothing(tmp_path: Path) -> None:
    _, done = edited(raw(tmp_path), SetCell(1, 2, ""), SetCell(40, 2, ""))
    assert not done.changed


@pytest.mark.parametrize(
    "value",
    ["text", "=1+1", 3, 2.5, True, date(2026, 3, 4), datetime(2026, 3, 4, 5, 6, 7), time(5, 6), timedelta(hours=30)],
)
@pytest.mark.parametrize("place", [(1, 0), (1, 2), (4, 5), (0, 0)])
def test_values_of_every_kind_read_back(tmp_path: Path, value: Any, place: tuple[int, int]) -> None:
    new, _ = edited(raw(tmp_path), SetCell(*place, value))
    found = calamine_cells(new, "Models")[place[0]][place[1]]
    # A2 is a duration, and keeps its format whatever is put there as a number.
    assert found == value or (place == (1, 0) and isinstance(found, timedelta))
    assert isinstance(found, str) is isinstance(value, str)


def test_a_date_takes_a_date_format_only_where_the_cell_has_none(tmp_path: Path) -> None:
    rows = '<row r="1"><c r="A1" s="1"><v>1</v></c><c r="B1"><v>1</v></c></row>'
    path = raw(tmp_path, rows)
    new, done = edited(path, SetCell(0, 0, date(2026, 3, 4)))
    assert set(done.changed) == {SHEET}
    assert '<c r="A1" s="1"><v>46085</v></c>' in part(new, SHEET)
    new, done = edited(path, SetCell(0, 1, date(2026, 3, 4)))
    assert set(done.changed) == {SHEET, "xl/styles.xml"}
    assert calamine_cells(new, "Models")[0][1] == date(2026, 3, 4)


def test_dates_count_from_1904_where_the_workbook_does(tmp_path: Path) -> None:
    content = raw_xlsx.parts('<row r="1"><c r="A1" s="1"><v>1</v></c></row>', workbook_pr='date1904="1"')
    path = raw_xlsx.write(tmp_path / "mac.xlsx", content)
    new, _ = edited(path, SetCell(0, 0, date(2026, 3, 4), expected=date(1904, 1, 2)))
    assert calamine_cells(new, "Models")[0][0] == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('<c r="A1" t="s"><v>1</v></c>', "Churn"),
        ('<c r="A1" t="inlineStr"><is><t>a &amp; b_x000D_\n</t></is></c>', "a & b\r\n"),
        ('<c r="A1" t="str"><v>x</v></c>', "x"),
        ('<c r="A1"><v>3.1</v></c>', 3.1),
        ('<c r="A1"><v>3</v></c>', 3),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" s="1"><v>46085</v></c>', date(2026, 3, 4)),
        ('<c r="A1" s="2"><v>46085.5</v></c>', datetime(2026, 3, 4, 12)),
        ('<c r="A1" t="d"><v>2026-03-04</v></c>', date(2026, 3, 4)),
        ('<c r="A1" s="1"/>', ""),
        ('<c r="A1" t="e"><v>#N/A</v></c>', ""),
        ("", ""),
        ("<c><v>7</v></c>", 7),
    ],
)
def test_what_is_expected_is_compared(tmp_path: Path, cell: str, expected: Any) -> None:
    path = raw(tmp_path, f'<row r="1">{cell}</row>')
    edited(path, SetCell(0, 0, "new", expected))
    with pytest.raises(WorkbookChanged, match="A1"):
        edited(path, SetCell(0, 0, "new", "something else"))


def test_truth_is_not_one(tmp_path: Path) -> None:
    path = raw(tmp_path, '<row r="1"><c r="A1" t="b"><v>1</v></c></row>')
    with pytest.raises(WorkbookChanged):
        edited(path, SetCell(0, 0, "new", 1))


@pytest.mark.parametrize(
    ("rows", "after", "place", "word"),
    [
        ('<row r="1"><c r="A1"><f>1+1</f><v>2</v></c></row>', "", (0, 0), "formula"),
        ('<row r="1"><c r="A1"><f t="array" ref="A1:B2">1</f><v>2</v></c></row>', "", (1, 1), "array"),
        ('<row r="1"><c r="B1"/></row>', '<mergeCells><mergeCell ref="A1:B2"/></mergeCells>', (0, 1), "merged"),
        ('<row r="1"><c r="A1"/></row>', '<sheetProtection sheet="1"/>', (0, 0), "protected"),
    ],
)
def test_cells_that_are_not_ours_to_set(
    tmp_path: Path, rows: str, after: str, place: tuple[int, int], word: str
) -> None:
    path = raw(tmp_path, rows, after=after)
    with pytest.raises(WriteRefused, match=word) as caught:
        edited(path, SetCell(*place, "x"))
    assert caught.value.fix


def test_the_first_cell_of_a_merge_may_be_set(tmp_path: Path) -> None:
    path = raw(tmp_path, after='<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>')
    edited(path, SetCell(0, 0, "x"))


def test_text_beyond_what_a_cell_holds_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="cannot hold"):
        edited(raw(tmp_path), SetCell(1, 0, "😀" * 16_384))


def test_a_style_is_inherited_from_row_or_column(tmp_path: Path) -> None:
    path = raw(
        tmp_path,
        '<row r="2" s="2" customFormat="1"><c r="A2"/></row><row r="3"/>',
        before='<cols><col min="2" max="3" width="9" style="1"/></cols>',
    )
    new, _ = edited(path, SetCell(1, 1, "x"), SetCell(2, 1, "y"), SetCell(5, 2, "z"), SetCell(5, 4, "w"))
    found = part(new, SHEET)
    for cell in ('<c r="B2" s="2" ', '<c r="B3" s="1" ', '<c r="C6" s="1" ', '<c r="E6" t='):
        assert cell in found


def test_rows_and_cells_come_in_order(tmp_path: Path) -> None:
    path = raw(tmp_path, '<row r="3"><c r="C3"><v>1</v></c></row>', before='<dimension ref="C3"/>')
    edits = [SetCell(row, column, "x") for row, column in ((6, 0), (2, 4), (0, 1), (2, 0), (1, 1), (6, 2))]
    new, _ = edited(path, *edits)
    found = part(new, SHEET)
    places = [f'r="{place}"' for place in ("1", "B1", "2", "B2", "3", "A3", "C3", "E3", "7", "A7", "C7")]
    assert [found.index(place) for place in places] == sorted(found.index(place) for place in places)
    assert '<dimension ref="A1:E7"/>' in found


def test_a_sheet_without_rows_gets_some(tmp_path: Path) -> None:
    content = raw_xlsx.parts()
    content[SHEET] = f'<worksheet xmlns="{raw_xlsx.MAIN}"><sheetData/></worksheet>'
    path = raw_xlsx.write(tmp_path / "empty.xlsx", content)
    new, _ = edited(path, SetCell(0, 0, "a"), SetCell(4, 1, "b"))
    assert calamine_cells(new, "Models")[4] == ["", "b"]


def test_an_added_row_takes_on_the_format_above(tmp_path: Path) -> None:
    new, done = edited(raw(tmp_path), NEW, AppendRow({0: "Next", 1: "4", 2: date(2026, 3, 4)}))
    assert done.rows == (3, 4)
    found = part(new, SHEET)
    assert '<row r="3" ht="20" customHeight="1"><c r="A3" s="3" t="inlineStr">' in found
    assert calamine_cells(new, "Models")[2:] == [["New", "3.10", ""], ["Next", "4", date(2026, 3, 4)]]


def test_the_first_row_does_not_look_like_the_header(tmp_path: Path) -> None:
    header = HEADER.replace('<row r="1"', '<row r="1" s="3" customFormat="1"')
    new, done = edited(raw(tmp_path, header), NEW)
    assert done.rows == (2,)
    assert '<row r="2"><c r="A2" t=' in part(new, SHEET)


def test_a_formatted_blank_row_below_is_filled(tmp_path: Path) -> None:
    rows = HEADER + ROW + '<row r="3" s="2" customFormat="1"><c r="B3" s="1"/></row><row r="4"/>'
    new, done = edited(raw(tmp_path, rows), NEW, NEW)
    assert done.rows == (3, 4)
    assert '<row r="3" s="2" customFormat="1"><c r="A3" s="3" t=' in part(new, SHEET)
    assert '<c r="B3" s="1" t=' in part(new, SHEET)


CHECK = '<c r="C2" t="str"><f>IF($A2="","",_registry_sheets.keys&amp;B$1)</f><v>ok</v></c></row>'


def test_the_check_formula_goes_on(tmp_path: Path) -> None:
    path = raw(tmp_path, HEADER + ROW.replace("</row>", CHECK))
    new, done = edited(path, NEW)
    assert '<f>IF($A3="","",_registry_sheets.keys&amp;B$1)</f><v></v>' in part(new, SHEET)
    assert done.recalculates


def test_a_shared_check_formula_goes_on(tmp_path: Path) -> None:
    master = CHECK.replace("<f>", '<f ref="C2:C3" t="shared" si="0">')
    second = ROW.replace('"2"', '"3"').replace("A2", "A3").replace("B2", "B3")
    second = second.replace("</row>", '<c r="C3" t="str"><f t="shared" si="0"/><v>ok</v></c></row>')
    new, _ = edited(raw(tmp_path, HEADER + ROW.replace("</row>", master) + second), NEW)
    assert '<f>IF($A4="","",_registry_sheets.keys&amp;B$1)</f>' in part(new, SHEET)


def test_check_formulas_that_wait_below_are_kept(tmp_path: Path) -> None:
    waiting = f'<row r="3">{CHECK.replace("2", "3")}'
    path = raw(tmp_path, HEADER + ROW.replace("</row>", CHECK) + waiting)
    new, done = edited(path, NEW)
    assert done.rows == (3,)
    assert part(new, SHEET).count("<f>") == 2


@pytest.mark.parametrize(
    "below",
    [
        '<row r="3"><c r="B3"><f>SUM(B2:B2)</f><v>3.1</v></c></row>',
        '<row r="5"><c r="B5"><f>SUM(B2:B2)</f><v>3.1</v></c></row>',
        '<row r="5"><c r="A5" t="inlineStr"><is><t>figures in EUR</t></is></c></row>',
        '<row r="3"><c r="A3" t="inlineStr"><is><t>Total</t></is></c><c r="B3"><f>SUM(B2:B2)</f></c></row>',
        '<row r="3"><c r="A3" t="inlineStr"><is><t>Total: 1 model</t></is></c></row>',
    ],
)
def test_what_stands_below_is_not_written_over(tmp_path: Path, below: str) -> None:
    with pytest.raises(WriteRefused, match="below the table") as caught:
        edited(raw(tmp_path, HEADER + ROW + below), NEW)
    assert caught.value.fix


def test_a_started_row_is_a_row(tmp_path: Path) -> None:
    below = '<row r="3"><c r="A3" t="inlineStr"><is><t>Demand</t></is></c></row>'
    _, done = edited(raw(tmp_path, HEADER + ROW + below), NEW)
    assert done.rows == (4,)


def test_a_row_that_is_started_in_another_column_is_a_row(tmp_path: Path) -> None:
    below = '<row r="3"><c r="D3"><v>77</v></c><c r="E3"><v>78</v></c></row>'
    _, done = edited(raw(tmp_path, HEADER + ROW + below), replace(NEW, columns=frozenset(range(5))))
    assert done.rows == (4,)


def test_a_number_beside_the_word_for_a_total_makes_no_row_of_it(tmp_path: Path) -> None:
    below = '<row r="3"><c r="A3" t="inlineStr"><is><t>Total</t></is></c><c r="D3"><v>77</v></c></row>'
    with pytest.raises(WriteRefused, match="below the table"):
        edited(raw(tmp_path, HEADER + ROW + below), replace(NEW, columns=frozenset(range(5))))


def test_a_row_into_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="no table yet"):
        edited(raw(tmp_path, ""), NEW)


def test_the_filter_and_its_hidden_name_grow(tmp_path: Path) -> None:
    name = (
        '<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">'
        "Models!$A$1:$B$2</definedName></definedNames>"
    )
    content = raw_xlsx.parts(workbook_end=name)
    content[SHEET] = raw_xlsx.sheet(HEADER + ROW).replace("</worksheet>", '<autoFilter ref="A1:B2"/></worksheet>')
    new, _ = edited(raw_xlsx.write(tmp_path / "filter.xlsx", content), NEW)
    assert '<autoFilter ref="A1:B3"/>' in part(new, SHEET)
    assert "Models!$A$1:$B$3<" in part(new, "xl/workbook.xml")


def tabled(tmp_path: Path, last: int = 3, totals: bool = False, below: str = "") -> Path:
    made = openpyxl.Workbook()
    tab = made.active
    assert tab is not None
    tab.title = "Models"
    for row in (("Name", "Version"), ("Churn", "1"), ("Churn", "2")):
        tab.append(row)
    if below:
        tab.cell(last + 1, 1).value = below
    table = Table(displayName="T", ref=f"A1:B{last}", totalsRowCount=1 if totals else None)
    tab.add_table(table)
    path = tmp_path / "tabled.xlsx"
    made.save(path)
    return path


def test_a_table_grows(tmp_path: Path) -> None:
    new, done = edited(tabled(tmp_path), NEW, NEW)
    assert done.rows == (4, 5)
    table = openpyxl.load_workbook(new)["Models"].tables["T"]
    assert (table.ref, table.autoFilter.ref) == ("A1:B5", "A1:B5")


def test_blank_rows_of_a_table_are_filled_first(tmp_path: Path) -> None:
    new, done = edited(tabled(tmp_path, last=6, below="a note below"), NEW)
    assert done.rows == (4,)
    assert openpyxl.load_workbook(new)["Models"].tables["T"].ref == "A1:B6"


def test_what_stands_beside_an_excel_table_does_not_count(tmp_path: Path) -> None:
    path = tabled(tmp_path)
    book = openpyxl.load_workbook(path)
    book["Models"]["L9"] = "beside"
    book.save(path)
    _, done = edited(path, replace(NEW, columns=frozenset(range(12))))
    assert done.rows == (4,)


def test_notes_right_below_a_table_stop_it(tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="below the table"):
        edited(tabled(tmp_path, below="a note below"), NEW)


def test_a_totals_row_stops_it(tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="totals row"):
        edited(tabled(tmp_path, last=4, totals=True), NEW)


def test_table_headers_and_totals_are_not_set(tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="header"):
        edited(tabled(tmp_path), SetCell(0, 0, "Other"))
    with pytest.raises(WriteRefused, match="totals"):
        edited(tabled(tmp_path, last=4, totals=True), SetCell(3, 0, "Other"))


def test_all_or_nothing(tmp_path: Path) -> None:
    path = raw(tmp_path)
    with pytest.raises(WorkbookChanged):
        edited(path, SetCell(1, 0, "a"), SetCell(1, 1, "b", expected="other"))
    assert not path.with_name("new-book.xlsx").exists()


def test_rows_out_of_order_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteRefused, match="out of order"):
        edited(raw(tmp_path, ROW + HEADER), SetCell(5, 0, "x"))


def test_rows_and_cells_without_addresses(tmp_path: Path) -> None:
    path = raw(tmp_path, "<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>")
    new, _ = edited(path, SetCell(2, 1, "x", expected=""), SetCell(0, 1, "y", expected=2), SetCell(1, 0, "z"))
    assert calamine_cells(new, "Models") == [[1.0, "y"], ["z", ""], [3.0, "x"]]


def test_comments_and_cdata_do_not_mislead(tmp_path: Path) -> None:
    odd = '<!-- <row r="9"></sheetData> --><row r="2"><c r="A2" t="inlineStr">'
    odd += '<is><t><![CDATA[<row r="7">]]></t></is></c></row>'
    path = raw(tmp_path, HEADER + odd)
    new, _ = edited(path, SetCell(1, 1, "x"), SetCell(1, 0, "y", expected='<row r="7">'), SetCell(6, 0, "z"))
    assert [row[0] for row in calamine_cells(new, "Models")] == ["Name", "y", "", "", "", "", "z"]


@pytest.mark.parametrize(
    ("formula", "moved"),
    [
        ("A1+$B2+C$3+$D$4", "A3+$B4+C$3+$D$4"),
        ("\"A1\"&'A1 b'!A1", "\"A1\"&'A1 b'!A3"),
        ("LOG10(A1)+T1[[#This Row],[A1]]", "LOG10(A3)+T1[[#This Row],[A1]]"),
        ("_registry_sheets.A1+my_A1", "_registry_sheets.A1+my_A1"),
        ("SUM(A1:B2)+SUM(3:4)+A:A", "SUM(A3:B4)+SUM(5:6)+A:A"),
    ],
)
def test_formulas_are_filled_down(formula: str, moved: str) -> None:
    assert shifted(formula, 2) == moved
