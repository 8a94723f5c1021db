"""Every day: report."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from registry_sheets.cli import flags

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.operations.looking import Look
    from registry_sheets.reports.content import Report


class ReportFormat(StrEnum):
    """How a report is written."""

    HTML = "html"
    XLSX = "xlsx"
    CSV = "csv"
    JSON = "json"
    MD = "md"


class Section(StrEnum):
    """What of a report CSV holds."""

    VERSIONS = "versions"
    LIVE = "live"
    FINDINGS = "findings"
    CHANGES = "changes"
    PERIODS = "periods"


def report(
    sheet: flags.Sheet = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    format_: Annotated[
        ReportFormat | None,
        typer.Option(
            "--format",
            help="How to write it; html, unless the name after --out says another. Without --out, html and xlsx go "
            "into a file here ('REGISTRY report.html'), csv, json and md to standard output.",
        ),
    ] = None,
    section: Annotated[
        Section | None, typer.Option("--section", help="With csv: what to write; versions if you name none.")
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            metavar="PATH",
            help="A file (.html, .xlsx, .csv, .json, .md), or a folder, which is made; - for standard output.",
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option("--since", metavar="DATE", help="With the changes since that day, not only of the last 30 days."),
    ] = "",
    today: flags.Today = "",
) -> None:
    """Write a report of the sheet as it is: a page, a workbook, or for other programs. Changes nothing in the sheet."""
    from registry_sheets.cli.report_output import plan, print_reports, write_report
    from registry_sheets.cli.running import answers, finish_answers, print_said
    from registry_sheets.config import load
    from registry_sheets.wiring.reporting import report_over

    day, first = flags.day(today), flags.day(since, "--since")
    settings = load(config, sheet, registry or ())
    planned = plan(settings, format_, section, out)

    def made(one: RegistryConfig) -> tuple[Look, Report | None]:
        look, told = report_over(one, day, first)
        if planned.prints:
            return look, told
        write_report(told, planned, one)
        return look, None  # what is written need not be kept

    given = answers(settings.registries, made)
    if planned.prints:
        reports = {told.registry: told for _, told in given.found if told}
        print_reports(reports, settings.registries, planned, day)
    print_said(look for look, _ in given.found)
    finish_answers(given.failures, (look for look, _ in given.found))
