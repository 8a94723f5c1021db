"""Run nightly: sync."""

from __future__ import annotations

from registry_sheets.cli import flags


def sync(
    sheet: flags.Sheet = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    fail_on: flags.FailFrom = None,
    format_: flags.Listing = flags.Format.TABLE,
    everything: flags.Everything = False,
    today: flags.Today = "",
) -> None:
    """Check the sheet, then write the Findings and Live tabs and the output folder."""
    from registry_sheets.cli.findings_output import print_findings
    from registry_sheets.cli.running import each, finish, print_notices
    from registry_sheets.config import load
    from registry_sheets.wiring import pass_over

    day = flags.day(today)
    settings = load(config, sheet, registry or ())
    outcomes = each(settings.registries, lambda one: pass_over(one, day))
    print_findings(outcomes, format_, everything, sheet)
    print_notices(outcomes)
    finish(outcomes, fail_on)
