"""Texts made fit for where they go."""

from __future__ import annotations

import csv
import shutil
import subprocess
import unicodedata
from datetime import date, datetime, time, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.text import cell_safe, csv_safe, formula_text, one_line, shown, terminal_safe, xml_safe

AGREED: list[tuple[Cell, str]] = [
    (0.1 + 0.2, "0.3"),
    (3.0, "3"),
    (3.1, "3.1"),
    (-0.0, "0"),
    (1e3, "1000"),
    (1e15, "1000000000000000"),
    (99999999999.0, "99999999999"),
    (1 / 3, "0.333333333333333"),
    (1e-7, "0.0000001"),
    (1.5e-10, "0.00000000015"),
    (123456.789012345678, "123456.789012346"),
    (-1234.5, "-1234.5"),
    (2.5e-300, "2.5E-300"),
    (1e300, "1E+300"),
    (datetime(2026, 3, 4, 12, 35), "46085.5243055556"),
    (date(2026, 3, 4), "46085"),
    (date(1900, 1, 15), "15"),
    (timedelta(hours=30), "1.25"),
    ("3.10", "3.10"),
    ("  two  spaces ", "  two  spaces "),
]
"""Cells of which Excel (after Apache POI's table of its conversions) and LibreOffice make the same text."""


@pytest.mark.parametrize(("cell", "text"), AGREED)
def test_what_a_formula_sees(cell: Cell, text: str) -> None:
    assert formula_text(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (True, "TRUE"),
        (False, "FALSE"),
        (123456789012345680, "123456789012346000"),
        (1e20, "1E+20"),
        (2 / 3 * 1e-5, "6.66666666666667E-06"),
        (time(12), "0.5"),
        (10**400, "1E+400"),
        ("", ""),
    ],
)
def test_what_a_formula_sees_in_excel(cell: Cell, text: str) -> None:
    assert formula_text(cell) == text


def test_serial_numbers_of_a_workbook_that_counts_from_1904() -> None:
    assert formula_text(date(2026, 3, 4), date1904=True) == "44623"
    assert formula_text(date(1904, 1, 1), date1904=True) == "0"


@pytest.mark.libreoffice
def test_libreoffice_sees_the_same(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    assert office, "LibreOffice is needed for this test"
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row, (cell, _) in enumerate(AGREED, 1):
        sheet.cell(row, 1, cell)
        sheet.cell(row, 2, f'=A{row}&""')
    book.save(tmp_path / "numbers.xlsx")
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "csv",
            "numbers.xlsx",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=120,
    )
    with (tmp_path / "numbers.csv").open(encoding="utf-8", newline="") as lines:
        seen = [line[1] for line in csv.reader(lines)]
    assert seen == [text for _, text in AGREED]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (datetime(2026, 3, 4), "2026-03-04"),
        (datetime(2026, 3, 4, 9, 30), "2026-03-04 09:30:00"),
        (date(2026, 3, 4), "2026-03-04"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=30), "1 day, 6:00:00"),
        (3.0, "3"),
        (True, "TRUE"),
        ("two\r\nlines\tand  more ", "two lines and more"),
    ],
)
def test_what_a_person_reads(cell: Cell, text: str) -> None:
    assert shown(cell) == text


def test_a_terminal_gets_no_control_and_no_turning_characters() -> None:
    assert terminal_safe("a\x1b[31mb\u202ec\u2066d\x07\ne\u200f") == "a[31mbcd e"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\ta", "\ra"])
def test_csv_formulas_are_quoted(text: str) -> None:
    assert csv_safe(text) == f"'{text}".replace("\r", "\n")


def test_csv_leaves_plain_text() -> None:
    assert csv_safe("a=b") == "a=b"
    assert csv_safe("a\rb\r\nc\nd") == "a\nb\nc\nd"  # the csv module does not quote a bare \r
    assert csv_safe("") == ""


@given(st.text(alphabet=st.characters()))
def test_xml_holds_what_is_safe(text: str) -> None:
    element = ElementTree.Element("t")
    element.text = cell_safe(text)
    back = ElementTree.fromstring(ElementTree.tostring(element, "utf-8"))
    assert (back.text or "") == cell_safe(text)


@given(st.text(max_size=50))
def test_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
    assert not {unicodedata.category(character) for character in terminal_safe(text)} & {"Cc", "Zl", "Zp", "Cs"}


def test_surrogates_and_controls_go() -> None:
    assert xml_safe("a\ud800b\x00c\ufffe\n") == "abc\n"


@pytest.mark.parametrize("text", ["a" * 40_000, "😀" * 20_000, "a" + "😀" * 20_000])
def test_a_text_too_long_for_a_cell_is_cut(text: str) -> None:
    kept = cell_safe(text)
    assert 32_766 <= len(kept.encode("utf-16-le")) // 2 <= 32_767
    assert kept.endswith("…")
    assert text.startswith(kept[:-1])


def test_a_text_that_just_fits_is_kept() -> None:
    assert cell_safe("a" * 32_767) == "a" * 32_767
