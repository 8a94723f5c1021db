"""far-cell: something was typed far outside the table."""

from __future__ import annotations

from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule

_MOST_NAMED = 3


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    far = registry.models.beyond
    if not far:
        return
    named = ", ".join(far[:_MOST_NAMED]) + (f" and {len(far) - _MOST_NAMED} more" if len(far) > _MOST_NAMED else "")
    message = f"There is content far outside the table, at {named}. It was not read."
    fix = f"Go there (Ctrl+G, then type {far[0]}) and delete what you find, or move it into the table."
    yield Hit(None, None, message, fix)


RULE = Rule(
    id="far-cell",
    title="Content far outside the table",
    group="form",
    severity=Severity.WARNING,
    finds="A cell with content thousands of rows or columns away from the table, most often typed there by accident.",
    why="It makes the workbook slow and its print-outs endless, and a row down there is read by nobody.",
    what_to_do="Go to the cell (Ctrl+G, then type its address) and delete what you find, or move it into the table.",
    bad=Example({}, beyond=("XFD1048576",)),
    good=Example({}),
    check=check,
)
