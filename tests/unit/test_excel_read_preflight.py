"""Files that are no readable workbook: one sentence each that says what it is and what to do."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from registry_sheets.errors import NotChecked, RegistrySheetsError, UnreadableWorkbook
from registry_sheets.workbooks.excel.preflight import Limits, MaybeHalfSaved
from registry_sheets.workbooks.excel.snapshot import read_snapshot
from tests.support.raw_xlsx import parts, write

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CELL = '<row r="1"><c r="A1"><v>1</v></c></row>'


def read_all(path: Path, limits: Limits) -> None:
    snapshot = read_snapshot(path, limits)
    for title in snapshot.titles:
        snapshot.grid(title)


def refusal(path: Path, limits: Limits | None = None) -> UnreadableWorkbook:
    with pytest.raises(UnreadableWorkbook) as caught:
        read_all(path, limits or Limits())
    assert "\n" not in str(caught.value)
    assert caught.value.fix, "says what to do"
    return caught.value


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.xlsx", b"", "empty"),
        ("a.xlsx", b"\0" * 5000, "zeros"),
        ("a.xlsx", OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
        ("a.xlsx", OLE + b"\0" * 600 + "Workbook".encode("utf-16-le"), "97-2003"),
        ("a.xlsx", b"<!DOCTYPE html><html><body>Sign in</body></html>", "web page"),
        ("a.xlsx", b"\xef\xbb\xbfName;Version\nChurn;1.0\n", "plain text"),
        ("a.xlsx", b"%PDF-1.7\n\xe2\xe3", "PDF"),
        ("a.xlsx", b"\x89PNG\r\n\x1a\n\0\0", "not an Excel workbook"),
        ("a.xlsx", b"PK\x03\x04" + b"x" * 900, "end is missing"),
        ("a.xls", b"whatever", "97-2003"),
        ("a.XLS", b"whatever", "97-2003"),
        ("a.ods", b"whatever", "OpenDocument"),
        ("a.numbers", b"whatever", "Numbers"),
        ("a.csv", b"a,b\n", "CSV"),
        ("a.xlsb", b"whatever", "binary"),
        ("~$a.xlsx", b"\x05Maria" + b" " * 49, "while the workbook is open"),
        ("a.xlsx", b"\x05Maria" + b" " * 49 + b"\x05\0M\0a\0r\0i\0a\0" + b" \0" * 49, "while the workbook is open"),
    ],
)
def test_each_kind_of_file_has_its_sentence(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert words in str(refusal(path))


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("word/document.xml", "Word"),
        ("ppt/presentation.xml", "PowerPoint"),
        ("xl/workbook.bin", "binary"),
        ("mimetype", "OpenDocument"),
        ("Index/Document.iwa", "Numbers"),
        ("photo.jpg", "no workbook in it"),
    ],
)
def test_other_packages_are_known_by_their_content(tmp_path: Path, part: str, words: str) -> None:
    assert words in str(refusal(write(tmp_path / "a.xlsx", {part: "x"})))


def test_other_kinds_say_how_to_save_as_xlsx(tmp_path: Path) -> None:
    for ending in (".xls", ".ods", ".csv", ".xlsb"):
        path = tmp_path / f"a{ending}"
        path.write_bytes(b"x")
        assert "File > Save As" in refusal(path).fix


def test_missing_folder_and_pipe(tmp_path: Path) -> None:
    assert "no file" in str(refusal(tmp_path / "none.xlsx"))
    assert "folder" in str(refusal(tmp_path))
    assert "no file" in str(refusal(Path("nul\0byte.xlsx")))
    (tmp_path / "file.xlsx").write_bytes(b"x")
    assert "no file" in str(refusal(tmp_path / "file.xlsx" / "inside.xlsx"))
    assert "no file" in str(refusal(tmp_path / f"{'long' * 200}.xlsx"))
    if os.name == "posix":
        (tmp_path / "loop.xlsx").symlink_to("loop.xlsx")
        assert "no file" in str(refusal(tmp_path / "loop.xlsx"))
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.xlsx")
        assert "not a file" in str(refusal(tmp_path / "pipe.xlsx"))


def test_a_file_that_may_not_be_read_is_not_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.xlsx", parts(CELL))

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(NotChecked) as caught:
        read_snapshot(path)
    assert caught.value.exit_code == 3


def test_a_half_saved_file_can_be_told_from_others(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.xlsx", parts(CELL)).read_bytes()
    for length in (0, 4, 100, len(whole) // 2, len(whole) - 1):
        path = tmp_path / "half.xlsx"
        path.write_bytes(whole[:length])
        with pytest.raises(RegistrySheetsError) as caught:
            read_snapshot(path)
        assert isinstance(caught.value, MaybeHalfSaved), length


def test_a_change_while_reading_is_half_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.xlsx", parts(CELL))
    real, calls = os.fstat, []

    def touched(handle: int) -> os.stat_result:
        calls.append(handle)
        if len(calls) == 2:
            os.utime(path, (1, 1))
        return real(handle)

    monkeypatch.setattr(os, "fstat", touched)
    with pytest.raises(MaybeHalfSaved):
        read_snapshot(path)


def test_every_changed_byte_is_a_sentence_or_a_workbook(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole.xlsx", parts(CELL)).read_bytes()
    path = tmp_path / "hurt.xlsx"
    refused = 0
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
        with contextlib.suppress(RegistrySheetsError):  # and nothing else
            read_all(path, Limits())
            continue
        refused += 1
    assert refused > 50


def test_a_bad_checksum_is_found_when_the_tab_is_read(tmp_path: Path) -> None:
    content = parts(CELL)
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    path.write_bytes(path.read_bytes().replace(b"<v>1</v>", b"<v>7</v>"))
    assert "checksum" in str(refusal(path))


def test_encrypted_entries(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xlsx", parts(CELL))
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    data[central + 8] |= 1
    path.write_bytes(data)
    assert "password" in str(refusal(path))


def test_a_bomb_is_refused_before_it_expands(tmp_path: Path) -> None:
    content = parts(CELL)
    content["xl/media/image1.bin"] = b"\0" * 30_000_000
    path = write(tmp_path / "bomb.xlsx", content)
    assert "limit of 10 MB" in str(refusal(path, Limits(max_uncompressed=10 << 20)))
    assert "times the size" in str(refusal(path, Limits(ratio_from=20 << 20)))
    assert read_snapshot(path).titles == ("Models",)  # small enough for the defaults


def test_a_size_that_lies_is_found_while_counting(tmp_path: Path) -> None:
    content = parts(CELL * 1)
    content["xl/worksheets/sheet1.xml"] = str(content["xl/worksheets/sheet1.xml"]) + " " * 20_000_000
    path = write(tmp_path / "lie.xlsx", content)
    data = bytearray(path.read_bytes())
    at = data.rindex(b"xl/worksheets/sheet1.xml") - 46
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<L", 1000)
    path.write_bytes(data)
    assert "larger than it says" in str(refusal(path))


@pytest.mark.parametrize(
    "part", ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"]
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_types_are_refused_in_every_part(tmp_path: Path, part: str, encoding: str) -> None:
    content = parts(CELL)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>' + str(content[part])
    content[part] = bomb.encode(encoding)
    assert "document type" in str(refusal(write(tmp_path / "a.xlsx", content)))


def test_importing_the_reader_does_not_load_what_only_writers_need() -> None:
    code = "import sys, registry_sheets.workbooks.excel.snapshot; print([m for m in sys.modules if m in " + (
        "('lxml', 'openpyxl', 'pandas', 'numpy', 'python_calamine')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
