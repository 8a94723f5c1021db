"""The parts inside a workbook's zip, found as Excel finds them and inflated under a counted limit.

Declared sizes can lie, so what comes out is counted; and calamine is only let near a workbook whose
declared total is within the limits, since its zip reader stops at the declared size.
"""

from __future__ import annotations

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from xml.parsers import expat

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.workbooks.excel.preflight import Limits, damaged, open_zip

_LOCAL_HEADER = 30
_CHUNK = 1 << 16  # so that what is scanned several times over stays in the processor's cache
_SMALL_PART = 64 << 20

Node = tuple[str, dict[str, str], list[str]]
"""An element of a small part: local name, attributes by local name, and its text in pieces."""


class Container:
    """A workbook's zip, in memory. Raises UnreadableWorkbook where the bytes are no readable zip.

    Of parts that stand in the zip twice the last one counts, as for Excel's own readers;
    ``doubled`` names them.
    """

    def __init__(self, data: bytes, label: str, limits: Limits) -> None:
        self.data = data
        self.label = label
        archive = open_zip(data, label, limits)
        self._parts: dict[str, zipfile.ZipInfo] = {}
        doubled = []
        for info in archive.infolist():
            key = part_key(info.filename)
            if key in self._parts:
                doubled.append(key)
            self._parts[key] = info
        self.doubled = tuple(doubled)

    @property
    def names(self) -> tuple[str, ...]:
        """Part names: lower case, with '/', without one in front."""
        return tuple(self._parts)

    def find(self, name: str) -> str | None:
        """The key of a part by any way to write its name, or None."""
        for spelling in (name, unquote(name)):
            key = part_key(spelling)
            if key in self._parts:
                return key
        return None

    def size(self, key: str) -> int:
        """The part's declared size in bytes, unpacked."""
        return self._parts[key].file_size

    def chunks(self, key: str) -> Iterator[bytes]:
        """The part's content in pieces; held against its declared size and checksum."""
        info = self._parts[key]
        crc = size = 0
        for chunk in self._inflated(info):
            size += len(chunk)
            if size > info.file_size:
                raise damaged(self.label, f"its part {info.filename} is larger than it says")
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if size != info.file_size or crc != info.CRC:
            raise damaged(self.label, f"its part {info.filename} does not match its checksum")

    def head(self, key: str) -> bytes:
        """The first piece of a part (up to 4 kB), without any check of the rest."""
        return next(self._inflated(self._parts[key], 4096), b"")

    def nodes(self, key: str) -> list[Node]:
        """The elements of a small XML part, in document order."""
        if self.size(key) > _SMALL_PART:
            raise damaged(self.label, f"its part {key} is far too large")
        return parse_nodes(b"".join(self.chunks(key)), key, self.label)

    def _inflated(self, info: zipfile.ZipInfo, most: int = _CHUNK) -> Iterator[bytes]:
        at = self._data_start(info)
        packed = memoryview(self.data)[at : at + info.compress_size]
        if info.compress_type == zipfile.ZIP_STORED:
            yield from (bytes(packed[i : i + most]) for i in range(0, len(packed), most))
        elif info.compress_type == zipfile.ZIP_DEFLATED:
            try:
                yield from _inflate(packed, most)
            except zlib.error:
                raise damaged(self.label, f"its part {info.filename} cannot be unpacked") from None
        else:
            raise damaged(self.label, f"its part {info.filename} is packed in a way that Excel does not use")

    def _data_start(self, info: zipfile.ZipInfo) -> int:
        at = info.header_offset
        header = self.data[at : at + _LOCAL_HEADER]
        if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
            raise damaged(self.label, f"its part {info.filename} is not where the index says")
        lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        return at + _LOCAL_HEADER + lengths


def _inflate(packed: memoryview, most: int) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-15)
    step = 1 << 12  # unconsumed input is copied at every call, so it is fed in small pieces
    for start in range(0, len(packed), step):
        waiting: Any = packed[start : start + step]
        while waiting and not inflater.eof:
            chunk = inflater.decompress(waiting, most)
            waiting = inflater.unconsumed_tail
            if chunk:
                yield chunk
    # What the last call held back because of the limit on its output.
    while not inflater.eof:
        chunk = inflater.decompress(b"", most)
        if not chunk:
            return
        yield chunk


def part_key(name: str) -> str:
    """A part's name as parts are compared: without regard to case, '/' between folders."""
    return posixpath.normpath(name.replace("\\", "/").lower()).lstrip("/")


def target_key(source: str, target: str) -> str:
    """What a relationship's target means, seen from the part ``source`` ('' for the package)."""
    target = target.replace("\\", "/")
    return target if target.startswith("/") else posixpath.join(posixpath.dirname(source), target)


def relationships_key(source: str) -> str:
    """The part that holds the relationships of ``source`` ('' for the package)."""
    folder, name = posixpath.split(source)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def parse_nodes(data: bytes, key: str, label: str) -> list[Node]:
    """All elements of an XML document. Raises UnreadableWorkbook on broken XML and on any DOCTYPE."""
    nodes: list[Node] = []
    open_nodes: list[Node] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        plain = {local(k): v for k, v in attributes.items() if k != "xmlns" and not k.startswith("xmlns:")}
        node: Node = (local(name), plain, [])
        nodes.append(node)
        open_nodes.append(node)

    parser = new_parser(key, label)
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _name: open_nodes.pop()
    parser.CharacterDataHandler = lambda text: open_nodes[-1][2].append(text)
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise broken_xml(key, label, error) from None
    return nodes


def new_parser(key: str, label: str) -> expat.XMLParserType:
    """An expat parser that refuses document types, and with them every entity bomb."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise document_type(key, label)

    parser.StartDoctypeDeclHandler = refuse
    return parser


def document_type(key: str, label: str) -> UnreadableWorkbook:
    """No spreadsheet program writes a document type; it is how files that expand without end are built."""
    return UnreadableWorkbook(
        f"{label} holds a document type declaration in its part {key}, which no spreadsheet program writes "
        "and which can be made to expand without end.",
        "Do not open it unless you know where it comes from; ask its sender for a copy saved by Excel.",
    )


def broken_xml(key: str, label: str, error: Exception) -> UnreadableWorkbook:
    """A part that is not well-formed."""
    return damaged(label, f"its part {key} cannot be understood ({error})")


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]
