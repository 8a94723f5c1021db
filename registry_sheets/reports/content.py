"""What a report tells of one registry, as values. How it looks is for whoever shows it.

Texts are as people typed them, so each medium has to escape them (registry/text.py, autoescape). Days are local
days of the registry. Links are '' where none is configured; those that are given are http(s), file or mailto links.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.live import LiveVersion
from registry_sheets.registry.owners import Person
from registry_sheets.registry.past.change import Change
from registry_sheets.registry.past.completeness import Completeness, Point
from registry_sheets.registry.past.live_period import LivePeriod

CHANGES_DAYS = 30
"""So far back a report tells changes."""

OVERDUE_RULES = frozenset(("retraining-overdue", "review-overdue"))


class LiveLine(NamedTuple):
    """A version that is live at one place for one use.

    ``age`` is in days since its training date, None where the sheet does not say that; ``retrain_every`` in days, None
    where nobody says; ``retraining_due`` and ``review_due`` are the days on which those fall due, past or to come.
    """

    version: LiveVersion
    owners: tuple[Person, ...]
    age: int | None
    retrain_every: int | None
    retraining_due: date | None
    review_due: date | None
    last_reviewed: date | None
    link: str = ""


class OpenFinding(NamedTuple):
    """A finding with who answers for its row; () where nobody does, or where it is about no model.

    What is about a version without a row is for those who answer for its model.
    """

    finding: Finding
    owners: tuple[Person, ...]
    title: str
    """Its rule's title: 'A required cell is blank'."""
    link: str = ""

    @property
    def overdue(self) -> bool:
        """Whether it says that something is overdue."""
        return self.finding.rule in OVERDUE_RULES


class ToldChange(NamedTuple):
    """A change with who answers for its row now, or for the model where the row is gone."""

    change: Change
    owners: tuple[Person, ...]


class VersionRow(NamedTuple):
    """A row of the Models tab. ``cells`` go with Report.headings: dates that were understood are dates, the rest is as
    the sheet holds it ('' blank). ``row`` counts from 1."""

    row: int
    cells: tuple[Cell, ...]
    owners: tuple[Person, ...]
    stage: str
    """Production, Testing or Archived; '' where the sheet does not say."""
    link: str = ""


@dataclass(frozen=True)
class Report:
    """One registry on one day.

    ``label`` is how people know the workbook, ``link`` opens it. ``complete`` False: something could not be checked;
    ``unchecked`` say what, a sentence each. ``models`` counts different names. ``trend`` is of the last year, oldest
    first; its last point is today's. ``changes`` are those of the last CHANGES_DAYS, newest first. ``periods`` are all
    times in which a version was live that are known, by model, place and start. ``begins``: the day on which history
    begins, None: there is none.
    """

    registry: str
    label: str
    today: date
    link: str
    complete: bool
    unchecked: tuple[str, ...]
    models: int
    completeness: Completeness
    trend: tuple[Point, ...]
    live: tuple[LiveLine, ...]
    findings: tuple[OpenFinding, ...]
    changes: tuple[ToldChange, ...]
    periods: tuple[LivePeriod, ...]
    begins: date | None
    headings: tuple[str, ...]
    rows: tuple[VersionRow, ...]
    notes: tuple[str, ...] = ()
    """What else people should know: the workbook is open, so that its own tabs are not up to date."""
    changes_since: date | None = None
    """The first day whose changes are told; None: CHANGES_DAYS before today."""

    @property
    def counts(self) -> Mapping[Severity, int]:
        """How many findings of each severity."""
        return {one: sum(open_.finding.severity is one for open_ in self.findings) for one in Severity}

    @property
    def gaps(self) -> int:
        """How many things are to be mended: errors and warnings, without what is merely overdue."""
        return sum(one.finding.severity is not Severity.INFO and not one.overdue for one in self.findings)

    @property
    def overdue(self) -> Sequence[OpenFinding]:
        """The findings that say that something is overdue."""
        return [one for one in self.findings if one.overdue]

    @property
    def live_models(self) -> int:
        """How many models are live somewhere."""
        from registry_sheets.registry.identity import normalise

        return len({name for line in self.live if (name := normalise(line.version.name))})


class OwnerFindings(NamedTuple):
    """The findings of one person's rows; ``owner`` None: nobody answers for them."""

    owner: Person | None
    findings: tuple[OpenFinding, ...]


def by_owner(findings: Sequence[OpenFinding]) -> list[OwnerFindings]:
    """The findings of each owner, by name; last those that nobody answers for. One of two owners is under both."""
    found: dict[Person | None, list[OpenFinding]] = {}
    for one in findings:
        for person in one.owners or (None,):
            found.setdefault(person, []).append(one)
    ordered = sorted(found.items(), key=lambda item: (item[0] is None, item[0].name.casefold() if item[0] else ""))
    return [OwnerFindings(person, tuple(of)) for person, of in ordered]
