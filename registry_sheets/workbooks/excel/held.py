"""Which tabs a workbook holds already, so that an unchanged registry is an unchanged file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.sheets import Sheet
from registry_sheets.workbooks.cells import holds
from registry_sheets.workbooks.excel.names import defined_names, referenced_title
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.snapshot import ExcelSnapshot
from registry_sheets.workbooks.excel.tabformulas import formulas_of
from registry_sheets.workbooks.excel.zipcopy import Archive


def missing_tabs(path: Path, snapshot: ExcelSnapshot, sheets: Sequence[Sheet]) -> tuple[Sheet, ...]:
    """Those of the sheets that the workbook does not hold already."""
    if not snapshot.own_tabs:
        return tuple(sheets)
    with Archive(path) as archive:
        package = Package(archive)
        return tuple(sheet for sheet in sheets if not _holds(snapshot, package, sheet))


def _holds(snapshot: ExcelSnapshot, package: Package, sheet: Sheet) -> bool:
    title = snapshot.own_tabs.get(sheet.kind)
    if title is None or not _has_names(package, title, sheet.names):
        return False
    try:
        return holds(sheet, snapshot.grid(title), lambda: formulas_of(package, title))
    except UnreadableWorkbook:
        return False  # a tab of ours that cannot be read is written anew


def _has_names(package: Package, title: str, names: Mapping[str, str]) -> bool:
    there = defined_names(package.workbook)
    found = {name: there.get(name.casefold(), "") for name in names}
    return all(
        referenced_title(found[name]) == title and found[name].rpartition("!")[2] == reference
        for name, reference in names.items()
    )
