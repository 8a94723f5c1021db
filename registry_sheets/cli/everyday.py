"""Every day: check, live. They read and print, and write nothing."""

from __future__ import annotations

from typing import Annotated

import typer

from registry_sheets.cli import flags


def check(
    sheet: flags.Sheet = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    fail_on: flags.FailFrom = None,
    format_: flags.Listing = flags.Format.TABLE,
    everything: flags.Everything = False,
    today: flags.Today = "",
) -> None:
    """Check the sheet and print what is missing or wrong. Writes nothing."""
    from registry_sheets.cli.findings_output import print_findings
    from registry_sheets.cli.running import Outcome, each, finish, print_notices
    from registry_sheets.config import load
    from registry_sheets.operations.looking import look
    from registry_sheets.wiring import open_workbook, prober, terms, today_of

    day = flags.day(today)
    settings = load(config, sheet, registry or ())
    outcomes: list[Outcome] = each(
        settings.registries,
        lambda one: look(open_workbook(one), terms(one), day or today_of(one), prober(one)),
    )
    print_findings(outcomes, format_, everything, sheet)
    print_notices(outcomes)
    finish(outcomes, fail_on)


def live(
    sheet: flags.Sheet = None,
    used_for: Annotated[str, typer.Option("--used-for", metavar="TEXT", help="Only what is used for this.")] = "",
    location: Annotated[str, typer.Option("--location", metavar="TEXT", help="Only what is live there.")] = "",
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    format_: flags.Listing = flags.Format.TABLE,
    today: flags.Today = "",
) -> None:
    """Say which version of each model is live, where, since when and why."""
    from registry_sheets.cli.live_output import print_live
    from registry_sheets.cli.running import each, finish_listing
    from registry_sheets.config import load
    from registry_sheets.operations.looking import look
    from registry_sheets.wiring import open_workbook, terms, today_of

    day = flags.day(today)
    outcomes = each(
        load(config, sheet, registry or ()).registries,
        lambda one: look(open_workbook(one), terms(one), day or today_of(one)),
    )
    print_live(outcomes, format_, used_for, location)
    finish_listing(outcomes)
