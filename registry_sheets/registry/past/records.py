"""What history keeps, as values: passes, the facts of rows with the passes between which they held, findings.

Glossary: a *row* of history is one model version's row through time, whatever it is called and wherever it
stands in the sheet; a *spell* is a time in which its facts did not change; a *pass* in history is a time in
which nothing changed at all: a pass that sees nothing new only moves the end of the last one.

All are named tuples: made and loaded several times as fast as frozen dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import NamedTuple


class Pass(NamedTuple):
    """A time in which the registry did not change, as far as passes saw.

    ``at`` and ``day`` are of the first pass that saw it so, ``last_at`` and ``last_day`` of the last one; moments
    are in UTC, days are the registry's own. ``editor`` and ``edited_at`` are whom the workbook named as having
    saved it last ('' and None: it names nobody).
    """

    id: int
    at: datetime
    day: date
    last_at: datetime
    last_day: date
    editor: str = ""
    edited_at: datetime | None = None
    baseline: bool = False


class Calendar(NamedTuple):
    """The day of each pass by its number, oldest first.

    ``baseline`` is the number of the first pass of all, None where there is none, or none any more.
    """

    days: Mapping[int, date]
    baseline: int | None

    @classmethod
    def of(cls, passes: Sequence[Pass]) -> Calendar:
        """The calendar of these passes."""
        return cls({one.id: one.day for one in passes}, next((one.id for one in passes if one.baseline), None))

    def with_passes(self, passes: Sequence[Pass]) -> Calendar:
        """The same with these passes, the newest."""
        days, baseline = self.of(passes)
        return Calendar({**self.days, **days}, baseline if self.baseline is None else self.baseline)


class Spell(NamedTuple):
    """The facts of one row from pass ``since`` on; ``until`` is the first pass without them, None while they hold.

    ``code`` is facts.encode()'s text. ``credits`` tells for some columns (fact keys) by which recorded edit they
    came: 'sam, promote'.
    """

    row: int
    since: int
    until: int | None
    name_key: str
    version_key: str
    live: bool
    code: str
    credits: Mapping[str, str] = MappingProxyType({})


class HeldRow(NamedTuple):
    """A row that the newest pass held. ``first_day`` is when it was first seen; ``baseline``: in the first pass."""

    row: int
    name_key: str
    version_key: str
    live: bool
    code: str
    since: int
    first_day: date
    baseline: bool
    credits: Mapping[str, str] = MappingProxyType({})


class HeldFinding(NamedTuple):
    """A finding that the newest pass held, by its key (past/found.py), with the day on which it was first seen."""

    id: int
    key: str
    first_day: date


class Held(NamedTuple):
    """What the newest pass held. ``begins``: the day from which on history is whole."""

    newest: Pass
    begins: date
    rows: Sequence[HeldRow]
    findings: Sequence[HeldFinding]


class KnownRow(NamedTuple):
    """A row that history knows and the newest pass did not hold."""

    row: int
    first_day: date
    baseline: bool


class NewSpell(NamedTuple):
    """Facts that begin to hold. ``row`` None: a row that history has not seen."""

    row: int | None
    name_key: str
    version_key: str
    live: bool
    code: str
    credits: Mapping[str, str] = MappingProxyType({})


class NewFinding(NamedTuple):
    """A finding that the last pass did not have."""

    key: str
    rule: str
    severity: str
    name: str
    version: str
    column: str
    message: str


class FindingSpell(NamedTuple):
    """A finding with the passes between which it held; ``until`` None: it still does."""

    key: str
    rule: str
    severity: str
    name: str
    version: str
    column: str
    message: str
    since: int
    until: int | None


class Entry(NamedTuple):
    """One pass to be recorded, compared with pass ``after`` (None: the baseline).

    ``ended`` are rows (ids) whose open spell ends, ``begun`` the spells that begin; a row whose facts changed is
    in both. ``gone`` are findings (ids) that ended, ``found`` those that are new. Where all four are empty and
    there is a pass before, that one is prolonged.
    """

    after: int | None
    at: datetime
    day: date
    editor: str = ""
    edited_at: datetime | None = None
    ended: Sequence[int] = ()
    begun: Sequence[NewSpell] = ()
    gone: Sequence[int] = ()
    found: Sequence[NewFinding] = ()

    @property
    def quiet(self) -> bool:
        """Whether nothing changed."""
        return not (self.ended or self.begun or self.gone or self.found)
