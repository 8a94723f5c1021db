"""What a fill left that was broken off: it is taken away before the next one, unless people have typed into it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from registry_sheets.errors import WriteRefused
from registry_sheets.registry.sheets import OWN_KINDS, Sheet
from registry_sheets.registry.tabs.canvas import has_headings
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.marked import FILLING_KEY, forgotten
from registry_sheets.workbooks.google.placing import link_to, new_id
from registry_sheets.workbooks.google.snapshot import GoogleSnapshot, Tab
from registry_sheets.workbooks.google.tabs.celldata import row_data
from registry_sheets.workbooks.titles import free_title

FILLING = "begun"
"""The value under FILLING_KEY."""


def cleared(snapshot: GoogleSnapshot, sheets: Sequence[Sheet]) -> list[Json]:
    """The requests that take the tabs of the broken fill away; ``sheets`` are what is written next.

    Raises WriteRefused where such a tab holds a cell that ``sheets`` have not at its place: somebody may have typed it.
    """
    left = [tab for tab in snapshot.tabs.values() if tab.filling]
    if not all(_is_ours(tab, snapshot, sheets) for tab in left):
        named = ", ".join(f"'{tab.title}'" for tab in left)
        raise WriteRefused(
            f"An earlier init or export was broken off; the tabs {named} are what it left, and hold other cells now.",
            "Look whether somebody has typed into them, delete them, and run this again.",
        )
    return [
        *_room(snapshot, left),
        *({"deleteSheet": {"sheetId": tab.sheet_id}} for tab in left),
        forgotten(FILLING_KEY, FILLING),
    ]


def _room(snapshot: GoogleSnapshot, left: Sequence[Tab]) -> Iterator[Json]:
    """A spreadsheet keeps one visible tab at least."""
    if not any(tab not in left and not tab.hidden for tab in snapshot.tabs.values()):
        blank = {"sheetId": new_id(snapshot), "title": free_title("Sheet", snapshot.titles)}
        yield {"addSheet": {"properties": blank}}


def _is_ours(tab: Tab, snapshot: GoogleSnapshot, sheets: Sequence[Sheet]) -> bool:
    """Whether everything in a tab was written by us, as far as can be told."""
    if not tab.as_entered:
        return True
    sheet = next((one for one in sheets if _is_for(one, tab)), None)
    if sheet is None:
        return False
    if tab.kind in OWN_KINDS:
        return has_headings(sheet, tab.grid)
    link = link_to(snapshot)
    wanted = reading.entered(row.get("values", ()) for row in row_data(sheet, snapshot.dialect, link))
    return all(
        cell == "" or reading.same(_at(wanted, row, column), cell)
        for row, cells in enumerate(tab.entered)
        for column, cell in enumerate(cells)
    )


def _is_for(sheet: Sheet, tab: Tab) -> bool:
    if tab.kind is None:
        return sheet.kind == "other" and sheet.title.casefold() == tab.title.casefold()
    return sheet.kind == tab.kind


def _at(rows: Sequence[Sequence[Any]], row: int, column: int) -> Any:
    return rows[row][column] if row < len(rows) and column < len(rows[row]) else ""
