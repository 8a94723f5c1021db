"""What the Findings tab holds out of sight: the keys of marks, stage words, rows as they were checked.

It stands right of the table, in hidden columns, so that sorting or filtering the table leaves it alone.
Rows as checked are laid out in several columns, so that the tab is not longer than its findings need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Place, a1
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.mark_keys import (
    CHECK_KEYS,
    CHECKED,
    FIELDS,
    IDENTITIES,
    ROW_KEYS,
    SHARED,
    STAGE_ARCHIVED,
    STAGE_PRODUCTION,
    TINTED,
    Keys,
    identity_keys,
    key_name,
    keys_of,
)
from registry_sheets.registry.marks import NEEDED
from registry_sheets.registry.sheets import SheetCell
from registry_sheets.registry.table import ModelTable, Stage

HEIGHT = 20
"""Hidden columns are at least so long; together they are as long as the longest list of keys."""


@dataclass
class Hidden:
    """Cells and defined names right of a table; ``blank`` is a cell that stays empty."""

    top: int
    column: int
    blank: str
    cells: dict[Place, SheetCell] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def put(self, texts: Sequence[str]) -> Sequence[str]:
        """Put texts below each other in the next free column; gives their addresses."""
        if not texts:
            return ()
        places = [(self.top + n, self.column) for n in range(len(texts))]
        self.cells.update((place, SheetCell(text)) for place, text in zip(places, texts, strict=True))
        self.column += 1
        return [_absolute(*place) for place in places]

    def name(self, name: str, addresses: Sequence[str]) -> None:
        """Name a range of addresses in one column; the blank cell where there are none."""
        ends = (addresses[0], addresses[-1]) if addresses else (self.blank, self.blank)
        self.names[name] = ends[0] if ends[0] == ends[1] else ":".join(ends)

    def block(self, name: str, columns: Sequence[Sequence[str]]) -> None:
        """Put texts in columns side by side and name them all."""
        height = max((len(texts) for texts in columns), default=0)
        first = self.column
        for texts in columns if height else ():
            self.put([*texts, *[""] * (height - len(texts))])
        corner = _absolute(self.top, first), _absolute(self.top + height - 1, self.column - 1)
        self.names[name] = ":".join(corner) if height else self.blank


def fill(
    hidden: Hidden,
    findings: Sequence[Finding],
    table: ModelTable | None,
    vocabulary: Mapping[str, Stage],
    row_keys: Sequence[str],
    day: str,
) -> None:
    """Lay out everything. Each name exists, whether there is anything to name or not."""
    hidden.name(CHECKED, hidden.put([day]))
    hidden.name(STAGE_PRODUCTION, hidden.put(_words(vocabulary, Stage.PRODUCTION)))
    hidden.name(STAGE_ARCHIVED, hidden.put(_words(vocabulary, Stage.ARCHIVED)))
    hidden.name(IDENTITIES, hidden.put(identity_keys(findings)))
    keys = keys_of(findings, table)
    for field_name in FIELDS:
        _put_keys(hidden, field_name, keys.by_field.get(field_name, {}))
    _put_keys(hidden, SHARED, keys.shared)
    hidden.block(CHECK_KEYS, [_counted(keys, name) for name in FIELDS] if row_keys else ())
    height = max(HEIGHT, len(findings))
    hidden.block(ROW_KEYS, [row_keys[start : start + height] for start in range(0, len(row_keys), height)])


def _put_keys(hidden: Hidden, name: str, keys: Mapping[Severity, tuple[str, ...]]) -> None:
    errors, warnings = (keys.get(severity, ()) for severity in TINTED)
    addresses = hidden.put([*errors, *warnings])
    hidden.name(key_name(name), addresses)
    hidden.name(key_name(name, Severity.ERROR), addresses[: len(errors)])
    hidden.name(key_name(name, Severity.WARNING), addresses[len(errors) :])


def _counted(keys: Keys, name: str) -> Sequence[str]:
    """The keys that Check counts: not those of blank cells that it counts by itself."""
    found = [key for severity in TINTED for key in keys.by_field.get(name, {}).get(severity, ())]
    return [key for key in found if name not in NEEDED or key.rpartition("|")[2].strip(" ")]


def _words(vocabulary: Mapping[str, Stage], stage: Stage) -> Sequence[str]:
    """The words for a stage as a formula makes them of a cell, in small letters."""
    own = {normalise(stage.value): stage}
    return sorted(word for word, meant in {**vocabulary, **own}.items() if meant is stage)


def _absolute(row: int, column: int) -> str:
    letters = a1(row, column).rstrip("0123456789")
    return f"${letters}${row + 1}"
