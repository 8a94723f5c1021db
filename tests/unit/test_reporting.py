"""What a report tells of a registry: made from rows, their past and a check."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from registry_sheets.errors import HistoryUnusable
from registry_sheets.history.unusable import UnusableHistory
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.reporting import Setting, report_of
from registry_sheets.registry.checking import RuleSetting
from registry_sheets.reports.content import by_owner
from tests.support.registries import TODAY, version
from tests.support.reported import looked, reported

PEOPLE = [("Ana", "ana@example.com", ""), ("Kim", "kim@example.com", "")]


def test_counts() -> None:
    made = reported(
        [version(), version(name="Churn", version="1"), version(name="Churn", version="2", stage="Testing")]
    )
    assert (made.models, len(made.rows), made.live_models, made.label) == (2, 3, 2, "models.xlsx")


def test_live_lines_tell_age_and_what_falls_due() -> None:
    (line,) = reported([version(last_reviewed=date(2026, 6, 1), retrain_every=30)]).live
    assert (line.age, line.retrain_every, line.retraining_due) == (119, 30, date(2026, 4, 3))
    assert (line.review_due, line.last_reviewed) == (date(2026, 7, 31), date(2026, 6, 1))
    assert line.link == "https://files.example.com/models.xlsx?cell=A2&tab=Models"


@pytest.mark.parametrize("rules", [{}, {"retraining-overdue": RuleSetting("off", {"days": 9})}])
def test_nothing_falls_due_where_nobody_set_days(rules: dict[str, RuleSetting]) -> None:
    (line,) = reported([version(last_reviewed="")], terms=Terms("demo", rules=rules)).live
    assert (line.retrain_every, line.retraining_due, line.review_due) == (None, None, None)


def test_what_is_overdue_is_no_gap() -> None:
    made = reported([version(owner="", last_reviewed="")])
    assert {one.finding.rule for one in made.overdue} == {"retraining-overdue", "review-overdue"}
    assert made.gaps == sum(one.finding.severity != "info" for one in made.findings) - 2


def test_findings_go_with_the_owners_of_their_row_and_a_link_to_their_cell() -> None:
    made = reported([version(owner="Ana; kim@example.com", why="", data_source="")], owners=PEOPLE)
    found = {one.finding.rule: one for one in made.findings}
    assert [person.name for person in found["missing-value"].owners] == ["Ana", "Kim"]
    assert found["missing-value"].link.endswith("?cell=D2&tab=Models")
    assert [part.owner.name for part in by_owner(made.findings) if part.owner] == ["Ana", "Kim"]


def test_findings_of_nobody_come_last() -> None:
    made = reported([version(owner=""), version(version="4", owner="Zoe", location="")], owners=PEOPLE)
    assert [part.owner.name if part.owner else None for part in by_owner(made.findings)] == ["Zoe", None]


def test_changes_go_with_the_owners_of_the_row_or_of_what_is_left_of_the_model() -> None:
    before = {
        date(2026, 6, 10): [version(owner="Ana"), version(version="2", stage="Archived", owner="Kim")],
        date(2026, 6, 20): [version(owner="Ana", why="Better in autumn")],
    }
    made = reported([version(owner="Ana", why="Better in autumn")], before=before, owners=PEOPLE)
    told = {(one.change.kind, one.change.version): [person.name for person in one.owners] for one in made.changes}
    assert told == {("changed", "3.1"): ["Ana"], ("removed", "2"): ["Ana"]}


def test_older_changes_are_left_out() -> None:
    before = {date(2026, 4, 1): [version(why="A")], date(2026, 5, 1): [version(why="B")]}
    assert reported([version(why="B")], before=before).changes == ()


def test_the_first_pass_is_where_history_begins() -> None:
    made = reported([version()])
    assert (made.begins, made.changes) == (TODAY, ())


def test_versions_stand_in_sheet_order_with_dates_as_dates_and_without_empty_columns() -> None:
    made = reported([version(training_date="2026-03-04", notes="x")], own=("notes", "empty"))
    assert made.headings[:3] == ("Name", "Version", "Training date")
    assert "notes" in made.headings
    assert not {"empty", "Last reviewed", "Run link"} & {*made.headings}
    (row,) = made.rows
    assert row.cells[2] == date(2026, 3, 4)
    assert not isinstance(row.cells[2], datetime)
    assert (row.row, row.stage) == (2, "Production")


def test_a_history_that_cannot_be_read_is_named_and_the_rest_is_told() -> None:
    seen = looked([version()])
    made = report_of(seen, UnusableHistory(HistoryUnusable("It is damaged.", "Begin anew.")), Setting(Terms("demo")))
    assert not made.complete
    assert made.unchecked == ("Not checked: what history tells. It is damaged. Begin anew.",)
    assert len(made.live) == 1


def test_an_empty_sheet() -> None:
    made = reported([])
    assert (made.models, made.rows, made.live, made.completeness.share, made.headings) == (0, (), (), None, ())


def test_no_link() -> None:
    made = reported(link="")
    assert (made.link, made.live[0].link, made.notes) == ("", "", ())


def test_what_waits_is_noted() -> None:
    seen = replace(looked([version()]), waiting="It is open at Ana's.")
    assert report_of(seen, None, Setting(Terms("demo"))).notes == ("It is open at Ana's.",)


def test_changes_since_a_day() -> None:
    before = {date(2026, 4, 1): [version(why="A")], date(2026, 5, 1): [version(why="B")]}
    made = reported([version(why="B")], before=before, since=date(2026, 4, 15))
    assert [one.change.new for one in made.changes] == ["B"]
    assert made.changes_since == date(2026, 4, 15)
    assert reported([version(why="B")], before=before).changes_since == date(2026, 6, 1)


def test_what_is_overdue_is_told_to_the_owners_of_all_rows_of_the_version() -> None:
    rows = [version(owner="Ana"), version(owner="Kim", location="Berlin"), version(version="2", owner="Zoe")]
    made = reported(rows, owners=PEOPLE)
    told = {one.finding.version: one.owners for one in made.overdue if one.finding.rule == "retraining-overdue"}
    assert [person.name for person in told["3.1"]] == ["Ana", "Kim"]


def test_a_live_row_without_a_name_is_no_model() -> None:
    assert reported([version(name=""), version()]).live_models == 1
