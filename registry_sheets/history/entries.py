"""What every store does with an entry before it keeps it: level it, refuse it, and tell the pass that it makes."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import UTC, datetime

from registry_sheets.errors import HistoryMoved
from registry_sheets.registry.past.records import Entry, NewFinding, NewSpell, Pass


def as_kept(entry: Entry) -> Entry:
    """The entry with its moments in UTC (one without a zone is taken for UTC) and texts that any store takes."""
    return entry._replace(
        at=_in_utc(entry.at),
        editor=storable(entry.editor),
        edited_at=_in_utc(entry.edited_at) if entry.edited_at else None,
        begun=tuple(map(_kept_spell, entry.begun)),
        found=tuple(NewFinding(*map(storable, finding)) for finding in entry.found),
    )


def expect(newest: Pass | None, entry: Entry) -> None:
    """Raises HistoryMoved where the newest pass is not the one that the entry was compared with."""
    if entry.after != (newest.id if newest else None):
        raise _moved()


def pass_made(newest: Pass | None, entry: Entry) -> Pass:
    """The newest pass once the entry is recorded: the one before, prolonged, where nothing changed; else one more.

    Days never run backwards, whatever the clock does; so passes are in the order of their days.
    """
    if newest is None:
        return Pass(1, entry.at, entry.day, entry.at, entry.day, entry.editor, entry.edited_at, baseline=True)
    day = max(entry.day, newest.last_day)
    if entry.quiet:
        return newest._replace(last_at=max(entry.at, newest.last_at), last_day=day)
    return Pass(newest.id + 1, entry.at, day, entry.at, day, entry.editor, entry.edited_at)


def check_fit(entry: Entry, open_rows: Set[int], open_findings: Set[int], knows: Callable[[int], bool]) -> None:
    """Raises ValueError where the entry ends what does not hold or begins what does (a fault of the caller).

    HistoryMoved where it names a row that ``knows`` does not: the row was pruned after it was asked for.
    """
    begun = [spell.row for spell in entry.begun if spell.row is not None]
    ended, gone = set(entry.ended), set(entry.gone)
    held = open_rows - ended
    if not (_once(entry.ended, ended, open_rows) and _once(entry.gone, gone, open_findings)):
        raise ValueError("an entry ends rows or findings that do not hold, or one of them twice")
    if len(set(begun)) < len(begun) or not held.isdisjoint(begun):
        raise ValueError("an entry begins a row that still holds, or one twice")
    if not all(map(knows, begun)):
        raise _moved()


def _once(numbers: object, distinct: Set[int], allowed: Set[int]) -> bool:
    return len(numbers) == len(distinct) and distinct <= allowed  # type: ignore[arg-type]


def storable(text: str) -> str:
    """The text without halves of characters, which no file or database takes: '?' stands for each."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def _kept_spell(spell: NewSpell) -> NewSpell:
    texts = (spell.name_key, spell.version_key, spell.code, *spell.credits, *spell.credits.values())
    if all(map(str.isascii, texts)):
        return spell
    name, version, code = map(storable, texts[:3])
    credits = {storable(key): storable(by) for key, by in spell.credits.items()}
    return NewSpell(spell.row, name, version, spell.live, code, credits)


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _moved() -> HistoryMoved:
    return HistoryMoved(
        "Another run changed the history of this registry in the meantime, so nothing was recorded.",
        "Run the command again.",
    )
