"""What the Findings tab holds out of sight: the keys of marks, stage words, rows as they were checked.

It stands right of the table, in hidden columns, so that sorting or filtering the table leaves it alone.
Rows as checked are laid out in several columns, so that the tab is not longer than its findings need.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Place, a1
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.marks import (
    CHECKED,
    FIELDS,
    ROW_KEYS,
    ROWS_WITH_FINDINGS,
    STAGE_ARCHIVED,
    STAGE_PRODUCTION,
    TINTED,
    identity_keys,
    key_name,
    keys_of,
)
from registry_sheets.registry.sheets import SheetCell
from registry_sheets.registry.table import Stage

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

    def block(self, name: str, texts: Sequence[str], height: int) -> None:
        """Put texts in columns of equal height and name them all."""
        first = self.column
        for start in range(0, len(texts), height):
            part = texts[start : start + height]
            self.put([*part, *[""] * (height - len(part))])
        corner = _absolute(self.top, first), _absolute(self.top + height - 1, self.column - 1)
        self.names[name] = ":".join(corner) if texts else self.blank


def fill(
    hidden: Hidden,
    findings: Iterable[Finding],
    vocabulary: Mapping[str, Stage],
    row_keys: Sequence[str],
    day: str,
) -> None:
    """Lay out everything. Each name exists, whether there is anything to name or not."""
    findings = tuple(findings)
    hidden.name(CHECKED, hidden.put([day]))
    hidden.name(STAGE_PRODUCTION, hidden.put(_words(vocabulary, Stage.PRODUCTION)))
    hidden.name(STAGE_ARCHIVED, hidden.put(_words(vocabulary, Stage.ARCHIVED)))
    hidden.name(ROWS_WITH_FINDINGS, hidden.put(identity_keys(findings)))
    _fill_keys(hidden, findings)
    hidden.block(ROW_KEYS, row_keys, max(HEIGHT, len(findings)))


def _fill_keys(hidden: Hidden, findings: Sequence[Finding]) -> None:
    by_field = keys_of(findings)
    for name in FIELDS:
        keys = by_field.get(name, {})
        errors, warnings = (keys.get(severity, ()) for severity in TINTED)
        addresses = hidden.put([*errors, *warnings])
        hidden.name(key_name(name), addresses)
        hidden.name(key_name(name, Severity.ERROR), addresses[: len(errors)])
        hidden.name(key_name(name, Severity.WARNING), addresses[len(errors) :])


def _words(vocabulary: Mapping[str, Stage], stage: Stage) -> Sequence[str]:
    """The words for a stage as a formula makes them of a cell, in small letters."""
    own = {normalise(stage.value): stage}
    return sorted(word for word, meant in {**vocabulary, **own}.items() if meant is stage)


def _absolute(row: int, column: int) -> str:
    letters = a1(row, column).rstrip("0123456789")
    return f"${letters}${row + 1}"
