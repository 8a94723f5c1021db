"""Columns of a sheet by fact key, and the fact key of a heading that somebody typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry_sheets.registry.columns import METRIC_PREFIX
from registry_sheets.registry.header_words import Words, header_key, is_check, metric_of
from registry_sheets.registry.headers import HeaderMatch
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.past.facts import header_of, own_key
from registry_sheets.registry.table import MetricColumn, ModelTable, TableColumn
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.registry.text import one_line


def metric_header(name: str) -> str:
    """The heading for a metric: 'Metric: MAPE (holidays)'."""
    text = one_line(name)
    return text if metric_of(text) else f"{METRIC_PREFIX} {text}"


@dataclass(frozen=True)
class Headings:
    """Which column (from 0) a fact key names: fields by mapping, metrics by name and period, others by heading."""

    columns: Mapping[str, TableColumn]
    metrics: Sequence[MetricColumn]
    own: Sequence[TableColumn]
    _others: Mapping[str, tuple[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        others = {normalise(one.header): (one.header, one.index) for one in reversed(self.own)}
        others |= {_level(one.header): (one.header, one.index) for one in reversed(self.metrics)}
        object.__setattr__(self, "_others", others)

    @classmethod
    def of_match(cls, match: HeaderMatch) -> Headings:
        return cls(match.columns, match.metrics, match.own)

    @classmethod
    def of_table(cls, table: ModelTable) -> Headings:
        return cls(table.columns, table.metrics, table.own_columns)

    def place(self, key: str) -> int | None:
        """The column of a fact key; None where the sheet has none."""
        if key in self.columns:
            return self.columns[key].index
        found = self._other(key)
        return found[1] if found else None

    def header(self, key: str) -> str:
        """The heading as it stands in the sheet, or as a new column is headed."""
        if key in self.columns:
            return self.columns[key].header
        found = self._other(key)
        return found[0] if found else header_of(key)

    def key(self, typed: str, settings: TableSettings) -> str | None:
        """The fact key for a heading that somebody typed. None for the tool's own Check column, or nothing.

        A column that stands in the sheet comes first, then what the heading would mean in it.
        """
        text = one_line(typed)
        if not text or is_check(text):
            return None
        if found := self._others.get(_level(text)):
            return own_key(found[0])
        for name, there in self.columns.items():
            if normalise(there.header) == normalise(text):
                return name
        return Words.of(settings).certain.get(header_key(text)) or own_key(text)

    def metric_key(self, name: str) -> str:
        """The fact key of a metric."""
        found = self._others.get(_level(metric_header(name)))
        return own_key(found[0] if found else metric_header(name))

    def _other(self, key: str) -> tuple[str, int] | None:
        return self._others.get(_level(header_of(key))) if key == own_key(header_of(key)) else None


def alike(one: str, other: str) -> bool:
    """Whether two fact keys name one column."""
    return one == other or (one[:1] == other[:1] == "+" and _level(one[1:]) == _level(other[1:]))


def _level(header: str) -> str:
    """What of a heading counts."""
    found = metric_of(header)
    return f"metric:{normalise(found[0])}({normalise(found[1])})" if found else normalise(one_line(header))
