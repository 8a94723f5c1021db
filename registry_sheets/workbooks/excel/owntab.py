"""A tab that we write whole: a new sheet part, or an own tab's part with our elements replaced.

What people did to an own tab stays: widths, the view, filters, comments, pictures, print settings.
"""

from __future__ import annotations

from collections.abc import Mapping

from registry_sheets.registry.grid import Place
from registry_sheets.registry.sheets import Sheet
from registry_sheets.workbooks.excel import render
from registry_sheets.workbooks.excel.draft import Draft, Intended
from registry_sheets.workbooks.excel.marking import marks_cuts
from registry_sheets.workbooks.excel.markup import Cut, Document, Editor, applied, attribute_text
from registry_sheets.workbooks.excel.notes import comments_part, drawing_part
from registry_sheets.workbooks.excel.parts import SheetEntry
from registry_sheets.workbooks.excel.render import SHEET_ORDER, Ink, rows_markup
from registry_sheets.workbooks.excel.tables import (
    filter_values,
    filtered_rows,
    new_table,
    read_table,
    refit,
)


def add_tab(draft: Draft, sheet: Sheet, title: str, sheet_id: int) -> None:
    """Add a tab after all others."""
    package = draft.package
    namespaces = f'xmlns="{package.main_namespace}" xmlns:r="{package.relations_namespace}"'
    color = f'<tabColor rgb="FF{sheet.tab_color}"/>' if sheet.tab_color else ""
    properties = f'<sheetPr>{color}<pageSetUpPr fitToPage="1"/></sheetPr>'
    views = render.views_markup(sheet, "")
    margins = '<pageMargins left="0.4" right="0.4" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
    across = 2 if sheet.kind == "models" else 1
    page = f'<pageSetup paperSize="9" fitToWidth="{across}" fitToHeight="0" orientation="landscape"/>'
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    blank = f"{head}<worksheet {namespaces}>{properties}{views}<sheetData/>{margins}{page}</worksheet>"
    document = Document(blank.encode())
    # The name is settled first: relationships of the part are named after it.
    name = draft.add_part(draft.folder("worksheets/sheet{}.xml"), "worksheet", b"")
    writer = _Writer(draft, document, sheet, name)
    draft.added[name] = applied(document.data, writer.write())
    draft.cells[name] = intended(sheet)
    _list_tab(draft, title, sheet_id, draft.relate(package.workbook_key, "worksheet", name))


def replace_tab(draft: Draft, sheet: Sheet, entry: SheetEntry) -> None:
    """Put a tab's new content in the place of what it holds."""
    document = draft.package.document(entry.part)
    writer = _Writer(draft, document, sheet, entry.part)
    editor = draft.editor(entry.part)
    editor.cuts.extend(writer.write())
    draft.cells[entry.part] = intended(sheet)


def intended(sheet: Sheet) -> dict[Place, Intended]:
    """The cells of a tab that should read back."""
    return {
        (row, column): cell
        for row, cells in enumerate(sheet.rows)
        for column, cell in enumerate(cells)
        if cell.value != "" or cell.formula is not None
    }


def _list_tab(draft: Draft, title: str, sheet_id: int, relation: str) -> None:
    editor = draft.workbook
    document, wanted = editor.document, draft.package.relations_namespace
    known = next((name for name, space in document.namespaces.items() if space == wanted and name), None)
    declared = "" if known else f' xmlns:r="{wanted}"'
    values = f'name="{attribute_text(title)}" sheetId="{sheet_id}"{declared} {known or "r"}:id="{relation}"'
    sheets = document.child("sheets")
    assert sheets is not None
    editor.append(sheets, f"<{document.prefix}sheet {values}/>")


class _Writer:
    """Puts a Sheet's elements into one sheet part, in schema order."""

    def __init__(self, draft: Draft, document: Document, sheet: Sheet, name: str) -> None:
        self.draft, self.document, self.sheet, self.name = draft, document, sheet, name
        self.editor = Editor(document)
        self.ink: Ink = draft.ink(document.prefix)

    def write(self) -> tuple[Cut, ...]:
        p, sheet = self.document.prefix, self.sheet
        table = self._table()
        self._put("dimension", f'<{p}dimension ref="{render.dimension(sheet)}"/>')
        self._put("cols", self._columns())
        rows = "".join(rows_markup(sheet, self.ink, self._hidden_rows()))
        self._put("sheetData", f"<{p}sheetData>{rows}</{p}sheetData>")
        self._put("mergeCells", render.merges_markup(sheet.merged, p))
        self._marks()
        self._put("dataValidations", render.validations_markup(sheet.validations, p))
        self._put("ignoredErrors", render.ignored_errors_markup(sheet.numbers_as_text, p))
        self._put_new("legacyDrawing", self._notes())
        self._put_new("tableParts", table)
        return self.editor.ordered

    def _put(self, local: str, markup: str) -> None:
        """Replace the elements of that name, or put the first one in its place."""
        old = list(self.document.all(local))
        if old:
            self.editor.cut(old[0].start, old[0].end, markup)
            for element in old[1:]:
                self.editor.cut(element.start, element.end, "")
        elif markup:
            at = self.document.place(local, SHEET_ORDER)
            self.editor.cut(at, at, markup)

    def _put_new(self, local: str, markup: str) -> None:
        if markup and self.document.child(local) is None:
            at = self.document.place(local, SHEET_ORDER)
            self.editor.cut(at, at, markup)

    def _columns(self) -> str:
        widths, hidden = people_columns(self.document)
        shut = self.sheet.hidden_columns | hidden
        return render.columns_markup(self.sheet, self.ink, {**self.sheet.widths, **widths}, shut)

    def _marks(self) -> None:
        self.editor.cuts.extend(marks_cuts(self.document, self.sheet.marks, self.ink))

    def _table_key(self) -> str | None:
        return self.draft.package.related(self.name, "table")

    def _hidden_rows(self) -> frozenset[int]:
        key = self._table_key()
        return (
            frozenset() if key is None else filtered_rows(self.sheet, filter_values(self.draft.package.document(key)))
        )

    def _table(self) -> str:
        """The <tableParts> element for a new table; '' where there is one already, which is refitted."""
        key = self._table_key()
        if not self.sheet.table:
            return ""
        if key is not None:
            refit(self.draft.editor(key), self.sheet, read_table(self.draft.package, key))
            return ""
        tables, p = self.draft.tables, self.document.prefix
        id_, name = tables.new_id(), tables.new_name(self.sheet.table_name or f"Registry_{self.sheet.kind}")
        part = new_table(self.sheet, self.draft.package.main_namespace, id_, name)
        added = self.draft.add_part(self.draft.folder("tables/table{}.xml"), "table", part)
        relation = self.draft.relate(self.name, "table", added)
        return f'<{p}tableParts count="1"><{p}tablePart {self._relation(relation)}/></{p}tableParts>'

    def _notes(self) -> str:
        """The <legacyDrawing> element for notes, on tabs that have no comments yet."""
        package = self.draft.package
        if not self.sheet.notes or package.related(self.name, "comments") or self.document.child("legacyDrawing"):
            return ""
        comments = comments_part(self.sheet.notes, package.main_namespace)
        name = self.draft.add_part(self.draft.folder("comments{}.xml"), "comments", comments)
        self.draft.relate(self.name, "comments", name)
        drawing = drawing_part(self.sheet.notes)
        name = self.draft.add_part(self.draft.folder("drawings/vmlDrawing{}.vml"), "vmlDrawing", drawing)
        relation = self.draft.relate(self.name, "vmlDrawing", name)
        return f"<{self.document.prefix}legacyDrawing {self._relation(relation)}/>"

    def _relation(self, id_: str) -> str:
        wanted = self.draft.package.relations_namespace
        known = next((name for name, space in self.document.namespaces.items() if space == wanted and name), None)
        return f'{known}:id="{id_}"' if known else f'xmlns:r="{wanted}" r:id="{id_}"'


def people_columns(document: Document) -> tuple[Mapping[int, float], frozenset[int]]:
    """Widths and hidden columns (0-based) as the part has them."""
    widths: dict[int, float] = {}
    hidden: set[int] = set()
    for child in document.inside(document.child("cols")):
        values = child.attributes
        columns = range(int(values.get("min", 1)) - 1, min(int(values.get("max", 1)), 256))
        if values.get("customWidth") in ("1", "true") and "width" in values:
            widths |= dict.fromkeys(columns, float(values["width"]))
        if values.get("hidden") in ("1", "true"):
            hidden |= set(columns)
    return widths, frozenset(hidden)
