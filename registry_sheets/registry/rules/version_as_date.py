"""version-as-date: 1-2 typed into a cell has become 1 February."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import either, problems_of
from registry_sheets.registry.table import CellProblem


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    for problem in problems_of(registry.models, "version-as-date"):
        yield Hit(problem.index, problem.field, _message(problem), _fix(problem))


def _message(problem: CellProblem) -> str:
    return f"The spreadsheet has turned this version into a date: {problem.typed}."


def _fix(problem: CellProblem) -> str:
    meant = either(problem.suggestions) if problem.suggestions else "1-2"
    return f"Set the format of the Version column to Text, then type the version again, such as {meant}."


RULE = Rule(
    id="version-as-date",
    title="A version turned into a date",
    group="form",
    severity=Severity.ERROR,
    finds="A version that the spreadsheet holds as a date: 1-2 or 1/2 typed into a cell becomes 1 February.",
    why="What was typed is lost, so the row no longer says which version it is about.",
    what_to_do="Set the format of the Version column to Text (in Excel: Ctrl+1, Text), then type the version again.",
    bad=Example({"Version": date(2026, 2, 1)}),
    good=Example({"Version": "1-2"}),
    check=check,
    archived=True,
    explains=("*",),
)
