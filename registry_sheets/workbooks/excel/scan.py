"""What calamine does not tell about a tab, found in its bytes: error cells, formulas without a value, its extent.

The part is never parsed here. Each piece is first reduced, in C, to the few characters that can
betray something of interest; only a piece that does is looked at closely. A part that is written
in an unusual way (cells without an address, comments, CDATA) is left to the streaming reader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from registry_sheets.registry.grid import Place

_SHEET_DATA = re.compile(rb"<(?:([A-Za-z_][\w.-]*):)?sheetData\s*(/?)>")
_LONGEST_HEAD = 4 << 20
_LONGEST_CELL = 8 << 20
_PLAIN_WIDTH = 26
_PLAIN_HEIGHT = 99_999


def _reduction() -> tuple[bytes, bytes]:
    """The table and the characters to drop: capitals become A, digits 0, quotes \", and only marks stay."""
    table = bytearray(range(256))
    for group, sign in ((range(65, 91), "A"), (range(48, 58), "0"), (b"'", '"'), (b"?", "!")):
        for byte in group:
            table[byte] = ord(sign)
    kept = set(b"\"'</>!?efc0123456789") | set(range(65, 91))
    return bytes(table), bytes(byte for byte in range(256) if byte not in kept)


_TABLE, _DROPPED = _reduction()
_ODD_CELL = re.compile(rb'<c(?!"A)')
_NO_ADDRESS = re.compile(rb"<c(?=[\s/>])(?![^<>]*\sr\s*=\s*[\"'][A-Z])")
_WIDE = re.compile(rb"<c\s[^<>]*?\br\s*=\s*[\"']([A-Z]{2,6})")
_DEEP = re.compile(rb"<c\s[^<>]*?\br\s*=\s*[\"'][A-Z]+(\d{6,12})")
_ERROR = re.compile(rb"<c\s[^<>]*?\bt\s*=\s*[\"']e[\"'][^<>]*>")
_VALUE = re.compile(rb"<v[^<>]*>([^<]+)</v")
_UNCACHED = re.compile(rb"<f(?:\s[^<>]*|/)?>[^<]*(?:</f\s*>)?\s*(?:<v\s*/>|<v\s*>\s*</v\s*>)?\s*</c\s*>")
_MAYBE_UNCACHED = (b"</f></", b"</f><></", b'"/></', b'"/><></', b"<f/>")
"""What _UNCACHED looks like once a piece is reduced: a formula with nothing, or an empty element, behind it."""
_ADDRESS = re.compile(rb"\sr\s*=\s*[\"']([A-Z]{1,3})(\d{1,7})[\"']")
_IS_TEXT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")


@dataclass(slots=True)
class Facts:
    """What the scan saw. No cell stands at or beyond ``height`` or ``width``; they may be larger than the content."""

    errors: dict[Place, str] = field(default_factory=dict)
    uncached: set[Place] = field(default_factory=set)
    height: int = _PLAIN_HEIGHT
    width: int = _PLAIN_WIDTH
    formulas: bool = False


class _Irregular(Exception):
    """The part is written in a way that this scan does not understand for certain."""


def scan(chunks: Iterable[bytes]) -> Facts | None:
    """Scan a sheet part; None where it is irregular, so that the streaming reader must judge.

    All chunks are consumed (their source checks size and checksum), unless the answer is None.
    """
    facts = Facts()
    stream = iter(chunks)
    try:
        for piece in _whole_cells(stream):
            _look(piece, facts)
    except _Irregular:
        return None
    for _ in stream:
        pass
    return facts


def _whole_cells(stream: Iterator[bytes]) -> Iterator[bytes]:
    """The inside of sheetData, without prefixes, in pieces that end before a cell begins."""
    held, prefix = _start(stream)
    seen = 0  # how much of ``held`` is known not to hold the end
    while True:
        if prefix:  # after joining, since a prefix may lie across two chunks
            held = _without_prefix(held, prefix)
        end = held.find(b"</sheetData", max(0, seen - 32 - len(prefix)))
        if end >= 0:
            yield held[:end]
            return
        cut = held.rfind(b"<c ")
        if cut > 0:
            yield held[:cut]
            held = held[cut:]
        seen = len(held)
        chunk = next(stream, b"")
        if not chunk or seen > _LONGEST_CELL:
            raise _Irregular
        held += chunk


def _start(stream: Iterator[bytes]) -> tuple[bytes, bytes]:
    """What follows <sheetData> in the chunks read so far, and the prefix of its elements."""
    head = b""
    for chunk in stream:
        head += chunk
        found = _SHEET_DATA.search(head)
        if found:
            break
        if len(head) > _LONGEST_HEAD:
            raise _Irregular
    else:
        raise _Irregular
    if b"<!" in head[: found.start()]:
        raise _Irregular
    if found[2]:
        return b"</sheetData>", b""
    return head[found.end() :], found[1] or b""


def _without_prefix(data: bytes, prefix: bytes) -> bytes:
    return data.replace(b"<" + prefix + b":", b"<").replace(b"</" + prefix + b":", b"</")


def _look(piece: bytes, facts: Facts) -> None:
    marks = piece.translate(_TABLE, _DROPPED)
    if (b"!" in marks and b"<!" in marks) or (_ODD_CELL.search(marks) and _NO_ADDRESS.search(piece)):
        raise _Irregular
    if b'"AA' in marks:
        facts.width = max(facts.width, *map(_column, set(_WIDE.findall(piece))), 0)
    if b'000000"' in marks:
        facts.height = max(facts.height, *map(int, set(_DEEP.findall(piece))), 0)
    # One character is found many times faster than a pair, and mostly it is not there.
    if b"e" in marks and b'"e"' in marks:
        _find_errors(piece, facts)
    if b"f" in marks and b"<f" in marks:
        facts.formulas = True
        if any(sign in marks for sign in _MAYBE_UNCACHED):
            _find_uncached(piece, facts)


def _find_errors(piece: bytes, facts: Facts) -> None:
    for match in _ERROR.finditer(piece):
        if match[0].endswith(b"/>"):
            continue
        body = piece[match.end() : piece.find(b"</c", match.end())]
        value = _VALUE.search(body)
        if value and value[1].strip():
            facts.errors[_place(match[0])] = value[1].strip().decode("utf-8", "replace")


def _find_uncached(piece: bytes, facts: Facts) -> None:
    for match in _UNCACHED.finditer(piece):
        start = piece.rfind(b"<c", 0, match.start())
        before = piece[start : match.start()]
        tag = before[: before.find(b">") + 1]
        if b"<v" in before:  # calamine loses a value that stands before its formula
            raise _Irregular
        # t="str" says that the formula was calculated and gave a text, though an empty one.
        if tag and not _IS_TEXT.search(tag):
            facts.uncached.add(_place(tag))


def _place(tag: bytes) -> Place:
    found = _ADDRESS.search(tag)
    if found is None:
        raise _Irregular
    return int(found[2]) - 1, _column(found[1]) - 1


def _column(letters: bytes) -> int:
    """1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number
