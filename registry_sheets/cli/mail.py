"""Run nightly: mail."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from registry_sheets.cli import flags
from registry_sheets.errors import ConfigProblem


class Action(StrEnum):
    """What is sent."""

    WEEKLY = "weekly"
    TEST = "test"


def mail(
    action: Annotated[
        Action,
        typer.Argument(help="weekly: each owner's mail of a week; test: one mail, to see that the server works."),
    ],
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="With test: where it goes.")] = "",
    week: Annotated[
        str, typer.Option("--week", metavar="WEEK", help="The ISO week, 2026-W47; this one if left out.")
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="Only the mail to this address.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="With --to: send it after all, though it was sent or may have been.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Send nothing: write each mail as .eml and .html, and say who would get what."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="With --dry-run: where the files go; else registry-sheets-mail here."
        ),
    ] = None,
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    today: flags.Today = "",
) -> None:
    """Send owners what is live, changed, missing and overdue of theirs; nobody gets a week's mail twice."""
    from registry_sheets.cli.mail_output import Asked, finish_mail, send_test, send_weekly
    from registry_sheets.config import load

    given = {"--week": bool(week), "--to": bool(to), "--again": again, "--dry-run": dry_run, "--out": out is not None}
    _refuse(action, address, [flag for flag, said in given.items() if said])
    registries = load(config, sheet, registry or ()).registries
    if action is Action.TEST:
        raise typer.Exit(send_test(registries, address))
    preview = (out or Path("registry-sheets-mail")) if dry_run else None
    asked = Asked(_week(week), to, again, preview, flags.day(today))
    finish_mail(registries, lambda one: send_weekly(one, asked))


def _refuse(action: Action, address: str, given: Sequence[str]) -> None:
    """Flags that do not go together: nothing is sent then. Raises ConfigProblem."""
    if action is Action.TEST:
        if not address:
            fix = "Say where it goes: registry-sheets mail test you@example.com"
            raise ConfigProblem("mail test needs an address.", fix)
        if given:
            fix = "Leave it out; mail test always sends one mail. Nothing was sent."
            raise ConfigProblem(f"{given[0]} goes with mail weekly.", fix)
        return
    if address:
        raise ConfigProblem(f"mail weekly takes no '{address}'.", f"For one address: mail weekly --to {address}")
    for flag, needed in (("--again", "--to"), ("--out", "--dry-run")):
        if flag in given and needed not in given:
            raise ConfigProblem(f"{flag} goes with {needed}.", "Nothing was sent.")


def _week(said: str) -> str:
    """The ISO week as asked, '' for this one. Raises ConfigProblem."""
    from datetime import date

    if not said:
        return ""
    try:
        year, number = said.upper().split("-W")
        date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        raise ConfigProblem(f"--week {said} is not a week.", "Write year and ISO week: --week 2026-W47") from None
    return f"{int(year):04}-W{int(number):02}"
