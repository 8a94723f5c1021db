"""error-value: a cell that shows #N/A, #REF! or another error."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.gaps import GAPS
from registry_sheets.registry.rules.words import problems_of
from registry_sheets.registry.table import Stage

_CAUSES = {
    "#N/A": "Its formula looks something up and finds nothing.",
    "#REF!": "Its formula points to cells that were deleted.",
    "#NAME?": "Its formula uses a name or a function that does not exist.",
    "#DIV/0!": "Its formula divides by zero or by a blank cell.",
    "#VALUE!": "Its formula calculates with text.",
}


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    for problem in problems_of(table, "error-value"):
        severity = severity_of(table.judged[problem.index], problem.field)
        if severity:
            cause = _CAUSES.get(problem.typed, "")
            message = f"The cell shows {problem.typed} instead of a value. {cause}".rstrip()
            yield Hit(problem.index, problem.field, message, "Mend the formula or type the value over it.", severity)


def severity_of(stage: Stage, field: str) -> Severity | None:
    """As hard as a blank cell; elsewhere a warning, since a broken formula is never meant."""
    if stage is Stage.ARCHIVED:
        return GAPS[stage].get(field)
    return GAPS[stage].get(field, Severity.WARNING)


RULE = Rule(
    id="error-value",
    title="A cell shows an error",
    group="gaps",
    severity=Severity.ERROR,
    finds="A cell that shows #N/A, #REF!, #DIV/0! or another error of the spreadsheet.",
    why="The value that the formula should have given is lost, for people as well as for this check.",
    what_to_do="Mend the formula, or type the value over it.",
    bad=Example({"Data source": "#N/A"}),
    good=Example({"Data source": "CRM export 2026-03-31"}),
    check=check,
    archived=True,
    explains=("*",),
)
