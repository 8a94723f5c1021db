"""A report as GitHub Markdown, for a wiki page or a pull request.

It stays under what GitHub takes for one text (65,536 characters), so long sections are cut and say so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import Any
from urllib.parse import quote

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.owners import Person
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.tabs.changes import what
from registry_sheets.registry.text import shown, terminal_safe
from registry_sheets.reports.content import LiveLine, OpenFinding, Report, ToldChange
from registry_sheets.reports.headings import about, changes_since, heading

LIMIT = 65_536
"""The characters that GitHub takes: docs.github.com, "body is too long (maximum is 65536 characters)"."""

_BUDGETS = {"live": 13_000, "findings": 15_000, "changes": 8_000, "periods": 8_000, "versions": 12_000}
_SENTENCES = 4_000
_LONGEST = 160
_MOST_COLUMNS = 10
_LINK_LIMIT = 500
_WHOLE = "The whole, as a workbook: `registry-sheets report --format xlsx`"

_BREAK = "&#8203;"  # a space without width, as an entity: it is seen in the source and not on the page
_MARKS = re.compile(r"([\\`*_\[\]|~^#])")
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "\0"})
_LIVING = re.compile(
    r"(@|#(?=\w)|\bGH-(?=\w)|\bwww(?=\.)|:(?=//|[\w+-]*[a-z_+-][\w+-]*:))",  # people, issues, sites, emoji
    re.IGNORECASE,
)
_LIST_START = re.compile(r"^(\d+(?=[.)](?:\s|$))|(?=[-+=:]))([-+.)=:])")


def escaped(text: str, longest: int = _LONGEST) -> str:
    """Text as GitHub shows it letter by letter: on one line, no markup, link, mention, reference or formula."""
    line = terminal_safe(text[: 4 * longest])
    line = line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
    line = _MARKS.sub(r"\\\1", line.translate(_ENTITIES))
    line = _LIST_START.sub(r"\1\\\2", _LIVING.sub(rf"\1{_BREAK}", line))
    return line.replace("\0", "&#36;")


def link_to(label: str, link: str) -> str:
    """A link with a text that is ours; the text alone where there is none, or one that a page cannot follow."""
    if not link.lower().startswith(("https://", "http://")) or len(link) > _LINK_LIMIT:
        return label
    return f"[{label}]({quote(link, safe=_SAFE_IN_LINK)})"


_SAFE_IN_LINK = "%/:?#@!$&'*+,;=-._~"


def report_markdown(report: Report) -> str:
    """The report of one registry: numbers, what is live and why, findings, changes, live periods, versions."""
    parts = [
        f"# {escaped(heading(report))}",
        _about(report),
        *_sentences(report),
        _numbers(report),
        f"## Live now\n\n{_live(report)}",
        f"## Findings\n\n{_findings(report)}",
        f"## Changes since {changes_since(report)}\n\n{_changes(report)}",
        f"## Live periods\n\n{_periods(report)}",
        f"## Versions\n\n{_versions(report)}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


# Sections


def _about(report: Report) -> str:
    link = link_to("open the sheet", report.link)
    begins = f"history since {report.begins.isoformat()}" if report.begins else ""
    parts = [escaped(about(report)), begins, link if report.link else ""]
    return " · ".join(filter(None, parts))


def _sentences(report: Report) -> Iterator[str]:
    if not report.complete:
        yield "**Not everything could be checked.**"
    told = [f"- {escaped(sentence, 300)}" for sentence in (*report.unchecked, *report.notes)]
    shown = _within(told, _SENTENCES)
    if told:
        yield "\n".join([*shown, *([f"- and {len(told) - len(shown):,} more"] if len(shown) < len(told) else [])])


def _numbers(report: Report) -> str:
    share = report.completeness.share
    counts = report.counts
    rows = [
        ("Models", f"{report.models:,}"),
        ("Versions", f"{len(report.rows):,}"),
        ("Models that are live", f"{report.live_models:,}"),
        ("Errors", f"{counts[Severity.ERROR]:,}"),
        ("Warnings", f"{counts[Severity.WARNING]:,}"),
        ("Overdue", f"{len(report.overdue):,}"),
        ("Cells filled, of those that count", "nothing to fill" if share is None else f"{share:.0%}"),
    ]
    return _table(("", ""), rows, 2_000)


def _live(report: Report) -> str:
    if not report.live:
        return "No version is in Production."
    headings = ("Model", "Version", "Used for", "Location", "Since", "Trained", "Retraining due", "Owner", "Why")
    return _table(headings, map(_live_row, report.live), _BUDGETS["live"])


def _live_row(line: LiveLine) -> Sequence[str]:
    live = line.version
    due = f"{_day(line.retraining_due)}{' (overdue)' if _is_past(line) else ''}"
    return (
        _linked(live.name or "(no name)", line.link),
        *map(escaped, (live.version, live.used_for, live.location)),
        f"{_day(live.since)}{' (first seen)' if live.observed else ''}",
        f"{_day(live.training_date)}{f' ({line.age:,} days)' if line.age is not None else ''}",
        due,
        _people(line.owners),
        escaped(live.why or "not written down"),
    )


def _is_past(line: LiveLine) -> bool:
    return bool(line.age is not None and line.retrain_every and line.age > line.retrain_every)


def _findings(report: Report) -> str:
    if not report.findings:
        return "None." if report.complete else "None in what could be checked."
    headings = ("Owner", "Severity", "Model", "Version", "Place", "What is wrong", "What to do", "Since")
    return _table(headings, map(_finding_row, report.findings), _BUDGETS["findings"])


def _finding_row(open_: OpenFinding) -> Sequence[str]:
    finding = open_.finding
    return (
        _people(open_.owners) or "(nobody)",
        finding.severity.value,
        *map(escaped, (finding.name, finding.version)),
        _linked(place_of(finding), open_.link),
        escaped(finding.message, 300),
        escaped(finding.fix, 300),
        _day(finding.since),
    )


def place_of(finding: Finding) -> str:
    """'Location, cell E5', 'row 5', 'the sheet as a whole'."""
    at = f"cell {finding.cell}" if finding.cell else (f"row {finding.row}" if finding.row else "")
    return ", ".join(filter(None, (finding.column or "", at))) or "the sheet as a whole"


def _changes(report: Report) -> str:
    if not report.changes:
        return "None." if report.begins else "There is no history yet."
    headings = ("Seen on", "Model", "Version", "Column", "Old", "New", "Recorded by")
    return _table(headings, map(_change_row, report.changes), _BUDGETS["changes"])


def _change_row(told: ToldChange) -> Sequence[str]:
    change = told.change
    return change.day.isoformat(), *map(escaped, (change.name, change.version, *what(change), change.by))


def _periods(report: Report) -> str:
    if not report.periods:
        return "None is known."
    headings = ("Model", "Version", "Used for", "Location", "From", "To", "Known by", "Why")
    return _table(headings, map(_period_row, report.periods), _BUDGETS["periods"])


def _period_row(period: LivePeriod) -> Sequence[str]:
    until = _day(period.end) if period.end_known else f"by {_day(period.end)}"
    return (
        *map(escaped, (period.name, period.version, period.used_for, period.location)),
        _day(period.start) or "not known",
        until or "still live",
        period.basis,
        escaped(period.why),
    )


def _versions(report: Report) -> str:
    if not report.rows:
        return "The sheet has no rows yet."
    headings = [escaped(heading, 40) for heading in report.headings[:_MOST_COLUMNS]]
    rows = (
        [_linked(str(row.row), row.link), *(escaped(shown(cell), 80) for cell in row.cells[:_MOST_COLUMNS])]
        for row in report.rows
    )
    table = _table(("Row", *headings), rows, _BUDGETS["versions"])
    left_out = len(report.headings) - _MOST_COLUMNS
    return f"{table}\n\nThe first {_MOST_COLUMNS} columns are shown. {_WHOLE}" if left_out > 0 else table


# Pieces


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], budget: int) -> str:
    """A table of cells that are escaped, cut before it is longer than ``budget`` and then saying so."""
    lines = [_row(headings), _row(["---"] * len(headings)), *map(_row, rows)]
    shown = _within(lines, budget)
    more = f"\n\nAnd {len(lines) - len(shown):,} more. {_WHOLE}" if len(shown) < len(lines) else ""
    return "\n".join(shown) + more


def _within(lines: Sequence[str], budget: int) -> Sequence[str]:
    """The first lines that together are not longer than ``budget``."""
    ends = accumulate(len(line) + 1 for line in lines)
    return lines[: sum(end <= budget for end in ends)]


def _row(cells: Sequence[Any]) -> str:
    return f"| {' | '.join(cells)} |"


def _linked(text: str, link: str) -> str:
    return link_to(escaped(text), link)


def _people(people: Iterable[Person]) -> str:
    return escaped(", ".join(person.name for person in people))


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""
