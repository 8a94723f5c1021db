"""Text lists: encodings, separators, title lines, quotes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.operations.old_lists import SEPARATORS, read_csv, separator_of

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("separator", SEPARATORS)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_list_reads_as_it_stands(tmp_path: Path, encoding: str, separator: str, newline: str) -> None:
    lines = ["# Exporté", "", separator.join(["Modèle", "Ver", "Note"])]
    lines += [separator.join(["AC", "3.10", '"a,b;c\td ""x"""']), separator.join(["=1+1", '5" disk', ""]), "short"]
    path = tmp_path / "old.csv"
    path.write_bytes(newline.join([*lines, ""]).encode(encoding))
    read = read_csv(path)
    assert read.separator == separator
    assert read.grid.rows == [
        ["# Exporté", "", ""],
        ["", "", ""],
        ["Modèle", "Ver", "Note"],
        ["AC", "3.10", 'a,b;c\td "x"'],
        ["=1+1", '5" disk', ""],
        ["short", "", ""],
    ]


def test_words_for_nothing_stay_words(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text("Model,Version\nNA,null\nnan,007\nTRUE,1e3\n")
    assert read_csv(path).grid.rows[1:] == [["NA", "null"], ["nan", "007"], ["TRUE", "1e3"]]


def test_excels_own_line_about_the_separator_is_heeded() -> None:
    assert separator_of("sep=|\nModel|Version\n") == ("|", "Model|Version\n")


def test_line_breaks_within_quotes_stay_in_the_cell(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_text('Model;Note\nAC;"one\ntwo;three"\n')
    assert read_csv(path).grid.rows[1] == ["AC", "one\ntwo;three"]


@pytest.mark.parametrize("newline", [b"\r\n", b"\r", b"\n"])
def test_a_line_break_in_a_cell_is_one_sign_whatever_wrote_it(tmp_path: Path, newline: bytes) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(newline.join((b"Model;Note", b'AC;"one', b'two"', b"")))
    assert read_csv(path).grid.rows[1] == ["AC", "one\ntwo"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "empty"), (b"\xef\xbb\xbf\n", "empty"), (b"PK\x03\x04rest", "workbook"), (b"a,\x81\xff\n", "not text")],
)
def test_what_is_no_list_is_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableWorkbook, match=said) as caught:
        read_csv(path)
    assert caught.value.fix


_CELL = st.text(
    st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters='"\ufeff'), min_size=1, max_size=8
)


@given(st.lists(st.lists(_CELL, min_size=3, max_size=3), min_size=2, max_size=6), st.sampled_from(SEPARATORS))
def test_every_cell_comes_back(tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str) -> None:
    path = tmp_path_factory.mktemp("csv") / "old.csv"
    quoted = [separator.join(f'"{cell}"' for cell in row) for row in rows]
    path.write_text("\n".join(quoted) + "\n", "utf-8", newline="")
    assert read_csv(path).grid.rows == rows
