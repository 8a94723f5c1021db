"""Years of the service on a clock of the test's own: sleeps, kills, clocks that are set, two services at once.

Whatever was the newest due date or week at some moment at which the service was awake is done exactly once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from registry_sheets.registry.times import nightly_time, weekly_time
from registry_sheets.service.due import latest_nightly, latest_weekly
from registry_sheets.service.jobs import began
from registry_sheets.service.tasks import Result, Task
from registry_sheets.state.ledger_values import Failed
from tests.support.service import Killed, Lab, at, registry

TIMES = ("00:00", "00:30", "01:45", "02:00", "02:30", "03:10", "23:30")
YEARS = {
    **{zone: (at(2025, 2, 20), 730) for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")},
    **{zone: (at(2025, 2, 20), 400) for zone in ("America/Santiago", "Africa/Casablanca", "America/Nuuk")},
    **{zone: (at(2025, 2, 20), 200) for zone in ("Asia/Kolkata", "Asia/Kathmandu", "UTC")},
    "Pacific/Apia": (at(2011, 8, 1), 300),
}


class Years:
    """Two services on one config, of which the second is not always there, and all that befalls them."""

    def __init__(self, folder: Path, zone: str, start: datetime, seed: int) -> None:
        self.chance = random.Random(seed)
        said: dict[str, Any] = {"time_zone": zone, "weekly": "sunday 02:30", "alert_to": ["ops@example.com"]}
        self.lab = Lab(
            folder,
            start,
            registry("one", nightly=self.chance.choice(TIMES), **said),
            registry("two", nightly=self.chance.choice(TIMES), check_every="6 hours", **said),
        )
        self.zone = ZoneInfo(zone)
        self.lab.worker.answer = self._do
        self.other = self.lab.another()
        self.hosts = {"other": self.lab.host}
        self.service = self.lab.another()
        self.hosts["service"] = self.lab.host
        self.due: set[tuple[str, str, str]] = set()
        self.done: Counter[tuple[str, str, str]] = Counter()
        self.began: dict[str, datetime] = {}
        self.inside = False

    def live(self, days: int) -> None:
        end = self.lab.clock.uptime + days * 86_400
        while self.lab.clock.uptime < end:
            self.lab.clock.go(self._sleep())
            if self.chance.random() < 0.02:
                self._set_clock()
            self._awake("other" if self.chance.random() < 0.2 else "service")

    def _sleep(self) -> timedelta:
        """Mostly a few hours between one look and the next; now and then minutes, or a holiday."""
        hours = self.chance.choice((0.02, 5, 9, 14)) * self.chance.uniform(0.5, 1.5)
        return timedelta(hours=hours) if self.chance.random() < 0.995 else timedelta(days=self.chance.uniform(1, 20))

    def _set_clock(self) -> None:
        self.lab.clock.now += timedelta(hours=self.chance.choice((-72, -30, -3, -1, -0.2, 0.2, 1, 3, 30, 72)))

    def _awake(self, which: str) -> None:
        """Rounds until there is nothing to do; then what is the newest due is done. After a kill it starts anew."""
        for _ in range(100):
            tasks = len(self.lab.worker.tasks)
            with suppress(Killed):
                getattr(self, which).once()
                if len(self.lab.worker.tasks) == tasks:
                    self._expect()
                    return
                continue
            self.hosts[which].die()
            self.lab.stores.close()
            setattr(self, which, self.lab.another())
            self.hosts[which] = self.lab.host
        raise AssertionError("it never comes to rest")

    def _expect(self) -> None:
        now = self.lab.clock()
        for number, one in enumerate(self.lab.registries):
            first = began(self.lab.ledger(number), now)
            night, week = nightly_time(one.settings.nightly), weekly_time(one.settings.weekly)
            assert night
            assert week
            self._owe(one.name, "nightly", latest_nightly(night, now, self.zone).period)
            newest = latest_weekly(week, now, self.zone)
            if newest.at >= first:
                self._owe(one.name, "weekly", newest.period)

    def _owe(self, *what: str) -> None:
        self.due.add((what[0], what[1], what[2]))

    def _do(self, task: Task) -> Result:
        """A task: it may be killed, fail, take long, have the clock set, or see the other service come by."""
        luck = self.chance.random()
        if luck < 0.08:
            raise Killed
        if luck < 0.16 and not self.inside:
            self._meanwhile()
        self.lab.clock.go(timedelta(seconds=self.chance.uniform(0, 600)))
        if luck > 0.98:
            raise Killed
        if not task.forced and task.job in ("nightly", "weekly"):
            self.done[task.registry.name, task.job, task.period] += 1
        if luck > 0.9:
            return Result(failure=Failed(self.chance.choice(("WorkbookOpen", "NoModelsTab")), "It failed."))
        return Result(again=luck > 0.8, waiting="It is open.")

    def _meanwhile(self) -> None:
        """The clock is set, and another service that has just started on the same config does a round."""
        if self.chance.random() < 0.5:
            self._set_clock()
        self.inside = True
        with suppress(Killed):
            self.lab.another().once()
        self.lab.host.die()
        self.inside = False


@pytest.mark.parametrize("zone", YEARS)
def test_everything_due_is_done_exactly_once(tmp_path: Path, zone: str) -> None:
    start, days = YEARS[zone]
    years = Years(tmp_path, zone, start, seed=sum(map(ord, zone)))
    years.live(days)
    assert len(years.due) > days  # two registries
    assert not [event for event in years.lab.events if event.name in ("bug", "unusable")]
    assert {what for what, times in years.done.items() if times != 1} == set()
    assert years.due - years.done.keys() == set()


def nights(lab: Lab, start: datetime, end: datetime) -> Iterator[tuple[datetime, str]]:
    """(when, date) of every nightly pass of a service that looks every minute from start to end."""
    lab.clock.now = start
    while lab.clock() < end:
        for job, period in lab.round(minutes=1):
            assert job == "nightly"
            yield lab.clock(), period


NIGHTS = {
    ("Europe/Berlin", "02:30", at(2026, 3, 28, 12)): [
        *((at(2026, 3, 28, 12, 1), "2026-03-28"), (at(2026, 3, 29, 1), "2026-03-29")),
        (at(2026, 3, 30, 0, 30), "2026-03-30"),
    ],
    ("Europe/Berlin", "02:30", at(2026, 10, 24, 12)): [
        *((at(2026, 10, 24, 12, 1), "2026-10-24"), (at(2026, 10, 25, 0, 30), "2026-10-25")),
        (at(2026, 10, 26, 1, 30), "2026-10-26"),
    ],
    ("Australia/Lord_Howe", "02:15", at(2026, 10, 3, 12)): [
        *((at(2026, 10, 3, 12, 1), "2026-10-03"), (at(2026, 10, 3, 15, 30), "2026-10-04")),
        (at(2026, 10, 4, 15, 15), "2026-10-05"),
    ],
    ("Pacific/Apia", "02:00", at(2011, 12, 29, 9)): [
        *((at(2011, 12, 29, 9, 1), "2011-12-28"), (at(2011, 12, 29, 12), "2011-12-29")),
        (at(2011, 12, 30, 12), "2011-12-31"),
    ],
}


@pytest.mark.parametrize("told", NIGHTS)
def test_nights_to_the_minute(tmp_path: Path, told: tuple[str, str, datetime]) -> None:
    zone, clock, start = told
    lab = Lab(tmp_path, start, registry(time_zone=zone, nightly=clock, weekly=""))
    assert list(nights(lab, start, NIGHTS[told][-1][0] + timedelta(minutes=90))) == NIGHTS[told]
