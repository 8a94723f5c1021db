"""Turning a spreadsheet into a registry, and mending one in which something of ours is missing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

from registry_sheets.errors import NotChecked
from registry_sheets.registry.sheets import Aids, Mark, Sheet
from registry_sheets.registry.tabs.canvas import has_headings
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json, SheetsApi
from registry_sheets.workbooks.google.blanks import BlankTab, blank_tab
from registry_sheets.workbooks.google.leftovers import FILLING
from registry_sheets.workbooks.google.marked import FILLING_KEY, TAB_KEY, created, forgotten
from registry_sheets.workbooks.google.owntabs import added
from registry_sheets.workbooks.google.placing import Placed, link_to, placed
from registry_sheets.workbooks.google.snapshot import GoogleSnapshot, Tab
from registry_sheets.workbooks.google.tabs.aids import Present, aids
from registry_sheets.workbooks.google.tabs.conditional import mending
from registry_sheets.workbooks.google.tabs.links import Link
from registry_sheets.workbooks.google.tabs.newtab import protecting
from registry_sheets.workbooks.google.tabs.owntab import replacing
from registry_sheets.workbooks.google.tabs.payload import cut, tabs_first
from registry_sheets.workbooks.google.transport.strange import whole_answer

_LOOKED_AT = 20  # rows below the headings in which a column's validation and number format are looked for
_FIELDS = "sheets(properties(sheetId,title,gridProperties),conditionalFormats,protectedRanges(range),basicFilter)"
_HEADINGS = (
    "updatedSpreadsheet(sheets(properties(sheetId),data(startRow,startColumn,rowData(values(userEnteredValue)))))"
)
_COLUMNS = "sheets(data(startRow,rowData(values(dataValidation,userEnteredFormat(numberFormat)))))"


@dataclass(frozen=True)
class Adopting:
    """What is to become of a spreadsheet; see Workbook.adopt."""

    own: Sequence[Sheet]
    people: Sequence[Sheet]
    models_tab: str | None
    marks: Sequence[Mark]
    aids: Aids | None = None


@dataclass(frozen=True)
class Headings:
    """The row of headings of people's list as it was read. ``row`` counts from 0."""

    tab: Tab
    row: int

    def asked(self) -> Json:
        """What the answer to the write is to tell."""
        range_ = f"{_quoted(self.tab.title)}!{self.row + 1}:{self.row + 1}"
        return {"includeSpreadsheetInResponse": True, "responseIncludeGridData": True, "responseRanges": [range_]}

    def moved_in(self, answer: Json) -> tuple[str, ...]:
        """A notice where the answer shows others: the aids went by place."""
        with suppress(NotChecked), whole_answer():
            (sheet,) = answer["updatedSpreadsheet"]["sheets"]
            there = reading.as_entered(reading.rows_of(sheet.get("data", ())))
            if _row(there, self.row) != _row(self.tab.as_entered, self.row):
                return (
                    f"Somebody changed the headings of '{self.tab.title}' meanwhile: its dropdowns may stand in other "
                    "columns than they should. Look at them, and run init again.",
                )
        return ()


@dataclass(frozen=True)
class AdoptingPlan:
    """The requests that make it one; () where it is one already.

    ``tabs`` are the numbers of the tabs that they add, ``blank`` is the one that those take the place of, if any;
    ``headings`` those of the list of models by which the places of its aids were told.
    """

    requests: Sequence[Json]
    tabs: Sequence[int] = ()
    blank: BlankTab | None = None
    headings: Headings | None = None

    def write(self, api: SheetsApi, spreadsheet: str) -> tuple[str, ...]:
        """Carry them out; gives notices for people.

        Where they are many they go out in parts, and the spreadsheet says so until the last of them is done.
        """
        parts = cut(self.requests)
        end = [forgotten(FILLING_KEY, FILLING)] if len(parts) > 1 else []
        if end:
            parts[0] += self._begun()
        if self.blank is None:
            parts[-1] += end
        for part in parts[:-1]:
            api.batch_update(spreadsheet, {"requests": part}, fields="spreadsheetId", repeatable=False)
        if self.blank is not None:
            return self.blank.replaced(api, spreadsheet, parts[-1], end)
        if self.headings is not None:
            body = {"requests": parts[-1], **self.headings.asked()}
            return self.headings.moved_in(api.batch_update(spreadsheet, body, fields=_HEADINGS, repeatable=False))
        api.batch_update(spreadsheet, {"requests": parts[-1]}, fields="spreadsheetId", repeatable=False)
        return ()

    def _begun(self) -> list[Json]:
        places: list[Json] = [{"spreadsheet": True}, *({"sheetId": tab} for tab in self.tabs)]
        return [created(FILLING_KEY, FILLING, place) for place in places]


def plan_adopting(api: SheetsApi, spreadsheet: str, snapshot: GoogleSnapshot, wish: Adopting) -> AdoptingPlan:
    """Look at what the spreadsheet has: one request, and one more where it has a list of models."""
    found = _Details(api.spreadsheet(spreadsheet, _FIELDS), snapshot)
    blank = blank_tab(snapshot) if wish.people else None
    new = placed([*wish.people, *wish.own], snapshot, blank)
    leaving = BlankTab.of(blank, [one.title for one in new]) if blank else None
    link = link_to(snapshot, new)
    tabs = [_tab(one, snapshot, link, api.account) for one in new]
    protected = [protecting(tab.sheet_id, [api.account] if api.account else None) for tab in found.unprotected()]
    there = _mended(found, _columns(api, spreadsheet, snapshot, wish), snapshot, wish)
    requests = [*(leaving.renaming() if leaving else ()), *tabs_first(tabs), *protected, *there]
    headings = (
        Headings(snapshot.tabs[wish.models_tab], wish.aids.header_row - 1) if wish.models_tab and wish.aids else None
    )
    return AdoptingPlan(requests, [one.sheet_id for one in new if one.tab is None], leaving, headings)


def _columns(api: SheetsApi, spreadsheet: str, snapshot: GoogleSnapshot, wish: Adopting) -> Json:
    """The first rows of the list of models, where aids may be wanted: ranges of all tabs would make a long address."""
    if wish.models_tab is None or not wish.aids:
        return {}
    rows = min(wish.aids.header_row + _LOOKED_AT, snapshot.tabs[wish.models_tab].height)
    return api.spreadsheet(spreadsheet, _COLUMNS, [f"{_quoted(wish.models_tab)}!1:{max(1, rows)}"])


def _quoted(title: str) -> str:
    return "'" + title.replace("'", "''") + "'"


def _row(rows: Sequence[Sequence[Json | None]], at: int) -> Sequence[Json | None]:
    return rows[at] if at < len(rows) else ()


def _tab(one: Placed, snapshot: GoogleSnapshot, link: Link, account: str) -> list[Json]:
    if one.tab is None:
        return added(one, snapshot, link, account)
    return replacing(
        one.sheet,
        sheet_id=one.sheet_id,
        rows=one.tab.height,
        columns=one.tab.width,
        named=snapshot.named,
        dialect=snapshot.dialect,
        link=link,
        basic_filter=one.tab.basic_filter,
        merged=bool(one.tab.merges),
    )


def _mended(found: _Details, columns: Json, snapshot: GoogleSnapshot, wish: Adopting) -> Iterator[Json]:
    """What a list of models lacks that is there already."""
    if wish.models_tab is None:
        return
    tab = snapshot.tabs[wish.models_tab]
    if tab.kind != "models":
        yield created(TAB_KEY, "models", {"sheetId": tab.sheet_id})
    details = found.of(tab)
    if wish.marks:
        rules = details.get("conditionalFormats", ())
        yield from mending(rules, wish.marks, sheet_id=tab.sheet_id, dialect=snapshot.dialect, rows=tab.height)
    if wish.aids:
        present = _present(details, columns, tab, wish.aids.header_row)
        yield from aids(wish.aids.columns, wish.aids.header_row, wish.aids.lists_title, present, sheet_id=tab.sheet_id)


def _present(details: Json, columns: Json, tab: Tab, header_row: int) -> Present:
    with whole_answer():
        blocks = [block for sheet in columns.get("sheets", ()) for block in sheet.get("data", ())]
        rows = [row.get("values", ()) for block in blocks for row in block.get("rowData", ())]
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
        with whole_answer():
            self._sheets = {sheet["properties"].get("sheetId", 0): sheet for sheet in answer["sheets"]}
        self._snapshot = snapshot

    def of(self, tab: Tab) -> Json:
        """Sheet of the Sheets API."""
        found: Json = self._sheets.get(tab.sheet_id, {})
        return found

    def unprotected(self) -> Iterable[Tab]:
        """Own tabs that anybody can type into. A copy that people made, or put to another use, is theirs."""
        headed = {sheet.kind: sheet for sheet in registry_tabs()}
        tabs = {kind: self._snapshot.tabs[title] for kind, title in self._snapshot.own_tabs.items()}
        own = [tab for kind, tab in tabs.items() if has_headings(headed[kind], tab.grid)]
        return [tab for tab in own if not any(map(_whole, self.of(tab).get("protectedRanges", ())))]


def _whole(protected: Json) -> bool:
    return not protected.get("range", {}).keys() - {"sheetId"}
