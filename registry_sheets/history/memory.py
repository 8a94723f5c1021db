"""A history in memory: the same answers and refusals as a file, for trying and for tests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from registry_sheets.errors import HistoryUnusable
from registry_sheets.history.base import History, Pruned
from registry_sheets.history.entries import as_kept, check_fit, expect, pass_made, storable
from registry_sheets.registry.past.records import (
    Entry,
    FindingSpell,
    Held,
    HeldFinding,
    HeldRow,
    KnownRow,
    Pass,
    Spell,
)


@dataclass(frozen=True)
class _State:
    """All that is known at one moment. A step makes another one, so it happens whole or not at all.

    ``rows`` and ``findings`` are by number, which goes up; ``numbers``: how many rows there ever were.
    """

    begins: date | None = None
    passes: Sequence[Pass] = ()
    rows: Mapping[int, KnownRow] = field(default_factory=dict)
    numbers: int = 0
    spells: Sequence[Spell] = ()
    findings: Mapping[int, FindingSpell] = field(default_factory=dict)

    @property
    def newest(self) -> Pass | None:
        return self.passes[-1] if self.passes else None

    def open_spells(self) -> list[Spell]:
        return [spell for spell in self.spells if spell.until is None]

    def open_findings(self) -> dict[int, FindingSpell]:
        return {number: one for number, one in self.findings.items() if one.until is None}

    def days(self) -> Mapping[int, date]:
        return {one.id: one.day for one in self.passes}


class MemoryHistory(History):
    """Lives as long as the object. ``fails``: what the next record() raises, once, instead of recording."""

    def __init__(self, fails: HistoryUnusable | None = None) -> None:
        self.fails = fails
        self._state: _State | None = _State()

    def held(self) -> Held | None:
        state = self._now()
        if state.newest is None or state.begins is None:
            return None
        days = state.days()
        rows = [_held(spell, state.rows[spell.row]) for spell in state.open_spells()]
        findings = [HeldFinding(number, one.key, days[one.since]) for number, one in state.open_findings().items()]
        return Held(state.newest, state.begins, rows, findings)

    def known(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], KnownRow]:
        state = self._now()
        held = {spell.row for spell in state.open_spells()}
        last: dict[tuple[str, str], tuple[int, int]] = {}
        for spell in state.spells:
            if spell.until is not None and spell.row not in held:
                key = (spell.name_key, spell.version_key)
                last[key] = max(last.get(key, (0, 0)), (spell.until, spell.row))
        kept = {key: (storable(key[0]), storable(key[1])) for key in keys}
        return {key: state.rows[last[stored][1]] for key, stored in kept.items() if stored in last}

    def record(self, entry: Entry) -> int:
        state, kept = self._now(), as_kept(entry)
        if self.fails:
            error, self.fails = self.fails, None
            raise error
        expect(state.newest, kept)
        this = pass_made(state.newest, kept)
        self._state = _prolonged(state, this) if kept.quiet and state.newest else _appended(state, this, kept)
        return this.id

    def passes(self, since: int = 0) -> Sequence[Pass]:
        return [one for one in self._now().passes if one.id >= since]

    def spells(
        self, *, rows: Collection[int] | None = None, live: bool = False, ended_since: int | None = None
    ) -> Sequence[Spell]:
        wanted = None if rows is None else set(rows)
        return [
            spell
            for spell in self._now().spells
            if (wanted is None or spell.row in wanted)
            and (not live or spell.live)
            and (ended_since is None or (spell.until is not None and spell.until >= ended_since))
        ]

    def findings(self) -> Sequence[FindingSpell]:
        return list(self._now().findings.values())

    def prune(self, before: date) -> Pruned:
        state = self._now()
        if state.newest is None or state.begins is None:
            return Pruned(0, 0, 0)
        left = _cut(state, before)
        self._state = left
        return Pruned(
            spells=len(state.spells) - len(left.spells),
            findings=len(state.findings) - len(left.findings),
            passes=len(state.passes) - len(left.passes),
        )

    def close(self) -> None:
        self._state = None

    def _now(self) -> _State:
        if self._state is None:
            raise HistoryUnusable("The history was closed.", "Run the command again.")
        return self._state


def _held(spell: Spell, row: KnownRow) -> HeldRow:
    about = spell.row, spell.name_key, spell.version_key, spell.live, spell.code, spell.since
    return HeldRow(*about, row.first_day, row.baseline, spell.credits)


def _prolonged(state: _State, this: Pass) -> _State:
    return replace(state, passes=[*state.passes[:-1], this])


def _appended(state: _State, this: Pass, entry: Entry) -> _State:
    open_rows = {spell.row for spell in state.open_spells()}
    check_fit(entry, open_rows, state.open_findings().keys(), state.rows.__contains__)
    begun = list(_begun(state, this, entry))
    new = {spell.row: KnownRow(spell.row, this.day, this.baseline) for spell in begun if spell.row not in state.rows}
    ended = [_ended(spell, this) if spell.row in entry.ended else spell for spell in state.spells]
    return _State(
        begins=state.begins or this.day,
        passes=[*state.passes, this],
        rows={**state.rows, **new},
        numbers=state.numbers + len(new),
        spells=sorted([*ended, *begun], key=lambda spell: (spell.row, spell.since)),
        findings=_found(state, this, entry),
    )


def _begun(state: _State, this: Pass, entry: Entry) -> Iterator[Spell]:
    number = state.numbers
    for new in entry.begun:
        number += new.row is None
        yield Spell(
            row=number if new.row is None else new.row,
            since=this.id,
            until=None,
            name_key=new.name_key,
            version_key=new.version_key,
            live=new.live,
            code=new.code,
            credits=dict(new.credits),
        )


def _ended(spell: Spell, this: Pass) -> Spell:
    return spell._replace(until=this.id) if spell.until is None else spell


def _found(state: _State, this: Pass, entry: Entry) -> Mapping[int, FindingSpell]:
    findings = {
        number: one._replace(until=this.id) if number in entry.gone else one for number, one in state.findings.items()
    }
    first = max(findings, default=0) + 1
    new = [FindingSpell(*finding, since=this.id, until=None) for finding in entry.found]
    return findings | dict(enumerate(new, first))


def _cut(state: _State, before: date) -> _State:
    """What ended before that day is gone, with the rows and passes that nothing names any more."""
    days = state.days()
    spells = [spell for spell in state.spells if spell.until is None or days[spell.until] >= before]
    findings = {number: one for number, one in state.findings.items() if one.until is None or days[one.until] >= before}
    rows = {spell.row for spell in spells}
    named = {number for one in spells for number in (one.since, one.until)}
    named |= {number for one in findings.values() for number in (one.since, one.until)}
    return replace(
        state,
        begins=max(before, state.begins or before),
        passes=[one for one in state.passes if one.id in named or one.last_day >= before or one is state.newest],
        rows={number: row for number, row in state.rows.items() if number in rows},
        spells=spells,
        findings=findings,
    )
