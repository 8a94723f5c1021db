"""What was and is live, and what changed: the questions that a registry with its history answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from registry_sheets.errors import ConfigProblem, HistoryUnusable
from registry_sheets.history.base import History
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.looking import Look, Terms, look
from registry_sheets.operations.recalling import Story, story
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.live import LiveVersion, live_then, live_versions
from registry_sheets.registry.past.changes import Change
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.past.recorded import recorded_on
from registry_sheets.workbooks.base import Workbook


@dataclass(frozen=True)
class Asked:
    """What is asked: of one model, one use, one place ('' of all); on a day (None: now).

    ``as_recorded``: what the registry said on that day, not what is known of it since.
    """

    name: str = ""
    on: date | None = None
    as_recorded: bool = False
    used_for: str = ""
    location: str = ""


@dataclass(frozen=True)
class LiveAnswer:
    """What is live in one registry. ``begins`` is the day on which its history begins.

    ``known`` are lines that the question left out by use or place; ``unsure`` are periods of which nobody knows
    whether they cover the day.
    """

    look: Look
    asked: Asked
    begins: date
    lines: tuple[LiveVersion, ...]
    known: tuple[LiveVersion, ...] = ()
    unsure: tuple[LivePeriod, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def day(self) -> date:
        """The day that the answer is about."""
        return self.asked.on or self.look.registry.today


@dataclass(frozen=True)
class ChangesAnswer:
    """What changed in one registry, newest first. ``recorded`` is the number of the last pass in its history."""

    look: Look
    begins: date
    changes: tuple[Change, ...]
    recorded: int
    names: tuple[str, ...] = ()


def what_is_live(workbook: Workbook, terms: Terms, today: date, history: History | None, asked: Asked) -> LiveAnswer:
    """Answer which version is live where. Raises as look(), and ConfigProblem for a day that has not come."""
    if asked.on and asked.on > today:
        raise ConfigProblem(
            f"--on {asked.on} has not come yet.", f"Ask of a day up to today, such as --on {today.isoformat()}."
        )
    seen, told = _story(look(workbook, terms, today), history)
    periods = told.periods()
    lines, unsure = _lines(seen, told, periods, asked)
    chosen = tuple(line for line in lines if _is_asked(line, asked))
    names = sorted({*(p.name for p in periods), *_names(seen)}, key=str.casefold)
    return LiveAnswer(
        look=seen,
        asked=asked,
        begins=told.begins,
        lines=chosen,
        known=tuple(line for line in lines if _is_model(line, asked.name)),
        unsure=tuple(period for period in unsure if _is_model(period, asked.name)),
        names=tuple(names),
    )


def what_changed(
    workbook: Workbook, terms: Terms, today: date, history: History | None, name: str = "", since: date | None = None
) -> ChangesAnswer:
    """What passes saw change, and what has changed since the last one. Raises as look()."""
    seen, told = _story(look(workbook, terms, today), history)
    found = told.changes(since)
    recorded = told.passes[-1].id
    if told.unrecorded:
        recorded -= 1
    return ChangesAnswer(
        look=seen,
        begins=told.begins,
        changes=tuple(change for change in found if not name or normalise(change.name) == normalise(name)),
        recorded=recorded,
        names=tuple(sorted({*(change.name for change in found), *_names(seen)}, key=str.casefold)),
    )


def live_now(seen: Look) -> LiveAnswer:
    """What is live now by a look that has asked history already."""
    models, lists = seen.registry.models, seen.registry.lists
    periods = seen.recall.periods() if seen.recall else ()
    begins = seen.recall.begins if seen.recall else seen.registry.today
    return LiveAnswer(seen, Asked(), begins, live_versions(models, lists, periods))


def live_periods_of(
    workbook: Workbook, terms: Terms, today: date, history: History | None, name: str = ""
) -> list[LivePeriod]:
    """Every time in which a version was live, by place and oldest first. Raises as look(), HistoryUnusable."""
    seen = look(workbook, terms, today)
    periods = story(history or MemoryHistory(), seen.registry.models, today).periods()
    return [period for period in periods if _is_model(period, name)]


def _story(seen: Look, history: History | None) -> tuple[Look, Story]:
    """The whole history with the sheet as it is; where it cannot be read, the sheet alone, and that is said."""
    table, today = seen.registry.models, seen.registry.today
    try:
        return seen, story(history or MemoryHistory(), table, today)
    except HistoryUnusable as error:
        unread = replace(seen.noting(f"Not checked: what history tells. {error}"), complete=False)
        return unread, story(MemoryHistory(), table, today)


def _names(seen: Look) -> Iterable[str]:
    return {name for name in seen.registry.models.value("name") if name}


def _lines(
    seen: Look, told: Story, periods: Sequence[LivePeriod], asked: Asked
) -> tuple[tuple[LiveVersion, ...], Sequence[LivePeriod]]:
    lists = seen.registry.lists
    if asked.on is None:
        return live_versions(seen.registry.models, lists, periods), ()
    if asked.as_recorded:
        return live_then(recorded_on(asked.on, told.passes, told.spells, periods), lists), ()
    on = asked.on
    then = [period for period in periods if period.holds_on(on) or (period.start is None and _seen(period, told, on))]
    unsure = [period for period in periods if period.start is None and on < told.begins]
    return live_then(then, lists), unsure


def _seen(period: LivePeriod, told: Story, on: date) -> bool:
    """Whether a version that was live when history began was so on a day since."""
    return told.begins <= on and (period.end is None or on <= period.end)


def _is_asked(line: LiveVersion, asked: Asked) -> bool:
    return (
        _is_model(line, asked.name)
        and (not asked.used_for or normalise(line.used_for) == normalise(asked.used_for))
        and (not asked.location or normalise(line.location) == normalise(asked.location))
    )


def _is_model(line: LiveVersion | LivePeriod, name: str) -> bool:
    return not name or normalise(line.name) == normalise(name)
