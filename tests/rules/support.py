"""Tables and registries from rows as people type them, read by the real header and cell parsing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from registry_sheets.history.base import History
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.recalling import recall
from registry_sheets.registry.checking import CheckResult, RuleSetting, check
from registry_sheets.registry.edits.standing import EditStanding
from registry_sheets.registry.findings import Hit
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.past.known import Past
from registry_sheets.registry.past.records import Entry
from registry_sheets.registry.platforms.terms import Platforms
from registry_sheets.registry.rules import rule
from registry_sheets.registry.rules.base import EXAMPLE_DAY, Example, MailTerms, Registry
from registry_sheets.registry.table import Lists, ModelTable, Owner
from registry_sheets.registry.table_settings import DateOrder, TableSettings

Row = Mapping[str, Any]

BASELINE = date(2025, 7, 1)
"""The day of the first pass, where a test has rows of one."""

FAULTLESS: Row = {
    "Name": "AC failure",
    "Version": "3.1",
    "Training date": date(2026, 4, 1),
    "Data source": "CRM export 2026-03-31",
    "Location": "Berlin plant",
    "Stage": "Production",
    "Owner": "Anna Meier",
    "Used for": "Rooftop units",
    "What changed": "Retrained with the winter season",
    "Changed by": "Jonas Weber",
    "Why": "Fewer failures missed in the pilot",
    "Deployed on": date(2026, 6, 20),
    "Last reviewed": date(2026, 6, 25),
}
"""A row that no rule finds fault with on EXAMPLE_DAY. A test's row says only what differs from it."""

ERRORS = ("#N/A", "#REF!", "#NAME?", "#DIV/0!", "#VALUE!", "#NUM!", "#NULL!")


def table(
    rows: Sequence[Row], *, whole: bool = True, date_order: DateOrder = "ymd", beyond: Sequence[str] = (), **how: Any
) -> ModelTable:
    """The table of rows (header -> cell), each filled up from FAULTLESS unless ``whole`` is False.

    None as a cell means that the sheet lacks the column; '#N/A' and its like are error cells, and a
    text that starts with '=' is a formula without a value.
    """
    settings = TableSettings(date_order=date_order, **how)
    full = [{**FAULTLESS, **row} if whole else dict(row) for row in rows]
    return parse_models(read := grid(full, beyond), find_header(read, settings), settings)


def grid(rows: Sequence[Row], beyond: Sequence[str] = ()) -> Grid:
    """A tab with the rows' headers in its first row."""
    lacking = {header for row in rows for header, cell in row.items() if cell is None}
    headers = [header for header in dict.fromkeys(header for row in rows for header in row) if header not in lacking]
    cells = [[row.get(header, "") for header in headers] for row in rows]
    places = [(r, c, cell) for r, row in enumerate(cells, 1) for c, cell in enumerate(row) if isinstance(cell, str)]
    errors = {(r, c): cell for r, c, cell in places if cell in ERRORS}
    formulas = frozenset((r, c) for r, c, cell in places if cell.startswith("="))
    for r, c in (*errors, *formulas):
        cells[r - 1][c] = ""
    return Grid("Models", [headers, *cells], errors, formulas, tuple(map(_place, beyond)))


def registry(
    rows: Sequence[Row],
    *,
    today: date = EXAMPLE_DAY,
    lists: Lists | None = None,
    locations: Iterable[str] = (),
    owners: Iterable[str | Owner] = (),
    links: Mapping[str, str] | None = None,
    date_order: DateOrder = "ymd",
    before: Sequence[Row] | None = None,
    edits: tuple[EditStanding, ...] = (),
    mail: MailTerms | None = None,
    platforms: Platforms | None = None,
    **how: Any,
) -> Registry:
    """A registry of the rows; see table() for ``how``. ``before`` are the rows of its baseline, a year ago."""
    models = table(rows, date_order=date_order, **how)
    people = tuple(
        owner if isinstance(owner, Owner) else Owner(owner, "", True, 5 + n) for n, owner in enumerate(owners)
    )
    return Registry(
        name="test",
        models=models,
        lists=lists or Lists(tab="Lists", locations=tuple(locations), owners=people),
        today=today,
        vocabulary=TableSettings().vocabulary(),
        date_order=date_order,
        links=links,
        edits=edits,
        mail=mail,
        platforms=platforms,
        past=past_of_passes([(BASELINE, table(before, **how))], models, today) if before is not None else None,
    )


def past_of_passes(earlier: Sequence[tuple[date, ModelTable]], now: ModelTable, today: date) -> Past | None:
    """What history knows of a table after passes on earlier days."""
    history = MemoryHistory()
    for day, models in earlier:
        record(history, models, day)
    return recall(history, now, today, moment_of(today)).past


def record(history: History, models: ModelTable, day: date) -> None:
    """Record a pass over a table, as `sync` does."""
    known = recall(history, models, day, moment_of(day))
    held = known.comparison.held
    history.record(
        Entry(
            after=held.newest.id if held else None,
            at=known.now,
            day=day,
            ended=known.comparison.ended,
            begun=known.comparison.begun(),
        )
    )


def moment_of(day: date) -> datetime:
    """Early in the morning of a day."""
    return datetime(day.year, day.month, day.day, 5, 30, tzinfo=UTC)


def hits(rule_id: str, rows: Sequence[Row], *, options: Mapping[str, Any] | None = None, **how: Any) -> list[Hit]:
    """What one rule finds in the rows by itself; see registry() for ``how``."""
    judged = rule(rule_id)
    return list(judged.check(registry(rows, **how), judged.options(**(options or {}))))


def checked(rows: Sequence[Row], settings: Mapping[str, RuleSetting] | None = None, **how: Any) -> CheckResult:
    """What the whole check finds in the rows."""
    return check(registry(rows, **how), settings or {})


def of_example(example: Example) -> Registry:
    """The registry that an example of a rule describes."""
    left = example.lists.get("No longer active", ())
    people = [Owner(name, "", name not in left, 5) for name in (*example.lists.get("Owner", ()), *left)]
    return registry(
        [*example.others, example.row],
        beyond=example.beyond,
        links=example.links,
        before=example.before,
        edits=example.edits,
        mail=example.mail,
        platforms=example.platforms() if example.platforms else None,
        lists=Lists(
            tab="Lists",
            locations=example.lists.get("Location", ()),
            owners=tuple(people),
            data_sources=example.lists.get("Data source", ()),
        ),
    )


def _place(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter) - 64
    return int(address[len(letters) :]) - 1, column - 1
