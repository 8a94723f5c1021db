"""Writing own tabs: all of them in one request, which tells in its answer whether people edited theirs meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from registry_sheets.errors import WorkbookChanged
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.sheets import Sheet
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json, SheetsApi
from registry_sheets.workbooks.google.marked import made_from
from registry_sheets.workbooks.google.placing import Placed, link_to, placed
from registry_sheets.workbooks.google.snapshot import GoogleSnapshot, Tab
from registry_sheets.workbooks.google.tabs.celldata import fitted, row_data
from registry_sheets.workbooks.google.tabs.formulas import range_name
from registry_sheets.workbooks.google.tabs.links import Link
from registry_sheets.workbooks.google.tabs.newtab import adding
from registry_sheets.workbooks.google.tabs.owntab import replacing
from registry_sheets.workbooks.google.tabs.payload import cut, tabs_first
from registry_sheets.workbooks.google.tabs.ranges import grid_range
from registry_sheets.workbooks.google.transport.strange import whole_answer, whole_text

_ANSWER = (
    "updatedSpreadsheet(sheets(properties(sheetId,title),data(startRow,startColumn,rowData(values(userEnteredValue)))))"
)


class OwnTabsWriter:
    """Writes own tabs of one snapshot."""

    def __init__(self, api: SheetsApi, spreadsheet: str, snapshot: GoogleSnapshot) -> None:
        self._api, self._spreadsheet, self._snapshot = api, spreadsheet, snapshot

    def missing(self, sheets: Sequence[Sheet]) -> list[Sheet]:
        """Those whose cells are not in the spreadsheet as they should be."""
        link = link_to(self._snapshot)
        return [sheet for sheet in sheets if not self._holds(sheet, link)]

    def write(self, sheets: Sequence[Sheet]) -> GoogleSnapshot:
        """Write them whole. Gives the spreadsheet as it is then.

        A write above about 2 MB goes out in parts; the next pass mends what a broken line leaves of it. Raises
        WorkbookChanged where people edited their tabs between the read and the write, and what the calls raise.
        """
        snapshot, ours = self._snapshot, placed(sheets, self._snapshot)
        link, digest = link_to(snapshot, ours), snapshot.digest()
        requests = tabs_first([self._requests(one, link) for one in ours])
        parts = cut([*requests, made_from(digest, bool(snapshot.made_from))])
        again = bool(snapshot.made_from) and all(one.tab for one in ours)
        for part in parts[:-1]:
            self._api.batch_update(self._spreadsheet, {"requests": part}, fields="spreadsheetId", repeatable=again)
        answer = self._api.batch_update(
            self._spreadsheet, {"requests": parts[-1], **self._asked()}, fields=_ANSWER, repeatable=again
        )
        self._see_unmoved(answer)
        state = self._api.file(self._spreadsheet)
        return snapshot.after(state, {one.title: _written(one) for one in ours})

    def _holds(self, sheet: Sheet, link: Link) -> bool:
        title = self._snapshot.own_tabs.get(sheet.kind)
        tab = self._snapshot.tabs[title] if title else None
        if tab is None or not self._names_stand(sheet, tab):
            return False
        wanted = reading.entered(row.get("values", ()) for row in row_data(sheet, self._snapshot.dialect, link))
        return _same_rows(wanted, tab.entered)

    def _names_stand(self, sheet: Sheet, tab: Tab) -> bool:
        """Whether our names are there, on the cells that they are for: people can move a name."""
        ranges = self._snapshot.ranges
        return all(
            ranges.get(range_name(name)) == reading.spans(grid_range(reference, tab.sheet_id))
            for name, reference in sheet.names.items()
        )

    def _requests(self, one: Placed, link: Link) -> list[Json]:
        snapshot, tab = self._snapshot, one.tab
        if tab is None:
            return added(one, snapshot, link, self._api.account)
        return replacing(
            one.sheet,
            sheet_id=tab.sheet_id,
            rows=tab.height,
            columns=tab.width,
            named=snapshot.named,
            dialect=snapshot.dialect,
            link=link,
            basic_filter=tab.basic_filter,
            merged=bool(tab.merges),
        )

    def _asked(self) -> Json:
        """What the answer is to tell: the people's tabs that the findings were made from."""
        ranges = ["'" + tab.title.replace("'", "''") + "'" for tab in self._snapshot.watched()]
        return {"includeSpreadsheetInResponse": True, "responseIncludeGridData": bool(ranges), "responseRanges": ranges}

    def _see_unmoved(self, answer: Json) -> None:
        """Raises WorkbookChanged where people's cells are not those that were read: the findings are of older ones."""
        there = _entered_in(answer)
        for tab in self._snapshot.watched():
            if there.get(tab.title) != tab.as_entered:
                raise WorkbookChanged(
                    f"Somebody edited the tab '{tab.title}' while the findings were being written.", "Run again."
                )


def _written(one: Placed) -> Tab:
    """An own tab as it is now, without reading it: its values as they were sent."""
    rows: list[list[Cell]] = [
        [fitted(cell.value) if isinstance(cell.value, str) else cell.value for cell in row] for row in one.sheet.rows
    ]
    grid = Grid(one.title, rows)
    return Tab(one.title, one.sheet_id, (), len(rows), 0, kind=one.sheet.kind, written=grid)


def added(one: Placed, snapshot: GoogleSnapshot, link: Link, account: str) -> list[Json]:
    """The requests that add a tab; one of ours is then written by ``account`` alone, and by the spreadsheet's owner."""
    return adding(
        one.sheet,
        sheet_id=one.sheet_id,
        title=one.title,
        dialect=snapshot.dialect,
        link=link,
        editors=[account] if account else None,
        named=snapshot.named,
    )


def _entered_in(answer: Json) -> dict[str, list[list[Json | None]]]:
    """What was typed into the tabs that the answer to a write shows. Raises NotChecked: it tells nothing."""
    with whole_answer():
        return {
            whole_text(sheet["properties"]["title"]): reading.as_entered(reading.rows_of(sheet.get("data", ())))
            for sheet in answer["updatedSpreadsheet"]["sheets"]
        }


def _same_rows(wanted: Sequence[Sequence[Any]], there: Sequence[Sequence[Any]]) -> bool:
    return len(wanted) == len(there) and all(
        len(one) == len(other) and all(map(reading.same, one, other)) for one, other in zip(wanted, there, strict=True)
    )
