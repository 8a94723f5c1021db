"""What every History must do, wherever it is kept. An adapter inherits this and says how to make one."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from registry_sheets.errors import HistoryMoved, HistoryUnusable
from registry_sheets.history.base import History, Pruned
from registry_sheets.registry.past.facts import encode
from registry_sheets.registry.past.records import (
    Calendar,
    Entry,
    FindingSpell,
    Held,
    HeldRow,
    KnownRow,
    NewFinding,
    NewSpell,
    Pass,
    Spell,
)

DAY = date(2026, 7, 1)
HOSTILE = [
    "",
    "nul \0 in it\0",
    "é 😀 \u202e \ufeff",
    "' OR 1=1; DROP TABLE spells; --",
    "lone ' and \" and `",
    "line\nbreak\r\n\ttab",
    "% _ * ? [",
    "x" * 1_000_000,
]


def on(day: int) -> date:
    """The day of that number; DAY is 0."""
    return DAY + timedelta(days=day)


def at(day: int) -> datetime:
    """Two at night of that day."""
    return datetime.combine(on(day), datetime.min.time(), UTC) + timedelta(hours=2)


def code(text: str) -> str:
    """Facts with that text in them."""
    return encode({"why": text, "used_for": [text, "b"]})


def spell(name: str, text: str = "a", row: int | None = None, live: bool = False, **credits: str) -> NewSpell:
    """Facts that begin: version 1 of a model."""
    return NewSpell(row, name, "1", live, code(text), credits)


def finding(key: str) -> NewFinding:
    """A finding of that key."""
    return NewFinding(key, "missing-value", "error", "AC", "1", "Owner", "It's missing.")


def look(history: History, day: int, rows: Mapping[str, str], found: Iterable[str] = ()) -> int:
    """One pass that sees these rows (name -> text) and findings, recorded as a run does it."""
    held = history.held()
    before = {row.name_key: row for row in held.rows} if held else {}
    open_findings = {one.key: one.id for one in held.findings} if held else {}
    changed = [name for name, text in rows.items() if name not in before or before[name].code != code(text)]
    known = history.known([(name, "1") for name in changed if name not in before])
    numbers = {name: before[name].row for name in before} | {key[0]: row.row for key, row in known.items()}
    return history.record(
        Entry(
            after=held.newest.id if held else None,
            at=at(day),
            day=on(day),
            ended=[row.row for name, row in before.items() if name in changed or name not in rows],
            begun=[spell(name, rows[name], numbers.get(name), live=rows[name] == "live") for name in changed],
            gone=[number for key, number in open_findings.items() if key not in found],
            found=[finding(key) for key in found if key not in open_findings],
        )
    )


def held_now(history: History) -> Held:
    """What holds now; there is a baseline."""
    held = history.held()
    assert held
    return held


def held_rows(history: History) -> dict[str, HeldRow]:
    """What rows hold now, by name."""
    return {row.name_key: row for row in held_now(history).rows}


def texts(spells: Iterable[Spell]) -> list[tuple[str, str, int, int | None]]:
    """(name, text, since, until) of spells."""
    return [(one.name_key, json.loads(one.code)["why"], one.since, one.until) for one in spells]


class HistoryContract(ABC):
    """Inherit, and give ``make``."""

    @abstractmethod
    def make(self, folder: Path) -> History:
        """A history in which nothing is recorded."""

    @pytest.fixture
    def history(self, tmp_path: Path) -> Iterable[History]:
        with self.make(tmp_path) as history:
            yield history

    # The baseline

    def test_before_the_baseline_there_is_nothing(self, history: History) -> None:
        assert history.held() is None
        assert not history.known([("ac", "1")])
        assert not history.passes()
        assert not history.spells()
        assert not history.findings()
        assert history.prune(DAY) == Pruned(0, 0, 0)
        assert list(history.export()) == [{"kind": "history", "format": 1, "begins": None}]

    def test_the_baseline(self, history: History) -> None:
        entry = Entry(None, at(0), DAY, "Ana", at(-1), begun=[spell("ac"), spell("fan", "b", live=True)])
        first = history.record(entry)
        held = held_now(history)
        assert held.newest == Pass(first, at(0), DAY, at(0), DAY, "Ana", at(-1), baseline=True)
        assert held.begins == DAY
        ac, fan = held.rows
        assert ac == HeldRow(ac.row, "ac", "1", False, code("a"), first, DAY, baseline=True)
        assert fan == HeldRow(fan.row, "fan", "1", True, code("b"), first, DAY, baseline=True)
        assert ac.row < fan.row
        assert not held.findings
        assert history.passes() == [held.newest]

    def test_a_baseline_of_an_empty_registry(self, history: History) -> None:
        first = history.record(Entry(None, at(0), DAY))
        held = held_now(history)
        assert held.newest.id == first
        assert held.newest.baseline
        assert not held.rows
        look(history, 1, {"ac": "a"})
        assert not held_rows(history)["ac"].baseline

    # Passes

    def test_a_pass_that_sees_nothing_new_prolongs_the_last(self, history: History) -> None:
        first = look(history, 0, {"ac": "a"}, ["x"])
        later = Entry(first, at(5), on(5), "Somebody else", at(4))
        assert history.record(later) == first
        assert history.passes() == [Pass(first, at(0), DAY, at(5), on(5), baseline=True)]
        assert held_rows(history)["ac"].since == first

    def test_the_end_of_a_pass_never_moves_back(self, history: History) -> None:
        first = look(history, 5, {"ac": "a"})
        assert look(history, 3, {"ac": "a"}) == first
        assert history.passes() == [Pass(first, at(5), on(5), at(5), on(5), baseline=True)]

    def test_several_passes_on_one_day(self, history: History) -> None:
        numbers = [look(history, 0, {"ac": text}) for text in "abca"]
        assert numbers == sorted(set(numbers))
        assert [one.day for one in history.passes()] == [DAY] * 4
        assert [one.baseline for one in history.passes()] == [True, False, False, False]
        assert texts(history.spells()) == [
            ("ac", text, since, until) for text, since, until in zip("abca", numbers, [*numbers[1:], None], strict=True)
        ]

    def test_days_do_not_run_backwards(self, history: History) -> None:
        look(history, 5, {"ac": "a"})
        look(history, 2, {"ac": "a", "fan": "b"})
        newest = history.passes()[-1]
        assert (newest.at, newest.day, newest.last_day) == (at(2), on(5), on(5))
        assert held_rows(history)["fan"].first_day == on(5)

    def test_moments_come_back_equal_and_in_utc(self, history: History) -> None:
        zone = timezone(timedelta(hours=5, minutes=45))
        moment = datetime(2026, 7, 1, 2, 3, 4, 567890, zone)
        history.record(Entry(None, moment, DAY, "Ana", datetime(2026, 6, 30, 23, 59, 59)))
        (one,) = history.passes()
        assert one.at == one.last_at == moment
        assert one.edited_at == datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
        assert {one.at.tzinfo, one.last_at.tzinfo, one.edited_at.tzinfo} == {UTC}

    # Rows

    def test_a_row_whose_facts_changed(self, history: History) -> None:
        first = look(history, 0, {"ac": "a", "fan": "b"})
        second = look(history, 1, {"ac": "c", "fan": "b"})
        rows = held_rows(history)
        assert (rows["ac"].since, rows["ac"].first_day, rows["ac"].baseline) == (second, DAY, True)
        assert (rows["ac"].code, rows["fan"].since) == (code("c"), first)
        assert texts(history.spells()) == [
            ("ac", "a", first, second),
            ("ac", "c", second, None),
            ("fan", "b", first, None),
        ]

    def test_a_row_that_appears(self, history: History) -> None:
        look(history, 0, {"ac": "a"})
        second = look(history, 3, {"ac": "a", "fan": "b"})
        fan = held_rows(history)["fan"]
        assert (fan.since, fan.first_day, fan.baseline) == (second, on(3), False)
        assert fan.row != held_rows(history)["ac"].row

    def test_a_row_that_goes_and_comes_back(self, history: History) -> None:
        first = look(history, 0, {"ac": "a", "fan": "b"})
        row = held_rows(history)["ac"].row
        assert not history.known([("ac", "1")])
        second = look(history, 1, {"fan": "b"})
        assert "ac" not in held_rows(history)
        assert history.known([("ac", "1"), ("fan", "1"), ("ac", "2")]) == {("ac", "1"): KnownRow(row, DAY, True)}
        third = look(history, 2, {"ac": "a", "fan": "b"})
        back = held_rows(history)["ac"]
        assert (back.row, back.since, back.first_day, back.baseline) == (row, third, DAY, True)
        assert not history.known([("ac", "1")])
        assert texts(history.spells(rows=[row])) == [("ac", "a", first, second), ("ac", "a", third, None)]

    def test_a_row_is_known_by_every_name_that_it_had(self, history: History) -> None:
        first = look(history, 0, {"ac": "a"})
        row = held_rows(history)["ac"].row
        second = history.record(Entry(first, at(1), on(1), ended=[row], begun=[spell("ac failure", "a", row)]))
        assert not history.known([("ac", "1"), ("ac failure", "1")])
        history.record(Entry(second, at(2), on(2), ended=[row]))
        gone = KnownRow(row, DAY, True)
        assert history.known([("ac", "1"), ("ac failure", "1")]) == {("ac", "1"): gone, ("ac failure", "1"): gone}

    def test_of_several_rows_the_last_to_end_is_known(self, history: History) -> None:
        first = history.record(Entry(None, at(0), DAY, begun=[spell("ac", "a"), spell("ac", "b")]))
        one, other = [row.row for row in held_now(history).rows]
        second = history.record(Entry(first, at(1), on(1), ended=[other]))
        assert history.known([("ac", "1")])["ac", "1"].row == other
        history.record(Entry(second, at(2), on(2), ended=[one]))
        assert history.known([("ac", "1")])["ac", "1"].row == one

    def test_many_keys_are_asked_at_once(self, history: History) -> None:
        names = [f"model {number}" for number in range(3000)]
        look(history, 0, dict.fromkeys(names, "a"))
        look(history, 1, {"model 0": "a"})
        assert len(history.known([(name, "1") for name in names])) == 2999
        assert not history.known([])

    # Findings

    def test_findings_have_a_first_and_a_last_day(self, history: History) -> None:
        first = look(history, 0, {}, ["x", "y"])
        second = look(history, 1, {}, ["y", "z"])
        held = held_now(history)
        assert [(one.key, one.first_day) for one in held.findings] == [("y", DAY), ("z", on(1))]
        told = ("missing-value", "error", "AC", "1", "Owner", "It's missing.")
        assert history.findings() == [
            FindingSpell("x", *told, since=first, until=second),
            FindingSpell("y", *told, since=first, until=None),
            FindingSpell("z", *told, since=second, until=None),
        ]

    def test_a_finding_that_comes_back_is_a_new_one(self, history: History) -> None:
        for day, found in enumerate([["x"], [], ["x"]]):
            look(history, day, {}, found)
        held = held_now(history)
        assert [(one.key, one.first_day) for one in held.findings] == [("x", on(2))]
        assert [(one.since, one.until) for one in history.findings()] == [(1, 2), (3, None)]

    # Refusals

    @pytest.mark.parametrize("after", [None, 1, 3])
    def test_an_entry_compared_with_another_pass_is_refused(self, history: History, after: int | None) -> None:
        look(history, 0, {"ac": "a"})
        look(history, 1, {"ac": "b"})
        before = list(history.export())
        for entry in (Entry(after, at(2), on(2)), Entry(after, at(2), on(2), begun=[spell("fan")])):
            with pytest.raises(HistoryMoved, match="again"):
                history.record(entry)
        assert list(history.export()) == before

    def test_an_entry_compared_with_a_pass_where_there_is_none_is_refused(self, history: History) -> None:
        with pytest.raises(HistoryMoved):
            history.record(Entry(1, at(0), DAY, begun=[spell("ac")]))
        assert history.held() is None

    def test_a_row_that_was_pruned_since_it_was_asked_for_is_refused(self, history: History) -> None:
        for day, rows in enumerate([{"ac": "a", "fan": "b"}, {"fan": "b"}, {"fan": "c"}]):
            look(history, day, rows)
        row = history.known([("ac", "1")])["ac", "1"].row
        history.prune(on(2))
        with pytest.raises(HistoryMoved):
            history.record(Entry(3, at(3), on(3), begun=[spell("ac", "a", row)]))
        assert history.passes()[-1].id == 3

    def test_an_entry_that_does_not_fit_is_a_fault_and_nothing_of_it_is_recorded(self, history: History) -> None:
        first = look(history, 0, {"ac": "a", "fan": "b"}, ["x"])
        row = held_rows(history)["ac"].row
        number = held_now(history).findings[0].id
        before = list(history.export())
        for entry in (
            Entry(first, at(1), on(1), ended=[row, row], found=[finding("y")]),
            Entry(first, at(1), on(1), ended=[row + 90]),
            Entry(first, at(1), on(1), gone=[number, number]),
            Entry(first, at(1), on(1), gone=[number + 90]),
            Entry(first, at(1), on(1), begun=[spell("fan 2"), spell("ac", "b", row)]),
            Entry(first, at(1), on(1), ended=[row], begun=[spell("ac", "b", row), spell("ac", "c", row)]),
        ):
            with pytest.raises(ValueError, match="entry"):
                history.record(entry)
        assert list(history.export()) == before

    # Texts

    @pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:12]))
    def test_any_text_comes_back_as_it_was(self, history: History, text: str) -> None:
        new = NewSpell(None, text, text, True, text, {text: text})
        found = NewFinding(*[text] * 7)
        history.record(Entry(None, at(0), DAY, editor=text, begun=[new], found=[found]))
        (kept,) = history.spells()
        assert (kept.name_key, kept.version_key, kept.code, kept.credits) == (text, text, text, {text: text})
        assert history.passes()[0].editor == text
        assert history.findings() == [FindingSpell(*found, since=1, until=None)]
        held = held_now(history)
        assert (held.rows[0].code, held.findings[0].key) == (text, text)
        history.record(Entry(1, at(1), on(1), ended=[kept.row]))
        assert set(history.known([(text, text), (f"{text} ", text)])) == {(text, text)}

    def test_half_a_character_is_kept_as_a_question_mark(self, history: History) -> None:
        half = "a\ud800"
        new = NewSpell(None, half, "1", False, code("a"), {half: half})
        history.record(Entry(None, at(0), DAY, editor=half, begun=[new], found=[finding(half)]))
        (kept,) = history.spells()
        assert (kept.name_key, kept.credits) == ("a?", {"a?": "a?"})
        assert (history.passes()[0].editor, history.findings()[0].key) == ("a?", "a?")
        history.record(Entry(1, at(1), on(1), ended=[kept.row]))
        assert set(history.known([(half, "1")])) == {(half, "1")}

    # Asking

    def test_passes_can_be_asked_for_in_part_and_for_their_days_alone(self, history: History) -> None:
        assert history.calendar() == Calendar({}, None)
        for number, text in enumerate("abc"):
            look(history, 2 * number, {"ac": text})
        assert history.passes(2) == history.passes()[1:]
        assert not history.passes(4)
        assert history.calendar() == Calendar({1: DAY, 2: on(2), 3: on(4)}, baseline=1)
        history.prune(on(5))
        assert history.calendar() == Calendar({3: on(4)}, None)

    def test_spells_can_be_asked_for_in_part(self, history: History) -> None:
        look(history, 0, {"ac": "a", "fan": "live", "lift": "c"})
        look(history, 1, {"ac": "b", "fan": "live", "lift": "c"})
        look(history, 2, {"ac": "live", "fan": "x", "lift": "c"})
        ac, fan, lift = (row.row for row in held_rows(history).values())
        every = history.spells()
        assert [(one.row, one.since) for one in every] == sorted((one.row, one.since) for one in every)
        assert texts(history.spells(live=True)) == [("ac", "live", 3, None), ("fan", "live", 1, 3)]
        assert history.spells(rows=[fan, ac, fan, 99]) == [one for one in every if one.row in (ac, fan)]
        assert not history.spells(rows=[])
        assert texts(history.spells(ended_since=2)) == [("ac", "a", 1, 2), ("ac", "b", 2, 3), ("fan", "live", 1, 3)]
        assert texts(history.spells(ended_since=3)) == [("ac", "b", 2, 3), ("fan", "live", 1, 3)]
        assert not history.spells(ended_since=4)
        assert texts(history.spells(rows=[fan, lift], live=True, ended_since=3)) == [("fan", "live", 1, 3)]

    def test_credits_are_kept_with_the_facts(self, history: History) -> None:
        history.record(
            Entry(None, at(0), DAY, begun=[spell("ac", why="sam, promote", stage="sam, promote"), spell("b")])
        )
        credits = [{"why": "sam, promote", "stage": "sam, promote"}, {}]
        assert [dict(one.credits) for one in history.spells()] == credits
        assert [dict(one.credits) for one in held_now(history).rows] == credits

    def test_an_answer_does_not_change_afterwards(self, history: History) -> None:
        look(history, 0, {"ac": "a"})
        answers = history.held(), history.passes(), history.spells(), history.findings()
        before = repr(answers)
        look(history, 1, {"ac": "b"}, ["x"])
        assert repr(answers) == before

    def test_the_export_goes_through_json(self, history: History) -> None:
        entry = Entry(None, at(0), DAY, "Ana", at(-1), begun=[spell("ac", why="sam, fix")], found=[finding("x")])
        history.record(entry)
        look(history, 1, {"ac": "b"})
        exported = [json.loads(json.dumps(one)) for one in history.export()]
        assert exported == list(history.export())
        assert exported == [
            {"kind": "history", "format": 1, "begins": "2026-07-01"},
            {
                "kind": "pass",
                "id": 1,
                "at": "2026-07-01T02:00:00Z",
                "day": "2026-07-01",
                "last_at": "2026-07-01T02:00:00Z",
                "last_day": "2026-07-01",
                "editor": "Ana",
                "edited_at": "2026-06-30T02:00:00Z",
                "baseline": True,
            },
            {
                "kind": "pass",
                "id": 2,
                "at": "2026-07-02T02:00:00Z",
                "day": "2026-07-02",
                "last_at": "2026-07-02T02:00:00Z",
                "last_day": "2026-07-02",
                "editor": "",
                "edited_at": None,
                "baseline": False,
            },
            {
                "kind": "facts",
                "row": 1,
                "since": 1,
                "until": 2,
                "facts": {"why": "a", "used_for": ["a", "b"]},
                "credits": {"why": "sam, fix"},
            },
            {
                "kind": "facts",
                "row": 1,
                "since": 2,
                "until": None,
                "facts": {"why": "b", "used_for": ["b", "b"]},
                "credits": {},
            },
            {
                "kind": "finding",
                "key": "x",
                "rule": "missing-value",
                "severity": "error",
                "name": "AC",
                "version": "1",
                "column": "Owner",
                "message": "It's missing.",
                "since": 1,
                "until": 2,
            },
        ]

    # Pruning

    def test_what_ended_before_the_day_goes_and_what_held_on_it_stays(self, history: History) -> None:
        look(history, 0, {"ac": "a", "fan": "b", "lift": "c"}, ["x", "y"])
        look(history, 1, {"ac": "a2", "fan": "b"}, ["y"])
        look(history, 2, {"ac": "a3", "fan": "b"})
        look(history, 3, {"ac": "a4", "fan": "b"})
        before = held_now(history)
        assert history.prune(on(2)) == Pruned(spells=2, findings=1, passes=0)
        assert texts(history.spells()) == [
            ("ac", "a2", 2, 3),  # it still held when the day began
            ("ac", "a3", 3, 4),
            ("ac", "a4", 4, None),
            ("fan", "b", 1, None),
        ]
        assert [one.key for one in history.findings()] == ["y"]
        assert not history.known([("lift", "1")])
        after = held_now(history)
        assert (before.begins, after.begins) == (DAY, on(2))
        assert (after.rows, after.newest, after.findings) == (before.rows, before.newest, before.findings)

    def test_passes_go_when_nothing_names_them_and_they_were_over(self, history: History) -> None:
        for day, text in enumerate("abcde"):
            look(history, day, {"ac": text})
        look(history, 9, {"ac": "e"})
        assert history.prune(on(3)) == Pruned(spells=2, findings=0, passes=2)
        assert [one.id for one in history.passes()] == [3, 4, 5]
        assert history.prune(on(20)) == Pruned(spells=2, findings=0, passes=2)
        assert [one.id for one in history.passes()] == [5]
        assert texts(history.spells()) == [("ac", "e", 5, None)]

    def test_the_newest_pass_stays_though_nothing_names_it(self, history: History) -> None:
        look(history, 0, {"ac": "a"})
        look(history, 1, {})
        history.prune(on(5))
        assert [one.id for one in history.passes()] == [2]
        assert not history.spells()
        assert look(history, 6, {"ac": "a"}) == 3
        assert held_rows(history)["ac"].first_day == on(6)

    def test_begins_never_moves_back(self, history: History) -> None:
        look(history, 5, {"ac": "a"})
        assert history.prune(on(2)) == Pruned(0, 0, 0)
        held = held_now(history)
        assert held.begins == on(5)

    # The end

    def test_nothing_is_asked_of_a_closed_history(self, tmp_path: Path) -> None:
        with self.make(tmp_path) as history:
            look(history, 0, {"ac": "a"})
        history.close()
        with pytest.raises(HistoryUnusable):
            history.held()
        with pytest.raises(HistoryUnusable):
            history.record(Entry(1, at(1), on(1)))
