"""Flags that several commands share."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from registry_sheets.errors import ConfigProblem


class Format(StrEnum):
    """How a listing is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class FailOn(StrEnum):
    """From which severity on findings make exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


Sheet = Annotated[
    Path | None, typer.Argument(metavar="[SHEET]", help="The workbook; without it, every registry of the config.")
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", metavar="FILE", help="The config, if it is not config.toml here.")
]
Names = Annotated[
    list[str] | None, typer.Option("--registry", metavar="NAME", help="Only this registry; may be given again.")
]
Today = Annotated[
    str, typer.Option("--today", metavar="DATE", help="Judge as if it were this day (2026-06-30), for trying.")
]
Listing = Annotated[Format, typer.Option("--format", help="How to write it.")]
FailFrom = Annotated[
    FailOn | None, typer.Option("--fail-on", help="From which severity on to exit with 1; error unless configured.")
]
Everything = Annotated[bool, typer.Option("--all", help="Show all findings, not only the ten worst.")]


def day(said: str) -> date | None:
    """The day of --today. Raises ConfigProblem."""
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ConfigProblem(
            f"--today {said} is not a date.", "Write it as year-month-day: --today 2026-06-30"
        ) from None
