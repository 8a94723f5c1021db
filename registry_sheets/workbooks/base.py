"""The small interface that every store of a registry has: an Excel file, memory, a Google spreadsheet.

Glossary: a *snapshot* is what one read saw, at one *revision*; a *people's tab* is written by people,
an *own tab* by the tool; a write names the revision it was made from and is refused with
WorkbookChanged when the workbook has moved on since.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from registry_sheets.registry.grid import Cell, Grid, Place
from registry_sheets.registry.sheets import Aids, Mark, Sheet, TabKind

PLAIN_FORMATS = frozenset(("General", "0", "@"))
"""The number formats that show a whole number by its digits alone."""


@dataclass(frozen=True, slots=True)
class Revision:
    """Which state of the workbook was read. Equal tokens mean equal content."""

    token: str


@dataclass(frozen=True, slots=True)
class LastEditor:
    """Who the workbook says saved it last. It may not be who made a given change."""

    name: str
    when: datetime | None


class Snapshot(Protocol):
    """What one read saw. Grids come from the same bytes, whenever they are asked for."""

    @property
    def revision(self) -> Revision: ...

    @property
    def titles(self) -> tuple[str, ...]:
        """The worksheets in tab order, own tabs included, hidden ones too."""
        ...

    @property
    def hidden(self) -> frozenset[str]:
        """Titles of hidden and very hidden worksheets."""
        ...

    @property
    def own_tabs(self) -> Mapping[TabKind, str]:
        """The tool's tabs that stand in the workbook: kind -> title."""
        ...

    @property
    def marked_tab(self) -> str | None:
        """The people's tab that `init` made the registry's Models tab (by our hidden name), if any."""
        ...

    @property
    def pointed_tab(self) -> str | None:
        """The people's tab that the registry's address names, if any; it may be any tab that was open just then."""
        ...

    @property
    def time_zone(self) -> str:
        """The time zone that the workbook itself is set to ('Europe/Zurich'); '' where it has none."""
        ...

    @property
    def last_editor(self) -> LastEditor | None: ...

    @property
    def obstacles(self) -> tuple[str, ...]:
        """Why the workbook must not be written in place, a sentence each; empty where it may be."""
        ...

    @property
    def half_filled(self) -> bool:
        """Whether what is in it is left of a filling of ours that was broken off; adopt() takes it away first."""
        ...

    def grid(self, title: str) -> Grid:
        """The cells of one tab. Raises UnreadableWorkbook."""
        ...


class Layout(NamedTuple):
    """How the tab is laid out that an edit was made for, for a store in which others edit it at the same moment.

    ``headings`` is the row of the headings, from 0; ``identity`` are the columns by which a row is known, from 0.
    """

    headings: int
    identity: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SetCell:
    """Write one cell ('' clears it, keeping its format). Refused on formula and table-header cells."""

    row: int
    column: int
    value: Cell
    expected: Cell | None = None
    """What the cell held as read; None: whatever. A mismatch raises WorkbookChanged."""
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class AppendRow:
    """Add a row below the last row with content (0-based column -> value).

    A row counts as the last one where it holds anything but a formula in a column of ``values`` or ``columns``,
    all counted from 0: a row that somebody has half filled elsewhere in the table is not filled up by this one.
    Of an Excel table around it only the table's own columns count.
    """

    values: Mapping[int, Cell]
    columns: frozenset[int] = frozenset()
    layout: Layout | None = None

    @property
    def counted(self) -> frozenset[int]:
        """The columns (from 0) in which the rows end."""
        return self.columns | frozenset(self.values)


@dataclass(frozen=True, slots=True)
class AddColumn:
    """Head a free column right beside the last one; a table or a filter that ends there takes it in.

    ``row`` is the row of the headings. Refused where anything stands in that column from the heading down.
    """

    row: int
    column: int
    heading: str


RowEdit = SetCell | AppendRow | AddColumn


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did. ``backup`` is where the previous content is; ``notices`` are for people.

    ``rows`` are the sheet rows (from 1) that AppendRow edits got, in their order. ``snapshot`` is the workbook as it is
    now, where the store told it along with the write; None: read it.
    """

    changed: bool
    revision: Revision
    backup: str | None = None
    notices: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    snapshot: Snapshot | None = None


class Workbook(ABC):
    """One registry's workbook. Reading repeats for 30 s over half-saved files; writing does not retry."""

    @property
    @abstractmethod
    def label(self) -> str:
        """How people know it: the file's name or the spreadsheet's title."""

    @abstractmethod
    def read(self) -> Snapshot:
        """Read it as it is now.

        Raises UnreadableWorkbook where it is not a workbook that can be read (with what to do),
        NotChecked where it cannot be reached or is half saved.
        """

    @abstractmethod
    def revision(self) -> Revision:
        """Which state it is in now, asked as cheaply as the store can: a file's bytes, one small request.

        A token of '' equals nothing. Raises as read().
        """

    @property
    def may_lag(self) -> bool:
        """Whether revision() may show a change late, so that an equal one is no proof for good."""
        return False

    @property
    def mends(self) -> bool:
        """Whether adopt() finds out by itself what a registry lacks, so that it may always be called."""
        return False

    @property
    def obstacles_may_pass(self) -> bool:
        """Whether somebody can lift a snapshot's obstacles without changing the workbook, by sharing it otherwise."""
        return False

    def facts(self) -> Sequence[tuple[str, str]]:
        """What else is worth knowing where something goes wrong, as (topic, sentence); after a read."""
        return ()

    @abstractmethod
    def replace_own_tabs(self, sheets: Sequence[Sheet], expected: Revision) -> Written:
        """Write own tabs whole, adding those that are not there yet; a no-op when their cells are equal.

        Raises WorkbookChanged, WorkbookOpen, WriteRefused, CannotSave; the workbook is then as it was.
        """

    @abstractmethod
    def edit_rows(self, tab: str, edits: Sequence[RowEdit], expected: Revision) -> Written:
        """Set, clear and append cells of a people's tab, add columns; all or nothing. Raises as replace_own_tabs."""

    @abstractmethod
    def formula_places(self, tab: str) -> frozenset[Place]:
        """Where formulas stand in a tab, as it is now. Raises UnreadableWorkbook, NotChecked."""

    @abstractmethod
    def formulas(self, tab: str) -> Mapping[Place, str]:
        """The formulas of a tab by place, without '=', as Excel writes them; {} for no such tab.

        An array formula over several cells counts as their values. Raises as formula_places().
        """

    @abstractmethod
    def formatted_places(self, tab: str) -> frozenset[Place]:
        """Where a number format shows numbers otherwise than by their digits, 3 as 3.0. Raises as formula_places()."""

    @abstractmethod
    def covered_places(self, tab: str) -> frozenset[Place]:
        """Cells that lie under a merged one and are not seen. Raises as formula_places()."""

    @abstractmethod
    def adopt(
        self,
        *,
        own: Sequence[Sheet],
        people: Sequence[Sheet],
        models_tab: str | None,
        marks: Sequence[Mark],
        names: Mapping[str, str],
        expected: Revision,
        aids: Aids | None = None,
    ) -> Written:
        """Turn an existing workbook into a registry in one write.

        Adds own tabs and people's tabs, puts ``marks`` on the tab ``models_tab`` and hidden defined
        ``names`` (name -> full reference such as "'My models'!$A$1"); changes no cell of people. ``aids`` are for a
        store in which adding them to a tab of people's takes nothing away from it; others leave that tab's looks alone.
        """

    @abstractmethod
    def link(self, tab: str, cell: str) -> str:
        """A link that opens the workbook at a cell, as far as the store can."""
