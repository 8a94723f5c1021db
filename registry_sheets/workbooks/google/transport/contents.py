"""Refusals of what was asked: tabs, cells, kinds of file and sizes. Pure."""

from __future__ import annotations

import re

from registry_sheets.errors import WorkbookChanged, WriteRefused
from registry_sheets.workbooks.google.transport.outcome import Asked, Refusal
from registry_sheets.workbooks.google.transport.said import Said, brief

_TAB_IN_RANGE = re.compile(r"unable to parse range: *(.+)", re.IGNORECASE | re.DOTALL)


def no_such_tab(answer: Said, _: Asked) -> Refusal | None:
    match = _TAB_IN_RANGE.search(answer.message) if answer.status == 400 else None
    if match is None:
        return None
    # Ranges are only asked for in tabs that were read just before.
    message = f"The spreadsheet has no tab named {_tab(match.group(1))} any more; nothing was written."
    fix = "Run again. Where the config names that tab, name it there as it is called now."
    return Refusal(WorkbookChanged(message, fix))


def _tab(told: str) -> str:
    """The tab's name out of a range such as 'My models'!A1:C9."""
    title, mark, _ = told.strip().rpartition("!")
    bare = title if mark else told.strip()
    if len(bare) > 1 and bare[0] == bare[-1] == "'":
        bare = bare[1:-1].replace("''", "'")
    return f"'{brief(bare)}'"


def tab_gone(answer: Said, _: Asked) -> Refusal | None:
    if answer.status != 400 or not answer.mentions("no grid with id", "no sheet with id"):
        return None
    message = "A tab was deleted by someone between reading and writing; nothing was written."
    return Refusal(WorkbookChanged(message, "The next run starts from what is there now."))


def tab_there(answer: Said, _: Asked) -> Refusal | None:
    """A tab, a name or an id of ours that another run added between our read and our write."""
    if answer.status != 400 or not answer.mentions("already exists"):
        return None
    message = "Somebody added a tab or a name that was to be added, between reading and writing; nothing was written."
    return Refusal(WorkbookChanged(message, "The next run starts from what is there now."))


def excel_file(answer: Said, asked: Asked) -> Refusal | None:
    if answer.status != 400 or not answer.mentions("not supported for this document"):
        return None
    message = "This file is not a Google spreadsheet: it is an Excel file, or another kind, that lives in Google Drive."
    fix = "Open it, choose File > Save as Google Sheets, and put the new one's address into the config."
    return Refusal(asked.refused(message, fix))


def protected(answer: Said, asked: Asked) -> Refusal | None:
    if answer.status not in (400, 403) or not answer.mentions("protected cell", "protected range", "protected object"):
        return None
    message = "Cells would have to be changed that people protected in the spreadsheet; nothing was written."
    fix = f"In Data > Protect sheets and ranges, let {asked.who} edit them too, or take that protection off."
    return Refusal(WriteRefused(message, fix))


def too_many_cells(answer: Said, _: Asked) -> Refusal | None:
    if answer.status != 400 or not answer.mentions("number of cells in the workbook above"):
        return None
    message = "The spreadsheet is full: Google allows 10 million cells in all its tabs together, empty ones included."
    return Refusal(
        WriteRefused(message, "Delete tabs, or the empty rows and columns at their ends; then run it again.")
    )


def too_long_cell(answer: Said, _: Asked) -> Refusal | None:
    if answer.status != 400 or not answer.mentions("50000 characters", "50,000 characters"):
        return None
    message = "A cell's text is longer than the 50,000 characters that Google allows; nothing was written."
    return Refusal(WriteRefused(message, "Shorten the longest texts of the row."))


def too_large(answer: Said, asked: Asked) -> Refusal | None:
    if answer.status not in (413, 414) and not answer.mentions("payload size exceeds", "request entity too large"):
        return None
    message = "That is more than Google takes in one request; nothing was written."
    return Refusal(asked.refused(message, "Please report this, with the number of rows and columns of the tab."))
