"""ambiguous-date: 03/04/2026 is two days, and the sheet does not say which."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.not_a_date import date_severity
from registry_sheets.registry.rules.words import either, problems_of, quote
from registry_sheets.registry.table import CellProblem


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    for problem in problems_of(registry.models, "ambiguous-date"):
        yield Hit(problem.index, problem.field, _message(problem), _fix(problem), date_severity(problem.field))


def _message(problem: CellProblem) -> str:
    meanings = either(problem.suggestions) if problem.suggestions else "more than one day"
    note = f"{problem.note} and " if problem.note else ""
    return f"{quote(problem.typed)} {note}may mean {meanings}."


def _fix(problem: CellProblem) -> str:
    example = either(problem.suggestions) if problem.suggestions else "2026-04-03"
    return f"Type it as year-month-day: {example}."


RULE = Rule(
    id="ambiguous-date",
    title="A date that may mean two days",
    group="form",
    severity=Severity.ERROR,
    finds="A date typed as text that may mean two days: 03/04/2026 is 3 April to some and 4 March to others.",
    why="A guess would be wrong half of the time, and nobody would see it.",
    what_to_do=(
        "Type it as year-month-day, such as 2026-04-03. If everybody who fills in this sheet writes the day first, "
        'set date_order = "dmy" in config.toml ("mdy" for the month first).'
    ),
    bad=Example({"Training date": "03/04/2026"}),
    good=Example({"Training date": "2026-04-03"}),
    check=check,
    archived=True,
    explains=("*",),
)
