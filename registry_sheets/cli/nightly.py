"""Run nightly: sync."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from registry_sheets.cli import flags
from registry_sheets.errors import ConfigProblem


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
    """Check the sheet and ask the platforms, record what changed, then write the own tabs and the output folder."""
    from registry_sheets.cli.asking_told import tell_asking
    from registry_sheets.cli.findings_output import print_findings
    from registry_sheets.cli.running import each, finish, print_notices
    from registry_sheets.config import load
    from registry_sheets.wiring.passes import Ways, pass_over

    day = flags.day(today)
    settings = load(config, sheet, registry or ())
    if not registry:
        for flag in ("--new-history",) * new_history + ("--accept-removals",) * accept_removals:
            _refuse_for_all(flag, [one.name for one in settings.registries])
    ways = Ways(accept_removals, new_history)
    tell_asking(settings.registries)
    outcomes = each(settings.registries, lambda one: pass_over(one, day, ways))
    print_findings(outcomes, format_, everything, sheet)
    print_notices(outcomes)
    finish(outcomes, fail_on)


def _refuse_for_all(flag: str, names: Sequence[str]) -> None:
    """What is said of one registry must not befall the others unseen. Raises ConfigProblem."""
    from registry_sheets.registry.wording import listed

    if len(names) > 1:
        raise ConfigProblem(
            f"{flag} is about one registry, and the config has {len(names)}: {listed(names)}.",
            f'Say which: registry-sheets sync {flag} --registry "{names[0]}"',
        )
