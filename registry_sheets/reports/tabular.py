"""A report as JSON and as CSV, for programs. Their keys are stable and never translated.

New keys may come, at the end; none goes or changes its meaning as long as ``format`` is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from math import isfinite
from types import MappingProxyType
from typing import Any, Literal

from registry_sheets.registry.findings import Severity, finding_object
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.identity import is_blank
from registry_sheets.registry.owners import Person
from registry_sheets.registry.past.completeness import NONE, Completeness
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.text import csv_safe, shown
from registry_sheets.reports.content import LiveLine, OpenFinding, Report, ToldChange, VersionRow
from registry_sheets.reports.headings import changes_since

FORMAT = 1
_EXACT = 2.0**53
"""Whole numbers below are exact in all programs."""

Section = Literal["versions", "live", "findings", "changes", "periods"]
SECTIONS: tuple[Section, ...] = ("versions", "live", "findings", "changes", "periods")

VERSION_KEYS = ("row", "stage", "owners", "link")
OWN = "registry_"
"""What stands before VERSION_KEYS in the CSV of versions, whose other columns are the sheet's own: 'registry_stage' is
one of Production, Testing and Archived, or blank, and 'Stage' what people typed."""


def report_object(report: Report) -> dict[str, Any]:
    """A report as an object that JSON can hold. Every key is always there.

    A text is never null, '' is blank in the sheet; a day ('2026-07-01'), a moment ('2026-07-01T02:00:00Z') or a number
    is null where nobody says. In the cells of a version, where a column may hold anything, a blank is null too, and a
    whole number has no decimals.

    Keys: format, registry, sheet, today, link, complete, unchecked (sentences), notes (sentences), models, live_models,
    rows, gaps, overdue, counts {error, warning, info}, completeness {filled, cells, share}, trend [{day, filled, cells,
    share}], history_begins, changes_since (the first day whose changes are told), headings, and

    - versions: row, stage, owners, link, cells (one for each of headings: text, number, true/false or null; days are
      texts, and so is always the version);
    - live: name, version, used_for, location, since, since_observed (true: when a check first saw it),
      training_date, data_source, what_changed, why, replaced, row, owners, age_days, retrain_every_days,
      retraining_due, review_due, last_reviewed, link;
    - findings: rule, severity, name, version, row, column, cell, message, fix, title, since, overdue, owners, link;
    - changes: seen_on, kind (changed, added, removed, column), name, version, column, old, new, by, last_saved_by,
      last_saved_at, owners;
    - periods: name, version, used_for, location, since, until (null: still live), until_known (false: over by that
      day), basis (stated, observed), training_date, data_source, what_changed, why, replaced.

    An owner is {name, address, active}.
    """
    return {
        "format": FORMAT,
        "registry": report.registry,
        "sheet": report.label,
        "today": report.today.isoformat(),
        "link": report.link,
        "complete": report.complete,
        "unchecked": list(report.unchecked),
        "notes": list(report.notes),
        "models": report.models,
        "live_models": report.live_models,
        "rows": len(report.rows),
        "gaps": report.gaps,
        "overdue": len(report.overdue),
        "counts": {severity.value: report.counts[severity] for severity in Severity},
        "completeness": _completeness(report.completeness),
        "trend": [{"day": point.day.isoformat(), **_completeness(point.completeness)} for point in report.trend],
        "history_begins": _day(report.begins),
        "changes_since": changes_since(report).isoformat(),
        "headings": list(report.headings),
        **{section: [_with_people(line) for line in _lines(report, section)] for section in SECTIONS},
    }


def report_json(told: Mapping[str, Any] | Sequence[Mapping[str, Any]], ascii_only: bool = True) -> str:
    """One report_object, or several as an array, as JSON; ``ascii_only`` False leaves all letters as they are."""
    import json

    return json.dumps(told, indent=2, ensure_ascii=ascii_only, allow_nan=False) + "\n"


def report_csv(reports: Sequence[Report], section: Section = "versions") -> str:
    """One section of reports as CSV, safe to open in a spreadsheet.

    The columns are ``registry`` and the keys that report_object tells for the section, owners as one text ('Ana;
    Ben'), blank where nobody says. Versions have VERSION_KEYS as registry_row, registry_stage, registry_owners and
    registry_link, so that none is like a column of the sheet but for its case, and then the sheet's own columns by
    their headings as people typed them; where several registries have a heading, it is one column.
    """
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    headings, rows = _versions_table(reports) if section == "versions" else _table(reports, section)
    writer.writerow([_csv_cell(heading) for heading in headings])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def unseen(registry: str, label: str, today: date, why: str) -> Report:
    """The report of a registry that could not be seen: all keys, nothing in them, and not complete."""
    return Report(
        registry=registry,
        label=label,
        today=today,
        link="",
        complete=False,
        unchecked=(why,),
        models=0,
        completeness=NONE,
        trend=(),
        live=(),
        findings=(),
        changes=(),
        periods=(),
        begins=None,
        headings=(),
        rows=(),
    )


# Sections


def _lines(report: Report, section: Section) -> Iterator[dict[str, Any]]:
    """The lines of a section, each with all its keys; owners are people still."""
    made: Mapping[Section, tuple[Callable[[Any], dict[str, Any]], Sequence[Any]]] = {
        "versions": (_version, report.rows),
        "live": (_live, report.live),
        "findings": (_finding, report.findings),
        "changes": (_change, report.changes),
        "periods": (_period, report.periods),
    }
    line_of, lines = made[section]
    return map(line_of, lines)


def _version(row: VersionRow) -> dict[str, Any]:
    return {
        "row": row.row,
        "stage": row.stage,
        "owners": row.owners,
        "link": row.link,
        "cells": [_plain(cell) for cell in row.cells],
    }


def _live(line: LiveLine) -> dict[str, Any]:
    live = line.version
    return {
        "name": live.name,
        "version": live.version,
        "used_for": live.used_for,
        "location": live.location,
        "since": _day(live.since),
        "since_observed": live.observed,
        "training_date": _day(live.training_date),
        "data_source": live.data_source,
        "what_changed": live.what_changed,
        "why": live.why,
        "replaced": live.replaced,
        "row": live.row or None,
        "owners": line.owners,
        "age_days": line.age,
        "retrain_every_days": line.retrain_every,
        "retraining_due": _day(line.retraining_due),
        "review_due": _day(line.review_due),
        "last_reviewed": _day(line.last_reviewed),
        "link": line.link,
    }


def _finding(open_: OpenFinding) -> dict[str, Any]:
    finding = open_.finding
    return {
        **finding_object(finding),
        "column": finding.column or "",
        "cell": finding.cell or "",
        "title": open_.title,
        "since": _day(finding.since),
        "overdue": open_.overdue,
        "owners": open_.owners,
        "link": open_.link,
    }


def _change(told: ToldChange) -> dict[str, Any]:
    change = told.change
    return {
        "seen_on": change.day.isoformat(),
        "kind": change.kind,
        "name": change.name,
        "version": change.version,
        "column": change.column,
        "old": change.old,
        "new": change.new,
        "by": change.by,
        "last_saved_by": change.editor,
        "last_saved_at": moment(change.edited_at),
        "owners": told.owners,
    }


def _period(period: LivePeriod) -> dict[str, Any]:
    return {
        "name": period.name,
        "version": period.version,
        "used_for": period.used_for,
        "location": period.location,
        "since": _day(period.start),
        "until": _day(period.end),
        "until_known": period.end_known,
        "basis": period.basis,
        "training_date": _day(period.training_date),
        "data_source": period.data_source,
        "what_changed": period.what_changed,
        "why": period.why,
        "replaced": period.replaced,
    }


_KEYS: Mapping[Section, tuple[str, ...]] = MappingProxyType(
    {
        "live": (
            "name", "version", "used_for", "location", "since", "since_observed", "training_date", "data_source",
            "what_changed", "why", "replaced", "row", "owners", "age_days", "retrain_every_days", "retraining_due",
            "review_due", "last_reviewed", "link",
        ),
        "findings": (
            "rule", "severity", "name", "version", "row", "column", "cell", "message", "fix", "title", "since",
            "overdue", "owners", "link",
        ),
        "changes": (
            "seen_on", "kind", "name", "version", "column", "old", "new", "by", "last_saved_by", "last_saved_at",
            "owners",
        ),
        "periods": (
            "name", "version", "used_for", "location", "since", "until", "until_known", "basis", "training_date",
            "data_source", "what_changed", "why", "replaced",
        ),
    }
)  # fmt: skip
"""The columns of CSV, which has them even where there is no line."""


# Values


def moment(at: datetime | None) -> str | None:
    """A moment in UTC: '2026-07-01T02:00:00Z'."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z") if at else None


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _completeness(one: Completeness) -> dict[str, Any]:
    return {"filled": one.filled, "cells": one.cells, "share": None if one.share is None else round(one.share, 4)}


def _plain(cell: Cell) -> str | int | float | bool | None:
    """A cell as JSON can hold it: null for a blank, 90 for 90.0, which spreadsheets do not tell apart; what has no kind
    of its own there is the text that a person reads."""
    if isinstance(cell, str) and is_blank(cell):
        return None
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _EXACT:
        return int(cell)
    if isinstance(cell, (str, bool, int)) or (isinstance(cell, float) and isfinite(cell)):
        return cell
    return shown(cell)


def _with_people(line: dict[str, Any]) -> dict[str, Any]:
    if "owners" not in line:
        return line
    people: Iterable[Person] = line["owners"]
    return {**line, "owners": [{"name": one.name, "address": one.address, "active": one.active} for one in people]}


# CSV


def _table(reports: Sequence[Report], section: Section) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    keys = _KEYS[section]
    rows = ([report.registry, *(line[key] for key in keys)] for report in reports for line in _lines(report, section))
    return ("registry", *keys), rows


def _versions_table(reports: Sequence[Report]) -> tuple[Sequence[str], Iterable[Sequence[Any]]]:
    columns = list(dict.fromkeys(column for report in reports for column in _numbered(report.headings)))
    headings = ("registry", *(OWN + key for key in VERSION_KEYS), *(heading for heading, _ in columns))
    return headings, (row for report in reports for row in _versions_of(report, columns))


def _versions_of(report: Report, columns: Sequence[tuple[str, int]]) -> Iterator[Sequence[Any]]:
    places = {column: place for place, column in enumerate(_numbered(report.headings))}
    for line in _lines(report, "versions"):
        cells = [line["cells"][places[column]] if column in places else "" for column in columns]
        yield [report.registry, *(line[key] for key in VERSION_KEYS), *cells]


def _numbered(headings: Sequence[str]) -> list[tuple[str, int]]:
    """Headings with how often each stood before: people may have two of a name, or none."""
    seen: dict[str, int] = {}
    found = []
    for heading in headings:
        found.append((heading, seen.get(heading, 0)))
        seen[heading] = seen.get(heading, 0) + 1
    return found


def _csv_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        value = "; ".join(person.name for person in value)
    return csv_safe(value) if isinstance(value, str) else value
