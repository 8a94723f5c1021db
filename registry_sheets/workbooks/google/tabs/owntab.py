"""An own tab that is written anew: cells and names; what people did to its widths, filter and view stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from registry_sheets.registry.sheets import Sheet
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.tabs import conditional
from registry_sheets.workbooks.google.tabs.celldata import LOOK, VALUE, extent, row_data
from registry_sheets.workbooks.google.tabs.formulas import OURS, Dialect, Link, range_name
from registry_sheets.workbooks.google.tabs.newtab import SPARE, filter_range, hiding, name_ranges

KEPT = 200
"""A tab is made shorter only where it has more blank rows, or columns, than this: most passes need not."""


def replacing(
    sheet: Sheet,
    *,
    sheet_id: int,
    rows: int,
    columns: int,
    named: Mapping[str, str],
    dialect: Dialect,
    link: Link,
    basic_filter: Json | None = None,
    merged: bool = False,
    rules: Sequence[Json] | None = None,
) -> list[Json]:
    """The requests that put a tab's new content in the place of all that it holds.

    ``rows`` x ``columns`` is its size now. ``named`` are the spreadsheet's named ranges (name -> namedRangeId): where
    the sheet has names, those of ours that it no longer has are deleted. ``basic_filter`` is the tab's filter as
    read (None: it has none and gets none), ``merged`` whether it has merged cells, ``rules`` its conditional formats
    (None: they are left alone).
    """
    need = extent(sheet)
    size = max(rows, need[0]), max(columns, need[1])
    return [
        *(_resized(sheet_id, *size) if size != (rows, columns) else ()),
        *([{"unmergeCells": {"range": _whole(sheet_id, *size)}}] if merged else ()),
        _cells(sheet, sheet_id, size, dialect, link),
        *name_ranges(sheet, sheet_id, named),
        *_forgotten(sheet, named),
        *hiding(sheet, sheet_id),
        *_filtering(sheet, sheet_id, size[0], basic_filter),
        *(_marks(sheet, sheet_id, size[0], dialect, rules) if rules is not None else ()),
        *_shrinking(sheet, sheet_id, size, need),
    ]


def _cells(sheet: Sheet, sheet_id: int, size: tuple[int, int], dialect: Dialect, link: Link) -> Json:
    """The whole grid: it clears what the rows do not cover (documented)."""
    rows = row_data(sheet, dialect, link)
    return {"updateCells": {"range": _whole(sheet_id, *size), "rows": rows, "fields": f"{VALUE},{LOOK}"}}


def _whole(sheet_id: int, rows: int, columns: int) -> Json:
    ends = {"endRowIndex": rows, "endColumnIndex": columns}
    return {"sheetId": sheet_id, "startRowIndex": 0, "startColumnIndex": 0, **ends}


def _forgotten(sheet: Sheet, named: Mapping[str, str]) -> Iterator[Json]:
    kept = {range_name(name) for name in sheet.names}
    for name, number in named.items() if kept else ():
        if name.startswith(OURS) and name not in kept:
            yield {"deleteNamedRange": {"namedRangeId": number}}


def _filtering(sheet: Sheet, sheet_id: int, rows: int, there: Json | None) -> Iterator[Json]:
    """The filter follows the table and keeps what people filter by; it sorts nothing, or we would write it again."""
    if there is None or not (sheet.table or sheet.filter):
        return
    range_ = filter_range(sheet, sheet_id, rows)
    old = {"startRowIndex": 0, "startColumnIndex": 0, **there.get("range", {}), "sheetId": sheet_id}
    if old != range_ or there.get("sortSpecs"):
        specs = {"filterSpecs": there["filterSpecs"]} if there.get("filterSpecs") else {}
        yield {"setBasicFilter": {"filter": {"range": range_, **specs}}}


def _marks(sheet: Sheet, sheet_id: int, rows: int, dialect: Dialect, rules: Sequence[Json]) -> Sequence[Json]:
    return conditional.mending(rules, sheet.marks, sheet_id=sheet_id, dialect=dialect, rows=rows)


def _shrinking(sheet: Sheet, sheet_id: int, size: tuple[int, int], need: tuple[int, int]) -> Iterator[Json]:
    rows, columns = (least + SPARE if now > least + KEPT else now for now, least in zip(size, need, strict=True))
    if (rows, columns) != size:
        # Frozen rows must be fewer than all: what people froze beyond ours would make Google refuse the batch.
        frozen = {"frozenRowCount": sheet.frozen_rows, "frozenColumnCount": sheet.frozen_columns}
        yield from _resized(sheet_id, rows, columns, frozen)


def _resized(sheet_id: int, rows: int, columns: int, more: Json | None = None) -> Iterator[Json]:
    grid = {"rowCount": rows, "columnCount": columns, **(more or {})}
    fields = ",".join(f"gridProperties.{name}" for name in grid)
    yield {"updateSheetProperties": {"properties": {"sheetId": sheet_id, "gridProperties": grid}, "fields": fields}}
