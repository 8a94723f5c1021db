"""The sections of a report as DataFrames, and the figures that its charts show.

Every frame is of dtype object unless it says otherwise: texts, days and numbers stay what they are, and a blank is
None. pandas is imported by who calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from registry_sheets.registry.findings import Severity
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.owners import Person
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.tabs.changes import what
from registry_sheets.registry.text import one_line
from registry_sheets.reports.content import LiveLine, OpenFinding, Report

if TYPE_CHECKING:
    import pandas as pd

NOBODY = "(nobody)"
NO_STAGE = "(no stage)"
MOST_BARS = 15
"""So many owners, or live versions, a chart can show and still be read."""


class Section(NamedTuple):
    """A tab of the report: its cells, and a link for each row ('' none), shown on the column ``linked``."""

    title: str
    frame: pd.DataFrame
    links: Sequence[str]
    linked: str


def sections(report: Report) -> list[Section]:
    """The tabs after the summary, in their order."""
    return [registry(report), live(report), findings(report), changes(report), periods(report)]


def registry(report: Report) -> Section:
    """All versions: the row in the sheet, then the sheet's own columns with their headings as people typed them."""
    headings = ("Row", *report.headings)
    rows = [(row.row, *row.cells) for row in report.rows]
    return Section("Registry", _frame(rows, headings), [row.link for row in report.rows], "Row")


def live(report: Report) -> Section:
    """What is live: one row for each place and use."""
    headings = (
        "Model", "Version", "Used for", "Location", "Live since", "Known by", "Training date", "Age (days)",
        "Retrain every (days)", "Retraining due", "Last reviewed", "Review due", "Owner", "Data source", "What changed",
        "Why", "Replaced",
    )  # fmt: skip
    rows = [_live_row(line) for line in report.live]
    links = [line.link for line in report.live]
    return Section("Live", _frame(rows, headings), links, "Model")


def _live_row(line: LiveLine) -> Sequence[Any]:
    of = line.version
    basis = "observed" if of.observed else ("stated" if of.since else "")
    return (
        of.name, of.version, of.used_for, of.location, of.since, basis, of.training_date, line.age, line.retrain_every,
        line.retraining_due, line.last_reviewed, line.review_due, _names(line.owners), of.data_source, of.what_changed,
        of.why, of.replaced,
    )  # fmt: skip


def findings(report: Report) -> Section:
    """What is wrong or missing, worst first."""
    headings = (
        "Severity", "Model", "Version", "Column", "Place", "What is wrong", "What to do", "Seen since", "Owner",
        "Overdue", "Rule",
    )  # fmt: skip
    rows = [_finding_row(one) for one in report.findings]
    links = [one.link for one in report.findings]
    return Section("Findings", _frame(rows, headings), links, "Place")


def _finding_row(open_: OpenFinding) -> Sequence[Any]:
    of = open_.finding
    place = of.cell or (f"row {of.row}" if of.row else "the sheet")
    return (
        of.severity.value, of.name, of.version, of.column, place, of.message, of.fix, of.since, _names(open_.owners),
        "overdue" if open_.overdue else "", of.rule,
    )  # fmt: skip


def changes(report: Report) -> Section:
    """What changed lately, newest first."""
    headings = (
        "Seen on", "Model", "Version", "Column", "Old", "New", "Recorded by", "Owner",
        "Last saved by (may not have made this change)", "Last saved at (UTC)",
    )  # fmt: skip
    rows = [
        (of.day, of.name, of.version, *what(of), of.by, _names(one.owners), of.editor, _utc(of.edited_at))
        for one in report.changes
        for of in (one.change,)
    ]
    return Section("Changes", _frame(rows, headings), ["" for _ in rows], "Seen on")


def periods(report: Report) -> Section:
    """Every time in which a version was live, for whoever asks what ran on a given day."""
    headings = (
        "Model", "Version", "Used for", "Location", "From", "To", "End", "Known by", "Training date", "Data source",
        "What changed", "Why", "Replaced",
    )  # fmt: skip
    rows = [
        (
            of.name, of.version, of.used_for, of.location, of.start, of.end,
            _end(of), of.basis, of.training_date,
            of.data_source, of.what_changed, of.why, of.replaced,
        )
        for of in report.periods
    ]  # fmt: skip
    return Section("Live periods", _frame(rows, headings), ["" for _ in rows], "Model")


def _end(period: LivePeriod) -> str:
    if period.end is None:
        return "still live"
    return "its last day" if period.end_known else "over by that day"


# Figures


def trend_figures(report: Report) -> pd.DataFrame:
    """Day and Completeness (0 to 1), one row for each day, as it held on from one point to the next."""
    import numpy as np
    import pandas as pd

    # In seconds, for nanoseconds end in 2262 and --today may name any day.
    days = pd.DatetimeIndex(np.array([point.day for point in report.trend], dtype="datetime64[s]"))
    shares = pd.Series([point.completeness.share for point in report.trend], index=days, dtype="float64").dropna()
    daily = shares[~shares.index.duplicated(keep="last")].resample("D").ffill() if len(shares) else shares
    return pd.DataFrame({"Day": [day.date() for day in daily.index], "Completeness": daily.round(4).tolist()})


def owner_figures(report: Report) -> pd.DataFrame:
    """Findings of each owner by severity, who has most of them first, the last row for all others together."""
    import pandas as pd

    rows = [(key, one.finding.severity.value) for one in report.findings for key in _keys(one.owners)]
    names = {person.key: _short(person.name) for one in report.findings for person in one.owners}
    long = pd.DataFrame(rows, columns=["Owner", "Severity"], dtype=object)
    counted = pd.crosstab(long["Owner"], long["Severity"]) if rows else pd.DataFrame(index=pd.Index([], name="Owner"))
    table = counted.reindex(columns=[one.value for one in Severity], fill_value=0)
    severities = [one.value for one in Severity]
    ranked = table.assign(total=table.sum(axis=1)).sort_values(["total", *severities], ascending=False, kind="stable")
    ordered = ranked[severities]
    shown = ordered.iloc[:MOST_BARS]
    if len(ordered) > MOST_BARS:
        rest = ordered.iloc[MOST_BARS - 1 :]
        total = pd.DataFrame([rest.sum()], index=[f"{len(rest)} others"])
        shown = pd.concat([ordered.iloc[: MOST_BARS - 1], total])
    named = shown.rename(columns={"error": "Errors", "warning": "Warnings", "info": "For information"})
    return named.rename(index=names).rename_axis("Owner").reset_index()


def age_figures(report: Report) -> pd.DataFrame:
    """Live versions by age in days and their retraining days, the most overdue first; each version once."""
    import pandas as pd

    lines = {_version_of(line): line for line in report.live if line.age is not None}
    frame = pd.DataFrame(
        [(_label(line), line.age, line.retrain_every) for line in lines.values()],
        columns=["Live version", "Age (days)", "Retrain every (days)"],
        dtype=object,
    )
    age, every = pd.to_numeric(frame["Age (days)"]), pd.to_numeric(frame["Retrain every (days)"])
    order = pd.DataFrame({"over": age - every, "age": age}).sort_values(["over", "age"], ascending=False, kind="stable")
    return frame.loc[order.index[:MOST_BARS]]


def stage_figures(report: Report) -> pd.DataFrame:
    """How many versions are in each stage."""
    import pandas as pd

    stages = pd.Series([row.stage or NO_STAGE for row in report.rows], dtype=object)
    counted = stages.value_counts().reindex(["Production", "Testing", "Archived", NO_STAGE], fill_value=0)
    return counted.rename_axis("Stage").reset_index(name="Versions")


def rule_figures(report: Report) -> pd.DataFrame:
    """How many findings each rule has, most first."""
    import pandas as pd

    rows = [(one.title or one.finding.rule, one.finding.rule) for one in report.findings]
    long = pd.DataFrame(rows, columns=["What is wrong", "Rule"], dtype=object)
    counted = long.groupby(["What is wrong", "Rule"], sort=True).size().reset_index(name="Findings")
    return counted.sort_values("Findings", ascending=False, kind="stable")


def _version_of(line: LiveLine) -> tuple[str, str]:
    return normalise(line.version.name), normalise(line.version.version)


def _label(line: LiveLine) -> str:
    parts = (_short(line.version.name, 38), _short(line.version.version, 14))
    return " ".join(filter(None, parts)) or "(no name)"


def _short(text: str, longest: int = 44) -> str:
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def _keys(owners: Iterable[Person]) -> Sequence[str]:
    return [person.key for person in owners] or [NOBODY]


def _names(owners: Iterable[Person]) -> str:
    return "; ".join(person.name for person in owners)


def _utc(at: datetime | None) -> datetime | None:
    """A moment as a spreadsheet can hold it: without a time zone."""
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0) if at else None


def _frame(rows: Sequence[Sequence[Any]], headings: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(rows, columns=list(headings), dtype=object)
