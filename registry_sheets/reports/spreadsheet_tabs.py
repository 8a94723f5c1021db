"""One section of a report as a tab: header, rows, filter, widths, links and how it prints."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING, Any

from registry_sheets.registry.grid import column_letters
from registry_sheets.registry.text import shown, xml_safe
from registry_sheets.reports.spreadsheet_frames import Section
from registry_sheets.reports.spreadsheet_styles import Look, Pen

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

A4 = 9
_NARROWEST, _WIDEST = 9, 46
_SAMPLE = 400  # rows that settle a column's width
_PAGE_WIDTH = 230  # characters of a landscape page that can still be read
_MOST_LINES = 10  # of a row; a cell may hold 32,767 characters
_LINE = 15.0  # points
_MOST_LINKS = 60_000  # of a tab; Excel takes 65,530
_SEVERITIES: dict[str, Look] = {"error": "error", "warning": "warning", "info": "info"}
_FOOTER_LONGEST = 60


def add_tab(workbook: Workbook, section: Section, pen: Pen, footer: str) -> Worksheet:
    """Add the section as a tab: the header in row 1, frozen and filtered, then its rows.

    Where there are none it has the header alone, so that programs read no row; the summary says how many there are.
    """
    sheet: Worksheet = workbook.create_sheet(section.title)
    headings = list(section.frame.columns)
    rows = list(section.frame.itertuples(index=False, name=None))
    for place, heading in enumerate(headings, 1):
        pen.write(sheet, 1, place, heading, "header")
    _rows(sheet, section, rows, pen)
    _columns(sheet, [[heading, *_column(rows, place)] for place, heading in enumerate(headings)])
    _heights(sheet, [headings, *rows])
    sheet.freeze_panes = "C2" if section.title != "Changes" else "D2"
    sheet.auto_filter.ref = f"A1:{column_letters(len(headings) - 1)}{max(len(rows), 1) + 1}"
    for_print(sheet, footer, header_rows=1, name_columns="A:B")
    return sheet


def _rows(sheet: Worksheet, section: Section, rows: Sequence[Sequence[Any]], pen: Pen) -> None:
    linked = list(section.frame.columns).index(section.linked)
    severity = 0 if section.title == "Findings" else -1
    for number, (row, link) in enumerate(zip(rows, section.links, strict=True), 2):
        for place, value in enumerate(row):
            look = _SEVERITIES.get(value, "body") if place == severity else "body"
            to = link if place == linked and number <= _MOST_LINKS else ""
            pen.write(sheet, number, place + 1, value, look, to)


def _column(rows: Sequence[Sequence[Any]], place: int) -> list[Any]:
    return [row[place] for row in rows[:_SAMPLE]]


def _columns(sheet: Worksheet, columns: Sequence[Sequence[Any]]) -> None:
    """As wide as the widest cell of the first rows, within what can be read; the header may wrap."""
    for place, (heading, *cells) in enumerate(columns):
        words = max([len(heading) // 3, *map(len, heading.split())]) + 4  # and the filter's arrow
        widest = max((_length(cell) for cell in cells), default=0) + 2
        sheet.column_dimensions[column_letters(place)].width = min(max(words, widest, _NARROWEST), _WIDEST)


def _length(cell: Any) -> int:
    if cell is None or cell == "":
        return 0
    return max((len(line) for line in cell.splitlines()), default=0) if isinstance(cell, str) else len(shown(cell))


def _heights(sheet: Worksheet, rows: Sequence[Sequence[Any]]) -> None:
    """As high as the text, told outright, as not every program works it out; but no row fills the screen."""
    widths = [sheet.column_dimensions[column_letters(place)].width for place in range(len(rows[0]))]
    for number, row in enumerate(rows, 1):
        texts = ((cell, width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str))
        lines = max((lines_of(cell, width) for cell, width in texts), default=1)
        if lines > 1:
            sheet.row_dimensions[number].height = min(lines, _MOST_LINES) * _LINE


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a cell so many characters wide."""
    if len(text) < width - 1 and "\n" not in text:
        return 1
    # Bold and wide letters, and lines that break at words, take a tenth more than their number.
    return sum(max(ceil(1.1 * len(line) / max(width - 1, 1)), 1) for line in text.split("\n"))


def for_print(sheet: Worksheet, footer: str, header_rows: int = 0, name_columns: str = "") -> None:
    """Landscape, as wide as the page (or as few pages as can still be read), the header on every page.

    ``name_columns`` ('A:B') are repeated where one page is not wide enough.
    """
    from openpyxl.worksheet.properties import PageSetupProperties

    total = sum(dimension.width for dimension in sheet.column_dimensions.values())
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth = max(ceil(total / _PAGE_WIDTH), 1)
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    foot: Any = sheet.oddFooter
    foot.left.text, foot.center.text, foot.right.text = footer, "&A", "&P / &N"
    if header_rows:
        sheet.print_title_rows = f"1:{header_rows}"
    if name_columns and sheet.page_setup.fitToWidth > 1:
        sheet.print_title_cols = name_columns


def footer_text(label: str, day: str) -> str:
    """A workbook's name and a day for the foot of a page, where & begins a code."""
    plain = re.sub(r"\s+", " ", xml_safe(label))
    return f"{plain[:_FOOTER_LONGEST]}, {day}".replace("&", "&&")
