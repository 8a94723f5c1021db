"""Any sequence of edits, passes, kills, renames and rollbacks: history equals a simple model of it.

The model keeps, for every pass that was committed, the day and the rows as they were. What was live on a day is
worked out from these by walking through the days, without any of the product's code for periods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.asking import Asked, what_changed, what_is_live
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.sync import Outputs, run_pass
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.past.records import Entry
from registry_sheets.workbooks.base import Revision, Snapshot, Written
from registry_sheets.workbooks.memory import MemoryWorkbook

FIRST = date(2026, 1, 5)
HEADERS = ("Name", "Version", "Stage", "Location", "Deployed on", "Training date", "Data source", "Why", "Owner")
PLACES = ("Berlin", "Ulm")
VERSIONS = ("1", "2", "3")

State = tuple[tuple[Any, ...], ...]
Key = tuple[int, str]
"""(number of the row, place); the number stands for the version whatever it is called."""


class Killed(BaseException):
    """The process dies."""


class Mortal(MemoryHistory):
    """A history whose process may die just before or just after a pass is committed."""

    dies = ""

    def record(self, entry: Entry) -> int:
        if self.dies == "before":
            raise Killed
        recorded = super().record(entry)
        if self.dies == "after":
            raise Killed
        return recorded


class MortalWorkbook(MemoryWorkbook):
    """A workbook whose process may die just before it writes."""

    dies = ""

    def replace_own_tabs(self, sheets: Any, expected: Revision) -> Written:
        if self.dies == "writing":
            raise Killed
        return super().replace_own_tabs(sheets, expected)


class Nothing:
    """No workbook beside, nothing remembered of own tabs."""

    def findings(self) -> None: ...

    def write(self, _sheets: object) -> Path | None: ...

    def typed(self, _snapshot: Snapshot) -> tuple[str, ...]:
        return ()

    def remember(self, _snapshot: Snapshot, _written: object) -> None: ...


@dataclass
class Row:
    """A row as the person who edits it knows it; ``number`` never changes."""

    number: int
    name: str
    version: str
    stage: str = "Testing"
    location: str = "Berlin"
    deployed: Any = ""
    why: str = ""
    owner: str = "Ana"

    @property
    def cells(self) -> list[Any]:
        return [self.name, self.version, self.stage, self.location, self.deployed, FIRST, f"CRM {self.number}",
                self.why, self.owner]  # fmt: skip

    @property
    def live(self) -> bool:
        return self.stage == "Production"


@dataclass(frozen=True)
class Recorded:
    """What a committed pass saw: rows by number."""

    day: date
    rows: dict[int, list[Any]]

    def live_at(self, key: Key) -> bool:
        row = self.rows.get(key[0])
        return row is not None and row[2] == "Production" and row[3] == key[1]

    def stated(self, key: Key) -> date | None:
        row = self.rows.get(key[0])
        return row[4] if row is not None and row[4] else None


class Machine(RuleBasedStateMachine):
    """People edit rows, passes come and die, days go by."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[Row] = []
        self.gone: list[Row] = []
        self.day = FIRST
        self.history = Mortal()
        self.workbook = MortalWorkbook([self._grid()])
        self.seen: list[Recorded] = []
        self.changed = False

    @initialize()
    def begin(self) -> None:
        self.rows = [Row(1, "Churn", "1", "Production"), Row(2, "Churn", "2"), Row(3, "No-shows", "1", "Production")]
        self._save()
        self.sync()

    # what people do

    @rule(number=st.integers(0, 5), stage=st.sampled_from(["Production", "Testing", "Archived"]))
    def set_stage(self, number: int, stage: str) -> None:
        self._row(number).stage = stage
        self._save()

    @rule(number=st.integers(0, 5), place=st.sampled_from(PLACES))
    def move(self, number: int, place: str) -> None:
        self._row(number).location = place
        self._save()

    @rule(number=st.integers(0, 5), owner=st.sampled_from(["Ana", "Ben", ""]), why=st.sampled_from(["", "pilot", "x"]))
    def edit(self, number: int, owner: str, why: str) -> None:
        row = self._row(number)
        row.owner, row.why = owner, why
        self._save()

    @rule(number=st.integers(0, 5), swapped=st.booleans(), stated=st.booleans(), back=st.integers(0, 3))
    def promote(self, number: int, swapped: bool, stated: bool, back: int) -> None:
        """As a person does it in the sheet, or rolls back: the others at that place are archived, or forgotten."""
        row = self._row(number)
        if row.live:
            return
        for other in self.rows:
            if swapped and other.live and (other.name, other.location) == (row.name, row.location):
                other.stage = "Archived"
        row.stage = "Production"
        if stated:
            row.deployed = self.day - timedelta(days=back)
        self._save()

    @rule(name=st.sampled_from(["Churn", "No-shows"]))
    def add(self, name: str) -> None:
        number = max(row.number for row in (*self.rows, *self.gone)) + 1
        if number <= 6:
            self.rows.append(Row(number, name, str(number)))
            self._save()

    @precondition(lambda self: len(self.rows) > 1)
    @rule(number=st.integers(0, 5))
    def remove(self, number: int) -> None:
        row = self._row(number)
        self.rows.remove(row)
        self.gone.append(row)
        self._save()

    @precondition(lambda self: self.changed is False)
    @rule(number=st.integers(0, 5))
    def rename_version(self, number: int) -> None:
        """One row and nothing else until the next pass, which is what can be recognised."""
        row = self._row(number)
        row.version = f"{row.version}.0"
        self._save()
        self.sync()

    @precondition(lambda self: self.changed is False)
    @rule(old=st.sampled_from(["Churn", "No-shows"]), new=st.sampled_from(["Leavers", "Absences"]))
    def rename_model(self, old: str, new: str) -> None:
        if {row.name for row in (*self.rows, *self.gone)} & {new}:
            return
        for row in self.rows:
            row.name = new if row.name == old else row.name
        self._save()
        self.sync()

    # what happens

    @rule(days=st.integers(1, 40))
    def wait(self, days: int) -> None:
        self.day += timedelta(days=days)

    @rule()
    def sync(self) -> None:
        self._pass()

    @rule(when=st.sampled_from(["before", "after", "writing"]))
    def sync_and_die(self, when: str) -> None:
        self.history.dies = self.workbook.dies = when
        try:
            self._pass()
        except Killed:
            if when != "before":
                self._committed()
        finally:
            self.history.dies = self.workbook.dies = ""

    def _pass(self) -> None:
        outputs = Outputs("in place", Nothing(), Nothing(), history=self.history, accept_removals=True)
        run_pass(self.workbook, Terms("r"), self.day, outputs)
        self._committed()

    def _committed(self) -> None:
        self.seen.append(Recorded(self.day, {row.number: row.cells for row in self.rows}))
        self.changed = False

    # what must hold

    @invariant()
    def the_newest_pass_is_the_sheet_as_it_was_seen(self) -> None:
        held = self.history.held()
        if held and self.seen:
            keys = sorted((row.name_key, row.version_key) for row in held.rows)
            assert keys == sorted((row[0].lower(), row[1].lower()) for row in self.seen[-1].rows.values())

    @rule()
    def changes_are_the_differences_between_passes(self) -> None:
        self._settle()
        found = what_changed(self.workbook, Terms("r"), self.day, self.history).changes
        told = sorted(
            (change.day, change.column, change.old, change.new) for change in found if change.kind == "changed"
        )
        assert told == sorted(_differences(self.seen))
        added = sum(change.kind == "added" for change in found)
        removed = sum(change.kind == "removed" for change in found)
        assert added == sum(len(b.rows.keys() - a.rows.keys()) for a, b in _pairs(self.seen))
        assert removed == sum(len(a.rows.keys() - b.rows.keys()) for a, b in _pairs(self.seen))

    @rule(back=st.integers(0, 400))
    def live_on_any_day_is_right(self, back: int) -> None:
        self._settle()
        on = max(FIRST, self.day - timedelta(days=back))
        answer = what_is_live(self.workbook, Terms("r"), self.day, self.history, Asked(on=on))
        assert {_told(line) for line in answer.lines} == self._live_on(on)
        recorded = what_is_live(self.workbook, Terms("r"), self.day, self.history, Asked(on=on, as_recorded=True))
        assert {_told(line) for line in recorded.lines} == self._recorded_on(on)

    # the simple model

    def _settle(self) -> None:
        """Questions are about what was recorded: whatever was edited since is recorded first."""
        if self.changed or self.seen[-1].day != self.day:
            self.sync()

    def _live_on(self, on: date) -> set[tuple[str, str, str]]:
        names = {row.number: (row.name, row.version) for row in (*self.rows, *self.gone)}
        return {(*names[number], place) for number, place in self._keys() if self._was_live((number, place), on)}

    def _keys(self) -> list[Key]:
        numbers = {number for seen in self.seen for number in seen.rows}
        return [(number, place) for number in numbers for place in PLACES]

    def _was_live(self, key: Key, on: date) -> bool:
        times = [*self._times(key), *self._stated_alone(key)]
        return any(start <= on and (end is None or on <= end) for start, end in times)

    def _times(self, key: Key) -> Iterator[tuple[date, date | None]]:
        """(first day, last day) of each time in which passes saw it live, by what is stated where that can be."""
        before: date | None = None  # what the last time stated, or began with
        for first, last in self._runs(key):
            ended = self.seen[last + 1] if last + 1 < len(self.seen) else None
            start = self._stated_of(key, first, last)
            if start and ((ended and start > ended.day) or start == before):
                start = None
            begun = start or self.seen[first].day
            known = begun if start or first else date.min  # what was live at the first pass may have been so for long
            end = self._swapped(key, last + 1, known, ended.day) if ended else None
            before = start or (None if first == 0 else self.seen[first].day)
            yield begun, end

    def _stated_alone(self, key: Key) -> Iterator[tuple[date, date | None]]:
        """The time that an archived version states, if no pass saw it live before."""
        found = self._archived(key)
        if found is None or any(start == found[0] for start, _ in self._times(key)):
            return
        start, over = found
        name = self._name(key[0])
        others = [other for other in self._keys() if other[0] != key[0] and other[1] == key[1]]
        starts = [day for other in others if self._name(other[0]) == name for day in self._starts(other)]
        yield start, min((day for day in starts if start < day <= over), default=over)

    def _starts(self, key: Key) -> Iterator[date]:
        first_live = next(iter(self._runs(key)), (None, 0))[0]
        baseline = first_live == 0 and self._stated_of(key, *next(self._runs(key))) is None
        times = list(self._times(key))
        yield from (start for start, _ in times[baseline:])
        found = self._archived(key)
        if found and all(start != found[0] for start, _ in times):
            yield found[0]

    def _archived(self, key: Key) -> tuple[date, date] | None:
        """(the day stated, the day by which it was over): the last that it stated before any pass saw its row live."""
        told: tuple[date, date] | None = None
        for seen in self.seen:
            row = seen.rows.get(key[0])
            if row is None:
                continue
            if row[2] == "Production":
                break
            if row[2] == "Archived" and row[3] == key[1] and row[4]:
                told = (row[4], told[1] if told and told[0] == row[4] else max(seen.day, row[4]))
        return told

    def _name(self, number: int) -> str:
        return next(row.name for row in (*self.rows, *self.gone) if row.number == number)

    def _runs(self, key: Key) -> Iterator[tuple[int, int]]:
        first: int | None = None
        for index, seen in enumerate(self.seen):
            if seen.live_at(key) and first is None:
                first = index
            if first is not None and not seen.live_at(key):
                yield first, index - 1
                first = None
        if first is not None:
            yield first, len(self.seen) - 1

    def _stated_of(self, key: Key, first: int, last: int) -> date | None:
        """What the row stated last while it was live, or afterwards, where that can be of the same deployment."""
        days = [day for seen in self.seen[first : last + 1] if (day := seen.stated(key))]
        after: list[date] = []
        for seen in self.seen[last + 1 :]:
            row = seen.rows.get(key[0])
            if row is None or row[2] == "Production":
                break
            after += [row[4]] if row[4] and row[4] <= self.seen[last + 1].day else []
        if after and after[-1] <= self.seen[first].day:
            return after[-1]
        return days[-1] if days else None

    def _swapped(self, key: Key, index: int, begun: date, end: date) -> date:
        """The day stated by what came to its place in the same pass."""
        name = self._name(key[0])
        came = [
            other
            for other in self.seen[index].rows
            if other != key[0]
            and self._name(other) == name
            and self.seen[index].live_at((other, key[1]))
            and not self.seen[index - 1].live_at((other, key[1]))
        ]
        days = [
            day for other in came if (day := self._stated_as_it_came((other, key[1]), index)) and begun <= day <= end
        ]
        return min(days, default=end)

    def _stated_as_it_came(self, key: Key, index: int) -> date | None:
        first, last = next(run for run in self._runs(key) if run[0] == index)
        return self._stated_of(key, first, last)

    def _recorded_on(self, on: date) -> set[tuple[str, str, str]]:
        found = set()
        for index, seen in enumerate(self.seen):
            until = self.seen[index + 1].day if index + 1 < len(self.seen) else None
            if seen.day <= on and (until is None or on <= until):
                found |= {(row[0], row[1], row[3]) for row in seen.rows.values() if row[2] == "Production"}
        return found

    # editing

    def _row(self, number: int) -> Row:
        return self.rows[number % len(self.rows)]

    def _grid(self) -> Grid:
        return Grid("Models", [list(HEADERS), *(row.cells for row in self.rows)])

    def _save(self) -> None:
        self.workbook.put(self._grid())
        self.changed = True


def _told(line: Any) -> tuple[str, str, str]:
    return line.name, line.version, line.location


def _pairs(seen: list[Recorded]) -> list[tuple[Recorded, Recorded]]:
    return list(pairwise(seen))


def _differences(seen: list[Recorded]) -> Iterator[tuple[date, str, str, str]]:
    for before, after in _pairs(seen):
        for number, row in after.rows.items():
            for header, old, new in zip(HEADERS, before.rows.get(number, row), row, strict=True):
                if old != new:
                    yield after.day, header, str(old), str(new)


Machine.TestCase.settings = settings(
    max_examples=60, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
TestHistory = Machine.TestCase
