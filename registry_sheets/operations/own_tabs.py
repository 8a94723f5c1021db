"""What the tool last wrote into its own tabs, kept in the state folder, to name what people typed there since."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from registry_sheets.errors import WriteRefused
from registry_sheets.operations.publishing import write_if_changed
from registry_sheets.registry.grid import Grid, a1
from registry_sheets.registry.sheets import Sheet
from registry_sheets.registry.tabs.canvas import has_headings
from registry_sheets.registry.text import shown
from registry_sheets.workbooks.base import Snapshot

_MOST_NAMED = 5


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
                said += _typed_into(snapshot.grid(title), known[kind])
        if len(said) > _MOST_NAMED:
            return (*said[:_MOST_NAMED], f"{len(said) - _MOST_NAMED} more cells of those tabs were changed by hand.")
        return tuple(said)

    def remember(self, snapshot: Snapshot, written: Sequence[Sheet]) -> None:
        """Keep what the own tabs hold now, just after ``written`` went into them. Raises CannotSave."""
        held = {
            sheet.kind: {"texts": _texts(snapshot.grid(title)), "calculated": _calculated(sheet)}
            for sheet in written
            if (title := snapshot.own_tabs.get(sheet.kind))
        }
        write_if_changed(self._file, json.dumps(held, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def _known(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError):
            found = json.loads(self._file.read_bytes().decode("utf-8", "surrogatepass"))
            if isinstance(found, dict):
                return {kind: known for kind, known in found.items() if _is_record(known)}
        return {}


def _is_record(known: Any) -> bool:
    """Whether this is how a tab is remembered; what another version kept, or a damaged file, is no record."""
    return isinstance(known, dict) and all(isinstance(known.get(key), list) for key in ("texts", "calculated"))


def refuse_foreign(snapshot: Snapshot, sheets: Sequence[Sheet]) -> None:
    """Refuse to write over a tab that carries our hidden name but holds none of our headings.

    A name follows cells that people cut and paste: it may have come to stand on a tab of theirs.
    Raises WriteRefused.
    """
    for sheet in sheets:
        title = snapshot.own_tabs.get(sheet.kind)
        if title and _holds_something(snapshot.grid(title)) and not has_headings(sheet, snapshot.grid(title)):
            raise WriteRefused(
                f"The tab '{title}' has the hidden name of our tab '{sheet.title}', but holds something else, "
                "so it is not written over.",
                f"Copy what is in '{title}' to a new tab and delete '{title}'; ours is then made anew.",
            )


def _holds_something(grid: Grid) -> bool:
    return any(cell != "" for row in grid.rows for cell in row)


def _texts(grid: Grid) -> list[str]:
    return sorted({text for row in grid.rows for cell in row if (text := _still(shown(cell)))})


def _still(text: str) -> str:
    """A text as it is remembered: the hidden beginnings of links, "#'Models'!", follow when the tab is renamed."""
    return "#'…'!" if text.startswith("#'") and text.endswith("'!") else text


def _calculated(sheet: Sheet) -> list[int]:
    """Columns that hold formulas: the spreadsheet program changes what they show by itself."""
    return sorted({at for row in sheet.rows for at, cell in enumerate(row) if cell.formula})


def _typed_into(grid: Grid, known: Mapping[str, Any]) -> Iterator[str]:
    """Cells that hold a text which was not written into that tab at all: sorting is not typing."""
    texts, calculated = set(map(_still, known["texts"])), set(known["calculated"])
    for row, cells in enumerate(grid.rows):
        for column, cell in enumerate(cells):
            text = shown(cell)
            if text and column not in calculated and _still(text) not in texts:
                yield f"Somebody typed '{text[:80]}' into {grid.title}!{a1(row, column)}."
