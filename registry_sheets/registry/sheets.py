"""What a tab that we write should hold: values, looks and aids, told without any file format.

Two writers turn it into a tab: openpyxl for a new workbook, the package editor for an existing one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from registry_sheets.registry.grid import Cell

TabKind = Literal["models", "lists", "findings", "live", "changes", "guide", "other"]
"""'other' is any further tab of people's: it is carried into a new workbook, and known by nothing there."""
OWN_KINDS: tuple[TabKind, ...] = ("findings", "live", "changes", "guide")
"""Tabs that the tool writes, known in a workbook by the hidden defined name own_name(kind)."""

Style = Literal[
    "plain",  # General
    "text",  # number format @
    "wrapped",  # text that wraps, top aligned
    "date",  # yyyy-mm-dd
    "title",  # the tab's heading
    "note",  # grey small text
    "header",  # a table's header, required column
    "header-recommended",  # a table's header, recommended column
    "header-own",  # a header of the tool's own columns (Check)
    "error",
    "warning",
    "info",  # severity words
    "link",
]

Tint = Literal["error", "warning", "missing", "doubled", "own"]
"""Looks of conditional formats (dxf): fills that stay readable in print and for colour-blind eyes."""


def own_name(kind: TabKind) -> str:
    """The hidden, workbook-scoped defined name by which a tab of ours is known."""
    return f"_registry_sheets.{kind}"


def strayed(kind: TabKind, title: str, titles: Iterable[str]) -> bool:
    """Whether own_name(kind) went to a tab of people's: a name follows cells that somebody cuts and pastes elsewhere.

    A tab of ours that was renamed left its title behind; one that still has it was not renamed.
    """
    return not _titled(kind, title) and any(_titled(kind, other) for other in titles)


def _titled(kind: TabKind, title: str) -> bool:
    return title.casefold() == kind or title.casefold().startswith(f"{kind} (registry")


@dataclass(frozen=True, slots=True)
class SheetCell:
    """One cell. ``formula`` is without '='; ``value`` is then its calculated value, always given.

    A value of type str is written as text whatever it starts with. ``error``: the value is what a failed
    formula shows ('#N/A'); for people's tabs of a new workbook, since no tab of ours holds errors.
    """

    value: Cell
    style: Style = "plain"
    formula: str | None = None
    error: bool = False


@dataclass(frozen=True, slots=True)
class Validation:
    """Help while typing: warns, never blocks. ``ref`` is A1 ('D5:D1048576').

    kind 'list': ``formula`` gives the choices; 'date': a real date after 1990; 'any': only the prompt.
    """

    ref: str
    kind: Literal["list", "date", "any"]
    formula: str = ""
    prompt_title: str = ""
    prompt: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A conditional format: cells of ``ref`` are tinted where ``formula`` (relative to the first cell) is true.

    Marks earlier in a sequence win over later ones.
    """

    ref: str
    formula: str
    tint: Tint


@dataclass(frozen=True, slots=True)
class Aids:
    """Where a list of models that people made themselves takes the same help as ours: dropdowns, date validation.

    ``columns`` are places by field, from 0; ``header_row`` counts from 1; ``lists_title`` is the tab for dropdowns.
    """

    columns: Mapping[str, int]
    header_row: int
    lists_title: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tab to be written whole.

    ``rows`` start at A1. ``widths`` are in characters by column (0-based); ``column_styles`` run to
    the sheet's end, for rows that people will add; ``table`` is the A1 range of a filterable table
    with its header row first. ``names`` are workbook-scoped, hidden defined names: name -> reference
    without the tab ('$L$5:$L$20').
    ``notes`` are hover texts by A1 address.
    """

    kind: TabKind
    title: str
    rows: Sequence[Sequence[SheetCell]]
    widths: Mapping[int, float] = field(default_factory=dict)
    column_styles: Mapping[int, Style] = field(default_factory=dict)
    hidden_columns: frozenset[int] = frozenset()
    row_heights: Mapping[int, float] = field(default_factory=dict)
    frozen_rows: int = 0
    frozen_columns: int = 0
    table: str = ""
    table_name: str = ""
    validations: tuple[Validation, ...] = ()
    marks: tuple[Mark, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    numbers_as_text: tuple[str, ...] = ()
    """A1 ranges for which Excel must not offer to turn text into numbers (ignoredErrors)."""
    merged: tuple[str, ...] = ()
    tab_color: str = ""
    filter: str = ""
    """The A1 range of a plain filter, for a tab without a table."""
    hidden: bool = False
