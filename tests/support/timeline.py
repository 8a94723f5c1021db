"""A registry through time: rows as they were on some days, recorded as passes do, and asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from registry_sheets.history.base import History
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.recalling import Recall, Story, recall, story
from registry_sheets.registry.grid import Grid
from registry_sheets.registry.headers import find_header
from registry_sheets.registry.parsing import parse_models
from registry_sheets.registry.past.live_period import LivePeriod
from registry_sheets.registry.past.records import Entry
from registry_sheets.registry.table import ModelTable

Row = Mapping[str, Any]
HEADERS = (
    "Name", "Version", "Stage", "Location", "Used for", "Deployed on", "Training date", "Data source", "Why", "Owner",
    "Notes",
)  # fmt: skip


def row(version: str, stage: str = "Production", deployed: Any = "", **cells: Any) -> dict[str, Any]:
    """A row of the model 'Churn' at Berlin; ``cells`` by heading, with _ for a space."""
    more = {key.replace("_", " "): cell for key, cell in cells.items()}
    base = {"Name": "Churn", "Version": version, "Stage": stage, "Location": "Berlin", "Deployed on": deployed}
    return {**base, "Data source": f"CRM {version}", "Training date": date(2026, 1, 1), **more}


def table(rows: Sequence[Row]) -> ModelTable:
    """The table of rows (heading -> cell)."""
    grid = Grid("Models", [[*HEADERS], *[[one.get(header, "") for header in HEADERS] for one in rows]])
    return parse_models(grid, find_header(grid))


class Timeline:
    """A registry whose passes are recorded in ``history``."""

    def __init__(self, history: History | None = None) -> None:
        self.history = history or MemoryHistory()
        self.rows: Sequence[Row] = ()

    def see(self, day: date, *rows: Row, editor: str = "", credits: Any = None) -> Recall:
        """A pass on a day over these rows, recorded."""
        self.rows = rows
        known = recall(self.history, table(rows), day, moment(day))
        held = known.comparison.held
        self.history.record(
            Entry(
                after=held.newest.id if held else None,
                at=known.now,
                day=day,
                editor=editor,
                edited_at=known.now if editor else None,
                ended=known.comparison.ended,
                begun=known.comparison.begun(credits),
            )
        )
        return known

    def story(self, today: date, *rows: Row) -> Story:
        """The whole history on a day, with the rows as last seen, or these."""
        return story(self.history, table(rows or self.rows), today, moment(today))

    def periods(self, today: date) -> list[LivePeriod]:
        """All periods."""
        return self.story(today).periods()


def moment(day: date) -> datetime:
    """Early in the morning of a day."""
    return datetime(day.year, day.month, day.day, 5, 30, tzinfo=UTC)


def told(periods: Sequence[LivePeriod]) -> list[tuple[str, str, str]]:
    """(version, 'from..to', basis), '?' for a day that is not known and '~' before one by which it was over."""
    return [(p.version, f"{p.start or '?'}..{_end(p)}", p.basis) for p in periods]


def _end(period: LivePeriod) -> str:
    if period.end is None:
        return ""
    return f"{'' if period.end_known else '~'}{period.end}"
