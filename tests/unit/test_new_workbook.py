from __future__ import annotations

import re
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from openpyxl import load_workbook

from registry_sheets.errors import CannotSave
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import Sheet, SheetCell, Validation
from registry_sheets.registry.tabs.template import TITLE, registry_tabs
from registry_sheets.workbooks.excel.new import workbook_bytes, write_workbook
from registry_sheets.workbooks.excel.snapshot import read_snapshot
from registry_sheets.workbooks.looks import TINTS
from tests.support.make_template import TEMPLATE
from tests.support.registries import checked_registry, version


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def sheet(*cells: SheetCell, **more: object) -> Sheet:
    return Sheet("models", "Models", (cells,), **more)  # type: ignore[arg-type]


def test_the_template_is_what_the_code_makes() -> None:
    """Part by part; canonical XML, because versions of lxml and openpyxl write the same thing differently."""
    made, shipped = parts(workbook_bytes(registry_tabs(), title=TITLE)), parts(TEMPLATE.read_bytes())
    again = "templates/model-registry.xlsx is stale: python -m tests.support.make_template"
    assert sorted(made) == sorted(shipped), again
    assert {name: canonical(part) for name, part in made.items()} == {
        name: canonical(part) for name, part in shipped.items()
    }, again


def canonical(part: bytes) -> bytes:
    return etree.tostring(etree.fromstring(part), method="c14n")


def test_the_same_sheets_make_the_same_file() -> None:
    assert workbook_bytes(registry_tabs()) == workbook_bytes(registry_tabs())


def test_text_stays_text_whatever_it_starts_with(tmp_path: Path) -> None:
    texts = ["=1+1", "+1", "-1", "@x", "#N/A", "3.10", "007", "TRUE", " x ", "_x0041_", "a\nb", "1/2"]
    write_workbook([sheet(*map(SheetCell, texts))], tmp_path / "r.xlsx")
    row = load_workbook(tmp_path / "r.xlsx")["Models"][1]
    assert {cell.data_type for cell in row} == {"s"}
    shown = [
        text.replace("_x005F_", "_") for text in map(str, read_snapshot(tmp_path / "r.xlsx").grid("Models").rows[0])
    ]
    assert shown == texts


def test_other_values_keep_their_kind(tmp_path: Path) -> None:
    values: list[Cell] = [3, 2.5, True, date(2026, 3, 4), datetime(2026, 3, 4, 5, 6), time(7, 30), timedelta(hours=30)]
    write_workbook([sheet(*map(SheetCell, values))], tmp_path / "r.xlsx")
    row = read_snapshot(tmp_path / "r.xlsx").grid("Models").rows[0]
    assert row[:3] == [3, 2.5, True]
    assert row[3] in (date(2026, 3, 4), datetime(2026, 3, 4))
    assert row[4] == datetime(2026, 3, 4, 5, 6)
    assert row[6] == timedelta(hours=30)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(st.text(), st.floats(allow_nan=False), st.booleans(), st.dates(date(1900, 3, 1))), max_size=5)
)
def test_any_cells_make_a_workbook_that_opens(values: list[Cell]) -> None:
    content = workbook_bytes([sheet(SheetCell("Name"), *map(SheetCell, values))])
    row = load_workbook(BytesIO(content))["Models"][1]
    assert row[0].value == "Name"
    assert all(cell.data_type != "f" for cell in row)


def test_every_formula_carries_its_value(tmp_path: Path) -> None:
    checked_registry(tmp_path / "r.xlsx", [version(data_source="TBD"), version(name="<&>", owner="")])
    for name, part in parts((tmp_path / "r.xlsx").read_bytes()).items():
        if name.startswith("xl/worksheets/sheet"):
            assert part.count(b"<f>") == len(re.findall(rb"</f><v>[^<]*</v></c>", part)), name
    snapshot = read_snapshot(tmp_path / "r.xlsx")
    assert not snapshot.grid("Models").uncached
    assert not snapshot.grid("Findings").uncached


def test_many_formulas_take_time_in_proportion() -> None:
    before = process_time()
    workbook_bytes([sheet(*[SheetCell("x" * 500, formula='"' + "x" * 2_000 + '"')] * 2_000)])
    assert process_time() - before < 10


def test_formulas_that_give_numbers_and_truth() -> None:
    cells = [SheetCell(2, formula="1+1"), SheetCell(True, formula="1=1"), SheetCell("a<b", formula='"a<b"')]
    row = load_workbook(BytesIO(workbook_bytes([sheet(*cells)])), data_only=True)["Models"][1]
    assert [cell.value for cell in row] == [2, True, "a<b"]


def test_a_reader_is_not_asked_to_save_and_nothing_looks_protected() -> None:
    workbook = parts(workbook_bytes(registry_tabs()))["xl/workbook.xml"]
    assert b'fullCalcOnLoad="1"' not in workbook
    assert b"workbookProtection" not in workbook


def test_our_names_are_hidden_and_the_tabs_are_known(tmp_path: Path) -> None:
    write_workbook(registry_tabs(), tmp_path / "r.xlsx")
    names = load_workbook(tmp_path / "r.xlsx").defined_names
    assert names
    assert all(name.hidden for name in names.values())
    snapshot = read_snapshot(tmp_path / "r.xlsx")
    assert set(snapshot.own_tabs) >= {"findings", "live", "guide"}
    assert snapshot.marked_tab == "Models"
    assert snapshot.obstacles == ()


def test_validations_never_stop() -> None:
    choices = [
        Validation("A1:A9", "list", '"a,b"'),
        Validation("B1:B9", "list", '"a,b"', error="Not one of them."),
        Validation("C1", "date", error="Not a date."),
        Validation("D1", "any", prompt_title="Here", prompt="Type."),
    ]
    made = load_workbook(BytesIO(workbook_bytes([sheet(SheetCell("x"), validations=tuple(choices))])))
    found = made["Models"].data_validations.dataValidation
    assert {validation.errorStyle for validation in found} == {"warning"}
    assert [validation.showErrorMessage for validation in found] == [False, True, True, False]
    assert found[3].prompt == "Type."


def test_elements_stand_in_schema_order() -> None:
    part = parts(workbook_bytes(registry_tabs()))["xl/worksheets/sheet1.xml"]
    order = [etree.QName(child).localname for child in etree.fromstring(part)]
    wanted = [
        *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "autoFilter"),
        *("conditionalFormatting", "dataValidations", "pageMargins", "pageSetup", "ignoredErrors", "legacyDrawing"),
    ]
    assert list(dict.fromkeys(order)) == wanted


def test_looks_are_those_of_the_package_editor() -> None:
    made = load_workbook(BytesIO(workbook_bytes(registry_tabs())))
    rules = [rule for found in made["Models"].conditional_formatting for rule in found.rules]
    assert {rule.dxf.fill.bgColor.rgb[2:] for rule in rules} == set(TINTS.values())
    assert len({rule.priority for rule in rules}) == len(rules)


def test_properties_tell_what_they_are_given(tmp_path: Path) -> None:
    write_workbook([sheet(SheetCell("x"))], tmp_path / "r.xlsx", title="Ours", made=datetime(2026, 7, 1, 8, tzinfo=UTC))
    properties = load_workbook(tmp_path / "r.xlsx").properties
    assert (properties.title, properties.creator) == ("Ours", "Registry Sheets")
    assert properties.created == datetime(2026, 7, 1, 8)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotSave, match="could not be written"):
        write_workbook([sheet(SheetCell("x"))], tmp_path / "none" / "r.xlsx")


def test_nothing_is_left_behind(tmp_path: Path) -> None:
    write_workbook([sheet(SheetCell("x"))], tmp_path / "r.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["r.xlsx"]
