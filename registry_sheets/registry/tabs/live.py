"""The Live tab: what is in Production now, where, for what, since when and why."""

from __future__ import annotations

from collections.abc import Sequence

from registry_sheets.registry.grid import Cell, Place, column_letters
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.live import LiveVersion
from registry_sheets.registry.sheets import Sheet, SheetCell, Style
from registry_sheets.registry.tabs.canvas import heights_of, rows_of, text_row
from registry_sheets.registry.tabs.findings import NOT_CHECKED

HEADERS = (
    "Model",
    "Used for",
    "Location",
    "Version",
    "Live since",
    "Training date",
    "Data source",
    "What changed",
    "Why",
    "Replaced",
)
_WIDTHS = (26, 24, 24, 11, 13, 13, 32, 40, 40, 11)
_HEADER_ROW = 3
_NOTE = (
    "Every version whose Stage is Production, one line for each location and use. Live since: Deployed on, else the "
    "day on which a check first saw it. Written anew by each check."
)


def live_sheet(versions: Sequence[LiveVersion] | None, title: str = "Live") -> Sheet:
    """The tab for what live_versions() gives; None: before any check."""
    shown = versions or ()
    cells: dict[Place, SheetCell] = {
        (0, 0): SheetCell(title, "title"),
        (1, 0): SheetCell(NOT_CHECKED if versions is None else _summary(versions)),
        (2, 0): SheetCell(_NOTE, "note"),
        **text_row(HEADERS, _HEADER_ROW, "header"),
    }
    for row, version in enumerate(shown, _HEADER_ROW + 1):
        cells |= {(row, place): _cell(value) for place, value in enumerate(_values(version)) if value != ""}
    last = _HEADER_ROW + 1 + max(len(shown), 1)
    return Sheet(
        kind="live",
        title=title,
        rows=rows_of(cells),
        widths=dict(enumerate(_WIDTHS)),
        row_heights=heights_of(cells, dict(enumerate(_WIDTHS)), _HEADER_ROW + 1),
        frozen_rows=_HEADER_ROW + 1,
        frozen_columns=1,
        table=f"A{_HEADER_ROW + 1}:{column_letters(len(HEADERS) - 1)}{last}",
        table_name="Registry_live",
        numbers_as_text=tuple(f"{letter}{_HEADER_ROW + 2}:{letter}{last}" for letter in "ADJ"),
        tab_color="548235",
    )


def _summary(versions: Sequence[LiveVersion]) -> str:
    if not versions:
        return "No version is in Production."
    models = len({normalise(version.name) for version in versions} - {""}) or 1
    lines = f"{len(versions)} line{'s' if len(versions) > 1 else ''}"
    return f"{models} model{'s are' if models > 1 else ' is'} live, in {lines}."


def _values(version: LiveVersion) -> Sequence[Cell]:
    return (
        version.name,
        version.used_for,
        version.location,
        version.version,
        version.since or "",
        version.training_date or "",
        version.data_source,
        version.what_changed,
        version.why,
        version.replaced,
    )


def _cell(value: Cell) -> SheetCell:
    style: Style = "wrapped" if isinstance(value, str) else "date"
    return SheetCell(value, style)
