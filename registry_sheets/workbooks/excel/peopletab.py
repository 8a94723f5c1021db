"""Changes to a tab that people write: conditional formats beside theirs, single cells, rows at the end.

Only what must change is spliced into the part; every other byte of it stays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from registry_sheets.errors import WorkbookChanged, WriteRefused
from registry_sheets.registry.grid import a1, column_letters
from registry_sheets.registry.sheets import Mark
from registry_sheets.workbooks.base import AddColumn, AppendRow, RowEdit, SetCell
from registry_sheets.workbooks.excel.addedcolumns import Widened, looks_of_headings, widen
from registry_sheets.workbooks.excel.appending import Appended, append_rows, append_target
from registry_sheets.workbooks.excel.cells import CellReader
from registry_sheets.workbooks.excel.draft import Draft, IntendedValue
from registry_sheets.workbooks.excel.marking import marks_cuts
from registry_sheets.workbooks.excel.markup import Cut, Editor, applied
from registry_sheets.workbooks.excel.merged import merged_areas
from registry_sheets.workbooks.excel.names import grow_filter_name
from registry_sheets.workbooks.excel.parts import SheetEntry
from registry_sheets.workbooks.excel.render import MAX_TEXT, area
from registry_sheets.workbooks.excel.rowwriter import RowPlan, RowWriter
from registry_sheets.workbooks.excel.splice import SheetScan, Wanted, scan_sheet
from registry_sheets.workbooks.excel.tables import Table, grow, longer, sheet_tables


def mark_tab(draft: Draft, entry: SheetEntry, marks: Sequence[Mark]) -> None:
    """Put conditional formats on a tab, in the place of our earlier ones."""
    scan = scan_sheet(draft.package, entry.part, Wanted())
    cuts = marks_cuts(scan.shell, marks, draft.ink(scan.shell.prefix))
    if applied(scan.shell.data, cuts) != scan.shell.data:
        draft.spliced[entry.part] = _placed(scan, cuts)


def edit_tab(draft: Draft, entry: SheetEntry, edits: Sequence[RowEdit]) -> tuple[int, ...]:
    """Set cells, add columns and append rows; returns the appended rows' numbers (from 1). All or nothing."""
    columns = [edit for edit in edits if isinstance(edit, AddColumn)]
    sets = [edit for edit in edits if isinstance(edit, SetCell)]
    sets = [*(SetCell(edit.row, edit.column, edit.heading, "") for edit in columns), *sets]
    appends = [edit for edit in edits if isinstance(edit, AppendRow)]
    tables = sheet_tables(draft.package, entry.part)
    widened = widen(draft.package, entry, columns, tables)
    target = append_target(appends, tables)
    wanted = Wanted(frozenset(edit.row + 1 for edit in sets), target.columns, target.limit, len(appends))
    scan = scan_sheet(draft.package, entry.part, wanted)
    _refuse_protected(scan, entry)
    tab = _Tab(draft, entry, scan, tables, widened)
    plans: dict[int, RowPlan] = {}
    for edit in sets:
        tab.check(edit)
        plan = plans.setdefault(edit.row + 1, RowPlan(edit.row + 1, scan.rows.get(edit.row + 1)))
        plan.values[edit.column] = edit.value
    for number, looks in looks_of_headings(columns, scan).items():
        plans[number].looks |= looks
    added = append_rows(appends, target, scan, tab.reader, plans)
    tab.write(plans, added)
    return tuple(added.rows)


def _placed(scan: SheetScan, cuts: Iterable[Cut]) -> tuple[Cut, ...]:
    """Cuts of the shell as cuts of the part."""
    moved = (Cut(scan.offset(cut.start), scan.offset(cut.end), cut.new) for cut in cuts)
    return tuple(sorted(moved, key=lambda cut: (cut.start, cut.end)))


def _refuse_protected(scan: SheetScan, entry: SheetEntry) -> None:
    protection = scan.shell.child("sheetProtection")
    if protection is not None and protection.attributes.get("sheet", "").lower() in ("1", "true", "on"):
        raise WriteRefused(
            f"The tab '{entry.title}' is protected.", "Unprotect it under Review > Unprotect Sheet, then try again."
        )


@dataclass
class _Tab:
    """One tab under edit."""

    draft: Draft
    entry: SheetEntry
    scan: SheetScan
    tables: Sequence[Table]
    widened: Widened
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    blocked: list[tuple[int, int, int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reader = CellReader(self.draft.package, self.draft.package.date1904)
        shell = self.scan.shell
        self.merged = merged_areas(shell)
        self.blocked = [area(reference) for reference in self.scan.arrays if reference]

    def check(self, edit: SetCell) -> None:
        """Raises WriteRefused or WorkbookChanged where the cell must not be set."""
        address = a1(edit.row, edit.column)
        self._refuse_place(edit, address)
        row = self.scan.rows.get(edit.row + 1)
        cell = None if row is None else next((c for c in row.cells() if c.column == edit.column), None)
        if cell is not None and cell.formula is not None:
            raise _refused(address, "holds a formula", "Change the cells that the formula reads, or clear it first.")
        if edit.expected is None:
            return
        found = "" if row is None or cell is None else self.reader.value(row, cell)
        if not self.reader.holds(edit.expected, found):
            raise WorkbookChanged(
                f"Cell {address} of '{self.entry.title}' no longer holds what was read.", "Run the command again."
            )

    def _refuse_place(self, edit: SetCell, address: str) -> None:
        row, column = edit.row, edit.column
        if any(_inside(block, row, column) for block in self.blocked):
            raise _refused(address, "belongs to an array formula", "Change the formula in Excel.")
        if any(_inside(block, row, column) and block[:2] != (row, column) for block in self.merged):
            raise _refused(address, "is hidden by a merged cell", "Unmerge the cells in Excel, then try again.")
        for table in self.tables:
            if not _inside((table.top, table.left, table.bottom, table.right), row, column):
                continue
            if row < table.top + table.header_rows:
                raise _refused(address, "is the header of a table", "Rename the column in Excel.")
            if row > table.bottom - table.totals_rows:
                raise _refused(address, "lies in the table's totals row", "Add the row in Excel, above the totals.")
        if isinstance(edit.value, str) and len(edit.value.encode("utf-16-le", "surrogatepass")) > 2 * MAX_TEXT:
            raise _refused(address, "cannot hold that text", "Shorten the text to 32,767 characters.")

    def write(self, plans: Mapping[int, RowPlan], added: Appended) -> None:
        """Turn plans into cuts, and let what surrounds them grow."""
        shell = self.scan.shell
        writer = RowWriter(self.draft.ink(shell.prefix), shell)
        cuts = [cut for number in sorted(plans) for cut in writer.cuts(plans[number], self._gap(plans[number], added))]
        if self.scan.rowless:
            cuts = self._first_rows(cuts)
        editor = Editor(shell)
        self._grow_dimension(editor, plans.values())
        self._grow_filters(editor, added)
        all_cuts = (*_placed(self.scan, editor.ordered), *cuts)
        self.draft.spliced[self.entry.part] = tuple(sorted(all_cuts, key=lambda cut: (cut.start, cut.end)))
        self.draft.cells[self.entry.part] = {
            (number - 1, column): IntendedValue(value)
            for number, plan in plans.items()
            for column, value in plan.values.items()
            if column not in plan.formulas
        }

    def _first_rows(self, cuts: Sequence[Cut]) -> list[Cut]:
        """Rows for a sheet that has none: <sheetData/> is opened for them."""
        element = next(self.scan.shell.all("sheetData"))
        name, rows = element.name, b"".join(cut.new for cut in cuts)
        return [Cut(element.start, element.end, b"<" + name + b">" + rows + b"</" + name + b">")] if rows else []

    def _gap(self, plan: RowPlan, added: Appended) -> int:
        """Where a missing row goes."""
        if plan.number in added.gaps:
            return added.gaps[plan.number]
        return self.scan.gaps.get(plan.number, self.scan.end)

    def _grow_dimension(self, editor: Editor, plans: Iterable[RowPlan]) -> None:
        element = editor.document.child("dimension")
        if element is None:
            return
        try:
            top, left, bottom, right = area(element.attributes.get("ref", ""))
        except ValueError:
            return
        for plan in plans:
            columns = [column for column, value in plan.values.items() if value != ""]
            if columns:
                top, bottom = min(top, plan.number - 1), max(bottom, plan.number - 1)
                left, right = min(left, *columns), max(right, *columns)
        ref = f"{a1(top, left)}:{a1(bottom, right)}"
        if (top, left, bottom, right) != area(element.attributes["ref"]):
            editor.set_attributes(element, {"ref": ref})

    def _grow_filters(self, editor: Editor, added: Appended) -> None:
        self._grow_tables(added)
        element = editor.document.child("autoFilter")
        if element is None or "ref" not in element.attributes:
            return
        reference = element.attributes["ref"]
        top, _, bottom, right = area(reference)
        longer_by = len(added.rows) if added.rows and bottom + 1 == added.rows[0] - 1 else 0
        wider_by = self.widened.beside(top, right)
        if longer_by or wider_by:
            editor.set_attributes(element, {"ref": longer(reference, longer_by, wider_by)})
            index = [sheet.relation for sheet in self.draft.package.sheets].index(self.entry.relation)
            end = _fixed(bottom + longer_by, right + wider_by)
            grow_filter_name(self.draft.workbook, index, _fixed(bottom, right), end)

    def _grow_tables(self, added: Appended) -> None:
        for table in self.tables:
            rows = added.growth if table is added.table else 0
            headings = self.widened.headings_beside(table)
            if rows or headings:
                grow(self.draft.editor(table.key), rows, headings)


def _fixed(row: int, column: int) -> str:
    """'$R$201' for a 0-based place."""
    return f"${column_letters(column)}${row + 1}"


def _inside(block: tuple[int, int, int, int], row: int, column: int) -> bool:
    return block[0] <= row <= block[2] and block[1] <= column <= block[3]


def _refused(address: str, why: str, fix: str) -> WriteRefused:
    return WriteRefused(f"Cell {address} {why}, so it is not written.", fix)
