"""Marks: conditional formats that show findings on people's cells without touching a cell.

The Findings tab holds, hidden, a key of each cell that has a finding (see mark_keys). A conditional format
on the Models tab makes the same key of its own cell and looks for it. So a mark follows its row through
sort, filter and insert, and goes as soon as the cell is changed.

Keys are compared with EXACT and nothing else: COUNTIF and MATCH read "3.10" as 3.1 and 1E3 as 1000, and
take > * ? ~ for patterns. To stay quick each column has names of its own, so that a cell is compared with
the keys of its column only.

A formula turns a number into text with the decimal separator of the reader's language ("3,1" in German);
keys hold a point, so formulas put one in numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.grid import column_letters
from registry_sheets.registry.mark_keys import (
    FIELDS,
    SHARED,
    STAGE_ARCHIVED,
    STAGE_PRODUCTION,
    key_name,
    mark_key,
)
from registry_sheets.registry.sheets import Mark, Tint
from registry_sheets.registry.table import TableColumn

__all__ = ["Row", "found", "mark_key", "marks_for"]

LAST_ROW = 1_048_576
DOUBLED_ROWS = 1_000
"""Doubled rows are told while typing among so many rows, beyond that by the check: over twice as many,
sorting 2,000 rows takes LibreOffice 7 seconds instead of 4."""

ALWAYS_NEEDED = ("name", "version")
NEEDED_UNLESS_ARCHIVED = ("training_date", "data_source")
NEEDED_IN_PRODUCTION = ("location", "owner")
NEEDED = (*ALWAYS_NEEDED, *NEEDED_UNLESS_ARCHIVED, *NEEDED_IN_PRODUCTION)
_DECIMAL_FIELDS = frozenset(c.field for c in COLUMNS if c.kind in ("version", "date", "days"))


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
    if "location" in places:
        marks.append(row.mark("location", row.started_blank("location", row.wants("location")), "warning"))
    marks += [row.mark(field, row.has_key(field, Severity.WARNING), "warning") for field in places]
    if all(field in places for field in ALWAYS_NEEDED):
        marks += [row.mark(field, row.doubled(), "doubled", DOUBLED_ROWS) for field in ALWAYS_NEEDED]
    return (*marks, *_check_marks(check_column, header_row + 1))


def _check_marks(column: int | None, row: int) -> Sequence[Mark]:
    if column is None:
        return ()
    letter = column_letters(column)
    ref, cell = f"{letter}{row}:{letter}{LAST_ROW}", f"${letter}{row}"
    return (
        Mark(ref, f'RIGHT({cell},6)="to fix"', "warning"),
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

    def rest(self) -> str:
        """The text that follows in the keys of rows that share their name and version: ``|location|used for``."""
        return f'"|"&{self.text("location")}&"|"&{self.text("used_for")}'

    def content(self) -> str:
        """All known cells in a row as one text."""
        return "&".join(self.cell(field) for field in FIELDS if field in self.places)

    def has_key(self, field: str, severity: Severity) -> str:
        """True where a check found something at this cell and it has not been changed since.

        An error cell such as #N/A cannot be made a key of; it is a finding in any known column.
        """
        identity = [self.cell(needed) for needed in ALWAYS_NEEDED if needed in self.places]
        known = "FALSE"
        if identity:
            own = found(key_name(field, severity), self.key(field))
            shared = found(key_name(SHARED, severity), f"{self.key(field)}&{self.rest()}")
            known = f'IF({"&".join(identity)}="",FALSE,{own}+{shared}>0)'
        return f"IF(ISERROR({self.cell(field)}),TRUE,{known})" if severity is Severity.ERROR else known

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
        return self.wants(field) if field in NEEDED_UNLESS_ARCHIVED else "TRUE"

    def wants(self, field: str) -> str:
        """True where a gap is worth a look: a location is, in Testing too, where it may still be to come."""
        if field == "location" or field in NEEDED_UNLESS_ARCHIVED:
            return f"NOT({self.stage_is(STAGE_ARCHIVED)})" if "stage" in self.places else "TRUE"
        return self.needs(field)

    def missing(self, field: str) -> str:
        """True where a started row needs the field and has it not."""
        return self.started_blank(field, self.needs(field))

    def started_blank(self, field: str, condition: str) -> str:
        """True where the row is started, this cell blank and the condition true. AND would work out all its parts."""
        return f'IF({self.blank(field)},IF({self.content()}="",FALSE,{condition}),FALSE)'

    def doubled(self) -> str:
        """True where another row tells the same name, version, location and use, letter for letter."""
        blank = ",".join(f'{self.cell(field)}=""' for field in ALWAYS_NEEDED)
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
