"""review-overdue: nobody has confirmed a live row for too long."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from pydantic import Field

from registry_sheets.registry.days import later
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import ModelTable, Stage

_FIX = "Look through the row, and if it is right put the day of your review under 'Last reviewed'."
_NO_COLUMN = "Add a column 'Last reviewed', look through the row, and if it is right put the day of your review there."


class ReviewOverdueOptions(Options):
    """``days``: how long a review holds."""

    days: int | None = Field(default=None, gt=0)


def _check(registry: Registry, options: ReviewOverdueOptions) -> Iterable[Hit]:
    table = registry.models
    if options.days is None:
        return
    field, fix = ("last_reviewed", _FIX) if table.has("last_reviewed") else (None, _NO_COLUMN)
    unclear = {problem.index for problem in table.problems if problem.field == "last_reviewed"}
    for index, stage in enumerate(table.stages):
        if stage is not Stage.PRODUCTION or index in unclear:
            continue
        start, event = last_seen(table, index)
        due = later(start, options.days) if start else None
        if due is not None and due < registry.today:
            yield Hit(index, field, f"{event} {start}; a review is due since {due}.", fix)


def last_seen(table: ModelTable, index: int) -> tuple[date | None, str]:
    """The day from which a review of a row counts, and what happened then."""
    reviewed: date | None = table.value("last_reviewed")[index]
    if reviewed:
        return reviewed, "Last reviewed on"
    deployed: date | None = table.value("deployed_on")[index]
    if deployed:
        return deployed, "Not reviewed since it was deployed on"
    return table.value("training_date")[index], "Not reviewed since it was trained on"


RULE = Rule(
    id="review-overdue",
    title="A review is overdue",
    group="freshness",
    severity=Severity.WARNING,
    finds=(
        "Rows in Production whose 'Last reviewed' is longer ago than so many days. A row that was never reviewed counts"
        " from its deployment, or from its training."
    ),
    why="A registry is only believed as long as somebody keeps saying that it is still true.",
    what_to_do=_FIX,
    bad=Example(row={"Stage": "Production", "Last reviewed": "2025-06-01"}, options={"days": 180}),
    good=Example(row={"Stage": "Production", "Last reviewed": "2026-06-01"}, options={"days": 180}),
    check=_check,
    options=ReviewOverdueOptions,
    on=False,
    needs="a number of days: [rules.review-overdue] days = 180",
)
