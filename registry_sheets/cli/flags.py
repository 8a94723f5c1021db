"""Flags that several commands share."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from registry_sheets.errors import ConfigProblem
from registry_sheets.registry.google_address import is_web_address


class Format(StrEnum):
    """How a listing is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


class LiveFormat(StrEnum):
    """How what is live is written; ``version`` is the bare version, for scripts."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    VERSION = "version"


class FailOn(StrEnum):
    """From which severity on findings make exit code 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


Sheet = Annotated[  # text, since a Path would swallow the second slash of an address
    str | None,
    typer.Argument(
        metavar="SHEET",
        help="The workbook, or a Google spreadsheet's address; without it, every registry of the config.",
    ),
]
SheetFile = Annotated[
    str | None,
    typer.Option("--sheet", metavar="SHEET", help="The workbook or Google spreadsheet, if it is not the config's."),
]
Model = Annotated[
    str, typer.Argument(metavar="NAME", help="Only this model. (The name of a workbook is taken for --sheet.)")
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


def day(said: str, flag: str = "--today") -> date | None:
    """The day of --today or another flag. Raises ConfigProblem."""
    if not said:
        return None
    try:
        return date.fromisoformat(said)
    except ValueError:
        raise ConfigProblem(f"{flag} {said} is not a date.", f"Write it as year-month-day: {flag} 2026-06-30") from None


def model_or_sheet(name: str, sheet: str | None) -> tuple[str, str | None]:
    """(model, sheet) where the one argument may be either: `live "AC failure"`, `live models.xlsx`, an address."""
    if sheet is None and (Path(name).suffix.casefold() in _WORKBOOKS or is_web_address(name)):
        return "", name
    return name, sheet


_WORKBOOKS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods")
