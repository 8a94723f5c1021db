"""The keys by which findings are shown on people's cells, and the hidden names under which they stand.

A key is ``name|version|field|value``, the texts as the sheet's formulas see them. Where several rows tell
of one version and not all of them have the finding, ``|location|used for`` follows, which tell the rows
apart: a mark on a row that is right would be a false alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.text import CELL_LIMIT, formula_text

PREFIX = "_registry_sheets."
CHECKED = f"{PREFIX}checked"
"""The day since which the findings stand as they are, as text; '' before the first check."""
STAGE_PRODUCTION = f"{PREFIX}stage.production"
STAGE_ARCHIVED = f"{PREFIX}stage.archived"
IDENTITIES = f"{PREFIX}identities"
"""``name|version`` of each row with a mark."""
CHECK_KEYS = f"{PREFIX}check"
"""Keys once more for the Check column, in one column a field; those of blank cells are left out."""
ROW_KEYS = f"{PREFIX}rows"
"""All rows as they were checked, a text each, laid out in columns of equal height; blank where not tracked."""
SHARED = "shared"
"""Stands in a name for a field: the keys of rows that share their name and version with others."""

TINTED = (Severity.ERROR, Severity.WARNING)
FIELDS = tuple(column.field for column in COLUMNS)


@dataclass(frozen=True)
class Keys:
    """Keys by field and severity, each once; a cell that has an error and a warning stands with the errors."""

    by_field: Mapping[str, Mapping[Severity, tuple[str, ...]]]
    shared: Mapping[Severity, tuple[str, ...]]


def key_name(field: str, severity: Severity | None = None) -> str:
    """The hidden name of a column's keys: those of one severity, or errors and warnings together."""
    name = f"{PREFIX}keys.{field}"
    return name if severity is None else f"{name}.{severity}"


def mark_key(finding: Finding) -> str | None:
    """The key by which a finding is shown on its cell; None where it tints nothing.

    INFO never tints. A finding about a row as a whole is shown on the row's name. A row with neither name
    nor version is marked by conditions that need no key.
    """
    if finding.severity is Severity.INFO or finding.row is None or not (finding.name or finding.version):
        return None
    return _fitting(f"{finding.name}|{finding.version}|{marked_field(finding)}|{_value(finding)}")


def marked_field(finding: Finding) -> str:
    """The field whose cell shows the finding."""
    return finding.field or "name"


def _value(finding: Finding) -> str:
    return finding.value if finding.field else finding.name


def _fitting(key: str) -> str | None:
    """A key that a cell can hold; a longer one would be cut and match nothing."""
    return key if len(key.encode("utf-16-le", "surrogatepass")) <= 2 * CELL_LIMIT else None


def keys_of(findings: Iterable[Finding], table: ModelTable | None = None) -> Keys:
    """The keys of all findings that tint. ``table`` tells which rows share their name and version."""
    tinted = sorted((f for f in findings if mark_key(f) is not None), key=lambda f: f.severity.rank)
    crowd = _Crowd(tinted, table)
    by_field: dict[str, dict[str, Severity]] = {}
    shared: dict[str, Severity] = {}
    for finding in tinted:
        key = mark_key(finding) or ""
        if not crowd.ambiguous(finding):
            by_field.setdefault(marked_field(finding), {}).setdefault(key, finding.severity)
        elif longer := _fitting(key + crowd.rest(finding)):
            shared.setdefault(longer, finding.severity)
    return Keys({field: _by_severity(keys) for field, keys in by_field.items()}, _by_severity(shared))


def identity_keys(findings: Iterable[Finding]) -> tuple[str, ...]:
    """``name|version`` of each row that has a mark, each once."""
    return tuple(dict.fromkeys(f"{f.name}|{f.version}" for f in findings if mark_key(f) is not None))


def _by_severity(keys: Mapping[str, Severity]) -> Mapping[Severity, tuple[str, ...]]:
    return {severity: tuple(key for key, found in keys.items() if found is severity) for severity in TINTED}


class _Crowd:
    """Rows that share their name and version, letter for letter, with others."""

    def __init__(self, tinted: Sequence[Finding], table: ModelTable | None) -> None:
        self.table = table
        self.flagged = {(f.row, marked_field(f)) for f in tinted}
        self.rows: dict[tuple[str, str], list[int]] = {(f.name, f.version): [] for f in tinted}
        self.index: dict[int, int] = {}
        if table is not None and self.rows:
            self._fill(table)

    def _fill(self, table: ModelTable) -> None:
        for index, cells in enumerate(zip(table.cells("name"), table.cells("version"), strict=True)):
            rows = self.rows.get((self._text(cells[0]), self._text(cells[1])))
            if rows is not None:
                rows.append(index)
                self.index[table.row_numbers[index]] = index

    def ambiguous(self, finding: Finding) -> bool:
        """Whether a row that lacks this finding would match its key."""
        rows = self.rows[finding.name, finding.version]
        if self.table is None or len(rows) < 2 or finding.row not in self.index:
            return False
        field, value = marked_field(finding), _value(finding)
        cells, numbers = self.table.cells(field), self.table.row_numbers
        return any((numbers[i], field) not in self.flagged and self._text(cells[i]) == value for i in rows)

    def rest(self, finding: Finding) -> str:
        """What tells the finding's row from others: '|location|used for'."""
        if self.table is None or finding.row is None:
            return "||"
        index = self.index[finding.row]
        return "".join(f"|{self._text(self.table.cells(field)[index])}" for field in ("location", "used_for"))

    def _text(self, cell: Cell) -> str:
        if isinstance(cell, str) or self.table is None:
            return str(cell)
        return formula_text(cell, self.table.date1904)
