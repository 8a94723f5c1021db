"""What changed between passes, read off the spells: old and new of every cell, rows that came and went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import Facts, decode, header_of, text_of
from registry_sheets.registry.past.records import Pass, Spell


class Change(NamedTuple):
    """One difference between two passes.

    ``day`` is when it was first seen; ``editor`` is whom the workbook then named as having saved it last, who
    may not have made this change. ``by`` is the recorded edit by which it came ('sam, promote'), '' for a cell
    that was changed in the sheet. ``key`` is the fact key and ``column`` its heading, '' for a whole row.
    ``name`` and ``version`` are those after the change, for a row that is gone those before.
    """

    kind: Literal["changed", "added", "removed"]
    day: date
    at: datetime
    editor: str
    edited_at: datetime | None
    by: str
    name: str
    version: str
    key: str
    column: str
    old: str
    new: str
    row: int
    seen_in: int


def changes_of(passes: Sequence[Pass], spells: Sequence[Spell], since: int = 0) -> list[Change]:
    """The changes of passes from number ``since`` on, newest first. The baseline changed nothing.

    ``spells`` are those of all rows, or at least those that began or ended in these passes, by row and oldest first;
    of ``passes`` too these are enough.
    """
    known = {one.id: one for one in passes}
    found: list[Change] = []
    for row in _by_row(spells):
        for before, after in _steps(row):
            number = after.since if after else before.until  # type: ignore[union-attr]
            if number >= since and not known[number].baseline:
                found += _step(before, after, known[number])
    return sorted(found, key=lambda change: (-change.seen_in, normalise(change.name), change.row))


def _by_row(spells: Sequence[Spell]) -> Iterator[list[Spell]]:
    row: list[Spell] = []
    for spell in spells:
        if row and row[0].row != spell.row:
            yield row
            row = []
        row.append(spell)
    if row:
        yield row


def _steps(row: Sequence[Spell]) -> Iterator[tuple[Spell | None, Spell | None]]:
    """(what ended, what began) at each point where something did."""
    before: Spell | None = None
    for spell in row:
        if before and before.until is not None and before.until < spell.since:
            yield before, None
            before = None
        yield before, spell
        before = spell
    if before and before.until is not None:
        yield before, None


def _step(before: Spell | None, after: Spell | None, seen: Pass) -> Iterator[Change]:
    old = decode(before.code) if before else {}
    new = decode(after.code) if after else {}
    if before is None and after is not None:
        yield _change("added", seen, new, after, "", "", summary(new))
    elif after is None and before is not None:
        yield _change("removed", seen, old, before, "", summary(old), "")
    elif after is not None:
        for key in differing(old, new):
            yield _change("changed", seen, new, after, key, text_of(old.get(key)), text_of(new.get(key)))


def _change(
    kind: Literal["changed", "added", "removed"], seen: Pass, facts: Facts, spell: Spell, key: str, old: str, new: str
) -> Change:
    return Change(
        kind=kind,
        day=seen.day,
        at=seen.at,
        editor=seen.editor,
        edited_at=seen.edited_at,
        by=_credit(kind, key, spell.credits),
        name=text_of(facts.get("name")),
        version=text_of(facts.get("version")),
        key=key,
        column=header_of(key) if key else "",
        old=old,
        new=new,
        row=spell.row,
        seen_in=seen.id,
    )


def _credit(kind: str, key: str, credits: Mapping[str, str]) -> str:
    if kind == "removed":
        return ""
    return credits.get(key or "version", "")


def differing(old: Facts, new: Facts) -> list[str]:
    """The keys of facts that are not the same, name and version first, then as they are kept."""
    keys = [key for key in dict.fromkeys((*old, *new)) if old.get(key) != new.get(key)]
    return sorted(keys, key=lambda key: (key not in ("name", "version"), key.startswith("+")))


def summary(facts: Facts) -> str:
    """A row in a few words: 'Production at Dispatch desk, trained 2026-06-06'."""
    stage, place = text_of(facts.get("stage")), text_of(facts.get("location"))
    trained = text_of(facts.get("training_date"))
    parts = [" at ".join(filter(None, (stage, place))), f"trained {trained}" if trained else ""]
    return ", ".join(filter(None, parts)) or "a row"
