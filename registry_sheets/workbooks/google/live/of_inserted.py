"""Rows that are inserted or appended: what they take over, and what grows with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.live.requests import Tab, formula
from registry_sheets.workbooks.google.live.scratch import NAMES, Scratch
from registry_sheets.workbooks.google.live.verdicts import Experiment, LiveCheck, Verdict, held_if

# A row that is inserted

_NAME = f"{NAMES}inserted"
_RULE = {"condition": {"type": "NOT_BLANK"}, "format": {"backgroundColorStyle": {"rgbColor": {"red": 1}}}}
_ROW_FIELDS = "userEnteredValue,userEnteredFormat(numberFormat),dataValidation"


@dataclass(frozen=True)
class _Inserted:
    """The tab and the named ranges after a row was inserted as row 4, and the tab as a read of its first cell tells."""

    sheet: Json
    names: list[Json]
    by_first_cell: Json

    @property
    def row(self) -> list[Json]:
        """CellData of the new row."""
        rows = reading.rows_of(self.sheet.get("data", ()))
        return rows[3] if len(rows) > 3 else []

    def cell(self, column: int) -> Json:
        return self.row[column] if column < len(self.row) else {}


def _inserted(scratch: Scratch) -> _Inserted:
    def build(tab: Tab) -> list[Json]:
        rows = [["First", "Second", "Third", "Fourth"]] + [
            [f"m{at}", "1.0", "", formula(f"=A{at}&A$1")] for at in (2, 3, 4)
        ]
        choices = {"type": "ONE_OF_RANGE", "values": [{"userEnteredValue": f"={tab.a1('$F$1:$F')}"}]}
        rule = {"condition": choices, "strict": False, "showCustomUi": True}
        return [
            tab.put(rows),
            tab.put([["churn"], ["fraud"]], column=5),
            tab.format(tab.area(1, 1, None, 2), "TEXT"),
            {"setDataValidation": {"range": tab.area(1, 0, None, 1), "rule": rule}},
            {
                "addConditionalFormatRule": {
                    "index": 0,
                    "rule": {"ranges": [tab.area(1, 0, 4, 4)], "booleanRule": _RULE},
                }
            },
            tab.filter(tab.area(0, 0, 10, 4)),
            tab.name(_NAME, tab.area(1, 0, 4, 1)),
        ]

    tab = scratch.fresh(build, rows=10, columns=6)
    pasted = {"source": tab.area(2, 3, 3, 4), "destination": tab.area(3, 3, 4, 4)}
    scratch.batch(
        {"insertDimension": {"range": tab.rows(3, 4), "inheritFromBefore": True}},
        {"copyPaste": {**pasted, "pasteType": "PASTE_FORMULA", "pasteOrientation": "NORMAL"}},
    )
    fields = f"conditionalFormats,basicFilter,data(startRow,startColumn,rowData(values({_ROW_FIELDS})))"
    answer = scratch.spreadsheet(f"namedRanges,sheets({fields})")
    sheet: Json = next(iter(answer.get("sheets", ())), {})
    return _Inserted(sheet, answer.get("namedRanges", []), scratch.sheet("conditionalFormats,basicFilter", "A1"))


def _format(seen: _Inserted) -> Verdict:
    told = seen.cell(1).get("userEnteredFormat", {}).get("numberFormat", {})
    return held_if(told.get("type") == "TEXT", told or "no number format")


def _validation(seen: _Inserted) -> Verdict:
    told = seen.cell(0).get("dataValidation", {})
    return held_if(told.get("condition", {}).get("type") == "ONE_OF_RANGE", told or "no dropdown")


def _stretched(seen: _Inserted) -> Verdict:
    rule: Json = next(iter(seen.sheet.get("conditionalFormats", ())), {})
    name = next((one for one in seen.names if one.get("name") == _NAME), {})
    ranges = {
        "filter": seen.sheet.get("basicFilter", {}).get("range", {}),
        "conditional format": next(iter(rule.get("ranges", ())), {}),
        "named range": name.get("range", {}),
    }
    told = {what: range_.get("endRowIndex") for what, range_ in ranges.items()}
    wanted = {"filter": 11, "conditional format": 5, "named range": 5}
    return held_if(told == wanted, ", ".join(f"the {what} ends at row {row}" for what, row in told.items()))


def _pasted(seen: _Inserted) -> Verdict:
    told = seen.cell(3).get("userEnteredValue", {}).get("formulaValue", "")
    return held_if(told.replace(" ", "") == "=A4&A$1", told or "no formula")


def _open_list(seen: _Inserted) -> Verdict:
    last = reading.rows_of(seen.sheet.get("data", ()))[10:]
    told = [row[0].get("dataValidation") for row in last if row]
    source = seen.cell(0).get("dataValidation", {}).get("condition", {}).get("values", [{}])[0]
    text = str(source.get("userEnteredValue", ""))
    return held_if(any(told) and text.endswith("$F$1:$F"), f"the list is {text or 'none'}, in the last row {told}")


def _told_whole(seen: _Inserted) -> Verdict:
    there = [name for name in ("conditionalFormats", "basicFilter") if seen.by_first_cell.get(name)]
    return held_if(len(there) == 2, f"only {there} are told")


# Appended rows


def _appended(scratch: Scratch) -> list[list[Any]]:
    """What was typed, after a row was appended twice to a tab of six whose fifth row has a format only."""
    rows = [["a"], ["b"], ["c"]]
    tab = scratch.fresh(
        lambda tab: [tab.put(rows), tab.format(tab.area(4, 0, 5, 1), "TEXT"), tab.filter(tab.area(0, 0, 6, 2))],
        rows=6,
        columns=2,
    )

    def appending(*texts: str) -> Json:
        lines = [{"values": [{"userEnteredValue": {"stringValue": text}}]} for text in texts]
        fields = "userEnteredValue,userEnteredFormat.numberFormat"
        return {"appendCells": {"sheetId": tab.sheet_id, "rows": lines, "fields": fields}}

    scratch.batch(appending("d"), appending("e", "f", "g"))
    return reading.entered(scratch.cells("userEnteredValue"))


EXPERIMENTS: tuple[Experiment[Any], ...] = (
    Experiment(
        _inserted,
        (
            LiveCheck(
                "insert-format",
                "A row that is inserted takes the number formats of the row above.",
                "A version that record writes into a new row could be shown, or later be taken, as a number.",
                _format,
            ),
            LiveCheck(
                "insert-dropdown",
                "A row that is inserted takes the dropdowns of the row above.",
                "New rows would have no dropdowns until init is run again.",
                _validation,
            ),
            LiveCheck(
                "insert-stretches",
                "Filter, conditional formats and named ranges grow with a row that is inserted inside of them.",
                "New rows would not be tinted, filtered or counted until init or sync is run again.",
                _stretched,
            ),
            LiveCheck(
                "paste-formula",
                "A pasted formula's references move with it.",
                "The Check cell of a new row would speak of the row above.",
                _pasted,
            ),
            LiveCheck(
                "dropdown-open-below",
                "A dropdown, and the list that it is made from, may have no last row.",
                "init could not add the dropdowns, or they would end too early.",
                _open_list,
            ),
            LiveCheck(
                "told-whole",
                "Conditional formats and filter are told whole, whatever cells are asked for.",
                "init would add marks and filter once more each time it runs.",
                _told_whole,
            ),
        ),
    ),
    Experiment(
        _appended,
        (
            LiveCheck(
                "append-after-data",
                "appendCells goes below the last row with data, formats do not count, and the tab grows as needed.",
                "record would leave blank rows above a new row where the tab is full.",
                lambda seen: held_if(seen == [[one] for one in "abcdefg"], seen),
            ),
        ),
    ),
)
