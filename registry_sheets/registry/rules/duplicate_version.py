"""duplicate-version: one version of a model entered twice for the same place and use."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.same_version import doubled_rows, rows_of_one_version
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import ModelTable


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    for rows in rows_of_one_version(table):
        for index, earlier in doubled_rows(table, rows).items():
            yield Hit(index, "version", _message(table, index, earlier), _FIX)


_FIX = "If it is a new version, give it its own number. If it is the same, keep one of the two rows."


def _message(table: ModelTable, index: int, earlier: int) -> str:
    version, name = str(table.value("version")[index]), str(table.value("name")[index])
    return f"Version {quote(version)} of {quote(name)} stands already in row {table.row_numbers[earlier]}."


RULE = Rule(
    id="duplicate-version",
    title="A version entered twice",
    group="identity",
    severity=Severity.ERROR,
    finds=(
        "Two rows of the same model and version for the same location and use. Rows of one version for different "
        "locations or uses are fine."
    ),
    why="Nobody can tell which of the two rows is right, and every count is off by one.",
    what_to_do="If it is a new version, give it its own number. If it is the same, keep one of the two rows.",
    bad=Example({"Version": "3.1"}, others=({"Version": "3.1"},)),
    good=Example({"Version": "3.1"}, others=({"Version": "3.0", "Stage": "Archived"},)),
    check=check,
    archived=True,
)
