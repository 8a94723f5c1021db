"""What is wrong with a config file, said with its line and what to do. Values are never shown whole:
a config may hold secrets.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry_sheets.errors import ConfigProblem

if TYPE_CHECKING:
    from pydantic import ValidationError

Location = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*\[(\[)?\s*(.+?)\s*\]?\]\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[\w-]+|"[^"]*"|'[^']*'""")


_KINDS = (
    ("int_", "a whole number, without quotes"),
    ("float_", "a number, without quotes"),
    ("bool_", "true or false, without quotes"),
    ("string_", 'text in quotes: "..."'),
    ("list_", 'a list in square brackets: ["...", "..."]'),
    ("dict_", "a table in braces: { ... }"),
    ("model_", "a table in braces: { ... }"),
)


class SettingFault(ValueError):
    """What is wrong with a key of a table whose keys are people's; ``place`` is where below that table."""

    def __init__(self, message: str, *place: str) -> None:
        super().__init__(message)
        self.place = place


def problem_of_toml(path: Path, error: Exception) -> ConfigProblem:
    """A file that is not there, not UTF-8 or not TOML."""
    if isinstance(error, FileNotFoundError):
        return ConfigProblem(
            f"There is no config at {path}.", "Correct the path, or make one: registry-sheets init models.xlsx"
        )
    if isinstance(error, UnicodeDecodeError):
        return ConfigProblem(f"{path} is not written in UTF-8.", "Save it again as UTF-8 text.")
    if isinstance(error, OSError):
        return ConfigProblem(f"{path} cannot be read: {error.strerror}.", "Check the path and its permissions.")
    fix = "Correct that line."
    if "\\" in str(error) or "hex" in str(error) or "escape" in str(error).lower():
        fix = "In a path, write / instead of \\, or put the path in single quotes: 'C:\\models\\models.xlsx'."
    return ConfigProblem(f"{path} is not valid TOML: {error}.", fix)


def problem_of(
    path: Path, text: str, error: ValidationError, known_keys: Callable[[Location], Iterable[str]]
) -> ConfigProblem:
    """Every fault of a file that is TOML but not a config of ours, a line each."""
    said = []
    for fault in error.errors(include_url=False):
        location = tuple(part for part in fault["loc"] if part != "[key]")
        within = getattr(fault.get("ctx", {}).get("error"), "place", ())
        said.append((line_of(text, (*location, *within)), _message(location, fault, known_keys)))
    lines = [f"{path}, line {line}: {message}" for line, message in sorted(said)]
    return ConfigProblem("\n".join(lines), "\nconfig.example.toml explains every setting." if len(said) > 1 else "")


def line_of(text: str, location: Location) -> int:
    """The line (from 1) that gives the setting at ``location``, or the nearest one above it."""
    best, depth = 1, 0
    table: Location = ()
    blocks: dict[Location, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            place = table = _table(_parts(header[2]), bool(header[1]), blocks)
        elif key := _KEY.match(line):
            place = (*table, *_parts(key[1]))
        else:
            continue
        if len(place) > depth and location[: len(place)] == place:
            best, depth = number, len(place)
    return best


def _table(parts: Location, begins_block: bool, blocks: dict[Location, int]) -> Location:
    """The place of a table, with the numbers of the blocks in which it is; ``blocks`` holds those of the last ones."""
    place: Location = ()
    for part in parts:
        place = (*place, part)
        if begins_block and len(place) == len(parts) + sum(isinstance(one, int) for one in place):
            blocks[place] = blocks.get(place, -1) + 1
        if place in blocks:
            place = (*place, blocks[place])
    return place


def _parts(dotted: str) -> Location:
    return tuple(part.strip("\"'") for part in _PART.findall(dotted))


def _message(location: Location, fault: Any, known_keys: Callable[[Location], Iterable[str]]) -> str:
    key = _called(location)
    kind = fault["type"]
    if kind == "extra_forbidden":
        if len(location) > 1 and location[0] != "registry" and key in known_keys((key,)):
            return (
                f"'{key}' stands below [{location[0]}], so it is taken as part of it. "
                "Move it above the first line that begins with [."
            )
        return f"'{key}' is not a setting. {_suggest(key, list(known_keys(location)))}"
    if kind == "missing":
        return f"{key} is missing."
    if kind in ("literal_error", "enum"):
        return f"{key} must be one of {fault['ctx']['expected']}."
    if kind == "value_error":
        return f"{key.rstrip(':')}: {fault['ctx']['error']}"
    if "rules" in location[-2:-1]:
        return f'{key}: a rule takes a table: {key} = {{ severity = "warning" }}, or "error", "info", "off".'
    return f"{key} {wanted(fault)}."


def _called(location: Location) -> str:
    """The setting, or the entry of one that is a list."""
    if len(location) > 1 and isinstance(location[-1], int):
        return f"{location[-2]}, entry {location[-1] + 1}:"
    return str(location[-1]) if location else ""


def wanted(fault: Any) -> str:
    """What a value must be, of a fault as pydantic words it."""
    kind = next((said for start, said in _KINDS if fault["type"].startswith(start)), "")
    return f"must be {kind}" if kind else fault["msg"].replace("Input should", "must", 1)


def _suggest(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return f"Did you mean {close[0]}?" if close else f"It can be one of: {', '.join(known)}."
