"""Small registries, made, read and checked as a pass does, with what they find written into the workbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from registry_sheets.registry.checking import CheckResult, check
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.live import live_versions
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.rules.base import Registry
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import Lists, ModelTable
from registry_sheets.registry.table_settings import TableSettings, stage_vocabulary
from registry_sheets.registry.tabs.findings import findings_sheet
from registry_sheets.registry.tabs.guide import guide_sheet
from registry_sheets.registry.tabs.lists import lists_sheet
from registry_sheets.registry.tabs.live import live_sheet
from registry_sheets.registry.tabs.models import models_sheet
from registry_sheets.workbooks.excel.new import write_workbook
from registry_sheets.workbooks.excel.snapshot import read_snapshot

TODAY = date(2026, 7, 1)
GOOD: Mapping[str, Cell] = {
    "name": "AC failure",
    "version": "3.1",
    "training_date": date(2026, 3, 4),
    "data_source": "CRM export 2026-02-28",
    "location": "Service desk app",
    "stage": "Production",
    "owner": "ana@example.com",
    "used_for": "Rooftop units",
    "what_changed": "Retrained with the spring season",
    "why": "Fewer false alarms in the pilot",
    "deployed_on": date(2026, 3, 12),
}
"""A row without a fault."""


@dataclass(frozen=True)
class Checked:
    """A registry in a file, and what the check of it found."""

    path: Path
    result: CheckResult
    table: ModelTable


def version(**cells: Cell) -> dict[str, Cell]:
    """A good row with some cells set; '' leaves a cell blank."""
    return {field: cell for field, cell in {**GOOD, **cells}.items() if cell != ""}


def check_grid(grid: Grid, lists: Lists | None = None, today: date = TODAY) -> tuple[CheckResult, ModelTable]:
    """Parse and check a tab with the default rules."""
    settings = TableSettings()
    table = parse_models(grid, find_header(grid, settings), settings)
    registry = Registry("registry", table, lists or Lists(), today, vocabulary=stage_vocabulary({}))
    return check(registry, {}), table


def own_tabs(
    result: CheckResult,
    table: ModelTable,
    today: date = TODAY,
    before: Grid | None = None,
    remember_rows: bool = True,
) -> list[Sheet]:
    """The tabs that a pass writes; ``remember_rows`` for a registry with a Check column."""
    words = stage_vocabulary({})
    findings = findings_sheet(result, table, today=today, before=before, vocabulary=words, remember_rows=remember_rows)
    return [findings, live_sheet(live_versions(table))]


def checked_registry(path: Path, rows: Sequence[Mapping[str, Cell]], lists: Lists | None = None) -> Checked:
    """A new registry of these rows at ``path``, checked, with its findings and marks in it."""
    people = [models_sheet(rows), lists_sheet(lists)]
    write_workbook(people, path)
    result, table = check_grid(read_snapshot(path).grid("Models"), lists)
    write_workbook([*people, *own_tabs(result, table), guide_sheet()], path)
    return Checked(path, result, table)
