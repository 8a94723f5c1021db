from __future__ import annotations

from datetime import date

import pytest

from .support import hits


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(1970, 1, 1), date(1989, 12, 31), date(202, 6, 1), date.max])
def test_days_that_can_hardly_be_meant(day: date) -> None:
    (hit,) = hits("implausible-date", [{"Training date": day, "Deployed on": ""}])
    assert hit.field == "training_date"
    assert day.isoformat() in hit.message


@pytest.mark.parametrize("day", [date(1990, 1, 1), date(2026, 7, 1), date(2030, 1, 1)])
def test_days_that_can_be_meant(day: date) -> None:
    assert hits("implausible-date", [{"Training date": day, "Deployed on": ""}]) == []


def test_the_first_day_that_is_taken_can_be_moved() -> None:
    rows = [{"Training date": date(1958, 1, 1)}]
    assert hits("implausible-date", rows, options={"earliest": date(1950, 1, 1)}) == []


def test_deployed_before_it_was_trained() -> None:
    (hit,) = hits("implausible-date", [{"Training date": date(2026, 4, 2), "Deployed on": date(2026, 4, 1)}])
    assert hit.field == "deployed_on"
    assert hit.message == "Deployed on 2026-04-01, before it was trained on 2026-04-02."


def test_deployed_on_the_day_of_training_is_fine() -> None:
    assert hits("implausible-date", [{"Training date": date(2026, 4, 1), "Deployed on": date(2026, 4, 1)}]) == []


def test_one_wrong_day_does_not_make_the_other_wrong() -> None:
    rows = [{"Training date": date(2027, 4, 1), "Deployed on": date(2026, 4, 10)}]  # future-date names the first
    assert hits("implausible-date", rows) == []


def test_an_early_today_or_a_late_one_is_no_trouble() -> None:
    assert hits("implausible-date", [{}], today=date.max) == []
    assert hits("implausible-date", [{"Training date": "", "Deployed on": ""}], today=date.min) != []
