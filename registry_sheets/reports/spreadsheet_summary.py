"""The report's first tab, numbers and charts, and its last, the figures that the charts are drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.grid import column_letters
from registry_sheets.reports.content import Report
from registry_sheets.reports.headings import about, changes_since, heading
from registry_sheets.reports.spreadsheet_charts import Block, ages_chart, owners_chart, trend_chart
from registry_sheets.reports.spreadsheet_frames import (
    age_figures,
    owner_figures,
    rule_figures,
    stage_figures,
    trend_figures,
)
from registry_sheets.reports.spreadsheet_styles import Look, Pen
from registry_sheets.reports.spreadsheet_tabs import for_print, lines_of

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_LABELS, _NUMBERS, _GAP = 34, 14, 3  # widths of columns A, B and C
_CHART_COLUMN = "D"
_POINTS_OF_CM = 28.35
_CHARTS_TOP, _CHARTS_APART = 1.1, 1.0  # centimetres
_LINE = 15.5
_TOP = 3  # the header of every block of figures
_NAMES = 52
_HEADER_LINES = 2

Figures = Mapping[str, Block]


def add_figures(workbook: Workbook, report: Report, pen: Pen, footer: str) -> Figures:
    """Add the tab of the figures; says where each block is."""
    sheet: Worksheet = workbook.create_sheet("Figures")
    pen.write(sheet, 1, 1, "Figures behind the charts of the summary", "title")
    frames = {
        "trend": trend_figures(report),
        "owners": owner_figures(report),
        "ages": age_figures(report),
        "stages": stage_figures(report),
        "rules": rule_figures(report),
    }
    column, blocks = 1, {}
    for name, frame in frames.items():
        blocks[name] = _block(sheet, frame, column, pen)
        column += len(frame.columns) + 1
    sheet.row_dimensions[_TOP].height = _HEADER_LINES * _LINE
    sheet.freeze_panes = f"A{_TOP + 1}"
    for_print(sheet, footer)
    _print_one_page(sheet, blocks, column)
    return blocks


def _print_one_page(sheet: Worksheet, blocks: Figures, end: int) -> None:
    """Without the days of the trend, which would fill pages, and which the chart shows."""
    others = [block for name, block in blocks.items() if name != "trend"]
    last = max(block.top + block.rows for block in others)
    first = column_letters(min(block.column for block in others) - 1)
    sheet.print_area = f"{first}{_TOP}:{column_letters(end - 3)}{last}"
    sheet.page_setup.fitToWidth = sheet.page_setup.fitToHeight = 1


def _block(sheet: Worksheet, frame: pd.DataFrame, column: int, pen: Pen) -> Block:
    for place, name in enumerate(frame.columns):
        pen.write(sheet, _TOP, column + place, name, "header")
        width = _NAMES if any(isinstance(value, str) for value in frame[name]) else 14
        sheet.column_dimensions[column_letters(column + place - 1)].width = width
    for number, row in enumerate(frame.itertuples(index=False, name=None), _TOP + 1):
        for place, value in enumerate(row):
            pen.write(sheet, number, column + place, value, "percent" if isinstance(value, float) else "body")
    sheet.column_dimensions[column_letters(column + len(frame.columns) - 1)].width = _GAP
    return Block(sheet, _TOP, column, len(frame), len(frame.columns) - 1)


def add_summary(sheet: Worksheet, report: Report, pen: Pen, footer: str, figures: Figures) -> None:
    """Fill the first tab: what it is about, the numbers, what else should be known; charts beside them."""
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = _LINE, True
    for letter, width in zip("ABC", (_LABELS, _NUMBERS, _GAP), strict=True):
        sheet.column_dimensions[letter].width = width
    pen.write(sheet, 1, 1, heading(report), "title")
    sheet.row_dimensions[1].height = 27
    pen.write(sheet, 2, 1, about(report), "name", report.link)
    sheet.merge_cells("A2:B2")
    row = 4
    for label, value, look in _numbers(report):
        pen.write(sheet, row, 1, label, "label")
        pen.write(sheet, row, 2, value, look)
        row += 1
    row = _stages(sheet, row + 1, figures["stages"], pen)
    for told, look in _sentences(report):
        _sentence(sheet, row + 1, told, look, pen)
        row += 1
    _charts(sheet, figures)
    sheet.sheet_view.showGridLines = False
    sheet.sheet_view.tabSelected = True
    for_print(sheet, footer)
    sheet.page_setup.orientation = "portrait"
    sheet.page_setup.fitToHeight = 1


def _numbers(report: Report) -> Iterator[tuple[str, Any, Look]]:
    counts, share = report.counts, report.completeness.share
    yield "Models", report.models, "figure"
    yield "Versions", len(report.rows), "figure"
    yield "Models that are live", report.live_models, "figure"
    yield "Errors", counts[Severity.ERROR], "figure"
    yield "Warnings", counts[Severity.WARNING], "figure"
    yield "For information", counts[Severity.INFO], "figure"
    yield "Of these, overdue", len(report.overdue), "figure"
    yield "Cells filled, of those that count", "none to fill" if share is None else round(share, 4), "share"
    yield f"Changes since {changes_since(report)}", len(report.changes), "figure"
    yield "History begins on", report.begins or "there is none", "figure"


def _stages(sheet: Worksheet, row: int, stages: Block, pen: Pen) -> int:
    """The versions by stage, as in the figures; gives the row after them."""
    for number in range(stages.top, stages.top + stages.rows + 1):
        header = number == stages.top
        for place in (0, 1):
            value = stages.sheet.cell(number, stages.column + place).value
            pen.write(sheet, row, 1 + place, value, "header" if header else ("figure" if place else "label"))
        row += 1
    return row


def _sentences(report: Report) -> Iterator[tuple[str, Look]]:
    if not report.complete:
        yield "Not everything could be checked:", "error"
    yield from ((told, "warning") for told in report.unchecked)
    yield from ((told, "remark") for told in report.notes)


def _sentence(sheet: Worksheet, row: int, told: str, look: Look, pen: Pen) -> None:
    """Over both columns; merged cells do not grow by themselves."""
    pen.write(sheet, row, 1, told, look)
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=2)
    sheet.row_dimensions[row].height = min(lines_of(told, _LABELS + _NUMBERS), 20) * _LINE


def _charts(sheet: Worksheet, figures: Figures) -> None:
    """One below the other; a chart of nothing is left out."""
    trend, owners, ages = figures["trend"], figures["owners"], figures["ages"]
    charts: Sequence[Any] = [
        *([trend_chart(trend, trend.rows)] if trend.rows else []),
        *([owners_chart(owners)] if owners.rows else []),
        *([ages_chart(ages)] if ages.rows else []),
    ]
    top = _CHARTS_TOP
    for chart in charts:
        sheet.add_chart(chart, f"{_CHART_COLUMN}{_row_at(sheet, top)}")
        top += chart.height + _CHARTS_APART


def _row_at(sheet: Worksheet, top: float) -> int:
    """The row that begins so many centimetres down; those with sentences in them are higher than others."""
    row, points = 1, top * _POINTS_OF_CM
    while points > 0:
        points -= sheet.row_dimensions[row].height or _LINE
        row += 1
    return row
