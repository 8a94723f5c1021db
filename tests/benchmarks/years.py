"""Makes the history of a workbook: many nightly passes, in each of which a few cells changed.

    python -m tests.benchmarks.years registry.xlsx 3650 history.sqlite

The nights are thought out backwards from the workbook, so that the last pass saw it as it is.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from registry_sheets.history.sqlite import SqliteHistory
from registry_sheets.operations.looking import Terms, look
from registry_sheets.registry.past.facts import Fact, encode, is_live
from registry_sheets.registry.past.matching import SeenRow, seen_rows
from registry_sheets.registry.past.records import Entry, NewSpell
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook
from tests.benchmarks.made import TODAY

CELLS_A_NIGHT = 5
_COLUMNS = ("owner", "what_changed", "used_for")
_AT = time(3, tzinfo=UTC)


def write(workbook: Path, nights: int, path: Path) -> None:
    """Write a history of so many nights, of which the last is the one before made.TODAY."""
    rows = seen_rows(look(ExcelWorkbook(workbook, workbook.parent), Terms("made"), TODAY).registry.models)
    with SqliteHistory(path) as history:
        last = None
        for ago, begun in zip(range(nights, 0, -1), reversed(_backwards(rows, nights)), strict=True):
            day = TODAY - timedelta(days=ago)
            ended = [spell.row for spell in begun if spell.row]
            last = history.record(Entry(last, datetime.combine(day, _AT), day, "Ana", ended=ended, begun=begun))


def _backwards(rows: Sequence[SeenRow], nights: int) -> Sequence[Sequence[NewSpell]]:
    """What began with each pass, the last one first; with the first pass (of all) every row."""
    chance = random.Random(1)
    facts = [dict(row.facts) for row in rows]
    passes = []
    for night in range(nights - 1, 0, -1):
        changed = chance.sample(range(len(rows)), CELLS_A_NIGHT)
        passes.append([_spell(rows[index], facts[index], index + 1) for index in changed])
        for index in changed:
            facts[index][chance.choice(_COLUMNS)] = f"night {night} {chance.random()}"
    return [*passes, [_spell(row, known, None) for row, known in zip(rows, facts, strict=True)]]


def _spell(row: SeenRow, facts: dict[str, Fact], number: int | None) -> NewSpell:
    """``number``: that of the row in history, where rows are counted from 1; None where it begins there."""
    return NewSpell(number, row.name_key, row.version_key, is_live(facts), encode(facts))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
