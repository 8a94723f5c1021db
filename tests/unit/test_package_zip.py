"""The zip container: parts that are not touched go over as raw bytes, whatever wrote them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from registry_sheets.errors import RegistrySheetsError, UnreadableWorkbook, WriteRefused
from registry_sheets.workbooks.excel.package import Changes
from registry_sheets.workbooks.excel.verify import VerificationFailed, verify
from registry_sheets.workbooks.excel.zipcopy import Archive, NewPart, write_archive
from tests.support import raw_xlsx
from tests.support.packages import changed, findings, packed

PARTS = raw_xlsx.parts('<row r="1"><c r="A1"><v>1</v></c></row>')


class Unseekable(io.BytesIO):
    """Makes zipfile write data descriptors."""

    def seekable(self) -> bool:
        return False

    def seek(self, *_: int) -> int:
        raise io.UnsupportedOperation


def streamed() -> bytes:
    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in PARTS.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_extras() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.comment = b"made by hand"
        for name, data in PARTS.items():
            info = zipfile.ZipInfo(name, (2020, 2, 3, 4, 5, 6))
            info.extra = struct.pack("<2HBl", 0x5455, 5, 1, 1_600_000_000)
            info.comment = b"note"
            info.external_attr = 0o640 << 16
            info.compress_type = zipfile.ZIP_STORED if "styles" in name else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
        archive.writestr("xl/media/größe.bin", b"\x00\x01" * 999)
        archive.writestr("empty/", b"")
    return out.getvalue()


def zip64() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in PARTS.items():
            with archive.open(name, "w", force_zip64=True) as entry:
                entry.write(data.encode() if isinstance(data, str) else data)
    return out.getvalue()


def zip64_end() -> bytes:
    """A plain zip whose end record refers to a zip64 one."""
    plain = with_extras()
    end = plain.rfind(b"PK\x05\x06")
    *_, count, length, start, comment = struct.unpack("<4s4H2LH", plain[end : end + 22])
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, start)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    full = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, comment)
    return plain[:end] + wide + locator + full + plain[end + 22 :]


@pytest.mark.parametrize("make", [streamed, with_extras, zip64, zip64_end])
def test_untouched_parts_are_the_same_bytes(tmp_path: Path, make: Callable[[], bytes]) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(make())
    new, done = changed(path, Changes(own=(findings(),)))
    before, after = packed(path), packed(new)
    untouched = [name for name in before if name.casefold() not in done.changed]
    assert "xl/worksheets/sheet1.xml" in untouched
    assert all(before[name] == after[name] for name in untouched)
    assert list(after)[: len(before)] == list(before)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(new) as other:
        assert other.testzip() is None
        assert other.comment == old.comment
        for name in untouched:
            kept = old.getinfo(name)
            found = other.getinfo(name)
            assert found.extra == kept.extra
            assert found.flag_bits == kept.flag_bits & ~0x8


def test_parts_beyond_the_first_are_found_behind_foreign_bytes(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"#!/bin/sh\n" + with_extras())
    changed(path, Changes(own=(findings(),)))


def encrypted() -> bytes:
    data = bytearray(with_extras())
    entry = data.rfind(b"PK\x01\x02")
    data[entry + 8] |= 1
    return bytes(data)


def doubled() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in [*PARTS.items(), ("XL/Workbook.xml", "x")]:
            archive.writestr(name, data)
    return out.getvalue()


def damaged() -> bytes:
    data = bytearray(with_extras())
    at = data.find(b"xl/styles.xml") + len("xl/styles.xml") + 9 + 40
    data[at] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (encrypted, WriteRefused),
        (doubled, WriteRefused),
        (damaged, UnreadableWorkbook),
        (lambda: b"", UnreadableWorkbook),
        (lambda: b"PK\x03\x04 and so on", UnreadableWorkbook),
        (lambda: with_extras()[:-40], UnreadableWorkbook),
        (lambda: with_extras()[300:], UnreadableWorkbook),
    ],
)
def test_what_is_no_sound_zip_is_refused(
    tmp_path: Path, make: Callable[[], bytes], error: type[RegistrySheetsError]
) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(make())
    with pytest.raises(error) as caught:
        changed(path, Changes(own=(findings(),)))
    assert caught.value.fix


def tampered(path: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    """Write the file again with one part's content changed."""
    with zipfile.ZipFile(path) as archive:
        content = {entry: archive.read(entry) for entry in archive.namelist()}
    other = path.with_name("other.xlsx")
    with Archive(path) as source:
        items = [
            NewPart(entry.name, [change(content[entry.name])], entry) if entry.name == name else entry
            for entry in source.entries
        ]
        write_archive(other, source, items)
    other.replace(path)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"<v>1</v>", b"<v>2</v>"),  # people's tab
        ("xl/workbook.xml", b'name="Models"', b'name="Madels"'),  # outside the splice
        ("xl/worksheets/sheet2.xml", b"row 2", b"row 7"),  # an intended cell
        ("xl/worksheets/sheet2.xml", b"</sheetData>", b""),  # well-formedness
        ("xl/worksheets/sheet2.xml", b"<c r=", b'<c r="Z1"><v>1</v></c><c r='),  # a cell too many
    ],
)
def test_verification_sees_any_other_difference(tmp_path: Path, name: str, old: bytes, new: bytes) -> None:
    path = raw_xlsx.write(tmp_path / "book.xlsx", PARTS)
    target, done = changed(path, Changes(own=(findings(),)))
    tampered(target, name, lambda data: data.replace(old, new, 1))
    with pytest.raises(VerificationFailed):
        verify(path, target, done)


def test_verification_sees_a_missing_part(tmp_path: Path) -> None:
    path = raw_xlsx.write(tmp_path / "book.xlsx", PARTS)
    target, done = changed(path, Changes(own=(findings(),)))
    with Archive(target) as source:
        write_archive(tmp_path / "short.xlsx", source, source.entries[:-1])
    with pytest.raises(VerificationFailed):
        verify(path, tmp_path / "short.xlsx", done)


def test_equal_changes_give_equal_bytes(tmp_path: Path) -> None:
    path = raw_xlsx.write(tmp_path / "book.xlsx", PARTS)
    one, _ = changed(path, Changes(own=(findings(),)), tmp_path / "one.xlsx")
    two, _ = changed(path, Changes(own=(findings(),)), tmp_path / "two.xlsx")
    assert one.read_bytes() == two.read_bytes()
