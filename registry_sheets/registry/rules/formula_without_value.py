"""formula-without-value: a formula that was saved without what it gives."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.error_value import severity_of
from registry_sheets.registry.rules.words import problems_of


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    for problem in problems_of(table, "formula-without-value"):
        severity = severity_of(table.judged[problem.index], problem.field)
        if severity:
            yield Hit(
                problem.index,
                problem.field,
                "The cell holds a formula whose result is not stored in the file.",
                "Open the workbook in Excel and save it once, or type the value over the formula.",
                severity,
            )


RULE = Rule(
    id="formula-without-value",
    title="A formula was saved without its result",
    group="gaps",
    severity=Severity.ERROR,
    finds="A formula cell whose result is not stored in the file. Programs that write workbooks often leave it out.",
    why="The value cannot be read, so the cell can neither be checked nor shown in a report.",
    what_to_do="Open the workbook in Excel and save it once: that stores the results. Or type the value itself.",
    bad=Example({"Data source": "=Sources!B2"}),
    good=Example({"Data source": "CRM export 2026-03-31"}),
    check=check,
    archived=True,
    explains=("*",),
)
