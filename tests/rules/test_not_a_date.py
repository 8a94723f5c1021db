from __future__ import annotations

from datetime import timedelta

import pytest

from registry_sheets.registry.findings import Severity

from .support import checked, hits


@pytest.mark.parametrize(
    "cell", ["spring 2026", "2026-02-30", "June 2026", "2026", 2026, True, timedelta(days=3), "ongoing"]
)
def test_what_is_no_whole_day_is_named(cell: object) -> None:
    (hit,) = hits("not-a-date", [{"Training date": cell}])
    assert (hit.field, hit.severity or Severity.ERROR) == ("training_date", Severity.ERROR)


def test_a_serial_number_is_reported_with_its_day() -> None:
    (hit,) = hits("not-a-date", [{"Training date": 46203}])
    assert "2026-06-30" in hit.fix
    assert hit.message.startswith("'46203' is a")


def test_without_a_suggestion_it_shows_how_a_date_looks() -> None:
    (hit,) = hits("not-a-date", [{"Training date": "last spring"}])
    assert hit.message == "'last spring' is not a date."
    assert hit.fix == "Type the whole date as year-month-day, such as 2026-06-30."


def test_dates_that_are_not_required_are_a_warning() -> None:
    (hit,) = hits("not-a-date", [{"Last reviewed": "yesterday"}])
    assert hit.severity is Severity.WARNING


def test_archived_rows_are_judged_for_form() -> None:
    assert [f.rule for f in checked([{"Stage": "Archived", "Training date": "spring"}]).findings] == ["not-a-date"]


@pytest.mark.parametrize("cell", ["2026-04-01", "2026-04-01T10:00:00", ""])
def test_dates_and_blanks_are_fine(cell: object) -> None:
    assert hits("not-a-date", [{"Training date": cell}]) == []


def test_a_placeholder_is_left_to_its_rule() -> None:
    assert hits("not-a-date", [{"Training date": "TBD"}]) == []
