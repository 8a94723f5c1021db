"""The scratch tab: hidden, known by metadata of its own, made anew for each experiment, and taken away again.

Nothing else in the spreadsheet is touched. A tab or a name that a killed run left is found by its mark and removed.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from registry_sheets.errors import NotChecked, RegistrySheetsError, WorkbookChanged
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import FileState, Json
from registry_sheets.workbooks.google.live.pacing import PacedApi
from registry_sheets.workbooks.google.live.requests import Tab
from registry_sheets.workbooks.google.marked import created, lookup, value_of
from registry_sheets.workbooks.google.tabs.formulas import Dialect, dialect_of
from registry_sheets.workbooks.google.transport.outcome import LostReply

TITLE = "registry-sheets scratch"
SCRATCH_KEY = "registry_sheets.scratch"
"""On a scratch tab. By this alone one is known again."""
ANCHOR_KEY = "registry_sheets.scratch_row"
NAMES = "_registry_scratch_"
"""How the named ranges of scratch tabs begin."""
_TRIES = 3
_PAUSES = (1, 3, 6)  # seconds
_READ = "userEnteredValue,effectiveValue,formattedValue,effectiveFormat(numberFormat)"
_LEFT = "properties(locale),namedRanges(namedRangeId,name),sheets(properties(sheetId,title),developerMetadata)"


class Scratch:
    """A spreadsheet's scratch tab, and the calls of Google that the registry makes, on it.

    ``sleep`` lets seconds pass; ``new_id`` gives a number that no tab is likely to have.
    """

    def __init__(
        self,
        api: PacedApi,
        spreadsheet: str,
        *,
        sleep: Callable[[float], None] = time.sleep,
        new_id: Callable[[], int] = lambda: secrets.randbelow(2**31 - 1) + 1,
    ) -> None:
        self.sleep = sleep
        self.locale = ""
        self._api, self._spreadsheet, self._new_id = api, spreadsheet, new_id
        self._tab: Tab | None = None
        self._names: list[str] = []
        self._certain = False

    @property
    def tab(self) -> Tab:
        """The tab as it is now. Raises NotChecked where there is none."""
        if self._tab is None:
            raise NotChecked("There is no scratch tab.", "Run again.")
        return self._tab

    @property
    def account(self) -> str:
        return self._api.account

    @property
    def writes(self) -> int:
        """The write requests so far."""
        return self._api.writes

    @property
    def dialect(self) -> Dialect:
        """How formulas are written in this spreadsheet."""
        return dialect_of(self.locale)

    def other_id(self) -> int:
        """A number for another tab."""
        return self._new_id()

    # Making and removing

    def fresh(self, build: Callable[[Tab], Sequence[Json]], *, rows: int = 20, columns: int = 8) -> Tab:
        """A new, blank scratch tab in the place of the last one, with ``build``'s requests carried out on it.

        All in one request. Where it is not known what the last one left, that is looked for and removed first.
        """
        if not self._certain:
            self.remove()
        number = self._new_id()
        tab = Tab(number, f"{TITLE} {number}")
        made = [*self._removing(), *_adding(tab, rows, columns)]
        self._batch([*made, *build(tab)], tab)
        return tab

    def remove(self) -> int:
        """Take away every scratch tab and name that is there, those of killed runs too; gives how many tabs.

        Tried again where an answer is lost. Raises RegistrySheetsError.
        """
        for at in range(_TRIES):
            tabs, names = self._left()
            self._tab, self._names = None, []
            if not (tabs or names):
                break
            try:
                self._batch([*_unnaming(names), *_deleting(tabs)], None)
                break
            except (LostReply, WorkbookChanged):
                if at == _TRIES - 1:
                    raise
        self._certain = True
        return len(tabs)

    def doubt(self) -> None:
        """After a failure: it is not known what is there."""
        self._certain = False

    def _left(self) -> tuple[list[int], list[str]]:
        answer = self._api.spreadsheet(self._spreadsheet, _LEFT)
        self.locale = str(answer.get("properties", {}).get("locale", ""))
        tabs = [one for one in answer.get("sheets", ()) if value_of(one.get("developerMetadata", ()), SCRATCH_KEY)]
        names = [one for one in answer.get("namedRanges", ()) if str(one.get("name", "")).startswith(NAMES)]
        numbers = [one.get("properties", {}).get("sheetId", 0) for one in tabs]
        return numbers, [str(one.get("namedRangeId", "")) for one in names]

    def _removing(self) -> Iterator[Json]:
        yield from _unnaming(self._names)
        yield from _deleting([self._tab.sheet_id] if self._tab else [])

    # Asking

    def batch(self, *requests: Json) -> list[Json]:
        """spreadsheets.batchUpdate; gives the replies."""
        return self._batch(requests, self.tab)

    def refusal(self, *requests: Json) -> str:
        """What Google says where it refuses the requests; '' where it carries them out."""
        try:
            self.batch(*requests)
        except WorkbookChanged as refused:  # nobody else is at the scratch tab: this is what was asked for
            return refused.message
        except NotChecked:
            raise
        except RegistrySheetsError as error:
            return error.message
        return ""

    def answer(self, requests: Sequence[Json], fields: str, *, grid: bool) -> Json:
        """A batchUpdate that answers with the scratch tab (UpdatedSpreadsheet), cut by ``fields``."""
        body = {"requests": list(requests), "includeSpreadsheetInResponse": True, "responseIncludeGridData": grid}
        body["responseRanges"] = [self.tab.a1()]
        found = self._api.batch_update(self._spreadsheet, body, fields=fields, repeatable=False)
        told: Json = found.get("updatedSpreadsheet", {})
        return told

    def by_filter(self, values: Mapping[str, Sequence[Any]]) -> dict[str, Json]:
        """Write rows (anchor -> cells, None leaves one) by their metadata; gives the responses by anchor."""
        data = [
            {"dataFilter": lookup(ANCHOR_KEY, anchor), "majorDimension": "ROWS", "values": [list(cells)]}
            for anchor, cells in values.items()
        ]
        body = {
            "valueInputOption": "RAW",
            "data": data,
            "includeValuesInResponse": True,
            "responseValueRenderOption": "FORMULA",
            "responseDateTimeRenderOption": "SERIAL_NUMBER",
        }
        answer = self._api.values_by_filter(self._spreadsheet, body, repeatable=True)
        return {_asked_for(one): one for one in answer.get("responses", ())}

    def spreadsheet(self, fields: str, cells: str = "A1:Z30") -> Json:
        """spreadsheets.get with a range of the scratch tab."""
        return self._api.spreadsheet(self._spreadsheet, fields, [self.tab.a1(cells)])

    def all_tabs(self, fields: str) -> list[Json]:
        """spreadsheets.get of what all tabs are, without their cells."""
        told: list[Json] = self._api.spreadsheet(self._spreadsheet, fields).get("sheets", [])
        return told

    def sheet(self, fields: str, cells: str = "A1:Z30") -> Json:
        """The scratch tab (Sheet of the Sheets API); ``fields`` are of that."""
        found: Json = next(iter(self.spreadsheet(f"sheets({fields})", cells).get("sheets", ())), {})
        return found

    def cells(self, fields: str) -> list[list[Json]]:
        """The tab's cells from A1 (CellData); ``fields`` are of that."""
        told = self.sheet(f"data(startRow,startColumn,rowData(values({fields})))")
        return reading.rows_of(told.get("data", ()))

    def worked_out(self) -> list[list[Json]]:
        """The tab's cells as the registry reads them (CellData), read again while Google works formulas out."""
        rows = self.cells(_READ)
        for pause in _PAUSES:
            if not reading.grid_of("scratch", rows).uncached:
                break
            self.sleep(pause)
            rows = self.cells(_READ)
        return rows

    def file(self) -> FileState:
        """What Drive says of the spreadsheet."""
        return self._api.file(self._spreadsheet)

    def _batch(self, requests: Sequence[Json], tab: Tab | None) -> list[Json]:
        try:
            answer = self._api.batch_update(self._spreadsheet, {"requests": list(requests)}, repeatable=False)
        except LostReply:
            self._certain = False
            raise
        replies: list[Json] = answer.get("replies", [])
        if tab is not self._tab:
            self._tab, self._names = tab, []
        named = (one["addNamedRange"]["namedRange"]["namedRangeId"] for one in replies if "addNamedRange" in one)
        self._names += map(str, named)
        return replies


def _adding(tab: Tab, rows: int, columns: int) -> list[Json]:
    grid = {"rowCount": rows, "columnCount": columns}
    properties = {"sheetId": tab.sheet_id, "title": tab.title, "hidden": True, "gridProperties": grid}
    return [{"addSheet": {"properties": properties}}, created(SCRATCH_KEY, "1", {"sheetId": tab.sheet_id})]


def _deleting(tabs: Sequence[int]) -> list[Json]:
    return [{"deleteSheet": {"sheetId": number}} for number in tabs]


def _unnaming(names: Sequence[str]) -> list[Json]:
    return [{"deleteNamedRange": {"namedRangeId": name}} for name in names]


def _asked_for(response: Json) -> str:
    told = response.get("dataFilter", {}).get("developerMetadataLookup", {})
    return str(told.get("metadataValue", ""))
