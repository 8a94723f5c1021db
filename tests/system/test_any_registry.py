"""Any cells whatsoever in a Models tab: a pass never fails, and Findings, read back, says what was found."""

from __future__ import annotations

import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from registry_sheets.operations.looking import Terms
from registry_sheets.operations.sync import Outputs, run_pass
from registry_sheets.registry.findings import Finding
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.registry.tabs.findings import SEVERITY_WORDS
from registry_sheets.workbooks.base import Snapshot
from registry_sheets.workbooks.excel.new import write_workbook
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook

HEADINGS = ("Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Deployed on", "My notes")
WORDS = st.sampled_from(
    [
        "AC failure",
        "ac-failure",
        "3.1",
        "3.10",
        "1E3",
        "Production",
        "Testing",
        "live",
        "n/a",
        "TBD",
        "a@example.com",
        "=1+1",
        "+49",
        "-",
        "@x",
        "*",
        "?",
        "~",
        ">=3",
        "\u00a0",
        "😀 model",
        "\u202etxt",
        "04/05/2026",
        "2026-05-04",
    ]
)
CELLS: st.SearchStrategy[Cell] = st.one_of(
    st.just(""),
    WORDS,
    st.text(max_size=30),
    st.text(alphabet="=+-@\t\r\n\x00\x0b\ufffe_x0D'\"&<]>", max_size=12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**9), 10**9),
    st.booleans(),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1)).map(lambda moment: moment.replace(microsecond=0)),
    st.times().map(lambda moment: moment.replace(microsecond=0)),
)
ROWS = st.lists(st.lists(CELLS, min_size=len(HEADINGS), max_size=len(HEADINGS)), min_size=1, max_size=6)
LONG = "x" * 32_767


class _Nothing:
    """No workbook beside, nothing remembered."""

    def findings(self) -> None: ...

    def write(self, _sheets: object) -> None:
        raise AssertionError("the workbook itself must take the findings")

    def typed(self, _snapshot: Snapshot) -> tuple[str, ...]:
        return ()

    def remember(self, _snapshot: Snapshot, _written: object) -> None: ...


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=ROWS)
@example(rows=[[LONG] * 9, [f"={LONG[1:]}"] * 9, ["😀" * 16_383] * 9])
@example(rows=[["\x01\x1b[31m", "\ud800", "#N/A", "_x0041_", "<b>&amp;", "Production", "=HYPERLINK(1)", "", "\x7f"]])
@example(
    rows=[["a|b", "c", "", "", "", "Live", "", timedelta(days=2), ""], ["a", "b|c", "", "", "", "Live", "", "", ""]]
)
def test_a_pass_over_any_cells(rows: list[list[Cell]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "models.xlsx")
        cells = [[SheetCell(cell) for cell in row] for row in (list(HEADINGS), *rows)]
        write_workbook([Sheet("models", "Models", cells)], path)
        workbook = ExcelWorkbook(path, Path(folder, "state"))
        outputs = Outputs("in place", _Nothing(), _Nothing(), Path(folder, "out"))
        first = run_pass(workbook, Terms("any"), date(2026, 6, 30), outputs)
        assert _shown(workbook) == [_row(finding) for finding in first.result.findings]
        content = path.read_bytes()
        second = run_pass(workbook, Terms("any"), date(2026, 6, 30), outputs)
        assert second.result.findings == first.result.findings
        assert path.read_bytes() == content


def _row(finding: Finding) -> list[str]:
    texts = (finding.name, finding.version, finding.column or "", finding.message, finding.fix, finding.rule)
    return [SEVERITY_WORDS[finding.severity], *map(_kept, texts)]


def _kept(text: str) -> str:
    """What a cell can hold of a text: very long ones are cut."""
    return text if len(text) <= 32_000 else text[:32_000] + "…"


def _shown(workbook: ExcelWorkbook) -> list[list[str]]:
    snapshot = workbook.read()
    rows = snapshot.grid(snapshot.own_tabs["findings"]).rows
    header = next(number for number, row in enumerate(rows) if row[0] == "Severity")
    found = [row for row in rows[header + 1 :] if row[0] != ""]
    return [[str(row[at]) for at in (0, 1, 2, 3, 5, 6, 8)] for row in found]
