"""Turning a spreadsheet into a registry, and mending one in which something of ours is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from registry_sheets.registry.sheets import OWN_KINDS, Aids, Mark, Sheet
from registry_sheets.workbooks.google.aids import Present, aids
from registry_sheets.workbooks.google.api import Json, SheetsApi
from registry_sheets.workbooks.google.conditional import mending
from registry_sheets.workbooks.google.links import Link
from registry_sheets.workbooks.google.marked import FILLING_KEY, TAB_KEY, created, forgotten
from registry_sheets.workbooks.google.newtab import filling, protecting
from registry_sheets.workbooks.google.owntabs import added
from registry_sheets.workbooks.google.payload import cut, tabs_first
from registry_sheets.workbooks.google.placing import Placed, link_to, new_id, placed
from registry_sheets.workbooks.google.snapshot import GoogleSnapshot, Tab
from registry_sheets.workbooks.titles import free_title

_FILLING = "begun"
_LOOKED_AT = 20  # rows below the headings in which a column's validation and number format are looked for
_FIELDS = (
    "sheets(properties(sheetId,title,gridProperties),conditionalFormats,protectedRanges(range),basicFilter,"
    "data(startRow,rowData(values(dataValidation,userEnteredFormat(numberFormat)))))"
)


@dataclass(frozen=True)
class Adopting:
    """What is to become of a spreadsheet; see Workbook.adopt."""

    own: Sequence[Sheet]
    people: Sequence[Sheet]
    models_tab: str | None
    marks: Sequence[Mark]
    aids: Aids | None = None


@dataclass(frozen=True)
class AdoptingPlan:
    """The requests that make it one; () where it is one already. ``tabs`` are the numbers of the tabs they fill."""

    requests: Sequence[Json]
    tabs: Sequence[int] = ()

    def write(self, api: SheetsApi, spreadsheet: str) -> None:
        """Carry them out. Where they are many they go out in parts, and the spreadsheet says so meanwhile."""
        parts = cut(self.requests)
        if len(parts) > 1:
            parts = [[*parts[0], *self._begun()], *parts[1:], [forgotten(FILLING_KEY, _FILLING)]]
        for part in parts:
            api.batch_update(spreadsheet, {"requests": part}, fields="spreadsheetId", repeatable=False)

    def _begun(self) -> list[Json]:
        places: list[Json] = [{"spreadsheet": True}, *({"sheetId": tab} for tab in self.tabs)]
        return [created(FILLING_KEY, _FILLING, place) for place in places]


def plan_adopting(api: SheetsApi, spreadsheet: str, snapshot: GoogleSnapshot, wish: Adopting) -> AdoptingPlan:
    """Look at what the spreadsheet has: one request."""
    found = _Details(api.spreadsheet(spreadsheet, _FIELDS, _ranges(snapshot, wish)), snapshot)
    new = placed([*wish.people, *wish.own], snapshot, blank_tab(snapshot) if wish.people else None)
    link = link_to(snapshot, new)
    tabs = [_tab(one, snapshot, link, api.account) for one in new]
    protected = [protecting(tab.sheet_id, [api.account] if api.account else None) for tab in found.unprotected()]
    there = _mended(found, snapshot, wish) if wish.models_tab is not None else ()
    return AdoptingPlan([*tabs_first(tabs), *protected, *there], [one.sheet_id for one in new])


def emptied(snapshot: GoogleSnapshot) -> list[Json]:
    """The requests that take away what a fill left that did not come to its end: a blank tab stays."""
    left = [tab.sheet_id for tab in snapshot.tabs.values() if tab.filling]
    blank = {"sheetId": new_id(snapshot), "title": free_title("Sheet", snapshot.titles)}
    gone = [{"deleteSheet": {"sheetId": number}} for number in left]
    return [{"addSheet": {"properties": blank}}, *gone, forgotten(FILLING_KEY, _FILLING)]


def blank_tab(snapshot: GoogleSnapshot) -> Tab | None:
    """The one tab of a new spreadsheet, while nothing is in it."""
    tabs = list(snapshot.tabs.values())
    return tabs[0] if len(tabs) == 1 and tabs[0].kind is None and not tabs[0].grid.rows else None


def _ranges(snapshot: GoogleSnapshot, wish: Adopting) -> list[str]:
    """The first rows of the Models tab, and of every other tab a cell: a tab without a range is not told of."""
    rows = (wish.aids.header_row if wish.aids else 1) + _LOOKED_AT
    ranges = []
    for title, tab in snapshot.tabs.items():
        end = f"1:{max(1, min(rows, tab.height))}" if title == wish.models_tab else "A1"
        ranges.append("'" + title.replace("'", "''") + f"'!{end}")
    return ranges


def _tab(one: Placed, snapshot: GoogleSnapshot, link: Link, account: str) -> list[Json]:
    if one.tab is None:
        return added(one, snapshot, link, account)
    return filling(
        one.sheet,
        sheet_id=one.sheet_id,
        title=one.title,
        rows=one.tab.height,
        columns=one.tab.width,
        dialect=snapshot.dialect,
        link=link,
        named=snapshot.named,
    )


def _mended(found: _Details, snapshot: GoogleSnapshot, wish: Adopting) -> Iterator[Json]:
    """What a list of models lacks that is there already."""
    tab = snapshot.tabs[wish.models_tab or ""]
    if tab.kind != "models":
        yield created(TAB_KEY, "models", {"sheetId": tab.sheet_id})
    details = found.of(tab)
    if wish.marks:
        rules = details.get("conditionalFormats", ())
        yield from mending(rules, wish.marks, sheet_id=tab.sheet_id, dialect=snapshot.dialect, rows=tab.height)
    if wish.aids:
        present = _present(details, tab, wish.aids.header_row)
        yield from aids(wish.aids.columns, wish.aids.header_row, wish.aids.lists_title, present, sheet_id=tab.sheet_id)


def _present(details: Json, tab: Tab, header_row: int) -> Present:
    rows = [row.get("values", ()) for block in details.get("data", ()) for row in block.get("rowData", ())]
    cells = [(at, cell) for row in rows[header_row:] for at, cell in enumerate(row)]
    return Present(
        rows=tab.height,
        columns=tab.width,
        validated=frozenset(at for at, cell in cells if "dataValidation" in cell),
        formatted=frozenset(at for at, cell in cells if "numberFormat" in cell.get("userEnteredFormat", ())),
        frozen_rows=details.get("properties", {}).get("gridProperties", {}).get("frozenRowCount", 0),
        filtered="basicFilter" in details,
    )


class _Details:
    """What a spreadsheet's tabs have besides their cells."""

    def __init__(self, answer: Json, snapshot: GoogleSnapshot) -> None:
        self._sheets = {sheet["properties"].get("sheetId", 0): sheet for sheet in answer.get("sheets", ())}
        self._snapshot = snapshot

    def of(self, tab: Tab) -> Json:
        """Sheet of the Sheets API."""
        found: Json = self._sheets.get(tab.sheet_id, {})
        return found

    def unprotected(self) -> Iterable[Tab]:
        """Own tabs that anybody can type into."""
        own = [tab for tab in self._snapshot.tabs.values() if tab.kind in OWN_KINDS]
        return [tab for tab in own if not any(map(_whole, self.of(tab).get("protectedRanges", ())))]


def _whole(protected: Json) -> bool:
    return not protected.get("range", {}).keys() - {"sheetId"}
