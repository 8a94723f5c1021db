from __future__ import annotations

from datetime import date

import pytest

from .support import hits


def rows(*pairs: tuple[str, str], **more: object) -> list[dict[str, object]]:
    return [{"Version": version, "Training date": date.fromisoformat(day), **more} for version, day in pairs]


def found(*pairs: tuple[str, str], **more: object) -> list[str]:
    """The versions that are found out of order."""
    return [pairs[hit.index or 0][0] for hit in hits("version-order", rows(*pairs, **more))]


def test_a_higher_version_trained_before_a_lower_is_found_at_its_date() -> None:
    (hit,) = hits("version-order", rows(("3.1", "2026-03-04"), ("3.2", "2026-01-10"), ("3.3", "2026-04-01")))
    assert (hit.index, hit.field) == (1, "training_date")
    assert hit.message == "Trained on 2026-01-10, before the lower version 3.1 (2026-03-04)."


def test_one_wrong_date_is_one_finding_whichever_way_it_is_wrong() -> None:
    late = [("1.0", "2062-01-01"), ("1.1", "2026-01-01"), ("1.2", "2026-02-01"), ("1.3", "2026-03-01")]
    (hit,) = hits("version-order", rows(*late))
    assert hit.index == 0
    assert hit.message == "Trained on 2062-01-01, after the higher version 1.1 (2026-01-01)."
    early = [("1.0", "2026-01-01"), ("1.1", "2026-02-01"), ("1.2", "2002-03-01"), ("1.3", "2026-04-01")]
    assert found(*early) == ["1.2"]


@pytest.mark.parametrize(
    "pairs",
    [
        [("3.9", "2026-01-10"), ("3.10", "2026-03-04")],  # ten comes after nine
        [("v1.9", "2026-01-10"), ("1.10", "2026-03-04")],
        [("1.3", "2026-01-10"), ("1.2.5", "2026-03-04")],  # a patch of an older minor line
        [("1.3.0", "2026-01-10"), ("1.2.5", "2026-03-04")],
        [("1.9", "2026-03-04"), ("2.0", "2026-01-10")],  # another major line
        [("1", "2026-03-04"), ("2", "2026-01-10")],
        [("1.1", "2026-03-04"), ("1.2", "2026-03-04")],  # the same day
        [("final", "2026-03-04"), ("final_v2", "2026-01-10")],
        [("lease-1.1", "2026-03-04"), ("nda-1.2", "2026-01-10")],
        [("1.1", "2026-03-04"), ("1.2b", "2026-01-10")],
        [("1.0", "2026-03-04"), ("1.0.0", "2026-01-10")],  # one version: other rules speak
    ],
)
def test_what_two_people_may_read_differently_is_left_alone(pairs: list[tuple[str, str]]) -> None:
    assert found(*pairs) == []


@pytest.mark.parametrize(
    ("lower", "higher"),
    [("v1.9", "v1.10"), ("3.0", "3.0.1"), ("1.2.1", "1.2.2"), ("nda-1.1", "NDA-1.2"), ("3.1rc1", "3.1"), ("1", "1.1")],
)
def test_versions_whose_order_is_certain_are_compared(lower: str, higher: str) -> None:
    assert found((lower, "2026-03-04"), (higher, "2026-01-10")) in ([lower], [higher])


def test_other_uses_and_other_models_have_lines_of_their_own() -> None:
    leases, employment = rows(("2.1", "2026-03-04"), ("2.2", "2026-01-10"))
    uses = [{**leases, "Used for": "Leases"}, {**employment, "Used for": "Employment"}]
    assert hits("version-order", uses) == []
    names = [{**leases, "Name": "Leases"}, {**employment, "Name": "Employment"}]
    assert hits("version-order", names) == []


def test_a_version_at_several_places_is_found_once() -> None:
    lower, higher = rows(("2.1", "2026-03-04"), ("2.2", "2026-01-10"))
    both = "Leases; Employment"
    places = [{**lower, "Used for": both}, {**higher, "Used for": both}, {**higher, "Location": "Munich office"}]
    assert [hit.index for hit in hits("version-order", places)] == [1]


def test_a_version_whose_rows_disagree_about_the_day_is_left_to_version_disagrees() -> None:
    pairs = rows(("2.1", "2026-03-04"), ("2.2", "2026-01-10"), ("2.2", "2026-04-10"))
    pairs[2]["Location"] = "Munich office"
    assert hits("version-order", pairs) == []


def test_a_version_typed_as_a_number_may_have_been_another() -> None:
    lower, higher = rows(("3.2", "2026-03-04"), ("3.3", "2026-01-10"))
    assert len(hits("version-order", [lower, higher])) == 1
    assert hits("version-order", [lower, {**higher, "Version": 3.3}]) == []


def test_blank_dates_and_names_are_skipped() -> None:
    lower, higher = rows(("3.1", "2026-03-04"), ("3.2", "2026-01-10"))
    assert hits("version-order", [lower, {**higher, "Training date": ""}]) == []
    assert hits("version-order", [{**lower, "Name": ""}, {**higher, "Name": ""}]) == []
