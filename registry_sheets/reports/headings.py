"""What a report is called, and which days its changes are of: the same words in every medium."""

from __future__ import annotations

from datetime import date

from registry_sheets.registry.days import earlier
from registry_sheets.reports.content import CHANGES_DAYS, Report


def heading(report: Report) -> str:
    """'demo: model registry', so that the reports of several registries are not all called models.xlsx."""
    return f"{report.registry.strip() or report.label}: model registry"


def about(report: Report) -> str:
    """'models.xlsx, checked 2026-11-26'."""
    return ", ".join(filter(None, (report.label, f"checked {report.today}")))


def changes_since(report: Report) -> date:
    """The first day whose changes the report tells."""
    return report.changes_since or earlier(report.today, CHANGES_DAYS)
