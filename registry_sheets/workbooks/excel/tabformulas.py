"""The formulas of one whole tab, which reading for values leaves out."""

from __future__ import annotations

from collections.abc import Iterable

from registry_sheets.registry.grid import Place
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.spelled import read_written

SHARED = "(shared)"
"""Stands for a formula that its cell shares with another and does not spell out; we never write one."""


def formulas_of(package: Package, title: str) -> dict[Place, str]:
    """The formulas of a tab by place, without '='; {} where there is no such tab. Raises UnreadableWorkbook."""
    entry = package.worksheet(title)
    return {} if entry is None else read_formulas(package.utf8_chunks(entry.part))


def read_formulas(chunks: Iterable[bytes]) -> dict[Place, str]:
    """The formulas of a sheet part, given in UTF-8. Raises UnreadableWorkbook."""
    return {one.place: one.text or SHARED for one in read_written(chunks)}
