"""Cells as they read: the same by calamine and by the streaming reader, whatever way they are written."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.grid import Cell, Grid, a1
from registry_sheets.workbooks.excel.preflight import Limits
from registry_sheets.workbooks.excel.scan import scan
from registry_sheets.workbooks.excel.snapshot import ExcelSnapshot, read_snapshot
from registry_sheets.workbooks.excel.sparse import Survey, read_cells
from tests.support.raw_xlsx import MAIN, parts, sheet, write


def read(folder: Path, rows: str, limits: Limits | None = None, **more: str) -> Grid:
    return read_snapshot(write(folder / "a.xlsx", parts(rows, **more)), limits or Limits()).grid("Models")


def both(folder: Path, rows: str, **more: str) -> list[list[Cell]]:
    """Rows that both readers agree on. A comment makes the scan leave the tab to the streaming reader."""
    quick = read(folder, rows, **more)
    exact = read(folder, rows + "<!-- -->", **more)
    assert [[(type(c), c) for c in row] for row in exact.rows] == [[(type(c), c) for c in row] for row in quick.rows]
    assert (exact.errors, exact.uncached) == (quick.errors, quick.uncached)
    return quick.rows


def row(*cells: str, number: int = 1) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="A1"><v>3</v></c>', 3.0),
        ('<c r="A1"><v>1E+20</v></c>', 1e20),
        ('<c r="A1" t="b"><v>1</v></c>', True),
        ('<c r="A1" t="b"><v>0</v></c>', False),
        ('<c r="A1" t="s"><v>1</v></c>', "two"),
        ('<c r="A1" t="str"><v>a&lt;b_x000D_</v></c>', "a<b\r"),
        ('<c r="A1" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>', " x "),
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh sb="0" eb="1"><t>c</t></rPh></is></c>', "ab"),
        ('<c r="A1" s="1"><v>45292</v></c>', date(2024, 1, 1)),
        ('<c r="A1" s="2"><v>45292.5</v></c>', datetime(2024, 1, 1, 12)),
        ('<c r="A1" s="1"><v>0.25</v></c>', time(6)),
        ('<c r="A1" s="1"><v>1</v></c>', date(1900, 1, 1)),
        ('<c r="A1" s="1"><v>61</v></c>', date(1900, 3, 1)),
        ('<c r="A1" s="1"><v>1e10</v></c>', 1e10),
        ('<c r="A1" s="3"><v>1.5</v></c>', timedelta(hours=36)),
        ('<c r="A1" t="d"><v>2024-05-06</v></c>', date(2024, 5, 6)),
        ('<c r="A1"><v>not a number</v></c>', "not a number"),
    ],
)
def test_values(tmp_path: Path, cell: str, value: Cell) -> None:
    (found,) = both(tmp_path, row(cell), strings="<si><t>one</t></si><si><t>two</t></si>")
    assert found == [value]
    assert type(found[0]) is type(value)


def test_dates_of_1904(tmp_path: Path) -> None:
    rows = row('<c r="A1" s="1"><v>1</v></c>', '<c r="B1" s="2"><v>0.5</v></c>')
    assert both(tmp_path, rows, workbook_pr='date1904="1"') == [[date(1904, 1, 2), time(12)]]
    assert read(tmp_path, rows, workbook_pr='date1904="1"').date1904


def test_rows_and_columns_start_at_a1(tmp_path: Path) -> None:
    assert both(tmp_path, row('<c r="C3"><v>7</v></c>', number=3)) == [["", "", ""], ["", "", ""], ["", "", 7.0]]


def test_an_empty_tab(tmp_path: Path) -> None:
    assert both(tmp_path, "") == []
    content = parts()
    content["xl/worksheets/sheet1.xml"] = f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>'
    assert read_snapshot(write(tmp_path / "b.xlsx", content)).grid("Models").rows == []


def test_errors_and_uncached_formulas(tmp_path: Path) -> None:
    cells = (
        '<c r="A1" t="e"><v>#N/A</v></c>',
        "<c t='e' r='B1'><f>1/0</f><v>#DIV/0!</v></c>",
        '<c r="C1"><f>SUM(A1)</f></c>',
        '<c r="D1"><f>SUM(A1)</f><v></v></c>',
        '<c r="E1"><f t="shared" si="0"/><v/></c>',
        '<c r="F1" t="str"><f>IF(1,"","")</f><v></v></c>',
        '<c r="G1"><f>1+1</f><v>2</v></c>',
        '<c r="H1"><v>2</v><f>1+1</f></c>',
        '<c r="I1" t="e"><f>1/0</f></c>',
        '<c r="J1" t="inlineStr"><is><t>t="e" &lt;f>&lt;/c></t></is></c>',
    )
    grid = read(tmp_path, row(*cells))
    both(tmp_path, row(*cells))
    assert grid.errors == {(0, 0): "#N/A", (0, 1): "#DIV/0!"}
    assert grid.uncached == {(0, 2), (0, 3), (0, 4), (0, 8)}
    assert grid.rows[0][:3] == ["", "", ""]


def test_an_error_that_calamine_does_not_know(tmp_path: Path) -> None:
    grid = read(tmp_path, row('<c r="A1" t="e"><v>#SPILL!</v></c>', '<c r="B1"><v>1</v></c>'))
    assert grid.errors == {(0, 0): "#SPILL!"}
    assert grid.rows == [["", 1.0]]


def test_a_shared_string_that_is_not_there(tmp_path: Path) -> None:
    assert read(tmp_path, row('<c r="A1" t="s"><v>9</v></c>', '<c r="B1"><v>1</v></c>')).rows == [["", 1.0]]


@pytest.mark.parametrize(
    "rows",
    [
        '<row><c><v>1</v></c><c t="str"><v>x</v></c></row><row><c/><c><v>2</v></c></row>',
        '<row r="1"><c s="0" r="A1"><v>1</v></c><c r = "B1" t="str"><v>x</v></c></row>'
        "<row r='2'><c t='n' r='B2'><v>2</v></c></row>",
        '<row r="1" customFormat="1"><c r="a1"><v>1</v></c><c r="b1" t="str"><v><![CDATA[x]]></v></c></row>'
        '<row r="2"><c r="b2"><v>2</v></c></row>',
        '<row r="2"><c r="B2"><v>2</v></c></row><row r="1"><c r="B1" t="str"><v>x</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="B1" t="str"><v>x</v></c><c r="B2"><v>2</v></c></row>',
    ],
)
def test_unusual_spellings(tmp_path: Path, rows: str) -> None:
    assert read(tmp_path, rows).rows == [[1.0, "x"], ["", 2.0]]


def test_a_prefix_and_a_declared_encoding(tmp_path: Path) -> None:
    content = parts()
    markup = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1" t="e"><x:v>#N/A</x:v></x:c>'
        '<x:c r="B1"><x:f>A1</x:f></x:c><x:c r="C1" t="str"><x:v>é</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "iso-8859-1"):
        name = "utf-8" if encoding == "utf-8-sig" else encoding
        content["xl/worksheets/sheet1.xml"] = f'<?xml version="1.0" encoding="{name}"?>{markup}'.encode(encoding)
        grid = read_snapshot(write(tmp_path / "a.xlsx", content)).grid("Models")
        assert grid.rows == [["", "", "é"]], encoding
        assert (grid.errors, grid.uncached) == ({(0, 0): "#N/A"}, {(0, 1)})


def test_broken_xml_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableWorkbook, match="damaged"):
        read(tmp_path, '<row r="1"><c r="A1"><v>1</v></row>')


FAR = [
    ('<row r="1048576"><c r="XFD1048576"><v>9</v></c></row>', (1048575, 16383)),
    ('<row r="1048576"><c r="A1048576" t="str"><v>stray</v></c></row>', None),
    ('<row r="1"><c r="XFD1048576"><v>9</v></c></row>', (1048575, 16383)),
    ('<row r="3"><c r="XFE16777217"><v>9</v></c></row>', (16777216, 16384)),
    ('<row r="99999999999"><c r="B99999999999"><v>9</v></c></row>', (99999999998, 1)),
    ('<row r="9"><c r="XFD9"><v>9</v></c></row>', None),
]


@pytest.mark.parametrize(("far", "place"), FAR)
def test_a_far_cell_does_not_end_the_process(tmp_path: Path, far: str, place: tuple[int, int] | None) -> None:
    path = write(tmp_path / "far.xlsx", parts(row('<c r="A1"><v>1</v></c>', '<c r="B1"><v>2</v></c>') + far))
    code = f"""
        import resource
        from pathlib import Path
        from registry_sheets.workbooks.excel.snapshot import read_snapshot
        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
        grid = read_snapshot(Path({str(path)!r})).grid("Models")
        print(grid.rows[0][:2], grid.beyond)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True)
    assert done.stdout.strip() == f"[1.0, 2.0] {(place,) if place else ()}", done.stderr


def test_a_stray_cell_far_right_does_not_hide_the_rows(tmp_path: Path) -> None:
    lines = [row(f'<c r="A{n}"><v>{n}</v></c>', number=n) for n in range(1, 501)]
    lines[0] = row('<c r="A1"><v>1</v></c>', '<c r="XFD1"><v>9</v></c>')
    grid = read(tmp_path, "".join(lines), Limits(max_area=10_000))
    assert [line[0] for line in grid.rows] == [float(n) for n in range(1, 501)]
    assert grid.beyond == ((0, 16383),)


def test_far_cells_that_only_have_a_style_are_harmless(tmp_path: Path) -> None:
    grid = read(tmp_path, row('<c r="A1"><v>1</v></c>') + '<row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert (grid.rows, grid.beyond) == ([[1.0]], ())


def test_equal_texts_are_one_object(tmp_path: Path) -> None:
    cells = [row(f'<c r="A{n}" t="str"><v>Production</v></c>', number=n) for n in (1, 2)]
    first, second = read(tmp_path, "".join(cells)).rows
    assert first[0] is second[0]


def test_true_and_one_stay_apart(tmp_path: Path) -> None:
    found = both(
        tmp_path, row('<c r="A1"><v>1</v></c>', '<c r="B1" t="b"><v>1</v></c>', '<c r="C1" t="str"><v>1</v></c>')
    )
    assert [type(cell) for cell in found[0]] == [float, bool, str]


def test_a_part_that_stands_twice_reads_as_its_last(tmp_path: Path) -> None:
    content = parts(row('<c r="A1"><v>1</v></c>'))
    path = write(tmp_path / "a.xlsx", content)
    import zipfile

    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/worksheets/sheet1.xml", sheet(row('<c r="A1"><v>2</v></c>')))
    snapshot = read_snapshot(path)
    assert snapshot.grid("Models").rows == [[2.0]]
    assert "twice" in snapshot.obstacles[0]


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)
KIND = st.sampled_from(["v", "str", "inline", "error", "uncached", "styled"])


def markup(address: str, kind: str, text: str, order: bool) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    types, inner = {
        "v": ("n", "<v>5</v>"),
        "str": ("str", f"<f>A1</f><v>{escaped}</v>"),
        "inline": ("inlineStr", f'<is><t xml:space="preserve">{escaped}</t></is>'),
        "error": ("e", "<f>1/0</f><v>#DIV/0!</v>"),
        "uncached": ("n", "<f>A1+1</f>"),
        "styled": ("n", ""),
    }[kind]
    attributes = [f'r="{address}"', f't="{types}"'][:: 1 if order else -1]
    return f"<c {' '.join(attributes)}>{inner}</c>" if inner else f"<c {' '.join(attributes)} s='1'/>"


PLACES = st.tuples(st.integers(0, 40), st.integers(0, 60))
Cells = dict[tuple[int, int], tuple[str, str, bool]]


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(PLACES, st.tuples(KIND, TEXT, st.booleans())), st.integers(1, 300), st.booleans())
def test_the_scan_sees_what_the_exact_reader_sees(cells: Cells, size: int, prefixed: bool) -> None:
    lines: dict[int, list[str]] = {}
    for (line, column), (kind, text, order) in sorted(cells.items()):
        lines.setdefault(line, []).append(markup(a1(line, column), kind, text, order))
    data = sheet("".join(row(*inner, number=line + 1) for line, inner in lines.items())).encode()
    if prefixed:
        data = re.sub(rb"<(/?)(?=[a-zA-Z])", rb"<\1main:", data).replace(b" xmlns=", b" xmlns:main=")
    facts = scan(data[at : at + size] for at in range(0, len(data), size))
    survey = Survey()
    read_cells([data], survey.add, "sheet1.xml", "a.xlsx")
    assert facts is not None
    assert (facts.errors, facts.uncached) == (survey.errors, survey.uncached)
    assert facts.height >= survey.height
    assert facts.width >= survey.width
    assert set(survey.errors) == {place for place, (kind, *_) in cells.items() if kind == "error"}


VALUE = TEXT | st.floats(-1e300, 1e300) | st.booleans()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(VALUE, max_size=4), max_size=6))
def test_what_openpyxl_writes_reads_back(values: list[list[str | float | bool]]) -> None:
    import io

    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    tab = book.create_sheet("Models")
    for line in values:
        cells = [WriteOnlyCell(tab, value) for value in line]
        for cell, value in zip(cells, line, strict=True):
            if isinstance(value, str):
                cell.data_type = "s"  # or text that starts with = becomes a formula
        tab.append(cells)
    out = io.BytesIO()
    book.save(out)
    found = [list(line) for line in ExcelSnapshot(out.getvalue(), "a.xlsx").grid("Models").rows]
    width = max(map(len, found), default=0)
    wanted = [[*line, *[""] * (width - len(line))] for line in values]
    while wanted and not any(cell != "" for cell in wanted[-1]):
        wanted.pop()
    assert [[_spelt(c) for c in line] for line in found] == [[_spelt(c) for c in line] for line in wanted]


def _spelt(value: object) -> object:
    """Floats by the 15 digits that Excel keeps, apart from booleans."""
    if isinstance(value, float):
        return ("number", f"{value:.12g}")
    return (type(value).__name__, value)
