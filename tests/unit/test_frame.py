"""The registry as a DataFrame: one row a row, columns of the types that a notebook wants."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd
import pytest

from registry_sheets.operations.frame import to_frame
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models

HEADERS = ("Name", "Version", "Training date", "Location", "Stage", "Retrain every (days)")


def frame(*rows: Sequence[Any], headers: Sequence[str] = HEADERS) -> pd.DataFrame:
    full = [[*row, *[""] * (len(headers) - len(row))] for row in rows]
    grid = Grid("Models", [["Our models", *[""] * (len(headers) - 1)], [*headers], *full])
    return to_frame(parse_models(grid, find_header(grid)))


def own(*cells: Any, header: str = "Metric: AUC") -> pd.Series[Any]:
    """The column of people's own, or of a metric, that holds these cells."""
    rows = [("M", str(number), cell) for number, cell in enumerate(cells)]
    return frame(*rows, headers=("Name", "Version", header)).iloc[:, -1]


def test_a_row_for_each_started_row_known_by_its_number_in_the_sheet() -> None:
    made = frame(("A", "1"), (), ("A", "2"))
    assert list(made.index) == [3, 5]
    assert made.index.name == "row"
    assert list(made.columns) == [column.field for column in COLUMNS]


def test_known_columns_have_their_types() -> None:
    made = frame(
        ("A", "3.10", date(2026, 3, 4), "Ulm; Bonn", "live", 90),
        ("A", "3.9", "in spring", "", "no idea", ""),
        ("", "", date(9999, 12, 31), "Ulm; Kiel", "Testing", ""),
    )
    assert made["training_date"].dtype == "datetime64[s]"
    assert list(made["training_date"].isna()) == [False, True, False]
    assert made["training_date"].dt.year.max() == 9999
    assert list(made["location"]) == [("Ulm", "Bonn"), (), ("Ulm", "Kiel")]
    assert list(made.explode("location")["location"])[:2] == ["Ulm", "Bonn"]
    assert list(made["stage"].cat.categories) == ["Production", "Testing", "Archived"]
    assert list(made[made["stage"] == "Production"]["version"]) == ["3.10"]
    assert made["retrain_every"].dtype == "Int64"
    assert made["retrain_every"].sum() == 90
    assert made["name"].dtype == "string"
    assert list(made["name"].isna()) == [False, False, True]


def test_columns_that_the_sheet_lacks_are_there_and_missing() -> None:
    made = frame(("A", "1"))
    assert made["deployed_on"].dtype == "datetime64[s]"
    assert made[["why", "deployed_on"]].isna().all(axis=None)
    assert list(made["owner"]) == [()]


def test_an_empty_registry_is_an_empty_frame_of_the_same_types() -> None:
    made = frame()
    assert (len(made), made["training_date"].dtype, made["name"].dtype) == (0, "datetime64[s]", "string")


@pytest.mark.parametrize(
    ("cells", "dtype"),
    [
        ((0.8, 1, ""), "float64"),
        (("", " "), "float64"),
        (("fine", ""), "string"),
        ((True, ""), "boolean"),
        ((date(2026, 1, 2), datetime(2026, 1, 2, 3, 4)), "datetime64[s]"),
        ((0.8, "0.81 (n=40)", ""), "object"),
        ((True, 1), "object"),
        ((time(3, 4), ""), "object"),
    ],
)
def test_other_columns_are_what_all_of_their_cells_are(cells: Sequence[Any], dtype: str) -> None:
    assert own(*cells).dtype == dtype


def test_a_metric_with_gaps_and_text_keeps_both() -> None:
    column = own(0.8, "0.81 (n=40)", "")
    assert list(column) == [0.8, "0.81 (n=40)", None]
    assert list(pd.to_numeric(column, errors="coerce").isna()) == [False, True, True]
    assert column.name == "Metric: AUC"


def test_a_heading_that_is_a_field_does_not_hide_the_field() -> None:
    made = frame(("A", "1", "x", "y"), headers=("Name", "Version", "used_for", "used_for"))
    assert list(made["used_for"]) == [()]
    assert [list(made[name]) for name in ("used_for (C)", "used_for (D)")] == [["x"], ["y"]]
