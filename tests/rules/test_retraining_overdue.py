from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from registry_sheets.registry.rules.base import EXAMPLE_DAY

from .support import checked, hits

OLD: dict[str, Any] = {"Training date": date(2026, 1, 10)}
EVERY = "Retrain every (days)"


def found(*rows: dict[str, Any], days: int | None = None, **how: Any) -> list[tuple[int | None, str]]:
    full = [{**OLD, **row} for row in rows]
    return [(hit.index, hit.message) for hit in hits("retraining-overdue", full, options={"days": days}, **how)]


def test_it_says_since_when_and_never_counts_from_today() -> None:
    words = "To be retrained every 90 days: trained on 2026-01-10, due since 2026-04-10."
    assert found({EVERY: 90}) == found({EVERY: 90}, today=EXAMPLE_DAY + timedelta(days=500)) == [(0, words)]


def test_it_is_overdue_on_the_day_after_it_was_due() -> None:
    assert found({}, days=90, today=date(2026, 4, 10)) == []
    assert found({}, days=90, today=date(2026, 4, 11)) != []


def test_the_row_goes_before_its_model_and_that_before_the_config() -> None:
    assert "every 30 days" in found({EVERY: 30}, days=90)[0][1]
    blank = {"Version": "3.2", EVERY: ""}
    assert "every 30 days" in found({EVERY: 30}, blank, days=90)[1][1]
    assert "every 90 days" in found({EVERY: 30, "Name": "Orders"}, blank, days=90)[1][1]


def test_where_rows_of_a_model_name_different_days_the_config_decides() -> None:
    rows = [{EVERY: 30}, {EVERY: 60, "Version": "3.2"}, {EVERY: "", "Version": "3.3"}]
    assert [index for index, _ in found(*rows)] == [0, 1]
    assert "every 45 days" in found(*rows, days=45)[2][1]


@pytest.mark.parametrize("row", [{"Stage": "Testing"}, {"Stage": "Archived"}, {"Stage": ""}, {"Training date": ""}])
def test_only_live_versions_with_a_training_date_are_judged(row: dict[str, Any]) -> None:
    assert found(row, days=30) == []


def test_a_version_at_several_places_is_found_once() -> None:
    assert [index for index, _ in found({}, {"Location": "Rome"}, {"Version": "3.0"}, days=30)] == [0, 2]


def test_rows_without_identity_are_each_found() -> None:
    assert [index for index, _ in found({"Version": ""}, {"Version": ""}, days=30)] == [0, 1]


def test_the_column_turns_the_rule_on_by_itself() -> None:
    assert "retraining-overdue" not in {finding.rule for finding in checked([OLD]).findings}
    with_column = checked([{**OLD, EVERY: "90"}])
    assert "retraining-overdue" in {finding.rule for finding in with_column.findings}


@pytest.mark.parametrize("days", ["", "soon", -5, 0, 1e300, 10**30, "#N/A", True])
def test_days_that_make_no_sense_are_no_interval(days: Any) -> None:
    assert found({EVERY: days}) == []
