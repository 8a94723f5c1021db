"""Counting days from a date."""

from __future__ import annotations

from datetime import date, timedelta


def later(start: date, days: int) -> date | None:
    """The day so many days later; None beyond the end of the calendar, where nothing is ever due."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None


def earlier(day: date, days: int) -> date:
    """The day so many days earlier; the first of the calendar where there is none."""
    try:
        return day - timedelta(days=days)
    except OverflowError:
        return date.min
