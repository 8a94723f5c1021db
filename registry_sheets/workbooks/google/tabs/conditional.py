"""Our conditional formats in a Google tab, and which of those that are there are ours.

An earlier rule wins over a later one; ours stand after people's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from registry_sheets.registry.sheets import Mark
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.tabs.formulas import OURS, Dialect, condition, same_formula
from registry_sheets.workbooks.google.tabs.looks import color_of, tint_format
from registry_sheets.workbooks.google.tabs.pieces import NAME, SPACE, pieces
from registry_sheets.workbooks.google.tabs.ranges import grid_range
from registry_sheets.workbooks.looks import TINTS

_BEGINNINGS = tuple(
    tuple(text.split())
    for text in (
        "IF ( LEN ( TRIM ( • ) ) = 0 , IF ( • & •",  # needed and blank, in a row that is begun
        'IF ( OR ( • = "" , • = "" ) , FALSE , IF ( SUMPRODUCT ( EXACT (',  # doubled
        'IF ( OR ( • = "" , • = "" ) , FALSE , SUMPRODUCT ( EXACT (',  # doubled, where that is all there is to it
        'LEFT ( • , 3 ) = "no•"',  # Check; the space in the text is a • here
        'RIGHT ( • , 6 ) = "to•fix"',
    )
)
"""How the formulas of marks begin that use no name of ours; • is a reference. They stand with a tint of ours."""


def rules(
    marks: Sequence[Mark], *, sheet_id: int, dialect: Dialect, first_index: int = 0, rows: int | None = None
) -> list[Json]:
    """The requests that add the marks' rules from an index on. ``rows``: the tab's, where marks may be longer."""
    return [
        {"addConditionalFormatRule": {"index": index, "rule": _rule(mark, sheet_id, dialect, rows)}}
        for index, mark in enumerate(marks, first_index)
    ]


def _rule(mark: Mark, sheet_id: int, dialect: Dialect, rows: int | None) -> Json:
    asked = {"type": "CUSTOM_FORMULA", "values": [{"userEnteredValue": condition(mark.formula, dialect)}]}
    return {
        "ranges": [grid_range(mark.ref, sheet_id, rows)],
        "booleanRule": {"condition": asked, "format": tint_format(mark.tint)},
    }


def ours(rule: Json, marks: Sequence[Mark] = (), dialect: Dialect | None = None) -> bool:
    """Whether a rule as read (ConditionalFormatRule) is one of ours, now or from an earlier layout of the tab.

    It reaches for our names, asks what one of ``marks`` asks, or tints as we do and begins as our formulas begin.
    """
    formula = _formula_of(rule)
    if not formula:
        return False
    if any(piece.text.startswith(f'"{OURS}') for piece in pieces(formula)):
        return True
    wanted = [condition(mark.formula, dialect or Dialect()) for mark in marks]
    tinted = color_of(rule["booleanRule"].get("format", {})) in TINTS.values()
    return tinted and (any(same_formula(one, formula) for one in wanted) or _begins_as_ours(formula))


def mending(
    existing: Sequence[Json], marks: Sequence[Mark], *, sheet_id: int, dialect: Dialect, rows: int | None = None
) -> list[Json]:
    """The requests after which the tab has the marks and people's rules, in their order; none where it has.

    ``existing`` are the tab's conditionalFormats as read; ``rows`` is how many rows the tab has, to whose end rules
    must reach.
    """
    places = [place for place, rule in enumerate(existing) if ours(rule, marks, dialect)]
    wanted = rules(marks, sheet_id=sheet_id, dialect=dialect, first_index=len(existing) - len(places), rows=rows)
    there = [existing[place] for place in places]
    told = [one["addConditionalFormatRule"]["rule"] for one in wanted]
    if len(there) == len(told) and all(_alike(a, b, rows) for a, b in zip(there, told, strict=True)):
        return []
    gone = [{"deleteConditionalFormatRule": {"sheetId": sheet_id, "index": place}} for place in reversed(places)]
    return [*gone, *wanted]


def _alike(there: Json, wanted: Json, rows: int | None) -> bool:
    """Whether a rule as read does what the wanted one does."""
    looks = [color_of(rule["booleanRule"].get("format", {})) for rule in (there, wanted)]
    areas = [[_area(one, rows) for one in rule.get("ranges", ())] for rule in (there, wanted)]
    return looks[0] == looks[1] and areas[0] == areas[1] and same_formula(_formula_of(wanted), _formula_of(there))


def _area(range_: Mapping[str, Any], rows: int | None) -> tuple[int | None, ...]:
    """A GridRange to compare: 0 is left out in answers, and an end may be told where there is none."""
    end = range_.get("endRowIndex", rows)
    bottom = end if end is None or rows is None else min(end, rows)
    return range_.get("startRowIndex", 0), bottom, range_.get("startColumnIndex", 0), range_.get("endColumnIndex")


def _formula_of(rule: Json) -> str:
    """The formula of a rule that has one and no gradient; '' for another."""
    asked = rule.get("booleanRule", {}).get("condition", {})
    values = asked.get("values", ())
    return str(values[0].get("userEnteredValue", "")) if asked.get("type") == "CUSTOM_FORMULA" and values else ""


def _begins_as_ours(formula: str) -> bool:
    found = [piece for piece in pieces(formula.removeprefix("=")) if piece.kind != SPACE]
    shape = tuple(
        "•" if piece.kind == NAME and "$" in piece.text else piece.text.replace(" ", "•").replace(";", ",").upper()
        for piece in found
    )
    known = (tuple(part.upper() for part in beginning) for beginning in _BEGINNINGS)
    return any(shape[: len(beginning)] == beginning for beginning in known)
