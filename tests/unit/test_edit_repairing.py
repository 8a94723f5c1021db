"""fix, planned on tables: what is repaired, and what is left to people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from registry_sheets.registry.edits.repairing import plan_repairs
from tests.support.edits import after, laid, page, view

ROW = {"Name": "AC failure", "Version": "3.4", "Training date": "", "Why": "", "Location": "Desk"}


@pytest.mark.parametrize(
    ("header", "cell", "repaired"),
    [
        ("Name", " AC  failure\u00a0", "AC failure"),
        ("Location", "Desk ;\n Van  2", "Desk ;\n Van 2"),
        ("Why", " because\n  of this ", "because\n  of this"),
        ("Training date", "2026-03-04", date(2026, 3, 4)),
        ("Training date", " 2026-03-04 ", date(2026, 3, 4)),
        ("Version", 3, "3"),
        ("Version", 3.0, "3"),
        ("Version", " 3.4 ", "3.4"),
    ],
)
def test_safe_repairs(header: str, cell: Any, repaired: Any) -> None:
    rows = [{**ROW, header: cell}]
    assert after(rows, plan_repairs(view(rows)))[0][header] == repaired


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Training date", "04.03.2026"),
        ("Training date", "2026-02-30"),
        ("Training date", "2026-03-04T10:00"),
        ("Training date", "1899-01-01"),
        ("Training date", datetime(2026, 3, 4)),
        ("Version", 3.1),
        ("Version", True),
        ("Version", 1e20),
        ("Name", ""),
        ("Why", "  "),
        ("Version", float("nan")),
    ],
)
def test_what_could_be_meant_otherwise_is_left_alone(header: str, cell: Any) -> None:
    assert plan_repairs(view([{**ROW, header: cell}])).steps == ()


def test_formulas_are_left_alone() -> None:
    rows = [{**ROW, "Version": 3, "Location": "Desk "}]
    assert after(rows, plan_repairs(view(rows, formulas=[(1, 1)])))[0] == {
        "Name": "AC failure",
        "Version": 3,
        "Location": "Desk",
    }


def test_a_version_that_is_shown_with_decimals_is_left_alone() -> None:
    rows = [{**ROW, "Version": 3, "Location": "Desk "}, {**ROW, "Version": 4}, {**ROW, "Version": " 5"}]
    there = after(rows, plan_repairs(view(rows, formatted=[(1, 1), (1, 4), (3, 1)])))
    assert [(row["Version"], row["Location"]) for row in there] == [(3, "Desk"), ("4", "Desk"), ("5", "Desk")]


def test_where_nothing_is_left_to_repair_no_cell_is_counted() -> None:
    assert plan_repairs(view([{**ROW, "Version": 3}], formatted=[(1, 1)])).what == "fix"
    assert plan_repairs(view([{**ROW, "Version": 3}], formulas=[(1, 1)])).what == "fix"


def test_own_columns_are_left_alone() -> None:
    assert plan_repairs(view([{**ROW, "Ticket": " x "}])).steps == ()


def test_doubled_rows_and_rows_without_identity_are_told_apart_by_their_number() -> None:
    rows = [{**ROW, "Why": " x"}, {**ROW, "Why": " x"}, {"Name": " lone", "Version": "", "Location": "Desk"}]
    plan = plan_repairs(view(rows))
    assert plan.what == "fix 3 cells"
    assert [row.get("Why") for row in after(rows, plan)] == ["x", "x", None]
    assert after(rows, plan)[2]["Name"] == "lone"


def test_a_cell_that_somebody_changed_meanwhile_is_let_be() -> None:
    plan = plan_repairs(view([{**ROW, "Location": "Desk ", "Why": " x"}]))
    now = [{**ROW, "Location": "Van ", "Why": " x"}]
    assert [row["Location"] for row in after(now, plan)] == ["Van "]
    assert laid([{**ROW, "Name": "Another"}], plan).laid.is_empty
    assert page(now).laid.is_empty
