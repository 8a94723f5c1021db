"""Counting days from a date, for rules that know a due date."""

from __future__ import annotations

from datetime import date, timedelta


def later(start: date, days: int) -> date | None:
    """The day so many days later; None beyond the end of the calendar, where nothing is ever due."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return None
