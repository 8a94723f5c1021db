from __future__ import annotations

from datetime import date

import pytest

from registry_sheets.registry.findings import Severity

from .support import checked, hits

TODAY = date(2026, 7, 1)


def test_today_has_come_and_tomorrow_has_not() -> None:
    assert hits("future-date", [{"Training date": TODAY, "Deployed on": ""}], today=TODAY) == []
    (hit,) = hits("future-date", [{"Training date": date(2026, 7, 2), "Deployed on": ""}], today=TODAY)
    assert (hit.field, hit.severity, hit.message) == ("training_date", Severity.ERROR, "2026-07-02 has not come yet.")


def test_days_ahead_may_be_allowed() -> None:
    row = {"Training date": date(2026, 7, 2)}
    assert hits("future-date", [row], today=TODAY, options={"days_ahead": 1}) == []


@pytest.mark.parametrize(("stage", "found"), [("Production", 1), ("Testing", 0), ("Archived", 0), ("", 0)])
def test_a_day_of_deployment_may_be_a_plan_until_it_is_live(stage: str, found: int) -> None:
    row = {"Stage": stage, "Deployed on": date(2026, 9, 1)}
    assert len(hits("future-date", [row], today=TODAY)) == found


def test_the_last_day_of_the_calendar_is_no_trouble() -> None:
    assert hits("future-date", [{"Training date": date.max}], today=date.max, options={"days_ahead": 10**6}) == []


def test_a_year_far_ahead_is_one_finding() -> None:
    result = checked([{"Training date": date(2206, 4, 1), "Deployed on": ""}], today=TODAY)
    assert [f.rule for f in result.findings if f.severity is not Severity.INFO] == ["implausible-date"]
