"""One time in which a version was live at one place for one use."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

Basis = Literal["stated", "observed"]


class LivePeriod(NamedTuple):
    """A version in Production at one location for one use, from ``start`` to ``end``, both days included.

    ``start`` None: before history begins, and the sheet does not say when. ``end`` None: still live;
    ``end_known`` False: it was over by that day, and nobody wrote down since when. ``basis``: whether the start
    is stated in the sheet (Deployed on) or the day on which a pass first saw it. Texts are as typed, '' where
    the sheet does not say; they are those of the period, so a later change of the row does not touch them; name and
    version are those by which it is known now. ``row`` is the row of history.
    """

    name: str
    version: str
    used_for: str
    location: str
    start: date | None
    end: date | None
    basis: Basis
    end_known: bool = True
    training_date: date | None = None
    data_source: str = ""
    what_changed: str = ""
    why: str = ""
    replaced: str = ""
    row: int = 0

    @property
    def ended(self) -> bool:
        """Whether it is over."""
        return self.end is not None

    def holds_on(self, day: date) -> bool:
        """Whether the version was live on a day, as far as is known; without a start, on no day before the end."""
        return self.start is not None and self.start <= day and (self.end is None or day <= self.end)
