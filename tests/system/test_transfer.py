"""A registry carried from Excel to Google and back, and rows imported, in process against the Google stand-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from registry_sheets.errors import CannotSave, ConfigProblem, EditRefused, RegistrySheetsError, WriteRefused
from registry_sheets.operations.applying import apply_all
from registry_sheets.operations.looking import Terms, is_blank
from registry_sheets.operations.old_lists import read_csv
from registry_sheets.operations.settling import Desk
from registry_sheets.operations.transfer import Exported, export
from registry_sheets.operations.transfer_import import Imported, import_rows
from registry_sheets.operations.transfer_limits import EXCEL, GOOGLE
from registry_sheets.operations.transfer_rows import incoming_list, incoming_of
from registry_sheets.registry.grid import Cell, Place
from registry_sheets.registry.table import Lists, Owner
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.registry.tabs.findings import NOT_CHECKED
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.state.outbox import Outbox
from registry_sheets.wiring.transfer import BlankSpreadsheet, NewWorkbook
from registry_sheets.workbooks.base import Workbook
from registry_sheets.workbooks.excel.new import escaped, write_workbook
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook
from tests.support.command import run
from tests.support.google.cellvalues import Error, Formula
from tests.support.google.faults import Fault, cut_before, reply_lost
from tests.support.google.lab import GoogleLab, google_lab

HEADER = ["Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Metric: F1", "Anything"]
TEXTS = (
    *("=1+1", "+41 44", "-", "@x", "'quoted", "3.10", "007", "1E3", "TRUE", "é😀", "a&<b>\"'", "_x000D_", " blanks "),
    *("two\nlines", "2026-06-30", "12:30", "50%", "#N/A", "a" * 32_767, "\U0001f600" * 1000, "#gid=0&range=", "{1;2}"),
)
VALUES: tuple[Cell, ...] = (
    *(True, False, 0, 1, -1, 3.1, 0.1, 1e-7, 1e15, 123456789012345.0, 45000, 12.5),
    *(date(1900, 1, 1), date(1900, 2, 28), date(1900, 3, 1), date(1904, 1, 1), date(1904, 1, 2), date(2026, 6, 30)),
    *(date(9999, 12, 31), datetime(2026, 6, 30, 13, 5, 7), datetime(1900, 3, 1, 0, 0, 1), datetime(2026, 1, 1, 23, 59)),
    *(time(12, 30, 5), time(0, 0, 1), timedelta(hours=30, minutes=5), timedelta(days=400)),
)


WORKED_OUT: Mapping[str, Any] = {"=SUM(H2:H4)": 1.5, "=NA()": Error("#N/A"), "=B2*2": 3.0, '="a"&"b"': "ab"}


def calculated(formula: str) -> Any:
    """What Google makes of the formulas here; a Check shows nothing."""
    return "" if len(formula) > 500 else WORKED_OUT.get(formula)


@pytest.fixture
def lab() -> GoogleLab:
    return google_lab(calculate=calculated)


def excel(path: Path) -> ExcelWorkbook:
    return ExcelWorkbook(path, path.parent / "state")


def made(path: Path, anything: Mapping[int, Any], mac: bool = False) -> ExcelWorkbook:
    """A workbook with a row for each of ``anything``, a tab of notes and a hidden one, in this order."""
    book = openpyxl.Workbook()
    if mac:
        book.epoch = CALENDAR_MAC_1904
    notes = book.active
    assert notes is not None
    notes.title = "Sheet1"
    notes["B2"] = "not a registry"
    models = book.create_sheet("Our models")
    models.append(HEADER)
    for row, value in anything.items():
        models.append(["AC failure", str(row), date(2026, 6, 30), "CRM 2026", "Berlin", "Testing", "Ben", 0.5])
        cell = models.cell(models.max_row, len(HEADER))
        if isinstance(value, str):
            cell.value, cell.data_type = escaped(value), "s"
        else:
            cell.value = value
    secret = book.create_sheet("Secret")
    secret.sheet_state = "hidden"
    secret["A1"], secret["C3"] = "still here", 7
    book.save(path)
    return excel(path)


def cells(workbook: Workbook) -> dict[str, tuple[list[list[Cell]], dict[Place, str], dict[Place, str], bool]]:
    """Of each people's tab in order: values, errors, formulas, whether it is hidden. A day is its midnight."""
    snapshot = workbook.read()
    found = {}
    for title in snapshot.titles:
        if title in snapshot.own_tabs.values():
            continue
        grid = snapshot.grid(title)
        rows = [[_plain(cell) for cell in row] for row in grid.rows]
        formulas = {place: text for place, text in workbook.formulas(title).items() if text != grid.errors.get(place)}
        found[title] = (_trimmed(rows), dict(grid.errors), formulas, title in snapshot.hidden)
    return found


def _plain(cell: Cell) -> Any:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime(cell.year, cell.month, cell.day)
    return (type(cell).__name__, cell) if isinstance(cell, (bool, str)) else cell


def _trimmed(rows: list[list[Any]]) -> list[list[Any]]:
    blank = ("str", "")
    for row in rows:
        while row and row[-1] == blank:
            row.pop()
    while rows and not rows[-1]:
        rows.pop()
    return rows


TERMS = Terms("models", TableSettings())


def to_google(lab: GoogleLab, workbook: Workbook, terms: Terms = TERMS) -> tuple[Workbook, Exported]:
    blank = lab.made({"Tabelle1": []}, "A copy")
    done = export(workbook, terms, BlankSpreadsheet(lab.workbook(blank)))
    return lab.workbook(blank), done


def to_excel(path: Path, workbook: Workbook, terms: Terms = TERMS) -> tuple[ExcelWorkbook, Exported]:
    done = export(workbook, terms, NewWorkbook(path))
    return excel(path), done


# Its own inverse


@pytest.mark.parametrize("mac", [False, True], ids=["1900", "1904"])
def test_from_excel_to_google_and_back(lab: GoogleLab, tmp_path: Path, mac: bool) -> None:
    values = [value for value in (*TEXTS, *VALUES) if not mac or not isinstance(value, date) or value.year > 1904]
    source = made(tmp_path / "models.xlsx", dict(enumerate(values)), mac)
    before = (tmp_path / "models.xlsx").read_bytes()
    there, _ = to_google(lab, source)
    back, _ = to_excel(tmp_path / "back.xlsx", there)
    wanted = cells(source)
    assert cells(there) == wanted
    assert cells(back) == wanted
    assert [*cells(there)] == [*cells(back)] == ["Sheet1", "Our models", "Secret"]
    assert (tmp_path / "models.xlsx").read_bytes() == before
    assert [cell for row in wanted["Our models"][0] for cell in row if cell == ("str", "3.10")]


def test_from_google_to_excel_and_back(lab: GoogleLab, tmp_path: Path) -> None:
    rows = [
        ["AC failure", str(at), date(2026, 6, 30), "CRM", "Berlin", "Testing", "Ben", 0.5, value]
        for at, value in enumerate([*TEXTS, *(value for value in VALUES if not isinstance(value, (time, timedelta)))])
    ]
    odd = [["Total", Formula("=SUM(H2:H4)", 1.5), Error("#N/A"), Formula("=B2*2", 3.0), Formula('="a"&"b"', "ab")]]
    google = lab.made({"Rows": odd, "Our models": [HEADER, *rows], "Rest": []}, "Ours")
    lab.person(google).hide_tab("Rest")
    lab.person(google).hide_tab("Rows")
    source = lab.workbook(google)
    there, _ = to_excel(tmp_path / "models.xlsx", source)
    back, _ = to_google(lab, there)
    wanted = cells(source)
    assert list(wanted) == ["Rows", "Our models", "Rest"]
    assert cells(there) == wanted
    assert cells(back) == wanted
    assert [*cells(there)] == [*cells(back)] == [*wanted]


def test_formulas_are_carried_with_their_values(lab: GoogleLab, tmp_path: Path) -> None:
    there, _ = to_excel(tmp_path / "models.xlsx", _with_formulas(tmp_path))
    wanted = cells(there)
    assert wanted["Our models"][2] == {
        (1, 8): "H2*2",
        (2, 8): '_xlfn.TEXTJOIN(";",TRUE,A2:A1048576)',
        (3, 8): "1/0",
        (4, 8): "D1",
    }
    google, done = to_google(lab, there)
    assert done.formulas == 4
    assert any("4 formulas are carried" in notice for notice in done.notices)
    formulas = google.formulas("Our models")
    assert formulas[1, 8] == "H2*2"
    assert formulas[2, 8] == 'TEXTJOIN(";",TRUE,A2:A)'
    back, _ = to_excel(tmp_path / "back.xlsx", google)
    assert back.formulas("Our models") == there.formulas("Our models")


def _with_formulas(folder: Path) -> Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Our models"
    sheet.append(HEADER)
    for at, formula in enumerate(("=H2*2", '=_xlfn.TEXTJOIN(";",TRUE,A2:A1048576)', "=1/0", "=D1")):
        sheet.append(["AC failure", str(at), date(2026, 6, 30), "CRM", "Berlin", "Testing", "Ben", 0.5, formula])
    book.save(folder / "formulas.xlsx")
    return excel(folder / "formulas.xlsx")


def test_what_excel_cannot_read_comes_back_as_it_was(lab: GoogleLab, tmp_path: Path) -> None:
    only_google = "=QUERY(A2:C,\"select A where B = '3.10'\")"
    row = ["AC failure", "1", date(2026, 6, 30), "CRM", "Berlin", "Testing", "Ben", Formula(only_google, 2.5), "x"]
    source = lab.workbook(lab.made({"Models": [HEADER, row]}))
    there, _ = to_excel(tmp_path / "models.xlsx", source)
    written = there.formulas("Models")[1, 7]
    assert written == f'IFERROR(__xludf.DUMMYFUNCTION("{only_google[1:].replace(chr(34), chr(34) * 2)}"),2.5)'
    assert there.read().grid("Models").rows[1][7] == 2.5
    back, _ = to_google(lab, there)
    assert back.formulas("Models")[1, 7] == only_google[1:]


def test_a_formula_of_another_locale_is_one_of_excels(lab: GoogleLab, tmp_path: Path) -> None:
    theirs = '=IF(B2="a;b";1,5;SUM({1\\2;3\\4}))'
    row = ["AC failure", "1", date(2026, 6, 30), "CRM", "Berlin", "Testing", "Ben", Formula(theirs, 1.5), "x"]
    source = lab.workbook(lab.made({"Models": [HEADER, row]}, locale="de_DE"))
    there, _ = to_excel(tmp_path / "models.xlsx", source)
    assert there.formulas("Models")[1, 7] == 'IF(B2="a;b",1.5,SUM({1,2;3,4}))'
    blank = lab.made({"Tabelle1": []}, "Zurück", locale="de_DE")
    export(there, TERMS, BlankSpreadsheet(lab.workbook(blank)))
    assert lab.workbook(blank).read().tabs["Models"].formulas[1, 7] == theirs[1:]


PLAIN = st.one_of(
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False, width=32),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 30)).map(lambda moment: moment.replace(microsecond=0)),
)


@settings(
    max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.lists(PLAIN, min_size=1, max_size=8))
def test_any_cells(tmp_path: Path, values: list[Cell]) -> None:
    lab = google_lab(calculate=calculated)
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    folder.mkdir()
    source = made(folder / "models.xlsx", dict(enumerate(values)))
    there, _ = to_google(lab, source)
    back, _ = to_excel(folder / "back.xlsx", there)
    assert cells(there) == cells(source) == cells(back)


# A registry, and one at once


def test_a_copy_in_google_is_a_registry_with_its_aids(lab: GoogleLab, tmp_path: Path) -> None:
    there, done = to_google(lab, registry(tmp_path / "models.xlsx"))
    snapshot = there.read()
    assert snapshot.titles == ("Models", "Lists", "Findings", "Live", "Changes", "Guide")
    assert snapshot.marked_tab == "Models"
    assert done.own == snapshot.titles[2:]
    written = there.adopt(own=(), people=(), models_tab="Models", marks=(), names={}, expected=snapshot.revision)
    assert not written.changed


def test_the_own_tabs_of_a_copy_say_that_it_was_not_checked(lab: GoogleLab, tmp_path: Path) -> None:
    google, _ = to_google(lab, registry(tmp_path / "models.xlsx"))
    excel, _ = to_excel(tmp_path / "copy.xlsx", google)
    for there in (google.read(), excel.read()):
        assert [there.grid(title).rows[1][0] for title in ("Findings", "Live")] == [NOT_CHECKED] * 2


def test_the_two_places_of_a_copy_as_people_type_them_are_told_as_they_are_taken(tmp_path: Path) -> None:
    registry(tmp_path / "models.xlsx")
    done = run("export", "models.xlsx", "copy.xlsx", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    told = done.stderr.strip().partition("Write it so: registry-sheets ")[2]
    assert told == "export copy.xlsx --sheet models.xlsx"
    assert "Usage: registry-sheets export [OPTIONS] {TARGET}\n" in run("export", "--help", folder=tmp_path).stdout
    for more in (("--dry-run",), ()):
        done = run(*told.split(), *more, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "\nNot carried: your own looks and number formats, comments, and the history.\n" in done.stdout


def test_import_says_that_only_cells_come_in(tmp_path: Path) -> None:
    registry(tmp_path / "models.xlsx")
    (tmp_path / "more.csv").write_text("Name,Version\nOther,9\n", encoding="utf-8")
    only = "Only cells come in: no looks, number formats, comments, and no history."
    for more in ((), ("--apply",)):
        assert only in run("import", "more.csv", "--sheet", "models.xlsx", *more, folder=tmp_path).stdout
    assert only not in run("import", "more.csv", "--sheet", "models.xlsx", folder=tmp_path).stdout


def test_a_copy_in_excel_is_a_registry_with_its_aids(lab: GoogleLab, tmp_path: Path) -> None:
    google, _ = to_google(lab, registry(tmp_path / "models.xlsx"))
    there, _ = to_excel(tmp_path / "copy.xlsx", google)
    snapshot = there.read()
    assert snapshot.marked_tab == "Models"
    assert set(snapshot.own_tabs) == {"findings", "live", "changes", "guide"}
    sheet = openpyxl.load_workbook(tmp_path / "copy.xlsx")["Models"]
    template = openpyxl.load_workbook(tmp_path / "models.xlsx")["Models"]
    assert {str(one.sqref) for one in sheet.data_validations.dataValidation} == {
        str(one.sqref) for one in template.data_validations.dataValidation
    }
    assert len(sheet.conditional_formatting) == len(template.conditional_formatting)
    assert sheet.freeze_panes == "A2"
    assert sheet["B2"].value == "AC failure"
    assert there.formulas("Models") == excel(tmp_path / "models.xlsx").formulas("Models")


def registry(path: Path) -> ExcelWorkbook:
    lists = Lists(locations=("Berlin", "Paris"), owners=(Owner("Ben", "ben@example.com", False, 0),))
    row: dict[str, Cell] = {
        "name": "AC failure",
        "version": "3.10",
        "training_date": date(2026, 6, 30),
        "data_source": "CRM 2026",
    }
    other = row | {"version": "3.9", "location": "Paris", "stage": "Production", "owner": "Ben"}
    write_workbook(registry_tabs([row, other], ["Ticket"], [["00123"], [""]], lists=lists), path)
    return excel(path)


# Refused


@pytest.mark.parametrize(
    ("cell", "address", "why"),
    [
        (date(1899, 12, 31), "I2", "1899-12-31"),
        (datetime(1850, 1, 1, 5), "I2", "1850-01-01"),
        ("x" * 40_000, "I2", "40,000"),
    ],
)
def test_what_excel_cannot_hold_is_refused_by_its_address(
    lab: GoogleLab, tmp_path: Path, cell: Cell, address: str, why: str
) -> None:
    row = ["AC failure", "1", date(2026, 6, 30), "CRM", "Berlin", "Testing", "Ben", 0.5, cell]
    source = lab.workbook(lab.made({"Models": [HEADER, row]}))
    with pytest.raises(WriteRefused) as refused:
        to_excel(tmp_path / "copy.xlsx", source)
    assert f"Models!{address}" in str(refused.value)
    assert why in str(refused.value)
    assert list(tmp_path.iterdir()) == []


def test_a_spreadsheet_that_is_not_blank_is_refused_and_stays(lab: GoogleLab, tmp_path: Path) -> None:
    source = made(tmp_path / "models.xlsx", {0: 1})
    full = lab.made({"Sheet1": [["mine"]]}, "Not blank")
    with pytest.raises(WriteRefused, match="'Not blank' is not blank"):
        export(source, TERMS, BlankSpreadsheet(lab.workbook(full)))
    assert lab.google.cells(full, "Sheet1") == [["mine"]]
    assert "batchUpdate" not in lab.requests()


def test_a_file_that_is_there_is_refused_and_stays(lab: GoogleLab, tmp_path: Path) -> None:
    source = made(tmp_path / "models.xlsx", {0: 1})
    (tmp_path / "copy.xlsx").write_bytes(b"mine")
    with pytest.raises(ConfigProblem, match="is there already"):
        to_excel(tmp_path / "copy.xlsx", source)
    assert (tmp_path / "copy.xlsx").read_bytes() == b"mine"


def test_characters_that_nobody_sees_are_told(lab: GoogleLab, tmp_path: Path) -> None:
    there, done = to_google(lab, made(tmp_path / "models.xlsx", {0: "bell\x07!"}))
    assert any("Our models!I2" in notice and "control characters" in notice for notice in done.notices)
    assert there.read().grid("Our models").rows[1][8] == "bell!"


def test_numbers_for_days_mean_the_same_days_in_another_calendar(lab: GoogleLab, tmp_path: Path) -> None:
    made(tmp_path / "mac.xlsx", {0: 1}, mac=True)
    book = openpyxl.load_workbook(tmp_path / "mac.xlsx")
    book["Our models"]["C2"].value = 40_000
    book["Our models"]["C2"].number_format = "General"
    book.save(tmp_path / "mac.xlsx")
    there, done = to_google(lab, excel(tmp_path / "mac.xlsx"))
    assert there.read().grid("Our models").rows[1][2] == 41_462
    assert any("1904" in notice for notice in done.notices)


# Broken off


@pytest.mark.parametrize("fault", [cut_before, reply_lost])
@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_filling_that_was_broken_off_is_begun_anew(
    lab: GoogleLab, tmp_path: Path, fault: Callable[[], Fault], at: int
) -> None:
    """More than one request holds, broken off at each: run again it is whole, and nothing is there twice."""
    source = made(tmp_path / "models.xlsx", {row: f"{row} {'x' * 30_000}" for row in range(150)})
    blank = lab.made({"Tabelle1": []}, "A copy")
    planned = lab.stack.faults.plan(fault(), verb="POST", url=":batchUpdate", skip=at)
    with pytest.raises(RegistrySheetsError):
        export(source, TERMS, BlankSpreadsheet(lab.workbook(blank)))
    assert planned.happened == 1
    if is_blank(lab.workbook(blank).read()):  # not where the last request was carried out, and its answer was lost
        export(source, TERMS, BlankSpreadsheet(lab.workbook(blank)))
    assert cells(lab.workbook(blank)) == cells(source)
    assert lab.workbook(blank).read().titles == ("Sheet1", "Our models", "Secret", *OWN)


OWN = ("Findings", "Live", "Changes", "Guide")


def test_a_file_is_made_whole_or_not_at_all(lab: GoogleLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = made(tmp_path / "models.xlsx", {0: 1})

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(CannotSave, match="No space left"):
        to_excel(tmp_path / "copy.xlsx", source)
    assert [path.name for path in tmp_path.iterdir()] == ["models.xlsx"]


# Import


def test_rows_wait_in_the_outbox_while_the_workbook_is_open(tmp_path: Path) -> None:
    mine = registry(tmp_path / "models.xlsx")
    row: dict[str, Cell] = {"name": "New model", "version": "1"}
    write_workbook(registry_tabs([row], lists=Lists(locations=("Oslo",))), tmp_path / "other.xlsx")
    lock = tmp_path / ".~lock.models.xlsx#"
    lock.write_text(",kim,reception,26.11.2026 08:00,file:///x;")
    done = brought(mine, excel(tmp_path / "other.xlsx"), tmp_path)
    assert (done.done.outcome, done.listed) == ("waiting", False)
    assert any("entries of Lists are not written yet" in notice for notice in done.notices)
    lock.unlink()
    again = brought(mine, excel(tmp_path / "other.xlsx"), tmp_path)
    assert (again.listed, again.rows.alike) == (True, 1)
    apply_all(Outbox(tmp_path / "models", tmp_path), mine, TERMS)
    found = cells(mine)
    assert found["Models"][0][3][1:3] == [("str", "New model"), ("str", "1")]
    assert found["Lists"][0][6][0] == ("str", "Oslo")


def test_a_list_of_texts_comes_in_typed(tmp_path: Path) -> None:
    mine = registry(tmp_path / "models.xlsx")
    lines = (
        "Model;Version;Trained;Location;Metric: F1;Ticket",
        "AC failure;3.10;2026-06-30;;;00123",
        "X;1E3;2026-05-01;Oslo;0.5;=1+1",
    )
    (tmp_path / "old.csv").write_text("\n".join(lines))
    incoming = incoming_list(read_csv(tmp_path / "old.csv").grid, TERMS, "old.csv")
    done = import_rows(desk(mine, tmp_path), incoming, EXCEL, True)
    assert (done.rows.alike, done.rows.conflicts, len(done.rows.steps)) == (1, [], 1)
    head, *rows = _shown_rows(mine)
    found: dict[str, Any] = dict(zip((text for _, text in head), rows[2], strict=True))
    assert (found["Version"], found["Training date"]) == (("str", "1E3"), datetime(2026, 5, 1))
    assert (found["Metric: F1"], found["Ticket"]) == (0.5, ("str", "=1+1"))


def _shown_rows(workbook: Workbook) -> list[list[Any]]:
    """The rows of Models."""
    return cells(workbook)["Models"][0]


def test_versions_that_are_no_texts_come_as_they_are(tmp_path: Path) -> None:
    mine = registry(tmp_path / "models.xlsx")
    write_workbook(registry_tabs(), tmp_path / "other.xlsx")
    book = openpyxl.load_workbook(tmp_path / "other.xlsx")
    sheet = book["Models"]
    versions: list[Any] = [3.1, 4, date(2026, 3, 10), True, "", "=A1"]
    for row, version in enumerate(versions, 2):
        sheet.cell(row, 2).value, sheet.cell(row, 5).value = f"Model {row}", "CRM"
        sheet.cell(row, 3).value = version
    book.save(tmp_path / "other.xlsx")
    done = brought(mine, excel(tmp_path / "other.xlsx"), tmp_path)
    assert done.done.outcome == "written"
    found = [row[2] for row in _shown_rows(mine)[3:]]
    assert found[:5] == [3.1, 4, datetime(2026, 3, 10), ("bool", True), ("str", "")]
    again = brought(mine, excel(tmp_path / "other.xlsx"), tmp_path)
    assert (again.rows.steps, again.rows.conflicts, again.rows.alike) == ([], [], 6)


def test_rows_that_name_nothing_are_left_out_and_told(tmp_path: Path) -> None:
    mine = registry(tmp_path / "models.xlsx")
    (tmp_path / "old.csv").write_text("Name,Version,Data source\nX,1,CRM\n,,Total of all\nY,,half a row\n")
    incoming = incoming_list(read_csv(tmp_path / "old.csv").grid, TERMS, "old.csv")
    done = import_rows(desk(mine, tmp_path), incoming, EXCEL, True)
    assert [(step.name, step.version) for step in done.rows.steps] == [("X", "1"), ("Y", "")]
    assert any("neither a model nor a version: row 3." in notice for notice in done.notices)
    assert not import_rows(desk(mine, tmp_path), incoming, EXCEL, True).rows.steps


def desk(workbook: Workbook, folder: Path) -> Desk:
    return Desk(workbook, TERMS, Outbox(folder / "models", folder), date(2026, 7, 1), "ana@laptop", wait=0)


def brought(into: Workbook, source: Workbook, folder: Path, apply: bool = True, google: bool = False) -> Imported:
    return import_rows(desk(into, folder), incoming_of(source, TERMS), GOOGLE if google else EXCEL, apply)


def test_import_of_what_was_exported_changes_nothing(lab: GoogleLab, tmp_path: Path) -> None:
    source = registry(tmp_path / "models.xlsx")
    google, _ = to_google(lab, source)
    before = (tmp_path / "models.xlsx").read_bytes()
    done = brought(source, google, tmp_path)
    assert (done.rows.steps, done.rows.conflicts, done.rows.alike) == ([], [], 2)
    assert not done.lists.missing
    assert (tmp_path / "models.xlsx").read_bytes() == before
    lab.forget()
    assert not brought(google, source, tmp_path, google=True).rows.steps
    assert "batchUpdate" not in lab.requests()


@pytest.mark.parametrize("way", ["into Google", "into Excel"])
def test_import_into_an_empty_registry_brings_every_cell(lab: GoogleLab, tmp_path: Path, way: str) -> None:
    source: Workbook = registry(tmp_path / "models.xlsx")
    write_workbook(registry_tabs(), tmp_path / "empty.xlsx")
    empty: Workbook = excel(tmp_path / "empty.xlsx")
    if way == "into Google":
        empty, _ = to_google(lab, empty)
    else:
        source, _ = to_google(lab, source)
    done = brought(empty, source, tmp_path, google=way == "into Google")
    assert (len(done.rows.steps), done.listed) == (2, True)
    wanted, found = cells(source), cells(empty)
    assert [row[1:] for row in found["Models"][0][:3]] == [row[1:] for row in wanted["Models"][0][:3]]
    assert found["Lists"][0] == wanted["Lists"][0]
    again = brought(empty, source, tmp_path, google=way == "into Google")
    assert (again.rows.steps, again.rows.conflicts, again.lists.missing, again.rows.alike) == ([], [], (), 2)
    assert cells(empty) == found


def test_a_row_that_is_there_otherwise_is_shown_and_stays(tmp_path: Path) -> None:
    mine = registry(tmp_path / "models.xlsx")
    write_workbook(
        registry_tabs(lists=Lists(owners=(Owner("Ben", "other@example.com", True, 0),))), tmp_path / "o.xlsx"
    )
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    book["Models"]["B2"], book["Models"]["C2"], book["Models"]["E2"] = "ac FAILURE", "3.10", "Another source"
    book["Models"]["B3"], book["Models"]["C3"] = "New model", "1"
    book.save(tmp_path / "o.xlsx")
    shown = brought(mine, excel(tmp_path / "o.xlsx"), tmp_path, apply=False)
    assert shown.done.outcome == "planned"
    before = cells(mine)
    done = brought(mine, excel(tmp_path / "o.xlsx"), tmp_path)
    conflict = done.rows.conflicts[0]
    assert (conflict.number, conflict.there, conflict.cells) == (2, 2, (("Data source", "CRM 2026", "Another source"),))
    assert [entry.there[1] for entry in done.lists.otherwise] == ["ben@example.com"]
    after = cells(mine)
    assert after["Models"][0][1:3] == before["Models"][0][1:3]
    assert after["Models"][0][3][1:3] == [("str", "New model"), ("str", "1")]
    assert after["Lists"] == before["Lists"]


def test_rows_for_several_places_are_told_apart(tmp_path: Path) -> None:
    mine = registry(tmp_path / "models.xlsx")
    row: dict[str, Cell] = {
        "name": "AC failure",
        "version": "3.9",
        "training_date": date(2026, 6, 30),
        "data_source": "CRM 2026",
    }
    there = [row | {"location": place, "stage": "Production", "owner": "Ben"} for place in ("Paris", "Oslo", "Rome")]
    write_workbook(registry_tabs(there), tmp_path / "other.xlsx")
    done = brought(mine, excel(tmp_path / "other.xlsx"), tmp_path)
    assert [step.cells["location"] for step in done.rows.steps] == ["Oslo", "Rome"]
    assert (done.rows.alike, done.rows.conflicts) == (1, [])
    assert not brought(mine, excel(tmp_path / "other.xlsx"), tmp_path).rows.steps


def test_cells_that_do_not_fit_are_refused_by_name(lab: GoogleLab, tmp_path: Path) -> None:
    row = ["Big", "1", date(2026, 6, 30), "x" * 40_000, "Berlin", "Testing", "Ben", 0.5, "x"]
    source = lab.workbook(lab.made({"Models": [HEADER, row]}))
    mine = registry(tmp_path / "models.xlsx")
    with pytest.raises(EditRefused, match=r"Big 1, data_source: has 40,000 characters"):
        brought(mine, source, tmp_path)


def test_terms_of_the_source_hold_for_its_columns(lab: GoogleLab, tmp_path: Path) -> None:
    source = lab.workbook(lab.made({"List": [["Thing", "Ver."], ["AC failure", "9"]]}))
    terms = replace(TERMS, table=TableSettings(columns={"name": "Thing"}), tab="List")
    mine = registry(tmp_path / "models.xlsx")
    done = import_rows(desk(mine, tmp_path), incoming_of(source, terms), EXCEL, True)
    assert [(step.name, step.version) for step in done.rows.steps] == [("AC failure", "9")]
