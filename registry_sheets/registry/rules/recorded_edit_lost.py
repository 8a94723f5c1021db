"""recorded-edit-lost: a row that a command wrote was overwritten by a save from an older copy."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry_sheets.registry.edits.standing import EditStanding
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.wording import clipped


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    for edit in registry.edits:
        if edit.kind == "lost":
            yield Hit(edit.index, None, _message(edit), _fix(edit), name=edit.name, version=edit.version)


def _message(edit: EditStanding) -> str:
    return (
        f"'{clipped(edit.what)}', given by {clipped(edit.by)} on {edit.day.isoformat()}, was written and is lost "
        f"again: {edit.reason}. Somebody may have saved an older copy of the workbook over it."
    )


def _fix(edit: EditStanding) -> str:
    return (
        f"Put it back with: registry-sheets outbox retry {edit.id}; or if it is not wanted any more: "
        f"registry-sheets outbox drop {edit.id}"
    )


_LOST = EditStanding(
    id="20260630T140000000000Z-1f0c2b",
    kind="lost",
    what="record AC failure 3.2",
    by="jonas@training-1",
    day=date(2026, 6, 30),
    name="AC failure",
    version="3.2",
    reason="its row is not in the sheet",
)

RULE = Rule(
    id="recorded-edit-lost",
    title="A recorded edit is lost",
    group="history",
    severity=Severity.WARNING,
    finds=(
        "A row or cell that record, promote, rollback or fix wrote and that was gone again at the next check, as when "
        "somebody saves a copy that they opened before."
    ),
    why="What was recorded is not in the sheet, and whoever recorded it does not know.",
    what_to_do="Put it back with registry-sheets outbox retry ID, or let go of it with registry-sheets outbox drop ID.",
    bad=Example({"Name": "AC failure"}, edits=(_LOST,)),
    good=Example({"Name": "AC failure"}),
    check=check,
    archived=True,
)
