"""Tabs that are carried into another spreadsheet, as they are written there: the same cells, with the aids of ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time

from registry_sheets.operations.create import new_own_tabs
from registry_sheets.operations.looking import Terms
from registry_sheets.operations.transfer_copy import Copy, PeoplesTab, check_column
from registry_sheets.operations.transfer_formulas import held_error
from registry_sheets.registry.columns import COLUMNS, Column
from registry_sheets.registry.grid import Cell, Place, column_letters
from registry_sheets.registry.headers import HeaderMatch
from registry_sheets.registry.marks import ALWAYS_NEEDED, LAST_ROW, NEEDED, marks_for
from registry_sheets.registry.sheets import Sheet, SheetCell, Style, Validation
from registry_sheets.registry.table import Stage
from registry_sheets.registry.tabs.check import check_formula, header_cell
from registry_sheets.registry.tabs.lists import choices, lists_sheet

Translate = Callable[[str, Cell, str], str]
"""A formula for the target, of (formula, value, error)."""

_WIDEST, _NARROWEST = 44, 10
_MOST_FROZEN = 10


def tabs_of(copy: Copy, terms: Terms, translate: Translate) -> tuple[tuple[Sheet, ...], tuple[Sheet, ...]]:
    """(people's tabs in their order, the tool's own tabs), ready to be written."""
    people = tuple(_people(tab, copy, translate) for tab in copy.tabs)
    return people, new_own_tabs(terms, [tab.title for tab in copy.tabs])


def _people(tab: PeoplesTab, copy: Copy, translate: Translate) -> Sheet:
    if tab.title == copy.models:
        return _models(tab, copy, translate)
    if tab.title == copy.lists:
        return _lists(tab, translate)
    rows = _rows(tab, translate, {})
    return Sheet("other", tab.title, rows, widths=_widths(tab), hidden=tab.grid.hidden)


def _rows(
    tab: PeoplesTab, translate: Translate, heads: Mapping[Place, Style], texts: Style = "plain"
) -> list[list[SheetCell]]:
    """The cells; ``heads`` are the looks of headings, ``texts`` that of all other texts."""
    odd = [*tab.formulas, *tab.grid.errors]
    height = max([len(tab.grid.rows), *(row + 1 for row, _ in odd)])
    width = max([*(len(row) for row in tab.grid.rows), *(at + 1 for _, at in odd)], default=0)
    return [[_cell(tab, (row, at), translate, heads, texts) for at in range(width)] for row in range(height)]


def _value(tab: PeoplesTab, place: Place) -> Cell:
    row, at = place
    rows = tab.grid.rows
    return rows[row][at] if row < len(rows) and at < len(rows[row]) else ""


def _cell(tab: PeoplesTab, place: Place, translate: Translate, heads: Mapping[Place, Style], texts: Style) -> SheetCell:
    value, error = _value(tab, place), tab.grid.errors.get(place, "")
    style = heads.get(place) or _style(value, texts)
    formula = tab.formulas.get(place)
    if formula is not None:
        written = translate(formula, value, error)
        return SheetCell(held_error(error) if error else value, style, written, error=bool(error))
    return SheetCell(held_error(error), style, error=True) if error else SheetCell(value, style)


def _style(value: Cell, texts: Style) -> Style:
    """A day looks like one; all else but texts looks as its program shows it."""
    if isinstance(value, str):
        return texts if value else "plain"
    whole = isinstance(value, date) and not (isinstance(value, datetime) and value.time() != time())
    return "date" if whole else "plain"


# Models


def _models(tab: PeoplesTab, copy: Copy, translate: Translate) -> Sheet:
    match = copy.match
    head = match.header_row - 1
    check = check_column(tab, head)
    known = {at.index: declared for declared in COLUMNS if (at := match.columns.get(declared.field))}
    with_check = tab if check is None else _checked(tab, match, check)
    last = column_letters(max(len(tab.grid.rows[head]) - 1, 0))
    frozen = match.header_row if match.header_row <= _MOST_FROZEN else 0
    return Sheet(
        kind="models",
        title=tab.title,
        rows=_rows(with_check, translate, _heads(tab, head, known, check), "wrapped"),
        widths=_widths(tab),
        column_styles={at: _column_style(declared) for at, declared in known.items()},
        frozen_rows=frozen,
        filter=f"A{match.header_row}:{last}{max(len(tab.grid.rows), match.header_row + 1)}",
        validations=tuple(_validations(match, copy)),
        marks=marks_for(match.columns, match.header_row, check_column=check),
        notes={f"{column_letters(at)}{match.header_row}": _note(declared) for at, declared in known.items()},
        numbers_as_text=tuple(
            _below(match.columns[name].index, match.header_row) for name in ALWAYS_NEEDED if name in match.columns
        ),
        tab_color="1F4E78",
        hidden=tab.grid.hidden,
    )


def _checked(tab: PeoplesTab, match: HeaderMatch, check: int) -> PeoplesTab:
    """With the Check column's formulas as this program needs them."""
    if not all(field in match.columns for field in NEEDED):
        return tab
    places = {field: at.index for field, at in match.columns.items()}
    header = header_cell(check, match.header_row)
    own = {place: check_formula(places, place[0] + 1, header) for place in tab.formulas if place[1] == check}
    return replace(tab, formulas={**tab.formulas, **own})


def _heads(tab: PeoplesTab, head: int, known: Mapping[int, Column], check: int | None) -> dict[Place, Style]:
    looks: dict[Place, Style] = {}
    for at in range(len(tab.grid.rows[head])):
        required = at in known and known[at].need == "required"
        looks[head, at] = "header-own" if at == check else "header" if required else "header-recommended"
    return {place: look for place, look in looks.items() if tab.grid.rows[head][place[1]] != ""}


def _column_style(declared: Column) -> Style:
    if declared.field in ALWAYS_NEEDED:
        return "text"
    return "date" if declared.kind == "date" else "wrapped"


def _note(declared: Column) -> str:
    return f"{declared.need.capitalize()}. {declared.help}\nExample: {declared.example}"


def _below(at: int, header_row: int) -> str:
    letter = column_letters(at)
    return f"{letter}{header_row + 1}:{letter}{LAST_ROW}"


def _validations(match: HeaderMatch, copy: Copy) -> Iterator[Validation]:
    lists = next((tab for tab in copy.tabs if tab.title == copy.lists and _as_ours(tab)), None)
    for declared in COLUMNS:
        at = match.columns.get(declared.field)
        if at is None:
            continue
        ref = _below(at.index, match.header_row)
        if declared.kind == "stage":
            words = ",".join(stage.value for stage in Stage)
            yield Validation(ref, "list", f'"{words}"', error=f"Stage is one of: {words.replace(',', ', ')}.")
        elif declared.kind == "date":
            yield Validation(ref, "date", error=f"{declared.header} is a day, such as {declared.example}.")
        elif lists and (source := choices(declared.field, lists.title)):
            yield Validation(ref, "list", source)


# Lists and other tabs


def _lists(tab: PeoplesTab, translate: Translate) -> Sheet:
    """Lists as ours, where its blocks stand where ours do."""
    ours = lists_sheet(title=tab.title)
    if not _as_ours(tab):
        return Sheet("lists", tab.title, _rows(tab, translate, {}), widths=_widths(tab), hidden=tab.grid.hidden)
    heads: dict[Place, Style] = {
        (row, at): cell.style
        for row, cells in enumerate(ours.rows)
        for at, cell in enumerate(cells)
        if cell.value != ""
    }
    return replace(ours, rows=_rows(tab, translate, heads, "text"), hidden=tab.grid.hidden)


def _as_ours(tab: PeoplesTab) -> bool:
    """Whether the headings of Lists stand where the template's do, which is where dropdowns look."""
    head = lists_sheet().rows[-1]
    row = len(lists_sheet().rows) - 1
    cells: Sequence[Cell] = tab.grid.rows[row] if row < len(tab.grid.rows) else ()
    return all(cell.value == "" or cells[at : at + 1] == [cell.value] for at, cell in enumerate(head))


def _widths(tab: PeoplesTab) -> dict[int, float]:
    """Wide enough for most of what a column holds, within reason."""
    longest: dict[int, int] = {}
    for (_, at), cell in tab.cells():
        length = max(map(len, cell.split("\n"))) if isinstance(cell, str) else _NARROWEST
        longest[at] = max(longest.get(at, _NARROWEST), min(length, _WIDEST))
    return {at: length + 2.0 for at, length in longest.items()}
