"""Headers that may stand for a field: suggested with the config line that accepts them, never taken."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from registry_sheets.registry.columns import COLUMNS, Column, column
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.header_rows import HeaderRow, label
from registry_sheets.registry.header_words import NEAR, Words

COLUMNS_TABLE = "[registry.columns]"
"""The heading in a config under which headers stand."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A header that may stand for a field. ``score`` is 0-100; ``config_line`` as config_line() would accept it."""

    field: str
    header: str
    index: int
    score: float
    config_line: str


def suggestions(
    grid: Grid, row: HeaderRow, columns: Collection[str], taken: Collection[int], words: Words
) -> list[Suggestion]:
    """For each field without a column the headers that may stand for it, best first, at most three."""
    lacking = [declared for declared in COLUMNS if declared.field not in columns]
    likeness = {
        at: {declared.field: words.likeness(declared.field, key) for declared in lacking}
        for at, key in row.keys.items()
        if at not in taken
    }
    found: list[Suggestion] = []
    for declared in lacking:
        scored = [(_unrivalled(scores, declared.field), -at) for at, scores in likeness.items()]
        best = sorted((pair for pair in scored if pair[0] > 0), reverse=True)[:3]
        found += [_suggest(declared, label(grid, row, -at), -at, score) for score, at in best]
    return found


def _unrivalled(scores: Mapping[str, float], name: str) -> float:
    """A slip of the pen is one of the field that it is nearest to: 'Trainning date' is not 'Training data'."""
    best = max(scores.values())
    return 0.0 if scores[name] < best and best > NEAR else scores[name]


def _suggest(declared: Column, label: str, at: int, score: float) -> Suggestion:
    return Suggestion(declared.field, label, at, score, config_line({declared.field: label}))


def config_line(columns: Mapping[str, str]) -> str:
    """What accepts headers for fields in a config: under [registry.columns]: "Training date" = "Trained at".

    Not as columns = { ... }: where a config has that table already, as `init` writes it, TOML takes no second one.
    """
    pairs = [f"{_quoted(column(name).header)} = {_quoted(header)}" for name, header in columns.items()]
    each = ", each on a line of its own" if len(pairs) > 1 else ""
    return f"under {COLUMNS_TABLE}{each}: {', '.join(pairs)}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def likely_columns(grid: Grid, row: HeaderRow, words: Words) -> dict[str, str]:
    """The headers of a row that are or may well be fields, each header for one field."""
    might = {name: label(grid, row, places[0]) for name, places in row.certain.items()}
    taken = {places[0] for places in row.certain.values()}
    for guess in suggestions(grid, row, might, taken, words):
        if guess.score >= _WORTH_SAYING and guess.field not in might and guess.header not in might.values():
            might[guess.field] = guess.header
    return {declared.field: might[declared.field] for declared in COLUMNS if declared.field in might}


_WORTH_SAYING = 70
