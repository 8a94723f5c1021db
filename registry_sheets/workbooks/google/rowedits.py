"""Editing rows of people's tabs in a spreadsheet that others edit at the same moment.

Google has no write that depends on what a cell holds. So a row is anchored before it is written: metadata is put on
it, in the same breath its cells are compared with what was read, and the write goes to the row on which the metadata
stands, wherever that is by then. A row that was deleted takes its metadata along, and nothing is written. The answer
to the write tells what the row holds after it. Whether metadata goes along when rows are sorted is not documented:
where the answer shows a neighbour's row, what stood there is put back at once.

A new row is inserted, never written over cells that are there.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from registry_sheets.errors import NotAsMeant, RegistrySheetsError, WorkbookChanged
from registry_sheets.registry.grid import column_letters
from registry_sheets.registry.identity import normalise
from registry_sheets.workbooks.google import marked, reading
from registry_sheets.workbooks.google.api import Json, SheetsApi
from registry_sheets.workbooks.google.rowplan import RowPlan, typed_in
from registry_sheets.workbooks.google.rowrequests import (
    appending,
    column_range,
    columns,
    formats,
    inserting,
    laid_out,
    row_of,
    rows_range,
    shown_dated,
)

_ANSWER = (
    "replies(createDeveloperMetadata(developerMetadata(metadataId))),"
    "updatedSpreadsheet(sheets(properties(sheetId,title),"
    "data(startRow,startColumn,rowData(values(userEnteredValue)))))"
)


_MORE = 20  # rows below the headings in which these are looked for, where somebody inserts rows above them


@dataclass(frozen=True)
class Answered:
    """What a row holds just after a write, and where it stands then (from 0)."""

    cells: list[Any]
    place: int


@dataclass(frozen=True)
class RowWriter:
    """Writes row edits. ``token`` tells this write's anchors from those of any other."""

    api: SheetsApi
    spreadsheet: str
    token: str

    def write(self, plan: RowPlan) -> tuple[int, ...]:
        """Carry out a plan; gives the rows, from 1, that new rows got.

        Raises WorkbookChanged where somebody changed the rows or moved the columns meanwhile: then none of the cells
        that were to be set is; WriteRefused; NotAsMeant where a neighbour's cell could not be put back.
        """
        places: Mapping[int, int] = {}
        try:
            if plan.cells:
                self._anchor(plan)
                places = self._set(plan)
            elif plan.columns:
                self._add_columns(plan)
            if plan.rows or plan.beyond:
                self._insert(plan)
        finally:
            with suppress(RegistrySheetsError):  # what is left there is seen by nobody, and in nobody's way
                self._tidy(plan, places)
        return tuple(at + 1 for at, _ in plan.rows)

    # Cells of rows that are there

    def _anchor(self, plan: RowPlan) -> None:
        """Put metadata on the rows, and see in the same breath that they are those that were read."""
        requests = [self._mark(plan, row) for row in _watched(plan)] + columns(plan)
        answer = self._batch(requests, [rows_range(plan, row, row) for row in _watched(plan)])
        rows = _rows_in(answer)
        for row in _watched(plan):
            expected = plan.after(row) if row == plan.headings and row not in plan.cells else _before(plan, row)
            if rows.get(row, []) != expected:
                raise _moved(plan, row)

    def _set(self, plan: RowPlan) -> dict[int, int]:
        """Write the cells to the anchored rows, and see in the answer that those are the rows. Gives where each row
        stands now."""
        answered = self._write_rows({row: plan.cells.get(row, {}) for row in _watched(plan)})
        found = {row: one.cells for row, one in answered.items()}
        moved = _moved_columns(plan, found)
        for row, cells in found.items():
            held = _held_before(plan, row, cells, moved)
            if held is not None:
                self._put_back(plan, row, cells, held)
                moved = moved or {}
        if moved is not None:
            raise _moved(plan, next(iter(plan.cells)))
        if missing := [row for row in plan.cells if row not in found]:
            raise _moved(plan, missing[0])
        return {row: answered[row].place for row in plan.cells}

    def _put_back(self, plan: RowPlan, row: int, cells: Sequence[Any], held: Mapping[int, Any]) -> None:
        """Give cells that were not meant back what stood in them: the sheet was sorted, or columns were moved, between
        the look and the write."""
        restored = self._write_rows({row: held}).get(row)
        wanted = reading.trimmed([[held.get(column, cell) for column, cell in enumerate(cells)]])
        if restored is None or [restored.cells] != (wanted or [[]]):
            places = ", ".join(column_letters(column) for column in held)
            raise NotAsMeant(
                f"'{plan.tab.title}' was sorted just as row {row + 1} was being written, and column {places} of "
                f"another row ('{_told(cells)}') holds what was meant for it.",
                "Correct that row, or go back in Google's version history (File, Version history), and run again.",
            )

    def _write_rows(self, rows: Mapping[int, Mapping[int, Any]]) -> dict[int, Answered]:
        """Write cells (row -> column -> value) where the anchors stand; gives what those rows hold then."""
        data = [
            {
                "dataFilter": marked.lookup(marked.EDIT_KEY, self._anchor_of(row)),
                "majorDimension": "ROWS",
                "values": [laid_out(cells)],
            }
            for row, cells in rows.items()
        ]
        answer = self.api.values_by_filter(
            self.spreadsheet,
            {
                "valueInputOption": "RAW",
                "data": data,
                "includeValuesInResponse": True,
                "responseValueRenderOption": "FORMULA",
                "responseDateTimeRenderOption": "SERIAL_NUMBER",
            },
            repeatable=True,
        )
        return {row: told for row in rows if (told := self._answered(answer, row)) is not None}

    def _answered(self, answer: Json, row: int) -> Answered | None:
        """What the answer says of a row; None where its anchor stands nowhere."""
        for one in answer.get("responses", ()):
            found = one.get("dataFilter", {}).get("developerMetadataLookup", {}).get("metadataValue")
            if found == self._anchor_of(row) and "updatedData" in one:
                lines = reading.trimmed(one["updatedData"].get("values", ()))
                return Answered(lines[0] if lines else [], row_of(one["updatedData"].get("range", ""), row))
        return None

    # New columns and rows

    def _add_columns(self, plan: RowPlan) -> None:
        """Insert the columns, where nothing else is to be set."""
        self._batch(columns(plan), [])

    def _insert(self, plan: RowPlan) -> None:
        """Insert the new rows; where the columns had been moved by then, or somebody had added the same version,
        empty them again."""
        requests = [appending(plan, cells) for _, cells in sorted(plan.beyond.items())]
        for at, cells in plan.rows:
            requests += inserting(plan, at, cells)
            requests += [self._mark(plan, at)] if at < plan.tab.height else []
        top = min(plan.headings + _MORE, plan.tab.height - 1) if plan.headings is not None else -1
        ranges = [rows_range(plan, 0, top)] if top >= 0 else []
        answer = self._batch(requests, [*ranges, *(column_range(plan, column) for column in plan.identity)])
        moved = plan.headings is not None and plan.after(plan.headings) not in _rows_in(answer).values()
        if moved or _doubled(plan, answer):
            self._write_rows({at: dict.fromkeys(cells, "") for at, cells in plan.rows})
            raise _moved(plan, plan.headings or 0)

    # Anchors

    def _mark(self, plan: RowPlan, row: int) -> Json:
        where = {"sheetId": plan.tab.sheet_id, "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
        return marked.created(marked.EDIT_KEY, self._anchor_of(row), {"dimensionRange": where})

    def _anchor_of(self, row: int) -> str:
        return f"{self.token}:{row}"

    def _tidy(self, plan: RowPlan, places: Mapping[int, int]) -> None:
        """Take the anchors away, and give dates that were set the number format of one, where their cells have none."""
        rows = [*(_watched(plan) if plan.cells else ()), *(at for at, _ in plan.rows)]
        requests = [marked.forgotten(marked.EDIT_KEY, self._anchor_of(row)) for row in rows if row < plan.tab.height]
        for row, place in places.items():
            undated = {column: value for column, value in plan.cells[row].items() if not shown_dated(plan, row, column)}
            requests += formats(plan, place, undated, None)
        if requests:
            self.api.batch_update(self.spreadsheet, {"requests": requests}, repeatable=True)

    def _batch(self, requests: Sequence[Json], ranges: Sequence[str]) -> Json:
        body: Json = {"requests": list(requests)}
        if ranges:
            body |= {"includeSpreadsheetInResponse": True, "responseIncludeGridData": True}
            body["responseRanges"] = list(ranges)
        return self.api.batch_update(self.spreadsheet, body, fields=_ANSWER, repeatable=False)


def new_token() -> str:
    """What no other write is called."""
    return secrets.token_hex(8)


def _watched(plan: RowPlan) -> list[int]:
    """The rows that are anchored: those that are set, and the headings, by which moved columns show."""
    return sorted({*plan.cells, *([plan.headings] if plan.headings is not None else [])})


def _before(plan: RowPlan, row: int) -> list[Any]:
    return list(plan.tab.entered[row]) if row < len(plan.tab.entered) else []


def _moved_columns(plan: RowPlan, found: Mapping[int, Sequence[Any]]) -> dict[int, int | None] | None:
    """Where the columns that are written stood when they were read (None: nowhere); None where none has moved."""
    if plan.headings is None or plan.headings not in found:
        return None
    there, known = found[plan.headings], plan.after(plan.headings)
    if there == known:
        return None
    written = {column for cells in plan.cells.values() for column in cells}
    headed = {heading: at for at, heading in reversed(list(enumerate(known)))}
    return {at: headed.get(there[at]) if at < len(there) else None for at in written}


def _held_before(
    plan: RowPlan, row: int, cells: Sequence[Any], moved: Mapping[int, int | None] | None
) -> Mapping[int, Any] | None:
    """What stood in the cells that were written, where they are not those that were meant; None where they are."""
    written = plan.cells.get(row, {})
    if not written:
        return None
    if moved is not None:
        return {at: _at(_before(plan, row), moved[at]) for at in written}
    neighbour = _neighbour(plan, row, cells)
    return None if neighbour is None else {at: _at(_before(plan, neighbour), at) for at in written}


def _at(cells: Sequence[Any], column: int | None) -> Any:
    return cells[column] if column is not None and column < len(cells) else ""


def _neighbour(plan: RowPlan, row: int, cells: Sequence[Any]) -> int | None:
    """The row as read that these cells are of, apart from those that were written; None where it is the row itself."""
    written = plan.cells.get(row, {}).keys()
    apart = _apart(cells, written)
    if _apart(_before(plan, row), written) == apart:
        return None
    return next((at for at, known in enumerate(plan.tab.entered) if _apart(known, written) == apart), None)


def _apart(cells: Sequence[Any], written: Any) -> list[Any]:
    left = ["" if column in written else cell for column, cell in enumerate(cells)]
    return reading.trimmed([left])[0] if any(cell != "" for cell in left) else []


def _moved(plan: RowPlan, row: int) -> WorkbookChanged:
    return WorkbookChanged(
        f"Row {row + 1} of '{plan.tab.title}' is not what was read: somebody is editing the sheet right now.",
        "Run again.",
    )


def _doubled(plan: RowPlan, answer: Json) -> bool:
    """Whether a row that is known by the same cells as a new one came in between the read and the write."""
    if not plan.identity or not plan.rows:
        return False
    there = Counter(map(_key, zip_longest(*(_column_in(answer, column) for column in plan.identity), fillvalue="")))
    known = Counter(_key([_at(row, column) for column in plan.identity]) for row in plan.tab.entered)
    ours = Counter(_key([typed_in(cells.get(column, "")) for column in plan.identity]) for _, cells in plan.rows)
    return any(there[key] > known[key] + count for key, count in ours.items())


def _key(cells: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(normalise(cell) if isinstance(cell, str) else cell for cell in cells)


def _told(cells: Sequence[Any]) -> str:
    return " ".join(str(cell) for cell in cells if cell != "")[:80]


def _column_in(answer: Json, column: int) -> list[Any]:
    """What was typed into a column that an answer holds whole, as many cells as the tab has rows."""
    found: list[Any] = []
    for sheet in answer.get("updatedSpreadsheet", {}).get("sheets", ()):
        for block in sheet.get("data", ()):
            if block.get("startColumn", 0) == column and not block.get("startRow"):
                cells = reading.entered([row.get("values", ())[:1] for row in block.get("rowData", ())])
                found = max(found, [row[0] if row else "" for row in cells], key=len)
    return found


def _rows_in(answer: Json) -> dict[int, list[Any]]:
    """What was typed into the rows that an answer holds, by row."""
    found: dict[int, list[Any]] = {}
    for sheet in answer.get("updatedSpreadsheet", {}).get("sheets", ()):
        for block in sheet.get("data", ()):
            if block.get("startColumn"):
                continue  # a column that was asked for besides
            for at, row in enumerate(block.get("rowData", ()), block.get("startRow", 0)):
                lines = reading.entered([row.get("values", ())])
                found[at] = max(found.get(at, []), lines[0] if lines else [], key=len)
    return found
