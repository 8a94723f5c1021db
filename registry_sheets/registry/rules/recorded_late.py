"""recorded-late: a row that came long after the training that it tells about."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule

_FIX = (
    "Record a version when it is trained: a new row by hand, or registry-sheets record as the last line of the script."
)


class RecordedLateOptions(Options):
    """``days``: so long after its training a version may still be recorded."""

    days: int = Field(default=30, ge=0)


def _check(registry: Registry, options: RecordedLateOptions) -> Iterable[Hit]:
    if registry.past is None:
        return
    trained = registry.models.value("training_date")
    for index, day in registry.past.first_seen.items():
        if trained[index] and (late := (day - trained[index]).days) > options.days:
            message = f"First seen on {day}, {late} days after the training on {trained[index]}."
            yield Hit(index, "training_date", message, _FIX)


RULE = Rule(
    id="recorded-late",
    title="Recorded long after the training",
    group="history",
    severity=Severity.INFO,
    finds=(
        "Versions whose row was first seen more than so many days after their training date (30 unless configured). "
        "Rows that were there at the first check are not judged."
    ),
    why="What is filled in afterwards is filled in from memory, and meanwhile nobody could see what was running.",
    what_to_do=_FIX,
    bad=Example(
        row={"Version": "3.2", "Training date": "2026-04-01"},
        others=({"Version": "3.1", "Stage": "Archived"},),
        before=({"Version": "3.1", "Stage": "Archived"},),
    ),
    good=Example(
        row={"Version": "3.2", "Training date": "2026-06-10"},
        others=({"Version": "3.1", "Stage": "Archived"},),
        before=({"Version": "3.1", "Stage": "Archived"},),
    ),
    check=_check,
    options=RecordedLateOptions,
)
