"""What of a registry is carried into another spreadsheet: every tab of people's, with every cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from registry_sheets.errors import WriteRefused
from registry_sheets.operations.looking import LISTS_TITLE, Terms, models_of
from registry_sheets.operations.transfer_formulas import KNOWN_ERRORS
from registry_sheets.registry.columns import column
from registry_sheets.registry.grid import Cell, Grid, Place, a1
from registry_sheets.registry.header_words import is_check
from registry_sheets.registry.headers import HeaderMatch
from registry_sheets.registry.wording import listed
from registry_sheets.workbooks.base import Snapshot, Workbook

_DAYS_FROM_1904 = 1462
_NAMED = 5


@dataclass(frozen=True)
class PeoplesTab:
    """A tab with its cells. ``formulas`` are without '=', as Excel writes them; their values stand in the grid."""

    grid: Grid
    formulas: Mapping[Place, str]

    @property
    def title(self) -> str:
        return self.grid.title

    def texts(self) -> Iterator[tuple[Place, str]]:
        """Every text that people typed."""
        yield from (
            (place, cell) for place, cell in self.cells() if isinstance(cell, str) and place not in self.formulas
        )

    def cells(self) -> Iterator[tuple[Place, Cell]]:
        """Every value, row by row; error cells are not among them."""
        for row, cells in enumerate(self.grid.rows):
            yield from (((row, at), cell) for at, cell in enumerate(cells) if cell != "" or not isinstance(cell, str))


@dataclass(frozen=True)
class Copy:
    """What is carried: the tabs in their order; which of them lists the models and how its columns stand.

    ``lists`` is the title of the tab for dropdowns, '' where there is none.
    """

    tabs: Sequence[PeoplesTab]
    models: str
    match: HeaderMatch
    lists: str
    notices: tuple[str, ...] = ()

    @property
    def formulas(self) -> int:
        """How many formulas of people's are carried: Check is the tool's own."""
        return sum(len(tab.formulas) - self._checks(tab) for tab in self.tabs)

    def _checks(self, tab: PeoplesTab) -> int:
        check = check_column(tab, self.match.header_row - 1) if tab.title == self.models else None
        return sum(at == check for _, at in tab.formulas)


def check_column(tab: PeoplesTab, head: int) -> int | None:
    """Where the tool's Check column stands, by the row of headings (from 0)."""
    cells = tab.grid.rows[head]
    return next((at for at, cell in enumerate(cells) if isinstance(cell, str) and cell and is_check(cell)), None)


def copy_of(workbook: Workbook, terms: Terms) -> Copy:
    """Read what is carried.

    Raises as Workbook.read() and looking.models_of() do; WriteRefused for cells that are out of reach.
    """
    snapshot = workbook.read()
    models, match = models_of(snapshot, terms)
    own = set(snapshot.own_tabs.values())
    titles = [title for title in snapshot.titles if title not in own]
    tabs = [_read(workbook, snapshot, title) for title in titles]
    shifted = [_from_1900(tab, match) if tab.title == models.title else tab for tab in tabs]
    moved = sum(one.grid.rows != other.grid.rows for one, other in zip(tabs, shifted, strict=True))
    wanted = (terms.lists_tab or LISTS_TITLE).casefold()
    lists = next((title for title in titles if title.casefold() == wanted), "")
    return Copy(shifted, models.title, match, lists, _SHIFTED if moved else ())


_SHIFTED = (
    "The workbook counts days from 1904; numbers that stand in columns for dates are counted from 1900 in the copy, so "
    "that they are the same days.",
)


def _read(workbook: Workbook, snapshot: Snapshot, title: str) -> PeoplesTab:
    grid = snapshot.grid(title)
    if grid.beyond:
        places = listed([f"{title}!{a1(*place)}" for place in grid.beyond[:_NAMED]])
        raise WriteRefused(
            f"Cells stand so far from the others that they are not carried: {places}. Nothing was written.",
            "Move them nearer to the list, or clear them.",
        )
    formulas = dict(workbook.formulas(title))
    # '=#N/A' is how Google holds an error that nobody calculated.
    plain = {
        place for place, formula in formulas.items() if formula in KNOWN_ERRORS and grid.errors.get(place) == formula
    }
    hidden = replace(grid, hidden=title in snapshot.hidden)
    return PeoplesTab(hidden, {place: text for place, text in formulas.items() if place not in plain})


def _from_1900(tab: PeoplesTab, match: HeaderMatch) -> PeoplesTab:
    """Numbers that mean days by their column alone, counted as other workbooks count."""
    if not tab.grid.date1904:
        return tab
    days = {at.index for name, at in match.columns.items() if column(name).kind == "date"}
    rows = [list(row) for row in tab.grid.rows]
    for row in range(match.header_row, len(rows)):
        for at in days.intersection(range(len(rows[row]))):
            cell = rows[row][at]
            if isinstance(cell, (int, float)) and not isinstance(cell, bool) and (row, at) not in tab.formulas:
                rows[row][at] = cell + _DAYS_FROM_1904
    return replace(tab, grid=replace(tab.grid, rows=rows))
