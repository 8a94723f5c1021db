"""A tab of ours that is new: everything in requests of one batch, in an order that is valid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from registry_sheets.registry.sheets import OWN_KINDS, Sheet
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.marked import TAB_KEY, created
from registry_sheets.workbooks.google.tabs import conditional, validations
from registry_sheets.workbooks.google.tabs.celldata import LOOK, NOTE, VALUE, extent, row_data
from registry_sheets.workbooks.google.tabs.formulas import Dialect, Link, range_name
from registry_sheets.workbooks.google.tabs.looks import cell_format, color_style
from registry_sheets.workbooks.google.tabs.ranges import column_range, dimension_range, grid_range

PROTECTED = "Registry Sheets writes this tab"
SPARE = 20
"""Blank rows below the cells of a tab."""
_PEOPLES_ROWS, _PEOPLES_COLUMNS = 1_000, 26  # as Google's own new tabs


def adding(
    sheet: Sheet,
    *,
    sheet_id: int,
    title: str,
    dialect: Dialect,
    link: Link,
    rows: int | None = None,
    columns: int | None = None,
    editors: Sequence[str] | None = None,
    named: Mapping[str, str] | None = None,
) -> list[Json]:
    """The requests that add a tab after all others.

    ``sheet_id`` is a free one. The tab gets ``rows`` x ``columns``, but never fewer than its cells need; None: some
    more than they need, and on a tab that people fill as many as Google gives a new tab, or more. ``editors`` are the
    e-mail addresses that may write an own tab; None leaves that to Google, which takes whoever asks (recorded).
    ``named`` are named ranges that are there already (name -> namedRangeId): they are moved here.
    """
    properties = _properties(sheet, sheet_id, title, rows, columns)
    body = _body(sheet, sheet_id, properties, dialect, link, editors, named or {})
    return [{"addSheet": {"properties": properties}}, *body]


def _properties(sheet: Sheet, sheet_id: int, title: str, rows: int | None, columns: int | None) -> Json:
    need_rows, need_columns = extent(sheet)
    usual_rows, usual_columns = (SPARE, 0) if sheet.kind in OWN_KINDS else (_PEOPLES_ROWS, _PEOPLES_COLUMNS)
    grid = {
        "rowCount": max(need_rows, max(usual_rows, need_rows + SPARE) if rows is None else rows),
        "columnCount": max(need_columns, usual_columns if columns is None else columns),
        "frozenRowCount": sheet.frozen_rows,
        "frozenColumnCount": sheet.frozen_columns,
        "hideGridlines": sheet.kind == "guide",
    }
    found: Json = {"sheetId": sheet_id, "title": title, "gridProperties": grid}
    if sheet.tab_color:
        found["tabColorStyle"] = color_style(sheet.tab_color)
    return found


def _body(
    sheet: Sheet,
    sheet_id: int,
    properties: Json,
    dialect: Dialect,
    link: Link,
    editors: Sequence[str] | None,
    named: Mapping[str, str],
) -> Iterator[Json]:
    """All but the tab itself. Column formats come before cells, which overwrite them."""
    rows: int = properties["gridProperties"]["rowCount"]
    yield from name_ranges(sheet, sheet_id, named)
    for column, style in sheet.column_styles.items():
        yield repeated_look(column_range(sheet_id, column, sheet.frozen_rows), cell_format(style))
    start = {"sheetId": sheet_id, "rowIndex": 0, "columnIndex": 0}
    cells = row_data(sheet, dialect, link, notes=True)
    yield {"updateCells": {"start": start, "rows": cells, "fields": f"{VALUE},{LOOK},{NOTE}"}}
    for ref in sheet.merged:
        yield {"mergeCells": {"range": grid_range(ref, sheet_id, rows), "mergeType": "MERGE_ALL"}}
    yield from _sizes(sheet, sheet_id)
    yield from hiding(sheet, sheet_id)
    for validation in sheet.validations:
        yield validations.setting(validation, grid_range(validation.ref, sheet_id, rows))
    yield from conditional.rules(sheet.marks, sheet_id=sheet_id, dialect=dialect, rows=rows)
    if sheet.table or sheet.filter:
        yield {"setBasicFilter": {"filter": {"range": filter_range(sheet, sheet_id, rows)}}}
    if sheet.kind in OWN_KINDS:
        yield protecting(sheet_id, editors)
    if sheet.kind != "other":
        yield created(TAB_KEY, sheet.kind, {"sheetId": sheet_id})
    if sheet.hidden:
        yield {"updateSheetProperties": {"properties": {"sheetId": sheet_id, "hidden": True}, "fields": "hidden"}}


def name_ranges(sheet: Sheet, sheet_id: int, named: Mapping[str, str]) -> Iterator[Json]:
    """The requests that give the sheet's names their ranges; ``named`` are those there are (name -> namedRangeId)."""
    for name, reference in sheet.names.items():
        found: Json = {"name": range_name(name), "range": grid_range(reference, sheet_id)}
        there = named.get(found["name"])
        if there is None:
            yield {"addNamedRange": {"namedRange": found}}
        else:
            yield {"updateNamedRange": {"namedRange": {**found, "namedRangeId": there}, "fields": "name,range"}}


def filter_range(sheet: Sheet, sheet_id: int, rows: int) -> Json:
    """Where the filter stands: on the table; on a tab that people fill, to its end."""
    found = grid_range(sheet.table or sheet.filter, sheet_id, rows)
    return found if sheet.table else {**found, "endRowIndex": rows}


def repeated_look(range_: Json, look: Json, part: str = "") -> Json:
    """The request that gives a range one CellFormat, or one ``part`` of it and leaves the rest."""
    return {"repeatCell": {"range": range_, "cell": {LOOK: look}, "fields": f"{LOOK}.{part}" if part else LOOK}}


def protecting(sheet_id: int, editors: Sequence[str] | None) -> Json:
    """The request after which only ``editors``, and the spreadsheet's owner, write a tab."""
    found: Json = {"range": {"sheetId": sheet_id}, "description": PROTECTED, "warningOnly": False}
    if editors is not None:
        found["editors"] = {"users": list(editors)}
    return {"addProtectedRange": {"protectedRange": found}}


def hiding(sheet: Sheet, sheet_id: int) -> Iterator[Json]:
    """The requests that hide the sheet's hidden columns."""
    for first, last, _ in _runs(dict.fromkeys(sheet.hidden_columns, True)):
        yield _dimension(sheet_id, "COLUMNS", first, last, {"hiddenByUser": True})


def _sizes(sheet: Sheet, sheet_id: int) -> Iterator[Json]:
    """Widths, and heights of frozen rows; Google fits the others to their text by itself (assumed)."""
    for first, last, width in _runs({column: pixels(width) for column, width in sheet.widths.items()}):
        yield _dimension(sheet_id, "COLUMNS", first, last, {"pixelSize": width})
    tall = {row: round(height * 4 / 3) for row, height in sheet.row_heights.items() if row < sheet.frozen_rows}
    for first, last, height in _runs(tall):
        yield _dimension(sheet_id, "ROWS", first, last, {"pixelSize": height})


def pixels(width: float) -> int:
    """A column's width in pixels from its width in characters, as Excel counts them for its usual font."""
    return round(width * 7) + 5


def _dimension(sheet_id: int, dimension: str, first: int, last: int, properties: Json) -> Json:
    range_ = dimension_range(sheet_id, dimension, first, last)
    return {"updateDimensionProperties": {"range": range_, "properties": properties, "fields": ",".join(properties)}}


def _runs(values: Mapping[int, int]) -> Iterator[tuple[int, int, int]]:
    """(first, last + 1, value) of neighbours that have the same value."""
    for (value, _), run in groupby(enumerate(sorted(values)), lambda one: (values[one[1]], one[1] - one[0])):
        places = [place for _, place in run]
        yield places[0], places[-1] + 1, value
