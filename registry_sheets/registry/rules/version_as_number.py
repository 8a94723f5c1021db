"""version-as-number: 3.10 typed into a number cell has become 3.1."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import either, problems_of
from registry_sheets.registry.table import CellProblem


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    for problem in problems_of(registry.models, "version-as-number"):
        yield Hit(problem.index, problem.field, _message(problem), _fix(problem), _severity(problem))


def _message(problem: CellProblem) -> str:
    others = [text for text in problem.suggestions if text != problem.typed]
    doubt = f" It may have been typed as {either(others)}." if others else ""
    return f"The version {problem.typed} is stored as a number.{doubt}"


def _fix(problem: CellProblem) -> str:
    return f"Set the format of the Version column to Text, then type the version again, such as {problem.typed}."


def _severity(problem: CellProblem) -> Severity:
    """A plain whole number has most likely lost nothing."""
    return Severity.INFO if problem.typed.isdigit() else Severity.WARNING


RULE = Rule(
    id="version-as-number",
    title="A version stored as a number",
    group="form",
    severity=Severity.WARNING,
    finds=(
        "A version that the spreadsheet holds as a number. 3.10 becomes 3.1 that way, and 2.0 becomes 2. A plain "
        "whole number is only mentioned."
    ),
    why="Version 3.10 and version 3.1 are two versions; as numbers they are one.",
    what_to_do="Set the format of the Version column to Text (in Excel: Ctrl+1, Text), then type the version again.",
    bad=Example({"Version": 3.1}),
    good=Example({"Version": "3.10"}),
    check=check,
    archived=True,
)
