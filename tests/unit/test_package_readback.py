"""Reading a tab of ours back: what is proved without a parser is what a parser says, and nothing wrong passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from registry_sheets.errors import NotAsMeant
from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.workbooks.base import AppendRow
from registry_sheets.workbooks.excel import verify as verifying
from registry_sheets.workbooks.excel.package import Changes, rewrite
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.plaincells import plain_cells
from registry_sheets.workbooks.excel.verify import VerificationFailed, verify
from registry_sheets.workbooks.excel.workbook import ExcelWorkbook
from registry_sheets.workbooks.excel.zipcopy import Archive, Entry, NewPart, write_archive
from tests.support.packages import findings

VALUES: tuple[str | bool, ...] = (
    "a & b <c> ]]> \"'",
    "_x0041_ and \x01",
    " spaces ",
    "line\nline\r\n",
    "zwölf 🧊",
    "x" * 40_000,
    "=1",
    True,
)


@pytest.fixture
def book(tmp_path: Path) -> Path:
    from openpyxl import Workbook

    made = Workbook()
    made.create_sheet("Models")["A1"] = "Name"
    made.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def tampered(source: Path, target: Path, key: str, change: Callable[[bytes], bytes]) -> None:
    """The archive with one part's content changed, soundly packed."""
    with Archive(source) as archive:
        package = Package(archive)

        def item(entry: Entry) -> Entry | NewPart:
            same = package.entries[key] is not entry
            return entry if same else NewPart(entry.name, [change(archive.read(entry))], entry)

        write_archive(target, archive, [item(entry) for entry in archive.entries])


def test_a_tab_as_we_write_it_is_read_as_a_parser_reads_it(book: Path, tmp_path: Path) -> None:
    rows = [[SheetCell(value, "error" if n % 2 else "plain") for n, value in enumerate(VALUES)]]
    rows.append(
        [SheetCell("", "header"), SheetCell(2.5), SheetCell(date(2026, 8, 1), "date"), SheetCell("v", formula='"<"&A1')]
    )
    done = rewrite(book, tmp_path / "new.xlsx", Changes(own=(Sheet("findings", "Findings", rows),)))
    (name,) = done.cells
    with Archive(tmp_path / "new.xlsx") as archive:
        package = Package(archive)
        found = plain_cells(archive.read(package.entry(name.casefold())))
        parsed = verifying._all_cells(package, name.casefold())
    assert found is not None
    told = zip(found.addresses, found.kinds, found.formulas, found.texts, strict=True)
    kept = {place: seen for place, seen in parsed.items() if seen.text or seen.formula}
    addresses = verifying._addresses(kept)
    assert list(told) == [(a, s.kind, s.formula, s.text) for a, s in zip(addresses, kept.values(), strict=True)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Model 2<", b"Model 9<"),
        (b"<f>HYPERLINK", b"<f>hYPERLINK"),
        (b'<c r="B3"', b'<c r="B9"'),
        (b'<c r="F3" s="6" t="str"', b'<c r="F3" s="6" t="b"'),
        (b"</row></sheetData>", b'<c r="XFD9"><v>1</v></c></row></sheetData>'),
        (b"<v>46235</v>", b"<v>46236</v>"),
        (b"_x0001_", b""),
    ],
)
def test_a_wrong_cell_does_not_pass(book: Path, tmp_path: Path, old: bytes, new: bytes) -> None:
    first, second = tmp_path / "first.xlsx", tmp_path / "second.xlsx"
    done = rewrite(book, first, Changes(own=(findings(),)))
    verify(book, first, done)
    (name,) = done.cells
    pattern = re.compile(re.escape(old).replace(b's="6"', b's="[0-9]+"'))

    def change(data: bytes) -> bytes:
        assert pattern.search(data)
        return pattern.sub(lambda _: new, data, count=1)

    tampered(first, second, name.casefold(), change)
    with pytest.raises(VerificationFailed):
        verify(book, second, done)


@pytest.mark.parametrize(
    "part",
    [
        b'<worksheet><sheetData><row r="1"><c t="n" r="A1"><v>1</v></c></row></sheetData></worksheet>',
        b'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><!-- x --></row></sheetData></worksheet>',
        b'<worksheet><sheetData><row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row></sheetData></worksheet>',
        b"<!--<sheetData>--><worksheet><x:sheetData/></worksheet>",
        b"<worksheet><sheetData>\xff</sheetData></worksheet>",
        b"<worksheet/>",
    ],
)
def test_any_other_way_to_write_cells_is_left_to_a_parser(part: bytes) -> None:
    assert plain_cells(part) is None


def test_a_number_that_no_cell_holds_is_told_as_the_edits_own_fault(book: Path, tmp_path: Path) -> None:
    """Whoever writes several edits at once tells by the error's kind that it may be one of them."""
    workbook = ExcelWorkbook(book, tmp_path)
    revision = workbook.read().revision
    with pytest.raises(NotAsMeant, match="does not read back"):
        workbook.edit_rows("Models", [AppendRow({0: float("nan")})], revision)
    assert workbook.read().revision == revision
