from __future__ import annotations

from datetime import date, datetime

import pytest

from .support import checked, hits


@pytest.mark.parametrize("cell", [date(2026, 2, 1), datetime(2026, 2, 1)])
def test_a_version_that_became_a_date(cell: object) -> None:
    (hit,) = hits("version-as-date", [{"Version": cell}])
    assert hit.message == "The spreadsheet has turned this version into a date: 2026-02-01."
    assert "1-2" in hit.fix or "2-1" in hit.fix


def test_a_date_typed_as_text_is_a_version() -> None:
    assert hits("version-as-date", [{"Version": "2026-02-01"}]) == []


def test_it_is_the_one_finding_of_its_cell() -> None:
    found = checked([{"Version": date(2026, 2, 1)}]).findings
    assert [f.rule for f in found if f.column == "Version"] == ["version-as-date"]
