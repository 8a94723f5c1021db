"""implausible-date: a real date that can hardly be meant."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pydantic import Field

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import ModelTable

_FIELDS = ("training_date", "deployed_on", "last_reviewed")
_YEARS_AHEAD = 10


class ImplausibleDateOptions(Options):
    earliest: date = Field(default=date(1990, 1, 1), description="the first day that is taken")


def check(registry: Registry, options: ImplausibleDateOptions) -> Iterator[Hit]:
    latest = date(min(registry.today.year + _YEARS_AHEAD, date.max.year), 12, 31)
    for field in _FIELDS:
        yield from _outside(registry.models, field, options.earliest, latest)
    yield from _deployed_before_training(registry.models, options.earliest, registry.today)


def _outside(table: ModelTable, field: str, earliest: date, latest: date) -> Iterator[Hit]:
    days = table.value(field)
    odd = {day for day in set(days) if day is not None and not earliest <= day <= latest}
    if not odd:
        return
    for index, day in enumerate(days):
        if day in odd:
            yield Hit(
                index,
                field,
                f"{day.isoformat()} can hardly be meant.",
                "Correct the date; the year is most often what slipped.",
            )


def _deployed_before_training(table: ModelTable, earliest: date, today: date) -> Iterator[Hit]:
    """Only where both days are plausible by themselves: the wrong one of them is named already."""
    pairs = zip(table.value("training_date"), table.value("deployed_on"), strict=True)
    backward = [index for index, (trained, live) in enumerate(pairs) if live and trained and live < trained]
    for index in backward:
        trained, live = table.value("training_date")[index], table.value("deployed_on")[index]
        if live >= earliest and trained <= today:
            yield Hit(
                index,
                "deployed_on",
                f"Deployed on {live.isoformat()}, before it was trained on {trained.isoformat()}.",
                "Correct whichever of the two dates is wrong.",
            )


RULE = Rule(
    id="implausible-date",
    title="A date that can hardly be meant",
    group="form",
    severity=Severity.WARNING,
    finds=(
        "A date before 1990, such as 1900-01-01 or 1970-01-01, which programs write for 'no date'; a date more than "
        "ten years ahead; and a version that was deployed before it was trained."
    ),
    why="Such a date is read as true by everything that counts days.",
    what_to_do="Correct the date, or clear the cell if the day is not known.",
    bad=Example({"Training date": date(1970, 1, 1)}),
    good=Example({"Training date": date(2026, 4, 1)}),
    check=check,
    options=ImplausibleDateOptions,
    archived=True,
    explains=("future-date",),
)
