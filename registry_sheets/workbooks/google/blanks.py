"""The blank tab of a new spreadsheet: it goes when our tabs have come, unless somebody has begun to type into it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry_sheets.errors import NotChecked, RegistrySheetsError
from registry_sheets.workbooks.google.api import Json, SheetsApi
from registry_sheets.workbooks.google.snapshot import GoogleSnapshot, Tab
from registry_sheets.workbooks.google.transport.strange import whole_answer
from registry_sheets.workbooks.titles import free_title

_CONTENT = "merges,basicFilter,data(rowData(values(userEnteredValue,formattedValue,note)))"
_ANSWER = f"updatedSpreadsheet(sheets(properties(sheetId),{_CONTENT}))"


def blank_tab(snapshot: GoogleSnapshot) -> Tab | None:
    """The one tab of a new spreadsheet, while nothing was ever put into it: a formula may show nothing."""
    tabs = list(snapshot.tabs.values())
    return tabs[0] if len(tabs) == 1 and tabs[0].kind is None and _nothing_in(tabs[0]) else None


def _nothing_in(tab: Tab) -> bool:
    grid = tab.grid
    cells = grid.rows or grid.errors or grid.uncached or tab.as_entered
    return not (cells or tab.merges or tab.basic_filter is not None)


@dataclass(frozen=True)
class BlankTab:
    """A tab that was blank when it was read. ``aside`` is its title while ours come: they may need the one it has."""

    sheet_id: int
    title: str
    aside: str

    @classmethod
    def of(cls, tab: Tab, new: Iterable[str]) -> BlankTab:
        """``new`` are the titles of the tabs that come."""
        taken = list(new)
        collides = tab.title.casefold() in {title.casefold() for title in taken}
        aside = free_title(f"{tab.title[:22]} (before)", [*taken, tab.title]) if collides else tab.title
        return cls(tab.sheet_id, tab.title, aside)

    def renaming(self) -> Sequence[Json]:
        """The requests that come before those that add tabs."""
        if self.aside == self.title:
            return ()
        properties = {"sheetId": self.sheet_id, "title": self.aside}
        return ({"updateSheetProperties": {"properties": properties, "fields": "title"}},)

    def replaced(self, api: SheetsApi, spreadsheet: str, last: Sequence[Json], end: Sequence[Json]) -> tuple[str, ...]:
        """Carry out the last requests of the others, and delete it if it is still blank then.

        ``end`` is carried out together with that. Gives notices for people.
        """
        asked = {
            "includeSpreadsheetInResponse": True,
            "responseIncludeGridData": True,
            "responseRanges": ["'" + self.aside.replace("'", "''") + "'"],
        }
        answer = api.batch_update(spreadsheet, {"requests": last, **asked}, fields=_ANSWER, repeatable=False)
        if not self._is_blank_in(answer):
            if end:
                api.batch_update(spreadsheet, {"requests": end}, fields="spreadsheetId", repeatable=False)
            return (f"The tab {self._called} stays: it is no longer blank.",)
        gone = [{"deleteSheet": {"sheetId": self.sheet_id}}, *end]
        try:
            api.batch_update(spreadsheet, {"requests": gone}, fields="spreadsheetId", repeatable=False)
        except RegistrySheetsError:
            if end:
                raise
            return (f"The blank tab {self._called} may be there still. It is not needed: delete it.",)
        return ()

    @property
    def _called(self) -> str:
        return f"'{self.title}'" if self.aside == self.title else f"'{self.title}', now '{self.aside}',"

    def _is_blank_in(self, answer: Json) -> bool:
        """Whether the answer surely shows the tab, with nothing in it."""
        try:
            with whole_answer():
                (sheet,) = answer["updatedSpreadsheet"]["sheets"]
                rows = [row for block in sheet.get("data", ()) for row in block.get("rowData", ())]
                content = sheet.keys() - {"properties", "data"} or any(any(row.get("values", ())) for row in rows)
                return sheet["properties"].get("sheetId", 0) == self.sheet_id and not content
        except NotChecked:
            return False
