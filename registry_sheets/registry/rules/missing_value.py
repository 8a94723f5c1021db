"""missing-value: a blank cell where the row's stage needs a value."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field, field_validator

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.gaps import GAPS
from registry_sheets.registry.table import ModelTable, Stage

_FIXES = {
    "name": "Type the model's name, such as 'AC failure', spelled as in its other rows.",
    "version": "Type the version, such as 1.0. Every row is one version of a model.",
    "training_date": "Type the day on which this version was trained, such as 2026-06-30.",
    "data_source": "Name the table, file or snapshot that it was trained on, such as 'CRM export 2026-06-30'.",
    "location": "Type where this version runs, such as 'Berlin plant'.",
    "owner": "Type who answers for this version, such as 'Anna Meier'.",
}


class MissingValueOptions(Options):
    also: tuple[str, ...] = Field(
        default=(), description='further columns that must be filled in Production and Testing, such as ["Why"]'
    )

    @field_validator("also")
    @classmethod
    def _fields(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        """Headers, as people know them, or field names; as field names."""
        fields = {normalise(text): column.field for column in COLUMNS for text in (column.header, column.field)}
        for text in said:
            if normalise(text) not in fields:
                raise ValueError(f"'{text}' is not a column; use one of {', '.join(c.header for c in COLUMNS)}")
        return tuple(fields[normalise(text)] for text in said)


def check(registry: Registry, options: MissingValueOptions) -> Iterator[Hit]:
    table = registry.models
    for field in table.columns:
        if field in GAPS[Stage.PRODUCTION]:
            yield from _gaps(table, field)
        elif field in options.also:
            yield from _further(table, field)


def _gaps(table: ModelTable, field: str) -> Iterator[Hit]:
    message = f"The {field.replace('_', ' ')} is missing."
    for index in _blanks(table, field):
        severity = GAPS[table.judged[index]].get(field)
        if severity:
            yield Hit(index, field, message, _FIXES[field], severity)


def _further(table: ModelTable, field: str) -> Iterator[Hit]:
    header = table.columns[field].header
    for index in _blanks(table, field):
        if table.judged[index] is not Stage.ARCHIVED:
            yield Hit(index, field, f"{header} is blank.", f"Fill in {header}.", Severity.WARNING)


def _blanks(table: ModelTable, field: str) -> list[int]:
    """Rows with nothing in the field. A cell that was not understood is not blank."""
    empty = [index for index, value in enumerate(table.value(field)) if not value and value != 0]
    return [index for index in empty if (index, field) not in table.problem_fields] if empty else empty


RULE = Rule(
    id="missing-value",
    title="A required cell is blank",
    group="gaps",
    severity=Severity.ERROR,
    finds=(
        "A blank cell where one is needed. In Production: Name, Version, Training date, Data source, Location and "
        "Owner. In Testing: the same without Owner, and a missing Location is only a warning. In Archived: Name and "
        "Version. A row without a stage is read as Testing."
    ),
    why="When a model goes wrong, these are the cells that say which one it is, what it learned from and whom to ask.",
    what_to_do="Fill in the cell. If the version is no longer in use, set its Stage to Archived instead.",
    bad=Example({"Data source": ""}),
    good=Example({"Data source": "CRM export 2026-03-31"}),
    check=check,
    options=MissingValueOptions,
    archived=True,
    explains=("*",),
)
