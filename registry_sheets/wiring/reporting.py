"""Reports of configured registries, and where they are published."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date

from registry_sheets.config import RegistryConfig
from registry_sheets.errors import CannotSave, RegistrySheetsError
from registry_sheets.history.base import History
from registry_sheets.operations.looking import Look, look
from registry_sheets.operations.reporting import Setting, report_of
from registry_sheets.registry.links import Links, StoreLinks, WorkbookLink
from registry_sheets.reports.content import Report
from registry_sheets.wiring import open_workbook, prober, terms, today_of, with_outbox
from registry_sheets.wiring.history import history_of, memories
from registry_sheets.workbooks.base import Workbook

PAGE, NUMBERS = "report.html", "summary.json"
"""The names of the report, and of its numbers for the index and for other programs, in the output folder."""


def report_over(registry: RegistryConfig, today: date | None = None, since: date | None = None) -> tuple[Look, Report]:
    """A look at a registry as it is, with its report; writes nothing. ``since``: as Setting.since. Raises as look()."""
    workbook = open_workbook(registry)
    with memories(registry) as remembered:
        seen = look(workbook, terms(registry), today or today_of(registry), prober(registry), remembered)
        return with_outbox(registry, seen), report_of_look(registry, remembered.history, seen, workbook, since)


def report_of_look(
    registry: RegistryConfig, history: History | None, seen: Look, workbook: Workbook, since: date | None = None
) -> Report:
    """The report of a look at the workbook that was made already."""
    return report_of(seen, history, Setting(terms(registry), links_of(registry, workbook), since=since))


def links_of(registry: RegistryConfig, workbook: Workbook) -> Links:
    """How links into the workbook are made: as the config says, else as a store that is on the web makes them.

    The path of a file is of no use to those who get a report on another machine, so without a setting it has none.
    """
    if registry.settings.link or registry.sheet.path is not None:
        return WorkbookLink(registry.settings.link)
    return StoreLinks(workbook.link)


def report_after(registry: RegistryConfig, seen: Look, workbook: Workbook) -> Report:
    """The report of a pass over the workbook that is over."""
    with history_of(registry) as history:
        return report_of_look(registry, history, seen, workbook)


def published(registry: RegistryConfig, history: History | None, seen: Look, workbook: Workbook) -> Mapping[str, bytes]:
    """The files that are published of a look, by name: the page, and its numbers."""
    from registry_sheets.operations.index import numbers_of
    from registry_sheets.reports.page import render_page

    report = report_of_look(registry, history, seen, workbook)
    return {PAGE: render_page(report).encode("utf-8", "replace"), NUMBERS: numbers_of(report)}


def publish_failure(registry: RegistryConfig, error: RegistrySheetsError) -> None:
    """Note in the published numbers, and in the index, that the last pass failed; what was known stays beside it.

    Raises nothing: the failure itself is what is told.
    """
    from registry_sheets.operations.index import with_failure

    if registry.output is None or not registry.settings.report:
        return
    with suppress(CannotSave):
        with_failure(registry.output / NUMBERS, error.message)
        publish_index(registry)


def with_index(registry: RegistryConfig, seen: Look) -> Look:
    """The look, with the page that lists the reports brought up to date, where the config asks for one."""
    try:
        written = publish_index(registry)
    except CannotSave as error:
        return replace(seen.noting(str(error)), unpublished=seen.unpublished or str(error))
    return seen.noting(f"Published: {registry.index.path}.") if written and registry.index else seen


def publish_index(registry: RegistryConfig) -> bool:
    """Write the page that lists the reports; whether it changed. Raises CannotSave."""
    if registry.index is None:
        return False
    from registry_sheets.operations.index import write_index

    return write_index(registry.index.path, registry.index.members, PAGE, NUMBERS)
