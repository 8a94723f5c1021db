"""Whatever happened: a file and memory give the same answers, and pruning changes none about later days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.history.base import History, Pruned
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.history.sqlite import SqliteHistory
from registry_sheets.registry.past.changes import changes_of
from registry_sheets.registry.past.records import FindingSpell, Spell
from tests.contracts.history_contract import held_now, look, on

NAMES = ("ac", "fan", "lift")


@dataclass(frozen=True)
class Seen:
    """What one pass sees, and how many days after the one before."""

    days: int
    rows: Mapping[str, str]
    found: Sequence[str]


seen = st.builds(
    Seen,
    days=st.integers(-1, 3),
    rows=st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["a", "b", "live"])),
    found=st.lists(st.sampled_from("xyz"), unique=True),
)
pasts = st.lists(seen, max_size=10)


@contextmanager
def both(past: Sequence[Seen]) -> Iterator[tuple[History, History]]:
    """A history in memory and one in a file, of the same past."""
    with TemporaryDirectory() as folder, SqliteHistory(Path(folder) / "history.sqlite") as file:
        memory = MemoryHistory()
        record(memory, past)
        record(file, past)
        yield memory, file


def record(history: History, past: Sequence[Seen], start: int = 0) -> None:
    for one in past:
        start += one.days
        look(history, start, one.rows, one.found)


def answers(history: History) -> Mapping[str, Any]:
    """All that can be asked."""
    return {
        "held": history.held(),
        "known": dict(history.known([(name, "1") for name in NAMES])),
        "passes": [history.passes(number) for number in range(12)],
        "calendar": history.calendar(),
        "spells": history.spells(),
        "live": history.spells(live=True),
        "rows": history.spells(rows=[1, 3]),
        "ended": [history.spells(ended_since=number) for number in range(12)],
        "both": history.spells(rows=[1, 2], live=True, ended_since=3),
        "findings": history.findings(),
        "export": list(history.export()),
    }


def overlapping(history: History, day: date) -> tuple[list[Spell], list[FindingSpell]]:
    """What held on a day."""
    days = {one.id: one.day for one in history.passes()}

    def holds(one: Spell | FindingSpell) -> bool:
        return days[one.since] <= day and (one.until is None or days[one.until] >= day)

    return list(filter(holds, history.spells())), list(filter(holds, history.findings()))


@settings(max_examples=40, deadline=None)
@given(past=pasts, before=st.integers(-3, 30), after=pasts)
def test_a_file_and_memory_give_the_same_answers(past: Sequence[Seen], before: int, after: Sequence[Seen]) -> None:
    with both(past) as (memory, file):
        assert answers(file) == answers(memory)
        assert file.prune(on(before)) == memory.prune(on(before))
        assert answers(file) == answers(memory)
        for history in (memory, file):
            record(history, after, start=20)
        assert answers(file) == answers(memory)


@settings(max_examples=100, deadline=None)
@given(past=st.lists(seen, min_size=1, max_size=12), before=st.integers(-3, 30))
def test_pruning_changes_no_answer_about_the_days_from_then_on(past: Sequence[Seen], before: int) -> None:
    history, whole = MemoryHistory(), MemoryHistory()
    record(history, past)
    record(whole, past)
    history.prune(on(before))
    day = on(before)
    assert held_now(history) == held_now(whole)._replace(begins=max(day, held_now(whole).begins))
    for later in range(before, 40):
        assert overlapping(history, on(later)) == overlapping(whole, on(later))
    assert [one for one in history.passes() if one.last_day >= day] == [
        one for one in whole.passes() if one.last_day >= day
    ]
    first = next((one.id for one in whole.passes() if one.day >= day), None)
    if first is not None:
        assert history.spells(ended_since=first) == whole.spells(ended_since=first)
        assert changes_of(history.passes(), history.spells(), first) == changes_of(
            whole.passes(), whole.spells(), first
        )
    assert history.prune(day) == Pruned(0, 0, 0)


@settings(max_examples=50, deadline=None)
@given(past=pasts)
def test_a_history_is_consistent(past: Sequence[Seen]) -> None:
    history = MemoryHistory()
    record(history, past)
    numbers = [one.id for one in history.passes()]
    assert numbers == list(range(1, len(numbers) + 1))
    assert [one.day for one in history.passes()] == sorted(one.day for one in history.passes())
    spells = history.spells()
    for one in spells:
        assert one.since in numbers
        assert one.until is None or (one.until in numbers and one.since < one.until)
    for row in {one.row for one in spells}:
        own = [one for one in spells if one.row == row]
        assert all(one.until is not None and one.until <= then.since for one, then in pairwise(own))
