"""The zip container at the level of its records, so that a part can be carried over without unpacking it.

The standard library's zipfile cannot copy an entry as raw compressed bytes, and it writes its own
flags, extras and times. Layout from PKWARE's APPNOTE 6.3.10.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import IO

from registry_sheets.errors import UnreadableWorkbook, WriteRefused

_CHUNK = 1 << 18
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR64 = struct.Struct("<4sLQL")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_BIG = 0xFFFFFFFF
_STORED, _DEFLATED = 0, 8
_ENCRYPTED, _DESCRIPTOR, _UTF8 = 0x1, 0x8, 0x800
_NEW_TIME, _NEW_DATE = 0, 0x21  # 1980-01-01, so that equal content gives equal bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One record of the central directory. Sizes are in bytes; ``offset`` is that of the local header."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    time: int
    date: int
    crc: int
    packed: int
    size: int
    offset: int
    made_by: int = 20
    needed: int = 20
    internal: int = 0
    external: int = 0
    extra: bytes = b""
    comment: bytes = b""


@dataclass(frozen=True, slots=True)
class NewPart:
    """A part to be written: its chunks are deflated as they come."""

    name: str
    chunks: Iterable[bytes]
    like: Entry | None = None
    """The entry that it replaces, whose name, time and attributes it keeps."""
    level: int = 6


class Archive:
    """An open zip file, read by its central directory.

    Raises UnreadableWorkbook where the file is no zip, WriteRefused where it holds encrypted or
    doubled entries.
    """

    def __init__(self, path: Path) -> None:
        self._file: IO[bytes] = path.open("rb")
        try:
            self.entries, self.comment = _directory(self._file)
            _refuse_unsafe(self.entries)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._file.close()

    def local_header(self, entry: Entry) -> tuple[bytes, int]:
        """The local header's extra field and the offset at which the data begins."""
        self._file.seek(entry.offset)
        header = self._file.read(_LOCAL.size)
        if len(header) < _LOCAL.size or header[:4] != b"PK\x03\x04":
            raise _damaged(f"the part {entry.name} is not where the index says")
        name_length, extra_length = _LOCAL.unpack(header)[9:]
        self._file.seek(name_length, 1)
        extra = self._file.read(extra_length)
        return extra, entry.offset + _LOCAL.size + name_length + extra_length

    def packed_chunks(self, entry: Entry) -> Iterator[bytes]:
        """The entry's data as it is stored, compressed."""
        at, left = self.local_header(entry)[1], entry.packed
        while left:
            self._file.seek(at)
            chunk = self._file.read(min(_CHUNK, left))
            if not chunk:
                raise _damaged(f"the part {entry.name} ends too early")
            yield chunk
            at += len(chunk)
            left -= len(chunk)

    def chunks(self, entry: Entry) -> Iterator[bytes]:
        """The entry's content, inflated piece by piece and held against its size and checksum."""
        crc = size = 0
        for chunk in self._inflated(entry):
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            if size > entry.size:
                break
            yield chunk
        if size != entry.size or crc != entry.crc:
            raise _damaged(f"the content of {entry.name} does not match its checksum")

    def read(self, entry: Entry) -> bytes:
        """The entry's content."""
        return b"".join(self.chunks(entry))

    def _inflated(self, entry: Entry) -> Iterator[bytes]:
        if entry.method == _STORED:
            yield from self.packed_chunks(entry)
            return
        if entry.method != _DEFLATED:
            raise _damaged(f"the part {entry.name} is compressed in a way that Excel does not use")
        inflater = zlib.decompressobj(-15)
        try:
            for packed in self.packed_chunks(entry):
                waiting = packed
                while waiting:
                    yield inflater.decompress(waiting, 4 * _CHUNK)
                    waiting = inflater.unconsumed_tail
            yield inflater.flush()
        except zlib.error as error:
            raise _damaged(f"the part {entry.name} cannot be unpacked ({error})") from None


def write_archive(target: Path, source: Archive, items: Iterable[Entry | NewPart]) -> None:
    """Write ``items`` in their order: entries of ``source`` as raw bytes, new parts deflated."""
    with target.open("wb") as out:
        written = [_write_item(out, source, item) for item in items]
        start = out.tell()
        for entry in written:
            out.write(_central_record(entry))
        _write_end(out, start, len(written), source.comment)


def _write_item(out: IO[bytes], source: Archive, item: Entry | NewPart) -> Entry:
    return _copy(out, source, item) if isinstance(item, Entry) else _deflate(out, source, item)


def _copy(out: IO[bytes], source: Archive, entry: Entry) -> Entry:
    extra, _ = source.local_header(entry)
    moved = replace(entry, flags=entry.flags & ~_DESCRIPTOR, offset=out.tell())
    out.write(_local_record(moved, _without_zip64(extra)))
    for chunk in source.packed_chunks(entry):
        out.write(chunk)
    return moved


def _deflate(out: IO[bytes], source: Archive, part: NewPart) -> Entry:
    extra = _without_zip64(source.local_header(part.like)[0]) if part.like else b""
    entry = _blank_entry(part, out.tell())
    # Room for 64-bit sizes is only kept where the old part was near that large.
    room = entry.size >= _BIG // 2
    out.write(_local_record(entry, extra, force_zip64=room))
    packer = zlib.compressobj(part.level, zlib.DEFLATED, -15)
    crc = size = packed = 0
    for chunk in part.chunks:
        crc, size = zlib.crc32(chunk, crc), size + len(chunk)
        packed += out.write(packer.compress(chunk))
    packed += out.write(packer.flush())
    if max(size, packed) >= _BIG and not room:
        raise WriteRefused(f"The part {part.name} would grow beyond 4 GB.", "Move old rows to another workbook.")
    entry = replace(entry, crc=crc, size=size, packed=packed)
    end = out.tell()
    out.seek(entry.offset)
    out.write(_local_record(entry, extra, force_zip64=room))
    out.seek(end)
    return entry


def _blank_entry(part: NewPart, offset: int) -> Entry:
    if part.like is not None:
        flags = part.like.flags & ~_DESCRIPTOR & ~0x6  # 0x6: the level it was once compressed at
        return replace(part.like, flags=flags, method=_DEFLATED, offset=offset, needed=max(part.like.needed, 20))
    raw = part.name.encode()
    flags = 0 if part.name.isascii() else _UTF8
    return Entry(part.name, raw, flags, _DEFLATED, _NEW_TIME, _NEW_DATE, 0, 0, 0, offset)


def _local_record(entry: Entry, extra: bytes, force_zip64: bool = False) -> bytes:
    large = force_zip64 or entry.size >= _BIG or entry.packed >= _BIG
    if large:
        extra += struct.pack("<2H2Q", 1, 16, entry.size, entry.packed)
    packed, size = (_BIG, _BIG) if large else (entry.packed, entry.size)
    needed = max(entry.needed, 45) if large else entry.needed
    fields = (needed, entry.flags, entry.method, entry.time, entry.date, entry.crc, packed, size)
    return _LOCAL.pack(b"PK\x03\x04", *fields, len(entry.raw_name), len(extra)) + entry.raw_name + extra


def _central_record(entry: Entry) -> bytes:
    wide = [value for value in (entry.size, entry.packed, entry.offset) if value >= _BIG]
    extra = _without_zip64(entry.extra)
    if wide:
        extra += struct.pack(f"<2H{len(wide)}Q", 1, 8 * len(wide), *wide)
    needed = max(entry.needed, 45) if wide else entry.needed
    lengths = (len(entry.raw_name), len(extra), len(entry.comment))
    head = _CENTRAL.pack(
        b"PK\x01\x02",
        *(entry.made_by, needed, entry.flags, entry.method, entry.time, entry.date),
        *(entry.crc, min(entry.packed, _BIG), min(entry.size, _BIG)),
        *(*lengths, 0, entry.internal),
        *(entry.external, min(entry.offset, _BIG)),
    )
    return head + entry.raw_name + extra + entry.comment


def _write_end(out: IO[bytes], start: int, count: int, comment: bytes) -> None:
    end = out.tell()
    length = end - start
    if count >= 0xFFFF or start >= _BIG or length >= _BIG:
        out.write(_END64.pack(b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, length, start))
        out.write(_LOCATOR64.pack(b"PK\x06\x07", 0, end, 1))
    few = min(count, 0xFFFF)
    out.write(_END.pack(b"PK\x05\x06", 0, 0, few, few, min(length, _BIG), min(start, _BIG), len(comment)))
    out.write(comment)


def _directory(file: IO[bytes]) -> tuple[tuple[Entry, ...], bytes]:
    end_at, count, length, start, comment = _end_record(file)
    shift = end_at - length - start  # bytes that stand before the first record
    if shift < 0:
        raise _damaged("its index lies outside the file")
    file.seek(start + shift)
    data = file.read(length)
    entries = []
    at = 0
    for _ in range(count):
        entry, at = _central_entry(data, at, shift)
        entries.append(entry)
    return tuple(entries), comment


def _end_record(file: IO[bytes]) -> tuple[int, int, int, int, bytes]:
    """Where the directory ends, and its count, length, stated start, and the archive's comment."""
    size = file.seek(0, 2)
    tail_at = max(0, size - _END.size - 0xFFFF)
    file.seek(tail_at)
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        raise _damaged("it has no index of its parts")
    *_, count, length, start, comment_length = _END.unpack_from(tail, found)
    comment = tail[found + _END.size :][:comment_length]
    end_at = tail_at + found
    if _BIG in (length, start) or count == 0xFFFF:
        wide = _end64_record(file, end_at)
        if wide is not None:
            return (*wide, comment)
    return end_at, count, length, start, comment


def _end64_record(file: IO[bytes], end_at: int) -> tuple[int, int, int, int] | None:
    file.seek(max(0, end_at - _LOCATOR64.size))
    locator = file.read(_LOCATOR64.size)
    if locator[:4] != b"PK\x06\x07":
        return None
    at = _LOCATOR64.unpack(locator)[2]
    file.seek(at)
    record = file.read(_END64.size)
    if len(record) < _END64.size or record[:4] != b"PK\x06\x06":
        raise _damaged("its index is cut off")
    *_, count, length, start = _END64.unpack(record)
    return at, count, length, start


def _central_entry(data: bytes, at: int, shift: int) -> tuple[Entry, int]:
    if data[at : at + 4] != b"PK\x01\x02" or len(data) - at < _CENTRAL.size:
        raise _damaged("its index is cut off")
    fields = _CENTRAL.unpack_from(data, at)
    made_by, needed, flags, method, time, date, crc, packed, size = fields[1:10]
    name_length, extra_length, comment_length, _disk, internal, external, offset = fields[10:]
    at += _CENTRAL.size
    raw_name = data[at : at + name_length]
    extra = data[at + name_length :][:extra_length]
    comment = data[at + name_length + extra_length :][:comment_length]
    size, packed, offset = _widened(extra, size, packed, offset)
    name = raw_name.decode("utf-8" if flags & _UTF8 else "cp437", "replace")
    entry = Entry(
        *(name, raw_name, flags, method, time, date, crc, packed, size, offset + shift),
        *(made_by, needed, internal, external, extra, comment),
    )
    return entry, at + name_length + extra_length + comment_length


def _widened(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """The three values with those replaced that the zip64 extra field holds instead."""
    wide = next((body for kind, body in _extra_fields(extra) if kind == 1), b"")
    values = []
    for value in (size, packed, offset):
        if value == _BIG and len(wide) >= 8:
            values.append(int.from_bytes(wide[:8], "little"))
            wide = wide[8:]
        else:
            values.append(value)
    return values[0], values[1], values[2]


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        yield kind, extra[4 : 4 + length]
        extra = extra[4 + length :]


def _without_zip64(extra: bytes) -> bytes:
    fields = list(_extra_fields(extra))
    if all(kind != 1 for kind, _ in fields):
        return extra
    return b"".join(struct.pack("<2H", kind, len(body)) + body for kind, body in fields if kind != 1)


def _refuse_unsafe(entries: Iterable[Entry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.flags & _ENCRYPTED:
            raise WriteRefused(
                f"The part {entry.name} of the workbook is encrypted.", "Remove the password, or save a copy without."
            )
        key = entry.name.replace("\\", "/").casefold()
        if key in seen:
            raise WriteRefused(
                f"The workbook holds the part {entry.name} twice, so it is not certain which one counts.",
                "Open it in Excel, save it, and try again.",
            )
        seen.add(key)


def _damaged(what: str) -> UnreadableWorkbook:
    return UnreadableWorkbook(
        f"The workbook is damaged: {what}.", "Open it in Excel, let it repair the file, and save it."
    )
