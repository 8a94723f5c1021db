"""CSV out of a spreadsheet and into it."""

from __future__ import annotations

import csv
import io

from tests.support.google.asked import Asked, changing
from tests.support.google.behaviours import behaves
from tests.support.google.cellvalues import typed
from tests.support.google.drive import ALL_DRIVES, SPREADSHEET, found, resource
from tests.support.google.errors import NotImitated
from tests.support.google.formats import formatted
from tests.support.google.state import EMPTY, Cell, File, Json, Sheet
from tests.support.google.wire import Answer, answer_json
from tests.support.google.work import Work


@behaves("recorded", "Drive files.export", "text/csv has the first tab as it is shown, without an end to its last line")
@behaves("assumed", "Drive files.export", "lines of text/csv end in CR LF, and are all of one length")
def export(asked: Asked, number: str) -> Answer:
    """files.export as CSV."""
    asked.only("mimeType")
    file = found(asked, number)
    if asked.one("mimeType") != "text/csv":
        raise NotImitated(f"an export as {asked.one('mimeType')}")
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerows(_shown(file.book.sheets[0], file.book.locale))
    return Answer(200, text.getvalue().removesuffix("\r\n").encode(), {"Content-Type": "text/csv"})


def _shown(sheet: Sheet, locale: str) -> list[list[str]]:
    width = max((len(row) for row in sheet.rows), default=0)
    rows = [[formatted(c.effective, c.number_format, locale) or c.chip for c in row] for row in sheet.rows]
    return [row + [""] * (width - len(row)) for row in rows]


@behaves(
    "recorded", "Drive v2 upload", "CSV replaces all tabs by one with the file's name; the time zone is Los Angeles's"
)
def upload(asked: Asked, number: str) -> Answer:
    """Drive v2 files.update with CSV, which gspread uses."""
    asked.only("uploadType", "convert", *ALL_DRIVES)
    file = found(asked, number, write=True)
    if asked.one("uploadType") != "media" or not asked.call.headers.get("content-type", "").startswith("text/csv"):
        raise NotImitated("an upload of anything but CSV")
    lines = list(csv.reader(io.StringIO(asked.call.body.decode())))
    with changing(asked.world, file, asked.world.account) as work:
        sheet = Sheet(work.book.new_id(), work.book.title)
        for at, line in enumerate(lines):
            sheet.put_row(at, 0, tuple(_typed(work, text) for text in line))
        sheet.row_count = max(sheet.row_count, len(lines))
        work.book.sheets, work.book.time_zone = [sheet], "America/Los_Angeles"
    return answer_json(200, _second_version(asked, file))


def _typed(work: Work, text: str) -> Cell:
    cell = typed(EMPTY, text, work.book.locale, work.year)
    return EMPTY if cell == EMPTY else work.noted(cell)


def _second_version(asked: Asked, file: File) -> Json:
    """The little of Drive v2's answer that is imitated."""
    told = resource(asked, file)
    head = {"kind": "drive#file", "id": told["id"], "title": told["name"], "mimeType": SPREADSHEET}
    return {**head, "modifiedDate": told["modifiedTime"], "createdDate": told["createdTime"]}
