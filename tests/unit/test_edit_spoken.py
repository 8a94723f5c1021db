"""Values of Python code as cells take them."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from registry_sheets.registry.edits.spoken import spoken, spoken_fact, spoken_own, spoken_text

MORNING = datetime(2026, 6, 30, 9)


class _Tensor:
    """A number as torch and the like hold it."""

    def __init__(self, value: float | None) -> None:
        self._value = value

    def item(self) -> float:
        if self._value is None:
            raise RuntimeError("several values")
        return self._value

    def __str__(self) -> str:
        return "tensor"


class _Kind(Enum):
    ONE = "one"


@pytest.mark.parametrize(
    ("said", "cell"),
    [
        (np.float32(0.1), 0.1),
        (np.float64(0.1), 0.1),
        (np.int64(3), 3),
        (np.bool_(True), True),
        (np.str_("x"), "x"),
        (np.array(0.5), 0.5),
        (np.datetime64("2026-06-30"), datetime(2026, 6, 30)),
        (np.datetime64("2026-06-30T09:00:00.000000001"), MORNING),
        (np.timedelta64(3, "h"), timedelta(hours=3)),
        (pd.Timestamp("2026-06-30 09:00", tz="Europe/Berlin"), MORNING),
        (pd.Timedelta("3h"), timedelta(hours=3)),
        (MORNING.replace(tzinfo=UTC), MORNING),
        (Decimal("0.12"), 0.12),
        (Fraction(1, 4), 0.25),
        (Path("runs") / "7", str(Path("runs") / "7")),
        (b"runs", "runs"),
        (_Tensor(0.5), 0.5),
        (_Tensor(None), "tensor"),
        (_Kind.ONE, "one"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_one_value(said: Any, cell: Any) -> None:
    found = spoken(said)
    assert (found, type(found)) == (cell, type(cell))


@pytest.mark.parametrize("said", [None, pd.NA, pd.NaT, np.datetime64("NaT")])
def test_nothing(said: Any) -> None:
    assert spoken(said) is spoken_fact(said) is spoken_own(said) is None
    assert spoken_text(said) == ""


def test_nan_is_a_figure_and_elsewhere_nothing() -> None:
    for said in (math.nan, np.float32("nan"), Decimal("nan")):
        figure = spoken(said)
        assert isinstance(figure, float)
        assert math.isnan(figure)
        assert spoken_fact(said) is spoken_own(said) is None


@pytest.mark.parametrize(
    ("said", "texts"),
    [
        (["Desk", "Van"], ("Desk", "Van")),
        (("Desk", None, 3), ("Desk", "3")),
        ({"Van", "Desk"}, ("Desk", "Van")),
        (pd.Series(["Desk", pd.NA]), ("Desk",)),
        (np.array([1, 2]), ("1", "2")),
        ((place for place in ("Desk",)), ("Desk",)),
        ([], ()),
    ],
)
def test_several_values(said: Any, texts: tuple[str, ...]) -> None:
    assert spoken_fact(said) == texts


def test_one_of_a_known_column_stays_one() -> None:
    assert spoken_fact("Desk") == "Desk"
    assert spoken_fact(np.array(0.5)) == 0.5
    assert spoken_fact(Path("a")) == "a"


@pytest.mark.parametrize(
    ("said", "text"),
    [
        (2.3, "2.3"),
        (np.float32(2.3), "2.3"),
        (2.0, "2.0"),
        (np.int64(2), "2"),
        (10**18 + 1, "1000000000000000001"),
        (Decimal("2.30"), "2.30"),
        (date(2026, 6, 30), "2026-06-30"),
        ("3.10", "3.10"),
    ],
)
def test_texts(said: Any, text: str) -> None:
    assert spoken_text(said) == text


def test_a_number_that_is_too_long_to_be_written_out_is_a_text_all_the_same() -> None:
    assert spoken_text(10**5000) == "1E+5000"
    assert spoken_text(10**20) == "100000000000000000000"
