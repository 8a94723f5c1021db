"""Makes a new workbook of Sheets, with openpyxl.

openpyxl cannot write a formula together with its value, nor ignored errors, and stamps the time into the
file; a pass over the finished package puts that right, so the same sheets always make the same file.
"""

from __future__ import annotations

import io
import math
import os
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from registry_sheets.errors import CannotSave
from registry_sheets.registry.grid import Cell, a1, column_letters
from registry_sheets.registry.sheets import Mark, Sheet, SheetCell, Style, Validation, own_name
from registry_sheets.registry.text import serial_number
from registry_sheets.workbooks.excel.names import quoted_title
from registry_sheets.workbooks.excel.render import fitted, ignored_errors_markup, text_markup
from registry_sheets.workbooks.excel.styles import number_format
from registry_sheets.workbooks.looks import LOOKS, TINTS, Look

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MADE = datetime(2026, 1, 1, tzinfo=UTC)
"""The day of making that a file tells unless it is given another, so that files can be compared."""

_FONT, _SIZE = "Calibri", 11
_A4 = 9
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_FORMULA = re.compile(rb'<c r="([A-Z]+[0-9]+)"([^>]*)>(<f>[^<]*</f>)(?:<v ?/>|<v></v>)</c>')
_AFTER_IGNORED_ERRORS = re.compile(rb"<(?:smartTags|drawing|legacyDrawing|picture|tableParts|extLst)\b|</worksheet>")
_ESCAPED = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)|[\ud800-\udfff]")


def write_workbook(
    sheets: Sequence[Sheet], target: Path, *, title: str = "", creator: str = "Registry Sheets", made: datetime = MADE
) -> None:
    """Write the sheets as a new .xlsx at ``target``, replacing what is there in one step.

    ``title``, ``creator`` and ``made`` stand in the file's properties. Raises CannotSave.
    """
    content = workbook_bytes(sheets, title=title, creator=creator, made=made)
    try:
        _save(content, target)
    except OSError as error:
        raise CannotSave(
            f"{target} could not be written: {error.strerror or error}.", "Make room, or choose another folder."
        ) from error


def workbook_bytes(
    sheets: Sequence[Sheet], *, title: str = "", creator: str = "Registry Sheets", made: datetime = MADE
) -> bytes:
    """The content of a new .xlsx; the same for the same arguments."""
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.title = title or None
    workbook.properties.creator = creator
    looks = _Looks()
    for sheet in sheets:
        _add(workbook, sheet, looks)
    shown = next((number for number, sheet in enumerate(sheets) if not sheet.hidden), 0)
    workbook.active = shown
    workbook.worksheets[shown].sheet_view.tabSelected = True
    workbook.calculation.fullCalcOnLoad = False  # all formulas carry their values
    workbook.security = None  # written empty, it would read as a protection
    raw = io.BytesIO()
    workbook.save(raw)
    return _finished(raw, sheets, made)


def _save(content: bytes, target: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=".~registry-", suffix=".tmp", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


class _Looks:
    """openpyxl's styles for ours, each made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[Style, str | None], Mapping[str, Any]] = {}

    def of(self, style: Style, value: Cell = "") -> Mapping[str, Any]:
        """Attributes to set on a cell or a column. Dates get a date format where the style has none."""
        shown = number_format(value) if LOOKS[style].number_format == "General" else None
        key = (style, shown)
        if key not in self._made:
            self._made[key] = _attributes(LOOKS[style], shown)
        return self._made[key]


def _attributes(look: Look, shown: str | None) -> Mapping[str, Any]:
    from openpyxl.styles import Alignment, Font, PatternFill

    font = Font(name=_FONT, size=_SIZE + look.grow, bold=look.bold, color=f"FF{look.color}" if look.color else None)
    font.underline = "single" if look.underline else None
    found: dict[str, Any] = {"number_format": shown or look.number_format, "font": font}
    if look.fill:
        found["fill"] = PatternFill("solid", fgColor=f"FF{look.fill}")
    if look.wrap or look.top:
        found["alignment"] = Alignment(
            horizontal="left" if look.left else None,
            wrap_text=look.wrap or None,
            vertical="top" if look.top else None,
        )
    return found


def _add(workbook: Workbook, sheet: Sheet, looks: _Looks) -> None:
    tab: Worksheet = workbook.create_sheet(sheet.title)
    _columns(tab, sheet, looks)
    _cells(tab, sheet, looks)
    _frame(tab, sheet)
    _aids(tab, sheet)
    _print_setup(tab, sheet)
    if sheet.hidden:
        tab.sheet_state = "hidden"
    if sheet.kind != "other":
        _names(workbook, sheet)


def _columns(tab: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    for column in sorted({*sheet.widths, *sheet.column_styles, *sheet.hidden_columns}):
        dimension = tab.column_dimensions[column_letters(column)]
        if column in sheet.widths:
            dimension.width = sheet.widths[column]
        if column in sheet.hidden_columns:
            dimension.hidden = True
        if column in sheet.column_styles:
            _dress(dimension, looks.of(sheet.column_styles[column]))


def _dress(target: Any, attributes: Mapping[str, Any]) -> None:
    for name, value in attributes.items():
        setattr(target, name, value)


def _cells(tab: Worksheet, sheet: Sheet, looks: _Looks) -> None:
    dressed: dict[int, Any] = {}
    for number, row in enumerate(sheet.rows, 1):
        if height := sheet.row_heights.get(number - 1):
            tab.row_dimensions[number].height = height
        for place, cell in enumerate(row, 1):
            if cell.value == "" and cell.formula is None and cell.style == "plain":
                continue
            _fill(tab.cell(number, place), cell, looks, dressed)


def _fill(target: Any, cell: SheetCell, looks: _Looks, dressed: dict[int, Any]) -> None:
    if cell.formula is not None:
        target.value = f"={cell.formula}"
    elif cell.error:
        target.value, target.data_type = str(cell.value), "e"
    elif isinstance(cell.value, str) or (isinstance(cell.value, float) and not math.isfinite(cell.value)):
        target.value = escaped(fitted(str(cell.value))) or None
        if target.value is not None:
            target.data_type = "s"  # whatever it starts with
    else:
        target.value = cell.value
    attributes = looks.of(cell.style, cell.value)
    if id(attributes) in dressed:
        target._style = copy(dressed[id(attributes)])
    else:
        _dress(target, attributes)
        dressed[id(attributes)] = target._style


def escaped(text: str) -> str:
    """Text with what XML cannot hold as _xHHHH_ (ECMA-376 part 1, 22.9.2.19, ST_Xstring)."""
    return _ESCAPED.sub(lambda m: "\ufffd" if "\ud800" <= m[0] <= "\udfff" else f"_x{ord(m[0]):04X}_", text)


def _frame(tab: Worksheet, sheet: Sheet) -> None:
    from openpyxl.worksheet.table import Table, TableStyleInfo

    if sheet.frozen_rows or sheet.frozen_columns:
        tab.freeze_panes = a1(sheet.frozen_rows, sheet.frozen_columns)
    if sheet.tab_color:
        tab.sheet_properties.tabColor = f"FF{sheet.tab_color}"
    tab.sheet_view.showGridLines = sheet.kind != "guide"
    for ref in sheet.merged:
        tab.merge_cells(ref)
    if sheet.filter:
        tab.auto_filter.ref = sheet.filter
    if sheet.table:
        table = Table(displayName=sheet.table_name or f"Registry_{sheet.kind}", ref=sheet.table)
        table.tableStyleInfo = TableStyleInfo("TableStyleLight1", showRowStripes=False)
        tab.add_table(table)


def _aids(tab: Worksheet, sheet: Sheet) -> None:
    from openpyxl.comments import Comment

    for mark in sheet.marks:
        tab.conditional_formatting.add(mark.ref, _rule(mark))
    for validation in sheet.validations:
        tab.add_data_validation(_validation(validation))
    for address, text in sheet.notes.items():
        lines = sum(1 + len(line) // 40 for line in text.split("\n"))
        tab[address].comment = Comment(escaped(text), "Registry Sheets", width=300, height=24 + 18 * lines)


def _rule(mark: Mark) -> Any:
    from openpyxl.formatting.rule import Rule
    from openpyxl.styles import Color, PatternFill
    from openpyxl.styles.differential import DifferentialStyle

    fill = PatternFill("solid", bgColor=Color(rgb=f"FF{TINTS[mark.tint]}"))
    return Rule(type="expression", dxf=DifferentialStyle(fill=fill), formula=[mark.formula])


def _validation(validation: Validation) -> Any:
    """It warns and never blocks; without words for the warning it only offers."""
    from openpyxl.worksheet.datavalidation import DataValidation

    made = DataValidation(
        type=None if validation.kind == "any" else validation.kind,
        operator="greaterThanOrEqual" if validation.kind == "date" else None,
        formula1=validation.formula or ("DATE(1990,1,1)" if validation.kind == "date" else None),
        allow_blank=True,
        errorStyle="warning",
        showErrorMessage=bool(validation.error),
        error=validation.error[:255] or None,
        showInputMessage=bool(validation.prompt),
        promptTitle=validation.prompt_title[:32] or None,
        prompt=validation.prompt[:255] or None,
    )
    made.add(validation.ref)
    return made


def _print_setup(tab: Worksheet, sheet: Sheet) -> None:
    from openpyxl.worksheet.properties import PageSetupProperties

    tab.page_setup.orientation = "landscape"
    tab.page_setup.paperSize = _A4
    tab.page_setup.fitToWidth = 2 if sheet.kind == "models" else 1
    tab.page_setup.fitToHeight = 0
    tab.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    tab.page_margins.left = tab.page_margins.right = 0.4
    if sheet.frozen_rows:
        tab.print_title_rows = f"1:{sheet.frozen_rows}"
    if sheet.frozen_columns:
        tab.print_title_cols = f"A:{column_letters(sheet.frozen_columns - 1)}"


def _names(workbook: Workbook, sheet: Sheet) -> None:
    from openpyxl.workbook.defined_name import DefinedName

    tab = quoted_title(sheet.title)
    for name, reference in {own_name(sheet.kind): "$A$1", **sheet.names}.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=f"{tab}!{reference}", hidden=True)


# What openpyxl cannot do


def _finished(raw: io.BytesIO, sheets: Sequence[Sheet], made: datetime) -> bytes:
    parts = {f"xl/worksheets/sheet{number}.xml": sheet for number, sheet in enumerate(sheets, 1)}
    finished = io.BytesIO()
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(finished, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename in parts:
                content = _finished_sheet(content, parts[entry.filename])
            elif entry.filename.startswith("docProps/"):
                content = _finished_properties(content, made)
            info = zipfile.ZipInfo(entry.filename, _ZIP_TIME)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            target.writestr(info, content)
    return finished.getvalue()


def _finished_sheet(content: bytes, sheet: Sheet) -> bytes:
    """With the formulas' values and the ignored errors, and on people's tabs with rows that grow with their text."""
    if sheet.kind in ("models", "lists", "other"):
        content = content.replace(b' customHeight="1"', b"")
    values = dict(_formula_values(sheet))
    if values:
        content, done = _FORMULA.subn(lambda match: _with_value(match, values), content)
        assert done == len(values), "every formula carries its value"
    if not sheet.numbers_as_text:
        return content
    after = _AFTER_IGNORED_ERRORS.search(content, content.rindex(b"</sheetData>"))
    assert after is not None, "a sheet part has an end"
    at = after.start()
    return content[:at] + ignored_errors_markup(sheet.numbers_as_text, "").encode() + content[at:]


def _formula_values(sheet: Sheet) -> Iterable[tuple[bytes, SheetCell]]:
    for row, cells in enumerate(sheet.rows):
        for column, cell in enumerate(cells):
            if cell.formula is not None:
                yield a1(row, column).encode(), cell


def _with_value(match: re.Match[bytes], values: Mapping[bytes, SheetCell]) -> bytes:
    address, attributes, formula = match[1], match[2], match[3]
    value = values[address].value
    if values[address].error:
        kind, text = b' t="e"', text_markup(str(value))
    elif isinstance(value, bool):
        kind, text = b' t="b"', str(int(value))
    elif isinstance(value, (int, float)):
        kind, text = b"", repr(value)
    elif isinstance(value, (date, time, timedelta)):
        kind, text = b"", repr(serial_number(value))
    else:
        kind, text = b' t="str"', text_markup(str(value))
    return b'<c r="%s"%s%s>%s<v>%s</v></c>' % (address, attributes, kind, formula, text.encode())


def _finished_properties(content: bytes, made: datetime) -> bytes:
    stamp = made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    content = re.sub(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*", rb"\g<1>" + stamp, content)
    # LibreOffice trusts the values of formulas in what it takes for Excel's files, and works out others anew.
    content = re.sub(rb"(<Application>)[^<]*", rb"\g<1>Microsoft Excel", content)
    return re.sub(rb"(<AppVersion>)[^<]*", rb"\g<1>16.0300", content)
