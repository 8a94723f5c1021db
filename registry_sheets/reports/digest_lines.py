"""The lines of a mail: what is live, what is to be mended, what is overdue, what changed. Texts, not yet escaped.

A mail may count from today, so ages stand here. Texts of people are on one line and cut where they are long.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Generic, NamedTuple, TypeVar

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.tabs.changes import what
from registry_sheets.registry.wording import clipped, listed
from registry_sheets.reports.content import LiveLine, OpenFinding, ToldChange

Line = TypeVar("Line")

MOST_PLACES = 4
"""So many places, and so many uses, are named of one live version; the others are counted."""


class Part(NamedTuple, Generic[Line]):
    """The lines that are told, and how many more there are."""

    told: tuple[Line, ...]
    more: int

    @property
    def total(self) -> int:
        """How many lines there are in all."""
        return len(self.told) + self.more


class FindingTold(NamedTuple):
    """What is wrong, where, and what to do; ``link`` '' where there is none."""

    severity: Severity
    place: str
    message: str
    fix: str
    link: str


class OverdueTold(NamedTuple):
    """What is overdue, for how many days (0: nobody can say), whose it is, and what settles it."""

    what: str
    place: str
    message: str
    fix: str
    link: str
    days: int
    owners: str


class ChangeTold(NamedTuple):
    """A change. ``whole``: of a row that came or went, as ``column`` says; else of a cell, blank before or now where
    ``old`` or ``new`` is ''. ``by``: the command that made it, and who ran it, '' where it was typed into the sheet."""

    day: str
    model: str
    column: str
    old: str
    new: str
    by: str
    whole: bool


class LiveTold(NamedTuple):
    """A version that is live, with all places and uses of its row.

    ``share``: how much of the time until its retraining is over, from 0 to 1; None where nobody says when that is due.
    """

    model: str
    where: str
    used_for: str
    since: str
    age: str
    why: str
    share: float | None
    overdue: bool
    link: str


def part(lines: Sequence[Line], most: int) -> Part[Line]:
    """The first lines, and a count of the others."""
    return Part(tuple(lines[:most]), max(0, len(lines) - most))


def count(number: int, one: str, many: str = "") -> str:
    """'1 day', '2 days', '1,200 days'."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def place(finding: Finding) -> str:
    """'AC failure 3.4, Location (row 14)': by name first, since rows move."""
    model = _model(finding.name, finding.version) if finding.row or finding.name else "The sheet as a whole"
    row = f" (row {finding.row})" if finding.row else ""
    return ", ".join(filter(None, (model, clipped(finding.column or "")))) + row


def _model(name: str, version: str) -> str:
    known = " ".join(filter(None, (clipped(name) or "(no name)", clipped(version))))
    return "A row without a name" if known == "(no name)" else known


def worst_first(findings: Iterable[OpenFinding]) -> list[OpenFinding]:
    """What is to be mended, errors first; without what is for information or merely overdue."""
    told = [one for one in findings if one.finding.severity is not Severity.INFO and not one.overdue]
    return sorted(told, key=lambda one: one.finding.severity.rank)


def finding_told(one: OpenFinding) -> FindingTold:
    """A finding as a line."""
    finding = one.finding
    return FindingTold(finding.severity, place(finding), finding.message, finding.fix, one.link)


def change_told(one: ToldChange) -> ChangeTold:
    """A change as a line."""
    change = one.change
    column, old, new = what(change)
    model = _model(change.name, change.version) if change.kind != "column" else "The sheet as a whole"
    day, whole = change.day.isoformat(), change.kind in ("added", "removed")
    return ChangeTold(day, model, clipped(column), clipped(old), clipped(new), clipped(change.by), whole)


def overdue_told(findings: Iterable[OpenFinding], live: Iterable[LiveLine], today: date) -> list[OverdueTold]:
    """What is overdue, longest first; without what is for information only."""
    by_row = {line.version.row: line for line in live}
    told = [
        _overdue(one, by_row.get(one.finding.row or 0), today)
        for one in findings
        if one.overdue and one.finding.severity is not Severity.INFO
    ]
    return sorted(told, key=lambda line: -line.days)


def _overdue(one: OpenFinding, line: LiveLine | None, today: date) -> OverdueTold:
    finding = one.finding
    what_, said = _retraining(line, today) if finding.rule == "retraining-overdue" else _review(line, today)
    message, days = said or (finding.message, 0)
    owners = listed([person.name for person in one.owners])
    return OverdueTold(what_, place(finding), message, _to_settle(finding, today), one.link, days, owners)


def _retraining(line: LiveLine | None, today: date) -> tuple[str, tuple[str, int] | None]:
    if line is None or line.retraining_due is None or line.age is None:
        return "retraining", None
    return "retraining", (f"{age_of(line, today)}.", (today - line.retraining_due).days)


def _review(line: LiveLine | None, today: date) -> tuple[str, tuple[str, int] | None]:
    if line is None or line.review_due is None:
        return "review", None
    days = (today - line.review_due).days
    since = f"{count(days, 'day')} overdue, since {line.review_due}"
    if line.last_reviewed is None:
        return "review", (f"Never reviewed: {since}.", days)
    return "review", (f"Last reviewed {_ago((today - line.last_reviewed).days)}: {since}.", days)


def _to_settle(finding: Finding, today: date) -> str:
    if finding.rule == "review-overdue" and finding.field == "last_reviewed":
        column = clipped(finding.column or "Last reviewed")
        return f"Look through the row. If it is right, put today's date, {today}, under {column}."
    return finding.fix


def age_of(line: LiveLine, today: date) -> str:
    """'Trained 132 days ago, to be retrained every 90 days: 42 days overdue'; '' without a training date."""
    if line.age is None:
        return ""
    trained = f"Trained {_ago(line.age)}" if line.age >= 0 else f"Training date {line.version.training_date}, to come"
    if line.retraining_due is None or not line.retrain_every:
        return trained
    every = f"{trained}, to be retrained every {count(line.retrain_every, 'day')}"
    left = (line.retraining_due - today).days
    if left < 0:
        return f"{every}: {count(-left, 'day')} overdue"
    return f"{every}: due in {count(left, 'day')}" if left else f"{every}: due today"


def _ago(days: int) -> str:
    return f"{count(days, 'day')} ago" if days else "today"


def live_told(lines: Iterable[LiveLine], today: date) -> list[LiveTold]:
    """Live versions, one line for each row of the sheet, in the report's order."""
    rows: dict[int, list[LiveLine]] = {}
    for line in lines:
        rows.setdefault(line.version.row, []).append(line)
    return [_live(of_row, today) for of_row in rows.values()]


def _live(lines: Sequence[LiveLine], today: date) -> LiveTold:
    first, version = lines[0], lines[0].version
    share = (
        None if first.age is None or not first.retrain_every else min(1.0, max(0.0, first.age / first.retrain_every))
    )
    return LiveTold(
        model=_model(version.name, version.version),
        where=_distinct([line.version.location for line in lines]),
        used_for=_distinct([line.version.used_for for line in lines]),
        since=_since([line.version.since for line in lines], version.observed),
        age=age_of(first, today),
        why=version.why,
        share=share,
        overdue=first.retraining_due is not None and first.retraining_due < today,
        link=first.link,
    )


def _distinct(texts: Iterable[str]) -> str:
    return listed(list({normalise(text): text for text in texts if text}.values()), MOST_PLACES)


def _since(days: Sequence[date | None], observed: bool) -> str:
    known = sorted({day for day in days if day})
    if not known:
        return ""
    until = f" to {known[-1]}" if len(known) > 1 else ""
    return f"seen live since {known[0]}{until}" if observed else f"live since {known[0]}{until}"
