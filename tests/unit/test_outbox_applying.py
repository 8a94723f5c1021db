"""Writing what waits in the outbox: in order, in few writes, once, and past what refuses or does not fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from registry_sheets.errors import (
    CannotSave,
    EditRefused,
    NoModelsTab,
    NotAsMeant,
    UnreadableWorkbook,
    WorkbookOpen,
    WriteRefused,
)
from registry_sheets.operations import applying
from registry_sheets.operations.applying import apply_all
from registry_sheets.operations.edit import drop, fix, promote, record, retry, rollback
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.settling import Desk
from registry_sheets.operations.waiting import Queue, apply_waiting, inventory, standing
from registry_sheets.registry.edits.choosing import Promotion
from registry_sheets.registry.edits.edit import Edit, Plan
from registry_sheets.registry.edits.going_back import Rollback
from registry_sheets.registry.edits.recording import Recording
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.table import ModelTable
from registry_sheets.state.outbox import Outbox, became
from registry_sheets.workbooks.base import AppendRow, Revision, RowEdit, Written
from registry_sheets.workbooks.memory import MemoryWorkbook

HEADER: list[Cell] = ["Name", "Version", "Training date", "Location", "Stage", "Why", "Deployed on"]
LIVE: list[Cell] = ["AC failure", "3.4", date(2026, 3, 4), "Desk", "Production", "first", date(2026, 3, 9)]
NEXT: list[Cell] = ["AC failure", "3.5", date(2026, 6, 4), "Desk", "Testing", "", ""]


class Book(MemoryWorkbook):
    """A workbook in memory that counts its writes, and refuses some of them if it is told to."""

    def __init__(self, rows: Sequence[list[Cell]]) -> None:
        super().__init__([Grid("Models", [list(HEADER), *map(list, rows)])], label="models.xlsx")
        self.writes = 0
        self.before: Callable[[Sequence[RowEdit]], None] = lambda _: None

    def edit_rows(self, tab: str, edits: Sequence[RowEdit], expected: Revision) -> Written:
        self.before(edits)
        written = super().edit_rows(tab, edits, expected)
        self.writes += written.changed
        return written

    @property
    def rows(self) -> list[list[Cell]]:
        return self.read().grid("Models").rows[1:]

    def person(self, row: int, column: int, value: Cell) -> None:
        rows = [list(cells) for cells in self.read().grid("Models").rows]
        rows[row][column] = value
        self.put(Grid("Models", rows))

    @property
    def table(self) -> ModelTable:
        grid = self.read().grid("Models")
        return parse_models(grid, find_header(grid))


@pytest.fixture
def book() -> Book:
    return Book([LIVE, NEXT])


@pytest.fixture
def desk(book: Book, tmp_path: Path) -> Desk:
    seconds = iter(range(10_000))
    return Desk(
        workbook=book,
        terms=Terms("models"),
        outbox=Outbox(tmp_path / "models.xlsx"),
        today=date(2026, 7, 1),
        by="ana@laptop",
        now=lambda: float(next(seconds)),
        sleep=lambda _: None,
    )


def put_in(desk: Desk, book: Book, *wishes: Recording | Promotion) -> list[Edit]:
    """Give commands while the workbook is open."""

    def is_open(_: Sequence[RowEdit]) -> None:
        raise WorkbookOpen("'models.xlsx' is not written now: Kim has it open in Excel.", "Close it there.")

    book.before = is_open
    for wish in wishes:
        done = record(desk, wish) if isinstance(wish, Recording) else promote(desk, wish)
        assert done.outcome == "waiting"
        assert "Kim has it open" in " ".join(done.notices)
    book.before = lambda _: None
    assert not book.writes
    return list(desk.outbox.read().in_state("waiting"))


def states(desk: Desk) -> list[str]:
    return [edit.state for edit in desk.outbox.read().edits]


def test_recording_writes_a_row_and_says_what_it_lacks(desk: Desk, book: Book) -> None:
    done = record(desk, Recording("AC failure", "3.6", {"stage": "Testing", "training_date": "2026-06-30"}))
    assert done.outcome == "written"
    assert book.rows[2] == ["AC failure", "3.6", date(2026, 6, 30), "", "Testing", "", ""]
    assert [(one.row, one.header, one.new) for one in done.writes] == [
        (4, "Name", "AC failure"),
        (4, "Version", "3.6"),
        (4, "Training date", date(2026, 6, 30)),
        (4, "Stage", "Testing"),
    ]
    assert any(finding.rule == "missing-value" and finding.cell == "D4" for finding in done.findings)
    assert states(desk) == ["applied"]


def test_recording_the_same_twice_is_no_second_row(desk: Desk, book: Book) -> None:
    wish = Recording("AC failure", "3.6", {"stage": "Testing"})
    record(desk, wish)
    assert record(desk, wish).outcome == "unchanged"
    assert len(book.rows) == 3


def test_a_dry_run_writes_nothing_not_even_the_outbox(desk: Desk, book: Book) -> None:
    for done in (
        record(desk, Recording("AC failure", "3.6"), dry_run=True),
        promote(desk, Promotion("AC failure", "3.5", "better"), dry_run=True),
    ):
        assert done.outcome == "planned"
        assert done.writes
    assert not book.writes
    assert not desk.outbox.folder.exists()


def test_promote_and_rollback(desk: Desk, book: Book) -> None:
    promote(desk, Promotion("AC failure", "3.5", "better"))
    assert [row[4] for row in book.rows] == ["Archived", "Production"]
    done = rollback(desk, Rollback("AC failure", "worse"))
    assert [row[4:6] for row in book.rows] == [["Production", "worse"], ["Archived", "better"]]
    assert done.places == ("Desk",)
    assert book.writes == 2


def test_a_column_is_added_and_named(desk: Desk, book: Book) -> None:
    done = record(desk, Recording("AC failure", "3.6", metrics={"MAPE": "0.1"}))
    assert book.read().grid("Models").rows[0][7] == "Metric: MAPE"
    assert book.rows[2][7] == 0.1
    assert done.notices == ("The tab 'Models' gets a new column H: Metric: MAPE.",)


def test_fix_shows_and_then_writes(desk: Desk, book: Book) -> None:
    book.person(1, 3, "Desk ")
    assert fix(desk).outcome == "planned"
    assert fix(desk, apply=True).outcome == "written"
    assert book.rows[0][3] == "Desk"
    assert fix(desk).outcome == "unchanged"


# What waits


def test_what_waited_is_written_in_one_go_and_in_order(desk: Desk, book: Book) -> None:
    put_in(
        desk,
        book,
        Recording("AC failure", "3.6", {"location": "Desk"}),
        Promotion("AC failure", "3.6", "better"),
        Recording("No-shows", "1"),
    )
    notices = apply_waiting(desk.outbox, book, desk.terms)
    assert book.writes == 1
    assert [row[:2] for row in book.rows[2:]] == [["AC failure", "3.6"], ["No-shows", "1"]]
    assert [row[4] for row in book.rows] == ["Archived", "Testing", "Production", ""]
    assert notices[0] == "Written from the outbox: record AC failure 3.6, by ana@laptop."
    assert apply_waiting(desk.outbox, book, desk.terms) == ()
    assert book.writes == 1


def test_a_later_command_takes_along_what_waited(desk: Desk, book: Book) -> None:
    (edit,) = put_in(desk, book, Recording("No-shows", "1"))
    old = datetime.now(UTC) - timedelta(hours=1)
    desk.outbox.put(Edit(edit.id, old, edit.by, edit.command, edit.what, edit.steps))
    done = record(desk, Recording("No-shows", "2"))
    assert book.writes == 1
    assert [row[1] for row in book.rows[2:]] == ["1", "2"]
    assert done.notices == ("Written from the outbox as well: record No-shows 1, by ana@laptop.",)
    assert done.writes[0].row == 5


def test_a_new_column_is_one_column_however_it_is_spelled(desk: Desk, book: Book) -> None:
    put_in(desk, book, Recording("a", "1", metrics={"F1": 1}), Recording("a", "2", metrics={"f1": 2}))
    apply_waiting(desk.outbox, book, desk.terms)
    assert book.read().grid("Models").rows[0][7:] == ["Metric: F1"]
    assert [row[7] for row in book.rows[2:]] == [1, 2]


def test_planning_sees_what_waits(desk: Desk, book: Book) -> None:
    put_in(desk, book, Recording("No-shows", "1", {"location": "Clinic"}))
    done = record(desk, Recording("No-shows", "1"), dry_run=True)
    assert done.outcome == "unchanged"


def test_a_killed_run_is_done_again_to_no_effect(desk: Desk, book: Book) -> None:
    """Killed after the workbook was written and before that was noted."""
    for wish in (
        Recording("No-shows", "1", {"location": "Clinic"}),
        Recording("AC failure", "3.5", {"why": "x"}, update=True),
    ):
        done = record(desk, wish)
        edit = desk.outbox.get(done.id)
        assert edit
        desk.outbox.put(became(edit, "waiting"))
    writes, rows = book.writes, book.rows
    apply_waiting(desk.outbox, book, desk.terms)
    assert (book.writes, book.rows) == (writes, rows)
    assert states(desk) == ["applied", "applied"]


def test_a_save_in_between_starts_over(desk: Desk, book: Book) -> None:
    saves = iter(range(2))

    def somebody_saves(_: Sequence[RowEdit]) -> None:
        if next(saves, None) is not None:
            book.person(1, 5, f"typed {book.read().revision.token}")

    book.before = somebody_saves
    assert record(desk, Recording("No-shows", "1")).outcome == "written"
    assert len(book.rows) == 3


def test_saves_without_end_leave_it_waiting(desk: Desk, book: Book) -> None:
    book.before = lambda _: book.person(1, 5, book.read().revision.token)
    done = record(desk, Recording("No-shows", "1"))
    assert done.outcome == "waiting"
    assert f"during each of {applying.TRIES} tries" in " ".join(done.notices)


def refusing(name: str) -> Callable[[Sequence[RowEdit]], None]:
    def refuse(edits: Sequence[RowEdit]) -> None:
        if any(isinstance(edit, AppendRow) and edit.values.get(0) == name for edit in edits):
            raise WriteRefused(f"{name} is refused.", "Mend it.")

    return refuse


def test_what_is_refused_does_not_hold_up_the_others(desk: Desk, book: Book) -> None:
    wishes = [Recording(name, "1") for name in ("a", "b", "c", "d", "e")]
    put_in(desk, book, *wishes)
    book.before = refusing("c")
    apply_waiting(desk.outbox, book, desk.terms)
    assert [row[0] for row in book.rows[2:]] == ["a", "b", "d", "e"]
    (left,) = desk.outbox.read().in_state("waiting")
    assert (left.what, left.reason) == ("record c 1", "c is refused. Mend it.")
    book.before = lambda _: None
    apply_waiting(desk.outbox, book, desk.terms)
    assert book.rows[-1][0] == "c"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NotAsMeant("Cell F3 does not read back.", "Please report this."), "Cell F3 does not read back."),
        (NoModelsTab("Something of ours."), "Something of ours."),
        (OverflowError("int too large"), "a fault in Registry Sheets (OverflowError: int too large)"),
    ],
)
def test_whatever_goes_wrong_with_one_edit_does_not_hold_up_the_others(
    desk: Desk, book: Book, error: Exception, reason: str
) -> None:
    wishes = [Recording(name, "1") for name in ("bad", "a", "bad two", "b", "bad three", "c", "bad four", "d", "e")]
    put_in(desk, book, *wishes)

    def fail(edits: Sequence[RowEdit]) -> None:
        if any(isinstance(edit, AppendRow) and str(edit.values.get(0)).startswith("bad") for edit in edits):
            raise error

    book.before = fail
    assert record(desk, Recording("f", "1")).outcome == "written"
    assert [row[0] for row in book.rows[2:]] == ["a", "b", "c", "d", "e", "f"]
    left = desk.outbox.read().in_state("waiting")
    assert [edit.what for edit in left] == [
        "record bad 1",
        "record bad two 1",
        "record bad three 1",
        "record bad four 1",
    ]
    assert all(reason in edit.reason for edit in left)
    done = record(desk, Recording("bad five", "1"))
    assert done.outcome == "waiting"
    assert any(reason in notice for notice in done.notices)


@pytest.mark.parametrize("error", [CannotSave("The disk is full.", "Make room."), WorkbookOpen("Kim has it open.")])
def test_what_holds_for_the_whole_workbook_is_tried_once(desk: Desk, book: Book, error: Exception) -> None:
    put_in(desk, book, *(Recording(name, "1") for name in "abcd"))
    tries = []

    def fail(edits: Sequence[RowEdit]) -> None:
        tries.append(len(edits))
        raise error

    book.before = fail
    (told,) = apply_waiting(desk.outbox, book, desk.terms)
    assert tries == [4]
    assert str(error) in told
    assert {edit.reason for edit in desk.outbox.read().in_state("waiting")} == {str(error)}


def test_a_system_error_is_nobodys_edit(desk: Desk, book: Book) -> None:
    put_in(desk, book, Recording("a", "1"), Recording("b", "1"))

    def fail(_: Sequence[RowEdit]) -> None:
        raise OSError(28, "No space left on device")

    book.before = fail
    with pytest.raises(OSError, match="No space"):
        apply_waiting(desk.outbox, book, desk.terms)


def test_edits_of_others_that_are_written_along_are_told_however_young(desk: Desk, book: Book) -> None:
    put_in(desk, book, *(Recording(name, "1") for name in "abcdefghij"))
    told = record(desk, Recording("k", "1")).notices
    assert told[0] == "Written from the outbox as well: record a 1, by ana@laptop."
    assert told[-1] == "Written from the outbox as well: … and 2 more."
    assert len(told) == 9


def test_edits_of_commands_that_run_now_are_not_told(desk: Desk, book: Book) -> None:
    (edit,) = put_in(desk, book, Recording("a", "1"))
    desk.outbox.put(became(edit, "waiting"))  # as it is before anybody has tried to write it
    assert record(desk, Recording("b", "1")).notices == ()
    assert [row[0] for row in book.rows[2:]] == ["a", "b"]


def test_a_workbook_that_is_waited_for_is_told_once_and_at_once(desk: Desk, book: Book) -> None:
    told: list[str] = []
    refusals = iter(range(3))

    def is_open(_: Sequence[RowEdit]) -> None:
        if next(refusals, None) is not None:
            raise WorkbookOpen("'models.xlsx' is not written now: Kim has it open.", who="Kim has it open.")

    book.before = is_open
    assert record(replace(desk, tell=told.append), Recording("a", "1")).outcome == "written"
    assert told == ["Kim has it open. Waiting up to 10 s …"]


def test_findings_are_those_of_the_row_that_is_written(desk: Desk, book: Book) -> None:
    book.put(Grid("Models", [HEADER, LIVE, [*NEXT[:2], "last spring", *NEXT[3:]]]))
    done = record(desk, Recording("AC failure", "3.5", {"location": "Van"}, another_place=True))
    assert {one.row for one in done.findings} == {4}
    done = record(desk, Recording("AC failure", "3.5", {"location": "Desk", "why": "x"}, update=True))
    assert {one.row for one in done.findings} == {3}
    assert "not-a-date" in {one.rule for one in done.findings}


def test_later_edits_of_the_same_version_wait_behind_it(desk: Desk, book: Book) -> None:
    put_in(desk, book, Recording("c", "1", {"location": "Desk"}), Promotion("c", "1", "x"), Recording("c", "2"))
    book.before = refusing("c")
    apply_waiting(desk.outbox, book, desk.terms)
    assert "It comes after 'record c 1'" in desk.outbox.read().edits[1].reason
    book.before = lambda _: None
    apply_waiting(desk.outbox, book, desk.terms)
    assert [row[:2] + row[4:5] for row in book.rows[2:]] == [["c", "1", "Production"], ["c", "2", ""]]


def test_a_reason_that_holds_for_all_is_not_tried_for_each(desk: Desk, book: Book) -> None:
    put_in(desk, book, *(Recording("x", str(number)) for number in range(64)))
    tries = []

    def refuse(edits: Sequence[RowEdit]) -> None:
        tries.append(len(edits))
        raise WriteRefused("The tab is protected.", "Unprotect it.")

    book.before = refuse
    apply_waiting(desk.outbox, book, desk.terms)
    assert len(tries) < 20
    assert {edit.reason for edit in desk.outbox.read().in_state("waiting")} == {"The tab is protected. Unprotect it."}
    assert len(desk.outbox.read().in_state("waiting")) == 64


def test_what_does_not_fit_any_more_waits_for_a_decision(desk: Desk, book: Book) -> None:
    (edit,) = put_in(desk, book, Promotion("AC failure", "3.5", "better"))
    book.person(2, 4, "Archived")
    apply_waiting(desk.outbox, book, desk.terms)
    assert not book.writes
    found = standing(desk.outbox, book.table)
    assert [(one.kind, one.index, one.version) for one in found.decide] == [("unfit", 1, "3.5")]
    assert "Row 3, Stage holds Archived now" in found.decide[0].reason
    with pytest.raises(EditRefused, match=f"outbox drop {edit.id}"):
        retry(desk, edit.id)
    assert states(desk) == ["unfit"]
    book.person(2, 4, "Testing")
    assert apply_waiting(desk.outbox, book, desk.terms) == ()
    assert retry(desk, edit.id[-6:]).outcome == "written"
    assert [row[4] for row in book.rows] == ["Archived", "Production"]


def test_it_can_be_let_go_of(desk: Desk, book: Book) -> None:
    (edit,) = put_in(desk, book, Recording("a", "1"))
    assert drop(desk, edit.id) == edit
    assert desk.outbox.read().edits == ()
    assert apply_waiting(desk.outbox, book, desk.terms) == ()


def test_edits_after_one_that_does_not_fit_keep_their_order(desk: Desk, book: Book) -> None:
    put_in(
        desk,
        book,
        Promotion("AC failure", "3.5", "better"),
        Recording("AC failure", "3.5", {"training_date": "2026-06-05"}, update=True),
    )
    book.person(2, 4, "Archived")
    apply_waiting(desk.outbox, book, desk.terms)
    assert states(desk) == ["unfit", "waiting"]
    drop(desk, desk.outbox.read().edits[0].id)
    apply_waiting(desk.outbox, book, desk.terms)
    assert book.rows[1][2] == date(2026, 6, 5)


def test_a_command_that_somebody_elses_edit_made_unfit_is_refused_and_leaves_nothing(desk: Desk, book: Book) -> None:
    seen = iter([True])

    def somebody_records(_: Sequence[RowEdit]) -> None:
        if next(seen, False):
            book.put(Grid("Models", [HEADER, LIVE, NEXT, ["a", "1", "", "Van", "", "", ""]]))

    book.before = somebody_records
    with pytest.raises(EditRefused, match="a 1 is in the sheet already"):
        record(desk, Recording("a", "1", {"location": "Desk"}))
    assert desk.outbox.read().edits == ()


# What was written and is seen again, or lost


def test_looking_into_the_outbox_tells_what_is_lost_by_the_sheet_as_it_is(desk: Desk, book: Book) -> None:
    older = book.read().grid("Models")
    first = record(desk, Recording("a", "1"))
    assert inventory(desk.outbox, book, desk.terms).lost == {}
    book.put(older)
    second = record(desk, Recording("b", "1"))
    seen = inventory(desk.outbox, book, desk.terms)
    assert [edit.id for edit in seen.contents.edits] == [first.id, second.id]
    assert seen.lost == {first.id: "its row is not in the sheet"}


def test_looking_into_the_outbox_reads_the_sheet_only_for_what_was_written(
    desk: Desk, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable() -> Any:
        raise UnreadableWorkbook("It is no workbook.")

    put_in(desk, book, Recording("a", "1"))
    monkeypatch.setattr(book, "read", unreadable)
    assert inventory(desk.outbox, book, desk.terms).unseen == ""
    desk.outbox.put(became(desk.outbox.read().edits[0], "applied"))
    seen = inventory(desk.outbox, book, desk.terms)
    assert seen.lost == {}
    assert seen.unseen.endswith("is not checked: It is no workbook.")


def test_a_pass_confirms_and_forgets(desk: Desk, book: Book) -> None:
    record(desk, Recording("a", "1", {"location": "Desk"}))
    queue = Queue(desk.outbox, desk.terms)
    assert queue.apply(book) == ()
    found = queue.standing(book.table)
    assert found.decide == ()
    assert len(found.confirmed) == 1
    assert found.credits["a", "1"]["location"] == "ana@laptop, record"
    queue.forget(found)
    assert desk.outbox.read().edits == ()


def test_what_a_save_from_an_older_copy_lost_is_found_and_put_back(desk: Desk, book: Book) -> None:
    older = book.read().grid("Models")
    record(desk, Recording("a", "1", {"location": "Desk"}))
    promote(desk, Promotion("AC failure", "3.5", "better"))
    book.put(older)
    found = standing(desk.outbox, book.table)
    assert [(one.kind, one.name, one.index) for one in found.decide] == [("lost", "a", None), ("lost", "AC failure", 1)]
    assert found.confirmed == ()
    for one in found.decide:
        assert retry(desk, one.id).outcome == "written"
    assert [row[4] for row in book.rows] == ["Archived", "Production", ""]
    assert len(standing(desk.outbox, book.table).confirmed) == 2


def test_an_edit_that_was_written_after_the_sheet_was_read_is_not_judged_by_it(desk: Desk, book: Book) -> None:
    queue = Queue(desk.outbox, desk.terms)
    queue.apply(book)
    table = book.table
    record(desk, Recording("a", "1"))
    found = queue.standing(table)
    assert (found.decide, found.confirmed) == ((), ())


def test_what_still_waits_is_told(desk: Desk, book: Book) -> None:
    (edit,) = put_in(desk, book, Recording("a", "1"))
    (told,) = standing(desk.outbox, book.table).waiting
    assert told.startswith(f"record a 1, by ana@laptop, waits in the outbox ({edit.id}). 'models.xlsx' is not written")


def test_a_locked_workbook_is_told_and_not_raised(desk: Desk, book: Book) -> None:
    put_in(desk, book, Recording("a", "1"))

    def is_open(_: Sequence[RowEdit]) -> None:
        raise WorkbookOpen("Kim has it open.", "Close it there.")

    book.before = is_open
    assert apply_waiting(desk.outbox, book, desk.terms) == (
        "What waits in the outbox is not written now. Kim has it open. Close it there.",
    )


def test_edits_seen_long_ago_go_with_the_next_command(desk: Desk, book: Book) -> None:
    done = record(desk, Recording("a", "1"))
    edit = desk.outbox.get(done.id)
    assert edit
    long_ago: Any = datetime.now(UTC) - timedelta(days=2)
    desk.outbox.put(Edit(edit.id, edit.made, edit.by, edit.command, edit.what, edit.steps, "applied", "", long_ago))
    record(desk, Recording("a", "2"))
    assert [one.what for one in desk.outbox.read().edits] == ["record a 2"]


def test_apply_all_gives_the_cells_by_edit(desk: Desk, book: Book) -> None:
    (edit,) = put_in(desk, book, Recording("a", "1"))
    with desk.outbox.held(1):
        done = apply_all(desk.outbox, book, desk.terms)
    assert [write.new for write in done.writes[edit.id]] == ["a", "1"]


def test_of_two_promotions_that_did_not_know_of_each_other_the_second_does_not_fit(desk: Desk, book: Book) -> None:
    record(desk, Recording("AC failure", "3.6", {"stage": "Testing", "location": "Desk"}))
    book.writes = 0
    put_in(desk, book, Promotion("AC failure", "3.5", "better"))
    book.person(1, 4, "Archived")
    book.person(3, 4, "Production")
    apply_waiting(desk.outbox, book, desk.terms)
    assert [row[4] for row in book.rows] == ["Archived", "Testing", "Production"]
    (unfit,) = desk.outbox.read().in_state("unfit")
    assert unfit.reason == "3.6 is live at Desk now, which this edit does not know; look, then promote again."
    with pytest.raises(EditRefused, match=r"3\.6 is live at Desk now"):
        retry(desk, unfit.id)


def test_promotions_at_the_same_moment_never_leave_two_live(
    desk: Desk, book: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(desk, Recording("AC failure", "3.6", {"stage": "Testing", "location": "Desk"}))
    add = desk.outbox.add

    def slower(plan: Plan, command: str, by: str) -> Edit:
        """Between planning and writing somebody else's command goes through."""
        monkeypatch.setattr(desk.outbox, "add", add)
        assert promote(desk, Promotion("AC failure", "3.6", "quicker")).outcome == "written"
        return add(plan, command, by)

    monkeypatch.setattr(desk.outbox, "add", slower)
    with pytest.raises(EditRefused):
        promote(desk, Promotion("AC failure", "3.5", "slower"))
    assert [row[4] for row in book.rows] == ["Archived", "Testing", "Production"]
    assert not desk.outbox.read().in_state("unfit", "waiting")


def test_a_pass_tells_once_what_cannot_be_read(desk: Desk, book: Book) -> None:
    put_in(desk, book, Recording("AC failure", "3.6"))
    (desk.outbox.folder / "20260101T000000000000Z-bad.json").write_text("{")
    queue = Queue(desk.outbox, desk.terms)
    assert [told.partition(":")[0] for told in queue.apply(book)] == ["Written from the outbox"]
    found = queue.standing(book.table)
    assert len(found.unread) == 1
    assert found.waiting == found.unread
