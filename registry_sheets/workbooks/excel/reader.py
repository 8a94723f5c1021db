"""One tab as a Grid: calamine where it is safe and able, the streaming reader elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.workbooks.excel.container import Container
from registry_sheets.workbooks.excel.outline import Outline, Tab
from registry_sheets.workbooks.excel.preflight import Limits
from registry_sheets.workbooks.excel.scan import Facts, scan

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

    from registry_sheets.workbooks.excel.cellvalues import Values
    from registry_sheets.workbooks.excel.sparse import Survey

_BYTES_A_CELL = 8
_LARGEST_AREA = 200_000_000


@dataclass
class TabReader:
    """Reads tabs of one workbook from the bytes that ``container`` holds."""

    container: Container
    outline: Outline
    limits: Limits = field(default_factory=Limits)
    without_formulas: set[str] = field(default_factory=set)
    """Titles of the tabs read so far in which certainly no formula stands."""

    def grid(self, tab: Tab) -> Grid:
        """The tab's cells. Raises UnreadableWorkbook where its part is missing or damaged."""
        if tab.part is None:
            raise UnreadableWorkbook(
                f"The content of the tab '{tab.title}' is missing from {self.container.label}.",
                "Open it in Excel and let Excel repair it, or bring back an earlier copy.",
            )
        facts = scan(self.container.chunks(tab.part)) if self.outline.plain else None
        if facts is not None and not facts.formulas:
            self.without_formulas.add(tab.title)
        if facts is not None and facts.height * facts.width <= self._allowed(tab.part):
            rows = self._by_calamine(tab.title)
            if rows is not None:
                return self._finished(tab, rows, facts)
        return self._streamed(tab, tab.part, regular=facts is not None)

    def _allowed(self, part: str) -> int:
        """How many cells the rectangle around all content may have: few, or as many as the content warrants."""
        return min(max(self.limits.max_area, self.container.size(part) // _BYTES_A_CELL), _LARGEST_AREA)

    def _streamed(self, tab: Tab, part: str, *, regular: bool) -> Grid:
        # Hardly any workbook needs this reader, and a check of a small one is mostly imports.
        from registry_sheets.workbooks.excel.sparse import Area, Survey, chosen_area, read_cells

        survey = Survey()
        read_cells(self.container.chunks(part), survey.add, part, self.container.label)
        allowed = self._allowed(part)
        if regular and survey.height * survey.width <= allowed and not survey.outside:
            rows = self._by_calamine(tab.title)
            if rows is not None:
                return self._finished(tab, rows, survey)
        area = Area(self._values, *chosen_area(survey, allowed))
        read_cells(self.container.chunks(part), area.add, part, self.container.label)
        return self._finished(tab, area.squared(), survey, tuple(area.beyond))

    def _finished(
        self, tab: Tab, rows: list[list[Cell]], facts: Facts | Survey, beyond: tuple[tuple[int, int], ...] = ()
    ) -> Grid:
        return Grid(
            title=tab.title,
            rows=rows,
            errors=facts.errors,
            uncached=frozenset(facts.uncached),
            beyond=beyond,
            hidden=tab.hidden,
            date1904=self.outline.date1904,
        )

    def _by_calamine(self, title: str) -> list[list[Cell]] | None:
        """The rows from A1, or None where calamine cannot read this workbook or tab."""
        if self._calamine is None:
            return None
        try:
            sheet = self._calamine.get_sheet_by_name(title)
            return _rows(sheet)
        except Exception:  # calamine has no common base for what it raises
            return None

    @cached_property
    def _calamine(self) -> CalamineWorkbook | None:
        from python_calamine import CalamineWorkbook

        try:
            return CalamineWorkbook.from_filelike(BytesIO(self.container.data))
        except Exception:  # as above
            return None

    @cached_property
    def _values(self) -> Values:
        from registry_sheets.workbooks.excel.cellvalues import Values, read_formats, read_strings

        label, outline = self.container.label, self.outline
        strings: list[str] = []
        if outline.strings:
            strings = read_strings(self.container.chunks(outline.strings), outline.strings, label)
        formats = read_formats(self.container.nodes(outline.styles)) if outline.styles else []
        return Values(strings, formats, outline.date1904)


def _rows(sheet: CalamineSheet) -> list[list[Cell]]:
    """The sheet's rows from A1, with one object for equal texts and one for equal dates.

    Row by row, so that the many equal texts of a list never stand in memory side by side: on 100,000
    rows that saves a third of the peak, and whoever looks for distinct values later finds them faster.
    """
    if sheet.start is None:
        return []
    texts: dict[str, str] = {}
    days: dict[date, date] = {}
    text, day = texts.setdefault, days.setdefault
    left = [""] * sheet.start[1]  # iter_rows begins at the first column with content, but at the first row of all
    rows: list[list[Cell]] = []
    for line in sheet.iter_rows():
        cells: list[Cell] = [
            text(cell, cell) if type(cell) is str else day(cell, cell) if type(cell) is date else cell for cell in line
        ]
        rows.append([*left, *cells] if left else cells)
    return rows
