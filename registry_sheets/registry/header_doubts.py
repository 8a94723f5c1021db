"""What is said when the headers cannot be told for certain, and the config line that settles it."""

from __future__ import annotations

from collections.abc import Sequence

from registry_sheets.errors import DoubtfulHeaders
from registry_sheets.registry.columns import Column, column
from registry_sheets.registry.grid import Grid, column_letters
from registry_sheets.registry.header_hints import config_line, likely_columns
from registry_sheets.registry.header_rows import FEWEST, HeaderRow, label
from registry_sheets.registry.header_words import Words
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.registry.text import one_line


def no_row(grid: Grid, rows: Sequence[HeaderRow], words: Words) -> DoubtfulHeaders:
    message = f"The tab '{grid.title}' has no row that looks like the headings of a list of models."
    row = max(rows, key=lambda r: (len(r.certain) + r.perhaps, len(r.certain), -r.index), default=None)
    might = likely_columns(grid, row, words) if row else {}
    if row is None or "name" not in might or len(might) < FEWEST:
        return DoubtfulHeaders(
            message, "Put headings such as Name, Version, Training date, Data source and Location in one row."
        )
    return DoubtfulHeaders(
        message,
        f"If row {row.index + 1} holds them, say so in config.toml: header_row = {row.index + 1}, and "
        f"{config_line(might)}.",
    )


def several(grid: Grid, rows: Sequence[int]) -> DoubtfulHeaders:
    shown_rows = [
        *map(str, rows[:_NAMED_ROWS]),
        *([f"{len(rows) - _NAMED_ROWS} more"] if len(rows) > _NAMED_ROWS else []),
    ]
    named = f"{', '.join(shown_rows[:-1])} and {shown_rows[-1]}"
    return DoubtfulHeaders(
        f"Rows {named} of the tab '{grid.title}' all look like headings.",
        "Keep one table on the tab and move the others to tabs of their own, or say in the config which row it is: "
        f"header_row = {rows[0]}.",
    )


def doubled(grid: Grid, row: HeaderRow, declared: Column, places: Sequence[int]) -> DoubtfulHeaders:
    named = " and ".join(f"'{label(grid, row, at)}' (column {column_letters(at)})" for at in places)
    labels = [label(grid, row, at) for at in places]
    if len(set(labels)) == 1:
        fix = "Give one of them another heading."
    else:
        fix = f"Say in config.toml which one it is, {config_line({declared.field: labels[0]})}."
    return DoubtfulHeaders(f"Row {row.index + 1}: {named} can both be {declared.header}.", fix)


def no_stated_row(grid: Grid, settings: TableSettings) -> DoubtfulHeaders:
    wanted = ", ".join(f"'{one_line(header)}' for {column(name).header}" for name, header in settings.columns.items())
    return DoubtfulHeaders(
        f"No row at the top of the tab '{grid.title}' has the headings that the config takes: {wanted}.",
        'Correct the lines under columns in the config, or name another tab: tab = "…".',
    )


def not_stated(grid: Grid, row: HeaderRow, name: str, header: str, places: Sequence[int]) -> DoubtfulHeaders:
    where = f"row {row.index + 1} of the tab '{grid.title}'"
    wanted = f"The config takes '{one_line(header)}' for {column(name).header}, but {where}"
    if places:
        letters = " and ".join(column_letters(at) for at in places)
        return DoubtfulHeaders(f"{wanted} has it in columns {letters}.", "Give one of them another heading.")
    known = ", ".join(f"'{label(grid, row, at)}'" for at in list(row.keys)[:_NAMED_HEADERS])
    return DoubtfulHeaders(
        f"{wanted} has no such heading.",
        f"Its headings are {known or 'blank'}. Correct the line under columns in the config, or the heading.",
    )


_NAMED_HEADERS = 12
_NAMED_ROWS = 5
