"""not-a-date: a date cell that holds something else."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.placeholders import is_placeholder
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import either, problems_of, quote
from registry_sheets.registry.table import CellProblem


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    for problem in problems_of(registry.models, "not-a-date"):
        if not is_placeholder(problem.typed):  # judged by placeholder-value
            yield Hit(problem.index, problem.field, _message(problem), _fix(problem), date_severity(problem.field))


def date_severity(field: str) -> Severity:
    """The training date is required; the other dates are not."""
    return Severity.ERROR if field == "training_date" else Severity.WARNING


def _message(problem: CellProblem) -> str:
    return f"{quote(problem.typed)} {problem.note or 'is not a date'}."


def _fix(problem: CellProblem) -> str:
    if problem.suggestions:
        return f"If {either(problem.suggestions)} is meant, type that."
    return "Type the whole date as year-month-day, such as 2026-06-30."


RULE = Rule(
    id="not-a-date",
    title="Not a date",
    group="form",
    severity=Severity.ERROR,
    finds=(
        "A date cell that holds something else: 'last spring', 'Q2 2026', a number. A date that can be guessed is "
        "suggested and never taken silently."
    ),
    why="Without a real date nobody can tell how old a model is or which version came first.",
    what_to_do="Type the whole date as year-month-day, such as 2026-06-30.",
    bad=Example({"Training date": "spring 2026"}),
    good=Example({"Training date": "2026-04-01"}),
    check=check,
    archived=True,
    explains=("*",),
)
