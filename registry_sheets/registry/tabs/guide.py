"""The Guide tab: how to fill a row, on one screen."""

from __future__ import annotations

from registry_sheets.registry.columns import COLUMNS, Need
from registry_sheets.registry.grid import Place
from registry_sheets.registry.sheets import Mark, Sheet, SheetCell, Tint
from registry_sheets.registry.tabs.canvas import heights_of, rows_of, text_row

_NEEDS: dict[Need, str] = {"required": "required", "recommended": "helpful", "optional": "if you like"}
_COLOURS: tuple[tuple[Tint, str, str], ...] = (
    ("missing", "Still to fill", "A row has been started and this cell is needed. Seen while you type."),
    ("doubled", "Twice", "Another row has the same name, version, location and use."),
    (
        "error",
        "To fix",
        "The last check found something wrong; Findings says what to do. A changed cell loses its colour at once.",
    ),
    ("warning", "Worth a look", "The last check found something doubtful."),
)
_TABS = (
    ("Models", "One row for each version of a model. This is the tab to fill."),
    ("Lists", "Locations, owners and data sources for the dropdowns; findings that you accept."),
    ("Findings", "What the last check found. A click on an address goes to the cell."),
    ("Live", "What is in production now, where, since when and why."),
    ("Changes", "What changed in Models lately: old and new, and when a check saw it."),
)
_TIPS = (
    ("New version", "A new row. Leave the row of the old one and set its Stage to Archived."),
    ("Several values", "Locations, owners and uses: put ; between them, or one a line."),
    (
        "Figures",
        "Add columns such as 'Metric: MAPE' or 'Metric: MAPE (holidays)'. Other columns of your own are fine too.",
    ),
    ("Order", "Sort, filter and move columns as you like; keep the headers."),
    ("Exceptions", "Right as it stands, though it is a finding? Put it under Accepted in Lists, and say why."),
)
_WIDTHS: dict[int, float] = {0: 20, 1: 11, 2: 54, 3: 30, 4: 3, 5: 14, 6: 54}
_RIGHT = 5
_HEADER = 3


def guide_sheet(contact: str = "", title: str = "Guide") -> Sheet:
    """The tab; ``contact`` says whom to ask (a name or an address), '' names the person who runs the check."""
    who = contact or "the person who set up this registry"
    cells: dict[Place, SheetCell] = {
        (0, 0): SheetCell("How to fill in a row", "title"),
        (1, 0): SheetCell(
            "Each row of Models is one version of one model. A row reads like the example on this page.", "note"
        ),
        **text_row(("Column", "Need", "What to put there", "Example"), _HEADER, "header"),
    }
    for row, column in enumerate(COLUMNS, _HEADER + 1):
        texts = (column.header, _NEEDS[column.need], column.help, column.example)
        cells |= text_row(texts, row, "wrapped")
    cells |= _right()
    bottom = _HEADER + len(COLUMNS) + 2
    cells[bottom, 0] = SheetCell(f"Questions? Ask {who}.", "plain")
    return Sheet(
        kind="guide",
        title=title,
        rows=rows_of(cells),
        widths=_WIDTHS,
        row_heights=heights_of(cells, _WIDTHS, _HEADER + 1),
        marks=tuple(Mark(f"F{_HEADER + 2 + n}", "TRUE", tint) for n, (tint, _, _) in enumerate(_COLOURS)),
        tab_color="7F7F7F",
    )


def _right() -> dict[Place, SheetCell]:
    """Colours, tabs and tips, one under the other."""
    cells: dict[Place, SheetCell] = {}
    row = _HEADER
    pairs = [(word, text) for _, word, text in _COLOURS]
    for heading, lines in (("Colours", pairs), ("Tabs", list(_TABS)), ("Good to know", list(_TIPS))):
        cells[row, _RIGHT] = SheetCell(heading, "header")
        cells[row, _RIGHT + 1] = SheetCell("", "header")
        for word, text in lines:
            row += 1
            cells[row, _RIGHT] = SheetCell(word, "wrapped")
            cells[row, _RIGHT + 1] = SheetCell(text, "wrapped")
        row += 1
    return cells
