"""The Check column: what is to do in a row, told by a formula while the row is being edited.

It says "2 to fix", "changed since last check", "no findings on 2026-07-01" or "not checked yet", never a
bare OK, and nothing in a blank row. It counts blank required cells by itself, so it is right before the
first check too. No rule judges it and no reader takes it for data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from registry_sheets.registry.grid import Cell, column_letters
from registry_sheets.registry.mark_keys import CHECK_KEYS, CHECKED, FIELDS, IDENTITIES, ROW_KEYS, SHARED, key_name
from registry_sheets.registry.marks import NEEDED, Row, found
from registry_sheets.registry.sheets import own_name
from registry_sheets.registry.table import ModelTable
from registry_sheets.registry.text import formula_text

TRACKED_ROWS = 2_000
"""So many rows are remembered as they were checked; in a longer table Check does not say what changed."""

_LINK = f"#{own_name('findings')}"
"""A click on Check goes to Findings. The link also makes LibreOffice work the formula out on opening; it takes
other formulas as they were saved, which for this one was before the last check."""

UNREADABLE = "a cell shows an error"
NOT_CHECKED = "not checked yet"
CHANGED = "changed since last check"
UNTRACKED = "; edits since then do not show"


def check_formula(places: Mapping[str, int], row: int, header: str) -> str:
    """The formula of one row, without '='.

    ``places`` are columns by field, from 0; ``row`` counts from 1; ``header`` is the header cell of the
    Check column, as '$A$1', from which rows are counted.
    """
    line = Row(places, row)
    key = row_text(line)
    clean = f'"no findings on "&{CHECKED}'
    tracked = f'IF({_unchanged(key, header)},{clean},"{CHANGED}")'
    rest = f'IF({CHECKED}="","{NOT_CHECKED}",IF(INDEX({ROW_KEYS},1,1)="",{clean}&"{UNTRACKED}",{tracked}))'
    # Dividing by nothing is an error, so the count is worked out once and 0 goes on to the rest.
    counted = f'IFERROR(ROUND(1/(1/({_to_fix(line)})),0)&" to fix",{rest})'
    return f'IFERROR(IF({line.content()}="","",HYPERLINK("{_LINK}",{counted})),"{UNREADABLE}")'


def row_text(line: Row) -> str:
    """The formula for a row's text as it is remembered: all known cells in their order."""
    return '&"|"&'.join(line.text(field) for field in FIELDS)


def row_keys(table: ModelTable) -> Sequence[str]:
    """Each row's text by its distance from the header; () where there are too many rows."""
    last = max(table.row_numbers, default=table.header_row)
    if last - table.header_row > TRACKED_ROWS:
        return ()
    keys = ["|" * (len(FIELDS) - 1)] * (last - table.header_row)  # as the text of a blank row
    columns = [table.cells(field) for field in FIELDS]
    for index, number in enumerate(table.row_numbers):
        keys[number - table.header_row - 1] = "|".join(formula_text(cells[index], table.date1904) for cells in columns)
    return keys


def check_value(fields: Mapping[str, Cell], needed: Sequence[str]) -> str:
    """What the formula gives before the first check; ``needed`` are the fields that the row's stage needs."""
    if not any(cell != "" for cell in fields.values()):
        return ""
    gaps = sum(not str(fields.get(field, "")).strip(" ") for field in needed)
    return f"{gaps} to fix" if gaps else NOT_CHECKED


def _to_fix(line: Row) -> str:
    """How many cells of the row are to fix: blank though wanted, or found by the check and not changed since.

    The keys of blank cells are left out of CHECK_KEYS, so no cell counts twice.
    """
    gaps = "+".join(_gap(line, field) for field in NEEDED)
    numbers = ",".join(str(number) for number in range(1, len(FIELDS) + 1))
    values = ",".join(f'"|{field}|"&{line.text(field)}' for field in FIELDS)
    keys = f"{line.identity()}&CHOOSE({{{numbers}}},{values})"
    marks = f"{found(CHECK_KEYS, keys)}+{found(key_name(SHARED), f'{keys}&{line.rest()}')}"
    return f"{gaps}+IF({found(IDENTITIES, line.identity())}=0,0,{marks})"


def _gap(line: Row, field: str) -> str:
    wanted = line.wants(field)
    return f"IF({line.blank(field)},{'1' if wanted == 'TRUE' else f'IF({wanted},1,0)'},0)"


def _unchanged(key: str, header: str) -> str:
    """True where the row reads as it was checked: at its own place, else anywhere."""
    place = f"(ROW()-ROW({header})-1)"
    height = f"ROWS({ROW_KEYS})"
    own = f"INDEX({ROW_KEYS},MOD({place},{height})+1,INT({place}/{height})+1)"
    return f"IF(IFERROR(EXACT({own},{key}),FALSE),TRUE,{found(ROW_KEYS, key)}>0)"


def places_of(fields: Sequence[str], first: int) -> Mapping[str, int]:
    """Columns by field where they stand side by side."""
    return {field: first + place for place, field in enumerate(fields)}


def header_cell(column: int, row: int) -> str:
    """'$A$1' for column 0 and row 1."""
    return f"${column_letters(column)}${row}"
