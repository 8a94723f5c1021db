"""Cells that a merged cell hides."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from registry_sheets.registry.grid import Place
from registry_sheets.workbooks.excel.markup import Document
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.render import area
from registry_sheets.workbooks.excel.splice import Wanted, scan_sheet

Area = tuple[int, int, int, int]
"""(top, left, bottom, right), from 0."""

_MOST_ROWS = 1000  # a column that is merged from top to bottom hides nothing that anybody looks for


def merged_areas(shell: Document) -> list[Area]:
    """The merged cells of a sheet part, given without its rows."""
    children = shell.inside(shell.child("mergeCells"))
    return [area(child.attributes["ref"]) for child in children if "ref" in child.attributes]


def covered_places(package: Package, title: str) -> frozenset[Place]:
    """The cells of a tab under merged ones; none where there is no such tab. Raises UnreadableWorkbook."""
    entry = package.worksheet(title)
    if entry is None:
        return frozenset()
    shell = scan_sheet(package, entry.part, Wanted()).shell
    return frozenset(place for one in merged_areas(shell) for place in _covered(one))


def _covered(one: Area) -> Iterator[Place]:
    top, left, bottom, right = one
    places = product(range(top, min(bottom, top + _MOST_ROWS) + 1), range(left, right + 1))
    return (place for place in places if place != (top, left))
