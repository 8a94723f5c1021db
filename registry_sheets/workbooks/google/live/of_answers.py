"""What a write answers with, and which ranges a read takes: what noticing other people's edits rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.live.scratch import Scratch
from registry_sheets.workbooks.google.live.verdicts import Experiment, LiveCheck, Verdict, held_if

_CELLS = "data(startRow,startColumn,rowData(values(userEnteredValue)))"
_ANSWER = f"updatedSpreadsheet(namedRanges(namedRangeId,name),sheets(properties(sheetId,title),{_CELLS}))"


@dataclass(frozen=True)
class _Answers:
    """The answers to a write with and without cells, a read beyond the grid, and the tab's number."""

    with_cells: Json
    without: Json
    beyond: Json
    sheet_id: int


def _answers(scratch: Scratch) -> _Answers:
    tab = scratch.fresh(lambda tab: [tab.put([["a", "b"], ["c"]])], rows=5, columns=4)
    with_cells = scratch.answer([tab.put([["x"]], row=1)], _ANSWER, grid=True)
    without = scratch.answer([tab.put([["y"]], row=1)], _ANSWER, grid=False)
    return _Answers(with_cells, without, scratch.sheet(f"properties(sheetId),{_CELLS}", "1:400"), tab.sheet_id)


def _cells(seen: _Answers) -> Verdict:
    sheets = seen.with_cells.get("sheets", ())
    rows = reading.entered(reading.rows_of([block for sheet in sheets for block in sheet.get("data", ())]))
    kinds = {kind for sheet in sheets for block in sheet.get("data", ()) for kind in _kinds(block)}
    return held_if(rows == [["a", "b"], ["x"]] and kinds <= {"userEnteredValue"}, f"cells {rows} with {kinds}")


def _kinds(block: Json) -> set[str]:
    return {kind for row in block.get("rowData", ()) for cell in row.get("values", ()) for kind in cell}


def _one_tab(seen: _Answers) -> Verdict:
    told = [sheet.get("properties", {}).get("sheetId", 0) for sheet in seen.with_cells.get("sheets", ())]
    return held_if(told == [seen.sheet_id], f"{len(told)} tabs are told")


def _no_cells(seen: _Answers) -> Verdict:
    blocks = [block for sheet in seen.without.get("sheets", ()) for block in sheet.get("data", ())]
    return held_if(not any("rowData" in block for block in blocks), f"{len(blocks)} blocks of cells")


def _cut(seen: _Answers) -> Verdict:
    rows = reading.entered(reading.rows_of(seen.beyond.get("data", ())))
    return held_if(rows == [["a", "b"], ["y"]], rows)


EXPERIMENTS: tuple[Experiment[Any], ...] = (
    Experiment(
        _answers,
        (
            LiveCheck(
                "answer-cells",
                "A write answers with the cells of the ranges that it is asked for, as they are after it, cut by the "
                "field mask.",
                "Each sync would report that somebody edited the sheet meanwhile, and begin again.",
                _cells,
            ),
            LiveCheck(
                "answer-one-tab",
                "That answer leaves out the tabs of which no range is asked for.",
                "Nothing goes wrong; a sync takes longer.",
                _one_tab,
            ),
            LiveCheck(
                "answer-no-cells",
                "A write that asks for no cells is answered with none, though the field mask names them.",
                "Nothing goes wrong; a sync takes longer.",
                _no_cells,
            ),
            LiveCheck(
                "range-beyond",
                "A range that only ends beyond the tab's last row is cut there, not refused.",
                "A command would stop with Google's message where somebody deletes rows in the same second.",
                _cut,
            ),
        ),
    ),
)
