"""What is running right now, and what it replaced."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.live import LiveVersion, live_versions
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.past.periods import periods_of_table
from registry_sheets.registry.table import Lists

HEADERS = ["Name", "Version", "Stage", "Used for", "Location", "Deployed on", "Training date", "Data source"]


def live(*rows: Sequence[Any], headers: Sequence[str] = HEADERS, lists: Lists | None = None) -> tuple[LiveVersion, ...]:
    full = [[*row, *[""] * (len(headers) - len(row))] for row in rows]
    grid = Grid("Models", [[*headers], *full])
    table = parse_models(grid, find_header(grid))
    return live_versions(table, lists, periods_of_table(table, date(2026, 7, 1)))


def seen(lines: Sequence[LiveVersion]) -> list[tuple[str, str, str, str, str]]:
    return [(line.name, line.used_for, line.location, line.version, line.replaced) for line in lines]


def test_only_production_is_live() -> None:
    found = live(
        ["B", "2", "Live", "", "Ulm", date(2026, 2, 1), date(2026, 1, 1), "CRM"],
        ["A", "1", "Testing"],
        ["A", "0", "Retired"],
        ["A", "3", ""],
    )
    assert len(found) == 1
    assert found[0] == LiveVersion(
        name="B",
        used_for="",
        location="Ulm",
        version="2",
        since=date(2026, 2, 1),
        training_date=date(2026, 1, 1),
        data_source="CRM",
        what_changed="",
        why="",
        replaced="",
        row=2,
    )


def test_a_line_for_each_place_and_use_sorted_by_name() -> None:
    found = live(["b", "1", "Prod", "x\ny", "Ulm; Bonn"], ["A", "1", "Prod", "", ""])
    assert seen(found) == [
        ("A", "", "", "1", ""),
        ("b", "x", "Bonn", "1", ""),
        ("b", "x", "Ulm", "1", ""),
        ("b", "y", "Bonn", "1", ""),
        ("b", "y", "Ulm", "1", ""),
    ]


def test_places_are_spelled_as_lists_spells_them() -> None:
    assert live(["A", "1", "Prod", "", "berlin  HQ"], lists=Lists(locations=("Berlin HQ",)))[0].location == "Berlin HQ"


def test_what_it_replaced_is_the_archived_version_deployed_there_last_before() -> None:
    found = live(
        ["A", "1.0", "Archived", "", "Ulm", date(2025, 1, 1)],
        ["a ", "1.1", "Archived", "", "ULM", date(2025, 6, 1)],
        ["A", "1.9", "Archived", "", "Bonn", date(2025, 9, 1)],
        ["A", "1.8", "Archived", "other", "Ulm", date(2025, 9, 1)],
        ["A", "2.0", "Testing", "", "Ulm", date(2025, 12, 1)],
        ["A", "3.0", "Archived", "", "Ulm", date(2026, 2, 1)],
        ["A", "2.1", "Production", "", "Ulm", date(2026, 1, 1)],
        ["B", "7", "Archived", "", "Ulm", date(2025, 12, 31)],
    )
    assert seen(found) == [("A", "", "Ulm", "2.1", "1.1")]


def test_nothing_is_said_where_the_sheet_does_not_tell() -> None:
    one_day = [["A", v, "Archived", "", "Ulm", date(2025, 1, 1)] for v in ("1", "2")]
    assert live(*one_day, ["A", "3", "Live", "", "Ulm", date(2026, 1, 1)])[0].replaced == ""
    assert live(one_day[0], ["A", "3", "Live", "", "Ulm"])[0].replaced == ""
    assert live(["A", "1", "Archived", "", "Ulm"], ["A", "3", "Live", "", "Ulm", date(2026, 1, 1)])[0].replaced == ""
    assert (
        live(["A", "3", "Archived", "", "", date(2025, 1, 1)], ["A", "3", "Live", "", "", date(2026, 1, 1)])[0].replaced
        == ""
    )


def test_a_sheet_without_stages_says_of_nothing_that_it_is_live() -> None:
    assert live(["A", "1", date(2026, 1, 1)], headers=["Name", "Version", "Deployed on"]) == ()


def test_a_sheet_with_few_columns() -> None:
    found = live(*[["A", str(n), "Live"] for n in range(3000)], headers=["Name", "Version", "Stage"])
    assert len(found) == 3000
