"""The findings as the page shows them: by owner, and within that one thing to do with the places where to do it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.reports.content import OpenFinding, OwnerFindings, Report, by_owner
from registry_sheets.reports.page_links import CellLinks
from registry_sheets.reports.page_text import anded, clipped, counted, day_text, folded, mail_link, model_text

MOST = 50
"""The findings that are shown of one owner; the Findings tab has all."""

_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


class Spot(NamedTuple):
    """Where a thing is to be done.

    ``message`` and ``since`` are '' where the task says them for all its spots, ``since`` too where it is the day that
    most of them have in common. ``row`` stands where there is no link. ``link`` and ``cell``: see page_links.CellLinks.
    """

    label: str
    row: int | None
    message: Markup | str
    since: str
    link: str
    cell: str


class Task(NamedTuple):
    """One thing to do, in cells of one column ('': in whole rows). ``but``: some spots are since another day."""

    severity: str
    title: str
    column: str
    fix: Markup
    message: Markup
    since: str
    but: bool
    spots: Sequence[Spot]


class OwnerTasks(NamedTuple):
    """What one owner has to do; ``name`` '' where nobody answers for the rows. ``more`` are not shown."""

    name: str
    mail: str
    left: bool
    total: int
    told: str
    tasks: Sequence[Task]
    more: int


def owner_tasks(report: Report, links: CellLinks) -> list[OwnerTasks]:
    """The tasks of each owner."""
    return [_of_owner(group, links) for group in by_owner(report.findings)]


def severities(findings: Iterable[OpenFinding]) -> str:
    """'2 errors, 1 warning and 3 notes'."""
    all_ = [one.finding.severity for one in findings]
    return anded(counted(all_.count(one), word) for one, word in _WORDS.items() if one in all_)


def _of_owner(group: OwnerFindings, links: CellLinks) -> OwnerTasks:
    ordered = sorted(group.findings, key=lambda one: (one.finding.severity.rank, one.title))
    person = group.owner
    return OwnerTasks(
        name=clipped(person.name) if person else "",
        mail=mail_link(person),
        left=person is not None and not person.active,
        total=len(ordered),
        told=severities(ordered),
        tasks=_tasks(ordered[:MOST], links),
        more=max(len(ordered) - MOST, 0),
    )


def _tasks(findings: Sequence[OpenFinding], links: CellLinks) -> list[Task]:
    found: dict[tuple[str, str, str, str], list[OpenFinding]] = {}
    for one in findings:
        finding = one.finding
        found.setdefault((_WORDS[finding.severity], one.title, finding.column or "", finding.fix), []).append(one)
    return [_task(*key, of, links) for key, of in found.items()]


def _task(severity: str, title: str, column: str, fix: str, findings: Sequence[OpenFinding], links: CellLinks) -> Task:
    message, told = Counter(one.finding.message for one in findings).most_common(1)[0]
    if told == 1 or told < len(findings):
        message = ""
    days = Counter(day_text(one.finding.since) for one in findings)
    since, same = days.most_common(1)[0]
    if same == 1 or "" in days:
        since = ""
    spots = [_spot(one, links, not message, since) for one in findings]
    return Task(severity, title, clipped(column), folded(fix), folded(message), since, len(days) > 1, spots)


def _spot(one: OpenFinding, links: CellLinks, tell: bool, usual: str) -> Spot:
    finding = one.finding
    since = day_text(finding.since)
    link, cell = links.href(one.link), links.cell(one.link)
    return Spot(
        label=_label(finding),
        row=None if link or cell else finding.row,
        message=folded(finding.message) if tell else "",
        since="" if since == usual else since,
        link=link,
        cell=cell,
    )


def _label(finding: Finding) -> str:
    if finding.name.strip() or finding.version.strip():
        return model_text(finding.name, finding.version)
    return f"Row {finding.row}" if finding.row else "The sheet"
