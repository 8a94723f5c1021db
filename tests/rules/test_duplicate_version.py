from __future__ import annotations

import pytest

from registry_sheets.registry.findings import Severity

from .support import checked, hits


def test_the_later_row_is_named_and_points_at_the_earlier() -> None:
    (hit,) = hits("duplicate-version", [{}, {"Version": "3.0"}, {"Name": "ac  FAILURE"}])
    assert (hit.index, hit.field) == (2, "version")
    assert hit.message == "Version '3.1' of 'ac FAILURE' stands already in row 2."


@pytest.mark.parametrize(
    "other", [{"Location": "Munich"}, {"Used for": "Chillers"}, {"Version": "3.10"}, {"Name": "AC-failure"}]
)
def test_another_place_use_version_or_name_is_another_row(other: dict[str, str]) -> None:
    assert hits("duplicate-version", [{}, other]) == []


@pytest.mark.parametrize(
    "other", [{"Location": "Munich; Berlin plant"}, {"Location": "BERLIN PLANT"}, {"Stage": "Archived"}]
)
def test_one_place_in_both_rows_is_enough(other: dict[str, str]) -> None:
    assert [hit.index for hit in hits("duplicate-version", [{}, other])] == [1]


def test_rows_without_a_location_or_with_neither_column() -> None:
    assert len(hits("duplicate-version", [{"Location": ""}, {"Location": ""}])) == 1
    assert len(hits("duplicate-version", [{"Location": None, "Used for": None}, {}])) == 1


@pytest.mark.parametrize("blank", [{"Version": ""}, {"Name": ""}])
def test_rows_without_identity_are_left_to_missing_value(blank: dict[str, str]) -> None:
    assert hits("duplicate-version", [blank, blank]) == []


def test_each_further_row_is_one_finding() -> None:
    assert [hit.index for hit in hits("duplicate-version", [{}, {}, {}])] == [1, 2]


def test_archived_rows_are_judged_and_the_facts_of_a_doubled_row_are_not_named_too() -> None:
    result = checked([{"Stage": "Archived"}, {"Stage": "Archived", "Data source": "Service log 2026-03-31"}])
    assert [f.rule for f in result.findings if f.severity is not Severity.INFO] == ["duplicate-version"]
