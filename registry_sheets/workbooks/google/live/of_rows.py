"""Rows that are anchored by metadata, while others move them: what edits of rows rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.live.requests import Tab, dated, formula
from registry_sheets.workbooks.google.live.scratch import ANCHOR_KEY, Scratch
from registry_sheets.workbooks.google.live.verdicts import (
    Differs,
    Experiment,
    Held,
    LiveCheck,
    Unclear,
    Verdict,
    held_if,
)
from registry_sheets.workbooks.google.marked import created, forgotten, value_of

_DAY = 46_203  # 2026-06-30
_WRITTEN = ["fraud", "new", _DAY, "=A3", 7]


def anchored(tab: Tab, row: int, anchor: str) -> Json:
    """The request that puts metadata on a row."""
    return created(ANCHOR_KEY, anchor, {"dimensionRange": tab.rows(row, row + 1)})


# Writing to rows that metadata finds


@dataclass(frozen=True)
class _Filtered:
    """The responses by anchor, and the rows' cells afterwards."""

    responses: Mapping[str, Json]
    cells: list[list[Any]]


def _filtered(scratch: Scratch) -> _Filtered:
    day = dated(_DAY, "DATE", "yyyy-mm-dd")
    rows: list[list[Any]] = [
        ["First", "Second", "Third"],
        ["churn", "old", day],
        ["fraud", "old", day, formula("=A3"), 7],
    ]
    scratch.fresh(lambda tab: [tab.put(rows), anchored(tab, 0, "head"), anchored(tab, 2, "row")])
    responses = scratch.by_filter({"head": [None], "row": [None, "new"], "nowhere": ["lost"]})
    return _Filtered(responses, reading.entered(scratch.cells("userEnteredValue")))


def _no_match(seen: _Filtered) -> Verdict:
    told = seen.responses.get("nowhere", {})
    written = any("lost" in row for row in seen.cells)
    return held_if("updatedData" not in told and not written, f"the answer {told}, the cells {seen.cells}")


def _whole_row(seen: _Filtered) -> Verdict:
    told = seen.responses.get("row", {}).get("updatedData", {})
    return held_if(reading.trimmed(told.get("values", ())) == [_WRITTEN], told or "no updatedData")


def _null(seen: _Filtered) -> Verdict:
    told = seen.responses.get("head", {}).get("updatedData", {}).get("values")
    left = seen.cells[:1] == [["First", "Second", "Third"]]
    return held_if(left and reading.trimmed(told or ()) == seen.cells[:1], f"told {told}, cells {seen.cells[:1]}")


_FILTERING = Experiment(
    _filtered,
    (
        LiveCheck(
            "filter-finds-nothing",
            "A write to metadata that is nowhere (its row was deleted) does nothing and is answered, not refused.",
            "Writing to a row that somebody just deleted ends with another message; nothing wrong is written.",
            _no_match,
        ),
        LiveCheck(
            "filter-tells-row",
            "The answer to such a write holds the whole row: formulas as typed, dates as numbers.",
            "promote, fix and rollback would report that the row had changed, though they wrote it.",
            _whole_row,
        ),
        LiveCheck(
            "filter-null",
            "A null in such a write leaves the cell as it is, and a row of nothing else is still told.",
            "Moved columns would not be noticed while a row is written; or cells beside it would be emptied.",
            _null,
        ),
    ),
)


# Where metadata goes


@dataclass(frozen=True)
class _Moved:
    """The rows' first cells and where the anchor stood, after each step; and what forgetting nothing came to."""

    steps: Mapping[str, tuple[list[str], int | None]]
    forgetting: str


def _moving(scratch: Scratch) -> _Moved:
    rows: list[list[Any]] = [["d"], ["c"], ["b"], ["a"], [None]]
    tab = scratch.fresh(lambda tab: [tab.put(rows), anchored(tab, 1, "c")], rows=8, columns=2)
    whole = tab.area(0, 0, 8, 2)
    steps = {}
    scratch.batch({"insertDimension": {"range": tab.rows(0, 1), "inheritFromBefore": False}})
    steps["insert"] = _standing(scratch)
    scratch.batch({"moveDimension": {"source": tab.rows(2, 3), "destinationIndex": 5}})
    steps["move"] = _standing(scratch)
    scratch.batch({"sortRange": {"range": whole, "sortSpecs": [{"dimensionIndex": 0, "sortOrder": "ASCENDING"}]}})
    steps["sort"] = _standing(scratch)
    at = steps["sort"][1] or 0
    scratch.batch({"deleteDimension": {"range": tab.rows(at, at + 1)}})
    steps["delete"] = _standing(scratch)
    return _Moved(steps, scratch.refusal(forgotten(ANCHOR_KEY, "nowhere")))


def _standing(scratch: Scratch) -> tuple[list[str], int | None]:
    fields = "data(startRow,startColumn,rowData(values(userEnteredValue)),rowMetadata(developerMetadata))"
    data = scratch.sheet(fields, "A1:B8").get("data", ())
    lines = [line for block in data for line in block.get("rowMetadata", ())]
    anchor = (at for at, line in enumerate(lines) if value_of(line.get("developerMetadata", ()), ANCHOR_KEY))
    return [str(row[0]) if row else "" for row in reading.entered(reading.rows_of(data))], next(anchor, None)


def _goes_along(step: str) -> Any:
    def judge(seen: _Moved) -> Verdict:
        cells, at = seen.steps[step]
        return held_if(at is not None and cells[at : at + 1] == ["c"], _told(cells, at))

    return judge


def _sorted(seen: _Moved) -> Verdict:
    (_, before), (cells, at) = seen.steps["move"], seen.steps["sort"]
    if "c" not in cells:
        return Unclear(_told(cells, at))
    if at is not None and at == before:
        return Held()
    if cells[at or 0 : (at or 0) + 1] == ["c"] and at is not None:
        return Differs("it goes along with its row")
    return Differs(_told(cells, at))


def _told(cells: list[str], at: int | None) -> str:
    return f"the rows were {' '.join(cell or '(blank)' for cell in cells)}, the metadata of c on {_place(at)}"


def _place(at: int | None) -> str:
    return "none" if at is None else f"row {at + 1}"


_MOVING = Experiment(
    _moving,
    (
        LiveCheck(
            "metadata-insert",
            "Metadata on a row goes down with it when somebody inserts a row above.",
            "Edits made while somebody inserts rows would be taken back and reported, instead of being made.",
            _goes_along("insert"),
        ),
        LiveCheck(
            "metadata-move",
            "Metadata on a row goes along when somebody drags the row elsewhere.",
            "Edits made while somebody drags rows would be taken back and reported, instead of being made.",
            _goes_along("move"),
        ),
        LiveCheck(
            "metadata-sort",
            "Metadata on a row stays where it is when the rows are sorted.",
            "Nothing goes wrong: an edit made while somebody sorts is then made, instead of being taken back.",
            _sorted,
        ),
        LiveCheck(
            "metadata-delete",
            "Metadata on a row goes away with the row.",
            "An edit of a row that was deleted meanwhile would be written into its neighbour, and taken back.",
            lambda seen: held_if(seen.steps["delete"][1] is None, _told(*seen.steps["delete"])),
        ),
        LiveCheck(
            "metadata-forget",
            "Taking away metadata that is not there is no error.",
            "The date format of a cell set by promote may be missing where the row was deleted meanwhile.",
            lambda seen: held_if(not seen.forgetting, seen.forgetting),
        ),
    ),
)

EXPERIMENTS: tuple[Experiment[Any], ...] = (_FILTERING, _MOVING)
