"""unknown-stage: a word in Stage that means none of the three."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import closest, problems_of, quote
from registry_sheets.registry.table import CellProblem, Stage

_STAGES = "Production, Testing or Archived"


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    fixes: dict[str, str] = {}
    for problem in problems_of(registry.models, "unknown-stage"):
        fix = fixes.get(problem.typed)
        if fix is None:
            fix = fixes[problem.typed] = _fix(problem, registry.vocabulary)
        yield Hit(problem.index, problem.field, f"{quote(problem.typed)} is not a stage.", fix)


def _fix(problem: CellProblem, vocabulary: Mapping[str, Stage]) -> str:
    near = problem.suggestions[0] if problem.suggestions else closest(problem.typed, vocabulary)
    if near:
        meant = vocabulary.get(near.casefold(), near)
        return f"If {meant} is meant, choose that. Until then the row is read as Testing."
    return f"Choose {_STAGES}. Until then the row is read as Testing."


RULE = Rule(
    id="unknown-stage",
    title="Not a stage",
    group="form",
    severity=Severity.WARNING,
    finds="A word in Stage that is not Production, Testing or Archived, nor a word that is known to mean one of them.",
    why="A version in use that is not read as Production is missing from the list of what is running.",
    what_to_do=(
        "Choose Production, Testing or Archived. If your team uses another word throughout, add it to config.toml, "
        'such as stages = { Production = ["Rolled out"] }.'
    ),
    bad=Example({"Stage": "Rolled out"}),
    good=Example({"Stage": "Production"}),
    check=check,
    archived=True,
    explains=("*",),
)
