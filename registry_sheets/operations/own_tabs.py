"""What the tool last wrote into its own tabs, kept in the state folder, to name what people typed there since."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from registry_sheets.operations.publishing import write_if_changed
from registry_sheets.registry.grid import Grid, a1
from registry_sheets.registry.text import shown
from registry_sheets.workbooks.base import Snapshot

_MOST_NAMED = 5
_WATCHED = ("findings", "live")


class OwnTabs:
    """The cells of the own tabs as they were after the last write, in ``folder``/own-tabs.json."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "own-tabs.json"

    def typed(self, snapshot: Snapshot) -> tuple[str, ...]:
        """What people typed into own tabs since, a sentence each. Without a record nothing is said."""
        known = self._known()
        said: list[str] = []
        for kind, title in snapshot.own_tabs.items():
            if kind in known:
                said += _differences(title, known[kind], _texts(snapshot.grid(title)))
        if len(said) > _MOST_NAMED:
            return (*said[:_MOST_NAMED], f"{len(said) - _MOST_NAMED} more cells of those tabs were changed by hand.")
        return tuple(said)

    def remember(self, snapshot: Snapshot) -> None:
        """Keep what the own tabs hold now. Raises CannotSave."""
        held = {kind: _texts(snapshot.grid(title)) for kind, title in snapshot.own_tabs.items() if kind in _WATCHED}
        write_if_changed(self._file, json.dumps(held, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def _known(self) -> dict[str, list[list[str]]]:
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._file.read_bytes().decode("utf-8", "surrogatepass"))
            if isinstance(found, dict):
                return found
        return {}


def _texts(grid: Grid) -> list[list[str]]:
    return [[shown(cell) for cell in row] for row in grid.rows]


def _differences(title: str, known: list[list[str]], now: list[list[str]]) -> list[str]:
    """Cells that hold a text now which was not written there; a cleared cell is no loss."""
    said = []
    for row, cells in enumerate(now):
        for column, text in enumerate(cells):
            before = known[row][column] if row < len(known) and column < len(known[row]) else ""
            if text and text != before:
                said.append(f"Somebody typed '{text[:80]}' into {title}!{a1(row, column)}.")
    return said
