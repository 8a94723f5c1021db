"""Tables whose rows leave for a platform."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.table import ModelTable

HEADINGS = ("Name", "Version", "Training date", "Location", "Stage", "Owner", "Used for", "What changed", "Why")


def table(*rows: Sequence[Any], headings: Sequence[str] = HEADINGS) -> ModelTable:
    """Rows below these headings as they are read from a sheet; cells that a row lacks are blank."""
    wide = [[*row, *[""] * (len(headings) - len(row))] for row in rows]
    grid = Grid("Models", [list(headings), *wide])
    return parse_models(grid, find_header(grid))


def live(version: str, location: str = "", used_for: str = "") -> Sequence[Any]:
    """The row of a version of AC in production."""
    return ("AC", version, "", location, "Production", "", used_for)


HOSTILE = ("=1+1", "a\x07b", "\u202eabc", "'; DROP TABLE", "<b>", "é😀", "{{x}}", "x" * 200_000, "\ud800", "a\r\nb")
