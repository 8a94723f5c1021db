"""What day a cell means, and what it might mean. Never a guess."""

from __future__ import annotations

import time as clock
from datetime import date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.dates import DateTrouble, read_date
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.table_settings import DateOrder
from registry_sheets.registry.text import serial_number

DAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        datetime(2026, 3, 4),
        datetime(2026, 3, 4, 23, 59, 59),
        datetime(2026, 3, 4, 1, tzinfo=timezone(timedelta(hours=9))),
        "2026-03-04",
        " 2026-03-04 ",
        "2026-03-04T10:22:33Z",
        "2026-03-04 10:22",
        "2026-03-04 10:22:33.123456+02:00",
        "2026-03-04 10:22 PM",
        "2026/03/04",
        "2026.3.4",
        "2026-3-4",
        "2026. 3. 4.",
    ],
)
def test_days(cell: Cell) -> None:
    assert read_date(cell) == DAY


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("04.03.2026", "dmy", DAY),
        ("4/3/2026", "dmy", DAY),
        ("04-03-2026 10:00", "dmy", DAY),
        ("03/04/2026", "mdy", DAY),
        ("3-4-2026", "mdy", DAY),
        ("2026-03-04", "dmy", DAY),
        ("2026-03-04", "mdy", DAY),
    ],
)
def test_the_order_that_the_config_states(text: str, order: DateOrder, day: date) -> None:
    assert read_date(text, order) == day


@pytest.mark.parametrize(
    ("cell", "order", "kind", "suggestions"),
    [
        ("03/04/2026", "ymd", "ambiguous-date", ("2026-04-03", "2026-03-04")),
        ("3.4.2026", "ymd", "ambiguous-date", ("2026-04-03", "2026-03-04")),
        ("25/12/2026", "ymd", "not-a-date", ("2026-12-25",)),
        ("05/05/2026", "ymd", "not-a-date", ("2026-05-05",)),
        ("12/25/2026", "dmy", "not-a-date", ("2026-12-25",)),
        ("2026/03/04", "dmy", "not-a-date", ("2026-03-04",)),
        ("04/03/26", "dmy", "ambiguous-date", ("2026-03-04", "2026-04-03", "2004-03-26")),
        ("31/12/26", "ymd", "ambiguous-date", ("2026-12-31", "2031-12-26")),
        ("3 March 2026", "ymd", "not-a-date", ("2026-03-03",)),
        ("March 3rd, 2026", "ymd", "not-a-date", ("2026-03-03",)),
        ("Tue 3 Mar 2026", "ymd", "not-a-date", ("2026-03-03",)),
        ("3-Sept-2026", "ymd", "not-a-date", ("2026-09-03",)),
        ("Feb 2024", "ymd", "not-a-date", ("2024-02-01", "2024-02-29")),
        ("2026-12", "ymd", "not-a-date", ("2026-12-01", "2026-12-31")),
        ("12/2026", "ymd", "not-a-date", ("2026-12-01", "2026-12-31")),
        ("Q4 2026", "ymd", "not-a-date", ("2026-10-01", "2026-12-31")),
        ("2026 Q1", "ymd", "not-a-date", ("2026-01-01", "2026-03-31")),
        ("2026-03-04 (approx.)", "ymd", "not-a-date", ("2026-03-04",)),
        ("20260304", "ymd", "not-a-date", ("2026-03-04",)),
        (20260304.0, "ymd", "not-a-date", ("2026-03-04",)),
        (46085.0, "ymd", "not-a-date", ("2026-03-04",)),
        (46085, "ymd", "not-a-date", ("2026-03-04",)),
        (46085.75, "ymd", "not-a-date", ("2026-03-04",)),
        ("46085", "ymd", "not-a-date", ("2026-03-04",)),
        (2026.0, "ymd", "not-a-date", ()),
        ("2026", "ymd", "not-a-date", ()),
        ("2026-02-30", "ymd", "not-a-date", ()),
        ("0000-00-00", "ymd", "not-a-date", ()),
        ("last March", "ymd", "not-a-date", ()),
        ("May", "ymd", "not-a-date", ()),
        ("TBD", "ymd", "not-a-date", ()),
        ("2026-01-01 - 2026-03-04", "ymd", "not-a-date", ()),
        ("1/2/3", "ymd", "not-a-date", ()),
        ("9999-12", "ymd", "not-a-date", ()),
        (float("nan"), "ymd", "not-a-date", ()),
        (float("inf"), "ymd", "not-a-date", ()),
        (-5.0, "ymd", "not-a-date", ()),
        (10**400, "ymd", "not-a-date", ()),
        (True, "ymd", "not-a-date", ()),
        (time(9, 30), "ymd", "not-a-date", ()),
        (timedelta(days=46085), "ymd", "not-a-date", ()),
    ],
)
def test_trouble(cell: Cell, order: DateOrder, kind: str, suggestions: tuple[str, ...]) -> None:
    trouble = read_date(cell, order)
    assert isinstance(trouble, DateTrouble)
    assert (trouble.kind, trouble.suggestions) == (kind, suggestions)


@pytest.mark.parametrize(
    ("cell", "note"),
    [
        (46085.0, "is a spreadsheet's serial number for a day"),
        (2026.0, "is a year, not a day"),
        ("Mar 2026", "names a month, not a day"),
        ("Q1 2026", "names a quarter, not a day"),
        ("04/03/26", "has a year of two digits"),
        ("2026-02-30", "is no day of the calendar"),
        (7.0, "is a number"),
    ],
)
def test_the_reason(cell: Cell, note: str) -> None:
    trouble = read_date(cell)
    assert isinstance(trouble, DateTrouble)
    assert trouble.note == note


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.booleans())
def test_a_serial_number_is_reported_with_its_day(day: date, date1904: bool) -> None:
    trouble = read_date(serial_number(day, date1904), "ymd", date1904)
    assert isinstance(trouble, DateTrouble)
    assert trouble.suggestions == (day.isoformat(),)


@given(st.dates(), st.sampled_from(["ymd", "dmy", "mdy"]))
def test_iso_is_read_whatever_the_order(day: date, order: DateOrder) -> None:
    assert read_date(day.isoformat(), order) == day


@given(st.text(alphabet="0123456789/.- TQMarch:+Z", max_size=30), st.sampled_from(["ymd", "dmy", "mdy"]))
def test_suggestions_are_days(text: str, order: DateOrder) -> None:
    found = read_date(text, order)
    if isinstance(found, DateTrouble):
        assert [read_date(one, order) for one in found.suggestions] == [*map(date.fromisoformat, found.suggestions)]
        assert (found.kind == "ambiguous-date") <= (len(found.suggestions) > 1)


@pytest.mark.parametrize(
    "text", ["2026-03-04 10:00" + " " * 32_000 + "x", "1" * 32_767, "1 " * 16_000, "2026-01-01 " * 3_000, "T " * 16_000]
)
def test_a_long_text_costs_next_to_nothing(text: str) -> None:
    start = clock.process_time()
    assert isinstance(read_date(text), DateTrouble)
    assert clock.process_time() - start < 0.1
