"""Marks: conditional formats that show findings on people's cells without touching a cell.

The Findings tab holds, hidden, a key of each cell that has a finding: ``name|version|field|value``, the
texts as the sheet's formulas see them. A conditional format on the Models tab makes the same key of its
own cell and looks for it. So a mark follows its row through sort, filter and insert, and goes as soon as
the cell is changed.

Keys are compared with EXACT and nothing else: COUNTIF and MATCH read "3.10" as 3.1 and 1E3 as 1000, and
take > * ? ~ for patterns. To stay quick each column has names of its own, so that a cell is compared with
the keys of its column only.

A formula turns a number into text with the decimal separator of the reader's language ("3,1" in German);
keys hold a point, so formulas put one in numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.grid import column_letters
from registry_sheets.registry.sheets import Mark, Tint
from registry_sheets.registry.table import TableColumn
from registry_sheets.registry.text import CELL_LIMIT

PREFIX = "_registry_sheets."
KEYS = f"{PREFIX}keys."
ROWS_WITH_FINDINGS = f"{PREFIX}keys"
STAGE_PRODUCTION = f"{PREFIX}stage.production"
STAGE_ARCHIVED = f"{PREFIX}stage.archived"
CHECKED = f"{PREFIX}checked"
"""The day since which the findings stand as they are, as text; '' before the first check."""
ROW_KEYS = f"{PREFIX}rows"
"""All rows as they were checked, a text each, laid out in columns of equal height; blank where not tracked."""

LAST_ROW = 1_048_576
DOUBLED_ROWS = 2_000
"""Doubled rows are told while typing among so many rows; beyond that by the check."""

TINTED = (Severity.ERROR, Severity.WARNING)
FIELDS = tuple(column.field for column in COLUMNS)
ALWAYS_NEEDED = ("name", "version")
NEEDED_UNLESS_ARCHIVED = ("training_date", "data_source")
NEEDED_IN_PRODUCTION = ("location", "owner")
NEEDED = (*ALWAYS_NEEDED, *NEEDED_UNLESS_ARCHIVED, *NEEDED_IN_PRODUCTION)
_DECIMAL_FIELDS = frozenset(c.field for c in COLUMNS if c.kind in ("version", "date", "days"))

Keys = Mapping[str, Mapping[Severity, tuple[str, ...]]]
"""Field -> severity -> keys. A cell that has an error and a warning stands with the errors only."""


def key_name(field: str, severity: Severity | None = None) -> str:
    """The hidden name of a column's keys: those of one severity, or errors and warnings together."""
    return f"{KEYS}{field}" if severity is None else f"{KEYS}{field}.{severity}"


def mark_key(finding: Finding) -> str | None:
    """The key by which a finding is shown on its cell; None where it tints nothing.

    INFO never tints. A finding about a row as a whole is shown on the row's name. A row with neither name
    nor version is marked by conditions that need no key.
    """
    if finding.severity is Severity.INFO or finding.row is None or not (finding.name or finding.version):
        return None
    field, value = (finding.field, finding.value) if finding.field else ("name", finding.name)
    key = f"{finding.name}|{finding.version}|{field}|{value}"
    return key if len(key.encode("utf-16-le", "surrogatepass")) <= 2 * CELL_LIMIT else None


def keys_of(findings: Iterable[Finding]) -> Keys:
    """The keys by field and severity, each once, in the findings' order."""
    found: dict[str, dict[str, Severity]] = {}
    for finding in sorted(findings, key=lambda f: f.severity.rank):
        key = mark_key(finding)
        if key is not None:
            found.setdefault(finding.field or "name", {}).setdefault(key, finding.severity)
    return {
        field: {severity: tuple(k for k, s in keys.items() if s is severity) for severity in TINTED}
        for field, keys in found.items()
    }


def identity_keys(findings: Iterable[Finding]) -> tuple[str, ...]:
    """``name|version`` of each row that has a mark, each once."""
    return tuple(dict.fromkeys(f"{f.name}|{f.version}" for f in findings if mark_key(f) is not None))


def marks_for(
    columns: Mapping[str, TableColumn], header_row: int, *, check_column: int | None = None
) -> tuple[Mark, ...]:
    """The marks of a Models tab, wherever its columns stand; they run to the sheet's end.

    ``columns`` maps the fields that the tab has to their columns, ``header_row`` counts from 1,
    ``check_column`` is the place of the tool's Check column, from 0. Marks earlier in the tuple win.
    """
    places = {field: columns[field].index for field in FIELDS if field in columns}
    row = Row(places, header_row + 1)
    marks = [row.mark(field, row.has_key(field, Severity.ERROR), "error") for field in places]
    marks += [row.mark(field, row.missing(field), "missing") for field in NEEDED if field in places]
    if "location" in places and "stage" in places:
        marks.append(row.mark("location", row.location_to_come(), "warning"))
    marks += [row.mark(field, row.has_key(field, Severity.WARNING), "warning") for field in places]
    if "name" in places and "version" in places:
        marks += [row.mark(field, row.doubled(), "doubled", DOUBLED_ROWS) for field in ALWAYS_NEEDED]
    return (*marks, *_check_marks(check_column, header_row + 1))


def _check_marks(column: int | None, row: int) -> Sequence[Mark]:
    if column is None:
        return ()
    letter = column_letters(column)
    ref, cell = f"{letter}{row}:{letter}{LAST_ROW}", f"${letter}{row}"
    return (
        Mark(ref, f'RIGHT({cell},6)="to fix"', "error"),
        Mark(ref, f'LEFT({cell},3)="no "', "own"),
    )


class Row:
    """Formulas about one row of the Models tab, with columns fixed and the row relative."""

    def __init__(self, places: Mapping[str, int], number: int, tab: str = "", fixed: str = "") -> None:
        """``places`` are columns by field, from 0; ``number`` is the row, from 1.

        From another tab, ``tab`` is the tab with its '!' and ``fixed`` '$' fixes the row.
        """
        self.places = places
        self.number = number
        self._tab = tab
        self._fixed = fixed

    def cell(self, field: str) -> str:
        """The cell of a field, as '$B2'."""
        return f"{self._tab}${column_letters(self.places[field])}{self._fixed}{self.number}"

    def text(self, field: str) -> str:
        """The cell's text as it stands in keys; '""' where the sheet lacks the column."""
        if field not in self.places:
            return '""'
        cell = self.cell(field)
        if field not in _DECIMAL_FIELDS:
            return cell
        return f'IF(ISNUMBER({cell}),SUBSTITUTE({cell}&"",",","."),{cell})'

    def identity(self) -> str:
        """The text ``name|version``."""
        return f'{self.text("name")}&"|"&{self.text("version")}'

    def key(self, field: str) -> str:
        """The text ``name|version|field|value``."""
        return f'{self.identity()}&"|{field}|"&{self.text(field)}'

    def content(self, separator: str = "&") -> str:
        """All known cells in a row as one text."""
        return separator.join(self.cell(field) for field in FIELDS if field in self.places)

    def named(self) -> str:
        """True where the row has a name or a version."""
        return "&".join(self.cell(field) for field in ALWAYS_NEEDED if field in self.places) + '<>""'

    def has_key(self, field: str, severity: Severity) -> str:
        """True where a check found something at this cell and it has not been changed since.

        An error cell such as #N/A cannot be made a key of; it is a finding in any known column.
        """
        cell, known = self.cell(field), f"{found(key_name(field, severity), self.key(field))}>0"
        if not any(needed in self.places for needed in ALWAYS_NEEDED):
            return f"ISERROR({cell})" if severity is Severity.ERROR else "FALSE"
        known = f"IF({self.named()},{known},FALSE)"
        return f"IF(ISERROR({cell}),TRUE,{known})" if severity is Severity.ERROR else known

    def blank(self, field: str) -> str:
        """True where the cell holds nothing but spaces."""
        return f"LEN(TRIM({self.cell(field)}))=0"

    def stage_is(self, words: str) -> str:
        """True where the stage is one of the words of a hidden name."""
        if "stage" not in self.places:
            return "FALSE"
        stage = f"LOWER(TRIM({self.cell('stage')}))"
        return f"{found(words, stage)}>0"

    def needs(self, field: str) -> str:
        """True where the row's stage needs the field, whether the row is started or not."""
        if field in NEEDED_IN_PRODUCTION:
            return self.stage_is(STAGE_PRODUCTION)
        if field in NEEDED_UNLESS_ARCHIVED and "stage" in self.places:
            return f"NOT({self.stage_is(STAGE_ARCHIVED)})"
        return "TRUE"

    def missing(self, field: str) -> str:
        """True where a started row needs the field and has it not. IF, because AND works out all its parts."""
        return f'IF({self.blank(field)},IF({self.content()}="",FALSE,{self.needs(field)}),FALSE)'

    def location_to_come(self) -> str:
        """True where a version in Testing has no location yet."""
        done = f"OR({self.stage_is(STAGE_PRODUCTION)},{self.stage_is(STAGE_ARCHIVED)})"
        return f'IF({self.blank("location")},IF({self.content()}="",FALSE,NOT({done})),FALSE)'

    def doubled(self) -> str:
        """True where another row tells the same name, version, location and use, letter for letter."""
        blank = "".join(f',{self.cell(field)}=""' for field in ALWAYS_NEEDED)[1:]
        same = "*".join(self._same(field) for field in ALWAYS_NEEDED)
        more = "*".join(self._same(field) for field in ("location", "used_for") if field in self.places)
        twice = f"SUMPRODUCT({same})>1"
        full = f"IF({twice},SUMPRODUCT({same}*{more})>1,FALSE)" if more else twice
        return f"IF(OR({blank}),FALSE,{full})"

    def _same(self, field: str) -> str:
        letter, last = column_letters(self.places[field]), self.number + DOUBLED_ROWS - 1
        return f"EXACT(${letter}${self.number}:${letter}${last},{self.cell(field)})"

    def mark(self, field: str, formula: str, tint: Tint, rows: int = 0) -> Mark:
        """A mark on a field's column from this row on; ``rows`` 0: to the sheet's end."""
        letter = column_letters(self.places[field])
        last = self.number + rows - 1 if rows else LAST_ROW
        return Mark(f"{letter}{self.number}:{letter}{last}", formula, tint)


def found(name: str, text: str) -> str:
    """How often a text stands in a named range, letter for letter."""
    return f"SUMPRODUCT(--EXACT({name},{text}))"
