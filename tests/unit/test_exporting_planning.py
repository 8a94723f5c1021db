"""What an export does on a platform, on one in memory."""

from __future__ import annotations

from registry_sheets.platforms.exporting.planning import NewModel, NewVersion
from tests.support.platforms.leaving import table
from tests.support.platforms.memory_target import AFTER, BEFORE, MemoryTarget, export


def test_without_apply_nothing_is_written() -> None:
    target = MemoryTarget()
    done = export(BEFORE, target, apply=False)
    assert target.calls == 0
    assert target.there == {}
    assert [type(one.step) for one in done.steps].count(NewVersion) == 4
    assert [type(one.step) for one in done.steps].count(NewModel) == 2


def test_what_was_shown_is_what_is_done_and_then_nothing_is_left() -> None:
    target = MemoryTarget()
    shown = export(BEFORE, target, apply=False)
    assert export(BEFORE, target).steps == shown.steps
    calls = target.calls
    again = export(BEFORE, target)
    assert again.steps == ()
    assert again.unchanged == 4
    assert target.calls == calls
    assert target.there["AC"].aliases == {"champion-munich": "1", "champion-berlin": "2"}


def test_what_the_sheet_says_later_goes_over() -> None:
    target = MemoryTarget()
    export(BEFORE, target)
    export(AFTER, target)
    ac = target.there["AC"]
    assert ac.aliases == {"champion-munich": "2", "champion-berlin": "3", "champion-rome": "3"}
    assert [one.status for one in ac.versions] == ["Rejected", "Approved", "Approved"]
    assert ac.versions[0].tags["registry-sheets.owner"] == "ana"
    assert target.there["Vans"].versions[0].description == "It is good"
    assert target.there["Vans"].aliases == {"champion": "1"}
    assert export(AFTER, target).steps == ()


def test_what_the_sheet_says_no_more_is_taken_from_our_tags() -> None:
    target = MemoryTarget()
    export(AFTER, target)
    export(BEFORE, target)
    assert "registry-sheets.owner" not in target.there["AC"].versions[0].tags
    assert target.there["Vans"].versions[0].description == ""
    assert target.there["Vans"].aliases == {}
    assert "champion-rome" not in target.there["AC"].aliases
    assert "Cars" in target.there  # never deleted
    assert export(BEFORE, target).steps == ()


def test_texts_that_do_not_fit_are_told() -> None:
    headings = ("Name", "Version", "Notes (a)", "Notes [a]", "Metric: F1")
    rows = table(("AC", "1", "x" * 101, "y", 0.5), headings=headings)
    target = MemoryTarget()
    done = export(rows, target)
    assert [(one.what, one.header, one.where) for one in done.losses] == [("cut", "Notes (a)", "AC 1")]
    tags = target.there["AC"].versions[0].tags
    notes = [value for key, value in tags.items() if key.startswith("registry-sheets.column.Notes")]
    assert sorted(map(len, notes)) == [1, 100]
    assert tags["registry-sheets.metric.F1"] == "0.5"
    assert export(rows, target).steps == ()
