"""The Lists tab: its blocks, wherever people moved them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.lists import LIST_BLOCKS, parse_lists
from registry_sheets.registry.table import Accepted, Lists, Owner

HEAD = [header for block in LIST_BLOCKS for header in (*block.headers, "")][:-1]
"""All blocks side by side with an empty column between, as the template has them."""


def lists(*rows: Sequence[Any], **grid: Any) -> Lists:
    width = max(map(len, rows), default=0)
    return parse_lists(Grid("Lists", [[*row, *[""] * (width - len(row))] for row in rows], **grid))


def test_no_tab_and_an_empty_tab_judge_nothing() -> None:
    assert parse_lists(None) == Lists()
    assert lists() == lists(["", ""]) == Lists(tab="Lists")
    assert lists(HEAD) == Lists(tab="Lists")


def test_each_block_says_what_belongs_in_each_column() -> None:
    assert all(len(block.headers) == len(block.help) for block in LIST_BLOCKS)


def test_blocks_side_by_side() -> None:
    until = date(2026, 9, 1)
    found = lists(
        HEAD,
        ["Berlin", "", "Ana", "ana@example.com", "", "", "CRM", "", "AC failure", "3.1", "Location", "moves", until],
        [" Ulm ", "", "Ben", "", "No", "", "", "", "", "", "", "", ""],
        ["Berlin", "", "", "cy@example.com", False, "", "ERP", "", "Churn", "", "", "known", ""],
    )  # fmt: skip
    assert found.locations == ("Berlin", "Ulm")
    assert found.owners == (
        Owner("Ana", "ana@example.com", True, 2),
        Owner("Ben", "", False, 3),
        Owner("", "cy@example.com", False, 4),
    )
    assert found.data_sources == ("CRM", "ERP")
    assert found.accepted == (
        Accepted("AC failure", "3.1", "Location", "moves", until, 2),
        Accepted("Churn", "", "", "known", None, 4),
    )
    assert found.problems == ()


def test_blocks_one_under_the_other_and_titles() -> None:
    found = lists(
        ["Lists", "", "", "", ""],
        ["Locations", "", "", "", ""],
        ["Location", "", "", "", ""],
        ["Berlin", "", "", "", ""],
        ["", "", "", "", ""],
        ["Owner", "Email", "ACTIVE", "", ""],
        ["Ana", "ana@example.com", "yes", "", ""],
        ["Accepted", "", "", "", ""],
        ["Model", "Version", "Column", "Why", "Until"],
        ["Churn", 3.1, "Why", "old", "2026-01-01"],
    )
    assert found.locations == ("Berlin",)
    assert [owner.name for owner in found.owners] == ["Ana"]
    assert found.accepted == (Accepted("Churn", "3.1", "Why", "old", date(2026, 1, 1), 10),)


@pytest.mark.parametrize("word", ["No", "no ", "N", "FALSE", False, "left", "0", 0.0])
def test_not_active(word: Any) -> None:
    assert lists(["Owner", "E-mail", "Active"], ["Ana", "", word]).owners[0].active is False


@pytest.mark.parametrize("word", ["", "Yes", True, "x", 1.0, "since 2020"])
def test_active(word: Any) -> None:
    assert lists(["Owner", "E-mail", "Active"], ["Ana", "", word]).owners[0].active is True


def test_an_acceptance_that_cannot_be_understood_accepts_nothing_and_says_so() -> None:
    head = ["Model", "Version", "Column", "Why", "Until"]
    found = lists(
        head, ["", "3.1", "", "x", ""], ["Churn", "", "", "x", "next spring"], ["Churn", "", "", "x", 46085.0]
    )
    assert found.accepted == ()
    assert [problem.split(":")[0] for problem in found.problems] == ["Lists!A2", "Lists!E3", "Lists!E4"]
    assert "2026-03-04" in found.problems[2]


def test_the_order_of_dates_holds_in_lists_too() -> None:
    grid = Grid("Lists", [["Model", "Version", "Column", "Why", "Until"], ["Churn", "", "", "x", "04.03.2026"]])
    assert parse_lists(grid, "dmy").accepted[0].until == date(2026, 3, 4)
    assert parse_lists(grid).accepted == ()


def test_a_block_without_one_of_its_columns() -> None:
    assert lists(["Owner", "E-mail"], ["Ana", "a@example.com"]).owners == (Owner("Ana", "a@example.com", True, 2),)
    assert lists(["Owner", "Budget"], ["Ana", "x"]).owners == ()


anything = st.text(max_size=8) | st.floats() | st.booleans() | st.dates() | st.datetimes() | st.sampled_from(HEAD)


@given(st.lists(st.lists(anything, min_size=6, max_size=6), max_size=8))
def test_any_cells_whatsoever(rows: list[list[Any]]) -> None:
    found = parse_lists(Grid("Lists", rows))
    assert "" not in found.locations
    assert all(accepted.name for accepted in found.accepted)


def test_an_accepted_column_is_no_header_where_its_list_is_not_kept() -> None:
    rows: list[list[Cell]] = [
        ["Model", "Version", "Column", "Why", "Until"],
        ["Alpha", "2.0", "Location", "moves", ""],
        ["Beta", "1.0", "Owner", "leaves", ""],
        ["Beta", "1.0", "Data source", "vendor", ""],
    ]
    lists = parse_lists(Grid("Lists", rows))
    assert [(one.name, one.column) for one in lists.accepted] == [
        ("Alpha", "Location"),
        ("Beta", "Owner"),
        ("Beta", "Data source"),
    ]
    assert (lists.locations, lists.owners, lists.data_sources) == ((), (), ())
