"""What spells claim: that a version is live at a place, as rows said while passes saw them, or as they state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import Facts, day_of, facts_by, text_of, texts_of
from registry_sheets.registry.past.records import Calendar, Spell
from registry_sheets.registry.table import Stage

Place = tuple[str, str, str]
"""(name key, use key, location key); the name is the one by which the model is known now."""


@dataclass(slots=True, eq=False, repr=False)
class Claim:
    """A time in which rows said of one version that it is live at one place. ``until`` None: they still do.

    ``why`` and ``stated`` (Deployed on) are what was said last. Days are filled in by periods.py: ``live_by`` is the
    one on which a pass first saw it, ``start`` and ``end`` those that count. ``seen_live`` False: known by its
    statement alone, and then ``end`` is known only where ``end_known``.
    """

    version: str
    since: int
    until: int | None
    facts: Facts
    row: int
    used_for: str
    location: str
    why: str = ""
    stated: date | None = None
    start: date | None = None
    end: date | None = None
    end_known: bool = True
    seen_live: bool = True
    live_by: date = date.max


class SpellsKnown(NamedTuple):
    """Spells, by row and oldest first, and what is needed to read them. ``known`` as of facts.facts_by()."""

    calendar: Calendar
    spells: Sequence[Spell]
    today: date
    last: Mapping[int, Spell]  # row -> its last spell
    known: Mapping[str, Facts]
    levelled: dict[str, str]  # the same few uses and places come over and over

    def day(self, number: int) -> date:
        """The day of a pass."""
        return self.calendar.days[number]

    def level(self, text: str) -> str:
        """The text's key."""
        key = self.levelled.get(text)
        if key is None:
            key = self.levelled[text] = normalise(text)
        return key

    def facts(self, spell: Spell) -> Facts:
        """What a spell tells."""
        return facts_by(spell.code, self.known)

    def called(self, row: int) -> tuple[str, str]:
        """(name, version) of a row as it is called now."""
        facts = self.facts(self.last[row])
        return text_of(facts.get("name")), text_of(facts.get("version"))


# What passes saw


def open_places(past: SpellsKnown) -> frozenset[Place]:
    """Where something is live now."""
    now = (spell for spell in past.spells if spell.live and spell.until is None)
    found = {place for spell in now for place, _, _ in _places(past, spell, past.facts(spell), None)}
    return frozenset(one for place in found for one in (place, *_blanks_for(place)))


def observed(past: SpellsKnown, only: Collection[Place] | None) -> dict[Place, list[Claim]]:
    found: dict[tuple[Place, str], list[Claim]] = defaultdict(list)
    for spell in past.spells:
        if spell.live:
            facts = past.facts(spell)
            for place, use, location in _places(past, spell, facts, only):
                claim = _claim(past, spell, facts, use, location)
                found[place, claim.version].append(claim)
    claims: dict[Place, list[Claim]] = defaultdict(list)
    followed = {(spell.row, spell.since) for spell in past.spells} if only is None else None
    for (place, _), of_version in found.items():
        claims[place] += _merged(sorted(of_version, key=lambda claim: claim.since), followed)
    _fill_in(claims)
    return claims


def _fill_in(claims: dict[Place, list[Claim]]) -> None:
    """A version whose place or use was written down later was there before: nobody had said where."""
    begun: dict[tuple[int, int], list[tuple[Place, Claim]]] = defaultdict(list)
    for place, of_place in claims.items():
        for claim in of_place:
            begun[claim.row, claim.since].append((place, claim))
    for blank in [place for place in claims if not all(place[1:])]:
        for claim in list(claims[blank]):
            came = begun.get((claim.row, claim.until or 0), ())
            said = [other for place, other in came if blank in _blanks_for(place) and other.version == claim.version]
            for other in said:
                other.since = claim.since
                other.why, other.stated = other.why or claim.why, other.stated or claim.stated
            if said:
                claims[blank] = [other for other in claims[blank] if other is not claim]


def _blanks_for(place: Place) -> tuple[Place, ...]:
    """The place with its use, its location or both not said."""
    name, use, location = place
    return tuple({(name, "", location), (name, use, ""), (name, "", "")} - {place})


def _claim(past: SpellsKnown, spell: Spell, facts: Facts, use: str, location: str) -> Claim:
    """What a spell claims for one of its places."""
    version = past.last[spell.row].version_key
    why, stated = text_of(facts.get("why")), day_of(facts.get("deployed_on"))
    return Claim(version, spell.since, spell.until, facts, spell.row, use, location, why, stated)


def _places(
    past: SpellsKnown, spell: Spell, facts: Facts, only: Collection[Place] | None
) -> Sequence[tuple[Place, str, str]]:
    """(place, use, location) of each use at each location. ``only``: of these places, None: of all."""
    name, found = past.last[spell.row].name_key, []
    for use in texts_of(facts.get("used_for")) or ("",):
        for location in texts_of(facts.get("location")) or ("",):
            place = (name, past.level(use), past.level(location))
            if only is None or place in only:
                found.append((place, use, location))
    return found


def _merged(claims: Sequence[Claim], followed: Collection[tuple[int, int]] | None) -> Iterator[Claim]:
    """Claims that follow each other without a gap are one; what was said last holds, blanks say nothing.

    ``followed`` are the (row, pass) in which anything was said of a row, None where not all of them are known.
    """
    current: Claim | None = None
    for claim in claims:
        if current is None or _is_apart(current, claim, followed):
            if current:
                yield current
            current = claim
            continue
        claim.since = current.since
        claim.why, claim.stated = claim.why or current.why, claim.stated or current.stated
        if current.until is None or (claim.until is not None and claim.until <= current.until):
            claim.until = current.until
        current = claim
    if current:
        yield current


def _is_apart(before: Claim, after: Claim, followed: Collection[tuple[int, int]] | None) -> bool:
    """Whether it was not live in between. A row that was deleted, and put back as it was, was live throughout."""
    if before.until is None or after.since <= before.until:
        return False
    gone = followed is not None and (before.row, before.until) not in followed
    return not (gone and before.row == after.row and before.stated and before.stated == after.stated)


# What rows state


def stated_alone(
    past: SpellsKnown, claims: Mapping[Place, Sequence[Claim]], only: Collection[Place] | None
) -> Iterator[tuple[Place, Claim]]:
    """Archived versions that no pass saw live before, with the day that they state."""
    told: dict[tuple[Place, str], Claim] = {}
    live: set[int] = set()
    for spell in past.spells:
        if spell.live:
            live.add(spell.row)
        elif spell.row not in live and _DEPLOYED in spell.code:
            facts = past.facts(spell)
            if facts.get("stage") == Stage.ARCHIVED and day_of(facts.get("deployed_on")):
                for place, use, location in _places(past, spell, facts, only):
                    claim = _claim(past, spell, facts, use, location)
                    earlier = told.get((place, claim.version))
                    if earlier and earlier.stated == claim.stated:
                        claim.since = earlier.since
                    told[place, claim.version] = claim
    begun = {(place, claim.version, claim.start) for place, of_place in claims.items() for claim in of_place}
    for (place, version), claim in told.items():
        if (place, version, claim.stated) in begun:
            continue
        claim.start, claim.seen_live = claim.stated, False
        claim.end, claim.end_known = _over_by(past, claim), False
        yield place, claim


_DEPLOYED = '"deployed_on":'  # as facts.encode() writes it; what states no day need not be decoded


def _over_by(past: SpellsKnown, claim: Claim) -> date:
    first = past.day(claim.since)
    return max(first, claim.start or first)
