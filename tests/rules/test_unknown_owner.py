from __future__ import annotations

import pytest

from registry_sheets.registry.table import Owner

from .support import hits

ANNA = Owner("Anna Meier", "anna@example.com", True, 5)
LEFT = Owner("Jonas Weber", "jonas@example.com", False, 6)


@pytest.mark.parametrize(
    "owner", ["Anna Meier", "anna meier ", "ANNA@example.com", "", "TBD", "Anna Meier; anna@example.com"]
)
def test_people_of_the_list(owner: str) -> None:
    assert hits("unknown-owner", [{"Owner": owner}], owners=[ANNA, LEFT]) == []


def test_a_slip_gets_a_suggestion() -> None:
    (hit,) = hits("unknown-owner", [{"Owner": "Ana Meier"}], owners=[ANNA])
    assert hit.message == "'Ana Meier' is not an owner in Lists."
    assert "'Anna Meier'" in hit.fix


def test_one_of_two_owners_may_have_left_and_the_other_be_unknown() -> None:
    (hit,) = hits("unknown-owner", [{"Owner": "Jonas Weber; Ben", "Stage": "Testing"}], owners=[ANNA, LEFT])
    assert "'Ben'" in hit.message


def test_a_list_of_people_who_have_all_left_still_judges() -> None:
    (hit,) = hits("unknown-owner", [{"Owner": "Ben"}], owners=[LEFT])
    assert "'Ben'" in hit.message


def test_an_empty_list_judges_nothing() -> None:
    assert hits("unknown-owner", [{"Owner": "anybody"}]) == []
