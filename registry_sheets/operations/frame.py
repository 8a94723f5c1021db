"""A registry's rows as a pandas DataFrame, for a notebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from registry_sheets.registry.columns import COLUMNS, Column
from registry_sheets.registry.grid import Cell, column_letters
from registry_sheets.registry.identity import is_blank
from registry_sheets.registry.table import ModelTable, Stage

if TYPE_CHECKING:
    import pandas as pd


def to_frame(table: ModelTable) -> pd.DataFrame:
    """One row for each started row of the sheet; api.Registry.to_frame says what its columns are."""
    import pandas as pd

    index = pd.Index(list(table.row_numbers), name="row", dtype="int64")
    series = {
        **{column.field: _known(column, table.value(column.field)) for column in COLUMNS},
        **{header: _own(cells) for header, cells in _people(table)},
    }
    return pd.DataFrame({name: pd.Series(values, index=index) for name, values in series.items()}, index=index)


def _known(column: Column, values: Sequence[Any]) -> Any:
    import pandas as pd

    if column.multiple:
        return _objects([value or () for value in values])
    if column.kind == "date":
        return _dates(values)
    if column.kind == "stage":
        return pd.Categorical(values, categories=[stage.value for stage in Stage])
    return pd.array(values, dtype="Int64" if column.kind == "days" else "string")


def _people(table: ModelTable) -> Iterator[tuple[str, Sequence[Cell]]]:
    fields = {column.field for column in COLUMNS}
    places = [(column.header, column.index) for column in table.metrics]
    places += [(column.header, column.index) for column in table.own_columns]
    for header, index in places:
        yield f"{header} ({column_letters(index)})" if header in fields else header, table.own[header]


def _own(cells: Sequence[Cell]) -> Any:
    """The cells as what all of them are."""
    import pandas as pd

    values: list[Any] = [None if isinstance(cell, str) and is_blank(cell) else cell for cell in cells]
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, float}:
        return pd.array([float("nan") if value is None else value for value in values], dtype="float64")
    if kinds <= {date, datetime}:
        return _dates(values)
    if kinds in ({bool}, {str}):
        return pd.array(values, dtype="boolean" if kinds == {bool} else "string")
    return _objects(values)


def _dates(values: Sequence[Any]) -> Any:
    """Days and moments. In seconds, for a typed 9999-12-31 is beyond what nanoseconds can count."""
    import numpy as np

    return np.array(values, dtype="datetime64[s]")


def _objects(values: Sequence[Any]) -> Any:
    """Values as they are: pandas would read None beside numbers as NaN."""
    import numpy as np

    held = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):  # held[:] = values would read tuples of one length as a table
        held[place] = value
    return held
