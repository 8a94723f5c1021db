"""missing-column: the sheet has no column for something that every version needs."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.columns import COLUMNS, Column, column
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import Stage


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    for declared in COLUMNS:
        if declared.need == "required" and not table.has(declared.field):
            yield _hit(declared, "")
    if not table.has("stage"):
        yield _hit(column("stage"), " Until then every row is read as Testing.", Severity.INFO)
    if not table.has("owner") and Stage.PRODUCTION in table.stages:
        yield _hit(column("owner"), "", Severity.WARNING)


def _hit(declared: Column, then: str, severity: Severity | None = None) -> Hit:
    fix = (
        f"Add a column with the header '{declared.header}', or name yours in config.toml, "
        f'under [registry.columns], such as "{declared.header}" = "My header".{then}'
    )
    return Hit(None, declared.field, f"The sheet has no column '{declared.header}'.", fix, severity)


RULE = Rule(
    id="missing-column",
    title="A column is missing",
    group="gaps",
    severity=Severity.ERROR,
    finds=(
        "A sheet without a column for Name, Version, Training date, Data source or Location. One finding for the "
        "column, none for its rows. A missing Owner is a warning where a version is in Production; a missing Stage is "
        "only mentioned."
    ),
    why="What has no column is filled in by nobody.",
    what_to_do="Add the column, or say in config.toml which of your columns holds it.",
    bad=Example({"Data source": None}),
    good=Example({"Data source": "CRM export 2026-03-31"}),
    check=check,
)
