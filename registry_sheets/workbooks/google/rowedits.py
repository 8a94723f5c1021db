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
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from registry_sheets.errors import NotAsMeant, RegistrySheetsError, WorkbookChanged
from registry_sheets.registry.grid import column_letters
from registry_sheets.workbooks.google import marked, reading
from registry_sheets.workbooks.google.api import Json, SheetsApi
from registry_sheets.workbooks.google.rowanswers import Held, doubled, held_before, moved_columns, rows_in
from registry_sheets.workbooks.google.rowplan import Cells, RowPlan
from registry_sheets.workbooks.google.rowrequests import (
    column_range,
    columns,
    inserting,
    laid_out,
    rows_range,
    undated,
)

_ANSWER = (
    "replies(createDeveloperMetadata(developerMetadata(metadataId))),"
    "updatedSpreadsheet(sheets(properties(sheetId,title),"
    "data(startRow,startColumn,rowData(values(userEnteredValue)))))"
)
_MORE = 20  # rows below the headings in which these are looked for, where somebody inserts rows above them


@dataclass(frozen=True)
class RowWriter:
    """Writes row edits. ``token`` tells this write's anchors from those of any other."""

    api: SheetsApi
    spreadsheet: str
    token: str

    def write(self, plan: RowPlan) -> tuple[int, ...]:
        """Carry out a plan; gives the rows, from 1, that new rows got.

        Raises WorkbookChanged where somebody changed the rows or moved the columns meanwhile: then none of the cells
        that were to be set is; WriteRefused; NotAsMeant where a cell that was not meant could not be put back.
        """
        try:
            if plan.cells:
                self._anchor(plan)
                self._set(plan, plan.there(), plan.headed(with_columns=False))
            if plan.columns:
                self._batch(columns(plan), [])
                self._set(plan, plan.added(), plan.headed(with_columns=True))
            if plan.rows or plan.beyond:
                self._insert(plan)
        finally:
            with suppress(RegistrySheetsError):  # what is left there is seen by nobody, and in nobody's way
                self._tidy(plan)
        return tuple(at + 1 for at, _ in plan.rows)

    # Cells of rows that are there

    def _anchor(self, plan: RowPlan) -> None:
        """Put metadata on the rows, and see in the same breath that they are those that were read.

        Number formats come first: were a run to end after its values, a date would stay a bare number.
        """
        requests = [*(self._mark(plan, row) for row in plan.watched), *undated(plan)]
        rows = rows_in(self._batch(requests, [rows_range(plan, row, row) for row in plan.watched]))
        for row in plan.watched:
            if rows.get(row, []) != plan.before(row):
                raise _moved(plan, row)

    def _set(self, plan: RowPlan, cells: Cells, headings: Sequence[Any]) -> None:
        """Write cells to the anchored rows, and see in the answer that those are the rows, and the columns."""
        if not cells:
            return
        asked = {row: cells.get(row, {}) for row in plan.watched}
        found = self._write_rows(asked)
        there = found.get(plan.headings) if plan.headings is not None and plan.headings not in cells else None
        moved = moved_columns(there, headings, {column for row in cells.values() for column in row})
        strayed = {row: held_before(plan, row, found[row], asked[row], moved) for row in cells if row in found}
        for row, held in strayed.items():
            if held is not None:
                self._put_back(plan, row, found[row], held)
        if odd := [row for row in cells if row not in found or strayed[row] is not None]:
            raise _moved(plan, odd[0])

    def _put_back(self, plan: RowPlan, row: int, cells: Sequence[Any], held: Held) -> None:
        """Give cells that were not meant back what stood in them: the sheet was sorted, or columns were moved, between
        the look and the write."""
        formulas = {at: value for at, value in held.values.items() if isinstance(value, reading.Formula)}
        plain = {at: value for at, value in held.values.items() if at not in formulas}
        restored = self._write_rows({row: plain}).get(row)
        if formulas:
            restored = self._write_rows({row: formulas}, parsed=True).get(row)
        wanted = reading.trimmed([[held.values.get(column, cell) for column, cell in enumerate(cells)]])
        if not held.certain or restored is None or [restored] != (wanted or [[]]):
            raise _not_restored(plan, row, cells, held)

    def _write_rows(self, rows: Cells, parsed: bool = False) -> dict[int, list[Any]]:
        """Write cells where the anchors stand; gives what those rows hold then.

        ``parsed``: as a person types it, for formulas.
        """
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
                "valueInputOption": "USER_ENTERED" if parsed else "RAW",
                "data": data,
                "includeValuesInResponse": True,
                "responseValueRenderOption": "FORMULA",
                "responseDateTimeRenderOption": "SERIAL_NUMBER",
            },
            repeatable=True,
        )
        return {row: told for row in rows if (told := self._answered(answer, row)) is not None}

    def _answered(self, answer: Json, row: int) -> list[Any] | None:
        """What the answer says that a row holds; None where its anchor stands nowhere."""
        for one in answer.get("responses", ()):
            found = one.get("dataFilter", {}).get("developerMetadataLookup", {}).get("metadataValue")
            if found == self._anchor_of(row) and "updatedData" in one:
                lines = reading.trimmed(one["updatedData"].get("values", ()))
                return lines[0] if lines else []
        return None

    # New rows

    def _insert(self, plan: RowPlan) -> None:
        """Insert the new rows; where the columns had been moved by then, or somebody had added the same version,
        empty them again."""
        top = min(plan.headings + _MORE, plan.tab.height - 1) if plan.headings is not None else -1
        ranges = [rows_range(plan, 0, top)] if top >= 0 else []
        requests = inserting(plan, lambda at: self._mark(plan, at))
        answer = self._batch(requests, [*ranges, *(column_range(plan, column) for column in plan.identity)])
        headed = plan.headed(with_columns=True)
        if (plan.headings is not None and headed not in rows_in(answer).values()) or doubled(plan, answer):
            self._write_rows({at: dict.fromkeys(cells, "") for at, cells in plan.rows})
            raise _moved(plan, plan.headings or 0)

    # Anchors

    def _mark(self, plan: RowPlan, row: int) -> Json:
        where = {"sheetId": plan.tab.sheet_id, "dimension": "ROWS", "startIndex": row, "endIndex": row + 1}
        return marked.created(marked.EDIT_KEY, self._anchor_of(row), {"dimensionRange": where})

    def _anchor_of(self, row: int) -> str:
        return f"{self.token}:{row}"

    def _tidy(self, plan: RowPlan) -> None:
        """Take the anchors away."""
        rows = {*(plan.watched if plan.cells else ()), *(at for at, _ in plan.rows), *plan.beyond}
        requests = [marked.forgotten(marked.EDIT_KEY, self._anchor_of(row)) for row in sorted(rows)]
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


def _moved(plan: RowPlan, row: int) -> WorkbookChanged:
    return WorkbookChanged(
        f"Row {row + 1} of '{plan.tab.title}' is not what was read: somebody is editing the sheet right now.",
        "Run again.",
    )


def _not_restored(plan: RowPlan, row: int, cells: Sequence[Any], held: Held) -> NotAsMeant:
    places = ", ".join(column_letters(column) for column in held.values)
    told = " ".join(str(cell) for cell in cells if cell != "")[:80]
    return NotAsMeant(
        f"'{plan.tab.title}' was changed just as row {row + 1} was being written, and column {places} of another row "
        f"('{told}') may not hold what it held before.",
        "Look at that row; what stood there is in Google's version history (File > Version history).",
    )
