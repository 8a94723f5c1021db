"""Lists: the column Platform that people may add beside Location."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.grid import Grid
from registry_sheets.registry.lists import parse_lists, records_of
from registry_sheets.registry.table import Lists

from .test_lists import HEAD


def grid(*rows: Sequence[Any]) -> Grid:
    width = max(map(len, rows), default=0)
    return Grid("Lists", [[*row, *[""] * (width - len(row))] for row in rows])


def lists(*rows: Sequence[Any]) -> Lists:
    return parse_lists(grid(*rows))


def test_in_the_gap_beside_location() -> None:
    head = [HEAD[0], "Platform", *HEAD[2:]]
    rows = (
        head,
        ["Berlin", " our cloud ", "Ana", "ana@example.com", "", "", "CRM"],
        ["Munich", "", "Ben"],
        ["", "our mlflow"],
        ["Ulm", "our mlflow"],
        ["Berlin", "another"],
    )
    found = lists(*rows)
    assert found.platforms == {"Berlin": "our cloud", "Ulm": "our mlflow"}
    assert found.locations == ("Berlin", "Munich", "Ulm")
    bare = lists(*([row[0], "", *row[2:]] for row in rows))
    assert (found.owners, found.data_sources, found.accepted) == (bare.owners, bare.data_sources, bare.accepted)


def test_without_it_nothing_is_said() -> None:
    assert lists(HEAD, ["Berlin", "our cloud"]).platforms == {}
    assert lists(["Platform", "Location"], ["our cloud", "Berlin"]).platforms == {}
    assert lists(["Owner", "E-mail", "Active", "Platform"], ["Ana", "", "", "x"]).platforms == {}
    assert parse_lists(None).platforms == {}


def test_at_the_right_of_all() -> None:
    assert lists([*HEAD, "", "PLATFORMS "], ["Berlin", *[""] * len(HEAD), "our cloud"]).platforms == {
        "Berlin": "our cloud"
    }


def test_the_first_of_several() -> None:
    assert lists(["Location", "Note", "Platform", "Platform"], ["Berlin", "x", "a", "b"]).platforms == {"Berlin": "a"}


def test_a_block_below_is_no_platform() -> None:
    found = lists(
        ["Location", "Platform", ""],
        ["Berlin", "our cloud", ""],
        ["Ulm", "", ""],
        ["Bonn", "Owner", "E-mail"],
        ["Rome", "Ana", "ana@example.com"],
    )
    assert found.platforms == {"Berlin": "our cloud"}
    assert found.locations == ("Berlin", "Ulm", "Bonn", "Rome")
    assert [owner.name for owner in found.owners] == ["Ana"]


def test_a_cell_of_a_record_is_no_header() -> None:
    found = lists(
        ["Model", "Version", "Column", "Why", "Until"],
        ["Churn", "", "Platform", "known", ""],
        ["Location", "", "Platform", "", ""],
        ["Berlin", "", "our cloud", "", ""],
    )
    assert found.accepted[0].column == "Platform"
    assert found.locations == ("Berlin",)


def test_numbers_and_errors() -> None:
    assert lists(["Location", "Platform"], [7, 8], ["Ulm", "#N/A"], ["Bonn", True]).platforms == {
        "7": "8",
        "Bonn": "TRUE",
    }


def test_the_records_of_a_list_stay_as_they_are() -> None:
    with_it = records_of(grid(["Location", "Platform", "Owner", "E-mail"], ["Berlin", "our cloud", "Ana", "a@b.c"]))
    without = records_of(grid(["Location", "", "Owner", "E-mail"], ["Berlin", "our cloud", "Ana", "a@b.c"]))
    assert with_it == without
    assert with_it["locations"].records == (("Berlin",),)


cells = st.sampled_from(["", "Location", "Platform", "Owner", "E-mail", "Active", "Data source", "Model", "x", 3, None])


@given(st.lists(st.lists(cells.map(lambda cell: "" if cell is None else cell), min_size=6, max_size=6), max_size=8))
def test_any_tab_is_read_and_its_lists_are_as_without_the_column(rows: list[list[Any]]) -> None:
    found = lists(*rows)
    bare = lists(*([["note" if cell == "Platform" else cell for cell in row] for row in rows]))
    renamed = tuple("Platform" if place == "note" else place for place in bare.locations)
    assert sorted(set(found.locations)) == sorted(set(renamed))
    assert set(found.platforms) <= set(found.locations)
    assert all(found.platforms.values())
