"""Reports made by hand: a small one, and as many rows as are wanted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.live import LiveVersion
from registry_sheets.registry.owners import Person
from registry_sheets.registry.past.change import Change
from registry_sheets.registry.past.completeness import Completeness, Point
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.reports.content import LiveLine, OpenFinding, Report, ToldChange, VersionRow

DAY = date(2026, 7, 1)
BOOK = "https://example.com/models.xlsx"
ANA = Person("ana@example.com", "Ana Silva", "ana@example.com")
BEN = Person("ben", "Ben", "", active=False)
HEADINGS = ("Name", "Version", "Training date", "Stage", "Location", "Metric: MAPE", "Notes")


def live_line(number: int = 1, **cells: Any) -> LiveLine:
    """A live version; ``cells`` of its LiveVersion replace what is good."""
    trained = DAY - timedelta(days=40 + 37 * number)
    base: dict[str, Any] = {
        "name": f"Demand {number}",
        "used_for": "Rooftop units",
        "location": "Service desk",
        "version": "3.10",
        "since": trained + timedelta(days=9),
        "training_date": trained,
        "data_source": "CRM export 2026-02-28",
        "what_changed": "Retrained with the spring season",
        "why": "Fewer false alarms in the pilot",
        "replaced": "3.9",
        "row": number + 1,
    }
    age = (DAY - trained).days
    due = trained + timedelta(days=180)
    return LiveLine(LiveVersion(**{**base, **cells}), (ANA,), age, 180, due, DAY, None, f"{BOOK}#Models!A{number + 1}")


def open_finding(number: int = 1, owners: tuple[Person, ...] = (ANA,), link: str = "", **parts: Any) -> OpenFinding:
    """A required cell is blank; ``parts`` of its Finding replace what it says."""
    base: dict[str, Any] = {
        "rule": "missing-value",
        "severity": Severity.ERROR,
        "message": "The location is blank.",
        "fix": "Type where this version runs, such as 'Plant A'.",
        "name": f"Demand {number}",
        "version": "3.10",
        "row": number + 1,
        "column": "Location",
        "column_index": 4,
        "field": "location",
        "tab": "Models",
        "since": DAY - timedelta(days=number),
    }
    finding = Finding(**{**base, **parts})
    return OpenFinding(finding, owners, "A required cell is blank", link or f"{BOOK}#Models!{finding.cell}")


def told_change(number: int = 1, **parts: Any) -> ToldChange:
    """A cell that was changed; ``parts`` of its Change replace what it says."""
    base: dict[str, Any] = {
        "kind": "changed",
        "day": DAY - timedelta(days=number),
        "at": datetime(2026, 6, 30, 2, tzinfo=UTC),
        "editor": "Sam Fox",
        "edited_at": datetime(2026, 6, 29, 16, 30, tzinfo=UTC),
        "by": "sam, promote",
        "name": f"Demand {number}",
        "version": "3.10",
        "key": "stage",
        "column": "Stage",
        "old": "Testing",
        "new": "Production",
        "row": number,
        "seen_in": 7,
    }
    return ToldChange(Change(**{**base, **parts}), (ANA, BEN))


def period(number: int = 1, **parts: Any) -> LivePeriod:
    """A time in which a version was live; ``parts`` replace what it says."""
    base: dict[str, Any] = {
        "name": f"Demand {number}",
        "version": "3.9",
        "used_for": "Rooftop units",
        "location": "Service desk",
        "start": date(2025, 9, 1),
        "end": date(2026, 3, 12),
        "basis": "stated",
        "training_date": date(2025, 8, 20),
        "data_source": "CRM export 2025-08-01",
        "why": "First version",
    }
    return LivePeriod(**{**base, **parts})


def version_row(number: int = 1, *cells: Any) -> VersionRow:
    """A row under HEADINGS; ``cells`` replace the first ones."""
    good = (f"Demand {number}", "3.10", date(2026, 3, 4), "Production", "Service desk", 0.125, "")
    return VersionRow(number + 1, (*cells, *good[len(cells) :]), (ANA,), "Production", f"{BOOK}#Models!A{number + 1}")


def report(count: int = 3, **parts: Any) -> Report:
    """A report of ``count`` rows; ``parts`` replace what it holds."""
    numbers = range(1, count + 1)
    base: dict[str, Any] = {
        "registry": "forecasts",
        "label": "models.xlsx",
        "today": DAY,
        "link": BOOK,
        "complete": True,
        "unchecked": (),
        "models": count,
        "completeness": Completeness(77, 90),
        "trend": (
            Point(date(2026, 2, 1), Completeness(50, 90)),
            Point(date(2026, 5, 12), Completeness(70, 90)),
            Point(DAY, Completeness(77, 90)),
        ),
        "live": tuple(live_line(number) for number in numbers),
        "findings": (
            *(open_finding(number) for number in numbers),
            open_finding(1, (BEN,), rule="retraining-overdue", severity=Severity.WARNING, message="It is overdue."),
            open_finding(2, (), rule="far-cell", severity=Severity.INFO, row=None, column=None, column_index=None),
        ),
        "changes": tuple(told_change(number) for number in numbers),
        "periods": (*(period(number) for number in numbers), period(1, version="3.10", start=None, end=None)),
        "begins": date(2026, 2, 1),
        "headings": HEADINGS,
        "rows": tuple(version_row(number) for number in numbers),
    }
    return Report(**{**base, **parts})


def empty_report(**parts: Any) -> Report:
    """A registry without a row, seen for the first time."""
    nothing: dict[str, Any] = dict.fromkeys(("trend", "live", "findings", "changes", "periods", "rows"), ())
    return report(0, **{**nothing, "begins": None, "link": "", "completeness": Completeness(0, 0), **parts})
