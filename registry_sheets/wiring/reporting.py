"""Reports of configured registries, and where they are published."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import CannotSave
from registry_sheets.history.base import History
from registry_sheets.operations.looking import Look, look
from registry_sheets.operations.reporting import Setting, report_of
from registry_sheets.registry.links import WorkbookLink
from registry_sheets.reports.content import Report
from registry_sheets.wiring import history_of, memories, open_workbook, prober, terms, today_of, with_outbox

PAGE, NUMBERS = "report.html", "summary.json"
"""The names of the report, and of its numbers for the index and for other programs, in the output folder."""


def report_over(registry: RegistryConfig, today: date | None = None) -> tuple[Look, Report]:
    """A look at a registry as it is, with its report; writes nothing. Raises as look()."""
    with memories(registry) as remembered:
        seen = look(open_workbook(registry), terms(registry), today or today_of(registry), prober(registry), remembered)
        return with_outbox(registry, seen), report_of_look(registry, remembered.history, seen)


def report_of_look(
    registry: RegistryConfig, history: History | None, seen: Look, notes: tuple[str, ...] = ()
) -> Report:
    """The report of a look that was made already."""
    return report_of(seen, history, Setting(terms(registry), WorkbookLink(registry.settings.link), notes))


def report_after(registry: RegistryConfig, seen: Look, notes: tuple[str, ...] = ()) -> Report:
    """The report of a pass that is over."""
    with history_of(registry) as history:
        return report_of_look(registry, history, seen, notes)


def published(registry: RegistryConfig, history: History | None, seen: Look) -> Mapping[str, bytes]:
    """The files that are published of a look, by name: the page, and its numbers."""
    from registry_sheets.operations.index import numbers_of
    from registry_sheets.reports.page import render_page

    report = report_of_look(registry, history, seen)
    return {PAGE: render_page(report).encode("utf-8", "replace"), NUMBERS: numbers_of(report)}


def publish_index(registry: RegistryConfig) -> tuple[str, ...]:
    """Bring the page that lists the reports up to date, where the config asks for one; gives notices."""
    if registry.index is None:
        return ()
    from registry_sheets.operations.index import write_index

    try:
        written = write_index(registry.index.path, registry.index.members, PAGE, NUMBERS)
    except CannotSave as error:
        return (str(error),)
    return (f"Published: {registry.index.path}.",) if written else ()
