from __future__ import annotations

import pytest

from registry_sheets.registry.table import Owner

from .support import checked, hits

ANNA = Owner("Anna Meier", "anna@example.com", True, 5)
LEFT = Owner("Jonas Weber", "jonas@example.com", False, 6)


@pytest.mark.parametrize("owner", ["Jonas Weber", "JONAS@example.com", "Jonas W <jonas@example.com>"])
@pytest.mark.parametrize(("stage", "found"), [("Production", 1), ("Testing", 1), ("", 1), ("Archived", 0)])
def test_whoever_has_left_answers_for_nothing(owner: str, stage: str, found: int) -> None:
    result = hits("orphaned-owner", [{"Owner": owner, "Stage": stage}], owners=[ANNA, LEFT])
    assert [hit.message for hit in result] == ["'Jonas Weber' is no longer active in Lists."] * found


def test_one_of_two_owners_may_have_left() -> None:
    (hit,) = hits("orphaned-owner", [{"Owner": "Anna Meier; Jonas Weber"}], owners=[ANNA, LEFT])
    assert (hit.index, hit.field) == (0, "owner")


def test_two_who_have_left_are_one_finding() -> None:
    both = [LEFT, Owner("Kim", "", False, 7)]
    (hit,) = hits("orphaned-owner", [{"Owner": "Kim; Jonas Weber"}], owners=both)
    assert hit.message == "'Kim' and 'Jonas Weber' are no longer active in Lists."


def test_a_person_who_is_listed_again_as_active_is_here() -> None:
    again = Owner("Jonas Weber", "jonas@example.com", True, 9)
    assert hits("orphaned-owner", [{"Owner": "Jonas Weber"}], owners=[LEFT, again]) == []
    assert hits("orphaned-owner", [{"Owner": "Jonas Weber"}], owners=[again, LEFT]) == []


def test_nobody_has_left() -> None:
    assert hits("orphaned-owner", [{"Owner": "Jonas Weber"}], owners=[ANNA]) == []


def test_whoever_has_left_is_no_unknown_owner() -> None:
    found = checked([{"Owner": "Jonas Weber"}], owners=[ANNA, LEFT]).findings
    assert [finding.rule for finding in found if finding.field == "owner"] == ["orphaned-owner"]
