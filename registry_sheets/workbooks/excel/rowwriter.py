"""One row's new cells as cuts in the sheet part, or the row as a whole where it is not there yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from registry_sheets.registry.grid import Cell, a1
from registry_sheets.workbooks.excel.markup import Cut, Document, with_attributes
from registry_sheets.workbooks.excel.render import Ink, value_markup
from registry_sheets.workbooks.excel.splice import CellSpan, RowSpan

_SPANS = re.compile(r"(\d+):(\d+)")


@dataclass
class RowPlan:
    """What a row should hold: ``there`` is the row as it stands, if it does; ``above`` gives the
    format to a row that is added; ``formulas`` go on from the row above, by column. ``looks`` are styles
    for cells that have none of their own, by column.
    """

    number: int
    there: RowSpan | None
    values: dict[int, Cell] = field(default_factory=dict)
    formulas: dict[int, str] = field(default_factory=dict)
    above: RowSpan | None = None
    looks: dict[int, int] = field(default_factory=dict)

    @property
    def columns(self) -> set[int]:
        return {*self.values, *self.formulas}


class RowWriter:
    """Writes plans of one sheet; ``shell`` is its part without the rows."""

    def __init__(self, ink: Ink, shell: Document) -> None:
        self._ink, self._shell = ink, shell

    def cuts(self, plan: RowPlan, gap: int) -> Iterator[Cut]:
        """The cuts for one row; a missing row goes to offset ``gap``."""
        if plan.there is not None:
            yield from self._changed_row(plan, plan.there)
        elif any(value != "" for value in plan.values.values()) or plan.formulas:
            yield Cut(gap, gap, self._new_row(plan).encode())

    def _new_row(self, plan: RowPlan) -> str:
        p = self._ink.prefix
        attributes, styles = _row_format(plan.above)
        row_style = attributes.get("s")
        body = "".join(
            self._cell(plan, column, styles.get(column, int(row_style) if row_style else self._column_style(column)))
            for column in sorted({*plan.columns, *styles})
        )
        written = "".join(f' {name}="{value}"' for name, value in attributes.items())
        return f'<{p}row r="{plan.number}"{written}>{body}</{p}row>'

    def _changed_row(self, plan: RowPlan, row: RowSpan) -> Iterator[Cut]:
        cells = row.cells()
        by_column = {cell.column: cell for cell in cells}
        _, styles = _row_format(plan.above)
        inserted: dict[int, list[str]] = {}
        for column in sorted(plan.columns):
            old = by_column.get(column)
            style = self._style(row, old, plan.looks.get(column, styles.get(column)), column)
            markup = self._cell(plan, column, style)
            if old is not None:
                yield Cut(row.start + old.element.start, row.start + old.element.end, markup.encode())
            elif column in plan.formulas or plan.values.get(column) != "":
                inserted.setdefault(_position(row, cells, column), []).append(markup)
        yield from self._tag_and_insertions(plan, row, inserted)

    def _tag_and_insertions(self, plan: RowPlan, row: RowSpan, inserted: Mapping[int, list[str]]) -> Iterator[Cut]:
        element = row.element
        tag = row.data[element.start : element.inner]
        widened = with_attributes(tag, _spans(element.attributes.get("spans", ""), plan.columns))
        if element.empty and inserted:
            body = "".join(markup for items in inserted.values() for markup in items).encode()
            new = widened[:-2].rstrip() + b">" + body + b"</" + element.name + b">"
            yield Cut(row.start + element.start, row.start + element.end, new)
            return
        if widened != tag and inserted:
            yield Cut(row.start + element.start, row.start + element.inner, widened)
        for at, items in inserted.items():
            yield Cut(row.start + at, row.start + at, "".join(items).encode())

    def _cell(self, plan: RowPlan, column: int, style: int | None) -> str:
        value = plan.values.get(column, "")
        address = a1(plan.number - 1, column)
        if column in plan.formulas:
            return value_markup(self._ink, address, style, value, plan.formulas[column])
        if not isinstance(value, str | int | float):
            style = self._ink.styles.dated(style or 0, value)
        return value_markup(self._ink, address, style, value)

    def _style(self, row: RowSpan, old: CellSpan | None, above: int | None, column: int) -> int | None:
        """The cell's own style, else that of the row above, else the row's, else the column's."""
        if old is not None:
            own = old.element.attributes.get("s", "")
            return int(own) if own.isdigit() else None
        if above is not None:
            return above
        values = row.element.attributes
        if values.get("customFormat") in ("1", "true") and values.get("s", "").isdigit():
            return int(values["s"])
        return self._column_style(column)

    def _column_style(self, column: int) -> int | None:
        for child in self._shell.inside(self._shell.child("cols")):
            values = child.attributes
            if (
                int(values.get("min", 0)) <= column + 1 <= int(values.get("max", 0))
                and values.get("style", "").isdigit()
            ):
                return int(values["style"])
        return None


def _position(row: RowSpan, cells: list[CellSpan], column: int) -> int:
    """Where in the row's bytes a new cell goes."""
    before = [cell for cell in cells if cell.column < column]
    return before[-1].element.end if before else row.element.inner


def _row_format(above: RowSpan | None) -> tuple[dict[str, str], dict[int, int]]:
    """What a new row takes from the one above: its attributes, and the styles of its cells."""
    if above is None:
        return {}, {}
    kept = ("s", "customFormat", "ht", "customHeight", "thickTop", "thickBot")
    values = above.element.attributes
    cells = ((cell.column, cell.element.attributes.get("s", "")) for cell in above.cells())
    return {name: values[name] for name in kept if name in values}, {c: int(s) for c, s in cells if s.isdigit()}


def _spans(spans: str, columns: set[int]) -> dict[str, str | None]:
    """The row's hint about its columns, widened where it is a single span."""
    match = _SPANS.fullmatch(spans.strip())
    if match is None or not columns:
        return {}
    first, last = min(int(match[1]), min(columns) + 1), max(int(match[2]), max(columns) + 1)
    return {} if (first, last) == (int(match[1]), int(match[2])) else {"spans": f"{first}:{last}"}
