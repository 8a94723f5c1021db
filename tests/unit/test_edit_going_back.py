"""rollback, planned on tables and periods: back where it is clear, refused with the candidates where it is not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from registry_sheets.errors import EditRefused
from registry_sheets.registry.edits.going_back import Rollback, periods_in_sheet, plan_rollback
from registry_sheets.registry.past.live_period import LivePeriod
from tests.support.edits import Row, after, view

BASE = {"Name": "AC failure", "Location": "Desk", "Used for": "", "Why": "", "Deployed on": ""}


def row(version: str, stage: str = "Archived", **cells: Any) -> dict[str, Any]:
    return {**BASE, "Version": version, "Stage": stage, **cells}


ROWS = [row("1"), row("2"), row("3", "Production")]


def period(version: str, start: int, end: int | None, location: str = "Desk", use: str = "") -> LivePeriod:
    """Days of June 2026; an end of 0 is none."""
    last = None if end is None else date(2026, 6, end)
    return LivePeriod("AC failure", version, use, location, date(2026, 6, start), last, "observed")


PAST = [period("1", 1, 5), period("2", 5, 9), period("3", 9, None)]


def back(rows: Sequence[Row], past: Sequence[LivePeriod] = PAST, **wish: Any) -> list[str]:
    plan = plan_rollback(view(rows), Rollback("AC failure", "worse", **wish), past)
    return [f"{one['Version']} {one['Stage']}" for one in after(rows, plan)]


def refused(rows: Sequence[Row], past: Sequence[LivePeriod] = PAST, **wish: Any) -> str:
    with pytest.raises(EditRefused) as caught:
        plan_rollback(view(rows), Rollback(**{"name": "AC failure", "why": "worse", **wish}), past)
    return str(caught.value)


def test_back_to_what_was_live_before() -> None:
    assert back(ROWS) == ["1 Archived", "2 Production", "3 Archived"]
    plan = plan_rollback(view(ROWS), Rollback("AC failure", "worse"), PAST)
    assert plan.what == "rollback AC failure from 3 to 2 at Desk"
    assert plan.places == ("Desk",)


def test_the_same_version_in_two_periods_without_another_between_is_one() -> None:
    past = [period("2", 1, 5), period("3", 5, 7), period("3", 8, None)]
    assert back(ROWS, past)[1] == "2 Production"


def test_to_names_another_version_that_was_live_there() -> None:
    assert back(ROWS, to="1")[0] == "1 Production"
    assert "was ever live at Desk. It was 1 and 2." in refused([*ROWS, row("4")], to="4")
    assert "is what is live there now" in refused(ROWS, to="3")


def test_nothing_is_live() -> None:
    assert "nothing to roll back" in refused([row("1"), row("2")])


def test_an_unknown_model() -> None:
    assert "Did you mean AC failure?" in refused(ROWS, name="AC failures")


def test_nothing_was_live_before() -> None:
    assert "Nothing tells what was live at Desk before 3" in refused(ROWS, [PAST[-1]])
    assert "Nothing tells" in refused(ROWS, [])


def test_several_places_are_named() -> None:
    rows = [*ROWS, row("3", "Production", Location="Van")]
    past = [*PAST, period("1", 1, 5, "Van"), period("3", 5, None, "Van")]
    assert "several places: Desk (3) and Van (3)" in refused(rows, past)
    assert back(rows, past, location="van") == [
        "1 Archived",
        "2 Archived",
        "3 Production",
        "3 Archived",
        "1 Production",
    ]
    assert "not live there. It is live at Desk (3) and Van (3)" in refused(rows, past, location="Lab")


def test_two_earlier_ones_at_once_are_named() -> None:
    past = [period("1", 1, 9), period("2", 5, 9), period("3", 9, None)]
    assert "several versions were live there at once. Say which one with --to: 1 and 2." in refused(ROWS, past)
    assert back(ROWS, past, to="1")[0] == "1 Production"


def test_after_a_rollback_before_may_mean_either() -> None:
    past = [period("1", 1, 3), period("2", 3, 5), period("3", 5, 7), period("2", 7, None)]
    rows = [row("1"), row("2", "Production"), row("3")]
    said = refused(rows, past)
    assert "may mean 3, which it took over from last, or 1, which was live before 2 was so earlier" in said
    assert "--to: 3 and 1" in said
    assert back(rows, past, to="3")[2] == "3 Production"


@pytest.mark.parametrize(
    "past",
    [
        [period("2", 1, 5), period("3", 5, 7), period("2", 7, None)],  # nothing is known before 2 was live first
        [period("3", 1, 3), period("2", 3, 5), period("3", 5, 7), period("2", 7, None)],
    ],
)
def test_where_both_are_one_version_it_is_clear(past: list[LivePeriod]) -> None:
    rows = [row("1"), row("2", "Production"), row("3")]
    assert back(rows, past) == ["1 Archived", "2 Archived", "3 Production"]


@pytest.mark.parametrize("why", ["", "  ", "\u200b"])
def test_without_a_reason_it_is_refused(why: str) -> None:
    assert "rollback needs a reason" in refused(ROWS, why=why)


def test_its_row_is_gone() -> None:
    assert "AC failure 2 was live there before, but its row is not in the sheet" in refused([ROWS[0], ROWS[2]])


def test_uses_at_one_place_go_back_together_where_they_agree() -> None:
    rows = [row("2", **{"Used for": "A; B"}), row("3", "Production", **{"Used for": "A; B"})]
    past = [p for use in "AB" for p in (period("2", 1, 5, use=use), period("3", 5, None, use=use))]
    assert back(rows, past) == ["2 Production", "3 Archived"]


def test_uses_that_do_not_agree_are_named() -> None:
    rows = [*ROWS[:2], row("3", "Production", **{"Used for": "A; B"})]
    past = [period("1", 1, 5, use="A"), period("2", 1, 5, use="B"), *(period("3", 5, None, use=u) for u in "AB")]
    assert "1 for A and 2 for B" in refused(rows, past)


def test_several_versions_live_at_one_place() -> None:
    rows = [row("2", "Production", **{"Used for": "A"}), row("3", "Production", **{"Used for": "B"})]
    assert "Several versions of AC failure are live there" in refused(rows)
    assert "--used-for" in refused(rows)


def test_without_history_the_sheet_tells_by_deployed_on() -> None:
    rows = [
        row("1", **{"Deployed on": date(2026, 6, 1)}),
        row("2", **{"Deployed on": date(2026, 6, 5)}),
        row("3", "Production", **{"Deployed on": date(2026, 6, 9)}),
        row("0"),
    ]
    past = periods_in_sheet(view(rows), "ac failure")
    assert [(one.version, one.start, one.end) for one in past] == [
        ("1", date(2026, 6, 1), date(2026, 6, 5)),
        ("2", date(2026, 6, 5), date(2026, 6, 9)),
        ("3", date(2026, 6, 9), None),
    ]
    assert back(rows, past)[1] == "2 Production"
