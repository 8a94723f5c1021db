"""future-date: a day that has not come yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from pydantic import Field

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import ModelTable, Stage

_MEANINGS = {
    "training_date": "the day on which the version was trained",
    "deployed_on": "the day since which it is in Production",
    "last_reviewed": "the day on which somebody last looked at this row",
}


class FutureDateOptions(Options):
    days_ahead: int = Field(default=0, ge=0, description="days ahead of today that are still taken")


def check(registry: Registry, options: FutureDateOptions) -> Iterator[Hit]:
    last = _plus(registry.today, options.days_ahead)
    for field, meaning in _MEANINGS.items():
        for index, day in _later(registry.models, field, last):
            fix = f"Is the year right? Type {meaning}."
            severity = Severity.ERROR if field == "training_date" else Severity.WARNING
            yield Hit(index, field, f"{day.isoformat()} has not come yet.", fix, severity)


def _later(table: ModelTable, field: str, last: date) -> Iterator[tuple[int, date]]:
    days = table.value(field)
    late = {day for day in set(days) if day is not None and day > last}
    if not late:
        return
    for index, day in enumerate(days):
        # Before a version is live, 'Deployed on' may well be a plan.
        if day in late and not (field == "deployed_on" and table.judged[index] is not Stage.PRODUCTION):
            yield index, day


def _plus(today: date, days: int) -> date:
    return today + timedelta(days=min(days, (date.max - today).days))


RULE = Rule(
    id="future-date",
    title="A date in the future",
    group="form",
    severity=Severity.ERROR,
    finds=(
        "A Training date or Last reviewed that has not come yet, or a Deployed on in the future for a version that "
        "is in Production. For other stages Deployed on may be a plan."
    ),
    why="It is a slip, most often in the year, and makes an old model look fresh.",
    what_to_do="Correct the date.",
    bad=Example({"Training date": date(2027, 4, 1), "Deployed on": ""}),
    good=Example({"Training date": date(2026, 4, 1), "Deployed on": ""}),
    check=check,
    options=FutureDateOptions,
    archived=True,
)
