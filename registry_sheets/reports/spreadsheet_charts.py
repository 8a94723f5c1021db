"""The report's native charts, drawn from the blocks of the Figures tab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from registry_sheets.reports.spreadsheet_styles import DARK, GREY, ORANGE, PALE, YELLOW

if TYPE_CHECKING:
    from openpyxl.chart import BarChart, LineChart
    from openpyxl.chart.title import Title
    from openpyxl.worksheet.worksheet import Worksheet

WIDTH = 19.0
"""Centimetres; as high as a chart needs to be."""

_FEW_POINTS = 3


class Block(NamedTuple):
    """Figures on a tab: names or days in ``column``, then ``series`` columns of numbers; the header is in ``top``.

    All counted from 1.
    """

    sheet: Worksheet
    top: int
    column: int
    rows: int
    series: int


def trend_chart(block: Block, days: int) -> LineChart:
    """Completeness over time, of ``days`` days altogether."""
    from openpyxl.chart import LineChart
    from openpyxl.chart.axis import DateAxis

    chart = LineChart()
    _fill(chart, block, "How complete the registry is", (DARK,))
    chart.height = 7.5
    chart.legend = None
    # A new axis has the number of the one that it replaces, or the chart has no axis at all.
    chart.x_axis = DateAxis(crossAx=100, axId=500)
    chart.x_axis.number_format = "yyyy\\-mm\\-dd"
    chart.x_axis.baseTimeUnit = "days"
    chart.x_axis.majorTimeUnit = "months" if days > 92 else "days"
    chart.x_axis.majorUnit = 1 if days > 92 else max(days // 6, 1)
    chart.y_axis.crossAx = 500
    chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 1
    chart.y_axis.majorUnit = 0.25
    _axes(chart, "Day", "Cells filled", "0%")
    line = chart.series[0]
    line.smooth = False
    line.graphicalProperties.line.width = 28_000  # EMU
    if block.rows < _FEW_POINTS:
        line.marker.symbol, line.marker.size = "circle", 7
    return chart


def owners_chart(block: Block) -> BarChart:
    """Findings of each owner, by severity, one bar an owner."""
    chart = _bars(block, "Findings by owner", (ORANGE, YELLOW, GREY))
    chart.grouping = "stacked"
    chart.overlap = 100
    _axes(chart, "Owner", "Findings", "#,##0")
    _whole_numbers(chart, block)
    return chart


def ages_chart(block: Block) -> BarChart:
    """The age of live versions beside their retraining days."""
    chart = _bars(block, "Age of live versions against their retraining days", (DARK, PALE))
    chart.grouping = "clustered"
    chart.gapWidth = 60
    _axes(chart, "Live version", "Days", "#,##0")
    return chart


def _bars(block: Block, title: str, colors: Sequence[str]) -> BarChart:
    from openpyxl.chart import BarChart

    chart = BarChart()
    chart.type = "bar"
    _fill(chart, block, title, colors)
    chart.height = min(5.0 + 0.65 * block.rows, 15.0)
    chart.x_axis.scaling.orientation = "maxMin"  # the first one on top,
    chart.y_axis.crosses = "max"  # and the numbers still at the bottom
    chart.legend.position = "b"
    return chart


def _whole_numbers(chart: BarChart, block: Block) -> None:
    """No gridlines at half a finding."""
    rows = block.sheet.iter_rows(
        min_row=block.top + 1,
        max_row=block.top + block.rows,
        min_col=block.column + 1,
        max_col=block.column + block.series,
        values_only=True,
    )
    if max((sum(number for number in row if isinstance(number, int)) for row in rows), default=0) <= 6:
        chart.y_axis.majorUnit = 1


def _fill(chart: Any, block: Block, title: str, colors: Sequence[str]) -> None:
    from openpyxl.chart import Reference

    last = block.top + block.rows
    values = Reference(block.sheet, block.column + 1, block.top, block.column + block.series, last)
    chart.add_data(values, titles_from_data=True)
    chart.set_categories(Reference(block.sheet, block.column, block.top + 1, block.column, last))
    chart.title = _title(title, 1_300)
    chart.width = WIDTH
    for series, color in zip(chart.series, colors, strict=True):
        series.graphicalProperties.solidFill = color
        series.graphicalProperties.line.solidFill = color


def _axes(chart: Any, across: str, up: str, number_format: str) -> None:
    """With delete=None, which is openpyxl's default, newer programs show no axis."""
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.x_axis.title, chart.y_axis.title = _title(across, 1_000), _title(up, 1_000)
    chart.y_axis.number_format = number_format
    chart.y_axis.majorGridlines.spPr = _faint_line()


def _faint_line() -> Any:
    from openpyxl.chart.shapes import GraphicalProperties
    from openpyxl.drawing.line import LineProperties

    return GraphicalProperties(ln=LineProperties(solidFill="D9D9D9", w=6_000))


def _title(text: str, size: int) -> Title:
    """A title of a size in hundredths of a point, beside the plot and not over it."""
    from openpyxl.chart.text import RichText, Text
    from openpyxl.chart.title import Title
    from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun

    looks = CharacterProperties(sz=size, b=size > 1_000)
    paragraph = Paragraph(pPr=ParagraphProperties(defRPr=looks), r=[RegularTextRun(rPr=looks, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)
