"""An edit: what one command wants written into rows, told by what the rows are about and not by where they stand.

Columns are named by fact key: the field of a known column, '+' and the heading of any other (past.facts.own_key).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from registry_sheets.registry.edits.places import Place
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import normalise

Key = tuple[str, str]
"""(name, version) of a row, normalised."""

State = Literal["waiting", "unfit", "applied"]
"""'waiting': to be written; 'unfit': it no longer fits, somebody has to decide; 'applied': was written."""


@dataclass(frozen=True, slots=True)
class Change:
    """One cell: what it held when the command was given, and what it is to hold ('' blank)."""

    old: Cell
    new: Cell


@dataclass(frozen=True, slots=True)
class NewRow:
    """Add a row. ``cells`` have its name and version among them; ``alone``: only if that version has no row yet."""

    name: str
    version: str
    cells: Mapping[str, Cell]
    alone: bool = True

    @property
    def key(self) -> Key:
        return normalise(self.name), normalise(self.version)


@dataclass(frozen=True, slots=True)
class RowChange:
    """Change cells of a row that is there.

    Of several rows of that version it is the one that is used for ``used_for`` at ``location`` (as typed, ()
    blank), and of those that are alike in this too the one in sheet row ``row`` (from 1; 0: refuse then).
    ``lenient``: cells that somebody has changed meanwhile, or a row that is gone, are let be.
    """

    name: str
    version: str
    cells: Mapping[str, Change]
    used_for: tuple[str, ...] = ()
    location: tuple[str, ...] = ()
    row: int = 0
    lenient: bool = False

    @property
    def key(self) -> Key:
        return normalise(self.name), normalise(self.version)


Step = NewRow | RowChange


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be live once an edit is written: of the model ``name``, at these places, these versions and no others.

    All normalised. An edit that meets another version there was made by someone who did not know of it.
    """

    name: str
    places: frozenset[Place]
    versions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Edit:
    """A command's steps, all or nothing, and how they stand.

    ``id`` sorts in the order in which edits were made. ``by`` is the user who gave the command, 'ana@laptop'.
    ``what`` tells it in a line ('promote AC failure 3.5 at Dispatch desk'). ``made`` and ``applied`` are in UTC.
    ``expected``: None where it does not matter what is live.
    """

    id: str
    made: datetime
    by: str
    command: str
    what: str
    steps: tuple[Step, ...]
    state: State = "waiting"
    reason: str = ""
    applied: datetime | None = None
    expected: Expected | None = None

    @property
    def keys(self) -> frozenset[Key]:
        """The versions whose rows it is about."""
        return frozenset(step.key for step in self.steps)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a command comes to: ``what`` in a line and its steps, none where nothing is to be changed.

    ``notices`` are what a person should know beside it; ``places`` are the locations where a running system is to
    be switched now; ``expected`` as in Edit.
    """

    what: str
    steps: tuple[Step, ...]
    notices: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    expected: Expected | None = None


@dataclass(frozen=True, slots=True)
class CellWrite:
    """A cell that is written: ``row`` from 1, ``column`` from 0; ``header`` is the column's heading.

    ``added``: its row is a new one, and its number where it is expected to go.
    """

    row: int
    column: int
    header: str
    old: Cell
    new: Cell
    added: bool = False
