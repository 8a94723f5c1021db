"""What a spreadsheet's cells are to us, and what becomes of our tabs when people do things to them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from registry_sheets.errors import UnreadableWorkbook, WorkbookChanged, WriteRefused
from registry_sheets.operations.looking import Terms, look
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.marks import marks_for
from registry_sheets.registry.sheets import OWN_KINDS, Aids, Sheet, SheetCell
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.workbooks.base import AppendRow, Layout, Revision, SetCell
from registry_sheets.workbooks.google.reading import typed
from registry_sheets.workbooks.google.workbook import GoogleWorkbook
from tests.contracts.workbook_contract import findings
from tests.support.google.cellvalues import Chip, Error, Formula, Shown
from tests.support.google.faults import cut_before
from tests.support.google.lab import GoogleLab, google_lab

HEADER = ["Name", "Version", "Training date", "Data source", "Location"]


def read(rows: list[list[Any]], **more: Any) -> Any:
    lab = google_lab()
    return lab.workbook(lab.made({"Models": rows}, **more)).read().grid("Models")


@pytest.mark.parametrize("locale", ["en_US", "de_DE", "fr_CH", "ja_JP"])
@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("3.10", "3.10"),
        ("007", "007"),
        ("8085807e40000000", "8085807e40000000"),
        ("TRUE", "TRUE"),
        ("2026-07-01", "2026-07-01"),
        ("=1+1", "=1+1"),
        (3.1, 3.1),
        (Shown(3.1, "NUMBER", "0.00"), 3.1),
        (0, 0.0),
        (True, True),
        (False, False),
        (date(2026, 7, 1), date(2026, 7, 1)),
        (datetime(2026, 7, 1, 12, 30), datetime(2026, 7, 1, 12, 30)),
        (Shown(0.25, "TIME", "hh:mm"), time(6)),
        (Shown(1.5, "TIME", "[h]:mm"), timedelta(hours=36)),
        (Shown(46_204, "NUMBER", "0"), 46_204.0),
        (Formula("=1+1", 2), 2.0),
        (Formula('=""', ""), ""),
        (Chip("Ana Meier"), "Ana Meier"),
    ],
)
def test_a_cell_is_typed(cell: Any, value: Any, locale: str) -> None:
    grid = read([["x", cell, "y"]], locale=locale)
    assert grid.rows == [["x", value, "y"]]
    assert type(grid.rows[0][1]) is type(value)


def test_zeros_that_json_leaves_out_are_there() -> None:
    lab = google_lab(omit_zeros=True)
    grid = lab.workbook(lab.made({"Models": [["x", 0, False, Shown(0.0, "TIME", "hh:mm"), "y"]]})).read().grid("Models")
    assert grid.rows == [["x", 0.0, False, time(0), "y"]]


@pytest.mark.parametrize("shown", ["#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#ERROR!"])
def test_an_error_is_named_at_its_cell(shown: str) -> None:
    grid = read([["x", Error(shown)]])
    assert grid.rows == [["x", ""]]
    assert grid.errors == {(0, 1): shown}


def test_a_formula_that_is_still_loading_has_no_value() -> None:
    grid = read([["x", Error("Loading...")]])
    assert grid.uncached == {(0, 1)}
    assert not grid.errors


@pytest.mark.parametrize("number", [1e12, -1e12, 3e6, float(2**63)])
def test_a_number_that_no_calendar_has_stays_one(number: float) -> None:
    assert typed(number, {"type": "DATE"}) == number
    assert typed(number, {"type": "TIME"}) == number


def test_days_before_1900_are_days() -> None:
    assert typed(-1, {"type": "DATE"}) == date(1899, 12, 29)


def test_rows_after_a_gap_keep_their_numbers() -> None:
    grid = read([HEADER, [], [], ["a", "1"]])
    assert grid.rows[3][:2] == ["a", "1"]


def test_a_tab_that_is_not_there_is_named() -> None:
    lab = google_lab()
    snapshot = lab.workbook(lab.made({"Models": [HEADER]})).read()
    with pytest.raises(UnreadableWorkbook, match="no tab 'Nope'"):
        snapshot.grid("Nope")


# Which tab


def test_the_tab_of_the_address_is_taken() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Old": [HEADER, ["a", "1"]], "New": [HEADER, ["b", "2"]]})
    gid = lab.workbook(spreadsheet).read().gids["New"]
    seen = look(lab.workbook(spreadsheet, gid), Terms("models"), date(2026, 7, 1))
    assert seen.grid.title == "New"


def test_gid_0_of_every_address_says_nothing() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Notes": [["x"]], "Our models": [HEADER, ["b", "2"]]})
    assert look(lab.workbook(spreadsheet, 0), Terms("models"), date(2026, 7, 1)).grid.title == "Our models"


def test_a_link_opens_the_cell() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Notes": [["x"]], "Models": [HEADER]})
    workbook = lab.workbook(spreadsheet)
    gid = workbook.read().gids["Models"]
    address = f"https://docs.google.com/spreadsheets/d/{spreadsheet}/edit"
    assert workbook.link("Models", "C14") == f"{address}#gid={gid}&range=C14"
    assert workbook.link("Nope", "C14") == f"{address}#range=C14"


# Own tabs


class Ours:
    """A spreadsheet with a Findings tab of ours."""

    def __init__(self, **more: Any) -> None:
        self.lab = google_lab(**more)
        self.spreadsheet = self.lab.made({"Models": [HEADER, ["a", "1"]]})
        self.write("a")

    def write(self, text: str) -> bool:
        workbook = self.lab.workbook(self.spreadsheet)
        return workbook.replace_own_tabs([findings(text)], workbook.read().revision).changed

    @property
    def person(self) -> Any:
        return self.lab.person(self.spreadsheet)

    def own(self) -> Any:
        return self.lab.workbook(self.spreadsheet).read().own_tabs


def test_a_tab_of_ours_is_known_by_whatever_title() -> None:
    ours = Ours()
    ours.person.rename_tab("Findings", "À faire")
    assert ours.own() == {"findings": "À faire"}
    assert not ours.write("a")
    assert ours.write("b")
    assert ours.own() == {"findings": "À faire"}


def test_of_copies_of_our_tab_the_first_is_ours() -> None:
    ours = Ours()
    ours.person.copy_tab("Findings", "Copy of Findings")
    assert not ours.write("a")
    assert ours.own() == {"findings": "Findings"}


def test_a_tab_of_ours_that_was_deleted_is_made_anew() -> None:
    ours = Ours()
    ours.person.delete_tab("Findings")
    assert ours.write("a")
    assert ours.own() == {"findings": "Findings"}


def test_others_cannot_type_into_a_tab_of_ours() -> None:
    from tests.support.google.people import NotAllowed

    ours = Ours()
    ours.person.share("ben@example.com")
    with pytest.raises(NotAllowed):
        ours.lab.google.person(ours.spreadsheet, "ben@example.com").set("Findings", "A2", "mine")


@pytest.mark.parametrize("length", [60_000, 50_000, 49_999])
def test_a_text_longer_than_a_cell_is_cut_and_stays_as_it_is(length: int) -> None:
    ours = Ours()
    assert ours.write("x" * length)
    assert not ours.write("x" * length)


def test_a_table_that_grows_and_shrinks_leaves_no_old_lines() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [HEADER]})
    for count in (5, 3_000, 2, 0):
        workbook = lab.workbook(spreadsheet)
        workbook.replace_own_tabs([findings(*map(str, range(count)))], workbook.read().revision)
        cells = lab.google.cells(spreadsheet, "Findings")
        assert [row[0] for row in cells[1:]] == [str(at) for at in range(count)]


def test_what_the_own_tabs_were_made_from_is_noted() -> None:
    ours = Ours()
    workbook = ours.lab.workbook(ours.spreadsheet)
    before = workbook.read()
    before.grid("Models")
    workbook.replace_own_tabs([findings("b")], before.revision)
    after = workbook.read()
    after.grid("Models")
    assert after.made_from == after.digest() != ""
    assert ("Own tabs", "written from the rows as they are now") in workbook.facts()
    ours.person.set("Models", "A2", "other")
    again = workbook.read()
    again.grid("Models")
    assert again.made_from != again.digest()


# Who may write


def test_a_spreadsheet_that_may_only_be_read_is_read() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [HEADER, ["a", "1"]]}, shared=False)
    lab.person(spreadsheet).share(lab.api.account, "reader")
    workbook = lab.workbook(spreadsheet)
    snapshot = workbook.read()
    assert lab.api.account in snapshot.obstacles[0]
    assert "Editor" in snapshot.obstacles[0]
    for write in (
        lambda: workbook.replace_own_tabs([findings("a")], snapshot.revision),
        lambda: workbook.edit_rows("Models", [SetCell(1, 0, "x")], snapshot.revision),
    ):
        with pytest.raises(WriteRefused, match="Editor"):
            write()


def test_a_revision_of_nobody_is_never_that_of_a_read() -> None:
    lab = google_lab()
    workbook = lab.workbook(lab.made({"Models": [HEADER, ["a", "1"]]}))
    workbook.read()
    with pytest.raises(WorkbookChanged):
        workbook.replace_own_tabs([findings("a")], Revision(""))


def test_cells_that_people_protected_are_left_alone() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [HEADER, ["a", "1"]]})
    protected = {"range": {"sheetId": 0}, "editors": {"users": ["ana@example.com"]}}
    lab.person(spreadsheet).request("addProtectedRange", {"protectedRange": protected})
    workbook = lab.workbook(spreadsheet)
    with pytest.raises(WriteRefused, match="protected"):
        workbook.edit_rows("Models", [SetCell(1, 0, "x")], workbook.read().revision)
    assert lab.google.cells(spreadsheet, "Models")[1] == ["a", "1"]


def test_a_cell_that_nobody_sees_is_not_written() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [HEADER, ["a", "1"], ["b", "2"]]})
    merged = {"sheetId": 0, "startRowIndex": 1, "endRowIndex": 3, "startColumnIndex": 4, "endColumnIndex": 5}
    lab.person(spreadsheet).request("mergeCells", {"range": merged, "mergeType": "MERGE_ALL"})
    workbook = lab.workbook(spreadsheet)
    with pytest.raises(WriteRefused, match="merged"):
        workbook.edit_rows("Models", [SetCell(2, 4, "Zurich")], workbook.read().revision)


# New rows


def test_a_new_row_looks_as_the_one_above_and_goes_on_with_its_formulas() -> None:
    lab = google_lab()
    rows: list[list[Any]] = [["Twice", *HEADER], [Formula("=F2&F2", "x"), "a", "1", date(2026, 1, 1), "d", "Zurich"]]
    spreadsheet = lab.made({"Models": rows})
    lab.person(spreadsheet).number_format("Models", "D2", "DATE", "dd.mm.yyyy")
    workbook = lab.workbook(spreadsheet)
    new = AppendRow({1: "b", 2: "3.10", 3: date(2026, 7, 1)}, frozenset(range(1, 6)), Layout(0))
    assert workbook.edit_rows("Models", [new], workbook.read().revision).rows == (3,)
    tab = workbook.read().tabs["Models"]
    assert tab.formulas[2, 0] == "F3&F3"
    assert tab.grid.rows[2][1:4] == ["b", "3.10", date(2026, 7, 1)]
    assert tab.rows[2][3]["effectiveFormat"]["numberFormat"]["pattern"] == "dd.mm.yyyy"


def test_a_row_is_added_to_a_grid_that_is_full() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [HEADER, *[[f"m{at}", "1"] for at in range(1_200)]]})
    workbook = lab.workbook(spreadsheet)
    assert workbook.read().tabs["Models"].height == 1_201
    edits = [AppendRow({0: "new", 1: "1", 2: date(2026, 7, 1)}), AppendRow({0: "newer", 1: "1"})]
    assert workbook.edit_rows("Models", edits, workbook.read().revision).rows == (1_202, 1_203)
    assert workbook.read().grid("Models").rows[1_201][:3] == ["new", "1", date(2026, 7, 1)]


def test_cells_below_the_end_of_the_grid_are_set() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Lists": [["Location", "Owner"], *[["Zurich", f"o{at}"] for at in range(1_100)]]})
    workbook = lab.workbook(spreadsheet)
    edits = [SetCell(1_101, 1, "new", ""), SetCell(1_102, 1, "newer", ""), SetCell(1_100, 0, "Basel", "Zurich")]
    workbook.edit_rows("Lists", edits, workbook.read().revision)
    assert workbook.read().grid("Lists").rows[1_100:] == [["Basel", "o1099"], ["", "new"], ["", "newer"]]


def test_notes_below_the_table_are_not_written_over() -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Models": [HEADER, ["a", "1"], [], ["", "", "", "", "", "", "ask Ben"]]})
    workbook = lab.workbook(spreadsheet)
    workbook.edit_rows("Models", [AppendRow({0: "b"}, frozenset(range(5)))], workbook.read().revision)
    rows = workbook.read().grid("Models").rows
    assert rows[2][0] == "b"
    assert [row for row in rows if "ask Ben" in row]


# A registry from a spreadsheet


def adopted(lab: GoogleLab, spreadsheet: str) -> GoogleWorkbook:
    workbook = lab.workbook(spreadsheet)
    tabs = registry_tabs()
    workbook.adopt(
        own=[tab for tab in tabs if tab.kind in OWN_KINDS],
        people=[tab for tab in tabs if tab.kind not in OWN_KINDS],
        models_tab=None,
        marks=[],
        names={},
        expected=workbook.read().revision,
    )
    return workbook


def mended(workbook: GoogleWorkbook) -> bool:
    snapshot = workbook.read()
    match = find_header(snapshot.grid("Models"))
    columns = {field: column.index for field, column in match.columns.items()}
    return workbook.adopt(
        own=[],
        people=[],
        models_tab="Models",
        marks=marks_for(match.columns, match.header_row, check_column=0),
        names={},
        expected=snapshot.revision,
        aids=Aids(columns, match.header_row, "Lists"),
    ).changed


def test_a_blank_spreadsheet_becomes_a_registry_and_stays_as_it_is() -> None:
    lab = google_lab()
    workbook = adopted(lab, lab.made({"Sheet1": []}))
    assert workbook.read().titles == ("Models", "Lists", "Findings", "Live", "Changes", "Guide")
    assert not mended(workbook)


SPOILT: dict[str, tuple[str, dict[str, Any]]] = {
    "a mark deleted": ("deleteConditionalFormatRule", {"sheetId": 0, "index": 0}),
    "dropdowns cleared": (
        "setDataValidation",
        {"range": {"sheetId": 0, "startRowIndex": 1, "startColumnIndex": 5, "endColumnIndex": 6}},
    ),
    "the filter taken off": ("clearBasicFilter", {"sheetId": 0}),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_is_missing_is_repaired_once(spoilt: str) -> None:
    lab = google_lab()
    spreadsheet = lab.made({"Sheet1": []})
    workbook = adopted(lab, spreadsheet)
    sheet = workbook.read().gids["Models"]
    kind, body = SPOILT[spoilt]
    body = {**body, **({"sheetId": sheet} if "sheetId" in body else {"range": {**body["range"], "sheetId": sheet}})}
    lab.person(spreadsheet).request(kind, body)
    assert mended(workbook)
    assert not mended(workbook)


def test_a_fill_that_was_broken_off_begins_anew() -> None:
    lab = google_lab(check_responses=False)
    spreadsheet = lab.made({"Sheet1": []})
    long = [[SheetCell(f"{row} {column}" * 40) for column in range(10)] for row in range(1_500)]
    people = [Sheet("models", "Models", [[SheetCell(text) for text in HEADER], *long]), Sheet("lists", "Lists", long)]
    lab.stack.faults.plan(cut_before(), url="batchUpdate", skip=2, times=10_000)
    for _ in range(2):
        workbook = lab.workbook(spreadsheet)
        before = workbook.read()
        try:
            workbook.adopt(
                own=[findings("a")], people=people, models_tab=None, marks=[], names={}, expected=before.revision
            )
        except Exception:  # the line is cut in the midst of it
            assert workbook.read().half_filled
            lab.stack.faults.clear()
    after = lab.workbook(spreadsheet).read()
    assert after.titles == ("Models", "Lists", "Findings")
    assert not after.half_filled
    assert not any(tab.filling for tab in after.tabs.values())
    assert len(after.grid("Lists").rows) == 1_500
