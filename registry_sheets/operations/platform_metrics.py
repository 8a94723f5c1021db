"""The metrics of a platform's versions as columns of a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from registry_sheets.registry.edits.headings import metric_header
from registry_sheets.registry.edits.values import figure, tidy
from registry_sheets.registry.edits.view import View
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.header_words import metric_of
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.pairing import Paired
from registry_sheets.registry.wording import listed

MOST_METRICS = 20
"""A sheet with so many metric columns gets no more of them: a run may have hundreds of metrics."""

_MACHINE = "system/"
"""So begin the metrics by which MLflow watches the machine (https://mlflow.org/docs/latest/system-metrics)."""


_NOTHING: Mapping[str, Cell] = {}


class MetricColumns:
    """Which metrics of these versions get a column, and how it is headed. ``left`` are the names of the others."""

    def __init__(self, view: View, versions: Iterable[Paired]) -> None:
        counted = Counter(name for one in versions for name in _named(one))
        headers: dict[str, str] = {}
        keys = {name: key for name in sorted(counted) if (key := _key(name))}
        counts: Counter[str] = Counter()
        for name, key in keys.items():
            headers.setdefault(key, metric_header(tidy(name)))
            counts[key] += counted[name]
        there = {key for key, header in headers.items() if _column(view, header) is not None}
        new = sorted(headers.keys() - there, key=lambda key: (-counts[key], key))
        kept = there | set(new[: max(0, MOST_METRICS - len(view.table.metrics))])
        self._headers = {name: headers[key] for name, key in keys.items() if key in kept}
        self.left = tuple(name for name in sorted(counted, key=lambda n: (-counted[n], n)) if name not in self._headers)

    def cells(self, one: Paired, said: Mapping[str, Cell] = _NOTHING) -> dict[str, Cell]:
        """A version's metrics by heading; of names that differ only in case the first.

        ``said`` is what people's sheet said under headings of its own: it comes whole, and goes before them.
        """
        found: dict[str, Cell] = {}
        metrics = one.there.lineage.metrics if one.there.lineage else {}
        for name in sorted(_named(one)):
            if name in self._headers:
                found.setdefault(self._headers[name], figure(metrics[name]))
        taken = {metric_key(header) for header in said}
        return {**{header: cell for header, cell in found.items() if metric_key(header) not in taken}, **said}

    def told(self) -> Iterator[str]:
        """A notice about those that are left out."""
        if self.left:
            count = len(self.left)
            what = f"{count} metric{'' if count == 1 else 's'} {'has' if count == 1 else 'have'} no column here"
            yield (
                f"{what}, as a sheet gets at most {MOST_METRICS} by itself: {listed(self.left, 5)}. "
                f"Head a column '{metric_header('NAME')}' with the name of one before its versions come."
            )


def _column(view: View, header: str) -> int | None:
    return view.headings.place(view.headings.metric_key(header))


def _named(one: Paired) -> Sequence[str]:
    metrics: Mapping[str, float] = one.there.lineage.metrics if one.there.lineage else {}
    return [name for name in metrics if tidy(name) and not name.startswith(_MACHINE)]


def _key(name: str) -> str:
    """By what a metric is known; '' where it cannot head a column."""
    return metric_key(metric_header(tidy(name)))


def metric_key(header: str) -> str:
    """By what a metric's heading is known; '' for another heading."""
    found = metric_of(header)
    return f"{normalise(found[0])}({normalise(found[1])})" if found else ""
