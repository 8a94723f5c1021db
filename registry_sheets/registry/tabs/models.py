"""The Models tab of a new registry: headers with notes, dropdowns, formats, marks and the Check column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from registry_sheets.registry.columns import CHECK_HEADER, COLUMNS, Column, Kind
from registry_sheets.registry.grid import Cell, Place, column_letters
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.marks import (
    ALWAYS_NEEDED,
    LAST_ROW,
    NEEDED,
    NEEDED_UNLESS_ARCHIVED,
    marks_for,
)
from registry_sheets.registry.sheets import Sheet, SheetCell, Style, Validation
from registry_sheets.registry.table import Stage, TableColumn
from registry_sheets.registry.table_settings import stage_vocabulary
from registry_sheets.registry.tabs.canvas import heights_of, rows_of
from registry_sheets.registry.tabs.check import TRACKED_ROWS, check_formula, check_value, header_cell, places_of
from registry_sheets.registry.tabs.lists import choices

CHECK_ROWS = 200
"""The Check formula stands ready in so many rows. Below them Excel carries it on by itself as rows are added
("Extend data range formats and formulas"), and so does a row that the tool adds; formats, dropdowns and
marks run to the sheet's end anyway. More rows would only make the file slower to open."""

_WIDTHS: Mapping[str, float] = {
    "name": 26,
    "version": 11,
    "training_date": 13,
    "data_source": 32,
    "location": 24,
    "stage": 13,
    "owner": 26,
    "used_for": 24,
    "what_changed": 40,
    "changed_by": 16,
    "why": 40,
    "deployed_on": 13,
    "last_reviewed": 13,
    "run_link": 30,
    "data_link": 30,
    "retrain_every": 14,
}
_CHECK_WIDTH = 27
_OWN_WIDTH = 18
_STYLES: Mapping[Kind, Style] = {
    "text": "wrapped",
    "version": "text",
    "date": "date",
    "stage": "wrapped",
    "link": "wrapped",
    "days": "wrapped",
}
_FIRST = 1
"""Check comes first, in sight while the rest is being filled; the columns of a model version follow."""
_ROW = 2
_CHECK_NOTE = (
    "Filled by itself. '2 to fix': coloured cells want a look; 'changed since last check': the next check will say; "
    "'no findings on 2026-07-01': nothing was found on that day, and the row is still as it was."
)


def models_sheet(
    rows: Sequence[Mapping[str, Cell]] = (),
    own_headers: Sequence[str] = (),
    own_cells: Sequence[Sequence[Cell]] = (),
    *,
    title: str = "Models",
    lists_title: str = "Lists",
) -> Sheet:
    """The tab with its aids.

    ``rows`` are model versions (field -> cell); ``own_headers`` are the people's own columns (metrics among
    them), to the right, and ``own_cells`` their cells, a sequence for each row. A list too long for Check to
    follow gets no Check column: marks and Findings work at any length.
    """
    checked = len(rows) <= TRACKED_ROWS
    first = _FIRST if checked else 0
    places = places_of([column.field for column in COLUMNS], first)
    cells = _header(first, own_headers) | _body(rows, own_cells, first)
    if checked:
        cells |= _checks(rows, places)
    columns = {column.field: TableColumn(column.field, column.header, places[column.field]) for column in COLUMNS}
    width = first + len(COLUMNS) + len(own_headers)
    widths = _widths(first, len(own_headers))
    last_row = max(len(rows), CHECK_ROWS) + 1
    return Sheet(
        kind="models",
        title=title,
        rows=rows_of(cells),
        widths=widths,
        column_styles={places[column.field]: _style(column) for column in COLUMNS},
        row_heights={0: 34, **heights_of(cells, widths, 1)},
        frozen_rows=1,
        frozen_columns=first + len(ALWAYS_NEEDED),
        filter=f"A1:{column_letters(width - 1)}{last_row}",
        validations=tuple(_validations(places, lists_title)),
        marks=marks_for(columns, 1, check_column=0 if checked else None),
        notes=_notes(places, checked),
        numbers_as_text=tuple(_to_the_end(places[field], 2) for field in ALWAYS_NEEDED),
        tab_color="1F4E78",
    )


def _style(column: Column) -> Style:
    return "text" if column.field in ALWAYS_NEEDED else _STYLES[column.kind]


def _header(first: int, own_headers: Sequence[str]) -> dict[Place, SheetCell]:
    cells: dict[Place, SheetCell] = {(0, 0): SheetCell(CHECK_HEADER, "header-own")} if first else {}
    for place, column in enumerate(COLUMNS, first):
        cells[0, place] = SheetCell(column.header, "header" if column.need == "required" else "header-recommended")
    for place, header in enumerate(own_headers, first + len(COLUMNS)):
        cells[0, place] = SheetCell(header, "header-recommended")
    return cells


def _body(
    rows: Sequence[Mapping[str, Cell]], own_cells: Sequence[Sequence[Cell]], first: int
) -> dict[Place, SheetCell]:
    cells: dict[Place, SheetCell] = {}
    for number, row in enumerate(rows, 1):
        for place, column in enumerate(COLUMNS, first):
            if (value := row.get(column.field, "")) != "":
                cells[number, place] = SheetCell(value, _style(column))
    for number, own in enumerate(own_cells, 1):
        for place, value in enumerate(own, first + len(COLUMNS)):
            if value != "":
                cells[number, place] = SheetCell(value, "wrapped")
    return cells


def _checks(rows: Sequence[Mapping[str, Cell]], places: Mapping[str, int]) -> dict[Place, SheetCell]:
    vocabulary, header = stage_vocabulary({}), header_cell(0, 1)
    cells = {}
    for number in range(max(CHECK_ROWS, len(rows))):
        row = rows[number] if number < len(rows) else {}
        stage = vocabulary.get(normalise(str(row.get("stage", ""))))
        value = check_value(row, _needed(stage))
        cells[number + 1, 0] = SheetCell(value, "wrapped", check_formula(places, number + _ROW, header))
    return cells


def _needed(stage: Stage | None) -> Sequence[str]:
    """The fields that a row of this stage needs, as the Check formula counts them."""
    if stage is Stage.PRODUCTION:
        return NEEDED
    return ALWAYS_NEEDED if stage is Stage.ARCHIVED else (*ALWAYS_NEEDED, *NEEDED_UNLESS_ARCHIVED)


def _widths(first: int, own: int) -> Mapping[int, float]:
    widths = {place: _WIDTHS[column.field] for place, column in enumerate(COLUMNS, first)}
    widths |= {first + len(COLUMNS) + place: _OWN_WIDTH for place in range(own)}
    return widths | ({0: _CHECK_WIDTH} if first else {})


def _notes(places: Mapping[str, int], checked: bool) -> Mapping[str, str]:
    notes = {"A1": _CHECK_NOTE} if checked else {}
    for column in COLUMNS:
        needed = f"{column.need.capitalize()}. {column.help}"
        notes[f"{column_letters(places[column.field])}1"] = f"{needed}\nExample: {column.example}"
    return notes


def _to_the_end(place: int, row: int) -> str:
    letter = column_letters(place)
    return f"{letter}{row}:{letter}{LAST_ROW}"


def _validations(places: Mapping[str, int], lists_title: str) -> Iterator[Validation]:
    for column in COLUMNS:
        ref = _to_the_end(places[column.field], _ROW)
        if column.kind == "stage":
            words = ",".join(stage.value for stage in Stage)
            yield Validation(ref, "list", f'"{words}"', error=f"Stage is one of: {words.replace(',', ', ')}.")
        elif column.kind == "date":
            yield Validation(ref, "date", error=f"{column.header} is a day, such as {column.example}.")
        elif source := choices(column.field, lists_title):
            # No warning: a cell may hold several values, and Lists need not name everything.
            yield Validation(ref, "list", source)
