"""Makes a registry with years behind it: the workbook, and the history of a pass each night.

    python -m tests.benchmarks.years registry-1000.xlsx 3650 FOLDER

What changed in the nights is thought out backwards from the workbook, so that the last pass saw it as it is.
"""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from registry_sheets.config import load
from registry_sheets.history.base import History
from registry_sheets.operations.looking import look
from registry_sheets.registry.past.facts import Fact, encode, is_live
from registry_sheets.registry.past.matching import SeenRow, seen_rows
from registry_sheets.registry.past.records import Entry, NewSpell
from registry_sheets.wiring import open_workbook, terms
from registry_sheets.wiring.history import writable_history
from tests.benchmarks.made import TODAY

CELLS_A_NIGHT = 5
_COLUMNS = ("owner", "what_changed", "used_for")
_AT = time(3, tzinfo=UTC)


def write(workbook: Path, nights: int, folder: Path) -> None:
    """Make ``folder`` with a copy of the workbook and a history of so many nights, the last before made.TODAY.

    Its passes publish no report page: what history costs is measured against a pass without one.
    """
    folder.mkdir()
    (folder / "config.toml").write_text("report = false\n", encoding="utf-8")
    (registry,) = load(None, Path(shutil.copy(workbook, folder / "registry.xlsx"))).registries
    rows = seen_rows(look(open_workbook(registry), terms(registry), TODAY).registry.models)
    with writable_history(registry) as history:
        _record(history, _backwards(rows, nights))


def _record(history: History, newest_first: Sequence[Sequence[NewSpell]]) -> None:
    last = None
    for ago, begun in zip(range(len(newest_first), 0, -1), reversed(newest_first), strict=True):
        day = TODAY - timedelta(days=ago)
        ended = [spell.row for spell in begun if spell.row is not None]
        last = history.record(Entry(last, datetime.combine(day, _AT), day, "Ana", ended=ended, begun=begun))


def _backwards(rows: Sequence[SeenRow], nights: int) -> Sequence[Sequence[NewSpell]]:
    """What began with each pass, the newest first; with the oldest every row."""
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
    """``number``: that of the row in history, which counts from 1; None where it begins there."""
    return NewSpell(number, row.name_key, row.version_key, is_live(facts), encode(facts))


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
