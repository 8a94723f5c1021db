"""The Models tab, parsed and held by column.

Columns, not objects: at 100,000 rows a list of ModelVersion objects costs several times the read.
Vectors are aligned: index i is the i-th *started* row (a row with any content in a known column).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from registry_sheets.registry.grid import Cell

ProblemKind = Literal[
    "not-a-date",
    "ambiguous-date",
    "version-as-number",
    "version-as-date",
    "unknown-stage",
    "error-value",
    "formula-without-value",
]


class Stage(StrEnum):
    """Where a model version stands; other words map onto these three by config."""

    PRODUCTION = "Production"
    TESTING = "Testing"
    ARCHIVED = "Archived"


@dataclass(frozen=True, slots=True)
class CellProblem:
    """A cell that parsing could not take as it stands. The rule named ``kind`` words it.

    ``typed`` is what the cell shows; ``suggestions`` are what it might mean, best first, as they
    would be typed ('2026-03-04'); ``note`` is a reason to add, if any ('is an Excel serial number').
    """

    kind: ProblemKind
    index: int
    field: str
    typed: str
    suggestions: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of the sheet: ``index`` counted from 0, ``header`` as people typed it (one line)."""

    field: str
    header: str
    index: int


@dataclass(frozen=True, slots=True)
class MetricColumn:
    """'Metric: MAPE (holidays)' is metric 'MAPE' over period 'holidays'."""

    header: str
    index: int
    metric: str
    period: str


@dataclass(frozen=True)
class ModelTable:
    """Model versions by column.

    ``columns`` maps each field that the sheet has to its column. ``raw`` holds cells as read (''
    blank) and ``values`` what they mean, None where blank or not understood (see problems):
    name, version and other texts str; dates datetime.date; stage Stage; fields that take several
    values (location, used_for, owner) tuple[str, ...] (() where blank); retrain_every int (days).
    Fields that the sheet lacks are absent from both; use ``value(field)`` and ``cells(field)``.
    """

    tab: str
    header_row: int  # counted from 1; of several rows, the last
    row_numbers: Sequence[int]  # sheet rows counted from 1
    columns: Mapping[str, TableColumn]
    raw: Mapping[str, Sequence[Cell]]
    values: Mapping[str, Sequence[Any]]
    problems: tuple[CellProblem, ...] = ()
    metrics: tuple[MetricColumn, ...] = ()
    own_columns: tuple[TableColumn, ...] = ()  # the people's own; their raw cells under their header in ``own``
    own: Mapping[str, Sequence[Cell]] = field(default_factory=dict)  # metric and own columns' cells by header
    date1904: bool = False
    beyond: tuple[str, ...] = ()  # addresses of cells with content far outside what was read ('XFD1048576')

    def __len__(self) -> int:
        return len(self.row_numbers)

    def has(self, name: str) -> bool:
        """Whether the sheet has a column for this field."""
        return name in self.columns

    def value(self, name: str) -> Sequence[Any]:
        """The parsed vector of a field; all None where the sheet lacks the column."""
        return self.values[name] if name in self.values else [None] * len(self)

    def cells(self, name: str) -> Sequence[Cell]:
        """The raw vector of a field; all '' where the sheet lacks the column."""
        return self.raw[name] if name in self.raw else [""] * len(self)

    @cached_property
    def problem_fields(self) -> frozenset[tuple[int, str]]:
        """(index, field) of cells that have a problem, so that no other rule calls them blank."""
        return frozenset((p.index, p.field) for p in self.problems)

    @cached_property
    def name_keys(self) -> Sequence[str]:
        """Names normalised for identity (NFKC, white space, case); '' where blank."""
        from registry_sheets.registry.identity import normalise_all

        return normalise_all(self.value("name"))

    @cached_property
    def version_keys(self) -> Sequence[str]:
        """Versions normalised for identity; '' where blank."""
        from registry_sheets.registry.identity import normalise_all

        return normalise_all(self.value("version"))

    @cached_property
    def by_model(self) -> Mapping[str, Sequence[int]]:
        """Indexes by name key, in sheet order; rows without a name are left out."""
        found: dict[str, list[int]] = {}
        for index, key in enumerate(self.name_keys):
            if key:
                found.setdefault(key, []).append(index)
        return found

    @cached_property
    def use_keys(self) -> Sequence[tuple[str, ...]]:
        """What each row is used for, normalised for comparison; ('',) where nothing is said."""
        from registry_sheets.registry.identity import normalise

        uses = self.value("used_for")
        keys = {use: tuple(sorted({normalise(one) for one in use or ("",)})) for use in set(uses)}
        return [keys[use] for use in uses]

    @cached_property
    def by_use(self) -> Mapping[tuple[str, str], Sequence[int]]:
        """Indexes by (name key, use key), in sheet order: versions that stand in for each other.

        A row with several uses is under each; rows without a name are left out.
        """
        found: dict[tuple[str, str], list[int]] = {}
        for index, (name, uses) in enumerate(zip(self.name_keys, self.use_keys, strict=True)):
            if name:
                for use in uses:
                    found.setdefault((name, use), []).append(index)
        return found

    @cached_property
    def stages(self) -> Sequence[Stage | None]:
        """The stage of each row, None where blank or not understood."""
        return self.value("stage")

    @cached_property
    def judged(self) -> Sequence[Stage]:
        """The stage by which each row is judged: Testing where blank, not understood or without a column."""
        return [stage or Stage.TESTING for stage in self.stages]

    @cached_property
    def distinct_texts(self) -> Mapping[str, Set[str]]:
        """The different non-blank texts of each known column, as typed, in sheet order: many rows, few words."""
        return {name: _texts(cells) for name, cells in self.raw.items()}


def _texts(cells: Sequence[Cell]) -> Set[str]:
    different: dict[Any, None] = dict.fromkeys(cells)
    for other in [cell for cell in different if type(cell) is not str or not cell]:
        del different[other]
    return different.keys()


@dataclass(frozen=True, slots=True)
class Owner:
    """A person in Lists."""

    name: str
    email: str
    active: bool
    row: int


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding that someone accepts, in Lists' Accepted table. '' matches any (column, version)."""

    name: str
    version: str
    column: str
    why: str
    until: Any  # datetime.date | None (no end)
    row: int


@dataclass(frozen=True, slots=True)
class Lists:
    """What the Lists tab says. An empty list judges nothing.

    ``platforms`` maps a location to the platform that it belongs to, where a Platform column says so.
    """

    tab: str = ""
    locations: tuple[str, ...] = ()
    owners: tuple[Owner, ...] = ()
    data_sources: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    problems: tuple[str, ...] = ()
    platforms: Mapping[str, str] = field(default_factory=dict)
