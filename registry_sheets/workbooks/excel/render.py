"""What goes into a sheet part: cells, columns, validations, conditional formats, as markup.

Text goes in as inlineStr, so that sharedStrings is left alone, and never as a formula.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from registry_sheets.registry.grid import Cell, a1, column_letters
from registry_sheets.registry.sheets import Mark, Sheet, SheetCell, Validation
from registry_sheets.workbooks.excel.markup import attribute_text
from registry_sheets.workbooks.excel.styles import StyleBook, number_format

SHEET_ORDER = (
    *("sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection"),
    *("protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells"),
    *("phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins"),
    *("pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors"),
    *("smartTags", "drawing", "drawingHF", "legacyDrawing", "legacyDrawingHF", "picture", "oleObjects", "controls"),
    *("webPublishItems", "tableParts", "extLst"),
)
MAX_TEXT = 32_767
_DAY = timedelta(days=1)
_SPECIAL = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)|[\ud800-\udfff\ufffe\uffff]")
_IMPOSSIBLE = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]+)")


@dataclass(frozen=True, slots=True)
class Ink:
    """What cells are written with: the part's prefix, the workbook's styles and day count."""

    prefix: str
    styles: StyleBook
    date1904: bool = False


def text_markup(text: str) -> str:
    """Text as element content, escaped as ST_Xstring says (ECMA-376): control characters and _x0041_ by _xHHHH_."""
    simple = text.isascii() and text.isprintable() and "_x" not in text
    plain = text if simple else _SPECIAL.sub(_escaped, text)
    if "&" not in plain and "<" not in plain and ">" not in plain:
        return plain
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _escaped(match: re.Match[str]) -> str:
    return "" if _IMPOSSIBLE.match(match[0]) else f"_x{ord(match[0]):04X}_"


def readable(text: str) -> str:
    """Text as it reads back: halves of a character and what is none (U+FFFE) cannot be kept."""
    return text if text.isascii() else _IMPOSSIBLE.sub("", text)


def fitted(text: str) -> str:
    """Text cut to what a cell holds, 32,767 UTF-16 units."""
    if len(text) <= MAX_TEXT // 2:
        return text
    units = text.encode("utf-16-le", "surrogatepass")
    return text if len(units) <= 2 * MAX_TEXT else units[: 2 * MAX_TEXT].decode("utf-16-le", "ignore")


def serial(value: date | datetime | time | timedelta, date1904: bool) -> float | int:
    """A date or time as the number that Excel keeps; whole days are int."""
    if isinstance(value, timedelta):
        days = value / _DAY
    elif isinstance(value, time):
        clock = timedelta(0, value.second, value.microsecond, 0, value.minute, value.hour)
        days = clock / _DAY
    else:
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        days = _days(moment.replace(tzinfo=None), date1904)
    return int(days) if days.is_integer() else days


def _days(moment: datetime, date1904: bool) -> float:
    if date1904:
        return (moment - datetime(1904, 1, 1)) / _DAY
    days = (moment - datetime(1899, 12, 30)) / _DAY
    return days if days >= 61 else days - 1  # Excel counts a 29 February 1900


def value_markup(ink: Ink, address: str, style: int | None, value: Cell, formula: str | None = None) -> str:
    """One <c> element."""
    return f'<{ink.prefix}c r="{address}"{_after_address(ink, style, value, formula)}'


def _after_address(ink: Ink, style: int | None, value: Cell, formula: str | None) -> str:
    """What stands in a <c> element after its address."""
    p, s = ink.prefix, "" if style is None else f' s="{style}"'
    if formula is not None:
        return f"{s}{_formula_body(ink, formula, value)}</{p}c>"
    if isinstance(value, str):
        if not value:
            return f"{s}/>"
        text = text_markup(fitted(value))
        return f'{s} t="inlineStr"><{p}is><{p}t xml:space="preserve">{text}</{p}t></{p}is></{p}c>'
    kind, content = _plain_value(value, ink.date1904)
    return f"{s}{kind}><{p}v>{content}</{p}v></{p}c>" if content else f"{s}/>"


def _formula_body(ink: Ink, formula: str, value: Cell) -> str:
    p = ink.prefix
    kind, content = (' t="str"', text_markup(value)) if isinstance(value, str) else _plain_value(value, ink.date1904)
    space = ' xml:space="preserve"' if content != content.strip() else ""
    return f"{kind}><{p}f>{text_markup(formula)}</{p}f><{p}v{space}>{content}</{p}v>"


def _plain_value(value: Cell, date1904: bool) -> tuple[str, str]:
    """The type attribute and the content for what is not text."""
    if isinstance(value, bool):
        return ' t="b"', str(int(value))
    number = value if isinstance(value, (int, float)) else serial(value, date1904)  # type: ignore[arg-type]
    if isinstance(number, float) and not math.isfinite(number):
        return ' t="e"', "#NUM!"
    return "", repr(number)


def rows_markup(sheet: Sheet, ink: Ink, hidden: frozenset[int] = frozenset()) -> Iterable[str]:
    """The <row> elements of a tab; ``hidden`` are 0-based rows that a filter of people hides."""
    heads = [f'<{ink.prefix}c r="{column_letters(n)}' for n in range(max((len(row) for row in sheet.rows), default=0))]
    texts: dict[tuple[str, Cell, str | None], str] = {}
    after = _Afters(ink, texts).of
    for number, row in enumerate(sheet.rows):
        address = f'{number + 1}"'
        cells = [
            f"{head}{address}{texts.get((cell.style, cell.value, cell.formula)) or after(cell)}"
            for head, cell in zip(heads, row, strict=False)
            if cell.value != "" or cell.formula is not None or cell.style != "plain"
        ]
        yield f"<{ink.prefix}row{_row_attributes(sheet, number, hidden)}>{''.join(cells)}</{ink.prefix}row>"


class _Afters:
    """What stands in the cells of one tab after their addresses.

    That of texts is put into ``texts``, since many come again; not that of other values, of which True is 1.
    """

    def __init__(self, ink: Ink, texts: dict[tuple[str, Cell, str | None], str]) -> None:
        self._ink, self._texts = ink, texts
        self._looks: dict[tuple[str, str | None], int | None] = {}

    def of(self, cell: SheetCell) -> str:
        markup = _after_address(self._ink, self._look(cell), cell.value, cell.formula)
        if cell.formula is None and isinstance(cell.value, str):
            self._texts[cell.style, cell.value, None] = markup
        return markup

    def _look(self, cell: SheetCell) -> int | None:
        key = (cell.style, None if isinstance(cell.value, str) else number_format(cell.value))
        if key not in self._looks:
            self._looks[key] = self._ink.styles.cell_style(cell.style, cell.value)
        return self._looks[key]


def _row_attributes(sheet: Sheet, number: int, hidden: frozenset[int]) -> str:
    height = sheet.row_heights.get(number)
    tall = f' ht="{height:g}" customHeight="1"' if height else ""
    return f' r="{number + 1}"{tall}' + (' hidden="1"' if number in hidden else "")


def columns_markup(sheet: Sheet, ink: Ink, widths: Mapping[int, float], hidden: frozenset[int]) -> str:
    """The <cols> element, or '' where all columns are as usual."""
    known = sorted({*widths, *sheet.column_styles, *hidden})
    if not known:
        return ""
    p = ink.prefix
    found = []
    for column in known:
        style = ink.styles.cell_style(sheet.column_styles.get(column, "plain"))
        width = f' width="{widths.get(column, 9.140625):g}" customWidth="1"'
        look = "" if style is None else f' style="{style}"'
        shut = ' hidden="1"' if column in hidden else ""
        found.append(f'<{p}col min="{column + 1}" max="{column + 1}"{width}{look}{shut}/>')
    return f"<{p}cols>{''.join(found)}</{p}cols>"


def views_markup(sheet: Sheet, p: str) -> str:
    """The <sheetViews> element with its frozen panes."""
    rows, columns = sheet.frozen_rows, sheet.frozen_columns
    if not rows and not columns:
        return f'<{p}sheetViews><{p}sheetView workbookViewId="0"/></{p}sheetViews>'
    pane = "bottomRight" if rows and columns else "bottomLeft" if rows else "topRight"
    splits = (f' xSplit="{columns}"' if columns else "") + (f' ySplit="{rows}"' if rows else "")
    inner = f'<{p}pane{splits} topLeftCell="{a1(rows, columns)}" activePane="{pane}" state="frozen"/>'
    inner += f'<{p}selection pane="{pane}"/>'
    return f'<{p}sheetViews><{p}sheetView workbookViewId="0">{inner}</{p}sheetView></{p}sheetViews>'


def marks_markup(marks: Sequence[Mark], ink: Ink, priority: int) -> str:
    """<conditionalFormatting> elements; priorities count up from ``priority``, so earlier marks win."""
    p = ink.prefix
    return "".join(
        f'<{p}conditionalFormatting sqref="{attribute_text(mark.ref)}">'
        f'<{p}cfRule type="expression" dxfId="{ink.styles.tint(mark.tint)}" priority="{priority + n}">'
        f"<{p}formula>{text_markup(mark.formula)}</{p}formula></{p}cfRule></{p}conditionalFormatting>"
        for n, mark in enumerate(marks)
    )


def validations_markup(validations: Sequence[Validation], p: str) -> str:
    """The <dataValidations> element, or ''. They warn and never block."""
    if not validations:
        return ""
    inner = "".join(_validation(validation, p) for validation in validations)
    return f'<{p}dataValidations count="{len(validations)}">{inner}</{p}dataValidations>'


def _validation(validation: Validation, p: str) -> str:
    kinds = {
        "list": ' type="list"',
        "date": ' type="date" operator="greaterThanOrEqual"',
        "any": "",
    }
    prompt = f' showInputMessage="1"{_titled("promptTitle", validation.prompt_title[:32])}' if validation.prompt else ""
    prompt += _titled("prompt", validation.prompt[:255])
    checked = validation.kind != "any"
    error = f' errorStyle="warning" showErrorMessage="1"{_titled("error", validation.error[:255])}' if checked else ""
    formula = validation.formula or ("DATE(1990,1,1)" if validation.kind == "date" else "")
    inner = f"<{p}formula1>{text_markup(formula)}</{p}formula1>" if checked and formula else ""
    head = f'<{p}dataValidation{kinds[validation.kind]} allowBlank="1"{error}{prompt} sqref="{validation.ref}"'
    return f"{head}>{inner}</{p}dataValidation>"


def _titled(name: str, text: str) -> str:
    return f' {name}="{attribute_text(text)}"' if text else ""


def ignored_errors_markup(ranges: Sequence[str], p: str) -> str:
    """Excel does not offer to turn text into numbers there."""
    if not ranges:
        return ""
    inner = "".join(f'<{p}ignoredError sqref="{ref}" numberStoredAsText="1"/>' for ref in ranges)
    return f"<{p}ignoredErrors>{inner}</{p}ignoredErrors>"


def merges_markup(ranges: Sequence[str], p: str) -> str:
    if not ranges:
        return ""
    inner = "".join(f'<{p}mergeCell ref="{ref}"/>' for ref in ranges)
    return f'<{p}mergeCells count="{len(ranges)}">{inner}</{p}mergeCells>'


def dimension(sheet: Sheet) -> str:
    """The A1 range of a tab's rows."""
    width = max((len(row) for row in sheet.rows), default=0)
    return "A1" if not width else f"A1:{a1(len(sheet.rows) - 1, width - 1)}"


def place(address: str) -> tuple[int, int]:
    """(row, column) from 0 of an A1 address; '$' is ignored. Raises ValueError."""
    match = _REFERENCE.fullmatch(address.replace("$", "").upper())
    if match is None:
        raise ValueError(address)
    return int(match[2]) - 1, column_index(match[1])


def column_index(letters: str) -> int:
    """0 for 'A', 26 for 'AA'."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def area(reference: str) -> tuple[int, int, int, int]:
    """(first row, first column, last row, last column) from 0 of an A1 range or address."""
    first, _, last = reference.partition(":")
    top, left = place(first)
    bottom, right = place(last or first)
    return top, left, bottom, right
