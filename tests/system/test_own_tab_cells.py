"""Any cells whatsoever: written once, and the second time recognised as being there."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

TEXTS = st.text(max_size=40) | st.text(alphabet="=+-@'_x0Dd\r\n\t \x00\x0b\ufffe\u200b😀é&<]>", max_size=20)
MOMENTS = st.datetimes(datetime(1900, 3, 1), datetime(9999, 12, 31)).map(lambda moment: moment.replace(microsecond=0))
CELLS = st.one_of(
    TEXTS,
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False, allow_subnormal=False),
    st.booleans(),
    MOMENTS,
    MOMENTS.map(datetime.date),
    st.times().map(lambda moment: moment.replace(microsecond=0)),
    st.timedeltas(timedelta(0), timedelta(days=999)).map(lambda span: timedelta(seconds=int(span.total_seconds()))),
)
ROWS = st.lists(st.lists(CELLS, max_size=4), max_size=5)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS)
@example(rows=[["x" * 40_000], ["😀" * 20_000], ["_x000D_", "\r\n", "\x01", "\ud800", "=1", "'", " "]])
@example(rows=[[0.1 + 0.2, 1e-300, 1e300, 123456789012345678, True, 1]])
@example(rows=[[date(2026, 1, 1), time(0), timedelta(hours=30), datetime(2026, 1, 1, 23, 59, 59)]])
def test_written_once(rows: list[list[Cell]]) -> None:
    sheet = Sheet("findings", "Findings", [[SheetCell(cell) for cell in row] for row in rows])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "models.xlsx")
        openpyxl.Workbook().save(path)
        workbook = ExcelWorkbook(path, Path(folder, "state"))
        assert workbook.replace_own_tabs([sheet], workbook.read().revision).changed
        content = path.read_bytes()
        assert not workbook.replace_own_tabs([sheet], workbook.read().revision).changed
        assert path.read_bytes() == content
