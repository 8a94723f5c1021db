"""XML as bytes: where elements stand in a part, and splicing without touching what lies around.

A part is never re-serialised: prefixes, attribute order, white space, mc:Ignorable and everything
else outside the splice stay as they are. Work is done in UTF-8; a part in another encoding is
transcoded on the way in and back on the way out.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from registry_sheets.errors import UnreadableWorkbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAIN_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONS_STRICT = "http://purl.oclc.org/ooxml/officeDocument/relationships"

_MARKUP = re.compile(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|"
    rb"<(?P<close>/?)(?P<name>[^\s/>!?<]+)(?P<attributes>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*?)(?P<empty>/?)>",
    re.S,
)
_ATTRIBUTE = re.compile(rb"([^\s=]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_DECLARED = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_CHARACTER = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")


@dataclass(frozen=True, slots=True)
class Cut:
    """Replace data[start:end] by ``new``. Offsets count bytes of the part in UTF-8."""

    start: int
    end: int
    new: bytes


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a part, by its byte offsets; ``inner`` to ``close`` is its content."""

    name: bytes
    start: int
    inner: int
    close: int
    end: int
    raw_attributes: bytes

    @property
    def local(self) -> str:
        return self.name.rpartition(b":")[2].decode()

    @property
    def empty(self) -> bool:
        """Whether it is written <x/>."""
        return self.close == self.end

    @property
    def attributes(self) -> dict[str, str]:
        return parse_attributes(self.raw_attributes)


def parse_attributes(raw: bytes) -> dict[str, str]:
    """Attributes by their name as written, prefix included."""
    found = _ATTRIBUTE.findall(raw)
    return {name.decode(): unescaped((double or single).decode()) for name, double, single in found}


_ENTITIES = (("&quot;", '"'), ("&apos;", "'"), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&"))
"""&amp; comes last, so that what it yields is not resolved once more."""


def unescaped(text: str) -> str:
    """Text with its entities and character references resolved."""
    if "&" not in text:
        return text
    plain = _CHARACTER.sub(lambda m: chr(int(m[1], 16) if m[1] else int(m[2])), text) if "&#" in text else text
    for entity, character in _ENTITIES:
        plain = plain.replace(entity, character)
    return plain


def attribute_text(text: str) -> str:
    """Text escaped for a double-quoted attribute."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return plain.replace("\r", "&#13;").replace("\n", "&#10;").replace("\t", "&#9;")


def element_children(data: bytes, inner: int, close: int) -> Iterator[Element]:
    """The elements that stand directly in data[inner:close]."""
    depth, opened, begin, attributes = 0, 0, 0, b""
    for match in _MARKUP.finditer(data, inner, close):
        name = match["name"]
        if name is None:
            continue
        if match["close"]:
            depth -= 1
            if depth == 0:
                yield Element(name, begin, opened, match.start(), match.end(), attributes)
        elif match["empty"]:
            if depth == 0:
                yield Element(name, match.start(), match.end(), match.end(), match.end(), match["attributes"])
        else:
            if depth == 0:
                begin, opened, attributes = match.start(), match.end(), match["attributes"]
                shut = _end_of_rows(data, name, opened, close)
                if shut is not None:
                    yield Element(name, begin, opened, shut, shut + len(name) + 3, attributes)
                    yield from element_children(data, shut + len(name) + 3, close)
                    return
            depth += 1


def _end_of_rows(data: bytes, name: bytes, inner: int, close: int) -> int | None:
    """Where a sheet's <sheetData> closes, without a look at its cells, which are most of a part.

    None for other elements, and where the closing tag stands there more than once, so that a comment or
    CDATA section could feign one.
    """
    if not name.endswith(b"sheetData"):
        return None
    shut = b"</" + name + b">"
    at = data.find(shut[:-1], inner, close)
    sure = at >= 0 and data.startswith(shut, at) and data.find(shut[:-1], at + 1, close) < 0
    return at if sure else None


@dataclass(frozen=True)
class Document:
    """A whole part in UTF-8, known by its root and the root's children."""

    data: bytes
    codec: str = "utf-8"

    @classmethod
    def decoded(cls, raw: bytes, name: str) -> Document:
        """The part as read, whatever its encoding. Raises UnreadableWorkbook where it is no XML."""
        codec = codec_of(raw)
        data = raw if codec == "utf-8" else _transcoded(raw, codec, name)
        document = cls(data, codec)
        if b"<!DOCTYPE" in data[: document.root.start]:
            raise broken(name)
        return document

    @cached_property
    def root(self) -> Element:
        for match in _MARKUP.finditer(self.data):
            if match["name"] is None or match["close"]:
                continue
            if match["empty"]:
                return Element(match["name"], match.start(), match.end(), match.end(), match.end(), match["attributes"])
            close = self.data.rfind(b"</" + match["name"])
            end = self.data.find(b">", close) + 1
            if close < 0 or end == 0:
                break
            return Element(match["name"], match.start(), match.end(), close, end, match["attributes"])
        raise broken("")

    @cached_property
    def children(self) -> Sequence[Element]:
        return tuple(element_children(self.data, self.root.inner, self.root.close))

    @property
    def prefix(self) -> str:
        """'x:' where the root is <x:root>, else ''."""
        space, colon, _ = self.root.name.rpartition(b":")
        return (space + colon).decode()

    @cached_property
    def namespaces(self) -> Mapping[str, str]:
        """Prefixes that the root declares: prefix -> namespace."""
        found = self.root.attributes.items()
        return {name[6:]: value for name, value in found if name == "xmlns" or name.startswith("xmlns:")}

    def child(self, local: str) -> Element | None:
        """The root's first child of that name in the root's own namespace."""
        return next(self.all(local), None)

    def all(self, local: str) -> Iterator[Element]:
        """The root's children of that name in the root's own namespace."""
        name = (self.prefix + local).encode()
        return (child for child in self.children if child.name == name)

    def inside(self, parent: Element | None) -> list[Element]:
        """The elements that stand directly in ``parent``."""
        return [] if parent is None else list(element_children(self.data, parent.inner, parent.close))

    def source(self, element: Element) -> bytes:
        """The element as it is written."""
        return self.data[element.start : element.end]

    def place(self, local: str, order: Sequence[str]) -> int:
        """Where a new child of the root goes so that children stay in schema order."""
        earlier = set(order[: order.index(local) + 1])
        before = [child for child in self.children if child.local in earlier and self._own(child)]
        return before[-1].end if before else self.root.inner

    def _own(self, child: Element) -> bool:
        return child.name == (self.prefix + child.local).encode()


@dataclass
class Editor:
    """Collects cuts in one document; they must not overlap."""

    document: Document
    cuts: list[Cut] = field(default_factory=list)

    def cut(self, start: int, end: int, new: str | bytes) -> None:
        self.cuts.append(Cut(start, end, new.encode() if isinstance(new, str) else new))

    def append(self, parent: Element, new: str) -> None:
        """Put markup at the end of ``parent``."""
        if parent.empty:
            opened = self.document.source(parent)[:-2].rstrip().decode()
            self.cut(parent.start, parent.end, f"{opened}>{new}</{parent.name.decode()}>")
        else:
            self.cut(parent.close, parent.close, new)

    def set_attributes(self, element: Element, values: Mapping[str, str | None]) -> None:
        """Set attributes of the start tag, or with None remove them; others stay as written."""
        tag = self.document.data[element.start : element.inner]
        new = with_attributes(tag, values)
        if new != tag:
            self.cut(element.start, element.inner, new)

    @property
    def ordered(self) -> tuple[Cut, ...]:
        """The cuts by place, those that change nothing left out; of several at one place, as they came."""
        data = self.document.data
        return tuple(sorted((c for c in self.cuts if data[c.start : c.end] != c.new), key=lambda c: (c.start, c.end)))


def with_attributes(tag: bytes, values: Mapping[str, str | None]) -> bytes:
    """A start tag with attributes set (or removed, where None)."""
    for name, value in values.items():
        pattern = re.compile(rb"\s" + re.escape(name.encode()) + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")
        new = b"" if value is None else f' {name}="{attribute_text(value)}"'.encode()
        found = pattern.search(tag)
        if found:
            tag = tag[: found.start()] + new + tag[found.end() :]
        elif new:
            at = len(tag) - (2 if tag.endswith(b"/>") else 1)
            tag = tag[:at].rstrip() + new + tag[at:]
    return tag


def applied(data: bytes, cuts: Iterable[Cut]) -> bytes:
    """The data with the cuts made; they are in order and do not overlap."""
    return b"".join(apply_to_chunks([data], cuts))


def apply_to_chunks(chunks: Iterable[bytes], cuts: Iterable[Cut]) -> Iterator[bytes]:
    """Make the cuts in a stream of chunks, in constant memory. Raises ValueError where cuts overlap."""
    source, at = Flow(chunks), 0
    for cut in cuts:
        if cut.start < at:
            raise ValueError(f"cuts overlap at {cut.start}")
        yield from source.take(cut.start - at)
        yield cut.new
        for _ in source.take(cut.end - cut.start):
            pass
        at = cut.end
    yield from source.rest()


class Flow:
    """A stream of chunks, handed on in lengths that somebody asks for."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._held = b""

    def take(self, length: int) -> Iterator[bytes]:
        """The next ``length`` bytes, in pieces; fewer where the stream ends."""
        while length > 0:
            piece = self._held or next(self._chunks, None)
            if piece is None:
                return
            self._held = piece[length:]
            if piece:
                yield piece[:length] if self._held else piece
            length -= len(piece)

    def rest(self) -> Iterator[bytes]:
        """All that is left."""
        held, self._held = self._held, b""
        if held:
            yield held
        yield from self._chunks


def codec_of(head: bytes) -> str:
    """The encoding of a part by its byte order mark or declaration; 'utf-8' covers UTF-8 with a mark."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    if head[:2] in (b"<\x00", b"\x00<"):
        return "utf-16-le" if head[:2] == b"<\x00" else "utf-16-be"
    declared = _DECLARED.search(head[:200])
    name = declared[1].decode().lower() if declared else "utf-8"
    try:
        known = codecs.lookup(name).name
    except LookupError:
        raise broken("") from None
    return "utf-8" if known in ("utf-8", "ascii", "utf-8-sig") else known


def to_utf8(chunks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """Chunks of another encoding as UTF-8; a byte order mark stays as U+FEFF."""
    if codec == "utf-8":
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(codec)()
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def from_utf8(chunks: Iterable[bytes], codec: str) -> Iterator[bytes]:
    """The way back from to_utf8."""
    if codec == "utf-8":
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in chunks:
        yield decoder.decode(chunk).encode(codec, "xmlcharrefreplace")
    yield decoder.decode(b"", final=True).encode(codec, "xmlcharrefreplace")


def _transcoded(raw: bytes, codec: str, name: str) -> bytes:
    try:
        return b"".join(to_utf8([raw], codec))
    except UnicodeDecodeError:
        raise broken(name) from None


def broken(name: str) -> UnreadableWorkbook:
    """The error for a part that is not XML as Excel writes it."""
    what = f"The part {name} of the workbook" if name else "A part of the workbook"
    return UnreadableWorkbook(f"{what} cannot be read.", "Open the workbook in Excel, save it, and try again.")
