"""Own tabs that are written anew, protected, and copied by somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry_sheets.workbooks.google import reading
from registry_sheets.workbooks.google.api import Json
from registry_sheets.workbooks.google.live.requests import Tab
from registry_sheets.workbooks.google.live.scratch import SCRATCH_KEY, Scratch
from registry_sheets.workbooks.google.live.verdicts import Experiment, LiveCheck, Verdict, held_if
from registry_sheets.workbooks.google.marked import created
from registry_sheets.workbooks.google.tabs.newtab import protecting


@dataclass(frozen=True)
class _Own:
    """An own tab after it was written anew, and what Google said of what it might have refused."""

    sheet: Json
    protection: Json
    protected: str
    taken: str


def _own(scratch: Scratch) -> _Own:
    def build(tab: Tab) -> list[Json]:
        merged = {"range": tab.area(0, 0, 1, 2), "mergeType": "MERGE_ALL"}
        criteria = [{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["b"]}}]
        return [
            tab.put([["Title"], ["a", 1], ["b", 2], ["c", 3]]),
            {"mergeCells": merged},
            tab.filter(tab.area(1, 0, 4, 2), filterSpecs=criteria),
        ]

    tab = scratch.fresh(build, rows=6, columns=3)
    whole = tab.area(0, 0, 6, 3)
    lines = [{"values": [{"userEnteredValue": {"stringValue": text}}]} for text in ("Title", "a")]
    scratch.batch(
        {"unmergeCells": {"range": whole}},
        {"updateCells": {"range": whole, "rows": lines, "fields": "userEnteredValue,userEnteredFormat"}},
        tab.filter(tab.area(1, 0, 3, 2), filterSpecs=[{"columnIndex": 0, "filterCriteria": {"hiddenValues": ["b"]}}]),
    )
    sheet = scratch.sheet("merges,basicFilter,data(startRow,startColumn,rowData(values(userEnteredValue)))")
    protected = scratch.refusal(protecting(tab.sheet_id, [scratch.account] if scratch.account else None))
    protected = protected or scratch.refusal(tab.put([["written"]]))
    told: Json = next(iter(scratch.sheet("protectedRanges(range,warningOnly)", "A1").get("protectedRanges", ())), {})
    properties = {"sheetId": tab.sheet_id, "title": f"{tab.title} twice", "hidden": True}
    return _Own(sheet, told, protected, scratch.refusal({"addSheet": {"properties": properties}}))


def _unmerged(seen: _Own) -> Verdict:
    return held_if(not seen.sheet.get("merges"), f"{len(seen.sheet.get('merges', ()))} merged ranges are left")


def _cleared(seen: _Own) -> Verdict:
    rows = reading.entered(reading.rows_of(seen.sheet.get("data", ())))
    return held_if(rows == [["Title"], ["a"]], rows)


def _filter_again(seen: _Own) -> Verdict:
    told = seen.sheet.get("basicFilter", {})
    kept = told.get("filterSpecs") or told.get("criteria")
    return held_if(told.get("range", {}).get("endRowIndex") == 3 and bool(kept), told or "no filter")


def _wholly_protected(seen: _Own) -> Verdict:
    told = seen.protection.get("range")
    return held_if(told is not None and not told.keys() - {"sheetId"}, told or "no protection")


# A copy of a tab


def _copied(scratch: Scratch) -> int:
    """How often a copied scratch tab has the mark of one: once, for its own, or twice, where it is copied along."""
    tab = scratch.fresh(lambda tab: [tab.put([["a"]])], rows=3, columns=2)
    other = scratch.other_id()
    copied = {"sourceSheetId": tab.sheet_id, "newSheetId": other, "newSheetName": f"{tab.title} copied"}
    try:
        # The mark of its own is in the same request, so that a killed run's copy is found again.
        scratch.batch({"duplicateSheet": copied}, created(SCRATCH_KEY, "1", {"sheetId": other}))
        sheets = scratch.all_tabs("sheets(properties(sheetId),developerMetadata)")
    finally:
        scratch.doubt()
    found = next(one for one in sheets if one.get("properties", {}).get("sheetId") == other)
    return sum(one.get("metadataKey") == SCRATCH_KEY for one in found.get("developerMetadata", ()))


EXPERIMENTS: tuple[Experiment[Any], ...] = (
    Experiment(
        _own,
        (
            LiveCheck(
                "unmerge-whole",
                "unmergeCells over a whole tab takes all merged cells apart.",
                "Findings would keep cells that somebody merged, and what is written under them would be lost.",
                _unmerged,
            ),
            LiveCheck(
                "update-clears",
                "updateCells over a whole tab empties the cells that it is given no rows for.",
                "Old findings would stay below the new ones.",
                _cleared,
            ),
            LiveCheck(
                "filter-again",
                "Setting a filter where there is one moves it, and keeps what people filter by if that is sent along.",
                "Each sync could take away what people filter Findings by, or be refused.",
                _filter_again,
            ),
            LiveCheck(
                "protected-written",
                "A protected tab is still written by the account that protected it.",
                "Only the first sync could write Findings and Live.",
                lambda seen: held_if(not seen.protected, seen.protected),
            ),
            LiveCheck(
                "protected-whole",
                "The protection of a whole tab is told without rows and columns.",
                "init would protect the own tabs once more each time it runs.",
                _wholly_protected,
            ),
            LiveCheck(
                "sheet-id-taken",
                "A tab with a number that another tab has is refused.",
                "Nothing goes wrong: numbers are drawn by lot.",
                lambda seen: held_if(bool(seen.taken), "it was added"),
            ),
        ),
    ),
    Experiment(
        _copied,
        (
            LiveCheck(
                "copy-metadata",
                "A tab that somebody copies does not take its developer metadata along.",
                "Of a copied Findings the first one counts, so nothing goes wrong unless the copy stands before it.",
                lambda seen: held_if(seen == 1, f"the mark of the first tab is on the copy too ({seen} of them)"),
            ),
        ),
    ),
)
