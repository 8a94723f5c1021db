"""When which version was live where: read off the spells, and off what the rows state.

A period begins on the day that Deployed on states, else on the day on which a pass first saw it live, and ends
on the day on which a pass first saw it no longer so. Where one pass saw one version go and another come to its
place, the day stated for the one that came is the day of the swap. Versions that were archived before any pass
saw them live are known by their statements alone: from their Deployed on to that of the next at their place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise

from registry_sheets.registry.past.claims import Claim, Place, SpellsKnown, observed, open_places, stated_alone
from registry_sheets.registry.past.facts import NOTHING_KNOWN, Facts, day_of, text_of
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.past.passes import compare, with_this
from registry_sheets.registry.past.records import Calendar, Spell
from registry_sheets.registry.past.replaced import OthersThere
from registry_sheets.registry.table import ModelTable


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
    past = SpellsKnown(calendar, spells, today, {spell.row: spell for spell in spells}, known, {})
    only = open_places(past) if open_only else None
    claims = observed(past, only)
    _date(past, claims)
    stated = list(stated_alone(past, claims, only))
    for place, claim in stated:
        claims[place].append(claim)
    for of_place in claims.values():
        of_place.sort(key=_oldest_first)
        _end_stated(of_place)
    return [period for place in sorted(claims) for period in _periods(past, claims[place], open_only)]


def _oldest_first(claim: Claim) -> tuple[date, bool, bool, int]:
    """What was live when history began came after what was over by then; of one day, as passes saw them."""
    return claim.start or claim.live_by, claim.start is not None, claim.seen_live, claim.since


def periods_of_table(table: ModelTable, today: date) -> list[LivePeriod]:
    """What a table tells by itself, without any history."""
    passes, spells = with_this(compare(table, None), [], [], today, datetime.min.replace(tzinfo=UTC))
    return live_periods(Calendar.of(passes), spells, today)


# Days


def _date(past: SpellsKnown, claims: Mapping[Place, Sequence[Claim]]) -> None:
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


def _start(past: SpellsKnown, claim: Claim) -> date | None:
    if claim.stated and claim.stated <= past.today and (claim.end is None or claim.stated <= claim.end):
        return claim.stated
    claim.stated = None
    return None if claim.since == past.calendar.baseline else past.day(claim.since)


def _corrections(past: SpellsKnown) -> dict[tuple[int, int], date]:
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


def _forget_stale(past: SpellsKnown, of_place: Sequence[Claim]) -> None:
    """A version that came back with its old Deployed on: that day is not the day on which it came back."""
    by_version: dict[str, list[Claim]] = defaultdict(list)
    for claim in sorted(of_place, key=lambda claim: claim.since):
        by_version[claim.version].append(claim)
    for claims in by_version.values():
        for earlier, later in pairwise(claims):
            if later.stated and later.stated in (earlier.stated, earlier.start):
                later.stated = None
                later.start = past.day(later.since)


def _end_at_swap(of_place: Sequence[Claim]) -> None:
    """The version that came in the pass in which another was gone states the day of the swap."""
    came: dict[int, list[Claim]] = defaultdict(list)
    for claim in of_place:
        if claim.stated:
            came[claim.since].append(claim)
    for claim in of_place:
        end, start = claim.end, claim.start or date.min
        if claim.until is None or end is None:
            continue
        others = [other.stated for other in came[claim.until] if other.version != claim.version]
        claim.end = min([day for day in others if day and start <= day], default=end)


def _end_stated(of_place: Sequence[Claim]) -> None:
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


def _periods(past: SpellsKnown, of_place: Sequence[Claim], open_only: bool) -> Iterator[LivePeriod]:
    others = OthersThere.of(of_place)
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
