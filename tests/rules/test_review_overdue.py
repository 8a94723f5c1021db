from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from registry_sheets.registry.rules.base import EXAMPLE_DAY

from .support import checked, hits

REVIEWED: dict[str, Any] = {"Last reviewed": date(2025, 6, 1)}


def found(row: dict[str, Any], days: int | None = 180, **how: Any) -> list[tuple[str | None, str]]:
    return [
        (hit.field, hit.message) for hit in hits("review-overdue", [{**REVIEWED, **row}], options={"days": days}, **how)
    ]


def test_it_says_since_when_and_never_counts_from_today() -> None:
    words = "Last reviewed on 2025-06-01; a review is due since 2025-11-28."
    assert found({}) == found({}, today=EXAMPLE_DAY + timedelta(days=500)) == [("last_reviewed", words)]


def test_a_date_of_today_confirms_the_row() -> None:
    assert found({"Last reviewed": EXAMPLE_DAY}) == []


def test_it_is_overdue_on_the_day_after_it_was_due() -> None:
    assert found({}, today=date(2025, 11, 28)) == []
    assert found({}, today=date(2025, 11, 29)) != []


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"Deployed on": date(2025, 8, 1)}, "Not reviewed since it was deployed on 2025-08-01"),
        ({"Deployed on": "", "Training date": date(2025, 7, 1)}, "Not reviewed since it was trained on 2025-07-01"),
    ],
)
def test_a_row_that_was_never_reviewed_counts_from_deployment_or_training(row: dict[str, Any], says: str) -> None:
    ((field, message),) = found({"Last reviewed": "", **row})
    assert field == "last_reviewed"
    assert message.startswith(says)


def test_without_any_date_nothing_is_said() -> None:
    assert found({"Last reviewed": "", "Deployed on": "", "Training date": ""}) == []


def test_a_review_date_that_cannot_be_read_is_not_called_old() -> None:
    assert found({"Last reviewed": "last week", "Deployed on": date(2020, 1, 1)}) == []


def test_a_sheet_without_the_column_is_told_to_add_it() -> None:
    row = {"Last reviewed": None, "Deployed on": date(2025, 1, 1)}
    (hit,) = hits("review-overdue", [row], options={"days": 180})
    assert hit.field is None
    assert hit.fix.startswith("Add a column 'Last reviewed'")


@pytest.mark.parametrize("stage", ["Testing", "Archived", "", None])
def test_only_live_rows_are_judged(stage: str | None) -> None:
    assert found({"Stage": stage}) == []


def test_it_is_off_until_the_config_gives_days() -> None:
    assert found({}, None) == []
    assert "review-overdue" not in {finding.rule for finding in checked([REVIEWED]).findings}


def test_every_row_is_confirmed_by_its_own_owner() -> None:
    rows = [REVIEWED, {**REVIEWED, "Location": "Rome"}]
    assert [hit.index for hit in hits("review-overdue", rows, options={"days": 30})] == [0, 1]
