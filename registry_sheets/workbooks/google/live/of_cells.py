"""Cells as they are written and read back: text that stays text, numbers, dates, zeros, errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry_sheets.registry.grid import Cell
from registry_sheets.workbooks.base import PLAIN_FORMATS
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.live.requests import dated, formula
from registry_sheets.workbooks.google.live.scratch import Scratch
from registry_sheets.workbooks.google.live.verdicts import Experiment, LiveCheck, Unclear, Verdict, held_if

_TEXTS = (
    "=1+1", "'x", "+1", "@x", "3.10", "007", "1e5", "8085807e40000000", "TRUE", "2026-06-30", "50%", "#N/A",
    "two\nlines", " x ", "Zürich 😀",
)  # fmt: skip
_ERRORS = {
    "=1/0": "#DIV/0!",
    "=NA()": "#N/A",
    "=SQRT(-1)": "#NUM!",
    '=VALUE("x")': "#VALUE!",
    "=NO_SUCH_NAME_": "#NAME?",
}
_VALUES: Mapping[str, Any] = {
    "zero": 0,
    "false": False,
    "number": 3.1,
    "typed in text": {
        "userEnteredValue": {"numberValue": 3.1},
        "userEnteredFormat": {"numberFormat": {"type": "TEXT"}},
    },
    "day": dated(46_203, "DATE", "yyyy-mm-dd"),
    "moment": dated(46_203.5625, "DATE_TIME", "yyyy-mm-dd hh:mm"),
}
Cells = Mapping[str, Json]


def _cells(scratch: Scratch) -> Cells:
    """CellData by what was written."""
    errors = [formula(text) for text in _ERRORS]
    written = [*_TEXTS, *_VALUES.values(), *errors]
    scratch.fresh(lambda tab: [tab.put([[one] for one in written])], rows=len(written) + 2, columns=3)
    rows = scratch.worked_out()
    found = [row[0] if row else {} for row in rows]
    return dict(zip([*_TEXTS, *_VALUES, *_ERRORS], found, strict=False))


def _texts(seen: Cells) -> Verdict:
    changed = {text: _value(seen, text) for text in _TEXTS if _value(seen, text) != {"stringValue": text}}
    return held_if(not changed, "; ".join(f"{text!r} became {value}" for text, value in changed.items()))


def _value(seen: Cells, name: str) -> Json:
    found: Json = seen.get(name, {}).get("effectiveValue", {})
    return found


def _zeros(seen: Cells) -> Verdict:
    told = _value(seen, "zero"), _value(seen, "false")
    return held_if(told == ({"numberValue": 0}, {"boolValue": False}), told)


def _text_cell(seen: Cells) -> Verdict:
    told = _value(seen, "typed in text")
    return held_if(told == {"numberValue": 3.1}, told)


def _plain(seen: Cells) -> Verdict:
    form = seen.get("number", {}).get("effectiveFormat", {}).get("numberFormat")
    plain = not form or (form.get("type") == "NUMBER" and form.get("pattern", "General") in PLAIN_FORMATS)
    return held_if(plain, form)


def _dates(seen: Cells) -> Verdict:
    told = _read(seen, "day"), _read(seen, "moment")
    return held_if(tuple(map(str, told)) == ("2026-06-30", "2026-06-30 13:30:00"), told)


def _shown(seen: Cells) -> Verdict:
    told = [str(seen.get(name, {}).get("formattedValue")) for name in ("day", "moment")]
    return held_if(told == ["2026-06-30", "2026-06-30 13:30"], " and ".join(told))


def _read(seen: Cells, name: str) -> Cell:
    return reading.grid_of("scratch", [[seen.get(name, {})]]).rows[0][0]


def _errors(seen: Cells) -> Verdict:
    told = {text: reading.grid_of("scratch", [[seen.get(text, {})]]) for text in _ERRORS}
    if any(grid.uncached for grid in told.values()):
        return Unclear("Google was still working the formulas out")
    other = {text: grid.errors.get((0, 0), "no error") for text, grid in told.items()}
    changed = {text: shown for text, shown in other.items() if shown != _ERRORS[text]}
    return held_if(not changed, "; ".join(f"{text} is {shown}" for text, shown in changed.items()))


def _empty(scratch: Scratch) -> Json:
    """CellData of a cell that a text was taken out of."""
    tab = scratch.fresh(lambda tab: [tab.put([["x", "y"]])], rows=3, columns=3)
    scratch.batch(tab.put([[{}, "y"]]))
    rows = scratch.worked_out()
    return rows[0][0] if rows and rows[0] else {}


def _emptied(seen: Json) -> Verdict:
    return held_if("userEnteredValue" not in seen and "effectiveValue" not in seen, seen)


EXPERIMENTS: tuple[Experiment[Any], ...] = (
    Experiment(
        _cells,
        (
            LiveCheck(
                "text-stays",
                "Text is kept as it is written: '=1+1', '3.10', '007', '2026-06-30', TRUE, line breaks and spaces.",
                "Versions and names could be turned into numbers, dates or formulas by being written.",
                _texts,
            ),
            LiveCheck(
                "zero-told",
                "A cell that holds 0 or FALSE says so in effectiveValue.",
                "Nothing goes wrong: it is then told from what the cell shows.",
                _zeros,
            ),
            LiveCheck(
                "number-in-text-cell",
                "A number that is written into a cell of plain-text format stays a number.",
                "Numbers that record writes into such columns would be read as text.",
                _text_cell,
            ),
            LiveCheck(
                "general-format",
                "A number in a cell without a number format has no number format in effectiveFormat, or a plain one.",
                "Export would say of every number that it is shown otherwise than by its digits.",
                _plain,
            ),
            LiveCheck(
                "date-read",
                "Days and moments come back as serial numbers with a number format of DATE and DATE_TIME.",
                "Training dates would be read as numbers, and every one be a finding.",
                _dates,
            ),
            LiveCheck(
                "date-shown",
                "A day and a moment show as their pattern says: 2026-06-30 13:30.",
                "Dates that the tool writes look otherwise to people.",
                _shown,
            ),
            LiveCheck(
                "error-kinds",
                "Failed formulas tell of their kind: DIVIDE_BY_ZERO, N_A, NUM, VALUE, NAME.",
                "A finding about an error cell would name another error than the cell shows.",
                _errors,
            ),
        ),
    ),
    Experiment(
        _empty,
        (
            LiveCheck(
                "cell-emptied",
                "A cell that updateCells gives no value is empty afterwards.",
                "Cells of an earlier pass would stay in Findings and Live.",
                _emptied,
            ),
        ),
    ),
)
