"""How complete a registry is, now and before."""

from __future__ import annotations

from datetime import date

from registry_sheets.registry.past.completeness import COUNTED, Completeness, Point
from tests.support.registries import version
from tests.support.reported import reported

FULL = len(COUNTED)
ROW = {
    "changed_by": "Sam",
    "last_reviewed": date(2026, 6, 1),
    "run_link": "https://runs.example.com/1",
    "data_link": "s3://data/1",
}


def test_a_full_row_is_complete() -> None:
    assert reported([version(**ROW)]).completeness == Completeness(FULL, FULL)


def test_placeholders_and_blanks_do_not_count() -> None:
    row = version(**{**ROW, "why": "TBD", "changed_by": "", "owner": "n/a"})
    assert reported([row]).completeness == Completeness(FULL - 3, FULL)


def test_archived_rows_do_not_count() -> None:
    rows = [version(**ROW), version(version="2", stage="Archived", why="", owner="")]
    assert reported(rows).completeness == Completeness(FULL, FULL)


def test_without_rows_there_is_no_share() -> None:
    made = reported([version(stage="Archived")])
    assert (made.completeness.share, made.trend) == (None, ())


def test_the_trend_follows_what_passes_saw() -> None:
    before = {
        date(2026, 5, 1): [version(**{**ROW, "why": "", "owner": ""})],
        date(2026, 5, 2): [version(**{**ROW, "why": "", "owner": ""})],
        date(2026, 6, 1): [version(**{**ROW, "owner": ""}), version(version="2", **ROW)],
    }
    assert reported([version(**ROW)], before=before).trend == (
        Point(date(2026, 5, 1), Completeness(FULL - 2, FULL)),
        Point(date(2026, 6, 1), Completeness(2 * FULL - 1, 2 * FULL)),
        Point(date(2026, 7, 1), Completeness(FULL, FULL)),
    )


def test_the_trend_begins_a_year_ago_with_what_was_then() -> None:
    before = {date(2024, 1, 1): [version(**{**ROW, "why": ""})], date(2024, 6, 1): [version(**{**ROW, "owner": ""})]}
    first, last = reported([version(**ROW)], before=before).trend
    assert (first.day, first.completeness.filled) == (date(2025, 7, 1), FULL - 1)
    assert last.completeness.filled == FULL
