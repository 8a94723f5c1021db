"""Any text, any cells, any pieces: what goes in comes out."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from registry_sheets.registry.sheets import Sheet, SheetCell
from registry_sheets.workbooks.base import SetCell
from registry_sheets.workbooks.excel.markup import Cut, apply_to_chunks, from_utf8, to_utf8
from registry_sheets.workbooks.excel.package import Changes
from tests.support import raw_xlsx
from tests.support.packages import calamine_cells, changed

IMPOSSIBLE = {*map(chr, range(0xD800, 0xE000)), "\ufffe", "\uffff"}
TEXTS = st.text(st.characters(), max_size=40) | st.sampled_from(
    ["=1", "_x0041_", "_x005F_", "a_x000D_b", "\r\n", " \t ", "]]>", "&amp;", "\x00", "\ufffe", "\ud800", "x" * 32_767]
)


def readable(text: str) -> str:
    """Halves of a character and what is none cannot be kept."""
    return "".join(letter for letter in text if letter not in IMPOSSIBLE)


@settings(deadline=None, max_examples=120)
@given(st.lists(TEXTS, min_size=1, max_size=6))
def test_any_text_of_an_own_tab_reads_back(texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = raw_xlsx.write(Path(folder) / "book.xlsx", raw_xlsx.parts('<row r="1"/>'))
        sheet = Sheet("findings", "Findings", [[SheetCell("x"), *map(SheetCell, texts), SheetCell("end")]])
        new, _ = changed(path, Changes(own=(sheet,)))
        found = calamine_cells(new, "Findings")[0]
    assert found == ["x", *map(readable, texts), "end"]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=30), min_size=1, max_size=5))
def test_any_formula_result_reads_back(texts: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = raw_xlsx.write(Path(folder) / "book.xlsx", raw_xlsx.parts('<row r="1"/>'))
        cells = [SheetCell(text, formula='IF(A1<2,"a&b","")') for text in texts]
        new, _ = changed(path, Changes(own=(Sheet("findings", "Findings", [cells]),)))
        assert calamine_cells(new, "Findings")[0] == texts


PLACES = st.tuples(st.integers(0, 12), st.integers(0, 6))
VALUES = st.sampled_from(["", "text", "<&>", 0, 2.5, True]) | st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=8
)


def rows_markup(cells: dict[tuple[int, int], float], addressed: bool) -> str:
    """Rows with numbers, with their addresses or, for runs from A1 on, without."""
    found = []
    for row in sorted({row for row, _ in cells}):
        inside = "".join(
            f'<c r="{chr(65 + column)}{row + 1}" s="1"><v>{value}</v></c>'
            for (r, column), value in sorted(cells.items())
            if r == row
        )
        found.append(
            f'<row r="{row + 1}" spans="1:3">{inside}</row>' if addressed else f'<row r="{row + 1}">{inside}</row>\n'
        )
    return "".join(found)


@settings(deadline=None, max_examples=120)
@given(
    st.dictionaries(PLACES, st.integers(1, 99), max_size=20),
    st.dictionaries(PLACES, VALUES, min_size=1, max_size=12),
    st.booleans(),
)
def test_any_set_cells_give_what_a_model_gives(
    there: dict[tuple[int, int], float], edits: dict[tuple[int, int], Any], addressed: bool
) -> None:
    with TemporaryDirectory() as folder:
        content = raw_xlsx.parts(rows_markup(there, addressed))
        content["xl/styles.xml"] = raw_xlsx.STYLES.replace('<xf numFmtId="14"/><xf numFmtId="22"/>', "<xf/><xf/>")
        path = raw_xlsx.write(Path(folder) / "book.xlsx", content)
        sets = tuple(SetCell(*place, value, there.get(place, "")) for place, value in edits.items())
        new, _ = changed(path, Changes(edits_tab="Models", edits=sets))
        rows = calamine_cells(new, "Models")
    found = {(r, c): value for r, row in enumerate(rows) for c, value in enumerate(row) if value != ""}
    assert found == {place: value for place, value in {**there, **edits}.items() if value != ""}


@given(st.binary(max_size=60), st.lists(st.integers(1, 7), max_size=30), st.data())
def test_cuts_are_the_same_in_any_chunks(data: bytes, sizes: list[int], draw: st.DataObject) -> None:
    edges = sorted(draw.draw(st.lists(st.integers(0, len(data)), max_size=8).filter(lambda e: len(e) % 2 == 0)))
    cuts = [Cut(a, b, b"<%d>" % a) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    chunks, at = [], 0
    for size in sizes:
        chunks.append(data[at : at + size])
        at += size
    whole, last = b"", 0
    for cut in cuts:
        whole += data[last : cut.start] + cut.new
        last = cut.end
    assert b"".join(apply_to_chunks([*chunks, data[at:]], cuts)) == whole + data[last:]


@given(st.text(st.characters(codec="utf-8")), st.sampled_from(["utf-16-le", "utf-16-be", "utf-8"]), st.integers(1, 5))
def test_other_encodings_come_back_byte_for_byte(text: str, codec: str, size: int) -> None:
    raw = text.encode(codec)
    chunks = [raw[at : at + size] for at in range(0, len(raw), size)]
    assert b"".join(from_utf8(to_utf8(chunks, codec), codec)) == raw
