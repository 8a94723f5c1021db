"""History as plain objects that JSON can hold, one a line of an export; History.export() tells their keys."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from registry_sheets.registry.past.facts import decode
from registry_sheets.registry.past.records import FindingSpell, Pass, Spell

FORMAT = 1


def heading(begins: date | None) -> Mapping[str, Any]:
    """The first object. ``begins`` None: nothing is recorded yet."""
    return {"kind": "history", "format": FORMAT, "begins": begins.isoformat() if begins else None}


def of_pass(one: Pass) -> Mapping[str, Any]:
    """A pass."""
    return {
        "kind": "pass",
        "id": one.id,
        "at": moment(one.at),
        "day": one.day.isoformat(),
        "last_at": moment(one.last_at),
        "last_day": one.last_day.isoformat(),
        "editor": one.editor,
        "edited_at": moment(one.edited_at) if one.edited_at else None,
        "baseline": one.baseline,
    }


def of_spell(spell: Spell) -> Mapping[str, Any]:
    """The facts of a row between two passes."""
    return {
        "kind": "facts",
        "row": spell.row,
        "since": spell.since,
        "until": spell.until,
        "facts": dict(decode(spell.code)),
        "credits": dict(spell.credits),
    }


def of_finding(finding: FindingSpell) -> Mapping[str, Any]:
    """A finding between two passes."""
    return {"kind": "finding", **finding._asdict()}


def moment(at: datetime) -> str:
    """A moment in UTC, as '2026-07-01T02:00:00Z'."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
