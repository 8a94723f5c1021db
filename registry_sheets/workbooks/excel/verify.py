"""The last look at a rewritten workbook before it takes the original's place."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from registry_sheets.errors import NotAsMeant
from registry_sheets.registry.grid import Cell, Place, a1, column_letters
from registry_sheets.workbooks.excel.cells import CellReader, without_escapes
from registry_sheets.workbooks.excel.draft import Intended
from registry_sheets.workbooks.excel.markup import Cut, Flow, apply_to_chunks, to_utf8
from registry_sheets.workbooks.excel.package import Rewrite
from registry_sheets.workbooks.excel.parts import Package
from registry_sheets.workbooks.excel.plaincells import plain_cells
from registry_sheets.workbooks.excel.render import MAX_TEXT, fitted, place, readable
from registry_sheets.workbooks.excel.splice import SheetScan, Wanted, scan_sheet
from registry_sheets.workbooks.excel.zipcopy import Archive, Entry

_TEXTS = ("inlineStr", "str")
_SURELY_FITS = MAX_TEXT // 2  # characters: so many fit into a cell whatever they are


class VerificationFailed(NotAsMeant):
    """The rewritten workbook is not exactly what it should be; the original is as it was."""


def verify(source: Path, target: Path, rewrite: Rewrite) -> None:
    """Hold a rewritten workbook against its source.

    Raises VerificationFailed unless untouched parts are equal as raw compressed bytes, changed parts
    equal the source outside the cuts, changed and added parts are well-formed, and the intended
    cells read back.
    """
    with Archive(source) as old_archive, Archive(target) as new_archive:
        old, new = Package(old_archive), Package(new_archive)
        _same_parts(old, new, rewrite, target)
        reader = CellReader(new, date1904=new.date1904)
        cells = {name.casefold(): found for name, found in rewrite.cells.items()}
        for key, entry in new.entries.items():
            if key in rewrite.changed:
                content = _spliced_only(old, new, key, rewrite.changed[key])
            elif key in rewrite.added:
                content = _well_formed(new_archive.chunks(entry), key)
            else:
                _same_bytes(old_archive, old.entry(key), new_archive, entry)
                if key not in cells:
                    continue
                content = new.utf8_chunks(key)
            if key in cells and key not in rewrite.edited:
                _whole_tab(new, key, b"".join(content), cells[key], reader)
            else:
                _read_through(new, key, content, cells.get(key, {}), reader)


def _same_parts(old: Package, new: Package, rewrite: Rewrite, target: Path) -> None:
    expected = (set(old.entries) - set(rewrite.removed)) | set(rewrite.added)
    if set(new.entries) != expected:
        raise _failed("its parts are not those expected")
    with zipfile.ZipFile(target) as other:  # a second reader, so that a mistake of ours does not cancel out
        if len(other.infolist()) != len(expected):
            raise _failed("another reader sees other parts")


def _same_bytes(old: Archive, before: Entry, new: Archive, after: Entry) -> None:
    kept = ("raw_name", "method", "time", "date", "crc", "packed", "size", "external", "internal", "comment")
    if any(getattr(before, name) != getattr(after, name) for name in kept):
        raise _failed(f"the part {before.name} was not carried over as it is")
    if not _same_streams(old.packed_chunks(before), new.packed_chunks(after)):
        raise _failed(f"the part {before.name} was not carried over as it is")


def _spliced_only(old: Package, new: Package, key: str, cuts: Iterable[Cut]) -> Iterator[bytes]:
    """A changed part in UTF-8, held against the source with its cuts made while it is read."""
    if old.codec(key) != new.codec(key):
        raise _failed(f"the part {key} changed its encoding")
    found = to_utf8(_well_formed(new.archive.chunks(new.entry(key)), key), new.codec(key))
    expected = Flow(apply_to_chunks(old.utf8_chunks(key), cuts))
    for chunk in found:
        if not _next_is(expected, chunk):
            raise _failed(f"the part {key} differs in more than what was to change")
        yield chunk
    if any(expected.rest()):
        raise _failed(f"the part {key} ends too early")


def _read_through(
    package: Package, key: str, content: Iterator[bytes], cells: Mapping[Place, Intended], reader: CellReader
) -> None:
    if cells:
        wanted = Wanted(frozenset(row + 1 for row, _ in cells), formulas=False)
        _cells_read_back(cells, _cells_of(scan_sheet(package, key, wanted, content)), reader, key, whole=False)
    _exhaust(content)


def _same_streams(one: Iterable[bytes], other: Iterable[bytes]) -> bool:
    flow = Flow(other)
    return all(_next_is(flow, chunk) for chunk in one) and not any(flow.rest())


def _next_is(flow: Flow, chunk: bytes) -> bool:
    """Whether a stream goes on with those bytes, which are taken from it."""
    at = 0
    for piece in flow.take(len(chunk)):
        if not chunk.startswith(piece, at):
            return False
        at += len(piece)
    return at == len(chunk)


def _well_formed(chunks: Iterable[bytes], key: str) -> Iterator[bytes]:
    """Hands a part on, and lets expat read along."""
    parser = expat.ParserCreate()
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield chunk
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _failed(f"the part {key} is not well-formed ({error})") from None


def _exhaust(chunks: Iterable[bytes]) -> None:
    for _ in chunks:
        pass


def _whole_tab(package: Package, key: str, content: bytes, cells: Mapping[Place, Intended], reader: CellReader) -> None:
    """Hold a tab that was written whole, in UTF-8, against its intended cells; there must be no others."""
    if not _read_back_plainly(content, cells, reader):
        _cells_read_back(cells, _all_cells(package, key), reader, key)


def _read_back_plainly(content: bytes, cells: Mapping[Place, Intended], reader: CellReader) -> bool:
    """Whether a whole tab certainly holds the intended cells and no others; where not, a parser has to judge."""
    found = plain_cells(content)
    if found is None or found.addresses != _addresses(cells):
        return False
    seen = zip(cells.values(), found.kinds, found.formulas, found.texts, strict=True)
    return all(
        _holds(reader, intended.value, kind, text) and (intended.formula or "") == formula
        for intended, kind, formula, text in seen
        # Most cells hold the very text; one that is cut or mended on its way into a cell does not.
        if intended.value != text
        or kind not in _TEXTS
        or len(text) > _SURELY_FITS
        or (intended.formula or "") != formula
    )


def _addresses(cells: Iterable[Place]) -> list[str]:
    letters: dict[int, str] = {}
    for _, column in cells:
        if column not in letters:
            letters[column] = column_letters(column)
    return [f"{letters[column]}{row + 1}" for row, column in cells]


def _holds(reader: CellReader, value: Cell, kind: str, text: str) -> bool:
    kept = readable(fitted(value)) if isinstance(value, str) else value
    return reader.holds(kept, reader.typed(kind, text))


def _cells_read_back(
    cells: Mapping[Place, Intended], found: dict[Place, _Seen], reader: CellReader, key: str, whole: bool = True
) -> None:
    for (row, column), intended in cells.items():
        seen = found.pop((row, column), _Seen())
        if not _holds(reader, intended.value, seen.kind, seen.text) or (intended.formula or "") != seen.formula:
            raise _failed(f"cell {a1(row, column)} of {key} does not read back as it was meant")
    if whole and any(seen.text or seen.formula for seen in found.values()):
        raise _failed(f"{key} holds cells that were not meant")


@dataclass
class _Seen:
    kind: str = "n"
    text: str = ""
    formula: str = ""


@dataclass
class _CellHandler:
    """Collects cells from expat's events, independently of how they are written."""

    found: dict[Place, _Seen] = field(default_factory=dict)
    row: int = -1
    _column: int = -1
    _cell: _Seen = field(default_factory=_Seen)
    _into: str = ""
    _pieces: list[str] = field(default_factory=list)

    def start(self, name: str, values: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "c":
            spot = place(values["r"]) if "r" in values else (self.row, self._column + 1)
            self._column = spot[1]
            self._cell = self.found[spot] = _Seen(values.get("t", "n"))
        elif local == "row":
            self.row, self._column = (int(values["r"]) - 1 if "r" in values else self.row + 1), -1
        elif local in ("v", "f", "t"):
            self._into, self._pieces = local, []

    def end(self, _name: str) -> None:
        if not self._into:
            return
        text = without_escapes("".join(self._pieces))
        if self._into == "f":
            self._cell.formula = text
        else:
            self._cell.text += text
        self._into = ""

    def data(self, text: str) -> None:
        if self._into:
            self._pieces.append(text)

    def parser(self) -> expat.XMLParserType:
        made = expat.ParserCreate()
        made.buffer_text = True
        made.StartElementHandler, made.EndElementHandler = self.start, self.end
        made.CharacterDataHandler = self.data
        return made


def _all_cells(package: Package, key: str) -> dict[Place, _Seen]:
    handler = _CellHandler()
    parser = handler.parser()
    for chunk in package.archive.chunks(package.entry(key)):
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return handler.found


def _cells_of(scan: SheetScan) -> dict[Place, _Seen]:
    """The cells of the rows that a scan found."""
    handler = _CellHandler()
    for row in scan.rows.values():
        element, handler.row = row.element, row.number - 2
        handler.parser().Parse(row.data[element.start : element.end], True)
    return handler.found


def _failed(what: str) -> VerificationFailed:
    return VerificationFailed(
        f"The new workbook was checked before saving, and {what}; the workbook is as it was.",
        "Please report this, with the workbook if you can share it.",
    )
