"""The numbers on top of the page: models, live, gaps, overdue, completeness."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from registry_sheets.registry.findings import Severity
from registry_sheets.reports.content import Report
from registry_sheets.reports.page_charts import percent
from registry_sheets.reports.page_findings import severities
from registry_sheets.reports.page_text import anded, counted


class Number(NamedTuple):
    """A number on top of the page, what it counts, what it is made of, and the section that tells more."""

    value: str
    label: str
    told: str
    section: str
    alarming: bool = False


def numbers(report: Report, live_versions: int) -> Sequence[Number]:
    """Models, live, gaps, overdue, completeness; ``live_versions``: the lines that the page has under Live now."""
    return _models(report), _live(report, live_versions), _gaps(report), _overdue(report), _complete(report)


def _models(report: Report) -> Number:
    label = "model" if report.models == 1 else "models"
    return Number(f"{report.models:,}", label, counted(len(report.rows), "version"), "versions")


def _live(report: Report, versions: int) -> Number:
    label = "live model" if report.live_models == 1 else "live models"
    told = counted(versions, "live version") if versions else "nothing in Production"
    return Number(f"{report.live_models:,}", label, told, "live")


def _gaps(report: Report) -> Number:
    found = [one for one in report.findings if one.finding.severity is not Severity.INFO and not one.overdue]
    label = "gap" if report.gaps == 1 else "gaps"
    told = severities(found) or "nothing to mend"
    return Number(f"{report.gaps:,}", label, told, "findings", alarming=report.gaps > 0)


def _overdue(report: Report) -> Number:
    retraining = sum(one.finding.rule == "retraining-overdue" for one in report.overdue)
    reviews = len(report.overdue) - retraining
    kinds = (counted(retraining, "retraining") if retraining else "", counted(reviews, "review") if reviews else "")
    told = anded(kinds) or "no retraining or review"
    return Number(f"{len(report.overdue):,}", "overdue", told, "age", alarming=bool(report.overdue))


def _complete(report: Report) -> Number:
    done = report.completeness
    told = f"{done.filled:,} of {done.cells:,} cells" if done.cells else "nothing to fill"
    return Number(percent(done.share), "complete", told, "versions")
