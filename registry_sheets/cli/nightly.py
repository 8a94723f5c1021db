"""Run nightly: sync."""

from __future__ import annotations

from typing import Annotated

import typer

from registry_sheets.cli import flags


def sync(
    sheet: flags.Sheet = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    fail_on: flags.FailFrom = None,
    format_: flags.Listing = flags.Format.TABLE,
    everything: flags.Everything = False,
    today: flags.Today = "",
    accept_removals: Annotated[
        bool, typer.Option("--accept-removals", help="Rows that are gone were meant to go, however many they are.")
    ] = False,
    new_history: Annotated[
        bool, typer.Option("--new-history", help="Begin a new history; the old file is kept beside it.")
    ] = False,
) -> None:
    """Check the sheet, record what changed, then write the tool's own tabs and the output folder."""
    from registry_sheets.cli.findings_output import print_findings
    from registry_sheets.cli.running import each, finish, print_notices
    from registry_sheets.config import load
    from registry_sheets.wiring import Ways, pass_over

    day = flags.day(today)
    settings = load(config, sheet, registry or ())
    ways = Ways(accept_removals, new_history)
    outcomes = each(settings.registries, lambda one: pass_over(one, day, ways))
    print_findings(outcomes, format_, everything, sheet)
    print_notices(outcomes)
    finish(outcomes, fail_on)
