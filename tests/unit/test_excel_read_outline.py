"""What a workbook says about itself besides its cells."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.workbooks.excel.snapshot import ExcelSnapshot, read_snapshot, revision_of
from tests.support.raw_xlsx import MAIN, RELATIONS, parts, relationships, sheet, write

ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'


def workbook(sheets: str, end: str = "", start: str = "") -> str:
    return f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{start}<sheets>{sheets}</sheets>{end}</workbook>'


def names(*pairs: tuple[str, str]) -> str:
    inner = "".join(f'<definedName name="{name}" hidden="1">{text}</definedName>' for name, text in pairs)
    return f"<definedNames>{inner}</definedNames>"


def snapshot(folder: Path, content: dict[str, str | bytes]) -> ExcelSnapshot:
    return read_snapshot(write(folder / "a.xlsx", content))


def test_only_worksheets_are_tabs_and_hidden_ones_are_known(tmp_path: Path) -> None:
    content = parts(ONE)
    kinds = ["worksheet", "chartsheet", "worksheet", "dialogsheet", "xlMacrosheet", "worksheet"]
    states = ["", "", 'state="hidden"', "", "", 'state="veryHidden"']
    content["xl/workbook.xml"] = workbook(
        "".join(f'<sheet name="T{n}" sheetId="{n}" r:id="rId{n}" {state}/>' for n, state in enumerate(states, 1))
    )
    content["xl/_rels/workbook.xml.rels"] = relationships(*((kind, "worksheets/sheet1.xml") for kind in kinds))
    found = snapshot(tmp_path, content)
    assert found.titles == ("T1", "T3", "T6")
    assert found.hidden == {"T3", "T6"}
    assert found.grid("T3").hidden
    assert [found.grid(title).rows for title in found.titles] == [[[1.0]]] * 3


@pytest.mark.parametrize(
    "target",
    ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml", "Worksheets\\Sheet1.XML", "../xl/worksheets/sheet1.xml"],
)
def test_targets_may_be_written_in_many_ways(tmp_path: Path, target: str) -> None:
    content = parts(ONE)
    content["xl/_rels/workbook.xml.rels"] = relationships(("worksheet", target))
    assert snapshot(tmp_path, content).grid("Models").rows == [[1.0]]


def test_the_workbook_part_may_stand_anywhere(tmp_path: Path) -> None:
    content = parts(ONE)
    content["book/main.xml"] = content.pop("xl/workbook.xml")
    content["book/_rels/main.xml.rels"] = relationships(("worksheet", "/xl/worksheets/sheet1.xml"))
    content["_rels/.rels"] = relationships(("officeDocument", "book/main.xml"))
    assert snapshot(tmp_path, content).grid("Models").rows == [[1.0]]
    content["[Content_Types].xml"] = str(content["[Content_Types].xml"]).replace("/xl/workbook.xml", "/book/main.xml")
    del content["_rels/.rels"]
    assert snapshot(tmp_path, content).titles == ("Models",)


def test_lost_relationships_are_guessed_by_number(tmp_path: Path) -> None:
    content = parts(ONE)
    for lost in ("_rels/.rels", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        del content[lost]
    assert snapshot(tmp_path, content).grid("Models").rows == [[1.0]]


def test_strict_files(tmp_path: Path) -> None:
    content = parts(ONE)
    for name, data in content.items():
        text = str(data).replace(MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        content[name] = text.replace(RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships")
    assert snapshot(tmp_path, content).grid("Models").rows == [[1.0]]


def test_a_tab_without_its_part(tmp_path: Path) -> None:
    content = parts(ONE)
    del content["xl/worksheets/sheet1.xml"]
    found = snapshot(tmp_path, content)
    assert found.titles == ("Models",)
    with pytest.raises(UnreadableWorkbook, match="missing"):
        found.grid("Models")


def test_a_title_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook, match=r"no tab 'Model'.*'Models'"):
        snapshot(tmp_path, parts(ONE)).grid("Model")


def test_our_tabs_are_known_by_hidden_names(tmp_path: Path) -> None:
    content = parts(ONE, title="Maria's list")
    defined = names(
        ("_registry_sheets.models", "'Maria''s list'!$A$1"),
        ("_Registry_Sheets.Findings", "'Maria''s list'!$A$1"),
        ("_registry_sheets.live", "#REF!$A$1"),
        ("_registry_sheets.lists", "Lists!$A$1"),
        ("Findings", "'Maria''s list'!$A$1"),
    )
    scoped = "<definedName name=\"_registry_sheets.guide\" localSheetId=\"0\">'Maria''s list'!$A$1</definedName>"
    defined = defined.replace("</definedNames>", f"{scoped}</definedNames>")
    content["xl/workbook.xml"] = workbook('<sheet name="Maria\'s list" sheetId="1" r:id="rId1"/>', defined)
    found = snapshot(tmp_path, content)
    assert found.own_tabs == {"findings": "Maria's list"}
    assert found.marked_tab == "Maria's list"


@pytest.mark.parametrize(
    ("end", "words"),
    [
        ('<workbookProtection lockStructure="1"/>', "structure is protected"),
        ('<fileSharing userName="m" reservationPassword="CE88"/>', "asks for a password"),
        ('<fileSharing userName="m" algorithmName="SHA-512" hashValue="x" saltValue="y" spinCount="1"/>', "password"),
    ],
)
def test_what_forbids_writing(tmp_path: Path, end: str, words: str) -> None:
    content = parts(ONE, workbook_end=end)
    (sentence,) = snapshot(tmp_path, content).obstacles
    assert words in sentence


@pytest.mark.parametrize(
    "end",
    ["", "<workbookProtection/>", '<workbookProtection lockStructure="0"/>', '<fileSharing readOnlyRecommended="1"/>'],
)
def test_what_does_not_forbid_writing(tmp_path: Path, end: str) -> None:
    assert snapshot(tmp_path, parts(ONE, workbook_end=end)).obstacles == ()


def test_signatures_and_tracked_changes_forbid_writing(tmp_path: Path) -> None:
    content = parts(ONE)
    content["_xmlsignatures/sig1.xml"] = "<Signature/>"
    content["xl/_rels/workbook.xml.rels"] = relationships(
        ("worksheet", "worksheets/sheet1.xml"), ("revisionHeaders", "revisions/revisionHeaders.xml")
    )
    content["xl/revisions/revisionHeaders.xml"] = "<headers/>"
    signed, tracked = snapshot(tmp_path, content).obstacles
    assert "signed" in signed
    assert "tracked" in tracked


def test_the_last_editor(tmp_path: Path) -> None:
    content = parts(ONE)
    assert snapshot(tmp_path, content).last_editor is None
    content["_rels/.rels"] = relationships(
        ("officeDocument", "xl/workbook.xml"), ("core-properties", "docProps/core.xml")
    )
    content["docProps/core.xml"] = (
        '<cp:coreProperties xmlns:cp="urn:c" xmlns:dcterms="urn:d"><cp:lastModifiedBy>Maria</cp:lastModifiedBy>'
        "<dcterms:modified>2026-07-01T10:20:30Z</dcterms:modified></cp:coreProperties>"
    )
    editor = snapshot(tmp_path, content).last_editor
    assert editor is not None
    assert (editor.name, editor.when) == ("Maria", datetime(2026, 7, 1, 10, 20, 30, tzinfo=UTC))
    content["docProps/core.xml"] = "<broken"
    assert snapshot(tmp_path, content).last_editor is None


def test_grids_come_from_the_bytes_that_were_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", parts(ONE))
    before = read_snapshot(path)
    data = path.read_bytes()
    write(path, {**parts(ONE), "xl/worksheets/sheet1.xml": sheet(ONE.replace(">1<", ">2<"))})
    assert before.grid("Models").rows == [[1.0]]
    assert before.revision == revision_of(data)
    assert read_snapshot(path).revision != before.revision
