from __future__ import annotations

from datetime import date

import pytest

from .support import hits

MUNICH = {"Location": "Munich office"}


@pytest.mark.parametrize(
    ("header", "cell", "field", "says"),
    [
        ("Training date", date(2026, 4, 2), "training_date", "2026-04-01"),
        ("Data source", "Service log", "data_source", "'CRM export 2026-03-31'"),
    ],
)
def test_facts_of_a_version_are_the_same_everywhere(header: str, cell: object, field: str, says: str) -> None:
    (hit,) = hits("version-disagrees", [{}, {**MUNICH, header: cell}])
    assert (hit.index, hit.field) == (1, field)
    assert hit.message == f"Row 2 is of the same version and says {says}."


def test_what_differs_by_place_may_differ() -> None:
    other = {**MUNICH, "Owner": "Jonas Weber", "Stage": "Testing", "Why": "pilot", "Deployed on": "", "Used for": "x"}
    assert hits("version-disagrees", [{}, other]) == []


@pytest.mark.parametrize("cell", ["", "crm export  2026-03-31"])
def test_blanks_and_other_spellings_do_not_disagree(cell: str) -> None:
    assert hits("version-disagrees", [{}, {**MUNICH, "Data source": cell}]) == []


def test_each_row_is_held_against_the_first_that_tells() -> None:
    rows = [{"Data source": ""}, MUNICH, {"Location": "Rome", "Data source": "other 1"}]
    assert [(hit.index, hit.message[:5]) for hit in hits("version-disagrees", rows)] == [(2, "Row 3")]


def test_doubled_rows_are_left_to_duplicate_version() -> None:
    assert hits("version-disagrees", [{}, {"Data source": "Service log"}]) == []


def test_other_versions_have_other_facts() -> None:
    assert hits("version-disagrees", [{}, {"Version": "3.2", "Data source": "Service log"}]) == []
