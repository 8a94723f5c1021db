"""The Findings tab: a table of what is wrong, with links that find their row again, and the marks' keys."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from registry_sheets.registry.checking import CheckResult
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Grid, Place, a1, column_letters
from registry_sheets.registry.marks import ALWAYS_NEEDED, Row
from registry_sheets.registry.sheets import Sheet, SheetCell, Style
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.tabs.canvas import heights_of, rows_of, same_cells, text_row
from registry_sheets.registry.tabs.check import row_keys
from registry_sheets.registry.tabs.hidden import Hidden, fill

HEADERS = (
    "Severity",
    "Model",
    "Version",
    "Column",
    "Cell",
    "What is wrong",
    "What to do",
    "Since",
    "Rule",
    "Tab",
    "Row",
)
"""The last two are hidden: where the link points to."""

SEVERITY_WORDS = {Severity.ERROR: "Error", Severity.WARNING: "Warning", Severity.INFO: "Info"}
LOST = "moved or gone"
NOT_CHECKED = "Not checked yet. The first sync fills this tab."
SEARCH_LIMIT = 5_000_000
"""Links search the table for a row that moved only where findings times rows are fewer, to stay quick."""

_HEADER_ROW = 3
_FIRST_ROW = _HEADER_ROW + 1
_MODEL, _VERSION, _CELL, _SINCE, _TAB, _ROW = 1, 2, 4, 7, 9, 10
_BLANK_COLUMN = len(HEADERS)
_DAY_PLACE = (_FIRST_ROW, _BLANK_COLUMN + 1)
_WIDTHS = (10, 26, 11, 18, 9, 58, 58, 12, 22)
_TEXT_LIMIT = 32_000
_PLAIN_TITLE = re.compile("[A-Za-z_]+")
_LIKE_A_REFERENCE = re.compile("[A-Z]{1,3}|RC|TRUE|FALSE", re.I)
_HOW_TO = "Click a cell's address to go there. Mend it in the table of models: its colour goes at once, its line here "
_HOW_TO += "with the next check. This tab is written anew by each check, so keep notes elsewhere."


def findings_sheet(
    result: CheckResult | None,
    table: ModelTable | None = None,
    *,
    today: date | None = None,
    before: Grid | None = None,
    vocabulary: Mapping[str, Stage] | None = None,
    remember_rows: bool = False,
    title: str = "Findings",
) -> Sheet:
    """The tab for a check's result; None: before any check.

    ``table`` is what was checked: links then find a row again after a sort. ``before`` is the tab as it
    was read: the day that the tab tells is the day since which its content stands, so where nothing else
    differs the tab is the same also on a later day; ``today`` None tells no day. ``vocabulary`` maps stage
    words (normalised) to stages. ``remember_rows``: the Models tab has a Check column, which wants to know
    what changed since the check.
    """
    words, remembered = vocabulary or {}, row_keys(table) if table is not None and remember_rows else ()
    since = _day_told(before)
    if before is not None and since:
        kept = _sheet(result, table, words, remembered, since, title)
        if same_cells(kept, before):
            return kept
    return _sheet(result, table, words, remembered, today.isoformat() if today else "", title)


def _day_told(before: Grid | None) -> str:
    row, column = _DAY_PLACE
    if before is None or row >= len(before.rows) or column >= len(before.rows[row]):
        return ""
    cell = before.rows[row][column]
    return cell if isinstance(cell, str) else ""


def _sheet(
    result: CheckResult | None,
    table: ModelTable | None,
    vocabulary: Mapping[str, Stage],
    remembered: Sequence[str],
    day: str,
    title: str,
) -> Sheet:
    findings = result.findings if result else ()
    hidden = Hidden(_FIRST_ROW, _BLANK_COLUMN + 1, f"${column_letters(_BLANK_COLUMN)}${_FIRST_ROW + 1}")
    fill(hidden, findings, table, vocabulary, remembered, day)
    cells: dict[Place, SheetCell] = {
        (0, 0): SheetCell(title, "title"),
        (1, 0): SheetCell(summary(result, day) if result else NOT_CHECKED),
        (2, 0): SheetCell(_HOW_TO, "note"),
        **text_row(HEADERS, _HEADER_ROW, "header"),
        **hidden.cells,
    }
    links = Links(table, len(findings))
    for number, finding in enumerate(findings):
        cells |= _finding_row(finding, _FIRST_ROW + number, links)
    last = _FIRST_ROW + max(len(findings), 1)
    return Sheet(
        kind="findings",
        title=title,
        rows=rows_of(cells),
        widths=dict(enumerate(_WIDTHS)),
        row_heights=heights_of(cells, dict(enumerate(_WIDTHS)), _FIRST_ROW),
        hidden_columns=frozenset(range(_TAB, hidden.column)),
        frozen_rows=_HEADER_ROW + 1,
        table=f"A{_HEADER_ROW + 1}:{column_letters(_ROW)}{last}",
        table_name="Registry_findings",
        names=hidden.names,
        numbers_as_text=(f"B{_FIRST_ROW + 1}:C{last}",),
        tab_color="C55A11",
    )


def summary(result: CheckResult, day: str) -> str:
    """One line that counts. It tells the day since which this is so, never how long ago that was."""
    counted = [(sum(f.severity is severity for f in result.findings), severity.value) for severity in Severity]
    told = [f"{number} {word}{'' if number == 1 or word == 'info' else 's'}" for number, word in counted if number]
    text = ", ".join(told) or "No findings"
    if result.accepted:
        text += f"; {len(result.accepted)} more accepted in Lists"
    return f"{text}. As found on {day}; the same since." if day else f"{text}."


def _finding_row(finding: Finding, row: int, links: Links) -> dict[Place, SheetCell]:
    severity: Style = finding.severity.value
    texts = (finding.name, finding.version, finding.column or "")
    cells = {(row, 1 + place): SheetCell(_cut(text), "wrapped") for place, text in enumerate(texts)}
    cells[row, 0] = SheetCell(SEVERITY_WORDS[finding.severity], severity)
    for place, text in ((_CELL + 1, finding.message), (_CELL + 2, finding.fix), (_SINCE + 1, finding.rule)):
        cells[row, place] = SheetCell(_cut(text), "wrapped")
    if finding.since:
        cells[row, _SINCE] = SheetCell(finding.since, "date")
    return cells | links.cells(finding, row)


def _cut(text: str) -> str:
    return text if len(text) <= _TEXT_LIMIT else text[:_TEXT_LIMIT] + "…"


class Links:
    """Links from findings to their cells.

    References to the Models tab follow inserted rows by themselves. After a sort the row at that place is
    another, which two comparisons tell; then the row is looked for by its name and version.
    """

    def __init__(self, table: ModelTable | None, findings: int) -> None:
        self.table = table
        self.identity = [f for f in ALWAYS_NEEDED if table is not None and table.has(f)]
        self.searches = table is not None and findings * len(table) <= SEARCH_LIMIT

    def cells(self, finding: Finding, row: int) -> dict[Place, SheetCell]:
        """The link and the two hidden cells that it is made from."""
        if finding.row is None or not finding.tab:
            return {}
        tab = quoted(finding.tab)
        column = self._column(finding)
        target = f"{tab}!${column_letters(column)}${finding.row}"
        number = f"${column_letters(_ROW)}{row + 1}"
        address = f"ADDRESS({number},COLUMN({target}),4)"
        jump = f"HYPERLINK(${column_letters(_TAB)}{row + 1}&{address},{address})"
        return {
            (row, _CELL): SheetCell(
                a1(finding.row - 1, column), "link", f'IFERROR(IF({number}=0,"{LOST}",{jump}),"{LOST}")'
            ),
            (row, _TAB): SheetCell("#'" + finding.tab.replace("'", "''") + "'!"),
            (row, _ROW): SheetCell(finding.row, formula=self._row_formula(finding, tab, row)),
        }

    def _column(self, finding: Finding) -> int:
        """The finding's column; for a whole row, or a column that the sheet lacks, where the row begins."""
        if finding.column_index is not None:
            return finding.column_index
        return self.table.columns[self.identity[0]].index if self.table is not None and self.identity else 0

    def _row_formula(self, finding: Finding, tab: str, row: int) -> str:
        if self.table is None or not self.identity or finding.tab != self.table.tab:
            return f"ROW({tab}!$A${finding.row})"
        places = {field: self.table.columns[field].index for field in self.identity}
        shown = {"name": f"${column_letters(_MODEL)}{row + 1}", "version": f"${column_letters(_VERSION)}{row + 1}"}
        there = Row(places, finding.row or 1, f"{tab}!", "$")
        same = ",".join(f"EXACT({there.text(field)},{shown[field]})" for field in self.identity)
        here = f"ROW({there.cell(self.identity[0])})"
        return f"IF(IFERROR(AND({same}),FALSE),{here},{self._search(finding, tab, places, shown)})"

    def _search(self, finding: Finding, tab: str, places: Mapping[str, int], shown: Mapping[str, str]) -> str:
        """The last row that has this name and version; 0 where none has, or nothing tells the row."""
        if self.table is None or not self.searches or not (finding.name or finding.version):
            return "0"
        first, last = self.table.header_row + 1, max(self.table.row_numbers, default=self.table.header_row + 1)
        ranges = {f: f"{tab}!${column_letters(c)}${first}:${column_letters(c)}${last}" for f, c in places.items()}
        same = "*".join(f"EXACT({ranges[field]},{shown[field]})" for field in self.identity)
        return f"SUMPRODUCT(MAX({same}*ROW({ranges[self.identity[0]]})))"


def quoted(title: str) -> str:
    """A tab's title as formulas write it; without quotes where Excel leaves them out, or each save would differ."""
    plain = _PLAIN_TITLE.fullmatch(title) and not _LIKE_A_REFERENCE.fullmatch(title)
    return title if plain else "'" + title.replace("'", "''") + "'"
