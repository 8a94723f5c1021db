"""The weekly mail's content: for each owner what is live, wrong, overdue and changed of what they answer for.

Pure: made from a Report. What is for information only never goes into a mail; what is about no row, or about a row
without an owner, goes to nobody here (digest_summary.py tells it).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from registry_sheets.registry.owners import Person
from registry_sheets.reports.content import LiveLine, OpenFinding, Report, ToldChange
from registry_sheets.reports.digest_lines import (
    ChangeTold,
    FindingTold,
    LiveTold,
    OverdueTold,
    Part,
    change_told,
    finding_told,
    live_told,
    overdue_told,
    part,
    worst_first,
)
from registry_sheets.reports.digest_unmailed import Unmailed, inactive, without_address

MOST_FINDINGS = 10
MOST_OVERDUE = 10
MOST_CHANGES = 12
MOST_LIVE = 15
MOST_UNCHECKED = 3
CHANGE_DAYS = 7
"""A mail tells the changes of so many days, the day of the report included."""


@dataclass(frozen=True)
class Digest:
    """One mail's content.

    ``week`` is the ISO week that the mail is for ('2026-W48'); ``since`` the first day whose changes are told, up to
    ``today``. ``recipient`` None: the whole registry (see Summary). ``rows``: how many rows this person answers for.
    ``link`` opens the workbook. ``unchecked``: what could not be checked, a sentence each; then nothing here says that
    all is well.
    """

    registry: str
    label: str
    week: str
    today: date
    since: date
    recipient: Person | None
    rows: int
    link: str
    findings: Part[FindingTold]
    overdue: Part[OverdueTold]
    changes: Part[ChangeTold]
    live: Part[LiveTold]
    unchecked: Part[str]

    @property
    def nothing_to_say(self) -> bool:
        """Whether there is nothing to mend, nothing overdue and nothing changed: what is live is no news."""
        return not (self.findings.total or self.overdue.total or self.changes.total)


class Whom(NamedTuple):
    """A person with rows: the content of the mail, or why there can be none."""

    person: Person
    digest: Digest | None
    unmailed: Unmailed | None

    @property
    def told(self) -> str:
        """What this person gets, in a few words: for a dry run."""
        if self.unmailed or self.digest is None:
            return f"no mail: {self.unmailed.why if self.unmailed else ''}"
        if self.digest.nothing_to_say:
            return "nothing to say"
        one = self.digest
        return f"{one.findings.total} to mend, {one.overdue.total} overdue, {one.changes.total} changed"


def who(report: Report, week: str, since: date | None = None) -> tuple[Whom, ...]:
    """Everyone with rows, by name.

    Args:
        week: the ISO week that the mail is for.
        since: the first day whose changes are told; None for the last CHANGE_DAYS. A mail that goes out late may
            begin earlier, so that no change goes untold (a report knows those of 30 days).
    """
    owned = owned_by(report)
    return tuple(_whom(person, rows, owned[person.key], report, (week, since)) for person, rows in people(report))


def people(report: Report) -> list[tuple[Person, int]]:
    """Everyone with rows, by name, with how many."""
    rows: Counter[str] = Counter()
    known: dict[str, Person] = {}
    for person in (person for row in report.rows for person in row.owners):
        rows[person.key] += 1
        known.setdefault(person.key, person)
    ordered = sorted(known.values(), key=lambda person: (person.name.casefold(), person.key))
    return [(person, rows[person.key]) for person in ordered]


def unreachable(person: Person) -> Unmailed | None:
    """Why this person can get no mail, as far as the sheet tells."""
    if not person.active:
        return inactive(person)
    return None if person.address else without_address(person)


class Owned:
    """What one person answers for."""

    def __init__(self) -> None:
        self.live: list[LiveLine] = []
        self.findings: list[OpenFinding] = []
        self.changes: list[ToldChange] = []


def owned_by(report: Report) -> Mapping[str, Owned]:
    """What each person answers for, by key; an empty Owned for anyone else."""
    found: defaultdict[str, Owned] = defaultdict(Owned)
    for line in report.live:
        for person in line.owners:
            found[person.key].live.append(line)
    for finding in report.findings:
        for person in finding.owners:
            found[person.key].findings.append(finding)
    for change in report.changes:
        for person in change.owners:
            found[person.key].changes.append(change)
    return found


def _whom(person: Person, rows: int, owned: Owned, report: Report, when: tuple[str, date | None]) -> Whom:
    unmailed = unreachable(person)
    if unmailed:
        return Whom(person, None, unmailed)
    findings = [finding_told(one) for one in worst_first(owned.findings)]
    return Whom(person, digest_of(report, when, owned, findings, (person, rows)), None)


def digest_of(
    report: Report,
    when: tuple[str, date | None],
    owned: Owned,
    findings: Sequence[FindingTold],
    of: tuple[Person | None, int],
) -> Digest:
    """A mail about these things. ``when``: week and first day of changes; ``of``: for whom, with how many rows."""
    week, said = when
    recipient, rows = of
    since = said or report.today - timedelta(days=CHANGE_DAYS - 1)
    changes = [change_told(one) for one in owned.changes if since <= one.change.day <= report.today]
    return Digest(
        registry=report.registry,
        label=report.label,
        week=week,
        today=report.today,
        since=since,
        recipient=recipient,
        rows=rows,
        link=report.link,
        findings=part(findings, MOST_FINDINGS),
        overdue=part(overdue_told(owned.findings, owned.live, report.today), MOST_OVERDUE),
        changes=part(changes, MOST_CHANGES),
        live=part(live_told(owned.live, report.today), MOST_LIVE),
        unchecked=part(report.unchecked, MOST_UNCHECKED),
    )
