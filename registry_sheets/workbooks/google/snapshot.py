"""A Google spreadsheet as one read saw it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.grid import Grid, Place
from registry_sheets.registry.sheets import OWN_KINDS, TabKind
from registry_sheets.workbooks.base import LastEditor, Revision
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import FileState, Json
from registry_sheets.workbooks.google.marked import FILLING_KEY, MADE_FROM_KEY, digest, kind_of, value_of
from registry_sheets.workbooks.google.tabs.excelformulas import excel_formula
from registry_sheets.workbooks.google.tabs.formulas import Dialect, dialect_of
from registry_sheets.workbooks.google.tabs.links import from_gid_link
from registry_sheets.workbooks.google.transport.strange import MOST_CELLS, whole_answer, whole_number, whole_text

_METADATA = "developerMetadata(metadataKey,metadataValue)"
_CELLS = "userEnteredValue,effectiveValue,formattedValue,effectiveFormat(numberFormat)"
FIELDS = (
    f"properties(title,locale,timeZone),namedRanges(namedRangeId,name,range),{_METADATA},"
    f"sheets(properties(sheetId,title,sheetType,hidden,gridProperties),{_METADATA},merges,basicFilter,"
    f"data(startRow,startColumn,rowData(values({_CELLS}))))"
)
"""The field mask of a read: everything that a pass needs, in one request."""


@dataclass(frozen=True)
class Tab:
    """One tab of cells. ``rows`` are its cells as Google gives them (CellData)."""

    title: str
    sheet_id: int
    rows: Sequence[Sequence[Json]]
    height: int
    width: int
    hidden: bool = False
    kind: TabKind | None = None
    merges: tuple[Json, ...] = ()
    basic_filter: Json | None = None
    filling: bool = False
    """It was added by an init or an export that has not come to its end."""
    written: Grid | None = None
    """The values of an own tab that was written and not read."""

    @cached_property
    def grid(self) -> Grid:
        """Its values. Raises NotChecked, as all of these do, where Google's answer is of a strange form."""
        with whole_answer():
            return self.written or reading.grid_of(self.title, self.rows, self.hidden)

    @cached_property
    def entered(self) -> list[list[Any]]:
        """What was typed into it; see reading.entered."""
        with whole_answer():
            return reading.entered(self.rows)

    @cached_property
    def as_entered(self) -> list[list[Json | None]]:
        """The same as Google tells it; see reading.as_entered."""
        with whole_answer():
            return reading.as_entered(self.rows)

    @cached_property
    def formulas(self) -> Mapping[Place, str]:
        """Its formulas, without '='."""
        with whole_answer():
            return reading.formulas_of(self.rows)


class GoogleSnapshot:
    """What one read saw (see workbooks.base.Snapshot). ``gid`` is the tab that the registry's address names, if any.

    ``named`` are the named ranges, name -> namedRangeId, ``ranges`` where they stand, name -> reading.spans(). Raises
    NotChecked where the answer is not of Google's form; every spreadsheet has a tab.
    """

    def __init__(self, answer: Json, state: FileState, gid: int | None = None, obstacles: tuple[str, ...] = ()) -> None:
        self.state, self._gid, self._obstacles = state, gid, obstacles
        self.looked_at: dict[str, None] = {}
        with whole_answer():
            self._take(answer)

    def _take(self, answer: Json) -> None:
        properties, named = answer.get("properties", {}), answer.get("namedRanges", ())
        self.title = str(properties.get("title", "")) or self.state.title
        self.locale = str(properties.get("locale", ""))
        self.time_zone = str(properties.get("timeZone", ""))
        self.tabs = {tab.title: tab for tab in map(_tab_of, _some(answer["sheets"])) if tab is not None}
        self.named = {whole_text(one["name"]): whole_text(one["namedRangeId"]) for one in named}
        self.ranges = {one["name"]: reading.spans(one.get("range", {})) for one in named}
        self.made_from = value_of(answer.get("developerMetadata", ()), MADE_FROM_KEY)
        self.half_filled = bool(value_of(answer.get("developerMetadata", ()), FILLING_KEY))

    @property
    def revision(self) -> Revision:
        return Revision(self.state.version)

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(self.tabs)

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(title for title, tab in self.tabs.items() if tab.hidden)

    @property
    def own_tabs(self) -> Mapping[TabKind, str]:
        """Of copies that people made of a tab of ours the first counts."""
        found: dict[TabKind, str] = {}
        for title, tab in self.tabs.items():
            if tab.kind in OWN_KINDS:
                found.setdefault(tab.kind, title)
        return found

    @property
    def marked_tab(self) -> str | None:
        return next((title for title, tab in self.tabs.items() if tab.kind == "models"), None)

    @property
    def pointed_tab(self) -> str | None:
        """The tab of the address: the one that was open in the browser."""
        if self._gid is None:
            return None
        return next((tab.title for tab in self.tabs.values() if tab.sheet_id == self._gid and tab.kind is None), None)

    @property
    def last_editor(self) -> LastEditor | None:
        return LastEditor(self.state.editor, self.state.modified) if self.state.editor else None

    @property
    def obstacles(self) -> tuple[str, ...]:
        return self._obstacles

    @property
    def dialect(self) -> Dialect:
        """How formulas are written in this spreadsheet."""
        return dialect_of(self.locale)

    @property
    def gids(self) -> Mapping[str, int]:
        """The number of each tab in links, by title."""
        return {title: tab.sheet_id for title, tab in self.tabs.items()}

    def grid(self, title: str) -> Grid:
        tab = self.tabs.get(title)
        if tab is None:
            known = ", ".join(f"'{name}'" for name in self.titles)
            raise UnreadableWorkbook(f"{self.title} has no tab '{title}'.", f"Its tabs are {known}.")
        self.looked_at[title] = None
        if tab.kind not in OWN_KINDS:
            return tab.grid
        titles = {number: name for name, number in self.gids.items()}
        return reading.with_texts(tab.grid, "#gid=", lambda text: from_gid_link(text, titles))

    def formulas(self, title: str) -> Mapping[Place, str]:
        """A tab's formulas as Excel writes them."""
        tab = self.tabs.get(title)
        titles = {number: name for name, number in self.gids.items()}
        found = tab.formulas if tab else {}
        return {place: excel_formula(formula, self.dialect, titles) for place, formula in found.items()}

    def watched(self) -> Sequence[Tab]:
        """The people's tabs that were looked at: what is written is made from them."""
        return [self.tabs[title] for title in self.looked_at if self.tabs[title].kind not in OWN_KINDS]

    def digest(self) -> str:
        """What people had typed into the tabs that were looked at."""
        return digest({tab.title: tab.as_entered for tab in self.watched()})

    def after(self, state: FileState, own: Mapping[str, Tab]) -> GoogleSnapshot:
        """The same with own tabs as they were written, so that nothing has to be read once more."""
        new = copy(self)
        new.state, new.tabs, new.looked_at = state, {**self.tabs, **own}, {}
        new.named, new.ranges, new.made_from, new.half_filled = {}, {}, "", False
        return new


def _some(sheets: Sequence[Json]) -> Sequence[Json]:
    if not sheets:
        raise ValueError("no tabs")
    return sheets


def _tab_of(sheet: Json) -> Tab | None:
    """A tab of cells; a chart or a connected data source is none."""
    properties = sheet["properties"]
    if properties.get("sheetType", "GRID") != "GRID":
        return None
    size = properties.get("gridProperties", {})
    return Tab(
        title=whole_text(properties["title"]),
        sheet_id=whole_number(properties.get("sheetId", 0), 2**31 - 1),
        rows=reading.rows_of(sheet.get("data", ())),
        height=whole_number(size.get("rowCount", 0)),
        width=whole_number(size.get("columnCount", 0)),
        hidden=bool(properties.get("hidden", False)),
        kind=kind_of(sheet),
        merges=tuple(map(_merge, sheet.get("merges", ()))),
        basic_filter=_object(sheet.get("basicFilter")),
        filling=bool(value_of(sheet.get("developerMetadata", ()), FILLING_KEY)),
    )


def _merge(merge: Json) -> Json:
    """A merged range as it is, where it may be one: its cells are gone through one by one."""
    _, top, bottom, left, right = reading.spans(merge)
    if (whole_number(bottom) - top) * (whole_number(right) - left) > MOST_CELLS:
        raise ValueError("too large")
    return merge


def _object(value: Json | None) -> Json | None:
    if not isinstance(value, dict | None):
        raise TypeError("no object")
    return value
