"""The whole formula of the Check column, on rows and hidden keys of the scratch tab; and a mark that needs these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry_sheets.registry.mark_keys import (
    CHECK_KEYS,
    CHECKED,
    FIELDS,
    IDENTITIES,
    ROW_KEYS,
    SHARED,
    STAGE_ARCHIVED,
    STAGE_PRODUCTION,
    key_name,
)
from registry_sheets.registry.marks import LAST_ROW, found
from registry_sheets.registry.sheets import Mark, own_name
from registry_sheets.registry.tabs.check import CHANGED, check_formula, header_cell, places_of
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.live.of_formulas import renamed, scratch_name, shown
from registry_sheets.workbooks.google.live.requests import Tab, dated, formula
from registry_sheets.workbooks.google.live.scratch import Scratch
from registry_sheets.workbooks.google.live.verdicts import Experiment, LiveCheck, Unclear, Verdict, held_if
from registry_sheets.workbooks.google.tabs import conditional
from registry_sheets.workbooks.google.tabs.formulas import cell_formula, linker, same_formula
from registry_sheets.workbooks.google.tabs.looks import color_of
from registry_sheets.workbooks.looks import TINTS

_DAY = 46_203  # 2026-06-30
_WIDTH = len(FIELDS)
_WANTED = ("2 to fix", CHANGED, "no findings on 2026-07-01")
"""A row with a gap and a finding; one that was changed since the check; one as it was checked."""


def _row(**changed: Any) -> list[Any]:
    usual = {"name": "churn", "version": "1.0", "training_date": dated(_DAY, "DATE", "yyyy-mm-dd")}
    return [{**usual, **changed}.get(field, "x") for field in FIELDS]


_ROWS = (_row(training_date=None), _row(version="1.1"), _row(version=2.5))


def _text_of(row: Sequence[Any]) -> str:
    """A row's text as it is remembered."""
    return "|".join(str(_DAY) if isinstance(cell, dict) else str(cell) for cell in row)


def _hidden() -> Mapping[str, Sequence[Sequence[str]]]:
    """The hidden keys of those rows, as a check would leave them, by name."""
    keys = [f"churn|1.0|{field}|x" if field == "data_source" else "" for field in FIELDS]
    return {
        CHECKED: [["2026-07-01"]],
        IDENTITIES: [["churn|1.0"]],
        CHECK_KEYS: [keys],
        ROW_KEYS: [["gone"], ["other"], [_text_of(_ROWS[2])]],
        key_name(SHARED): [[""]],
        STAGE_PRODUCTION: [["production"]],
        STAGE_ARCHIVED: [["archived"]],
    }


def _named(tab: Tab, top: int) -> list[Json]:
    """The requests that lay out the hidden keys below a row and name them."""
    requests: list[Json] = []
    for name, block in _hidden().items():
        requests.append(tab.put(block, row=top))
        requests.append(tab.name(scratch_name(name), tab.area(top, 0, top + len(block), len(block[0]))))
        top += len(block)
    return requests


@dataclass(frozen=True)
class _Column:
    """The formula of the first row, and CellData of the column."""

    written: str
    cells: list[Json]


def _column(scratch: Scratch) -> _Column:
    """The rows below row 1, Check to their right. Headings would make it look like a list of models to a sync."""
    tab = scratch.fresh(
        lambda tab: [tab.put([["first"], *_ROWS]), *_named(tab, len(_ROWS) + 2)], rows=30, columns=_WIDTH + 2
    )
    link = linker({own_name("findings"): tab.sheet_id})
    places, header = places_of(FIELDS, 0), header_cell(_WIDTH, 1)
    formulas = [check_formula(places, row, header) for row in range(2, 2 + len(_ROWS))]
    written = [renamed(cell_formula(one, scratch.dialect, link)) for one in formulas]
    scratch.batch(tab.put([[formula(text)] for text in written], row=1, column=_WIDTH))
    rows = scratch.worked_out()
    return _Column(written[0], [row[_WIDTH] if len(row) > _WIDTH else {} for row in rows[1 : 1 + len(_ROWS)]])


def _says(seen: _Column) -> Verdict:
    told = [shown(cell) for cell in seen.cells]
    if None in told:
        return Unclear("Google was still working it out")
    return held_if(told == list(_WANTED), "; ".join(map(str, told)))


def _kept(seen: _Column) -> Verdict:
    back = str(seen.cells[0].get("userEnteredValue", {}).get("formulaValue", "")) if seen.cells else ""
    return held_if(same_formula(seen.written, back), back or "no formula")


# A mark


@dataclass(frozen=True)
class _Marked:
    """The rule as it was sent and as it is told, and the fills of a cell that is meant and of one that is not."""

    sent: Json
    told: Json
    fills: tuple[str, str]


def _marked(scratch: Scratch) -> _Marked:
    mark = Mark(f"A2:A{LAST_ROW}", f"{found(key_name('name'), '$A2')}>0", "error")

    def build(tab: Tab) -> list[Json]:
        cells = [tab.put([["First"], ["meant"], ["not"]]), tab.put([["meant"]], row=6)]
        return [*cells, tab.name(scratch_name(key_name("name")), tab.area(6, 0, 7, 1))]

    tab = scratch.fresh(build, rows=10, columns=3)
    (request,) = conditional.rules([mark], sheet_id=tab.sheet_id, dialect=scratch.dialect, rows=10)
    rule = request["addConditionalFormatRule"]["rule"]
    value = rule["booleanRule"]["condition"]["values"][0]
    value["userEnteredValue"] = renamed(value["userEnteredValue"])
    scratch.batch(request)
    sheet = scratch.sheet("conditionalFormats,data(rowData(values(effectiveFormat(backgroundColorStyle))))", "A2:A3")
    rows = [row.get("values", ()) for block in sheet.get("data", ()) for row in block.get("rowData", ())]
    fills = [color_of(row[0].get("effectiveFormat", {})) if row else "" for row in [*rows, (), ()][:2]]
    return _Marked(rule, next(iter(sheet.get("conditionalFormats", ())), {}), (fills[0], fills[1]))


def _accepted(seen: _Marked) -> Verdict:
    sent, told = (_formula_of(rule) for rule in (seen.sent, seen.told))
    return held_if(same_formula(sent, told), f"the rule came back as {told or 'none'}")


def _formula_of(rule: Json) -> str:
    values = rule.get("booleanRule", {}).get("condition", {}).get("values", [{}])
    return str(values[0].get("userEnteredValue", ""))


def _tint(seen: _Marked) -> Verdict:
    told = color_of(seen.told.get("booleanRule", {}).get("format", {}))
    return held_if(told == TINTS["error"], f"{TINTS['error']} came back as {told or 'none'}")


def _open_below(seen: _Marked) -> Verdict:
    told = [one.get("endRowIndex", 10) for one in seen.told.get("ranges", ())]
    return held_if(told == [10], f"the rule's rows end at {told}")


def _tinted(seen: _Marked) -> Verdict:
    meant, other = seen.fills
    return held_if(meant == TINTS["error"] != other, f"the cell is filled {meant or 'not'}, its neighbour {other}")


EXPERIMENTS: tuple[Experiment[Any], ...] = (
    Experiment(
        _column,
        (
            LiveCheck(
                "check-column",
                "The Check column's formula says '2 to fix', 'changed since last check' and 'no findings on …' where "
                "it should.",
                "The Check column would show an error, or count wrongly.",
                _says,
            ),
            LiveCheck(
                "check-given-back",
                "That formula comes back as it was written, but for its layout.",
                "init would write it anew each time it runs.",
                _kept,
            ),
        ),
    ),
    Experiment(
        _marked,
        (
            LiveCheck(
                "mark-accepted",
                "A conditional format may reach for a named range by INDIRECT, and comes back as it was written.",
                "init could not add the marks, or would add them anew each time it runs.",
                _accepted,
            ),
            LiveCheck(
                "mark-tint",
                "The colour of a conditional format comes back as it was sent.",
                "init would make all marks anew each time it runs.",
                _tint,
            ),
            LiveCheck(
                "mark-open-below",
                "A conditional format whose range has no last row goes to the tab's end.",
                "Rows far down would not be tinted.",
                _open_below,
            ),
            LiveCheck(
                "mark-shows",
                "Such a conditional format tints the cells that are meant and no others.",
                "Cells would not be tinted while people type; Findings tells all the same.",
                _tinted,
            ),
        ),
    ),
)
