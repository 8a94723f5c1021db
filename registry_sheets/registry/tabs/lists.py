"""The Lists tab: what the dropdowns offer, and which findings are accepted. People fill it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from registry_sheets.registry.columns import COLUMNS
from registry_sheets.registry.grid import Cell, Place, column_letters
from registry_sheets.registry.lists import LIST_BLOCKS, BlockName
from registry_sheets.registry.marks import LAST_ROW
from registry_sheets.registry.sheets import Sheet, SheetCell, Style, Validation
from registry_sheets.registry.table import Lists
from registry_sheets.registry.tabs.canvas import rows_of
from registry_sheets.registry.tabs.findings import quoted

CHOICES = 500
"""A dropdown offers so many rows of a block."""

_TITLE_ROW, _NOTE_ROW, _BLOCK_ROW, _HEADER_ROW = 0, 1, 2, 3
_FIRST_ROW = _HEADER_ROW + 1
_GAP_WIDTH = 3
_WIDTHS: Mapping[str, float] = {
    "Location": 28,
    "Owner": 28,
    "E-mail": 30,
    "Active": 9,
    "Data source": 36,
    "Model": 26,
    "Version": 11,
    "Column": 18,
    "Why": 48,
    "Until": 13,
}
_STYLES: Mapping[str, Style] = {"Version": "text", "Until": "date", "Why": "wrapped"}
_BLOCK_OF: Mapping[str, BlockName] = {"location": "locations", "owner": "owners", "data_source": "data_sources"}
_NOTE = "The dropdowns of Models offer what stands here. A list that is left empty judges nothing."


def lists_sheet(lists: Lists | None = None, title: str = "Lists") -> Sheet:
    """The tab with its four blocks, empty or holding ``lists``."""
    cells: dict[Place, SheetCell] = {
        (_TITLE_ROW, 0): SheetCell(title, "title"),
        (_NOTE_ROW, 0): SheetCell(_NOTE, "note"),
    }
    notes: dict[str, str] = {}
    for block in LIST_BLOCKS:
        first = _first_column(block.name)
        if block.title:
            cells[_BLOCK_ROW, first] = SheetCell(f"{block.title}: findings that are right as they stand", "note")
        for place, (header, text) in enumerate(zip(block.headers, block.help, strict=True), first):
            cells[_HEADER_ROW, place] = SheetCell(header, "header" if place == first else "header-recommended")
            notes[f"{column_letters(place)}{_HEADER_ROW + 1}"] = text
    cells |= _filled(lists or Lists())
    headers = dict(_columns())
    return Sheet(
        kind="lists",
        title=title,
        rows=rows_of(cells),
        widths={place: _WIDTHS.get(header, _GAP_WIDTH) for place, header in headers.items()},
        column_styles={place: _STYLES.get(header, "text") for place, header in headers.items() if header},
        frozen_rows=_FIRST_ROW,
        validations=tuple(_validations(headers)),
        notes=notes,
        numbers_as_text=tuple(
            _to_the_end(place) for place, header in headers.items() if header in ("Model", "Version")
        ),
        tab_color="548235",
    )


def choices(field: str, lists_title: str) -> str:
    """The formula for a dropdown: a block of Lists down to its last filled row; '' where a field has none."""
    if field not in _BLOCK_OF:
        return ""
    letter = column_letters(_first_column(_BLOCK_OF[field]))
    first, last = f"{quoted(lists_title)}!${letter}${_FIRST_ROW + 1}", f"${letter}${_FIRST_ROW + CHOICES}"
    filled = f'SUMPRODUCT(MAX(({first}:{last}<>"")*ROW({first}:{last})))-{_FIRST_ROW}'
    return f"{first}:INDEX({first}:{last},MAX(1,{filled}))"


def _columns() -> Iterator[tuple[int, str]]:
    """Column -> header, '' for the gaps between blocks."""
    place = 0
    for block in LIST_BLOCKS:
        for header in block.headers:
            yield place, header
            place += 1
        yield place, ""
        place += 1


def _first_column(name: BlockName) -> int:
    place = 0
    for block in LIST_BLOCKS:
        if block.name == name:
            return place
        place += len(block.headers) + 1
    raise KeyError(name)


def _filled(lists: Lists) -> dict[Place, SheetCell]:
    owners = [(owner.name, owner.email, "" if owner.active else "No") for owner in lists.owners]
    accepted = [(a.name, a.version, a.column, a.why, a.until or "") for a in lists.accepted]
    blocks: Sequence[tuple[BlockName, Sequence[Sequence[Cell]]]] = (
        ("locations", [(location,) for location in lists.locations]),
        ("owners", owners),
        ("data_sources", [(source,) for source in lists.data_sources]),
        ("accepted", accepted),
    )
    headers, cells = dict(_columns()), {}
    for name, rows in blocks:
        for row, values in enumerate(rows, _FIRST_ROW):
            for place, value in enumerate(values, _first_column(name)):
                if value != "":
                    cells[row, place] = SheetCell(value, _STYLES.get(headers[place], "text"))
    return cells


def _validations(headers: Mapping[int, str]) -> Iterator[Validation]:
    accepted = _first_column("accepted")
    for place, header in headers.items():
        if header == "Active":
            yield Validation(_to_the_end(place), "list", '"Yes,No"', error="Active is Yes or No; blank means Yes.")
        elif header == "Until":
            yield Validation(_to_the_end(place), "date", error="Until is a day, such as 2026-12-31.")
        elif header == "Column" and place > accepted:
            yield Validation(_to_the_end(place), "list", f'"{",".join(column.header for column in COLUMNS)}"')


def _to_the_end(place: int) -> str:
    letter = column_letters(place)
    return f"{letter}{_FIRST_ROW + 1}:{letter}{LAST_ROW}"
