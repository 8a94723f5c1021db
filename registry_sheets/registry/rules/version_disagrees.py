"""version-disagrees: rows of one version that tell different facts about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.same_version import doubled_rows, rows_of_one_version
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import ModelTable

_FACTS = ("training_date", "data_source", "run_link", "data_link")
"""What is true of a version wherever it runs. Owner, stage and reasons may differ by place."""


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    for rows in rows_of_one_version(table):
        doubled = doubled_rows(table, rows)  # the doubled row is the finding there, not what it tells
        yield from _disagreements(table, [index for index in rows if index not in doubled])


def _disagreements(table: ModelTable, rows: list[int]) -> Iterator[Hit]:
    for field in _FACTS:
        facts = [(index, fact) for index in rows if (fact := table.value(field)[index]) is not None]
        for index, fact in facts[1:]:
            first, told = facts[0]
            if _key(fact) != _key(told):
                yield Hit(index, field, _message(table, first, told), _FIX)


def _key(fact: object) -> object:
    return normalise(fact) if isinstance(fact, str) else fact


_FIX = "One version has one training. Correct the row that is wrong, or give this one its own version."


def _message(table: ModelTable, first: int, told: object) -> str:
    shown = told.isoformat() if isinstance(told, date) else quote(str(told))
    return f"Row {table.row_numbers[first]} is of the same version and says {shown}."


RULE = Rule(
    id="version-disagrees",
    title="Rows of one version disagree",
    group="identity",
    severity=Severity.WARNING,
    finds="Several rows of one version, for different locations or uses, with different training dates, data or links.",
    why="One version is trained once, on one set of data. Where the rows differ, one is wrong or is another version.",
    what_to_do="Correct the row that is wrong, or give it its own version.",
    bad=Example({"Data source": "Service log 2026-03-31"}, others=({"Location": "Munich office"},)),
    good=Example({"Data source": "CRM export 2026-03-31"}, others=({"Location": "Munich office"},)),
    check=check,
    archived=True,
)
