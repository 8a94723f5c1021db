from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from registry_sheets.registry.rules.base import EXAMPLE_DAY
from registry_sheets.registry.rules.long_in_testing import LongInTestingOptions

from .support import checked, hits

SLOW: dict[str, Any] = {"Stage": "Testing", "Training date": date(2026, 1, 10), "Deployed on": ""}


def found(row: dict[str, Any], days: int | None = 90, **how: Any) -> list[str]:
    return [hit.message for hit in hits("long-in-testing", [{**SLOW, **row}], options={"days": days}, **how)]


def test_it_says_since_when_and_never_counts_from_today() -> None:
    words = "In Testing for more than 90 days: since 2026-01-10, to be decided since 2026-04-10."
    assert found({}) == found({}, today=EXAMPLE_DAY + timedelta(days=500)) == [words]


def test_it_is_found_on_the_day_after_the_last() -> None:
    assert found({}, today=date(2026, 4, 10)) == []
    assert found({}, today=date(2026, 4, 11)) != []


def test_a_later_deployment_starts_the_test() -> None:
    assert found({"Deployed on": date(2026, 5, 10)}) == []
    assert "since 2026-01-10" in found({"Deployed on": date(2025, 5, 10)})[0]


@pytest.mark.parametrize("stage", ["Production", "Archived", "", None, "Purple"])
def test_only_rows_that_say_testing_are_judged(stage: str | None) -> None:
    assert found({"Stage": stage}) == []


@pytest.mark.parametrize("day", ["", "soon", None])
def test_without_a_training_date_nothing_is_said(day: str | None) -> None:
    assert found({"Training date": day}) == []


def test_it_is_off_until_the_config_gives_days() -> None:
    assert found({}, None) == []
    assert "long-in-testing" not in {finding.rule for finding in checked([SLOW]).findings}


def test_days_beyond_the_calendar_are_never_over() -> None:
    assert found({}, 10**9) == []
    assert found({}, 10**30) == []


@pytest.mark.parametrize("days", [0, -1, "soon"])
def test_days_are_a_positive_number(days: object) -> None:
    with pytest.raises(ValidationError):
        LongInTestingOptions(days=days)  # type: ignore[arg-type]
