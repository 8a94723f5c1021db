"""Platforms: reconcile. Import and export are in transfer.py."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from registry_sheets.cli import flags

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.operations.looking import Look


def reconcile(
    platform: Annotated[
        str, typer.Argument(metavar="PLATFORM", help="Only this platform, by its name in the config.")
    ] = "",
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    fail_on: flags.FailFrom = None,
    format_: flags.Listing = flags.Format.TABLE,
    everything: flags.Everything = False,
    today: flags.Today = "",
) -> None:
    """Ask the platforms now and print where the sheet and they differ. Changes nothing in the sheet."""
    from registry_sheets.cli.asking_told import tell_asking
    from registry_sheets.cli.reconcile_output import print_reconciled
    from registry_sheets.cli.running import each, finish, print_notices
    from registry_sheets.config import load
    from registry_sheets.operations.reconciling import reconcile as do
    from registry_sheets.wiring import open_workbook, terms, today_of
    from registry_sheets.wiring.history import memories
    from registry_sheets.wiring.platforms import asking_now, with_platform

    day = flags.day(today)
    chosen = with_platform(load(config, sheet, registry or ()).registries, platform)

    def reconciled(one: RegistryConfig) -> Look:
        with memories(one) as remembered:
            asked = replace(remembered, hearing=asking_now(one, platform))
            return do(open_workbook(one), terms(one), day or today_of(one), asked)

    tell_asking(chosen, platform)
    outcomes = each(chosen, reconciled)
    print_reconciled(outcomes, format_, everything, platform)
    print_notices(outcomes)
    finish(outcomes, fail_on)
