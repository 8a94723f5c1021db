"""Adding and replacing tabs in a workbook that people already have."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from registry_sheets.errors import UnreadableWorkbook, WriteRefused
from registry_sheets.registry.sheets import Mark, Sheet, SheetCell, own_name
from registry_sheets.workbooks.excel.package import Changes
from registry_sheets.workbooks.excel.render import SHEET_ORDER
from registry_sheets.workbooks.excel.snapshot import read_snapshot
from tests.support import raw_xlsx
from tests.support.packages import (
    calamine_cells,
    changed,
    differing,
    findings,
    lists,
    models,
    names,
    openpyxl_cells,
    part,
)

MARK = Mark("A2:B1048576", "SUMPRODUCT(--EXACT(_registry_sheets.keys,$A2))>0", "error")
STATIC = Mark("A2:A1048576", 'AND($B2<>"",$A2="")', "missing")


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A workbook of people, with two tabs and a style of theirs."""
    made = openpyxl.Workbook()
    tab = made.active
    assert tab is not None
    tab.title = "My models"
    for row in (("Name", "Version", "Trained"), ("Churn", "1.0", date(2026, 1, 2)), ("Churn", "1.1", date(2026, 2, 3))):
        tab.append(row)
    tab["A1"].font = openpyxl.styles.Font(bold=True, color="FF00AA00")
    made.create_sheet("Notes")["B2"] = "keep me"
    path = tmp_path / "book.xlsx"
    made.save(path)
    return path


def raw(tmp_path: Path, **replaced: str | bytes) -> Path:
    content = raw_xlsx.parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    return raw_xlsx.write(tmp_path / "raw.xlsx", content | replaced)


def test_a_new_tab_goes_last_and_reads_back(book: Path) -> None:
    new, done = changed(book, Changes(own=(findings(),)))
    read = openpyxl.load_workbook(new)
    assert read.sheetnames == ["My models", "Notes", "Findings"]
    tab = read["Findings"]
    assert [cell.value for cell in tab[2]][:3] == ["Severity", "Model", "Version"]
    assert tab["E3"].is_date
    assert tab["F3"].value == '=HYPERLINK("#Models!A2","row 2")'
    assert tab["C3"].number_format == "@"
    assert tab.freeze_panes == "A3"
    assert tab.column_dimensions["G"].hidden
    assert tab.tables["Findings"].ref == "A2:G4"
    assert tab["A2"].comment is not None
    assert tab["A2"].comment.text == "How bad it is"
    assert [str(merged) for merged in tab.merged_cells.ranges] == ["A1:C1"]
    assert done.titles == {"findings": "Findings"}
    assert calamine_cells(new, "Findings")[2][5:] == ["row 2", "Model 2|3.10|data_x0041_|\x01"]


def test_only_the_declared_parts_differ(book: Path) -> None:
    new, done = changed(book, Changes(own=(findings(),), people=(lists(),)))
    assert {name.casefold() for name in differing(book, new)} == {*done.changed, *done.added}
    assert "xl/worksheets/sheet1.xml" not in done.changed
    assert openpyxl_cells(book) == openpyxl_cells(new, skip=("Findings", "Lists"))


def test_an_own_tab_is_known_by_its_name_and_replaced_in_place(book: Path) -> None:
    first, _ = changed(book, Changes(own=(findings(),)))
    read = openpyxl.load_workbook(first)
    assert read.defined_names[own_name("findings")].hidden
    second, done = changed(first, Changes(own=(findings(5, title="Other"),)))
    assert openpyxl.load_workbook(second).sheetnames == ["My models", "Notes", "Findings"]
    assert done.titles == {"findings": "Findings"}
    assert openpyxl.load_workbook(second)["Findings"].tables["Findings"].ref == "A2:G7"
    assert openpyxl.load_workbook(second).defined_names["_registry_sheets.keys"].value == "'Findings'!$G$3:$G$8"


def test_the_same_again_changes_nothing(book: Path) -> None:
    changes = Changes(own=(findings(),), people=(models(), lists()), marks_tab="My models", marks=(MARK, STATIC))
    first, _ = changed(book, changes)
    second, done = changed(first, changes)
    assert not done.changed
    assert not done.added
    assert first.read_bytes() == second.read_bytes()


def test_styles_do_not_grow_from_night_to_night(book: Path) -> None:
    first, _ = changed(book, Changes(own=(findings(2),)))
    second, done = changed(first, Changes(own=(findings(9),)))
    assert set(done.changed) == {"xl/worksheets/sheet3.xml", "xl/tables/table1.xml", "xl/workbook.xml"}
    assert part(first, "xl/styles.xml") == part(second, "xl/styles.xml")


def test_styles_of_ours_are_used_again_after_another_program_saved(book: Path) -> None:
    first, _ = changed(book, Changes(own=(findings(2),), marks_tab="My models", marks=(MARK,)))
    read = openpyxl.load_workbook(first)
    read.save(first)
    second, _ = changed(first, Changes(own=(findings(3),), marks_tab="My models", marks=(MARK,)))
    for tag in ("<cellXfs count=", "<dxfs count=", "<fonts count="):
        assert part(first, "xl/styles.xml").partition(tag)[2][:5] == part(second, "xl/styles.xml").partition(tag)[2][:5]


def test_a_title_that_people_use_is_left_alone(book: Path) -> None:
    read = openpyxl.load_workbook(book)
    read["Notes"].title = "FINDINGS"
    read.save(book)
    new, done = changed(book, Changes(own=(findings(),)))
    assert done.titles == {"findings": "Findings (registry)"}
    assert openpyxl.load_workbook(new)["FINDINGS"]["B2"].value == "keep me"
    again, done = changed(new, Changes(own=(findings(3),)))
    assert openpyxl.load_workbook(again).sheetnames == ["My models", "FINDINGS", "Findings (registry)"]


def test_a_peoples_tab_is_added_but_never_replaced(book: Path) -> None:
    new, done = changed(book, Changes(people=(models(), lists())))
    assert done.titles == {"models": "Models", "lists": "Lists"}
    filled = openpyxl.load_workbook(new)
    filled["Models"]["A2"] = "mine"
    filled.save(new)
    again, done = changed(new, Changes(people=(models(),)))
    assert not done.changed
    assert openpyxl.load_workbook(again)["Models"]["A2"].value == "mine"


def test_a_tab_whose_name_points_nowhere_is_added_anew(book: Path) -> None:
    first, _ = changed(book, Changes(own=(findings(),)))
    read = openpyxl.load_workbook(first)
    del read["Findings"]
    read.defined_names[own_name("findings")].value = "#REF!"
    read.save(first)
    second, _ = changed(first, Changes(own=(findings(),)))
    assert openpyxl.load_workbook(second).defined_names[own_name("findings")].value == "'Findings'!$A$1"


@pytest.mark.parametrize("place", ["Notes!$A$1", "Notes!$C$9", "'My models'!$B$40"])
def test_a_name_that_went_along_with_cut_cells_makes_no_tab_of_people_ours(book: Path, place: str) -> None:
    first, _ = changed(book, Changes(own=(findings(),)))
    read = openpyxl.load_workbook(first)
    read.defined_names[own_name("findings")].value = place
    read.save(first)
    before = {title: [*openpyxl.load_workbook(first)[title].values] for title in ("Notes", "My models")}
    second, _ = changed(first, Changes(own=(findings(),)))
    after = openpyxl.load_workbook(second)
    assert {title: [*after[title].values] for title in before} == before
    assert after.defined_names[own_name("findings")].value == "'Findings (registry)'!$A$1"
    assert read_snapshot(first).own_tabs == {}


def test_a_tab_of_ours_that_was_renamed_stays_ours(book: Path) -> None:
    first, _ = changed(book, Changes(own=(findings(),)))
    read = openpyxl.load_workbook(first)
    read["Findings"].title = "To do"
    read.defined_names[own_name("findings")].value = "'To do'!$A$1"
    read.save(first)
    second, _ = changed(first, Changes(own=(findings(),)))
    assert "Findings" not in openpyxl.load_workbook(second).sheetnames
    assert read_snapshot(second).own_tabs == {"findings": "To do"}


def test_widths_filters_and_comments_of_people_stay(book: Path) -> None:
    first, _ = changed(book, Changes(own=(findings(),)))
    read = openpyxl.load_workbook(first)
    tab = read["Findings"]
    tab.column_dimensions["B"].width = 41
    tab["B3"].comment = openpyxl.comments.Comment("asked Ann", "Bo")
    tab.tables["Findings"].autoFilter.add_filter_column(1, ["Model 3"])
    read.save(first)
    second, _ = changed(first, Changes(own=(findings(4),)))
    tab = openpyxl.load_workbook(second)["Findings"]
    assert tab.column_dimensions["B"].width == 41
    assert tab["B3"].comment.text == "asked Ann"
    assert tab.tables["Findings"].autoFilter.filterColumn[0].filters.filter == ["Model 3"]
    assert [row for row, look in tab.row_dimensions.items() if look.hidden] == [3, 5, 6]


def test_elements_stand_in_schema_order(book: Path) -> None:
    new, _ = changed(book, Changes(own=(findings(),), marks_tab="My models", marks=(MARK,)))
    for name in ("xl/worksheets/sheet1.xml", "xl/worksheets/sheet3.xml"):
        found = [child.tag.rpartition("}")[2] for child in ElementTree.fromstring(part(new, name))]
        assert found == sorted(found, key=SHEET_ORDER.index)


def test_marks_come_after_those_of_people_and_are_replaced(book: Path) -> None:
    read = openpyxl.load_workbook(book)
    rule = openpyxl.formatting.rule.CellIsRule(operator="equal", formula=['"x"'])
    read["My models"].conditional_formatting.add("A1:A9", rule)
    read.save(book)
    first, done = changed(book, Changes(marks_tab="My models", marks=(MARK, STATIC)))
    assert set(done.changed) == {"xl/worksheets/sheet1.xml", "xl/styles.xml"}
    second, _ = changed(first, Changes(marks_tab="My models", marks=(MARK,)))
    ranges = {str(f.sqref): f.rules for f in openpyxl.load_workbook(second)["My models"].conditional_formatting}
    assert set(ranges) == {"A1:A9", "A2:B1048576"}
    assert ranges["A2:B1048576"][0].formula == [MARK.formula]
    priorities = [rule.priority for rules in ranges.values() for rule in rules]
    assert len(set(priorities)) == 2
    third, _ = changed(second, Changes(marks_tab="My models", marks=()))
    assert part(third, "xl/worksheets/sheet1.xml") == part(book, "xl/worksheets/sheet1.xml")


def test_newer_formats_and_extensions_are_untouched(tmp_path: Path) -> None:
    ext = (
        '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" '
        'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>'
        '<x14:conditionalFormatting><x14:cfRule type="dataBar" priority="7" id="{A}"/></x14:conditionalFormatting>'
        "</x14:conditionalFormattings></ext></extLst>"
    )
    sheet = raw_xlsx.sheet('<row r="1"><c r="A1"><v>1</v></c></row>').replace("</worksheet>", f"{ext}</worksheet>")
    path = raw(tmp_path, **{"xl/worksheets/sheet1.xml": sheet})
    new, _ = changed(path, Changes(marks_tab="Models", marks=(MARK,)))
    found = part(new, "xl/worksheets/sheet1.xml")
    assert ext in found
    assert 'priority="8"' in found
    assert found.index("<conditionalFormatting ") < found.index("<extLst>")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-16-be", "iso-8859-1"])
def test_other_encodings_stay_as_they_are(tmp_path: Path, encoding: str) -> None:
    declared = encoding.replace("-sig", "").replace("-be", "")
    text = f'<?xml version="1.0" encoding="{declared}"?>' + raw_xlsx.sheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>größer</t></is></c></row>'
    )
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    workbook = '<?xml version="1.0" encoding="utf-16"?>' + str(raw_xlsx.parts()["xl/workbook.xml"])
    path = raw(
        tmp_path,
        **{"xl/worksheets/sheet1.xml": mark + text.encode(encoding), "xl/workbook.xml": workbook.encode("utf-16")},
    )
    new, _ = changed(path, Changes(own=(findings(),), marks_tab="Models", marks=(MARK,)))
    with zipfile.ZipFile(new) as archive:
        found = archive.read("xl/worksheets/sheet1.xml")
        assert "Findings" in archive.read("xl/workbook.xml").decode("utf-16")
    assert found.startswith((mark + text.encode(encoding))[:150])
    assert "conditionalFormatting" in found.decode(encoding)


def test_prefixes_and_strict_namespaces_are_kept(tmp_path: Path) -> None:
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    relations = "http://purl.oclc.org/ooxml/officeDocument/relationships"
    content = {
        name: data.replace(raw_xlsx.MAIN, strict).replace(raw_xlsx.RELATIONS, relations)
        if isinstance(data, str)
        else data
        for name, data in raw_xlsx.parts('<row r="1"><c r="A1"><v>1</v></c></row>').items()
    }
    content["xl/worksheets/sheet1.xml"] = (
        f'<x:worksheet xmlns:x="{strict}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    path = raw_xlsx.write(tmp_path / "strict.xlsx", content)
    new, _ = changed(path, Changes(own=(findings(),), marks_tab="Models", marks=(MARK,)))
    assert "<x:cfRule" in part(new, "xl/worksheets/sheet1.xml")
    assert f'xmlns="{strict}"' in part(new, "xl/worksheets/sheet2.xml")
    assert f'Type="{relations}/worksheet"' in part(new, "xl/_rels/workbook.xml.rels")
    assert calamine_cells(new, "Findings")[2][0] == "error"


def test_parts_are_found_whatever_their_case_and_slashes(tmp_path: Path) -> None:
    content = raw_xlsx.parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    content["XL/Worksheets/Sheet1.XML"] = content.pop("xl/worksheets/sheet1.xml")
    targets = (("worksheet", "/xl\\worksheets/sheet1.xml"), ("styles", "../xl/./styles.xml"))
    content["xl/_rels/workbook.xml.rels"] = raw_xlsx.relationships(*targets)
    path = raw_xlsx.write(tmp_path / "case.xlsx", content)
    new, done = changed(path, Changes(own=(findings(),), marks_tab="Models", marks=(MARK,)))
    assert "xl/worksheets/sheet1.xml" in done.changed
    assert "XL/Worksheets/Sheet1.XML" in names(new)
    assert "xl/styles.xml" in done.changed


def test_a_workbook_without_styles_gets_some(tmp_path: Path) -> None:
    content = raw_xlsx.parts('<row r="1"><c r="A1"><v>1</v></c></row>')
    del content["xl/styles.xml"]
    content["xl/_rels/workbook.xml.rels"] = raw_xlsx.relationships(("worksheet", "worksheets/sheet1.xml"))
    path = raw_xlsx.write(tmp_path / "plain.xlsx", content)
    new, done = changed(path, Changes(own=(findings(),)))
    assert "xl/styles.xml" in done.added
    assert openpyxl.load_workbook(new)["Findings"]["E3"].is_date


def chained(tmp_path: Path, sheet_id: int) -> Path:
    first, _ = changed(raw(tmp_path), Changes(own=(findings(),)))
    chain = f'<calcChain xmlns="{raw_xlsx.MAIN}"><c r="F3" i="{sheet_id}"/></calcChain>'
    with zipfile.ZipFile(first) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    relation = (
        f'<Relationship Id="rId77" Type="{raw_xlsx.RELATIONS}/calcChain" Target="calcChain.xml"/></Relationships>'
    )
    rels = "xl/_rels/workbook.xml.rels"
    content[rels] = content[rels].replace(b"</Relationships>", relation.encode())
    override = b'<Override PartName="/xl/calcChain.xml" ContentType="x"/></Types>'
    content["[Content_Types].xml"] = content["[Content_Types].xml"].replace(b"</Types>", override)
    return raw_xlsx.write(tmp_path / "chain.xlsx", {**content, "xl/calcChain.xml": chain})


def test_the_calculation_chain_goes_when_a_replaced_tab_is_in_it(tmp_path: Path) -> None:
    new, done = changed(chained(tmp_path, 2), Changes(own=(findings(3),)))
    assert done.removed == ("xl/calcchain.xml",)
    assert "xl/calcChain.xml" not in names(new)
    assert "calcChain" not in part(new, "xl/_rels/workbook.xml.rels")
    assert "calcChain" not in part(new, "[Content_Types].xml")


def test_the_calculation_chain_stays_otherwise(tmp_path: Path) -> None:
    new, done = changed(chained(tmp_path, 1), Changes(own=(findings(3),)))
    assert not done.removed
    assert "xl/calcChain.xml" in names(new)


@pytest.mark.parametrize(
    ("formula", "asked"),
    [
        ("COUNTA(_registry_sheets.keys)", True),
        ("Findings!A3", True),
        ("COUNTA(Findings[Model])", True),
        ('INDIRECT("Findings!A3")', True),
        ("A1+1", False),
        ("Findings2!A1", True),  # looks alike: once too often is right
    ],
)
def test_excel_is_asked_to_calculate_only_where_formulas_depend(tmp_path: Path, formula: str, asked: bool) -> None:
    rows = f'<row r="1"><c r="A1"><f>{formula}</f><v>1</v></c></row>'
    path = raw_xlsx.write(tmp_path / "raw.xlsx", raw_xlsx.parts(rows))
    first, _ = changed(path, Changes(own=(findings(),)))
    second, done = changed(first, Changes(own=(findings(3),)))
    assert done.recalculates is asked
    assert ('fullCalcOnLoad="1"' in part(second, "xl/workbook.xml")) is asked


def test_table_ids_and_names_are_new(book: Path) -> None:
    read = openpyxl.load_workbook(book)
    table = openpyxl.worksheet.table.Table(displayName="findings", ref="A1:C3", id=7)
    read["My models"].add_table(table)
    read.save(book)
    new, _ = changed(book, Changes(own=(findings(),)))
    found = openpyxl.load_workbook(new)["Findings"].tables
    assert [(t.name, t.id > 1) for t in found.values()] == [("Findings_2", True)]


def test_text_that_looks_like_a_formula_is_text(book: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@x", "'quoted", " spaced ", "two\nlines", "\ttab", "_x000D_", "é😀"]
    rows = [[SheetCell("Findings")], [], *[[SheetCell(text)] for text in texts]]
    new, _ = changed(book, Changes(own=(Sheet("findings", "Findings", rows),)))
    assert [row[0] for row in calamine_cells(new, "Findings")[2:]] == texts


@pytest.mark.parametrize(
    ("addition", "word"),
    [
        ('<workbookProtection lockStructure="1"/>', "protected"),
        ('<fileSharing userName="x" reservationPassword="AB12"/>', "password"),
    ],
)
def test_workbooks_that_must_not_be_written(tmp_path: Path, addition: str, word: str) -> None:
    workbook = str(raw_xlsx.parts()["xl/workbook.xml"]).replace("<sheets>", f"{addition}<sheets>")
    path = raw(tmp_path, **{"xl/workbook.xml": workbook})
    with pytest.raises(WriteRefused, match=word) as caught:
        changed(path, Changes(own=(findings(),)))
    assert caught.value.fix


def test_a_doctype_is_refused(tmp_path: Path) -> None:
    sheet = '<!DOCTYPE worksheet [<!ENTITY a "b">]>' + raw_xlsx.sheet("")
    path = raw(tmp_path, **{"xl/worksheets/sheet1.xml": sheet})
    with pytest.raises(UnreadableWorkbook):
        changed(path, Changes(marks_tab="Models", marks=(MARK,)))


def test_a_missing_tab_is_named(book: Path) -> None:
    with pytest.raises(WriteRefused, match="no tab 'Nope'"):
        changed(book, Changes(marks_tab="Nope", marks=(MARK,)))
