"""Reports made by hand, of any size and as hostile as one likes, for whoever shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Cell, a1
from registry_sheets.registry.live import LiveVersion
from registry_sheets.registry.owners import Person
from registry_sheets.registry.past.change import Change
from registry_sheets.registry.past.completeness import Completeness, Point
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.reports.content import LiveLine, OpenFinding, Report, ToldChange, VersionRow

TODAY = date(2026, 7, 1)
BEGINS = date(2025, 9, 1)
WORKBOOK = "https://example.sharepoint.com/sites/ml/models.xlsx"
HEADINGS = (
    "Name", "Version", "Training date", "Data source", "Location", "Stage", "Owner", "Used for", "What changed", "Why",
    "Deployed on", "Last reviewed", "Metric: AUC", "Metric: Recall", "Metric: MAPE (holidays)",
)  # fmt: skip
_MODELS = (
    "AC failure", "Churn", "Demand forecast", "Invoice triage", "Lead score", "Noise filter", "Parts reorder",
    "Route planner", "Spam guard", "Tariff check",
)  # fmt: skip
_PLACES = ("Service desk app", "Berlin warehouse", "Web shop", "Dispatch desk", "Fleet gateway")
_USES = ("Rooftop units", "Consumers", "Spare parts", "Night shift")
_OWNERS = ("Ana Ruiz", "Ben Okafor", "Chen Wei", "Dora Lind", "Eli Marsh", "Farah Aziz")
_PER_MODEL = 12
_FAULTS = (
    ("missing-value", Severity.ERROR, "A required cell is blank", "Location", "Location is blank.",
     "Write where this version is deployed; several places are split by ';'."),
    ("vague-data-source", Severity.WARNING, "A data source says little", "Data source",
     "'data from last year' does not say which data.",
     "Name the table, file or snapshot, such as 'CRM export 2026-06-30'."),
    ("retraining-overdue", Severity.WARNING, "Retraining is overdue", "Training date", "",
     "Train a new version and add its row, or change the number of days if this model may grow older."),
    ("live-without-why", Severity.INFO, "A live version does not say why", "Why", "Nobody wrote down why it is live.",
     "Write the reason under Why, one sentence."),
)  # fmt: skip


def person(name: str) -> Person:
    """An owner whose address is made of the name."""
    address = name.lower().replace(" ", ".") + "@example.com"
    return Person(address, name, address)


def big_report(rows: int = 500, findings: int = 250, live: int = 40, periods: int = 60, changes: int = 60) -> Report:
    """A registry as large as one likes, with the texts that people type."""
    versions = [_version(number) for number in range(rows)]
    return Report(
        registry="heating",
        label="Model registry.xlsx",
        today=TODAY,
        link=WORKBOOK,
        complete=True,
        unchecked=(),
        models=-(-rows // _PER_MODEL),
        completeness=Completeness(9 * rows, 10 * rows),
        trend=tuple(Point(BEGINS + timedelta(days=30 * n), Completeness(70 + 2 * n, 100)) for n in range(10)),
        live=tuple(_live(number) for number in range(live)),
        findings=tuple(_finding(number, rows) for number in range(findings)),
        changes=tuple(_change(number) for number in range(changes)),
        periods=tuple(sorted(map(_period, range(periods)), key=lambda one: (one.name, one.used_for, one.location))),
        begins=BEGINS,
        headings=HEADINGS,
        rows=tuple(versions),
    )


def empty_report(**values: Any) -> Report:
    """A registry without anything in it."""
    nothing = big_report(0, 0, 0, 0, 0)
    none = Completeness(0, 0)
    return replace(nothing, **{"trend": (), "completeness": none, "begins": None, "models": 0, **values})


def report_of_texts(texts: Iterable[str]) -> Report:
    """A report in which each text stands at every place where people's texts go, each in its own row, finding, ..."""
    said = list(texts)
    return replace(
        empty_report(),
        registry=said[0],
        label=said[0],
        begins=BEGINS,
        complete=False,
        unchecked=tuple(said),
        notes=tuple(said),
        live=tuple(_line_of(text, number) for number, text in enumerate(said)),
        findings=tuple(_finding_of(text, number) for number, text in enumerate(said)),
        changes=tuple(_change_of(text) for text in said),
        periods=tuple(_period_of(text) for text in said),
        headings=tuple(said),
        rows=tuple(VersionRow(number, tuple(said), (), "", text) for number, text in enumerate(said, 2)),
    )


def _name(number: int) -> tuple[str, str]:
    model, version = divmod(number, _PER_MODEL)
    round_ = f" {chr(65 + model // len(_MODELS) % 26)}" if model >= len(_MODELS) else ""
    return f"{_MODELS[model % len(_MODELS)]}{round_}", f"{1 + version // 10}.{version % 10}"


def _version(number: int) -> VersionRow:
    name, version = _name(number)
    age = _PER_MODEL - number % _PER_MODEL
    trained = TODAY - timedelta(days=30 * age + number % 9)
    stage = {1: "Testing", 2: "Production"}.get(age, "Archived")
    model = number // _PER_MODEL
    owner = _OWNERS[model % len(_OWNERS)]
    live = stage == "Production"
    cells: tuple[Cell, ...] = (
        name, version, trained, f"CRM export {trained - timedelta(days=2)}", _PLACES[(model + (age > 8)) % 5], stage,
        owner, _USES[model % 4], "Retrained with the newest month" if age % 5 else "Winter season and holidays added",
        "Fewer false alarms in the pilot" if live else "", trained + timedelta(days=8) if number % 3 else "",
        trained + timedelta(days=40) if live else "", round(0.8 + number % 17 / 100, 2),
        round(0.6 + number % 31 / 100, 2), round(5 + number % 13 / 10, 1),
    )  # fmt: skip
    return VersionRow(number + 2, cells, (person(owner),), stage, link(number + 2, 0))


def link(row: int, column: int) -> str:
    """The address of a cell, as SharePoint takes it."""
    return f"{WORKBOOK}?web=1&activeCell='Models'!{a1(row - 1, column)}"


def _live(number: int) -> LiveLine:
    name, version = _name(number * _PER_MODEL + 10 - number % 3)
    trained = TODAY - timedelta(days=20 + 9 * number)
    every = None if number % 5 == 4 else 180
    due = trained + timedelta(days=every) if every else None
    told = LiveVersion(
        name=name,
        used_for=_USES[number % 4],
        location=_PLACES[number % 5],
        version=version,
        since=trained + timedelta(days=8),
        training_date=trained,
        data_source=f"CRM export {trained}",
        what_changed="Retrained with the newest month",
        why="" if number % 7 == 3 else "Fewer false alarms in the pilot than the version before",
        replaced="1.7" if number % 2 else "",
        row=number * _PER_MODEL + 2,
        observed=number % 3 == 1,
    )
    owner = person(_OWNERS[number % len(_OWNERS)])
    return LiveLine(told, (owner,), (TODAY - trained).days, every, due, None, None, link(told.row, 0))


def _finding(number: int, rows: int) -> OpenFinding:
    rule, severity, title, column, message, fix = _FAULTS[number % len(_FAULTS)]
    at = number * 7 % max(rows, 1)
    name, version = _name(at)
    since = BEGINS + timedelta(days=number % 40 if number % 3 == 0 else 0)
    trained = BEGINS - timedelta(days=number)
    said = (
        message or f"To be retrained every 180 days: trained on {trained}, due since {trained + timedelta(days=180)}."
    )
    place = HEADINGS.index(column)
    finding = Finding(rule, severity, said, fix, name, version, "", at + 2, column, place, None, "Models", since)
    owners = () if number % 11 == 10 else (person(_OWNERS[number // 4 % len(_OWNERS)]),)
    return OpenFinding(finding, owners, title, link(at + 2, place))


def _change(number: int) -> ToldChange:
    name, version = _name(number * 5)
    day = TODAY - timedelta(days=number // 3)
    kind, column, old, new = (
        ("changed", "Location", "Web shop", "Dispatch desk"),
        ("added", "", "", f"Testing, trained {day}"),
        ("changed", "Why", "", "Fewer false alarms in the pilot"),
    )[number % 3]
    return ToldChange(
        change(kind, day, name, version, column, old, new, by="sam, record" if number % 3 == 1 else ""), ()
    )


def change(
    kind: Any, day: date, name: str, version: str, column: str, old: str, new: str, by: str = "", editor: str = "Ana"
) -> Change:
    """A change."""
    at = datetime(day.year, day.month, day.day, 5, tzinfo=UTC)
    return Change(kind, day, at, editor, at, by, name, version, column, column, old, new, 3, 9)


def _period(number: int) -> LivePeriod:
    lane, step = divmod(number, 3)
    name, _ = _name(lane * _PER_MODEL)
    start = BEGINS + timedelta(days=95 * step + lane % 20)
    end = None if step == 2 else start + timedelta(days=95)
    return LivePeriod(
        name=name,
        version=f"1.{7 + step}",
        used_for=_USES[lane % 4],
        location=_PLACES[lane % 5],
        start=None if step == 0 and lane % 3 == 0 else start,
        end=end,
        basis="stated" if lane % 2 else "observed",
        end_known=not (step == 1 and lane % 5 == 0),
        why="Fewer false alarms in the pilot",
    )


def _line_of(text: str, number: int) -> LiveLine:
    told = LiveVersion(text, text, text, text, None, None, text, text, text, text, number + 2)
    due = TODAY - timedelta(days=1)
    return LiveLine(told, (Person(text, text, text),), 200, 100, due, due, None, text)


def _finding_of(text: str, number: int) -> OpenFinding:
    finding = Finding("missing-value", Severity.ERROR, text, text, text, text, text, number + 2, text, 3)
    return OpenFinding(finding, (Person(text, text, text, False),), "A required cell is blank", text)


def _change_of(text: str) -> ToldChange:
    return ToldChange(change("changed", TODAY, text, text, text, text, text, text, text), ())


def _period_of(text: str) -> LivePeriod:
    return LivePeriod(text, text, text, text, BEGINS, None, "stated", why=text)


HOSTILE: Sequence[str] = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</style><img src=x onerror=alert(3)>",
    "\"'><svg onload=alert(4)>",
    "javascript:alert(5)",
    "JaVaScRiPt:alert(6)//https://example.com",
    "data:text/html,<script>alert(7)</script>",
    "{{ 7*7 }}{% raw %}<!-- ]]>",
    "\u202egnp.exe\u2066 txt",
    "null\x00and\x07bell\x1b[31m",
    "half\ud800 and \udfff half",
    "שלום עולם 3.1 (بيان)",
    "zero\u200bwidth\u200d\ufeff",
    "Z̴̢̛̺͎̈́͗̃" + "\u0301\u0316" * 80,
    "W" * 30_000,
    "word " * 6_000,
    '=HYPERLINK("http://evil.example")',
    "line\nbreak\r\nand\ttab",
    "&lt;b&gt;&amp;&#0;",
    "https://example.com/<script>alert(8)</script>",
    "😀" * 50,
)
"""Texts that people, or worse, may have typed."""
