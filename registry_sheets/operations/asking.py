"""What was and is live, and what changed: the questions that a registry with its history answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from registry_sheets.errors import ConfigProblem, HistoryUnusable
from registry_sheets.history.base import History
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.looking import Look, Memories, Terms, look
from registry_sheets.operations.recalling import Story, story
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.live import LiveVersion, live_then, live_versions
from registry_sheets.registry.past.changes import Change
from registry_sheets.registry.past.facts import decode, text_of
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.past.recorded import recorded_on
from registry_sheets.registry.past.records import Spell
from registry_sheets.workbooks.base import Workbook

if TYPE_CHECKING:
    from registry_sheets.operations.hearing import Hearing
    from registry_sheets.registry.platforms.verifying import LiveCheck


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
    """What is live in one registry. ``begins`` is the day on which its history begins; None: it has none to ask.

    ``known`` are lines that the question left out by use or place; ``unsure`` are periods of which nobody knows
    whether they cover the day. ``checks`` is what the platforms say, by sheet row and location (normalised); None where
    nobody asked.
    """

    look: Look
    asked: Asked
    begins: date | None
    lines: tuple[LiveVersion, ...]
    known: tuple[LiveVersion, ...] = ()
    unsure: tuple[LivePeriod, ...] = ()
    names: tuple[str, ...] = ()
    checks: Mapping[tuple[int, str], LiveCheck] | None = None

    def check_of(self, line: LiveVersion) -> LiveCheck | None:
        """What the platforms say to a line; None where it was not asked, or the line names no location."""
        return self.checks.get((line.row, normalise(line.location))) if self.checks else None

    @property
    def model(self) -> str:
        """The one that is asked for, '' for all."""
        return self.asked.name

    @property
    def day(self) -> date:
        """The day that the answer is about."""
        return self.asked.on or self.look.registry.today


@dataclass(frozen=True)
class ChangesAnswer:
    """What changed in one registry, newest first. ``recorded`` is the number of the last pass in its history.

    ``model`` is the one that is asked for, '' for all; ``names`` are those of all models that sheet and history know.
    """

    look: Look
    model: str
    begins: date | None
    changes: tuple[Change, ...]
    recorded: int
    names: tuple[str, ...] = ()


def what_is_live(
    workbook: Workbook,
    terms: Terms,
    today: date,
    history: History | None,
    asked: Asked,
    hearing: Hearing | None = None,
) -> LiveAnswer:
    """Answer which version is live where; with ``hearing`` also whether the platforms confirm it.

    Raises as look(), and ConfigProblem for a day that has not come.
    """
    if asked.on and asked.on > today:
        raise ConfigProblem(
            f"--on {asked.on} has not come yet.", f"Ask of a day up to today, such as --on {today.isoformat()}."
        )
    seen, told = _story(look(workbook, terms, today, memories=Memories(hearing=hearing)), history)
    lines, unsure = _lines(seen, told, asked)
    return LiveAnswer(
        look=seen,
        asked=asked,
        begins=told.begins if told.any_recorded else None,
        lines=tuple(line for line in lines if _is_asked(line, asked)),
        known=lines,
        unsure=tuple(period for period in unsure if _is_asked(period, asked)),
        names=_known_names(seen, told),
        checks=_checks(seen),
    )


def _checks(seen: Look) -> Mapping[tuple[int, str], LiveCheck] | None:
    """What the platforms say to each row in Production, at each of its locations."""
    found = seen.registry.reconciled
    if found is None:
        return None
    numbers = seen.registry.models.row_numbers
    return {(numbers[one.index], normalise(one.location)): one for one in found.live}


def what_changed(
    workbook: Workbook, terms: Terms, today: date, history: History | None, name: str = "", since: date | None = None
) -> ChangesAnswer:
    """What passes saw change, and what has changed since the last one. Raises as look()."""
    seen, told = _story(look(workbook, terms, today), history)
    rows = _called(told, name)
    recorded = told.passes[-1].id
    if told.unrecorded:
        recorded -= 1
    return ChangesAnswer(
        look=seen,
        model=name,
        begins=told.begins if told.any_recorded else None,
        changes=tuple(change for change in told.changes(since) if not name or change.row in rows),
        recorded=recorded,
        names=_known_names(seen, told),
    )


def live_now(seen: Look) -> LiveAnswer:
    """What is live now by a look that has asked history already."""
    models, lists = seen.registry.models, seen.registry.lists
    periods = seen.recall.periods() if seen.recall else ()
    begins = seen.recall.begins if seen.recall else None
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
    table, today, editor = seen.registry.models, seen.registry.today, seen.snapshot.last_editor
    try:
        told = story(history or MemoryHistory(), table, today, editor=editor)
        return replace(seen.noting(told.warning), complete=False) if told.warning else seen, told
    except HistoryUnusable as error:
        unread = replace(seen.noting(f"Not checked: what history tells. {error}"), complete=False)
        return unread, story(MemoryHistory(), table, today, editor=editor)


def _called(told: Story, name: str) -> frozenset[int]:
    """The rows of history that are called so, or were: a model that was renamed is one model."""
    wanted = normalise(name)
    return frozenset(spell.row for spell in told.spells if not wanted or spell.name_key == wanted)


def _known_names(seen: Look, told: Story) -> tuple[str, ...]:
    """The names of all models, as they are called now and as they were called before."""
    names: dict[str, str] = {}
    for name in (*filter(None, seen.registry.models.value("name")), *_told_names(told.spells)):
        names.setdefault(normalise(name), name)
    return tuple(sorted(names.values(), key=str.casefold))


def _told_names(spells: Sequence[Spell]) -> Iterator[str]:
    """The names in spells, each decoded once."""
    known: set[str] = set()
    for spell in spells:
        if spell.name_key not in known:
            known.add(spell.name_key)
            yield text_of(decode(spell.code).get("name"))


def _lines(seen: Look, told: Story, asked: Asked) -> tuple[tuple[LiveVersion, ...], tuple[LivePeriod, ...]]:
    """The lines about the model, and the periods of which nobody knows whether they cover the day."""
    lists, on, rows = seen.registry.lists, asked.on, _called(told, asked.name)
    periods = told.periods()
    if on is None:
        names = {spell.name_key for spell in told.spells if spell.row in rows and spell.until is None}
        now = live_versions(seen.registry.models, lists, periods)
        return tuple(line for line in now if _is_model(line, asked.name) or normalise(line.name) in names), ()
    of_model = [period for period in periods if period.row in rows]
    if asked.as_recorded:
        said = recorded_on(on, told.passes, told.spells, periods)
        return live_then([one for one in said if one.row in rows], lists), ()
    then = [one for one in of_model if one.holds_on(on) or (one.start is None and _seen(one, told, on))]
    unsure = [one for one in of_model if one.start is None and on < told.begins]
    return live_then(then, lists), tuple(unsure)


def _seen(period: LivePeriod, told: Story, on: date) -> bool:
    """Whether a version that was live when history began was so on a day since."""
    return told.begins <= on and (period.end is None or on <= period.end)


def _is_asked(line: LiveVersion | LivePeriod, asked: Asked) -> bool:
    """Whether a line about the model is of the use and the place that are asked for."""
    return (not asked.used_for or normalise(line.used_for) == normalise(asked.used_for)) and (
        not asked.location or normalise(line.location) == normalise(asked.location)
    )


def _is_model(line: LiveVersion | LivePeriod, name: str) -> bool:
    return not name or normalise(line.name) == normalise(name)
