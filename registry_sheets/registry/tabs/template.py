"""All tabs of a new registry; templates/model-registry.xlsx is what this makes of nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.table import Lists, Stage
from registry_sheets.registry.table_settings import stage_vocabulary
from registry_sheets.registry.tabs.changes import changes_sheet
from registry_sheets.registry.tabs.findings import findings_sheet
from registry_sheets.registry.tabs.guide import guide_sheet
from registry_sheets.registry.tabs.lists import lists_sheet
from registry_sheets.registry.tabs.live import live_sheet
from registry_sheets.registry.tabs.models import models_sheet

TITLE = "Model registry"


def registry_tabs(
    rows: Sequence[Mapping[str, Cell]] = (),
    own_headers: Sequence[str] = (),
    own_cells: Sequence[Sequence[Cell]] = (),
    *,
    lists: Lists | None = None,
    contact: str = "",
    vocabulary: Mapping[str, Stage] | None = None,
) -> tuple[Sheet, ...]:
    """The tabs in their order, before any check. Arguments as in models_sheet, lists_sheet and guide_sheet."""
    words = stage_vocabulary({}) if vocabulary is None else vocabulary
    return (
        models_sheet(rows, own_headers, own_cells),
        lists_sheet(lists),
        findings_sheet(None, vocabulary=words),
        live_sheet(None),
        changes_sheet((), None),
        guide_sheet(contact),
    )
