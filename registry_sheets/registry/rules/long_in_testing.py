"""long-in-testing: a version has been in Testing for longer than it should."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from registry_sheets.registry.days import later
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import Stage

_FIX = "Decide: set Stage to Production with the day it was deployed, or to Archived."


class LongInTestingOptions(Options):
    """``days``: how long a version may stay in Testing, counted from training or, if later, deployment."""

    days: int | None = Field(default=None, gt=0)


def _check(registry: Registry, options: LongInTestingOptions) -> Iterable[Hit]:
    if options.days is None:
        return
    table = registry.models
    trained, deployed = table.value("training_date"), table.value("deployed_on")
    for index, stage in enumerate(table.stages):
        if stage is not Stage.TESTING or not trained[index]:
            continue
        start = max(trained[index], deployed[index] or trained[index])
        due = later(start, options.days)
        if due is not None and due < registry.today:
            message = f"In Testing for more than {options.days} days: since {start}, to be decided since {due}."
            yield Hit(index, "stage", message, _FIX)


RULE = Rule(
    id="long-in-testing",
    title="In Testing for too long",
    group="standing",
    severity=Severity.WARNING,
    finds="Rows whose Stage says Testing more than so many days after training or, if later, deployment.",
    why="A test that nobody ends is a version that nobody decided about, or a row that nobody kept up to date.",
    what_to_do=_FIX,
    bad=Example(row={"Stage": "Testing", "Training date": "2026-01-10", "Deployed on": ""}, options={"days": 90}),
    good=Example(row={"Stage": "Testing", "Training date": "2026-06-10", "Deployed on": ""}, options={"days": 90}),
    check=_check,
    options=LongInTestingOptions,
    on=False,
    needs="a number of days: [rules.long-in-testing] days = 90",
)
