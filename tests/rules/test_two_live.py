from __future__ import annotations

from datetime import date

import pytest

from .support import hits

OLD = {"Version": "3.0", "Deployed on": date(2026, 1, 10)}
NEW = {"Version": "3.1", "Deployed on": date(2026, 4, 10)}


def test_the_older_of_two_live_versions_is_found() -> None:
    (hit,) = hits("two-live", [OLD, NEW])
    assert (hit.index, hit.field) == (0, "stage")
    assert hit.message == "In Production at Berlin plant together with version 3.1."
    assert "Archived" in hit.fix


def test_the_newer_is_told_by_the_days_not_by_the_order_of_rows() -> None:
    assert [hit.index for hit in hits("two-live", [NEW, OLD])] == [1]
    undated = [{**NEW, "Deployed on": ""}, {**OLD, "Deployed on": ""}]
    assert [hit.index for hit in hits("two-live", undated)] == [0]  # then the lower row is the newer


def test_a_law_firm_has_one_version_for_each_practice_area() -> None:
    areas = ("Leases", "Employment", "Mergers")
    rows = [{"Version": f"1.{n}", "Used for": area, "Location": "Intranet"} for n, area in enumerate(areas)]
    assert hits("two-live", rows) == []


@pytest.mark.parametrize(
    "other",
    [
        {"Location": "Munich office"},
        {"Stage": "Testing"},
        {"Stage": "Archived"},
        {"Stage": ""},
        {"Name": "Orders"},
        {"Name": ""},
        {"Version": ""},
        {"Location": ""},
        {"Used for": ""},
    ],
)
def test_nothing_is_said_where_the_rows_are_not_about_the_same(other: dict[str, str]) -> None:
    assert hits("two-live", [OLD, {**NEW, **other}]) == []


def test_one_version_in_two_rows_is_left_to_duplicate_version() -> None:
    assert hits("two-live", [NEW, NEW]) == []


def test_places_and_uses_are_the_same_in_other_spellings() -> None:
    assert len(hits("two-live", [OLD, {**NEW, "Location": "berlin  PLANT", "Used for": "ROOFTOP units"}])) == 1


def test_several_places_are_one_finding_that_names_those_shared() -> None:
    rows = [{**OLD, "Location": "Rome; Oslo\nBonn"}, {**NEW, "Location": "oslo; Bonn; Paris"}]
    (hit,) = hits("two-live", rows)
    assert hit.message == "In Production at Oslo and Bonn together with version 3.1."


def test_of_three_live_versions_two_are_found() -> None:
    third = {"Version": "3.2", "Deployed on": date(2026, 5, 10)}
    assert [hit.index for hit in hits("two-live", [OLD, NEW, third])] == [0, 1]


def test_a_sheet_without_stages_says_nothing() -> None:
    assert hits("two-live", [{**OLD, "Stage": None}, {**NEW, "Stage": None}]) == []
