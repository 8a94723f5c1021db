"""What every Workbook must do, whatever it is kept in. An adapter inherits this and says how to make one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from registry_sheets.errors import WorkbookChanged, WriteRefused
from registry_sheets.operations.applying import edits_of
from registry_sheets.registry.edits.page import Page, Unseen
from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.sheets import Mark, Sheet, SheetCell
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.workbooks.base import AddColumn, AppendRow, Revision, SetCell, Snapshot, Workbook

HEADER: list[Cell] = ["Name", "Version", "Training date", "Accuracy", "Live"]
MODELS = Grid(
    "Models",
    [
        HEADER,
        ["AC failure", "3.10", datetime(2026, 3, 1), 0.91, True],
        ["AC failure", "3.9", datetime(2025, 12, 1), 7, False],
        ["No-shows", "=1+1", datetime(2026, 1, 5, 12, 30), -2.5, ""],
    ],
)
NOTES = Grid("Notes", [["Kept by hand"], [""], ["x"]])


def findings(*texts: Cell, title: str = "Findings", formula: str = "1+1") -> Sheet:
    """A Findings tab with a header and a row a text; the second column is a formula with its value."""
    rows = [[SheetCell("What", "header"), SheetCell("Number", "header")]]
    rows += [[SheetCell(text, "wrapped"), SheetCell(2, "plain", formula)] for text in texts]
    return Sheet("findings", title, rows, names={"_registry_sheets.keys": "$A$1:$A$20"})


def live(*texts: Cell) -> Sheet:
    """A Live tab: dates, numbers and texts as they come."""
    return Sheet("live", "Live", [[SheetCell("Live", "title")], *[[SheetCell(text)] for text in texts]])


def values(snapshot: Snapshot, title: str) -> list[list[Cell]]:
    """A tab's cells without blank rows and columns at the end; a date is its midnight."""
    rows = [[_plain(cell) for cell in row] for row in snapshot.grid(title).rows]
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    width = max((index + 1 for row in rows for index, cell in enumerate(row) if cell != ""), default=0)
    return [[*row[:width], *[""] * (width - len(row))] for row in rows]


def _plain(cell: Cell) -> Cell:
    if isinstance(cell, date) and not isinstance(cell, datetime):
        return datetime(cell.year, cell.month, cell.day)
    return cell


class WorkbookContract(ABC):
    """Inherit, and give ``make`` and ``person_saves``."""

    @abstractmethod
    def make(
        self,
        folder: Path,
        grids: Sequence[Grid],
        formulas: Mapping[str, Mapping[Place, str]] | None = None,
        formats: Mapping[str, Mapping[Place, str]] | None = None,
    ) -> Workbook:
        """A workbook of people's tabs; ``formulas`` are formula cells by tab, ``formats`` number formats."""

    @abstractmethod
    def person_saves(self, workbook: Workbook, title: str, place: Place, value: Cell) -> None:
        """Somebody else changes one cell and saves."""

    @pytest.fixture
    def workbook(self, tmp_path: Path) -> Workbook:
        return self.make(tmp_path, [MODELS, NOTES])

    def test_reads_typed_values_with_their_places(self, workbook: Workbook) -> None:
        snapshot = workbook.read()
        assert snapshot.titles == ("Models", "Notes")
        assert values(snapshot, "Models") == MODELS.rows
        assert [type(cell) for cell in values(snapshot, "Models")[1]] == [str, str, datetime, float, bool]
        assert values(snapshot, "Notes") == NOTES.rows
        assert not snapshot.own_tabs
        assert not snapshot.obstacles

    def test_reading_again_gives_the_same_revision(self, workbook: Workbook) -> None:
        assert workbook.read().revision == workbook.read().revision

    def test_a_revision_is_known_without_reading(self, workbook: Workbook) -> None:
        before = workbook.revision()
        assert before == workbook.read().revision
        self.person_saves(workbook, "Models", (1, 1), "9")
        assert workbook.revision() == workbook.read().revision != before

    def test_hidden_tabs_are_named(self, tmp_path: Path) -> None:
        workbook = self.make(tmp_path, [MODELS, replace(NOTES, hidden=True)])
        assert workbook.read().hidden == {"Notes"}

    def test_an_own_tab_is_added_and_known_by_its_kind(self, workbook: Workbook) -> None:
        before = workbook.read()
        written = workbook.replace_own_tabs([findings("a"), live(date(2026, 1, 2), 1.5)], before.revision)
        after = workbook.read()
        assert written.changed
        assert written.revision == after.revision != before.revision
        assert after.own_tabs == {"findings": "Findings", "live": "Live"}
        assert values(after, "Findings") == [["What", "Number"], ["a", 2]]
        assert values(after, "Live") == [["Live"], [datetime(2026, 1, 2)], [1.5]]
        assert after.titles == ("Models", "Notes", "Findings", "Live")

    def test_peoples_tabs_are_as_before(self, workbook: Workbook) -> None:
        workbook.replace_own_tabs([findings("a")], workbook.read().revision)
        workbook.replace_own_tabs([findings("b", "c")], workbook.read().revision)
        after = workbook.read()
        assert values(after, "Models") == MODELS.rows
        assert values(after, "Notes") == NOTES.rows

    def test_a_second_time_nothing_is_written(self, workbook: Workbook) -> None:
        sheets = [findings("a", "=1+1", "two\nlines", " blanks "), live(date(2026, 1, 2), 3, 0.1, True, "")]
        first = workbook.replace_own_tabs(sheets, workbook.read().revision)
        second = workbook.replace_own_tabs(sheets, workbook.read().revision)
        assert first.changed
        assert not second.changed
        assert second.revision == first.revision == workbook.read().revision

    def test_a_formula_whose_value_is_empty_is_no_difference(self, workbook: Workbook) -> None:
        sheet = Sheet("findings", "Findings", [[SheetCell("What"), SheetCell("", "plain", '""')], [SheetCell("")]])
        workbook.replace_own_tabs([sheet], workbook.read().revision)
        assert not workbook.replace_own_tabs([sheet], workbook.read().revision).changed

    @pytest.mark.parametrize(
        "other",
        [findings("b"), findings("a", "b"), findings(), findings("a", formula="4-2"), findings(1)],
        ids=["text", "more", "fewer", "formula", "type"],
    )
    def test_any_other_cell_is_written(self, workbook: Workbook, other: Sheet) -> None:
        workbook.replace_own_tabs([findings("a")], workbook.read().revision)
        assert workbook.replace_own_tabs([other], workbook.read().revision).changed
        shown = [[cell.value for cell in row] for row in other.rows]
        assert values(workbook.read(), "Findings") == shown

    def test_what_people_type_into_an_own_tab_is_replaced(self, workbook: Workbook) -> None:
        workbook.replace_own_tabs([findings("a")], workbook.read().revision)
        self.person_saves(workbook, "Findings", (1, 0), "mine")
        assert workbook.replace_own_tabs([findings("a")], workbook.read().revision).changed
        assert values(workbook.read(), "Findings") == [["What", "Number"], ["a", 2]]

    def test_a_title_that_people_use_is_left_alone(self, tmp_path: Path) -> None:
        theirs = Grid("Findings", [["our own findings"]])
        workbook = self.make(tmp_path, [MODELS, theirs])
        workbook.replace_own_tabs([findings("a")], workbook.read().revision)
        after = workbook.read()
        assert values(after, "Findings") == theirs.rows
        assert after.own_tabs["findings"] not in ("Findings", "Models")
        assert values(after, after.own_tabs["findings"]) == [["What", "Number"], ["a", 2]]
        assert not workbook.replace_own_tabs([findings("a")], after.revision).changed

    @pytest.mark.parametrize(
        "text", ["=1+1", "+41 44", "-", "@x", "'quoted", "3.10", "1E3", "é😀", "a&<b>\"'", "_x000D_"]
    )
    def test_text_stays_text(self, workbook: Workbook, text: str) -> None:
        workbook.replace_own_tabs([findings(text)], workbook.read().revision)
        assert values(workbook.read(), "Findings")[1][0] == text

    def test_a_save_in_between_is_never_written_over(self, workbook: Workbook) -> None:
        before = workbook.read()
        self.person_saves(workbook, "Models", (1, 0), "Typed meanwhile")
        now = workbook.read()
        for write in (
            lambda revision: workbook.replace_own_tabs([findings("a")], revision),
            lambda revision: workbook.edit_rows("Models", [SetCell(1, 0, "x")], revision),
            lambda revision: workbook.adopt(
                own=[findings("a")], people=[], models_tab="Models", marks=[], names={}, expected=revision
            ),
        ):
            with pytest.raises(WorkbookChanged):
                write(before.revision)
        after = workbook.read()
        assert after.revision == now.revision
        assert values(after, "Models")[1][0] == "Typed meanwhile"

    def test_an_unknown_revision_is_refused(self, workbook: Workbook) -> None:
        with pytest.raises(WorkbookChanged):
            workbook.replace_own_tabs([findings("a")], Revision("no such"))

    def test_a_snapshot_stays_as_it_was_read(self, workbook: Workbook) -> None:
        before = workbook.read()
        workbook.edit_rows("Models", [SetCell(1, 0, "Other")], before.revision)
        assert values(before, "Models") == MODELS.rows

    def test_cells_are_set_cleared_and_rows_appended(self, workbook: Workbook) -> None:
        edits = [
            SetCell(1, 1, "3.11", expected="3.10"),
            SetCell(2, 3, ""),
            AppendRow({0: "New", 1: "1.0", 2: datetime(2026, 5, 1)}),
        ]
        written = workbook.edit_rows("Models", edits, workbook.read().revision)
        after = workbook.read()
        assert written.changed
        assert written.revision == after.revision
        rows = values(after, "Models")
        assert rows[1][:2] == ["AC failure", "3.11"]
        assert rows[2][3] == ""
        assert rows[4][:3] == ["New", "1.0", datetime(2026, 5, 1)]
        assert rows[3] == MODELS.rows[3]
        assert values(after, "Notes") == NOTES.rows

    def test_several_rows_are_appended_in_order(self, workbook: Workbook) -> None:
        workbook.edit_rows("Models", [AppendRow({0: "One"}), AppendRow({0: "Two"})], workbook.read().revision)
        assert [row[0] for row in values(workbook.read(), "Models")[4:]] == ["One", "Two"]

    def test_a_row_that_somebody_has_half_filled_is_not_filled_up(self, tmp_path: Path) -> None:
        begun = Grid("Models", [*MODELS.rows, ["", "", "", 0.5, ""], ["", "", "", "", "see mail"]])
        workbook = self.make(tmp_path, [begun])
        edit = AppendRow({0: "New", 1: "1.0"}, frozenset(range(5)))
        written = workbook.edit_rows("Models", [edit, edit], workbook.read().revision)
        assert written.rows == (7, 8)
        assert values(workbook.read(), "Models")[4:] == [*begun.rows[4:], *[["New", "1.0", "", "", ""]] * 2]

    @pytest.mark.parametrize("half_filled", [["", "", datetime(2026, 5, 5), "", 1], ["", "", "", 0.5, 1], None])
    def test_a_page_knows_where_a_new_row_will_stand(self, tmp_path: Path, half_filled: list[Cell] | None) -> None:
        rows = [*(row[:4] for row in MODELS.rows), *([half_filled[:4]] if half_filled else [])]
        rows = [*([*row, 1] for row in rows), *[["", "", "", "", 1]] * 3]  # a formula that is filled down further
        rows[0][4] = "Twice"
        formulas = {(row, 4): f"D{row + 1}*2" for row in range(1, len(rows))}
        workbook = self.make(tmp_path, [Grid("Models", rows)], {"Models": formulas})
        grid = workbook.read().grid("Models")
        page = Page(grid, find_header(grid), TableSettings(), Unseen(lambda: workbook.formula_places("Models")))
        expected = page.number(page.append(("new", "1"), {"name": "New", "version": "1"}))
        written = workbook.edit_rows("Models", edits_of(page), workbook.read().revision)
        assert written.rows == (expected,)
        assert values(workbook.read(), "Models")[expected - 1][:2] == ["New", "1"]
        assert expected == 5 + bool(half_filled)

    def test_a_cell_that_moved_on_stops_all_edits(self, workbook: Workbook) -> None:
        before = workbook.read()
        edits = [SetCell(1, 0, "Changed"), SetCell(2, 1, "4", expected="not this")]
        with pytest.raises(WorkbookChanged):
            workbook.edit_rows("Models", edits, before.revision)
        assert workbook.read().revision == before.revision
        assert values(workbook.read(), "Models") == MODELS.rows

    def test_a_formula_of_people_stops_all_edits(self, tmp_path: Path) -> None:
        workbook = self.make(tmp_path, [MODELS, NOTES], {"Notes": {(2, 0): "1+1"}})
        before = workbook.read()
        with pytest.raises(WriteRefused):
            workbook.edit_rows("Notes", [SetCell(0, 0, "y"), SetCell(2, 0, "z")], before.revision)
        assert workbook.read().revision == before.revision

    def test_rows_of_an_own_tab_or_of_no_tab_are_refused(self, workbook: Workbook) -> None:
        workbook.replace_own_tabs([findings("a")], workbook.read().revision)
        now = workbook.read().revision
        for tab in ("Findings", "No such tab"):
            with pytest.raises(WriteRefused):
                workbook.edit_rows(tab, [SetCell(0, 0, "x")], now)

    def test_a_column_is_added_beside_the_last(self, workbook: Workbook) -> None:
        edits = [AddColumn(0, 5, "Metric: F1"), SetCell(1, 5, 0.9, ""), AppendRow({0: "New", 5: 0.8})]
        assert workbook.edit_rows("Models", edits, workbook.read().revision).changed
        rows = values(workbook.read(), "Models")
        assert rows[0] == [*HEADER, "Metric: F1"]
        assert [row[5] for row in rows[1:]] == [0.9, "", "", 0.8]
        assert [row[:5] for row in rows[1:4]] == [[*row, ""][:5] for row in MODELS.rows[1:]]

    def test_a_column_that_is_not_free_stops_all_edits(self, tmp_path: Path) -> None:
        beside = Grid(
            "Models", [[*HEADER, ""], *[[*row, ""] for row in MODELS.rows[1:3]], ["", "", "", "", "", "note"]]
        )
        workbook = self.make(tmp_path, [beside])
        before = workbook.read()
        with pytest.raises(WriteRefused):
            workbook.edit_rows("Models", [AddColumn(0, 5, "Metric: F1")], before.revision)
        assert workbook.read().revision == before.revision

    def test_formulas_are_found(self, tmp_path: Path) -> None:
        workbook = self.make(tmp_path, [MODELS, NOTES], {"Notes": {(2, 0): "1+1"}})
        assert workbook.formula_places("Notes") == {(2, 0)}
        assert not workbook.formula_places("Models")
        assert not workbook.formula_places("No such tab")

    def test_number_formats_are_found(self, tmp_path: Path) -> None:
        formats = {(1, 3): "0.00", (2, 3): "0", (3, 3): "@", (1, 1): '"v"0', (2, 1): "General"}
        workbook = self.make(tmp_path, [MODELS, NOTES], formats={"Notes": {}, "Models": formats})
        assert {(1, 3), (1, 1)} == workbook.formatted_places("Models") & formats.keys()
        assert not workbook.formatted_places("Notes")
        assert not workbook.formatted_places("No such tab")

    def test_no_edits_write_nothing(self, workbook: Workbook) -> None:
        now = workbook.read().revision
        assert not workbook.edit_rows("Models", [], now).changed
        assert workbook.read().revision == now

    def test_adopting_changes_no_cell_of_people(self, workbook: Workbook) -> None:
        marks = [Mark("A2:A1048576", '$A2="x"', "error")]
        lists = Sheet("lists", "Lists", [[SheetCell("Location", "header")], [SheetCell("Zurich")]])
        written = workbook.adopt(
            own=[findings("a")],
            people=[lists],
            models_tab="Models",
            marks=marks,
            names={"_registry_sheets.models": "'Models'!$A$1"},
            expected=workbook.read().revision,
        )
        after = workbook.read()
        assert written.changed
        assert written.revision == after.revision
        assert after.marked_tab == "Models"
        assert values(after, "Models") == MODELS.rows
        assert values(after, "Notes") == NOTES.rows
        assert values(after, "Lists") == [["Location"], ["Zurich"]]
        assert after.own_tabs == {"findings": "Findings"}

    def test_an_adopted_workbook_takes_new_findings(self, workbook: Workbook) -> None:
        workbook.adopt(
            own=[findings("a")], people=[], models_tab="Models", marks=[], names={}, expected=workbook.read().revision
        )
        assert not workbook.replace_own_tabs([findings("a")], workbook.read().revision).changed
        assert workbook.replace_own_tabs([findings("b")], workbook.read().revision).changed

    def test_adopting_a_tab_that_is_not_there_is_refused(self, workbook: Workbook) -> None:
        now = workbook.read().revision
        with pytest.raises(WriteRefused):
            workbook.adopt(own=[findings("a")], people=[], models_tab="Nope", marks=[], names={}, expected=now)
        assert workbook.read().revision == now

    def test_it_has_a_label_and_links_to_cells(self, workbook: Workbook) -> None:
        assert workbook.label
        assert "B7" in workbook.link("Models", "B7")
