"""A comparison as it is printed: for a person (compare_table), as JSON, as CSV.

JSON is one object::

    {"registry": "demo", "name": "AC failure",
     "versions": [{"version": "3.1", "facts": {"location": ["Plant A"], ...}, "own": {"Client": "Kestrel", ...},
                   "metrics": {"MAPE (holidays)": 18.7, "Recall": "0.81 (n=40)", ...}}, ...],
     "metrics": [{"metric": "MAPE", "period": "holidays", "direction": "lower", "best": ["3.1"],
                  "values": {"3.1": 18.7, "3.2": null, ...}}, ...],
     "changes": [{"from": "3.1", "to": "3.2",
                  "fields": [{"field": "why", "header": "Why", "old": null, "new": "Fewer false alarms"}, ...],
                  "metrics": [{"metric": "MAPE", "period": "holidays", "old": 18.7, "new": 17.2,
                               "delta": -1.5, "better": true}, ...]}, ...]}

A fact is a text (dates as 2026-06-30), a list of texts where the column takes several, null where blank; where
the rows of one version tell different things, an object: place -> fact. ``facts`` are the known columns by
field, ``own`` the people's own by heading (``field`` null in changes); both have what at least one version
fills. A metric is a number, a text as it was typed, or null. ``direction`` is lower, higher, zero (the nearer
the better), none (the config says so) or null (its name does not tell). ``delta`` and ``better`` are null where
there are not two plain numbers, ``better`` also where it is unknown which way is better.

CSV has a line for each fact and metric: column,metric,period,direction, then the versions, then best: the best
versions with '; ' between them.
"""

from __future__ import annotations

import csv
import json
import sys
from typing import Any

from registry_sheets.cli.compare_table import print_table, unversioned_line
from registry_sheets.cli.failures import say
from registry_sheets.cli.flags import Format
from registry_sheets.cli.running import Outcome
from registry_sheets.cli.streams import as_ascii
from registry_sheets.operations.compare import Change, Comparison, FactLine, told_text
from registry_sheets.operations.compare_metrics import MetricLine, Value, value_text
from registry_sheets.registry.text import csv_safe


def print_comparison(outcome: Outcome, comparison: Comparison, format_: Format) -> None:
    """Print it in one of the three formats; what a program would not see goes to standard error."""
    if format_ is Format.TABLE:
        label = outcome.look.label if outcome.look else outcome.config.name
        print_table(comparison, label)
        return
    if comparison.unversioned:
        say(unversioned_line(comparison))
    if format_ is Format.CSV:
        _print_csv(comparison)
    else:
        told = comparison_object(outcome.config.name, comparison)
        print(json.dumps(told, indent=2, ensure_ascii=as_ascii(sys.stdout)))


def comparison_object(registry: str, comparison: Comparison) -> dict[str, Any]:
    """The comparison as one JSON object."""
    return {
        "registry": registry,
        "name": comparison.name,
        "versions": [_version(comparison, place) for place in range(len(comparison.versions))],
        "metrics": [_metric(line, comparison) for line in comparison.metrics],
        "changes": [_change(change, comparison) for change in comparison.changes],
    }


def _version(comparison: Comparison, place: int) -> dict[str, Any]:
    return {
        "version": comparison.versions[place],
        "facts": {line.field: line.values[place] for line in comparison.facts if line.field},
        "own": {line.header: line.values[place] for line in comparison.facts if not line.field},
        "metrics": {line.label: line.values[place] for line in comparison.metrics},
    }


def _metric(line: MetricLine, comparison: Comparison) -> dict[str, Any]:
    return {
        "metric": line.metric,
        "period": line.period,
        "direction": line.direction,
        "best": best_versions(line, comparison),
        "values": dict(zip(comparison.versions, line.values, strict=True)),
    }


def best_versions(line: MetricLine, comparison: Comparison) -> list[str]:
    """The versions that are best by this metric."""
    return [comparison.versions[place] for place in line.best]


def _change(change: Change, comparison: Comparison) -> dict[str, Any]:
    return {
        "from": comparison.versions[change.old],
        "to": comparison.versions[change.new],
        "fields": [_fact_change(line, change) for line in change.facts],
        "metrics": [_metric_change(line, change) for line in change.metrics],
    }


def _fact_change(line: FactLine, change: Change) -> dict[str, Any]:
    return {
        "field": line.field or None,
        "header": line.header,
        "old": line.values[change.old],
        "new": line.values[change.new],
    }


def _metric_change(line: MetricLine, change: Change) -> dict[str, Any]:
    return {
        "metric": line.metric,
        "period": line.period,
        "old": line.values[change.old],
        "new": line.values[change.new],
        "delta": line.delta(change.new),
        "better": line.better[change.new],
    }


def _print_csv(comparison: Comparison) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("column", "metric", "period", "direction", *map(csv_safe, comparison.versions), "best"))
    for line in comparison.facts:
        writer.writerow([csv_safe(line.header), "", "", "", *(csv_safe(told_text(told)) for told in line.values), ""])
    for metric in comparison.metrics:
        names = (metric.header, metric.metric, metric.period, metric.direction or "")
        best = csv_safe("; ".join(best_versions(metric, comparison)))
        writer.writerow([*map(csv_safe, names), *map(_csv_value, metric.values), best])


def _csv_value(value: Value) -> str:
    """A number stays one, minus sign and all; a text must not become a formula."""
    return csv_safe(value) if isinstance(value, str) else value_text(value)
