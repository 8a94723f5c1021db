"""Where the marks of the page's charts stand: bars in a box that is stretched, texts, which are not, in percent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.completeness import Point
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.reports.page_text import clipped

MOST_LANES = 60
"""The lanes that the timeline shows."""
LONGEST = 3 * 365
"""The days that it goes back at most; earlier periods are in the table."""
SHORTEST = 90
MOST_BARS = 40
"""The periods that one lane shows, the newest."""

_PHONE, _SCREEN = 300, 640
"""How wide a lane is at least, in pixels, on a phone and on a screen."""
_LETTER, _MARGIN = 7, 10
WIDE = 1_000
_TRACK, _HEIGHT = 20, 17
_MANY_TICKS = 8


class Label(NamedTuple):
    """A version's name on its bar: ``x`` in percent, ``y`` in pixels below the first track."""

    x: str
    y: int
    text: str


class Rest(NamedTuple):
    """A version in words, where its bar has no room for its label; ``slim``: on a phone only."""

    text: str
    slim: bool


class Fade(NamedTuple):
    """A bar that fades where its start or its end is not known; ``fill`` names its gradient."""

    path: str
    fill: str


class Lane(NamedTuple):
    """What was live at one place for one use. The paths are in a box of WIDE by ``height``.

    ``live`` and ``past`` are bars, ``stated`` and ``observed`` the marks at their starts. ``more_labels`` have
    room on a wide screen only, ``rest`` are told below the bars. ``more`` periods are not shown. ``told``: the versions
    in words.
    """

    name: str
    place: str
    height: int
    live: str
    past: str
    fades: Sequence[Fade]
    stated: str
    observed: str
    labels: Sequence[Label]
    more_labels: Sequence[Label]
    rest: Sequence[Rest]
    more: int
    told: str


class Tick(NamedTuple):
    """A day on the axis, ``x`` in percent."""

    x: float
    label: str


class Timeline(NamedTuple):
    """``hidden`` lanes are not shown; ``earlier``: periods were over before ``first``."""

    first: date
    last: date
    ticks: Sequence[Tick]
    lanes: Sequence[Lane]
    hidden: int
    earlier: int


def timeline(periods: Sequence[LivePeriod], today: date, begins: date | None) -> Timeline | None:
    """The timeline up to today; None where nothing is known of any period."""
    known = [period for period in periods if period.start is None or period.start <= today]
    if not known:
        return None
    first = _first(known, today, begins)
    shown = [period for period in known if period.end is None or period.end >= first]
    lanes = [list(of) for _, of in groupby(shown, key=_lane_key)]
    hidden = max(len(lanes) - MOST_LANES, 0)
    if hidden:
        lanes = sorted(lanes, key=_last_change, reverse=True)[:MOST_LANES]
    scale = _Scale(first, today)
    return Timeline(first, today, scale.ticks(), [scale.lane(of) for of in lanes], hidden, len(known) - len(shown))


def _first(periods: Iterable[LivePeriod], today: date, begins: date | None) -> date:
    known = (day for one in periods for day in (one.start, one.end, None if one.start else begins))
    days = [day for day in known if day and day <= today]
    earliest = min(days, default=today)
    return max(_before(today, LONGEST), min(earliest, _before(today, SHORTEST)))


def _before(day: date, days: int) -> date:
    return day - timedelta(days=min(days, (day - date.min).days))


def _lane_key(period: LivePeriod) -> tuple[str, str, str]:
    return normalise(period.name), normalise(period.used_for), normalise(period.location)


def _last_change(lane: Sequence[LivePeriod]) -> date:
    return max(period.end or period.start or date.min for period in lane)


class _Scale:
    """Days as places from 0 to WIDE."""

    def __init__(self, first: date, last: date) -> None:
        self._first, self._last = first, last
        self._days = max((last - first).days, 1)

    def x(self, day: date) -> int:
        """Where a day stands."""
        return round(WIDE * (min(max(day, self._first), self._last) - self._first).days / self._days)

    def lane(self, periods: Sequence[LivePeriod]) -> Lane:
        """The lane of periods that have a place in common, oldest first."""
        drawn = list(self._placed(periods[-MOST_BARS:]))
        whole = [bar for bar in drawn if not bar.fill]
        return Lane(
            name=clipped(periods[0].name.strip()) or "(no name)",
            place=" · ".join(clipped(text) for text in (periods[0].used_for, periods[0].location) if text.strip()),
            height=_TRACK * (1 + max(bar.track for bar in drawn)) + 1,
            live="".join(bar.path for bar in whole if not bar.period.ended),
            past="".join(bar.path for bar in whole if bar.period.ended),
            fades=[Fade(bar.path, bar.fill) for bar in drawn if bar.fill],
            stated="".join(bar.cap for bar in drawn if bar.period.start and bar.period.basis == "stated"),
            observed="".join(bar.cap for bar in drawn if bar.period.start and bar.period.basis == "observed"),
            labels=[bar.label for bar in drawn if bar.fits(_PHONE)],
            more_labels=[bar.label for bar in drawn if bar.fits(_SCREEN) and not bar.fits(_PHONE)],
            rest=[Rest(bar.dated, slim=bar.fits(_SCREEN)) for bar in drawn if not bar.fits(_PHONE)],
            more=len(periods) - len(drawn),
            told=", ".join(bar.told for bar in drawn),
        )

    def _placed(self, periods: Sequence[LivePeriod]) -> Iterator[_Bar]:
        """Bars, each on the first track that is free."""
        ends: list[int] = []
        for period in periods:
            left = self.x(period.start or self._first)
            right = max(self.x(period.end or self._last), left + 3)
            track = next((number for number, end in enumerate(ends) if end <= left), len(ends))
            ends[track : track + 1] = [right]
            yield _Bar(period, left, right, track)

    def ticks(self) -> list[Tick]:
        """First days of months, at steps that leave room between them."""
        months = self._days // 30 + 1
        step = next(step for step in (1, 2, 3, 6, 12) if months / step <= _MANY_TICKS or step == 12)
        days = [day for day in _months(self._first, self._last) if (day.month - 1) % step == 0]
        return [Tick(self.x(day) / 10, day.isoformat()[:7]) for day in days if self.x(day) <= 0.93 * WIDE]


def _months(first: date, last: date) -> Iterator[date]:
    for number in range(first.year * 12 + first.month, last.year * 12 + last.month):
        yield date(number // 12, number % 12 + 1, 1)


class _Bar(NamedTuple):
    """A period with its place in the lane."""

    period: LivePeriod
    left: int
    right: int
    track: int

    @property
    def path(self) -> str:
        return f"M{self.left} {self._top}h{self.right - self.left}v{_HEIGHT}H{self.left}z"

    @property
    def cap(self) -> str:
        return f"M{self.left} {self._top}v{_HEIGHT}"

    @property
    def fill(self) -> str:
        fades = f"{'l' if self.period.start is None else ''}{'' if self.period.end_known else 'r'}"
        return f"{'past' if self.period.ended else 'live'}-{fades}" if fades else ""

    @property
    def label(self) -> Label:
        return Label(f"{100 * self.left / WIDE:g}", self.track * _TRACK, _version(self.period))

    def fits(self, wide: int) -> bool:
        """Whether the label has room in a lane so many pixels wide."""
        needed = len(_version(self.period)) * _LETTER + _MARGIN
        return needed * WIDE <= (self.right - self.left) * wide

    @property
    def told(self) -> str:
        return f"{_version(self.period)}{'' if self.period.ended else ' live now'}"

    @property
    def dated(self) -> str:
        """'1.3 from 2026-09-14 to 2026-09-21', '2.1 live now since 2026-09-02'."""
        of = self.period
        until = "" if of.end is None else f" {'to' if of.end_known else 'over by'} {of.end}"
        if of.ended:
            return f"{_version(of)}{f' from {of.start}' if of.start else ''}{until}"
        return f"{_version(of)} live now{f' since {of.start}' if of.start else ''}"

    @property
    def _top(self) -> int:
        return self.track * _TRACK + 2


def _version(period: LivePeriod) -> str:
    return clipped(period.version.strip(), 40) or "(no version)"


def start_text(period: LivePeriod, begins: date | None) -> str:
    """'2026-03-12', 'before 2026-01-05' or 'not known'. The page's script reads it too."""
    if period.start:
        return period.start.isoformat()
    return f"before {begins}" if begins and (period.end is None or period.end >= begins) else "not known"


def end_text(period: LivePeriod) -> str:
    """'2026-05-02', 'by 2026-05-02' where it was over by then, or 'still live'. The page's script reads it too."""
    if period.end is None:
        return "still live"
    return period.end.isoformat() if period.end_known else f"by {period.end}"


class Trend(NamedTuple):
    """The line of a trend in a box of 100 by 28, and its first point."""

    line: str
    area: str
    since: date
    first: str


def trend(points: Sequence[Point], today: date) -> Trend | None:
    """The trend of completeness as steps; None for fewer than two points."""
    known = [(one.day, share) for one in points if (share := one.completeness.share) is not None]
    if len(known) < 2:
        return None
    first = known[0][0]
    days = max((max(today, known[-1][0]) - first).days, 1)
    low = max(min(share for _, share in known) - 0.1, 0)
    path = ""
    for day, share in known:
        x, y = round(100 * (day - first).days / days, 1), round(26 - 24 * (share - low) / (1 - low or 1), 1)
        path += f"H{x:g}V{y:g}" if path else f"M0 {y:g}"
    return Trend(f"{path}H100", f"{path}H100V28H0Z", first, percent(known[0][1]))


def percent(share: float | None) -> str:
    """'91 %'; 100 only where nothing is missing, '–' where there is nothing to fill."""
    return "–" if share is None else f"{int(share * 100 + 1e-9)} %"
