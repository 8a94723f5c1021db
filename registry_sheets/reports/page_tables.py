"""The rows of the page's long tables, made as HTML here: a template takes ten times as long for each cell."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup, escape

from registry_sheets.registry.columns import METRIC_PREFIX
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.text import one_line
from registry_sheets.reports.content import Report
from registry_sheets.reports.page_charts import end_text, start_text
from registry_sheets.reports.page_links import CellLinks
from registry_sheets.reports.page_text import cell_html, clipped, dated, folded
from registry_sheets.reports.page_widths import MANY, print_widths

_TALLEST = 1_000
"""The rows that a cell spans at most; HTML allows 65,534."""


class Heading(NamedTuple):
    """A column: ``number`` where all its cells are numbers, which sort and align as such; ``long`` texts get room.

    ``width`` is that on paper, in percent.
    """

    text: str
    number: bool
    long: bool
    width: str


class VersionsTable(NamedTuple):
    """All versions. ``numbers`` are those of the rows, for the page's script to write before them, and to make links
    of: ``before``, the number, ``after``; both '' where there are no links."""

    headings: Sequence[Heading]
    rows: Markup
    total: int
    numbers: str
    before: str
    after: str

    @property
    def many(self) -> bool:
        """Whether it has so many columns that it is printed smaller."""
        return len(self.headings) > MANY


def versions_table(report: Report, links: CellLinks) -> VersionsTable:
    """The rows of the Models tab."""
    columns = list(zip(*(row.cells for row in report.rows), strict=False)) or [()] * len(report.headings)
    widths = print_widths(list(zip(report.headings, columns, strict=False)))
    headings = [
        _heading(text, cells, width) for text, cells, width in zip(report.headings, columns, widths, strict=False)
    ]
    numbers = [place for place, one in enumerate(headings) if one.number]
    rows = merged_rows([list(map(cell_html, row.cells)) for row in report.rows], apart=numbers)
    places = _ranges([row.row for row in report.rows])
    before = links.row(report.rows[0].link, report.rows[0].row) if report.rows else ""
    return VersionsTable(headings, rows, len(report.rows), places, before, links.after if before else "")


def merged_rows(rows: Sequence[Sequence[str]], apart: Collection[int] = ()) -> Markup:
    """Rows of equally many cells (HTML) as a table's rows; a text that is repeated downwards stands in one tall cell.

    That halves a long table, for the rows of a model have most of their texts in common. The page's script makes them
    cells again, to sort and filter. The columns ``apart`` are left as they are; blank cells at the end are left out.
    """
    columns = [
        [f"<td>{cell}" for cell in column] if place in apart else list(_spanned(column))
        for place, column in enumerate(zip(*rows, strict=True))
    ]
    # The line break stands in the tag, for between rows it would be part of the last cell's text.
    lines = ("<tr\n>" + _without_blank_end("".join(cells)) for cells in zip(*columns, strict=True))
    return Markup("".join(lines))  # noqa: S704 (made of escaped cells)


def _spanned(cells: Sequence[str]) -> Iterator[str]:
    for cell, run in groupby(cells):
        left = sum(1 for _ in run)
        while left:
            tall = min(left, _TALLEST)
            if (tall - 1) * (len(cell) + len("<td>")) > len(" rowspan=99"):
                yield f"<td rowspan={tall}>{cell}"
                yield from ("",) * (tall - 1)
            else:
                yield from (f"<td>{cell}",) * tall
            left -= tall


def _without_blank_end(cells: str) -> str:
    while cells.endswith("<td>"):
        cells = cells[: -len("<td>")]
    return cells


def _heading(text: str, cells: Sequence[Cell], width: str) -> Heading:
    filled = [cell for cell in cells if cell != ""]
    is_number = _is_metric if text.startswith(METRIC_PREFIX) else _is_number
    long = sum(len(cell) for cell in filled if isinstance(cell, str)) > 24 * len(filled)
    return Heading(clipped(one_line(text[:200]), 60), bool(filled) and all(map(is_number, filled)), long, width)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell, (int, float)) and not isinstance(cell, bool)


def _is_metric(cell: Cell) -> bool:
    """A number, or one typed as text: 0.91, 0,91 or 91 %."""
    if not isinstance(cell, str):
        return _is_number(cell)
    try:
        float(cell.strip().removesuffix("%").replace(",", "."))
    except ValueError:
        return False
    return cell.isascii()


def _ranges(numbers: Sequence[int]) -> str:
    """'2+300 310+5' for 2 to 301 and 310 to 314."""
    runs = groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0])
    return " ".join(f"{run[0][1]}+{len(run)}" for run in (list(of) for _, of in runs))


PERIOD_HEADINGS = ("Model", "Version", "Used for", "Location", "From", "To", "Start", "Why")


def period_rows(periods: Sequence[LivePeriod], begins: date | None) -> Markup:
    """The rows of the table of live periods."""
    return merged_rows([tuple(_period(one, begins)) for one in periods])


def period_widths(periods: Sequence[LivePeriod]) -> Sequence[str]:
    """How wide the columns of that table are on paper, in percent."""
    days = ["2026-01-05"]
    columns: Sequence[Sequence[str]] = (
        [one.name for one in periods],
        [one.version for one in periods],
        [one.used_for for one in periods],
        [one.location for one in periods],
        days,
        days,
        [one.basis for one in periods],
        [one.why for one in periods],
    )
    return print_widths(list(zip(PERIOD_HEADINGS, columns, strict=True)))


def _period(period: LivePeriod, begins: date | None) -> Iterator[str]:
    for text in (period.name, period.version, period.used_for, period.location):
        yield str(folded(text))
    basis = "" if period.start is None else period.basis
    for text in (start_text(period, begins), end_text(period)):
        yield str(dated(text) if " " in text else escape(text))
    yield basis
    yield str(folded(period.why))
