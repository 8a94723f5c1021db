"""retraining-overdue: a live version is older than its model may become."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pydantic import Field

from registry_sheets.registry.days import later
from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.table import ModelTable, Stage

_FIX = "Train a new version and add its row, or change the number of days if this model may grow older."


class RetrainingOverdueOptions(Options):
    """``days``: how old a live version may become, where 'Retrain every (days)' says nothing."""

    days: int | None = Field(default=None, gt=0)


def _check(registry: Registry, options: RetrainingOverdueOptions) -> Iterable[Hit]:
    table = registry.models
    intervals = retraining_days(table, options.days)
    if intervals is None:
        return
    trained = table.value("training_date")
    told: set[tuple[str, str, date]] = set()
    for index, stage in enumerate(table.stages):
        if stage is not Stage.PRODUCTION or not trained[index]:
            continue
        name, version = table.name_keys[index], table.version_keys[index]
        days = intervals[index]
        due = later(trained[index], days) if days else None
        if due is None or due >= registry.today or (name, version, due) in told:
            continue
        if name and version:
            told.add((name, version, due))
        message = f"To be retrained every {days} days: trained on {trained[index]}, due since {due}."
        yield Hit(index, "training_date", message, _FIX)


def retraining_days(table: ModelTable, days: int | None = None) -> list[int | None] | None:
    """After how many days each row wants training again: by itself, by its model's other rows, or ``days``.

    None where no row and no setting says anything.
    """
    own, of_model = table.value("retrain_every"), _of_models(table)
    if days is None and not of_model:
        return None
    return [said or of_model.get(name) or days for said, name in zip(own, table.name_keys, strict=True)]


def _of_models(table: ModelTable) -> Mapping[str, int]:
    """The interval of each model whose rows name one and only one; it holds for rows that leave it blank."""
    found: dict[str, set[int]] = {}
    if table.has("retrain_every"):
        for name, days in zip(table.name_keys, table.value("retrain_every"), strict=True):
            if days:
                found.setdefault(name, set()).add(days)
    return {name: next(iter(days)) if name and len(days) == 1 else 0 for name, days in found.items()}


def _example(**cells: Any) -> Mapping[str, Any]:
    return {"Stage": "Production", "Retrain every (days)": "90", **cells}


RULE = Rule(
    id="retraining-overdue",
    title="Retraining is overdue",
    group="freshness",
    severity=Severity.WARNING,
    finds=(
        "Versions in Production that were trained longer ago than the row's (or its model's) 'Retrain every (days)'"
        " allows, or the days in the config where the sheet says nothing."
    ),
    why="A model trained on old data drifts away from what it is asked about, usually without anyone noticing.",
    what_to_do=_FIX,
    bad=Example(row=_example(**{"Training date": "2026-01-10"})),
    good=Example(row=_example(**{"Training date": "2026-06-10"})),
    check=_check,
    options=RetrainingOverdueOptions,
    on=False,
    needs="a column 'Retrain every (days)', or a number of days: [rules.retraining-overdue] days = 180",
    turned_on_by="retrain_every",
)
