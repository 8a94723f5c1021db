"""The request that finds and replaces text."""

from __future__ import annotations

import re

from tests.support.google.a1 import Box, box_of, within
from tests.support.google.behaviours import behaves
from tests.support.google.cellvalues import typed
from tests.support.google.errors import Refused, only
from tests.support.google.formats import formatted
from tests.support.google.state import Book, Json
from tests.support.google.work import Work

FIND = frozenset(
    [
        "find",
        "replacement",
        "matchCase",
        "matchEntireCell",
        "searchByRegex",
        "includeFormulas",
        "range",
        "sheetId",
        "allSheets",
    ]
)


@behaves("documented", "batchUpdate findReplace", "counts of values, formulas, rows, tabs and occurrences come back")
def find_replace(work: Work, body: Json) -> Json:
    only(body, FIND, "findReplace")
    pattern = body["find"] if body.get("searchByRegex") else re.escape(body["find"])
    if body.get("matchEntireCell"):
        pattern = f"^(?:{pattern})$"
    search = re.compile(pattern, 0 if body.get("matchCase") else re.IGNORECASE)
    new = body.get("replacement") or ""
    replacement = re.sub(r"\$(\d)", r"\\\1", new) if body.get("searchByRegex") else new.replace("\\", "\\\\")
    counts = dict.fromkeys(
        ("valuesChanged", "formulasChanged", "occurrencesChanged", "rowsChanged", "sheetsChanged"), 0
    )
    for box in _searched(work.book, body):
        changed = [
            _replaced(work, box, row, search, replacement, bool(body.get("includeFormulas")), counts)
            for row in range(box.top, min(box.bottom, len(box.sheet.rows)))
        ]
        counts["rowsChanged"] += sum(changed)
        counts["sheetsChanged"] += any(changed)
    return {name: count for name, count in counts.items() if count}


def _searched(book: Book, body: Json) -> list[Box]:
    if body.get("allSheets"):
        return [box_of(book, {"sheetId": sheet.id}) for sheet in book.sheets]
    if body.get("range"):
        return [within(box_of(book, body["range"]))]
    if body.get("sheetId") is None:
        raise Refused(400, "findReplace must have a scope: range, sheetId or allSheets.")
    return [box_of(book, {"sheetId": body["sheetId"]})]


def _replaced(
    work: Work, box: Box, row: int, search: re.Pattern[str], new: str, formulas: bool, counts: dict[str, int]
) -> bool:
    changed = False
    for column in range(box.left, min(box.right, len(box.sheet.rows[row]))):
        cell = box.sheet.cell(row, column)
        if cell.formula and not formulas:
            continue
        text = cell.formula or formatted(cell.effective, cell.number_format, work.book.locale) or ""
        replaced, count = search.subn(new, text)
        if count and text:
            work.check_protected(box._replace(top=row, bottom=row + 1, left=column, right=column + 1))
            held = typed(cell, replaced, work.book.locale, work.year)
            box.sheet.put(row, column, work.noted(held))
            counts["formulasChanged" if cell.formula else "valuesChanged"] += 1
            counts["occurrencesChanged"] += count
            changed = True
    return changed


KINDS = {"findReplace": find_replace}
