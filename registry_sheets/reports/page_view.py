"""A report as the page's template takes it: what is live, what changed, how old it is, and the other sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from markupsafe import Markup

from registry_sheets.reports.content import LiveLine, Report, ToldChange
from registry_sheets.reports.headings import about, changes_since
from registry_sheets.reports.page_charts import timeline, trend
from registry_sheets.reports.page_findings import owner_tasks
from registry_sheets.reports.page_links import CellLinks
from registry_sheets.reports.page_live import live_entries
from registry_sheets.reports.page_numbers import numbers
from registry_sheets.reports.page_tables import PERIOD_HEADINGS, period_rows, period_widths, versions_table
from registry_sheets.reports.page_text import clipped, counted, day_text, folded, model_text, safe_link

MOST_CHANGES = 200
"""The changes that are shown; the Changes tab has more."""


def view_of(report: Report) -> dict[str, Any]:
    """What the template needs, by name."""
    changes = report.changes[:MOST_CHANGES]
    links = CellLinks(report)
    live = live_entries(report, links)
    return {
        "registry": clipped(report.registry.strip() or report.label),
        "about": clipped(about(report), 240),
        "today": report.today.isoformat(),
        "link": safe_link(report.link),
        "links": links,
        "complete": report.complete,
        "unchecked": list(map(folded, report.unchecked)),
        "notes": list(map(folded, report.notes)),
        "numbers": numbers(report, live_versions=len(live)),
        "trend": trend(report.trend, report.today),
        "begins": day_text(report.begins),
        "live": live,
        "owners": owner_tasks(report, links),
        "timeline": timeline(report.periods, report.today, report.begins),
        "ages": ages(report),
        "no_interval": without_interval(report),
        "changes_since": changes_since(report).isoformat(),
        "days": changes_by_day(changes),
        "changes_more": len(report.changes) - len(changes),
        "versions": versions_table(report, links),
        "period_headings": PERIOD_HEADINGS,
        "period_widths": period_widths(report.periods),
        "period_rows": period_rows(report.periods, report.begins),
        "period_count": len(report.periods),
    }


class Age(NamedTuple):
    """How old a live version is. ``part``: percent of its interval, at most 100; None without an interval."""

    label: str
    told: str
    part: int | None
    overdue: bool
    review: str
    review_overdue: bool


def ages(report: Report) -> list[Age]:
    """The live versions that are to be retrained or reviewed, the most overdue first."""
    lines = [line for line in _distinct(report) if line.retrain_every or line.review_due]
    lines.sort(key=lambda line: min(line.retraining_due or date.max, line.review_due or date.max))
    return [_age(line, report.today) for line in lines]


def without_interval(report: Report) -> list[str]:
    """The other live versions: 'AC failure 3.1 (119 days)'."""
    lines = [line for line in _distinct(report) if not line.retrain_every and not line.review_due]
    return [f"{_called(line)} ({_days_old(line.age)})" for line in lines]


def _distinct(report: Report) -> list[LiveLine]:
    return list({(_called(line), line.retraining_due, line.review_due): line for line in report.live}.values())


def _called(line: LiveLine) -> str:
    return model_text(line.version.name, line.version.version)


def _days_old(age: int | None) -> str:
    return "no training date" if age is None else counted(age, "day")


def _age(line: LiveLine, today: date) -> Age:
    due, every = line.retraining_due, line.retrain_every
    late = due is not None and due < today
    told = _days_old(line.age)
    if every:
        told += f" of {every:,}" if line.age is not None else f"; to be trained again every {every:,} days"
    if due:
        told += f"; overdue since {due}" if late else f"; due {due}"
    part = min(round(100 * line.age / every), 100) if every and line.age is not None and line.age >= 0 else None
    return Age(_called(line), told, part, late, _review(line, today), _is_late(line.review_due, today))


def _is_late(due: date | None, today: date) -> bool:
    return due is not None and due < today


def _review(line: LiveLine, today: date) -> str:
    if line.review_due is None:
        return ""
    seen = f"last reviewed {line.last_reviewed}" if line.last_reviewed else "never reviewed"
    return f"{seen}; review {'overdue since' if _is_late(line.review_due, today) else 'due'} {line.review_due}"


class ShownChange(NamedTuple):
    """A change. ``column`` '' for a whole row; ``old`` and ``new`` are HTML."""

    label: str
    what: str
    old: Markup
    new: Markup
    by: str


def changes_by_day(changes: Sequence[ToldChange]) -> list[tuple[str, list[ShownChange]]]:
    """The changes, by the day on which they were seen."""
    by_day = groupby(changes, key=lambda told: told.change.day)
    return [(day.isoformat(), list(_shown(of))) for day, of in by_day]


_WHAT = {"added": "new row", "removed": "row gone", "column": "heading changed"}


def _shown(changes: Iterator[ToldChange]) -> Iterator[ShownChange]:
    for told in changes:
        change = told.change
        yield ShownChange(
            label="" if change.kind == "column" else model_text(change.name, change.version),
            what=_WHAT.get(change.kind) or clipped(change.column) or "changed",
            old=folded(change.old),
            new=folded(change.new),
            by=(f"by {clipped(change.by)}" if change.by else "")
            or (f"saved by {clipped(change.editor)}" if change.editor else ""),
        )
