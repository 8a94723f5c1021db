"""When which version was live where: what rows state, what passes saw, and both together."""

from __future__ import annotations

from datetime import date

from registry_sheets.registry.past.periods import periods_of_table
from tests.support.timeline import Timeline, row, table, told

JAN, FEB, MAR, APR, MAY = (date(2026, month, 1) for month in range(1, 6))
TODAY = date(2026, 7, 1)


def test_a_sheet_alone_tells_what_it_states() -> None:
    rows = [row("1", "Archived", JAN), row("2", "Archived", MAR), row("3", deployed=APR), row("4", "Testing", MAY)]
    periods = periods_of_table(table(rows), TODAY)
    assert told(periods) == [
        ("1", "2026-01-01..2026-03-01", "stated"),
        ("2", "2026-03-01..2026-04-01", "stated"),
        ("3", "2026-04-01..", "stated"),
    ]
    assert [period.replaced for period in periods] == ["", "1", "2"]


def test_the_end_of_the_last_archived_version_is_not_known() -> None:
    assert told(periods_of_table(table([row("1", "Archived", JAN)]), TODAY)) == [
        ("1", "2026-01-01..~2026-07-01", "stated")
    ]


def test_what_was_live_when_history_began_has_no_beginning() -> None:
    seen = Timeline()
    seen.see(FEB, row("1"))
    assert told(seen.periods(TODAY)) == [("1", "?..", "observed")]


def test_without_statements_the_day_is_that_on_which_a_pass_saw_it() -> None:
    seen = Timeline()
    seen.see(JAN, row("1"), row("2", "Testing"))
    seen.see(FEB, row("1", "Archived"), row("2"))
    periods = seen.periods(TODAY)
    assert told(periods) == [("1", "?..2026-02-01", "observed"), ("2", "2026-02-01..", "observed")]
    assert periods[1].replaced == "1"
    assert [p.version for p in periods if p.holds_on(FEB)] == ["2"]


def test_the_day_stated_for_the_one_that_came_is_the_day_of_the_swap() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", deployed=JAN), row("2", "Testing"))
    seen.see(MAR, row("1", "Archived", JAN), row("2", deployed=FEB))
    periods = seen.periods(TODAY)
    assert told(periods) == [("1", "2026-01-01..2026-02-01", "stated"), ("2", "2026-02-01..", "stated")]
    assert [p.version for p in periods if p.holds_on(FEB)] == ["1", "2"], "a day of a swap lists both"
    assert [p.version for p in periods if p.holds_on(date(2026, 2, 2))] == ["2"]


def test_two_that_were_live_at_once_were_so() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", deployed=JAN))
    seen.see(FEB, row("1", deployed=JAN), row("2", deployed=FEB))
    seen.see(APR, row("1", "Archived", JAN), row("2", deployed=FEB))
    periods = seen.periods(TODAY)
    assert told(periods) == [("1", "2026-01-01..2026-04-01", "stated"), ("2", "2026-02-01..", "stated")]
    assert periods[1].replaced == "1"


def test_a_rollback_gives_the_earlier_version_a_second_period_and_keeps_both_reasons() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", deployed=JAN, Why="first"), row("2", "Testing"))
    seen.see(FEB, row("1", "Archived", JAN, Why="first"), row("2", deployed=FEB, Why="better"))
    seen.see(MAR, row("1", deployed=MAR, Why="2 was slow"), row("2", "Archived", FEB, Why="better"))
    periods = seen.periods(TODAY)
    assert [(p.version, p.start, p.end, p.why, p.replaced) for p in periods] == [
        ("1", JAN, FEB, "first", ""),
        ("2", FEB, MAR, "better", "1"),
        ("1", MAR, None, "2 was slow", "2"),
    ]


def test_a_version_that_came_back_with_its_old_deployed_on_came_back_when_it_was_seen() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", deployed=JAN))
    seen.see(FEB, row("1", "Archived", JAN))
    seen.see(MAR, row("1", deployed=JAN))
    assert told(seen.periods(TODAY)) == [
        ("1", "2026-01-01..2026-02-01", "stated"),
        ("1", "2026-03-01..", "observed"),
    ]


def test_a_day_that_is_corrected_later_counts() -> None:
    seen = Timeline()
    seen.see(FEB, row("1", deployed=FEB))
    seen.see(MAR, row("1", deployed=JAN))
    seen.see(APR, row("1", "Archived", JAN))
    seen.see(MAY, row("1", "Archived", date(2026, 1, 7)))
    assert told(seen.periods(TODAY)) == [("1", "2026-01-07..2026-04-01", "stated")]


def test_a_day_stated_after_the_end_cannot_be_right() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", "Testing"))
    seen.see(FEB, row("1", deployed=MAY))
    seen.see(MAR, row("1", "Archived", MAY))
    assert told(seen.periods(TODAY)) == [("1", "2026-02-01..2026-03-01", "observed")]


def test_a_removed_row_is_not_live_any_more() -> None:
    seen = Timeline()
    seen.see(JAN, row("1"), row("2", "Testing"))
    seen.see(FEB, row("2", "Testing"))
    assert told(seen.periods(TODAY)) == [("1", "?..2026-02-01", "observed")]


def test_what_was_live_when_history_began_is_not_taken_for_what_came_before() -> None:
    seen = Timeline()
    seen.see(FEB, row("1", "Archived", JAN), row("2"), row("3", "Testing"))
    seen.see(MAR, row("1", "Archived", JAN), row("2", "Archived"), row("3"))
    assert [(p.version, p.replaced) for p in seen.periods(TODAY)] == [("1", ""), ("2", ""), ("3", "2")]


def test_places_and_uses_are_told_apart() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", Location="Berlin; Ulm", Used_for="Calls"), row("2", "Testing"))
    seen.see(FEB, row("1", Location="Ulm", Used_for="Calls"), row("2", Used_for="Calls"))
    found = {(p.version, p.location): (p.start, p.end, p.replaced) for p in seen.periods(TODAY)}
    assert found == {
        ("1", "Berlin"): (None, FEB, ""),
        ("1", "Ulm"): (None, None, ""),
        ("2", "Berlin"): (FEB, None, "1"),
    }


def test_a_row_split_by_place_goes_on_at_each() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", deployed=JAN, Location="Berlin; Ulm"))
    seen.see(FEB, row("1", deployed=JAN), row("1", deployed=JAN, Location="Ulm"))
    assert told(seen.periods(TODAY)) == [("1", "2026-01-01..", "stated")] * 2


def test_a_renamed_model_goes_on() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", "Testing"), row("2"))
    seen.see(FEB, row("1"), row("2", "Archived"))
    seen.see(MAR, row("1", Name="Churn Germany"), row("2", "Archived", Name="Churn Germany"))
    periods = seen.periods(TODAY)
    assert [(p.name, p.version, p.start, p.end, p.replaced) for p in periods] == [
        ("Churn Germany", "2", None, FEB, ""),
        ("Churn Germany", "1", FEB, None, "2"),
    ]


def test_the_last_reason_of_a_period_holds_and_a_blank_one_takes_nothing_away() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", deployed=JAN, Why="pilot"))
    seen.see(FEB, row("1", deployed=JAN, Why="pilot, and the works council agreed"))
    seen.see(MAR, row("1", deployed=JAN))
    assert [p.why for p in seen.periods(TODAY)] == ["pilot, and the works council agreed"]


def test_an_archived_version_known_by_its_statement_ends_where_an_observed_one_begins() -> None:
    seen = Timeline()
    seen.see(FEB, row("1", "Archived", JAN), row("2", "Testing"))
    seen.see(MAR, row("1", "Archived", JAN), row("2"))
    assert told(seen.periods(TODAY))[0] == ("1", "2026-01-01..~2026-02-01", "stated")


def test_the_sheet_as_it_is_now_counts_before_it_is_recorded() -> None:
    seen = Timeline()
    seen.see(JAN, row("1"), row("2", "Testing"))
    story = seen.story(TODAY, row("1", "Archived"), row("2"))
    assert story.unrecorded
    assert told(story.periods()) == [("1", "?..2026-07-01", "observed"), ("2", "2026-07-01..", "observed")]
    assert not seen.story(TODAY).unrecorded


def test_a_crowded_place_is_quick() -> None:
    rows = [row(str(number), "Archived", JAN) for number in range(4000)]
    assert len(periods_of_table(table(rows), TODAY)) == 4000


def test_several_switches_on_one_day_are_in_the_order_in_which_passes_saw_them() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", deployed=JAN), row("2", "Testing"), row("3", "Testing"))
    seen.see(FEB, row("1", "Archived", JAN), row("2", deployed=FEB), row("3", "Testing"))
    seen.see(FEB, row("1", deployed=FEB, Why="back"), row("2", "Archived", FEB), row("3", "Testing"))
    seen.see(FEB, row("1", "Archived", FEB), row("2", "Archived", FEB), row("3", deployed=FEB))
    periods = seen.periods(TODAY)
    assert [(p.version, p.end) for p in periods] == [("1", FEB), ("2", FEB), ("1", FEB), ("3", None)]
    assert periods[-1].replaced == "1"


def test_a_place_that_is_written_down_later_was_the_place_before() -> None:
    seen = Timeline()
    seen.see(JAN, row("1", "Testing", Location=""))
    seen.see(FEB, row("1", Location="", Why="pilot"))
    seen.see(MAR, row("1", Location="Berlin; Ulm", Why="pilot"))
    assert [(p.location, p.start, p.end) for p in seen.periods(TODAY)] == [("Berlin", FEB, None), ("Ulm", FEB, None)]
    known = seen.see(MAR, row("1", Location="Berlin; Ulm", Why="pilot"))
    assert [(p.location, p.start) for p in known.periods()] == [("Berlin", FEB), ("Ulm", FEB)]


def test_a_row_that_was_deleted_and_put_back_was_live_throughout_as_it_states() -> None:
    seen = Timeline()
    seen.see(FEB, row("1", deployed=JAN), row("2", "Testing"))
    seen.see(MAR, row("2", "Testing"))
    seen.see(APR, row("1", deployed=JAN), row("2", "Testing"))
    assert told(seen.periods(TODAY)) == [("1", "2026-01-01..", "stated")]


def test_without_a_statement_a_row_that_was_put_back_came_back() -> None:
    seen = Timeline()
    seen.see(FEB, row("1"), row("2", "Testing"))
    seen.see(MAR, row("2", "Testing"))
    seen.see(APR, row("1"), row("2", "Testing"))
    assert told(seen.periods(TODAY)) == [("1", "?..2026-03-01", "observed"), ("1", "2026-04-01..", "observed")]


def test_a_day_that_has_not_come_states_nothing_yet() -> None:
    seen = Timeline()
    seen.see(JAN, row("1"), row("2", "Testing"))
    seen.see(FEB, row("1", "Archived"), row("2", deployed=APR))
    assert told(seen.periods(MAR)) == [("1", "?..2026-02-01", "observed"), ("2", "2026-02-01..", "observed")]
    assert told(seen.periods(MAY)) == [("1", "?..2026-04-01", "observed"), ("2", "2026-04-01..", "stated")]


def test_what_came_beside_another_replaced_nothing() -> None:
    rows = [row("1", "Archived", JAN), row("2", deployed=FEB), row("3", deployed=MAR)]
    assert [period.replaced for period in periods_of_table(table(rows), TODAY)] == ["", "1", ""]
