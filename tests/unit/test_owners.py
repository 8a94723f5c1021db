"""Who answers for a row, and where mail reaches them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.owners import Person, bare_address, first_rows_of_addresses, owners_of_rows
from registry_sheets.registry.table import Lists, Owner
from tests.rules.support import table

ANA = Owner("Ana Meier", "Ana@Example.com", True, 5)
LEFT = Owner("Kim", "kim@example.com", False, 6)
LISTS = Lists(tab="Lists", owners=(ANA, LEFT, Owner("Ben", "", True, 7)))
PERSON = Person("ana@example.com", "Ana Meier", "ana@example.com")


@pytest.mark.parametrize(
    "typed",
    ["Ana Meier", " ana  MEIER ", "ana@example.com", "ANA@EXAMPLE.COM", "Ana <ana@example.com>",
     "mailto:ana@example.com", "Ana Meier; ana@example.com"],
)  # fmt: skip
def test_one_person_however_typed(typed: str) -> None:
    assert owners_of_rows(table([{"Owner": typed}]), LISTS) == [(PERSON,)]


def test_a_name_that_lists_does_not_know_has_no_address() -> None:
    ((person,),) = owners_of_rows(table([{"Owner": "Zoe"}]), LISTS)
    assert (person.name, person.address, person.active) == ("Zoe", "", True)


def test_an_address_that_lists_does_not_know_is_a_person() -> None:
    ((person,),) = owners_of_rows(table([{"Owner": "Zoe Z <zoe@example.net>"}]), LISTS)
    assert (person.name, person.address) == ("Zoe Z", "zoe@example.net")


def test_who_has_left_is_not_active_under_another_address_either() -> None:
    ((left,), (other,)) = owners_of_rows(
        table([{"Owner": "kim"}, {"Owner": "Kim <kim@example.net>", "Version": "4"}]), LISTS
    )
    assert (left.active, other.active) == (False, False)


@pytest.mark.parametrize("typed", ["", "TBD", "n/a", "???"])
def test_blank_cells_and_stand_ins_have_nobody(typed: str) -> None:
    assert owners_of_rows(table([{"Owner": typed}]), LISTS) == [()]


def test_the_first_rows_of_addresses_leave_out_archived_rows_and_who_has_left() -> None:
    rows = [
        {"Owner": "Ana Meier", "Stage": "Archived"},
        {"Owner": "Kim", "Version": "4"},
        {"Owner": "Ben; Ana Meier", "Version": "5"},
        {"Owner": "Ana Meier", "Version": "6"},
    ]
    assert first_rows_of_addresses(table(rows), LISTS) == [("ana@example.com", 2)]


@given(st.text(max_size=60))
def test_any_text_gives_an_address_or_none(text: str) -> None:
    address = bare_address(text)
    assert address == "" or ("@" in address and not set("<>\r\n ,;") & set(address))
