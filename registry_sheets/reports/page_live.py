"""What is live, as the page shows it: each row of the sheet that is live once, with all its places."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from markupsafe import Markup

from registry_sheets.reports.content import LiveLine, Report
from registry_sheets.reports.page_links import CellLinks
from registry_sheets.reports.page_text import anded, clipped, dated, day_text, folded


class Place(NamedTuple):
    """Where a version is live, since when, and what it replaced there."""

    where: str
    since: Markup
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
    used_for, location = clipped(version.used_for.strip()), clipped(version.location.strip())
    where = " · ".join(filter(None, (used_for, location or "(no location)")))
    return Place(where, dated(_since(line, begins)), clipped(version.replaced.strip(), 40))


def _since(line: LiveLine, begins: date | None) -> str:
    since = line.version.since
    if since:
        return f"first seen on {since}" if line.version.observed else f"since {since}"
    return f"since before {begins}" if begins else "nobody wrote down since when"
