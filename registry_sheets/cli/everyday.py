"""Every day: check, live, changes. They read and print, and write nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from registry_sheets.cli import flags

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.operations.asking import ChangesAnswer, LiveAnswer
    from registry_sheets.operations.looking import Look


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
    from registry_sheets.cli.running import each, finish, print_notices
    from registry_sheets.config import load
    from registry_sheets.operations.looking import look
    from registry_sheets.wiring import open_workbook, prober, terms, today_of, with_outbox
    from registry_sheets.wiring.history import memories

    day = flags.day(today)
    settings = load(config, sheet, registry or ())

    def looked(one: RegistryConfig) -> Look:
        with memories(one) as remembered:
            seen = look(open_workbook(one), terms(one), day or today_of(one), prober(one), remembered)
        return with_outbox(one, seen)

    outcomes = each(settings.registries, looked)
    print_findings(outcomes, format_, everything, sheet)
    print_notices(outcomes)
    finish(outcomes, fail_on)


def live(
    name: flags.Model = "",
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="What was live on that day (2026-04-01).")] = "",
    as_recorded: Annotated[
        bool, typer.Option("--as-recorded", help="What the registry itself said on that day.")
    ] = False,
    used_for: Annotated[str, typer.Option("--used-for", metavar="TEXT", help="Only what is used for this.")] = "",
    location: Annotated[str, typer.Option("--location", metavar="TEXT", help="Only what is live there.")] = "",
    verified: Annotated[
        bool, typer.Option("--verified", help="Ask the platforms too: whether each line is so, and since when.")
    ] = False,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    format_: Annotated[flags.LiveFormat, typer.Option("--format", help="How to write it.")] = flags.LiveFormat.TABLE,
    today: flags.Today = "",
) -> None:
    """Say which version of each model is live, where, since when and why; now or on any day."""
    from registry_sheets.cli.asking_told import tell_asking
    from registry_sheets.cli.live_output import print_live
    from registry_sheets.cli.live_verified import refuse_past
    from registry_sheets.cli.running import answers, finish_answers, print_said
    from registry_sheets.config import load
    from registry_sheets.operations.asking import Asked, what_is_live
    from registry_sheets.wiring import open_workbook, terms, today_of, with_outbox
    from registry_sheets.wiring.history import history_of
    from registry_sheets.wiring.platforms import asking_now, with_platform

    name, sheet = flags.model_or_sheet(name, sheet)
    day, asked_day = flags.day(today), flags.day(on, "--on")

    def ask(one: RegistryConfig) -> LiveAnswer:
        now = day or today_of(one)
        hearing = asking_now(one) if verified else None
        asked = Asked(name, (asked_day or now) if as_recorded else asked_day, as_recorded, used_for, location)
        with history_of(one) as history:
            answer = what_is_live(open_workbook(one), terms(one), now, history, asked, hearing)
        return replace(answer, look=with_outbox(one, answer.look))

    found = load(config, sheet, registry or ()).registries
    if verified:
        refuse_past(on or as_recorded)
        with_platform(found, "")
        tell_asking(found)
    given = answers(found, ask)
    code = print_live(given.found, format_, whole=not any(given.failures))
    print_said(answer.look for answer in given.found)
    finish_answers(given.failures, (answer.look for answer in given.found), code)


def changes(
    name: flags.Model = "",
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="Only what was seen on that day or later.")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="Show all, not only the newest 50.")] = False,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    format_: flags.Listing = flags.Format.TABLE,
    today: flags.Today = "",
) -> None:
    """List what changed in the sheet: old and new, when it was seen, and who saved it last."""
    from registry_sheets.cli.changes_output import print_changes
    from registry_sheets.cli.running import answers, finish_answers, print_said
    from registry_sheets.config import load
    from registry_sheets.operations.asking import what_changed
    from registry_sheets.wiring import open_workbook, terms, today_of
    from registry_sheets.wiring.history import history_of

    name, sheet = flags.model_or_sheet(name, sheet)
    day, first = flags.day(today), flags.day(since, "--since")

    def ask(one: RegistryConfig) -> ChangesAnswer:
        with history_of(one) as history:
            return what_changed(open_workbook(one), terms(one), day or today_of(one), history, name, first)

    given = answers(load(config, sheet, registry or ()).registries, ask)
    code = print_changes(given.found, format_, first, everything)
    print_said(answer.look for answer in given.found)
    finish_answers(given.failures, (answer.look for answer in given.found), code)
