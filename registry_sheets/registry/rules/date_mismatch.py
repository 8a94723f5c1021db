"""date-mismatch: the training date is another day than that on which the training run ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.platform_example import says
from registry_sheets.registry.wording import clipped, listed

if TYPE_CHECKING:
    from registry_sheets.registry.platforms.pairing import Pairing
    from registry_sheets.registry.platforms.reconciling import Reconciled
    from registry_sheets.registry.platforms.values import Lineage

    Ran = tuple[datetime, Lineage, Pairing]

_BEHIND, _AHEAD = timedelta(hours=-12), timedelta(hours=14)
"""How far the clocks of people may be from UTC."""


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    found = registry.reconciled
    dates = registry.models.value("training_date")
    for index, runs in (_runs(found, dates) if found else {}).items():
        if not any(_fits(trained, lineage, dates[index]) for trained, lineage, _ in runs):
            yield from _told(index, dates[index], runs, found)


def _runs(found: Reconciled, dates: Sequence[date | None]) -> dict[int, list[Ran]]:
    """The runs whose end a platform knows, of each row with a training date."""
    runs: dict[int, list[Ran]] = {}
    for index, pairing, one in found.compared():
        lineage = one.there.lineage
        if dates[index] and lineage and lineage.trained:
            runs.setdefault(index, []).append((lineage.trained, lineage, pairing))
    return runs


def _fits(trained: datetime, lineage: Lineage, day: date) -> bool:
    """Whether a day is one on which the run ran, wherever on earth it was written down."""
    from registry_sheets.registry.platforms.telling import day_of

    began = min(lineage.began or trained, trained)
    return day_of(began, shift=_BEHIND) <= day <= day_of(trained, shift=_AHEAD)


def _told(index: int, day: date, runs: Sequence[Ran], found: Reconciled | None) -> Iterator[Hit]:
    from registry_sheets.registry.platforms.telling import day_of

    zone = found.terms.zone if found else UTC
    ended = list(dict.fromkeys(day_of(trained, zone).isoformat() for trained, _, _ in runs))
    platform = clipped(runs[0][2].answer.platform)
    ran = "the training run ended on" if len(runs) == 1 else "its training runs ended on"
    message = f"The training date is {day.isoformat()}; on {platform} {ran} {listed(ended)}."
    yield Hit(index, "training_date", message, f"Put in {ended[0]}, if that run made this version.")


_ENDED = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)

RULE = Rule(
    id="date-mismatch",
    title="The training run ended on another day",
    group="platforms",
    severity=Severity.WARNING,
    finds=(
        "Training dates on which the version's training run did not run, where a platform knows when it ended; to a"
        " day, whatever the time zone of who wrote it down. When a version was registered says nothing about its"
        " training."
    ),
    why="How old a model is, and when it wants training again, is counted from this day.",
    what_to_do="Put in the day on which the run ended, if that run made this version.",
    bad=Example(row={"Version": "3.1", "Training date": "2026-03-14"}, platforms=says("3.1", trained=_ENDED)),
    good=Example(row={"Version": "3.1", "Training date": "2026-03-04"}, platforms=says("3.1", trained=_ENDED)),
    check=_check,
)
