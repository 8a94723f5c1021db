"""Reference: history."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from registry_sheets.cli import flags


class Action(StrEnum):
    """What is done with a history."""

    EXPORT = "export"
    PRUNE = "prune"


def history(
    action: Annotated[
        Action, typer.Argument(help="export: print all of it as JSON Lines; prune: forget what ended before a day.")
    ],
    before: Annotated[str, typer.Option("--before", metavar="DATE", help="With prune: the day, 2026-01-01.")] = "",
    sheet: flags.SheetFile = None,
    config: flags.ConfigFile = None,
    registry: flags.Names = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="With export: a file to write.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="With prune: only say what would go.")] = False,
) -> None:
    """Export what history holds as JSON Lines, or forget what ended before a day."""
    from registry_sheets.cli.history_output import export, prune
    from registry_sheets.cli.running import answers, finish_answers
    from registry_sheets.config import load

    day = flags.day(before, "--before")
    registries = load(config, sheet, registry or ()).registries
    if action is Action.EXPORT:
        raise typer.Exit(export(registries, out))
    given = answers(registries, lambda one: prune(one, day, dry_run))
    for line in given.found:
        print(line)
    finish_answers(given.failures, ())
