"""Filterable tables (x:table parts) of our tabs, and of people's as far as an added row lets them grow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from registry_sheets.registry.grid import a1
from registry_sheets.registry.sheets import Sheet
from registry_sheets.workbooks.excel.markup import Document, Editor, attribute_text
from registry_sheets.workbooks.excel.names import defined_names
from registry_sheets.workbooks.excel.parts import TYPES, Package
from registry_sheets.workbooks.excel.render import area


@dataclass(frozen=True, slots=True)
class Table:
    """A table as its part tells it; the area is in 0-based rows and columns, header and totals included."""

    key: str
    name: str
    top: int
    left: int
    bottom: int
    right: int
    header_rows: int
    totals_rows: int
    columns: tuple[str, ...]
    queried: bool = False
    """Whether a query or a map fills it, which then also says what columns it has."""


def read_table(package: Package, key: str) -> Table:
    """One table part."""
    document = package.document(key)
    values = document.root.attributes
    names = tuple(c.attributes.get("name", "") for c in document.inside(document.child("tableColumns")))
    top, left, bottom, right = area(values.get("ref", "A1"))
    totals = values.get("totalsRowCount", "0")
    header = values.get("headerRowCount", "1")
    name = values.get("displayName") or values.get("name", "")
    queried = values.get("tableType", "worksheet") != "worksheet"
    return Table(key, name, top, left, bottom, right, int(header), int(totals), names, queried)


def sheet_tables(package: Package, part: str) -> tuple[Table, ...]:
    """The tables of one sheet."""
    found = (r.target for r in package.relations(part) if r.kind == "table" and r.target in package)
    return tuple(read_table(package, key) for key in found)


def table_parts(package: Package) -> Iterable[str]:
    """All table parts, by content type or by their place."""
    typed = {key for key, kind in package.overrides.items() if kind == TYPES["table"]}
    return sorted(key for key in package.entries if key in typed or ("/tables/" in key and key.endswith(".xml")))


@dataclass
class TableNumbers:
    """Table ids and names that are taken in a workbook."""

    ids: set[int]
    names: set[str]

    @classmethod
    def of(cls, package: Package) -> TableNumbers:
        roots = [package.document(key).root.attributes for key in table_parts(package)]
        ids = {int(values["id"]) for values in roots if values.get("id", "").isdigit()}
        names = {values.get(name, "").casefold() for values in roots for name in ("name", "displayName")}
        return cls(ids, names | set(defined_names(package.workbook)))

    def new_id(self) -> int:
        number = max(self.ids, default=0) + 1
        self.ids.add(number)
        return number

    def new_name(self, wanted: str) -> str:
        number, name = 1, wanted
        while name.casefold() in self.names:
            number += 1
            name = f"{wanted}_{number}"
        self.names.add(name.casefold())
        return name


def table_area(sheet: Sheet) -> tuple[int, int, int, int]:
    """The table's area; a table needs a row below its header, if only a blank one."""
    top, left, bottom, right = area(sheet.table)
    return top, left, max(bottom, top + 1), right


def table_reference(sheet: Sheet) -> str:
    top, left, bottom, right = table_area(sheet)
    return f"{a1(top, left)}:{a1(bottom, right)}"


def column_names(sheet: Sheet) -> tuple[str, ...]:
    """The table's headers."""
    top, left, _, right = table_area(sheet)
    header = sheet.rows[top]
    return tuple(str(header[column].value) for column in range(left, right + 1))


def new_table(sheet: Sheet, namespace: str, id_: int, name: str) -> bytes:
    """A table part."""
    ref, columns = table_reference(sheet), column_names(sheet)
    body = f'<autoFilter ref="{ref}"/>{_columns(columns, "")}{_style("")}'
    head = f'<table xmlns="{namespace}" id="{id_}" name="{name}" displayName="{name}" ref="{ref}" totalsRowShown="0">'
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{head}{body}</table>'.encode()


def refit(editor: Editor, sheet: Sheet, old: Table) -> None:
    """Let a table of ours hold what the tab now holds; people's filters stay where the columns do."""
    document, ref = editor.document, table_reference(sheet)
    editor.set_attributes(document.root, {"ref": ref, "totalsRowCount": None})
    same = old.columns == column_names(sheet)
    for child in document.children:
        if child.local == "autoFilter" and same:
            editor.set_attributes(child, {"ref": ref})
        elif child.local == "autoFilter":
            editor.cut(child.start, child.end, f'<{document.prefix}autoFilter ref="{ref}"/>')
        elif child.local == "sortState":
            editor.cut(child.start, child.end, "")
        elif child.local == "tableColumns" and not same:
            editor.cut(child.start, child.end, _columns(column_names(sheet), document.prefix))


def grow(editor: Editor, rows: int, headings: Sequence[str] = ()) -> None:
    """Let a table of people end some rows later and some columns further right, its filter with it."""
    document = editor.document
    holders = [document.root, *document.all("autoFilter")]
    for element in holders:
        ref = element.attributes.get("ref")
        if ref:
            editor.set_attributes(element, {"ref": longer(ref, rows, len(headings))})
    columns = document.child("tableColumns")
    if headings and columns is not None:
        there = document.inside(columns)
        first = max((int(child.attributes.get("id", "0")) for child in there), default=0) + 1
        editor.set_attributes(columns, {"count": str(len(there) + len(headings))})
        editor.append(columns, _column_items(headings, document.prefix, first))


def longer(reference: str, rows: int, columns: int = 0) -> str:
    """A range that ends ``rows`` later and ``columns`` further right."""
    top, left, bottom, right = area(reference)
    return f"{a1(top, left)}:{a1(bottom + rows, right + columns)}"


def filter_values(document: Document) -> dict[int, frozenset[str]]:
    """Columns (by their place in the table) that a plain list of values filters -> the texts that show."""
    found: dict[int, frozenset[str]] = {}
    for column in document.inside(document.child("autoFilter")):
        filters = [child for child in document.inside(column) if child.local == "filters"]
        if column.local != "filterColumn" or not filters:
            continue
        items = document.inside(filters[0])
        blank = {""} if filters[0].attributes.get("blank") == "1" else set()
        if all(item.local == "filter" for item in items):
            found[int(column.attributes.get("colId", "0"))] = (
                frozenset(i.attributes.get("val", "") for i in items) | blank
            )
    return found


def filtered_rows(sheet: Sheet, shown: dict[int, frozenset[str]]) -> frozenset[int]:
    """The rows of a tab that those filters hide."""
    if not shown or not sheet.table:
        return frozenset()
    top, left, bottom, _ = table_area(sheet)
    rows = range(top + 1, min(bottom + 1, len(sheet.rows)))
    return frozenset(
        row for row in rows if any(_text(sheet, row, left + column) not in texts for column, texts in shown.items())
    )


def _text(sheet: Sheet, row: int, column: int) -> str:
    return str(sheet.rows[row][column].value) if column < len(sheet.rows[row]) else ""


def _columns(names: Sequence[str], p: str) -> str:
    return f'<{p}tableColumns count="{len(names)}">{_column_items(names, p, 1)}</{p}tableColumns>'


def _column_items(names: Sequence[str], p: str, first: int) -> str:
    return "".join(f'<{p}tableColumn id="{n}" name="{_escaped(name)}"/>' for n, name in enumerate(names, first))


def _escaped(name: str) -> str:
    return attribute_text(name).replace("&#10;", "_x000a_")


def _style(p: str) -> str:
    return f'<{p}tableStyleInfo name="TableStyleLight1" showFirstColumn="0" showLastColumn="0" showRowStripes="0"/>'
