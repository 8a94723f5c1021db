"""Metrics of several versions side by side: which values are numbers, which is best, which steps are better.

A value takes part where it is a number or reads as nothing but one: 0.87, '0.87', '87 %'. Everything else
('0.81 (n=40)', '<0.1', 'n/a') is kept as it was typed and compared with nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING

from registry_sheets.operations.directions import Direction, direction_of
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.table import MetricColumn
from registry_sheets.registry.text import number_text, shown

if TYPE_CHECKING:
    import pandas as pd

Value = float | str | None
"""A metric as it stands in the sheet: a number, a text on one line, None where blank."""

_NUMBER = re.compile(r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,3})?)\s*(%?)", re.IGNORECASE | re.ASCII)
_FEWEST = 2  # nothing is best alone


@dataclass(frozen=True, slots=True)
class MetricLine:
    """One metric of several versions; ``values``, ``numbers`` and ``better`` are aligned with them.

    ``numbers`` is what was compared, None where the value is no plain number; a percentage is a fraction where
    the metric's other numbers are fractions. ``best`` are places in them, () where nothing can be called best.
    ``better``: against the version before; None where that cannot be told, or where they are equal.
    """

    label: str
    header: str
    metric: str
    period: str
    direction: Direction | None
    values: tuple[Value, ...]
    numbers: tuple[float | None, ...]
    best: tuple[int, ...]
    better: tuple[bool | None, ...]

    def delta(self, place: int) -> float | None:
        """The number less that of the version before, as one would do it by hand: 0.84 - 0.81 is 0.03."""
        old, new = self.numbers[place - 1], self.numbers[place]
        return None if old is None or new is None else float(Decimal(repr(new)) - Decimal(repr(old)))

    def changed(self, place: int) -> bool:
        """Whether the value is another than that of the version before."""
        pair = self.numbers[place - 1], self.numbers[place]
        if None in pair:
            return value_text(self.values[place - 1]) != value_text(self.values[place])
        return pair[0] != pair[1]


def compare_metrics(
    columns: Mapping[MetricColumn, Sequence[Value]], said: Mapping[str, Direction]
) -> tuple[MetricLine, ...]:
    """The metrics that at least one version has, in the order of the sheet. ``said``: see directions."""
    filled = {column: tuple(values) for column, values in columns.items() if any(v is not None for v in values)}
    if not filled:
        return ()
    directions = {column: direction_of(column.metric, column.period, said) for column in filled}
    numbers = _numbers(filled)
    ranks = _ranks(numbers, directions)
    best = ranks.eq(ranks.min()) & ranks.count().ge(_FEWEST)
    steps = ranks.diff()
    labels = _labels(filled)
    return tuple(
        MetricLine(
            label=labels[column],
            header=column.header,
            metric=column.metric,
            period=column.period,
            direction=directions[column],
            values=values,
            numbers=tuple(None if number != number else float(number) for number in numbers[column.header]),
            best=tuple(place for place, is_best in enumerate(best[column.header]) if is_best),
            better=tuple(bool(step < 0) if step < 0 or step > 0 else None for step in steps[column.header]),
        )
        for column, values in filled.items()
    )


def value_of(cell: Cell) -> Value:
    """A metric's cell as it stands: TRUE and dates are texts here, for they are no measurements."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return cell if isfinite(cell) else shown(cell)
    return shown(cell) or None


def value_text(value: Value) -> str:
    """A value for people; '' for none."""
    if value is None or isinstance(value, str):
        return value or ""
    return number_text(value)


def _labels(columns: Mapping[MetricColumn, Sequence[Value]]) -> dict[MetricColumn, str]:
    """'MAPE (holidays)'; of two columns for the same, the later one goes by its whole heading."""
    labels: dict[MetricColumn, str] = {}
    for column in columns:
        label = f"{column.metric} ({column.period})" if column.period else column.metric
        labels[column] = column.header if label in labels.values() else label
    return labels


def _numbers(columns: Mapping[MetricColumn, Sequence[Value]]) -> pd.DataFrame:
    """A row for each version, a column for each metric's header; NaN where the value is no plain number."""
    import pandas as pd

    return pd.DataFrame({column.header: _column(values) for column, values in columns.items()}, dtype="float64")


def _ranks(numbers: pd.DataFrame, directions: Mapping[MetricColumn, Direction | None]) -> pd.DataFrame:
    """The same, the lower the better; NaN for metrics of which nobody knows what is better."""
    ranks = numbers.copy()
    for column, direction in directions.items():
        of_metric = numbers[column.header]
        if direction == "higher":
            ranks[column.header] = -of_metric
        elif direction == "zero":
            ranks[column.header] = of_metric.abs()
        elif direction != "lower":
            ranks[column.header] = float("nan")
    return ranks


def _column(values: Sequence[Value]) -> list[float | None]:
    """The plain numbers of a metric. Beside fractions 87 % is 0.87, as a cell in percent holds it; else it is 87."""
    read = [_read(value) for value in values]
    plain = [number for number, percent in read if number is not None and not percent]
    fractions = bool(plain) and all(abs(number) <= 1 for number in plain)
    return [
        _as_shown(number / 100 if percent and fractions else number) if number is not None else None
        for number, percent in read
    ]


def _read(value: Value) -> tuple[Decimal | None, bool]:
    """(the number, whether it is a percentage); None where the value is something else."""
    if value is None:
        return None, False
    text = unicodedata.normalize("NFKC", value) if isinstance(value, str) else repr(value)
    found = _NUMBER.fullmatch(text.replace("\u2212", "-").strip())
    return (Decimal(found[1]), bool(found[2])) if found else (None, False)


def _as_shown(number: Decimal) -> float:
    """With the digits that a spreadsheet shows, so that 0.84 and 0.8400000000000001 are equal."""
    return float(f"{number:.15g}")
