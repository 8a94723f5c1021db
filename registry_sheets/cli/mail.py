"""Run nightly: mail."""

from __future__ import annotations

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
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="With --dry-run: where the files go.")] = Path(
        "registry-sheets-mail"
    ),
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    today: flags.Today = "",
) -> None:
    """Send owners what is live, changed, missing and overdue of theirs; nobody gets a week's mail twice."""
    from registry_sheets.cli.mail_output import Asked, finish_mail, send_test, send_weekly
    from registry_sheets.config import load

    registries = load(config, sheet, registry or ()).registries
    _refuse(action, address, to, again)
    if action is Action.TEST:
        raise typer.Exit(send_test(registries, address))
    asked = Asked(_week(week), to, again, out if dry_run else None, flags.day(today))
    finish_mail(registries, lambda one: send_weekly(one, asked))


def _refuse(action: Action, address: str, to: str, again: bool) -> None:
    """Flags that do not go together. Raises ConfigProblem."""
    if action is Action.TEST and not address:
        raise ConfigProblem(
            "mail test needs an address.", "Say where it goes: registry-sheets mail test you@example.com"
        )
    if action is Action.WEEKLY and address:
        raise ConfigProblem(f"mail weekly takes no '{address}'.", f"For one address: mail weekly --to {address}")
    if again and not to:
        raise ConfigProblem("--again is about one address.", "Say which: --to ana@example.com --again")


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
