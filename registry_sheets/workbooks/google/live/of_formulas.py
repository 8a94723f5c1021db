"""Formulas in the spreadsheet's locale: what those of Findings and of the Check column are made of, worked out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from registry_sheets.registry.mark_keys import PREFIX
from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.live.requests import Tab, dated, formula
from registry_sheets.workbooks.google.live.scratch import NAMES, Scratch
from registry_sheets.workbooks.google.live.verdicts import (
    Differs,
    Experiment,
    Held,
    LiveCheck,
    Unclear,
    Verdict,
    held_if,
)
from registry_sheets.workbooks.google.tabs.formulas import OURS, cell_formula, linker, range_name, same_formula

_DAY, _LARGE = 46_203, 20_260_630_123  # 2026-06-30; a number that & would write with an exponent
_KEYS = f"{PREFIX}keys"


class _Asked(NamedTuple):
    """A formula as the registry has it in Excel's form, without '=', and what it is to come to."""

    text: str
    wanted: Any


# A1:A3 are keys, B1 a day, B2 a number with a fraction, B3 a large one, C1 the beginning of a link.
_FORMULAS: Mapping[str, _Asked] = {
    "formula-separators": _Asked('IF(0.5<1,"yes","no")', "yes"),
    "formula-link": _Asked('HYPERLINK("#_registry_sheets.findings","there")', "there"),
    "formula-joined-link": _Asked("HYPERLINK($C$1&ADDRESS(3,COLUMN(B1),4),ADDRESS(3,COLUMN(B1),4))", "B3"),
    "formula-exact": _Asked(f'SUMPRODUCT(--EXACT({_KEYS},"churn|1.0"))', 1),
    "formula-choose": _Asked(f'SUMPRODUCT(--EXACT({_KEYS},CHOOSE({{1,2}},"churn|1.0","fraud|2")))', 2),
    "formula-indirect": _Asked(f'SUMPRODUCT(--EXACT(INDIRECT("{OURS}keys"),"churn|1.0"))', 1),
    "formula-row": _Asked('SUMPRODUCT(MAX(EXACT($A$1:$A$3,"fraud|2")*ROW($A$1:$A$3)))', 3),
    "formula-same-row": _Asked('IF(IFERROR(AND(EXACT($A$1,"churn|1.0"),EXACT($A$3,"fraud|2")),FALSE),ROW($A$3),0)', 3),
    "formula-iferror": _Asked('IFERROR(ROUND(1/(1/(0)),0)&" to fix","none")', "none"),
    "formula-date-text": _Asked('TEXT(B1,"0")', str(_DAY)),
    "formula-joined-number": _Asked(
        f'SUBSTITUTE(B2&"",",",".")&" "&SUBSTITUTE(B3&"",",",".")&" "&ROWS({_KEYS})', f"3.1 {_LARGE} 3"
    ),
    "formula-joined-date": _Asked('B1&""', None),
}


def scratch_name(name: str) -> str:
    """What a hidden name of the registry is called on the scratch tab."""
    return renamed(range_name(name))


def renamed(formula: str) -> str:
    """A formula with the scratch tab's names in the place of the registry's."""
    return formula.replace(OURS, NAMES)


@dataclass(frozen=True)
class _Worked:
    """Formulas as they were written, and CellData of each, by id."""

    written: Mapping[str, str]
    cells: Mapping[str, Json]


def _worked(scratch: Scratch) -> _Worked:
    def build(tab: Tab) -> list[Json]:
        day = dated(_DAY, "DATE", "yyyy-mm-dd")
        data: list[list[Any]] = [
            ["churn|1.0", day, f"#gid={tab.sheet_id}&range="],
            ["CHURN|1.0", 3.1],
            ["fraud|2", _LARGE],
        ]
        return [tab.put(data), tab.name(scratch_name(_KEYS), tab.area(0, 0, 3, 1))]

    tab = scratch.fresh(build, rows=len(_FORMULAS) + 2)
    link = linker({"_registry_sheets.findings": tab.sheet_id})
    written = {id_: renamed(cell_formula(asked.text, scratch.dialect, link)) for id_, asked in _FORMULAS.items()}
    scratch.batch(tab.put([[formula(text)] for text in written.values()], column=4))
    rows = scratch.worked_out()
    cells = [row[4] if len(row) > 4 else {} for row in rows]
    return _Worked(written, dict(zip(written, cells, strict=False)))


def shown(cell: Json) -> Any:
    """A cell's value, or its error's sign; None while it is being worked out."""
    grid = reading.grid_of("scratch", [[cell]])
    if grid.uncached:
        return None
    return grid.errors.get((0, 0)) or (grid.rows[0][0] if grid.rows else "")


def _comes_to(id_: str) -> Any:
    def judge(seen: _Worked) -> Verdict:
        value = shown(seen.cells.get(id_, {}))
        if value is None:
            return Unclear("Google was still working it out")
        return held_if(value == _FORMULAS[id_].wanted, f"{seen.written[id_]} came to {value!r}")

    return judge


def _joined_date(seen: _Worked) -> Verdict:
    value = shown(seen.cells.get("formula-joined-date", {}))
    if value == str(_DAY):
        return Held("it makes the serial number")
    return Held("it makes what is shown") if value == "2026-06-30" else Differs(f"it makes {value!r}")


def _given_back(seen: _Worked) -> Verdict:
    told = {id_: cell.get("userEnteredValue", {}).get("formulaValue", "") for id_, cell in seen.cells.items()}
    changed = {text: told.get(id_, "") for id_, text in seen.written.items() if told.get(id_, "") != text}
    other = [f"{text} came back as {back or 'none'}" for text, back in changed.items() if not same_formula(text, back)]
    if other:
        return Differs("; ".join(other))
    return Held(f"{len(changed)} came back laid out otherwise" if changed else "")


def _check(id_: str, assumed: str, meaning: str) -> LiveCheck[_Worked]:
    return LiveCheck(id_, assumed, meaning, _comes_to(id_))


_FINDINGS = "The links of Findings would show an error, or lead to a wrong row."
_CHECK = "The Check column would show 'a cell shows an error', or count wrongly."
_MARKS = "Cells would not be tinted while people type."

EXPERIMENTS: tuple[Experiment[Any], ...] = (
    Experiment(
        _worked,
        (
            _check(
                "formula-separators",
                "A formula is written as in the spreadsheet's locale: with ; and 0,5 where numbers have a decimal "
                "comma, else with , and 0.5.",
                "Every formula of Findings and Check shows an error in spreadsheets of this locale.",
            ),
            LiveCheck(
                "formula-given-back",
                "A formula comes back as it was written, but for white space, letter case and separators.",
                "Each sync writes Findings anew, though nothing has changed.",
                _given_back,
            ),
            _check("formula-link", "HYPERLINK takes the address of a tab, #gid=7, and shows its label.", _FINDINGS),
            _check(
                "formula-joined-link",
                "HYPERLINK, ADDRESS and COLUMN go together: a link's address may be put together by &.",
                _FINDINGS,
            ),
            _check(
                "formula-row", "SUMPRODUCT(MAX(EXACT(a column,a text)*ROW(the column))) gives the row of it.", _FINDINGS
            ),
            _check("formula-same-row", "IF, IFERROR, AND and EXACT of cells go together.", _FINDINGS),
            _check(
                "formula-exact",
                "SUMPRODUCT(--EXACT(a named range,a text)) counts a text, telling capital letters from small ones.",
                _CHECK,
            ),
            _check(
                "formula-choose",
                "CHOOSE({1,2},a,b) makes several texts in such a formula, each counted in the whole named range.",
                _CHECK,
            ),
            _check("formula-indirect", "INDIRECT takes the name of a named range.", _MARKS),
            _check("formula-iferror", "IFERROR catches a division by zero.", _CHECK),
            _check("formula-date-text", 'TEXT(a day,"0") gives its serial number as text.', _CHECK),
            _check(
                "formula-joined-number",
                "A number made text by TEXT and SUBSTITUTE has a point and no exponent, whatever the locale.",
                _CHECK,
            ),
            LiveCheck(
                "formula-joined-date",
                "& makes of a day either its serial number or what is shown.",
                "Nothing goes wrong: formulas spell days out.",
                _joined_date,
            ),
        ),
    ),
)
