"""Reports of small registries as the product makes them (rows, their past, a check), for mails about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from registry_sheets.history.base import History
from registry_sheets.history.memory import MemoryHistory
from registry_sheets.operations.looking import Look, Memories, Terms, look
from registry_sheets.operations.recording import record_pass
from registry_sheets.operations.reporting import Setting, report_of
from registry_sheets.registry.checking import RuleSetting
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.links import WorkbookLink
from registry_sheets.reports.content import Report
from registry_sheets.reports.digest import Digest, who
from registry_sheets.workbooks.base import LastEditor
from registry_sheets.workbooks.memory import MemoryWorkbook
from tests.support.registries import TODAY, version

HEADINGS = {column.field: column.header for column in COLUMNS}
LINK = "https://files.example.com/models.xlsx?cell={cell}&tab={tab}"
WEEK = "2026-W27"
TERMS = Terms(
    "demo",
    rules={
        "retraining-overdue": RuleSetting(options={"days": 90}),
        "review-overdue": RuleSetting(options={"days": 60}),
    },
)
OWNERS = (
    ("Ana Kovač", "ana@example.com", "yes"),
    ("Bo Lind", "bo@example.com", "yes"),
    ("Cleo", "", "yes"),
    ("Dag Moe", "dag@example.com", "no"),
)
Rows = Sequence[Mapping[str, Cell]]


def mailed_report(rows: Rows, before: Mapping[date, Rows] | None = None, notes: Sequence[str] = ()) -> Report:
    """The report of rows as of TODAY; ``before`` are the rows as passes saw them on earlier days."""
    history = MemoryHistory()
    for day, then in (before or {}).items():
        _looked(then, day, history)
    made = report_of(_looked(rows, TODAY, history), history, Setting(TERMS, WorkbookLink(LINK)))
    return replace(made, notes=tuple(notes))


def _looked(rows: Rows, today: date, history: History) -> Look:
    keys = [*HEADINGS]
    cells: list[list[Any]] = [[HEADINGS[key] for key in keys], *([row.get(key, "") for key in keys] for row in rows)]
    owners: list[list[Cell]] = [["Owner", "E-mail", "Active"]]
    owners += [list(owner) for owner in OWNERS]
    lists = Grid("Lists", owners)
    saved = datetime(today.year, today.month, today.day, 16, 40, tzinfo=UTC)
    workbook = MemoryWorkbook([Grid("Models", cells), lists], label="models.xlsx", last_editor=LastEditor("Sam", saved))
    seen = look(workbook, TERMS, today, memories=Memories(history, now=saved))
    return record_pass(history, seen, {}, accept_removals=True)


def busy_rows() -> list[dict[str, Cell]]:
    """A registry with something of everything: gaps, overdue versions, owners who can get no mail."""
    every = {"retrain_every": 90}
    return [
        version(**every, owner="Ana Kovač", last_reviewed=date(2026, 3, 1)),
        version(**every, version="3.2", stage="Testing", owner="Ana Kovač", training_date="last spring",
                data_source="data from last year", location=""),
        version(**every, name="Parts demand", version="12", owner="Ana Kovač; Bo Lind",
                training_date=date(2026, 1, 10), location="Dispatch desk\nService desk app\nPortal",
                used_for="Rooftop units; Heat pumps", why="", data_source=""),
        version(**every, name="Churn", version="2.0", owner="Ana Kovač", training_date=date(2026, 5, 10),
                used_for="Contracts", location="Portal", deployed_on=date(2026, 6, 1), last_reviewed=date(2026, 6, 20)),
        version(**every, name="Churn", version="1.0", owner="Ana Kovač", stage="Prod?", training_date=date(2027, 5, 10),
                used_for="Contracts", location="Portal 2", deployed_on=date(2025, 6, 1)),
        version(**every, name="Noise", version="1.0", owner="Bo Lind", used_for="Fans", location="Edge box",
                training_date=date(2026, 6, 10), deployed_on=date(2026, 6, 12)),
        version(**every, name="Solo", version="5", owner="Cleo", location="", data_source="?"),
        version(**every, name="Old hand", version="7", owner="Dag Moe", training_date=date(2025, 1, 1)),
        version(**every, name="Nobody", version="1", owner="", data_source="", used_for="x"),
        version(**every, name="Eves", version="1", owner="eve@other.org", data_source="", used_for="y"),
        {"version": "9", "stage": "Production", "owner": "Ana Kovač"},
    ]  # fmt: skip


def busy_report(notes: Sequence[str] = ()) -> Report:
    """The report of busy_rows, with changes in its last week."""
    rows = busy_rows()
    first = [{**row, "why": "Before"} for row in rows[:3]]
    second = [{**row, "why": "Before"} for row in rows[:5]]
    return mailed_report(rows, {date(2026, 5, 1): first, date(2026, 6, 25): second}, notes)


def digests(report: Report, week: str, since: date | None = None) -> list[Digest]:
    """The content of the mail of each who can get one, by name."""
    return [whom.digest for whom in who(report, week, since) if whom.digest]
