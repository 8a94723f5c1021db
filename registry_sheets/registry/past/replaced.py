"""Which version was live at a place before another came."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from registry_sheets.registry.past.claims import Claim


class OthersThere(NamedTuple):
    """The claims of one place: those that ended, by their end, and those that did not, by their beginning."""

    over: Sequence[Claim]
    ends: Sequence[date]
    still: Sequence[Claim]

    @classmethod
    def of(cls, claims: Sequence[Claim]) -> OthersThere:
        """Of these, which are in order."""
        over = sorted((claim for claim in claims if claim.end), key=_ending)
        return cls(over, [claim.end for claim in over if claim.end], [claim for claim in claims if claim.end is None])

    def replaced_by(self, claim: Claim) -> Claim | None:
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

    def _is_beside(self, claim: Claim) -> bool:
        """Whether another version was live before it came, and is so still."""
        first = next((other for other in self.still if other.version != claim.version), None)
        return first is not None and _before(first, claim)


def _ending(claim: Claim) -> tuple[date, int]:
    """When it ended; of one day, as passes saw it."""
    return claim.end or date.max, claim.until or 0


def _last(claim: Claim, others: Iterable[Claim]) -> Claim | None:
    """The first of these that can have been replaced; None where two versions ended at once."""
    first: Claim | None = None
    for other in others:
        if first is not None and _ending(other) != _ending(first):
            break
        if other.version == claim.version or not _before(other, claim):
            continue
        if first is not None and other.version != first.version:
            return None
        first = first or other
    return first


def _before(other: Claim, claim: Claim) -> bool:
    """Whether a version was live before another came; not so where that is not known."""
    if claim.start is None:
        return False
    if other.start == claim.start:
        return other.since < claim.since and other.seen_live
    if other.start is None:  # since when is not known, only by when
        return other.live_by <= claim.start or (other.end is not None and other.end <= claim.start)
    return other.start < claim.start
