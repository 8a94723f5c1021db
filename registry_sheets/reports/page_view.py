"""A report as the page's template takes it: what is live, what changed, how old it is, and the other sections."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, NamedTuple

from markupsafe import Markup

from registry_sheets.reports.content import LiveLine, Report, ToldChange
from registry_sheets.reports.page_charts import timeline, trend
from registry_sheets.reports.page_findings import owner_tasks
from registry_sheets.reports.page_links import CellLinks
from registry_sheets.reports.page_numbers import numbers
from registry_sheets.reports.page_tables import PERIOD_HEADINGS, period_rows, versions_table
from registry_sheets.reports.page_text import anded, clipped, counted, day_text, folded, model_text, safe_link

MOST_CHANGES = 200
"""The changes that are shown; the Changes tab has more."""


def view_of(report: Report) -> dict[str, Any]:
    """What the template needs, by name."""
    changes = report.changes[:MOST_CHANGES]
    links = CellLinks(report)
    return {
        "title": clipped(report.label or report.registry),
        "registry": clipped(report.registry),
        "today": report.today.isoformat(),
        "link": safe_link(report.link),
        "links": links,
        "complete": report.complete,
        "unchecked": list(map(folded, report.unchecked)),
        "notes": list(map(folded, report.notes)),
        "numbers": numbers(report),
        "trend": trend(report.trend, report.today),
        "begins": day_text(report.begins),
        "live": live_entries(report, links),
        "owners": owner_tasks(report, links),
        "timeline": timeline(report.periods, report.today, report.begins),
        "ages": ages(report),
        "no_interval": without_interval(report),
        "days": changes_by_day(changes),
        "changes_more": len(report.changes) - len(changes),
        "versions": versions_table(report, links),
        "period_headings": PERIOD_HEADINGS,
        "period_rows": period_rows(report.periods, report.begins),
        "period_count": len(report.periods),
    }


class Place(NamedTuple):
    """Where a version is live, since when, and what it replaced there."""

    where: str
    since: str
    replaced: str


class LiveEntry(NamedTuple):
    """A row of the sheet that is live, with all its places."""

    name: str
    version: str
    owners: str
    places: Sequence[Place]
    why: Markup
    what_changed: Markup
    data_source: Markup
    trained: str
    link: str
    cell: str


def live_entries(report: Report, links: CellLinks) -> list[LiveEntry]:
    """What is live, by model."""
    by_row: dict[tuple[int, str, str], list[LiveLine]] = {}
    for line in report.live:
        by_row.setdefault((line.version.row, line.version.name, line.version.version), []).append(line)
    return [_entry(lines, report.begins, links) for lines in by_row.values()]


def _entry(lines: Sequence[LiveLine], begins: date | None, links: CellLinks) -> LiveEntry:
    first, version = lines[0], lines[0].version
    return LiveEntry(
        name=clipped(version.name.strip()) or "(no name)",
        version=clipped(version.version.strip(), 40) or "(no version)",
        owners=_names(first.owners),
        places=[_place(line, begins) for line in lines],
        why=folded(version.why.strip()),
        what_changed=folded(version.what_changed.strip()),
        data_source=folded(version.data_source.strip()),
        trained=day_text(version.training_date),
        link=links.href(first.link),
        cell=links.cell(first.link),
    )


def _names(people: Sequence[Any]) -> str:
    return anded(clipped(person.name) for person in people)


def _place(line: LiveLine, begins: date | None) -> Place:
    version = line.version
    where = " · ".join(clipped(text.strip()) for text in (version.used_for, version.location) if text.strip())
    return Place(where or "no location", _since(line, begins), clipped(version.replaced.strip(), 40))


def _since(line: LiveLine, begins: date | None) -> str:
    since = line.version.since
    if since:
        return f"first seen on {since}" if line.version.observed else f"since {since}"
    return f"since before {begins}" if begins else "nobody wrote down since when"


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
            or (f"last saved by {clipped(change.editor)}" if change.editor else ""),
        )
