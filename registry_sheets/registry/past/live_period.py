"""One time in which a version was live at one place for one use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Basis = Literal["stated", "observed"]


@dataclass(frozen=True, slots=True)
class LivePeriod:
    """A version in Production at one location for one use, from ``start`` to ``end``, both days included.

    ``start`` None: before history begins, and the sheet does not say when. ``end`` None: still live, or, with
    ``ended``, over by a day that nobody wrote down. ``basis``: whether the start is stated in the sheet (Deployed
    on) or the day on which a pass first saw it. Texts are as typed, '' where the sheet does not say; they are
    those of the period, so a later change of the row does not touch them. ``row`` is the row of history.
    """

    name: str
    version: str
    used_for: str
    location: str
    start: date | None
    end: date | None
    ended: bool
    basis: Basis
    training_date: date | None = None
    data_source: str = ""
    what_changed: str = ""
    why: str = ""
    replaced: str = ""
    row: int = 0
