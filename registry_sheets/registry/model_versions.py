"""Model versions as objects, made from a table's row when somebody asks for one."""

from __future__ import annotations

from collections.abc import Mapping

from registry_sheets.registry.columns import COLUMNS, ModelVersion
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import is_blank
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.text import shown, xml_safe


def model_version(table: ModelTable, index: int) -> ModelVersion | None:
    """The model version of a row; None for a row without a name or a version."""
    facts = {c.field: table.values[c.field][index] for c in COLUMNS if c.field in table.values}
    if not facts.get("name") or not facts.get("version"):
        return None
    return ModelVersion(**facts, metrics=_metrics(table, index))


def _metrics(table: ModelTable, index: int) -> Mapping[str, float | str]:
    """The row's figures by metric, 'MAPE (holidays)'; a blank one is left out."""
    cells = {_label(m.metric, m.period): table.own[m.header][index] for m in table.metrics}
    return {label: _figure(cell) for label, cell in cells.items() if not isinstance(cell, str) or not is_blank(cell)}


def _label(metric: str, period: str) -> str:
    return f"{metric} ({period})" if period else metric


def _figure(cell: Cell) -> float | str:
    return float(cell) if isinstance(cell, (int, float)) and not isinstance(cell, bool) else xml_safe(shown(cell))
