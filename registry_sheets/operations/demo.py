"""The demo: a registry that a stranger can look at, check and mend within a minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from registry_sheets.errors import CannotSave, ConfigProblem
from registry_sheets.history.base import History
from registry_sheets.operations.demo_rows import OWN_HEADERS, DemoRow, cell_on, demo_lists, demo_rows
from registry_sheets.operations.demo_story import rows_on, turning_days
from registry_sheets.operations.looking import Memories, Terms, look
from registry_sheets.operations.recording import record_pass
from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Cell, Grid
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.registry.tabs.template import registry_tabs
from registry_sheets.workbooks.base import LastEditor
from registry_sheets.workbooks.memory import MemoryWorkbook

FOLDER = Path("registry-sheets-demo")
WORKBOOK, CONFIG = "models.xlsx", "config.toml"

CONFIG_TEXT = f"""\
# The demo of Registry Sheets. Commands that are run in this folder find this file by themselves.

# From whom the weekly mail would come, and who would get the whole of it. No server is set, so none is sent.
sender = "Model registry <registry@example.com>"
summary_to = ["sam@example.com"]

[[registry]]
name = "demo"
sheet = "{WORKBOOK}"

# Retraining is judged by the column "Retrain every (days)" where a row fills it. For all other rows:
# [registry.rules.retraining-overdue]
# days = 180
"""

Write = Callable[[Sequence[Sheet], Path], None]
"""Writes sheets as a new workbook. Raises CannotSave."""


@dataclass(frozen=True)
class Demo:
    """Where the demo stands."""

    workbook: Path
    config: Path

    @property
    def page(self) -> Path:
        """Its report page, once a pass was made."""
        return self.config.parent / "output" / "demo" / "report.html"


def make_demo(folder: Path, today: date, write: Write) -> Demo:
    """Make the registry and its config in a folder that is new or empty, as of ``today``.

    Raises ConfigProblem where something is there already, which is left alone; CannotSave.
    """
    _refuse_if_taken(folder)
    demo = Demo((folder / WORKBOOK).absolute(), (folder / CONFIG).absolute())
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write(demo_sheets(today), demo.workbook)
        demo.config.write_text(CONFIG_TEXT, encoding="utf-8")
    except OSError as error:
        raise CannotSave(
            f"The demo could not be made in {folder}: {error.strerror or error}.",
            "Name a folder that you may write to.",
        ) from None
    return demo


def _refuse_if_taken(folder: Path) -> None:
    if (folder / WORKBOOK).exists():
        raise ConfigProblem(
            f"There is a demo in {folder} already, and it is left as it is.",
            f"Look at it with: registry-sheets check {folder / WORKBOOK}\n"
            "For a new one name another folder (registry-sheets demo FOLDER), or delete this one first.",
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigProblem(
            f"{folder} {'is not empty' if folder.is_dir() else 'is a file'}, and is left as it is.",
            "Name a new folder: registry-sheets demo FOLDER",
        )


def play(history: History, terms: Terms, today: date) -> None:
    """Record the three months before: a pass over the registry as it was on each day on which it was changed.

    Raises HistoryUnusable.
    """
    for day, who in turning_days(today):
        saved = datetime(day.year, day.month, day.day, 16, 40, tzinfo=UTC)
        sheets = demo_sheets(today, rows_on(day, demo_rows(), today))
        workbook = MemoryWorkbook(map(_grid, sheets[:2]), label=WORKBOOK, last_editor=LastEditor(who, saved))
        seen = look(workbook, terms, day, memories=Memories(history, strict=True, now=saved + timedelta(hours=6)))
        record_pass(history, seen, {}, accept_removals=False)


def _grid(sheet: Sheet) -> Grid:
    """What a read of the sheet would see."""
    width = max(map(len, sheet.rows))
    rows = [[*(cell.value for cell in row), *[""] * (width - len(row))] for row in sheet.rows]
    errors = {(r, c): str(cell.value) for r, row in enumerate(sheet.rows) for c, cell in enumerate(row) if cell.error}
    for row, column in errors:
        rows[row][column] = ""
    return Grid(sheet.title, rows, errors)


def demo_sheets(today: date, told_rows: Sequence[DemoRow] | None = None) -> tuple[Sheet, ...]:
    """The tabs of the demo registry before its first pass, with these rows or all."""
    told = demo_rows() if told_rows is None else told_rows
    rows = [{key: cell_on(cell, today) for key, cell in row.items()} for row in told]
    models, *others = registry_tabs(
        [{column.field: _value(row.get(column.field, "")) for column in COLUMNS} for row in rows],
        OWN_HEADERS,
        [[_value(row.get(header, "")) for header in OWN_HEADERS] for row in rows],
        lists=demo_lists(today, _sources(rows)),
        contact="Sam Hale, sam@example.com",
    )
    return _with_mistakes(models, rows), *others


def _value(cell: Cell | SheetCell) -> Cell:
    return cell.value if isinstance(cell, SheetCell) else cell


def _with_mistakes(models: Sheet, rows: Sequence[Mapping[str, Cell | SheetCell]]) -> Sheet:
    """The sheet with those cells that a registry made by us would not hold as they are: plain numbers, errors."""
    headers = [cell.value for cell in models.rows[0]]
    places = {column.field: headers.index(column.header) for column in COLUMNS}
    made = [list(row) for row in models.rows]
    for number, row in enumerate(rows, 1):
        for field, cell in row.items():
            if isinstance(cell, SheetCell):
                made[number][places[field]] = cell
    return replace(models, rows=made)


def _sources(rows: Sequence[Mapping[str, Cell | SheetCell]]) -> tuple[str, ...]:
    """What the live versions were trained on, where their rows say it."""
    told = [row["data_source"] for row in rows if row["stage"] == "Production"]
    return tuple(dict.fromkeys(source for source in told if isinstance(source, str)))
