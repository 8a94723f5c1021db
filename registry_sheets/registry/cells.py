"""What one cell of each kind of column means. A cell that cannot be taken as it stands gives a Trouble."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry_sheets.registry.columns import Column
from registry_sheets.registry.dates import DateTrouble, read_date
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import normalise, trimmed
from registry_sheets.registry.table import ProblemKind, Stage
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.registry.text import shown

ERROR_TEXTS = frozenset(
    ("#N/A", "#REF!", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#FIELD!", "#ERROR!",
     "#GETTING_DATA", "#BLOCKED!", "#UNKNOWN!", "#CONNECT!", "#BUSY!")
)  # fmt: skip
"""Errors that were pasted as text are errors all the same."""

_SEPARATORS = re.compile("[;；\r\n\x0b\u2028\u2029]")
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")
_DAYS = re.compile(r"(\d{1,5})(?:\s*(?:d|days?))?", re.IGNORECASE | re.ASCII)
_MOST_DAYS = 36_600
_FIRST_WORDS = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a cell is not taken as it stands; ``value`` is what still stands for it (a version's text), if anything."""

    kind: ProblemKind
    suggestions: tuple[str, ...] = ()
    note: str = ""
    value: Any = None


Meaning = Callable[[Cell], Any]
"""From a cell to its meaning, None (() where several are allowed) for a blank one, or a Trouble."""


def meaning_of(declared: Column, settings: TableSettings, date1904: bool) -> Meaning:
    """How cells of a column are to be understood."""
    if declared.kind == "date":
        return lambda cell: _date(cell, settings, date1904)
    if declared.kind == "stage":
        vocabulary = settings.vocabulary()
        return lambda cell: _stage(cell, vocabulary)
    if declared.kind == "version":
        return _version
    if declared.kind == "days":
        return _days
    return _several if declared.multiple else _text


def _text(cell: Cell) -> str | Trouble | None:
    if not isinstance(cell, str):
        return shown(cell)
    plain = cell.isascii()
    text = cell.strip() if plain else trimmed(cell)
    if text in ERROR_TEXTS:
        return Trouble("error-value")
    if not plain:
        text = _HALF_CHARACTERS.sub("\ufffd", text)  # no file, database or mail takes them
    return text or None


def _several(cell: Cell) -> tuple[str, ...] | Trouble:
    text = _text(cell)
    if isinstance(text, Trouble):
        return Trouble(text.kind, value=())
    if text is None:
        return ()
    parts = (trimmed(part) for part in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def _date(cell: Cell, settings: TableSettings, date1904: bool) -> date | Trouble | None:
    if isinstance(cell, str):
        text = _text(cell)
        if text is None or isinstance(text, Trouble):
            return text
        cell = text
    day = read_date(cell, settings.date_order, date1904)
    return Trouble(day.kind, day.suggestions, day.note) if isinstance(day, DateTrouble) else day


def _version(cell: Cell) -> str | Trouble | None:
    """A version is a text. A number may have lost a zero (3.10 is 3.1), a date was typed as something else."""
    text = _text(cell)
    if isinstance(cell, str) or not isinstance(text, str):
        return text
    if isinstance(cell, date):
        return Trouble("version-as-date", _typed_before_date(cell), "became a date when it was typed", text)
    if isinstance(cell, float) and re.fullmatch(r"\d+\.\d", text):
        return Trouble("version-as-number", (text, f"{text}0"), "is a number, and a number loses its last zero", text)
    return text


def _typed_before_date(cell: date) -> tuple[str, ...]:
    """What people may have typed: 1-2 and 1.2 become 1 February, or 2 January; 2026-02 its first day."""
    typed = [
        f"{cell.day}-{cell.month}",
        f"{cell.day}.{cell.month}",
        f"{cell.month}-{cell.day}",
        f"{cell.month}.{cell.day}",
    ]
    if cell.day == 1:
        typed.append(f"{cell.year}-{cell.month:02d}")
    return tuple(dict.fromkeys(typed))


def _days(cell: Cell) -> int | Trouble | None:
    """A whole number of days; anything else says nothing (no rule is turned on by it)."""
    if isinstance(cell, str):
        text = _text(cell)
        if text is None or isinstance(text, Trouble):
            return text
        found = _DAYS.fullmatch(text)
        number: float = int(found[1]) if found else 0
    elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = cell
    else:
        return None
    return int(number) if 0 < number <= _MOST_DAYS and number == int(number) else None


def _stage(cell: Cell, vocabulary: Mapping[str, Stage]) -> Stage | Trouble | None:
    text = _text(cell)
    if text is None or isinstance(text, Trouble):
        return text
    word = normalise(text)
    if stage := vocabulary.get(word):
        return stage
    return Trouble("unknown-stage", _near_stages(word, vocabulary))


def _near_stages(word: str, vocabulary: Mapping[str, Stage]) -> tuple[str, ...]:
    """The stages that a word may mean: by its first words ('Deployed – in use at …'), else by its spelling."""
    first = _FIRST_WORDS.match(word)
    if first and (stage := vocabulary.get(first[0])):
        return (stage.value,)
    if len(word) > _LONGEST_STAGE:
        return ()
    from difflib import get_close_matches

    # Letters first: a free-text column that is taken for the stage has 100,000 different words.
    alike = [known for known in vocabulary if known[:1] == word[:1] and abs(len(known) - len(word)) <= 2]
    near = get_close_matches(word, alike, n=3, cutoff=0.8)
    return tuple(dict.fromkeys(vocabulary[match].value for match in near))


_LONGEST_STAGE = 25
