"""When which version was live where: read off the spells, and off what the rows state.

A period begins on the day that Deployed on states, else on the day on which a pass first saw it live, and ends
on the day on which a pass first saw it no longer so. Where one pass saw one version go and another come to its
place, the day stated for the one that came is the day of the swap. Versions that were archived before any pass
saw them live are known by their statements alone: from their Deployed on to that of the next at their place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import NOTHING_KNOWN, Facts, day_of, facts_by, text_of, texts_of
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.past.passes import compare, with_this
from registry_sheets.registry.past.records import Calendar, Spell
from registry_sheets.registry.table import ModelTable, Stage

Place = tuple[str, str, str]
"""(name key, use key, location key); the name is the one by which the model is known now."""


@dataclass(slots=True, eq=False, repr=False)
class _Claim:
    """A time in which rows said of one version that it is live at one place. ``until`` None: they still do."""

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


class _Past(NamedTuple):
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


def live_periods(
    calendar: Calendar,
    spells: Sequence[Spell],
    today: date,
    known: Mapping[str, Facts] = NOTHING_KNOWN,
    *,
    open_only: bool = False,
) -> list[LivePeriod]:
    """All periods that are known, by model, use and location, oldest first.

    ``spells`` are those of all rows, by row and oldest first; without those that were never live, what is known
    by statement alone is left out. ``known``: as of facts.facts_by(). ``open_only``: only the periods of what is
    live now. A version is called in every period as it is called now. A day after ``today`` states nothing.
    """
    past = _Past(calendar, spells, today, {spell.row: spell for spell in spells}, known, {})
    only = _open_places(past) if open_only else None
    claims = _observed(past, only)
    _date(past, claims)
    stated = list(_stated_alone(past, claims, only))
    for place, claim in stated:
        claims[place].append(claim)
    for of_place in claims.values():
        of_place.sort(key=_oldest_first)
        _end_stated(of_place)
    return [period for place in sorted(claims) for period in _periods(past, claims[place], open_only)]


def _oldest_first(claim: _Claim) -> tuple[date, bool, bool, int]:
    """What was live when history began came after what was over by then; of one day, as passes saw them."""
    return claim.start or claim.live_by, claim.start is not None, claim.seen_live, claim.since


def periods_of_table(table: ModelTable, today: date) -> list[LivePeriod]:
    """What a table tells by itself, without any history."""
    passes, spells = with_this(compare(table, None), [], [], today, datetime.min.replace(tzinfo=UTC))
    return live_periods(Calendar.of(passes), spells, today)


# What passes saw


def _open_places(past: _Past) -> frozenset[Place]:
    """Where something is live now."""
    now = (spell for spell in past.spells if spell.live and spell.until is None)
    found = {place for spell in now for place, _, _ in _places(past, spell, past.facts(spell), None)}
    return frozenset(one for place in found for one in (place, *_blanks_for(place)))


def _observed(past: _Past, only: Collection[Place] | None) -> dict[Place, list[_Claim]]:
    found: dict[tuple[Place, str], list[_Claim]] = defaultdict(list)
    for spell in past.spells:
        if spell.live:
            facts = past.facts(spell)
            for place, use, location in _places(past, spell, facts, only):
                claim = _claim(past, spell, facts, use, location)
                found[place, claim.version].append(claim)
    claims: dict[Place, list[_Claim]] = defaultdict(list)
    followed = {(spell.row, spell.since) for spell in past.spells} if only is None else None
    for (place, _), of_version in found.items():
        claims[place] += _merged(sorted(of_version, key=lambda claim: claim.since), followed)
    _fill_in(claims)
    return claims


def _fill_in(claims: dict[Place, list[_Claim]]) -> None:
    """A version whose place or use was written down later was there before: nobody had said where."""
    begun: dict[tuple[int, int], list[tuple[Place, _Claim]]] = defaultdict(list)
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


def _claim(past: _Past, spell: Spell, facts: Facts, use: str, location: str) -> _Claim:
    """What a spell claims for one of its places."""
    version = past.last[spell.row].version_key
    why, stated = text_of(facts.get("why")), day_of(facts.get("deployed_on"))
    return _Claim(version, spell.since, spell.until, facts, spell.row, use, location, why, stated)


def _places(
    past: _Past, spell: Spell, facts: Facts, only: Collection[Place] | None
) -> Sequence[tuple[Place, str, str]]:
    """(place, use, location) of each use at each location. ``only``: of these places, None: of all."""
    name, found = past.last[spell.row].name_key, []
    for use in texts_of(facts.get("used_for")) or ("",):
        for location in texts_of(facts.get("location")) or ("",):
            place = (name, past.level(use), past.level(location))
            if only is None or place in only:
                found.append((place, use, location))
    return found


def _merged(claims: Sequence[_Claim], followed: Collection[tuple[int, int]] | None) -> Iterator[_Claim]:
    """Claims that follow each other without a gap are one; what was said last holds, blanks say nothing.

    ``followed`` are the (row, pass) in which anything was said of a row, None where not all of them are known.
    """
    current: _Claim | None = None
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


def _is_apart(before: _Claim, after: _Claim, followed: Collection[tuple[int, int]] | None) -> bool:
    """Whether it was not live in between. A row that was deleted, and put back as it was, was live throughout."""
    if before.until is None or after.since <= before.until:
        return False
    gone = followed is not None and (before.row, before.until) not in followed
    return not (gone and before.row == after.row and before.stated and before.stated == after.stated)


# Days


def _date(past: _Past, claims: Mapping[Place, Sequence[_Claim]]) -> None:
    corrected = _corrections(past)
    for of_place in claims.values():
        for claim in of_place:
            claim.live_by = past.day(claim.since)
            claim.end = past.day(claim.until) if claim.until is not None else None
            later = corrected.get((claim.row, claim.until or 0))
            if later and later <= claim.live_by:  # else it tells of another deployment
                claim.stated = later
            claim.start = _start(past, claim)
        _forget_stale(past, of_place)
        _end_at_swap(of_place)


def _start(past: _Past, claim: _Claim) -> date | None:
    if claim.stated and claim.stated <= past.today and (claim.end is None or claim.stated <= claim.end):
        return claim.stated
    claim.stated = None
    return None if claim.since == past.calendar.baseline else past.day(claim.since)


def _corrections(past: _Past) -> dict[tuple[int, int], date]:
    """(row, pass in which it ended) -> the Deployed on that the row states since, where it was set afterwards."""
    found: dict[tuple[int, int], date] = {}
    ended: Spell | None = None
    for spell in past.spells:
        if ended is None or ended.row != spell.row or spell.live:
            ended = spell if spell.live else None
            continue
        stated = day_of(past.facts(spell).get("deployed_on"))
        if ended.until is not None and stated and stated <= past.day(ended.until):
            found[ended.row, ended.until] = stated
    return found


def _forget_stale(past: _Past, of_place: Sequence[_Claim]) -> None:
    """A version that came back with its old Deployed on: that day is not the day on which it came back."""
    by_version: dict[str, list[_Claim]] = defaultdict(list)
    for claim in sorted(of_place, key=lambda claim: claim.since):
        by_version[claim.version].append(claim)
    for claims in by_version.values():
        for earlier, later in pairwise(claims):
            if later.stated and later.stated in (earlier.stated, earlier.start):
                later.stated = None
                later.start = past.day(later.since)


def _end_at_swap(of_place: Sequence[_Claim]) -> None:
    """The version that came in the pass in which another was gone states the day of the swap."""
    came: dict[int, list[_Claim]] = defaultdict(list)
    for claim in of_place:
        if claim.stated:
            came[claim.since].append(claim)
    for claim in of_place:
        end, start = claim.end, claim.start or date.min
        if claim.until is None or end is None:
            continue
        others = [other.stated for other in came[claim.until] if other.version != claim.version]
        claim.end = min([day for day in others if day and start <= day], default=end)


# What rows state


def _stated_alone(
    past: _Past, claims: Mapping[Place, Sequence[_Claim]], only: Collection[Place] | None
) -> Iterator[tuple[Place, _Claim]]:
    """Archived versions that no pass saw live before, with the day that they state."""
    told: dict[tuple[Place, str], _Claim] = {}
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


def _over_by(past: _Past, claim: _Claim) -> date:
    first = past.day(claim.since)
    return max(first, claim.start or first)


def _end_stated(of_place: Sequence[_Claim]) -> None:
    """What is known by its statement alone ends where the next version at its place begins."""
    starts = sorted((claim.start, claim.version) for claim in of_place if claim.start)
    for claim in of_place:
        if claim.seen_live or claim.start is None or claim.end is None:
            continue
        later = bisect_right(starts, (claim.start, _LAST))
        while later < len(starts) and starts[later][1] == claim.version:
            later += 1
        following = starts[later][0] if later < len(starts) else None
        if following and following <= claim.end:
            claim.end, claim.end_known = following, True


_LAST = "\U0010ffff"  # after every version of one day


# The periods


def _periods(past: _Past, of_place: Sequence[_Claim], open_only: bool) -> Iterator[LivePeriod]:
    others = _Others.of(of_place)
    for claim in of_place:
        if open_only and claim.end is not None:
            continue
        facts = claim.facts
        name, version = past.called(claim.row)
        yield LivePeriod(
            name=name,
            version=version,
            used_for=claim.used_for,
            location=claim.location,
            start=claim.start,
            end=claim.end,
            basis="stated" if claim.stated else "observed",
            end_known=claim.end_known,
            training_date=day_of(facts.get("training_date")),
            data_source=text_of(facts.get("data_source")),
            what_changed=text_of(facts.get("what_changed")),
            why=claim.why,
            replaced=past.called(before.row)[1] if (before := others.replaced_by(claim)) else "",
            row=claim.row,
        )


class _Others(NamedTuple):
    """The claims of one place: those that ended, by their end, and those that did not, by their beginning."""

    over: Sequence[_Claim]
    ends: Sequence[date]
    still: Sequence[_Claim]

    @classmethod
    def of(cls, claims: Sequence[_Claim]) -> _Others:
        """Of these, which are in order."""
        over = sorted((claim for claim in claims if claim.end), key=_ending)
        return cls(over, [claim.end for claim in over if claim.end], [claim for claim in claims if claim.end is None])

    def replaced_by(self, claim: _Claim) -> _Claim | None:
        """What was live there before; None where nothing tells it, or two ended at once.

        What ended on its first day; else what was live then and ended later; else, if nothing was, the last before.
        """
        if claim.start is None:
            return None
        split = bisect_right(self.ends, claim.start)
        before = _last(claim, reversed(self.over[:split]))
        if before is not None and before.end == claim.start:
            return before
        return _last(claim, self.over[split:]) or (None if self._is_beside(claim) else before)

    def _is_beside(self, claim: _Claim) -> bool:
        """Whether another version was live before it came, and is so still."""
        first = next((other for other in self.still if other.version != claim.version), None)
        return first is not None and _before(first, claim)


def _ending(claim: _Claim) -> tuple[date, int]:
    """When it ended; of one day, as passes saw it."""
    return claim.end or date.max, claim.until or 0


def _last(claim: _Claim, others: Iterable[_Claim]) -> _Claim | None:
    """The first of these that can have been replaced; None where two versions ended at once."""
    first: _Claim | None = None
    for other in others:
        if first is not None and _ending(other) != _ending(first):
            break
        if other.version == claim.version or not _before(other, claim):
            continue
        if first is not None and other.version != first.version:
            return None
        first = first or other
    return first


def _before(other: _Claim, claim: _Claim) -> bool:
    """Whether a version was live before another came; not so where that is not known."""
    if claim.start is None:
        return False
    if other.start == claim.start:
        return other.since < claim.since and other.seen_live
    if other.start is None:  # since when is not known, only by when
        return other.live_by <= claim.start or (other.end is not None and other.end <= claim.start)
    return other.start < claim.start
