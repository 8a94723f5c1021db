"""What a spreadsheet cannot hold: told cell by cell before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry_sheets.errors import WriteRefused
from registry_sheets.operations.transfer_copy import Copy, PeoplesTab
from registry_sheets.registry.grid import Cell, Place, a1
from registry_sheets.registry.text import xml_safe

_NAMED = 10
_EXCEL_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f]|^'|'$")


@dataclass(frozen=True)
class Limits:
    """``text``: UTF-16 units in a cell; ``first_day``: before it there are no days; ``size``: a tab's rows and columns.

    ``title``: characters of a tab's title; ``controls``: whether a text may hold characters that nobody sees;
    ``spans``: whether a duration may be below zero.
    """

    program: str
    text: int
    first_day: date
    size: tuple[int, int]
    title: int
    controls: bool
    spans: bool


EXCEL = Limits("Excel", 32_767, date(1900, 1, 1), (1_048_576, 16_384), 31, controls=True, spans=False)
"""Microsoft's "Excel specifications and limits"; a duration below zero is shown as ####."""
GOOGLE = Limits("Google Sheets", 50_000, date(1, 1, 1), (10_000_000, 18_278), 100, controls=False, spans=True)
"""Google's "Files you can store in Google Drive": 10 million cells, 18,278 columns, 50,000 characters a cell."""


def refuse_unfit(copy: Copy, limits: Limits) -> None:
    """Raises WriteRefused, with the cells by their addresses, where something cannot be held."""
    found = [*_tabs(copy.tabs, limits), *(told for tab in copy.tabs for told in _cells(tab, limits))]
    if not found:
        return
    more = [f"… and {len(found) - _NAMED} more."] if len(found) > _NAMED else []
    raise WriteRefused(
        f"{limits.program} cannot hold all of it, so nothing was written:\n" + "\n".join(found[:_NAMED] + more),
        "\nChange these in the registry, then run it again.",
    )


def unseen(copy: Copy, limits: Limits) -> Iterator[str]:
    """A notice for texts that lose characters which nobody sees."""
    if limits.controls:
        return
    places = [f"{tab.title}!{a1(*place)}" for tab in copy.tabs for place, text in tab.texts() if _loses(text)]
    if places:
        more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
        yield f"Without control characters, which {limits.program} does not keep: {', '.join(places[:_NAMED])}{more}."


def _loses(text: str) -> bool:
    return not text.isprintable() and xml_safe(text) != text


def _tabs(tabs: Sequence[PeoplesTab], limits: Limits) -> Iterator[str]:
    seen: set[str] = set()
    for tab in tabs:
        width = max(map(len, tab.grid.rows), default=0)
        if len(tab.grid.rows) > limits.size[0] or width > limits.size[1]:
            yield f"  the tab '{tab.title}' is larger than {limits.size[0]:,} rows or {limits.size[1]:,} columns"
        if _title_unfit(tab.title, limits) or tab.title.casefold() in seen:
            allowed = f"at most {limits.title} characters, none of [ ] : * ? / \\, and no two alike"
            yield f"  the tab '{tab.title}' needs another title: {allowed}"
        seen.add(tab.title.casefold())


def _title_unfit(title: str, limits: Limits) -> bool:
    if _units(title) > limits.title:
        return True
    return limits is EXCEL and (bool(_EXCEL_TITLE.search(title)) or title.casefold() == "history")


def _cells(tab: PeoplesTab, limits: Limits) -> Iterator[str]:
    for place, cell in tab.cells():
        if told := _unfit(cell, limits, place in tab.formulas):
            yield f"  {_address(tab, place)} {told}"


def _address(tab: PeoplesTab, place: Place) -> str:
    return f"{tab.title}!{a1(*place)}"


def _unfit(cell: Cell, limits: Limits, calculated: bool) -> str:
    if isinstance(cell, str):
        if len(cell) > limits.text // 2 and _units(cell) > limits.text and not calculated:
            return f"has {_units(cell):,} characters; a cell holds {limits.text:,}"
        return ""
    if isinstance(cell, date):
        day = cell.date() if isinstance(cell, datetime) else cell
        return f"holds {day.isoformat()}; days begin on {limits.first_day}" if day < limits.first_day else ""
    if isinstance(cell, timedelta) and cell < timedelta(0) and not limits.spans:
        return "holds a duration below zero"
    return ""


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def unfit_texts(cells: Iterable[tuple[str, Cell]], limits: Limits) -> list[str]:
    """As refuse_unfit() tells them, of cells with what to call them."""
    return [f"{name} {told}" for name, cell in cells if (told := _unfit(cell, limits, False))]
