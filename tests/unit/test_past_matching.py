"""Which row is which through time."""

from __future__ import annotations

from datetime import date

import pytest

from registry_sheets.registry.past.changes import Change
from tests.support.timeline import Row, Timeline, row

FIRST, SECOND = date(2026, 1, 1), date(2026, 2, 1)


def steps(before: list[Row], after: list[Row]) -> list[tuple[str, str, str, str, str]]:
    """The changes from one pass to the next."""
    seen = Timeline()
    seen.see(FIRST, *before)
    seen.see(SECOND, *after, editor="Ana")
    return sorted(map(brief, seen.story(SECOND).changes()))


def brief(change: Change) -> tuple[str, str, str, str, str]:
    return change.kind, f"{change.name} {change.version}", change.column, change.old, change.new


A, B = row("1", Owner="Ana"), row("2", Owner="Ben")


def test_order_and_looks_are_no_change() -> None:
    assert steps([A, B], [B, {**A, "Stage": " production "}]) == []


def test_a_changed_cell_is_told_with_old_and_new() -> None:
    assert steps([A, B], [A, {**B, "Owner": "Cem; Dia"}]) == [("changed", "Churn 2", "Owner", "Ben", "Cem; Dia")]


def test_own_columns_are_remembered() -> None:
    assert steps([A], [{**A, "Notes": "ask =Ana"}]) == [("changed", "Churn 1", "Notes", "", "ask =Ana")]


def test_a_new_row_and_one_that_went() -> None:
    new = row("3", "Testing", Owner="Ana")
    assert steps([A, B], [A, new]) == [
        ("added", "Churn 3", "", "", "Testing at Berlin, trained 2026-01-01"),
        ("removed", "Churn 2", "", "Production at Berlin, trained 2026-01-01", ""),
    ]


@pytest.mark.parametrize(
    ("renamed", "column", "old", "new"),
    [
        ({**B, "Version": "2.0"}, "Version", "2", "2.0"),
        ({**B, "Name": "Churn Ulm"}, "Name", "Churn", "Churn Ulm"),
    ],
)
def test_one_row_that_went_on_under_another_name(renamed: Row, column: str, old: str, new: str) -> None:
    assert [change[2:] for change in steps([A, B], [A, renamed])] == [(column, old, new)]


def test_a_rename_with_another_change_is_reported_as_it_looks() -> None:
    found = steps([A, B], [A, {**B, "Version": "2.0", "Owner": "Cem"}])
    assert [change[0] for change in found] == ["added", "removed"]


def test_two_renamed_rows_are_reported_as_they_look() -> None:
    found = steps([A, B, row("9")], [{**A, "Version": "1.0"}, {**B, "Version": "2.0"}, row("9")])
    assert [change[0] for change in found] == ["added", "added", "removed", "removed"]


def test_rows_that_say_next_to_nothing_are_not_taken_for_each_other() -> None:
    bare = {"Name": "Churn", "Version": "1"}
    assert [change[0] for change in steps([bare], [{"Name": "Other", "Version": "7"}])] == ["added", "removed"]


def test_a_renamed_model_is_one_however_many_versions_it_has() -> None:
    other = {**row("1"), "Name": "Uplift", "Data source": "Shop"}
    found = steps([A, B, other], [{**A, "Name": "Leavers"}, {**B, "Name": "Leavers"}, other])
    assert [change[:3] for change in found] == [
        ("changed", "Leavers 1", "Name"),
        ("changed", "Leavers 2", "Name"),
    ]


def test_two_models_renamed_at_once() -> None:
    other = [{**one, "Name": "Uplift", "Data source": "Shop"} for one in (A, B)]
    after = [{**A, "Name": "X"}, {**B, "Name": "X"}, *({**one, "Name": "Y"} for one in other)]
    assert sorted((change[1], change[3]) for change in steps([A, B, *other], after)) == [
        ("X 1", "Churn"),
        ("X 2", "Churn"),
        ("Y 1", "Uplift"),
        ("Y 2", "Uplift"),
    ]


def test_a_model_that_two_others_look_like_is_not_guessed() -> None:
    after = [{**one, "Name": name} for name in ("X", "Y") for one in (A, B)]
    assert {change[0] for change in steps([A, B], after)} == {"added", "removed"}


def test_rows_of_one_version_are_told_apart_by_place() -> None:
    ulm, bonn = {**A, "Location": "Ulm"}, {**A, "Location": "Bonn"}
    assert steps([A, ulm], [{**ulm, "Owner": "Dia"}, A]) == [("changed", "Churn 1", "Owner", "Ana", "Dia")]
    assert steps([A, ulm], [A, bonn]) == [("changed", "Churn 1", "Location", "Ulm", "Bonn")]
    assert steps([A], [A, ulm]) == [("added", "Churn 1", "", "", "Production at Ulm, trained 2026-01-01")]
    assert [change[0] for change in steps([A, ulm], [A])] == ["removed"]


def test_doubled_rows_are_each_one() -> None:
    assert steps([A, A], [A, A]) == []
    assert [change[0] for change in steps([A], [A, A])] == ["added"]
    assert [change[0] for change in steps([A, A, B], [A, B])] == ["removed"]


def test_rows_without_an_identity_are_not_remembered() -> None:
    assert steps([A, {**B, "Version": ""}], [A, {**B, "Version": "", "Owner": "Dia"}]) == []


def test_a_row_that_comes_back_is_the_row_it_was() -> None:
    seen = Timeline()
    seen.see(FIRST, A, B)
    seen.see(SECOND, A)
    back = seen.see(date(2026, 3, 1), A, B)
    assert [known.first_day for known in back.comparison.returning.values()] == [FIRST]
    spells = [spell for spell in seen.history.spells() if spell.version_key == "2"]
    assert len({spell.row for spell in spells}) == 1
    assert len(spells) == 2


def test_a_change_tells_who_saved_last_and_by_which_command_it_came() -> None:
    seen = Timeline()
    seen.see(FIRST, A)
    seen.see(SECOND, {**A, "Owner": "Dia", "Why": "x"}, editor="Ana", credits={("churn", "1"): {"why": "sam, promote"}})
    found = {change.column: (change.editor, change.by) for change in seen.story(SECOND).changes()}
    assert found == {"Owner": ("Ana", ""), "Why": ("Ana", "sam, promote")}


def test_a_heading_that_was_changed_is_one_change() -> None:
    def seen_with(heading: str) -> list[Row]:
        return [{**one, heading: note} for one, note in ((A, "ask Ana"), (B, "=1+1"))]

    history = Timeline()
    for day, heading in ((FIRST, "Notes"), (SECOND, "Why")):
        history.see(day, *seen_with(heading))
    (change,) = history.story(SECOND).changes()
    assert (change.kind, change.name, change.old, change.new) == ("column", "", "Notes", "Why")


def test_one_value_that_moved_to_another_column_is_two_changes() -> None:
    found = steps([{**A, "Notes": "ask Ana"}, B], [{**A, "Why": "ask Ana"}, B])
    assert [change[2:] for change in found] == [("Notes", "ask Ana", ""), ("Why", "", "ask Ana")]
