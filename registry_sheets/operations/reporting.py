"""What a look found, with its history, as a report: the values that page, workbook, tables and mails are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from registry_sheets.errors import HistoryUnusable
from registry_sheets.history.base import History
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.looking import Look, Terms
from registry_sheets.operations.recalling import Story, story
from registry_sheets.registry.checking import RuleSetting
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.days import earlier, later
from registry_sheets.registry.findings import Finding
from registry_sheets.registry.grid import Cell, a1
from registry_sheets.registry.identity import is_blank, normalise
from registry_sheets.registry.links import Links, WorkbookLink
from registry_sheets.registry.live import LiveVersion, live_versions
from registry_sheets.registry.owners import Person, owners_of_rows
from registry_sheets.registry.past.change import Change
from registry_sheets.registry.past.completeness import NONE, trend
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.rules import rule
from registry_sheets.registry.rules.retraining_overdue import retraining_days
from registry_sheets.registry.rules.review_overdue import last_seen
from registry_sheets.registry.table import ModelTable, Stage
from registry_sheets.registry.text import shown
from registry_sheets.reports.content import (
    CHANGES_DAYS,
    OVERDUE_RULES,
    LiveLine,
    OpenFinding,
    Report,
    ToldChange,
    VersionRow,
)

TREND_DAYS = 365
"""So far back the trend of completeness goes."""


@dataclass(frozen=True)
class Setting:
    """What a report wants beside the look. ``since`` is the first day whose changes are told, None for the last
    CHANGES_DAYS."""

    terms: Terms
    link: Links = field(default_factory=WorkbookLink)
    since: date | None = None


def report_of(seen: Look, history: History | None, setting: Setting) -> Report:
    """The report of a look. A history that cannot be read is named in it, and the rest is told without it."""
    told, trouble = _story(seen, history)
    table, today = seen.registry.models, seen.registry.today
    owners = owners_of_rows(table, seen.registry.lists)
    places = _Places(table, setting.link)
    points = trend(told.passes, told.spells, earlier(today, TREND_DAYS))
    periods = told.periods()
    headings, rows = _versions(table, owners, places)
    since = setting.since or earlier(today, CHANGES_DAYS)
    return Report(
        registry=seen.name,
        label=seen.label,
        today=today,
        link=setting.link.to_workbook(table.tab),
        complete=seen.complete and not trouble,
        unchecked=(*seen.unchecked, *trouble),
        models=len(table.by_model),
        completeness=points[-1].completeness if points else NONE,
        trend=tuple(points),
        live=tuple(_live(seen, setting, owners, places, periods)),
        findings=tuple(_open(one, table, owners, places) for one in seen.result.findings),
        changes=tuple(_changes(told.changes(since), table, owners)),
        periods=tuple(periods),
        begins=told.begins if told.any_recorded else None,
        headings=headings,
        rows=rows,
        notes=(seen.waiting,) if seen.waiting else (),
        changes_since=since,
    )


def _story(seen: Look, history: History | None) -> tuple[Story, tuple[str, ...]]:
    table, today, editor = seen.registry.models, seen.registry.today, seen.snapshot.last_editor
    try:
        return story(history or MemoryHistory(), table, today, editor=editor), ()
    except HistoryUnusable as error:
        return story(MemoryHistory(), table, today, editor=editor), (f"Not checked: what history tells. {error}",)


class _Places:
    """Where rows and cells are, as links."""

    def __init__(self, table: ModelTable, link: Links) -> None:
        self._table, self._link = table, link
        first = table.columns.get("name") or next(iter(table.columns.values()), None)
        self._column = first.index if first else 0
        self.index_of: Mapping[int, int] = {row: index for index, row in enumerate(table.row_numbers)}

    def row(self, number: int) -> str:
        """A link to a row (from 1)."""
        return self._link.to_cell(self._table.tab, a1(number - 1, self._column)) if number else ""

    def finding(self, finding: Finding) -> str:
        """A link to a finding's cell, its row, or the workbook."""
        if finding.cell:
            return self._link.to_cell(finding.tab or self._table.tab, finding.cell)
        return self.row(finding.row) if finding.row else self._link.to_workbook(self._table.tab)


def _open(finding: Finding, table: ModelTable, owners: Sequence[tuple[Person, ...]], places: _Places) -> OpenFinding:
    index = places.index_of.get(finding.row) if finding.row else None
    people = owners[index] if index is not None else ()
    if index is not None and finding.rule in OVERDUE_RULES and table.name_keys[index] and table.version_keys[index]:
        people = _owners_of_version(index, table, owners)
    if index is None and finding.name:
        people = _owners_of_model(finding.name, table, owners)
    return OpenFinding(finding, people, rule(finding.rule).title, places.finding(finding))


def _owners_of_version(index: int, table: ModelTable, owners: Sequence[tuple[Person, ...]]) -> tuple[Person, ...]:
    """The owners of all rows of a version, where what is overdue is told at one of them only."""
    rows = [
        row for row in table.by_model[table.name_keys[index]] if table.version_keys[row] == table.version_keys[index]
    ]
    return tuple(dict.fromkeys(person for row in rows for person in owners[row]))


def _owners_of_model(name: str, table: ModelTable, owners: Sequence[tuple[Person, ...]]) -> tuple[Person, ...]:
    """The owners of a model, for what is about a version of it that has no row: of its rows that are not archived."""
    rows = table.by_model.get(normalise(name), ())
    current = [row for row in rows if table.judged[row] is not Stage.ARCHIVED]
    return tuple(dict.fromkeys(person for row in current or rows for person in owners[row]))


def _live(
    seen: Look,
    setting: Setting,
    owners: Sequence[tuple[Person, ...]],
    places: _Places,
    periods: Sequence[LivePeriod],
) -> Iterator[LiveLine]:
    table = seen.registry.models
    intervals = retraining_days(table, _days(setting.terms, "retraining-overdue"))
    review_after = _days(setting.terms, "review-overdue")
    for version in live_versions(table, seen.registry.lists, periods):
        index = places.index_of[version.row]
        every = intervals[index] if intervals else None
        seen_on = last_seen(table, index)[0]
        yield LiveLine(
            version=version,
            owners=owners[index],
            age=_age(version, seen.registry.today),
            retrain_every=every,
            retraining_due=_due(version.training_date, every),
            review_due=_due(seen_on, review_after),
            last_reviewed=table.value("last_reviewed")[index],
            link=places.row(version.row),
        )


def _age(version: LiveVersion, today: date) -> int | None:
    return (today - version.training_date).days if version.training_date else None


def _due(start: date | None, days: int | None) -> date | None:
    return later(start, days) if start and days else None


def _days(terms: Terms, rule_id: str) -> int | None:
    """The option ``days`` of a rule that is not off."""
    setting = terms.rules.get(rule_id, RuleSetting())
    found = None if setting.severity == "off" else setting.options.get("days")
    return found if isinstance(found, int) else None


def _changes(
    changes: Sequence[Change], table: ModelTable, owners: Sequence[tuple[Person, ...]]
) -> Iterator[ToldChange]:
    """Each with the owners of its row; where that is gone, with those of its model's other rows."""
    of_row: dict[tuple[str, str], dict[Person, None]] = {}
    of_model: dict[str, dict[Person, None]] = {}
    for name, version, people in zip(table.name_keys, table.version_keys, owners, strict=True):
        of_row.setdefault((name, version), {}).update(dict.fromkeys(people))
        of_model.setdefault(name, {}).update(dict.fromkeys(people))
    for change in changes:
        name, version = normalise(change.name), normalise(change.version)
        found = of_row.get((name, version)) or of_model.get(name) or {}
        yield ToldChange(change, tuple(found))


def _versions(
    table: ModelTable, owners: Sequence[tuple[Person, ...]], places: _Places
) -> tuple[tuple[str, ...], tuple[VersionRow, ...]]:
    """The headings in sheet order, and the rows with their cells; columns without any content are left out."""
    columns = sorted(_columns(table), key=lambda column: column[0])
    filled = [(heading, cells) for _, heading, cells in columns if not all(map(_is_empty, cells))]
    by_row = zip(*(cells for _, cells in filled), strict=True) if filled else iter([()] * len(table))
    rows = tuple(
        VersionRow(number, tuple(cells), owners[index], stage.value if stage else "", places.row(number))
        for index, (number, stage, cells) in enumerate(zip(table.row_numbers, table.stages, by_row, strict=True))
    )
    return tuple(heading for heading, _ in filled), rows


def _columns(table: ModelTable) -> Iterator[tuple[int, str, Sequence[Cell]]]:
    """(place in the sheet, heading, cells) of each column."""
    dates = {column.field for column in COLUMNS if column.kind == "date"}
    for name, column in table.columns.items():
        cells = table.cells(name)
        if name in dates:
            cells = [value or cell for value, cell in zip(table.value(name), cells, strict=True)]
        elif name == "version":
            cells = [shown(cell) for cell in cells]  # 3.1 that was typed as a number is a version all the same
        yield column.index, column.header, cells
    own = [(one.index, one.header) for one in table.metrics] + [(one.index, one.header) for one in table.own_columns]
    for index, header in own:
        yield index, header, table.own[header]


def _is_empty(cell: Cell) -> bool:
    return isinstance(cell, str) and is_blank(cell)
