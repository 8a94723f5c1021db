"""edit-does-not-fit: an edit waited in the outbox, and its row was changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from registry_sheets.registry.edits.standing import EditStanding
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.wording import clipped


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    for edit in registry.edits:
        if edit.kind == "unfit":
            yield Hit(edit.index, None, _message(edit), _fix(edit), name=edit.name, version=edit.version)


def _message(edit: EditStanding) -> str:
    return (
        f"'{clipped(edit.what)}', given by {clipped(edit.by)} on {edit.day.isoformat()}, waited in the outbox and does "
        f"not fit the sheet any more. {edit.reason}"
    )


def _fix(edit: EditStanding) -> str:
    return (
        f"If it is still wanted, bring the row into the state it was in and run: registry-sheets outbox retry "
        f"{edit.id}; if not: registry-sheets outbox drop {edit.id}"
    )


_UNFIT = EditStanding(
    id="20260630T140000000000Z-1f0c2b",
    kind="unfit",
    what="promote AC failure 3.1 at Berlin plant",
    by="jonas@training-1",
    day=date(2026, 6, 30),
    name="AC failure",
    version="3.1",
    reason="Row 2, Stage holds Archived now; when the command was given it held Testing.",
    index=0,
)

RULE = Rule(
    id="edit-does-not-fit",
    title="A recorded edit does not fit",
    group="history",
    severity=Severity.WARNING,
    finds=(
        "An edit by record, promote or rollback that could not be written at once, as while the workbook was open, and "
        "whose row was changed, doubled or removed by somebody before it was."
    ),
    why="Two people wanted two things of one row. Which of them holds is for people to say.",
    what_to_do=(
        "Look at the row. Then registry-sheets outbox drop ID lets go of the edit, and registry-sheets outbox retry ID "
        "writes it once the row is as it was."
    ),
    bad=Example({"Name": "AC failure"}, edits=(_UNFIT,)),
    good=Example({"Name": "AC failure"}),
    check=check,
    archived=True,
)
