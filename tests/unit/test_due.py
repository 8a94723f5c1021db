"""Times of day and of the week as people write them, and the instants at which they are due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.registry.times import (
    WeeklyTime,
    fault_of_interval,
    fault_of_nightly,
    fault_of_weekly,
    interval,
    nightly_time,
    weekly_time,
)
from registry_sheets.service.due import (
    instant_of,
    latest_nightly,
    latest_weekly,
    next_nightly,
    next_weekly,
    slot,
)
from registry_sheets.service.zones import SystemZone, zone_name, zone_of
from tests.support.service import at

ZONES = [
    *("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "America/Havana"),
    *("Asia/Kolkata", "Asia/Kathmandu", "Asia/Beirut", "Africa/Casablanca", "Pacific/Chatham", "America/Nuuk"),
    *("Pacific/Apia", "Pacific/Kiritimati", "America/St_Johns"),
]


def test_what_people_write_is_understood() -> None:
    assert nightly_time("02:00") == nightly_time("2:00") == time(2)
    assert weekly_time("monday 07:30") == weekly_time("  Mon   7:30 ") == WeeklyTime(0, time(7, 30))
    assert weekly_time("SUNDAY 23:59") == WeeklyTime(6, time(23, 59))
    assert interval("15 minutes") == interval("15m") == interval(" 15 MIN ") == timedelta(minutes=15)
    assert interval("1 hour") == timedelta(hours=1)
    assert interval("24 hours") == timedelta(hours=24)
    assert [nightly_time(""), weekly_time(""), interval("")] == [None, None, None]


@pytest.mark.parametrize("said", ["24:00", "02:60", "2", "2 am", "02:00:00", "-1:00", "٠٢:٠٠", "02:00 Europe/Berlin"])
def test_no_time_of_day(said: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        nightly_time(said)
    assert fault_of_nightly(said) == f"'{said}' does not give a time of day from 00:00 to 23:59. " + (
        'Write a time of day such as "02:00", or "" for no nightly pass.'
    )


@pytest.mark.parametrize("said", ["07:30", "montag 07:30", "monday", "m 07:30", "monday 25:00", "monday tuesday 7:30"])
def test_no_time_of_the_week(said: str) -> None:
    with pytest.raises(ValueError, match="such as"):
        weekly_time(said)
    assert '"monday 07:30"' in fault_of_weekly(said)


@pytest.mark.parametrize("said", ["15", "0 minutes", "25 hours", "1441 minutes", "1 day", "-5 minutes", "1.5 hours"])
def test_no_interval(said: str) -> None:
    with pytest.raises(ValueError, match="15 minutes"):
        interval(said)
    assert fault_of_interval(said)


def test_without_fault() -> None:
    assert fault_of_nightly("02:00") == fault_of_weekly("friday 16:00") == fault_of_interval("2 hours") == ""
    assert fault_of_nightly("") == fault_of_weekly("") == fault_of_interval("") == ""


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Europe/Berlin", datetime(2026, 3, 29, 1, 59), at(2026, 3, 29, 0, 59)),
        ("Europe/Berlin", datetime(2026, 3, 29, 2, 0), at(2026, 3, 29, 1)),  # the first that does not exist
        ("Europe/Berlin", datetime(2026, 3, 29, 2, 59), at(2026, 3, 29, 1)),
        ("Europe/Berlin", datetime(2026, 10, 25, 2, 30), at(2026, 10, 25, 0, 30)),  # it comes twice
        ("Australia/Lord_Howe", datetime(2026, 10, 4, 2, 15), at(2026, 10, 3, 15, 30)),  # 30 minutes forward
        ("Australia/Lord_Howe", datetime(2026, 4, 5, 1, 45), at(2026, 4, 4, 14, 45)),
        ("America/Santiago", datetime(2026, 9, 6, 0, 30), at(2026, 9, 6, 4)),  # no midnight
        ("America/Nuuk", datetime(2024, 3, 30, 23, 30), at(2024, 3, 31, 1)),  # the day's last hour is left out
        ("Asia/Kathmandu", datetime(2026, 1, 1, 2, 0), at(2025, 12, 31, 20, 15)),
        ("Pacific/Apia", datetime(2011, 12, 30, 7, 30), at(2011, 12, 30, 10)),  # a day that was not
    ],
)
def test_a_local_time_as_an_instant(zone: str, local: datetime, instant: datetime) -> None:
    assert instant_of(local, ZoneInfo(zone)) == instant


def test_a_date_that_a_zone_skipped_has_no_nightly_pass() -> None:
    zone = ZoneInfo("Pacific/Apia")
    dates = []
    for hours in range(96):
        due = latest_nightly(time(2), at(2011, 12, 29) + timedelta(hours=hours), zone)
        dates += [due.period] * (due.period not in dates)
    assert dates == ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"]


def test_the_week_of_a_day_that_a_zone_skipped_is_due_when_the_next_day_begins() -> None:
    due = latest_weekly(WeeklyTime(4, time(7, 30)), at(2011, 12, 30, 10), ZoneInfo("Pacific/Apia"))
    assert due == ("2011-W52", at(2011, 12, 30, 10))


def test_weeks_at_the_turn_of_the_year() -> None:
    monday = WeeklyTime(0, time(7, 30))
    assert latest_weekly(monday, at(2026, 12, 31), ZoneInfo("UTC")).period == "2026-W53"
    assert latest_weekly(monday, at(2027, 1, 4, 7, 29), ZoneInfo("UTC")).period == "2026-W53"
    assert latest_weekly(monday, at(2027, 1, 4, 7, 30), ZoneInfo("UTC")).period == "2027-W01"


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    clock=st.times().map(lambda when: when.replace(second=0, microsecond=0)),
    now=st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    weekday=st.integers(0, 6),
)
def test_the_latest_and_the_next_surround_now(zone: str, clock: time, now: datetime, weekday: int) -> None:
    where, when = ZoneInfo(zone), WeeklyTime(weekday, clock)
    latest, following = latest_nightly(clock, now, where), next_nightly(clock, now, where)
    assert latest.at <= now < following.at
    assert latest_nightly(clock, following.at, where) == following
    assert next_nightly(clock, latest.at, where) == following
    days = (date.fromisoformat(following.period) - date.fromisoformat(latest.period)).days
    assert days == 1 or (zone == "Pacific/Apia" and days == 2)
    latest, following = latest_weekly(when, now, where), next_weekly(when, now, where)
    assert latest.at <= now < following.at
    assert latest_weekly(when, following.at, where) == following


@pytest.mark.parametrize("zone", ZONES)
def test_every_date_is_due_once_in_its_order(zone: str) -> None:
    where, now, found = ZoneInfo(zone), at(2025, 12, 31, 12), []
    while now < at(2027, 1, 2):
        now = (due := next_nightly(time(2, 30), now, where)).at
        found.append(date.fromisoformat(due.period))
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(found))


@given(
    every=st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes)),
    now=st.datetimes(datetime(1980, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_a_slot_holds_now(every: timedelta, now: datetime) -> None:
    start = slot(every, now)
    assert start <= now < start + every
    assert slot(every, start) == start


def test_the_zone_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    import time as clock

    if not hasattr(clock, "tzset"):
        pytest.skip("no tzset here")
    monkeypatch.setenv("TZ", "Europe/Berlin")
    clock.tzset()
    try:
        zone = zone_of("")
        assert isinstance(zone, SystemZone)
        assert zone_name(zone, at(2026, 7, 1)) == "CEST"
        for halves in range(3 * 48 * 2):
            now = (at(2026, 3, 28) if halves % 2 else at(2026, 10, 24)) + timedelta(minutes=15 * halves)
            assert latest_nightly(time(2, 30), now, zone) == latest_nightly(time(2, 30), now, ZoneInfo("Europe/Berlin"))
    finally:
        monkeypatch.undo()
        clock.tzset()
    assert zone_name(zone_of("Asia/Kolkata"), at(2026, 7, 1)) == "Asia/Kolkata"
