"""Aids for a Models tab that people made: what our own tab has, put only where theirs has nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.sheets import Sheet, Validation
from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.tabs import validations
from registry_sheets.workbooks.google.tabs.looks import cell_format
from registry_sheets.workbooks.google.tabs.newtab import repeated_look
from registry_sheets.workbooks.google.tabs.ranges import box, column_range


@dataclass(frozen=True, slots=True)
class Present:
    """What a tab has: its size, and the columns (from 0) with any validation or number format below the header."""

    rows: int
    columns: int
    validated: frozenset[int] = frozenset()
    formatted: frozenset[int] = frozenset()
    frozen_rows: int = 0
    filtered: bool = False


def aids(
    columns: Mapping[str, int], header_row: int, lists_title: str, present: Present, *, sheet_id: int
) -> list[Json]:
    """The requests that add dropdowns, date validation, text formats, a frozen header and a filter where none is.

    ``columns`` are places by field, from 0; ``header_row`` counts from 1, as ``present`` was read. No cell's value, and
    no look but a number format, is changed.
    """
    ours = models_sheet(lists_title=lists_title)
    places = _places(ours)
    return [
        *_validations(_by_field(places, ours), columns, header_row, present, sheet_id),
        *_text_formats(_text_fields(places, ours), columns, header_row, present, sheet_id),
        *_frame(header_row, present, sheet_id),
    ]


def _places(sheet: Sheet) -> Mapping[int, str]:
    """The fields of our own tab by column."""
    fields = {column.header: column.field for column in COLUMNS}
    return {at: fields[str(cell.value)] for at, cell in enumerate(sheet.rows[0]) if cell.value in fields}


def _by_field(places: Mapping[int, str], sheet: Sheet) -> Mapping[str, Validation]:
    return {places[box(validation.ref)[1]]: validation for validation in sheet.validations}


def _text_fields(places: Mapping[int, str], sheet: Sheet) -> frozenset[str]:
    return frozenset(places[at] for at, style in sheet.column_styles.items() if style == "text")


def _validations(
    wanted: Mapping[str, Validation], columns: Mapping[str, int], header_row: int, present: Present, sheet_id: int
) -> Iterator[Json]:
    for field, column in columns.items():
        if field in wanted and column not in present.validated:
            yield validations.setting(wanted[field], column_range(sheet_id, column, header_row))


def _text_formats(
    wanted: frozenset[str], columns: Mapping[str, int], header_row: int, present: Present, sheet_id: int
) -> Iterator[Json]:
    look = {"numberFormat": cell_format("text")["numberFormat"]}
    for field, column in columns.items():
        if field in wanted and column not in present.formatted:
            yield repeated_look(column_range(sheet_id, column, header_row), look, "numberFormat")


def _frame(header_row: int, present: Present, sheet_id: int) -> Iterator[Json]:
    """Frozen rows down to the header, and a filter from it to the tab's end."""
    if not present.frozen_rows and header_row < present.rows:
        properties = {"sheetId": sheet_id, "gridProperties": {"frozenRowCount": header_row}}
        yield {"updateSheetProperties": {"properties": properties, "fields": "gridProperties.frozenRowCount"}}
    if not present.filtered:
        ends = {"endRowIndex": present.rows, "endColumnIndex": present.columns}
        range_ = {"sheetId": sheet_id, "startRowIndex": header_row - 1, "startColumnIndex": 0, **ends}
        yield {"setBasicFilter": {"filter": {"range": range_}}}
