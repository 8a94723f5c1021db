"""What changed between passes, read off the spells: old and new of every cell, rows that came and went."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.change import Change as Change
from registry_sheets.registry.past.facts import NOTHING_KNOWN, Facts, facts_by, header_of, text_of
from registry_sheets.registry.past.records import Pass, Spell
from registry_sheets.registry.past.renamed_columns import with_renamed_columns


def changes_of(
    passes: Sequence[Pass], spells: Sequence[Spell], since: int = 0, known: Mapping[str, Facts] = NOTHING_KNOWN
) -> list[Change]:
    """The changes of passes from number ``since`` on, newest first. The baseline changed nothing.

    ``spells`` are those of all rows, or at least those that began or ended in these passes, by row and oldest first;
    of ``passes`` too these are enough. ``known``: as of facts.facts_by().
    """
    by_number = {one.id: one for one in passes}
    found: list[Change] = []
    for row in _by_row(spells):
        for before, after in _steps(row):
            seen = by_number.get(after.since if after else before.until)  # type: ignore[arg-type, union-attr]
            if seen and seen.id >= since and not seen.baseline:
                found += _step(before, after, seen, known)
    names = {name: normalise(name) for name in {change.name for change in found}}
    ordered = sorted(found, key=lambda change: (-change.seen_in, names[change.name], change.row))
    return list(with_renamed_columns(ordered))


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


def _step(before: Spell | None, after: Spell | None, seen: Pass, known: Mapping[str, Facts]) -> Iterator[Change]:
    old = facts_by(before.code, known) if before else {}
    new = facts_by(after.code, known) if after else {}
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
    keys = [key for key, fact in old.items() if new.get(key) != fact] + [key for key in new if key not in old]
    return sorted(keys, key=_place_of) if len(keys) > 1 else keys


def _place_of(key: str) -> tuple[bool, bool]:
    return key not in ("name", "version"), key.startswith("+")


def summary(facts: Facts) -> str:
    """A row in a few words: 'Production at Dispatch desk, trained 2026-06-06'."""
    stage, place = text_of(facts.get("stage")), text_of(facts.get("location"))
    trained = text_of(facts.get("training_date"))
    parts = [" at ".join(filter(None, (stage, place))), f"trained {trained}" if trained else ""]
    return ", ".join(filter(None, parts)) or "only a name and a version"
