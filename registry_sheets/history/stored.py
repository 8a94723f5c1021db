"""Rows of the history file as values and back, with their columns in the order of the SQL (statements.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from registry_sheets.history.exporting import moment
from registry_sheets.registry.past.records import (
    FindingSpell,
    HeldFinding,
    HeldRow,
    KnownRow,
    NewFinding,
    NewSpell,
    Pass,
    Spell,
)

Stored = Sequence[Any]


def pass_from(stored: Stored) -> Pass:
    """A pass from a row of PASSES."""
    number, at, day, last_at, last_day, editor, edited_at, baseline = stored
    return Pass(
        number,
        datetime.fromisoformat(at),
        date.fromisoformat(day),
        datetime.fromisoformat(last_at),
        date.fromisoformat(last_day),
        editor,
        datetime.fromisoformat(edited_at) if edited_at else None,
        bool(baseline),
    )


def stored_pass(one: Pass) -> Stored:
    """The row of a pass."""
    edited_at = moment(one.edited_at) if one.edited_at else None
    days = one.day.isoformat(), one.last_day.isoformat()
    return one.id, moment(one.at), days[0], moment(one.last_at), days[1], one.editor, edited_at, one.baseline


def spell_from(stored: Stored) -> Spell:
    """A spell from a row of SPELLS."""
    row, since, until, name_key, version_key, live, code, credits = stored
    given = _credits(credits) if credits else _NO_CREDITS
    return Spell(row, since, until, name_key, version_key, bool(live), code, given)


def stored_spell(new: NewSpell, row: int, since: int) -> Stored:
    """The row of a spell that begins."""
    credits = json.dumps(dict(new.credits), ensure_ascii=False) if new.credits else None
    return row, since, None, new.name_key, new.version_key, new.live, new.code, credits


def finding_from(stored: Stored) -> FindingSpell:
    """A finding from a row of FINDINGS."""
    return FindingSpell(*stored)


def stored_finding(new: NewFinding, since: int) -> Stored:
    """The row of a finding that begins."""
    return *new, since, None


def held_row_from(stored: Stored) -> HeldRow:
    """A held row from a row of HELD_ROWS."""
    row, name_key, version_key, live, code, since, first_day, baseline, credits = stored
    day, given = date.fromisoformat(first_day), _credits(credits) if credits else _NO_CREDITS
    return HeldRow(row, name_key, version_key, bool(live), code, since, day, bool(baseline), given)


def held_finding_from(stored: Stored) -> HeldFinding:
    """A held finding from a row of HELD_FINDINGS."""
    number, key, day = stored
    return HeldFinding(number, key, date.fromisoformat(day))


def known_row_from(stored: Stored) -> KnownRow:
    """A known row from a row of KNOWN."""
    row, first_day, baseline = stored
    return KnownRow(row, date.fromisoformat(first_day), bool(baseline))


def _credits(text: str) -> Mapping[str, str]:
    return dict(json.loads(text))


_NO_CREDITS: Mapping[str, str] = MappingProxyType({})  # one for all: few spells have any
