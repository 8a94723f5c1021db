"""The package: which parts a workbook has, and how they hang together (ECMA-376 part 2).

Part names are compared as Excel does, without regard to case; targets may be absolute, relative,
with backslashes or percent-encoded.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.workbooks.excel.markup import (
    MAIN,
    MAIN_STRICT,
    RELATIONS,
    RELATIONS_STRICT,
    Document,
    attribute_text,
    codec_of,
    to_utf8,
)
from registry_sheets.workbooks.excel.zipcopy import Archive, Entry

CONTENT_TYPES = "[Content_Types].xml"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml."
TYPES: Mapping[str, str] = {
    "worksheet": f"{_TYPE}worksheet+xml",
    "styles": f"{_TYPE}styles+xml",
    "table": f"{_TYPE}table+xml",
    "comments": f"{_TYPE}comments+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
}
_WORKBOOK_TYPE = re.compile(r"(sheet|template|addin)(\.macroenabled)?\.main\+xml$", re.I)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relationship. ``kind`` is the last word of its type; ``target`` a part's key, '' where external."""

    id: str
    kind: str
    target: str
    raw_target: str


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it. ``part`` is '' where there is no such part."""

    title: str
    sheet_id: int
    part: str
    kind: str  # worksheet, chartsheet, dialogsheet, xlMacrosheet, ...
    relation: str


def part_key(name: str) -> str:
    """A part's name as it is compared: no leading slash, forward slashes, one case."""
    return name.replace("\\", "/").lstrip("/").casefold()


@dataclass
class Package:
    """The parts of one workbook, read as they are needed. Keys are as part_key gives them."""

    archive: Archive
    _documents: dict[str, Document] = field(default_factory=dict)
    _codecs: dict[str, str] = field(default_factory=dict)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        return {part_key(entry.name): entry for entry in self.archive.entries}

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def document(self, key: str) -> Document:
        """A small part, whole. Raises UnreadableWorkbook where it is missing or no XML."""
        if key not in self._documents:
            self._documents[key] = Document.decoded(self.archive.read(self.entry(key)), key)
        return self._documents[key]

    def codec(self, key: str) -> str:
        """A part's encoding, without reading it whole."""
        if key in self._documents:
            return self._documents[key].codec
        if key not in self._codecs:
            head = next(iter(self.archive.chunks(self.entry(key))), b"")
            self._codecs[key] = codec_of(head)
        return self._codecs[key]

    def utf8_chunks(self, key: str) -> Iterator[bytes]:
        """A part's content in UTF-8, piece by piece."""
        yield from to_utf8(self.archive.chunks(self.entry(key)), self.codec(key))

    def entry(self, key: str) -> Entry:
        if key not in self.entries:
            raise UnreadableWorkbook(
                f"The workbook lacks its part {key}.", "Open it in Excel, let it repair the file, and save it."
            )
        return self.entries[key]

    def actual(self, key: str) -> str:
        """A part's name with its upper and lower case; a name that is not there yet as it is."""
        entry = self.entries.get(part_key(key))
        return key if entry is None else entry.name.replace("\\", "/").lstrip("/")

    @cached_property
    def workbook_key(self) -> str:
        """The workbook part: by the package's relationships, else by content type, else by its usual name."""
        found = [r.target for r in self.relations("") if r.kind == "officedocument" and r.target in self]
        typed = [key for key, kind in self.overrides.items() if _WORKBOOK_TYPE.search(kind) and key in self]
        usual = [key for key in self.entries if key == "xl/workbook.xml"]
        for key in (*found, *typed, *usual):
            return key
        raise UnreadableWorkbook("The file holds no workbook.", "Open it in Excel and save it as .xlsx.")

    @property
    def workbook(self) -> Document:
        return self.document(self.workbook_key)

    @cached_property
    def strict(self) -> bool:
        """Whether the workbook is saved as Strict Open XML, which has its own namespaces."""
        return MAIN_STRICT in self.workbook.namespaces.values()

    @property
    def date1904(self) -> bool:
        """Whether days are counted from 1904."""
        element = self.workbook.child("workbookPr")
        return element is not None and element.attributes.get("date1904", "0").lower() in ("1", "true", "on")

    @property
    def main_namespace(self) -> str:
        return MAIN_STRICT if self.strict else MAIN

    @property
    def relations_namespace(self) -> str:
        return RELATIONS_STRICT if self.strict else RELATIONS

    @cached_property
    def overrides(self) -> Mapping[str, str]:
        """Content types stated part by part: key -> type."""
        key = CONTENT_TYPES.casefold()
        if key not in self:
            return {}
        document = self.document(key)
        found = (child.attributes for child in document.all("Override"))
        return {part_key(a.get("PartName", "")): a.get("ContentType", "") for a in found}

    def relations(self, key: str) -> Sequence[Relation]:
        """The relationships of a part, or with '' of the package."""
        name = relations_key(key)
        if name not in self:
            return ()
        document = self.document(name)
        return tuple(self._relation(key, child.attributes) for child in document.all("Relationship"))

    def _relation(self, key: str, values: Mapping[str, str]) -> Relation:
        raw = values.get("Target", "")
        external = values.get("TargetMode", "").lower() == "external"
        kind = values.get("Type", "").rpartition("/")[2].casefold()
        return Relation(values.get("Id", ""), kind, "" if external else self._resolved(key, raw), raw)

    def _resolved(self, key: str, target: str) -> str:
        plain = target.replace("\\", "/").partition("#")[0]
        joined = plain if plain.startswith("/") else posixpath.join("/", posixpath.dirname(key), plain)
        name = part_key(posixpath.normpath(joined))
        return name if name in self.entries else part_key(unquote(name))

    @cached_property
    def sheets(self) -> Sequence[SheetEntry]:
        """All sheets in tab order, chart and macro sheets included."""
        known = {relation.id: relation for relation in self.relations(self.workbook_key)}
        return tuple(
            self._sheet(child.attributes, known)
            for child in self.workbook.inside(self.workbook.child("sheets"))
            if child.local == "sheet"
        )

    def _sheet(self, values: Mapping[str, str], known: Mapping[str, Relation]) -> SheetEntry:
        id_ = next((value for name, value in values.items() if name.rpartition(":")[2] == "id" and ":" in name), "")
        relation = known.get(id_, Relation("", "", "", ""))
        number = values.get("sheetId", "0")
        sheet_id = int(number) if number.isdigit() else 0
        part = relation.target if relation.target in self else ""
        return SheetEntry(values.get("name", ""), sheet_id, part, relation.kind, id_)

    def worksheet(self, title: str) -> SheetEntry | None:
        """The worksheet of that title, compared as Excel does."""
        wanted = title.casefold()
        return next((s for s in self.sheets if s.title.casefold() == wanted and s.kind == "worksheet" and s.part), None)

    def related(self, key: str, kind: str) -> str | None:
        """The key of the first part of that kind that ``key`` points to."""
        found = (r.target for r in self.relations(key) if r.kind == kind.casefold() and r.target in self)
        return next(found, None)

    def relation_type(self, kind: str) -> str:
        return f"{self.relations_namespace}/{kind}"


def relations_key(key: str) -> str:
    """Where the relationships of a part are kept."""
    folder, name = posixpath.split(key)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relative_target(source: str, target: str) -> str:
    """How ``source`` names ``target`` in its relationships."""
    return posixpath.relpath(target, posixpath.dirname(source) or ".")


def relation_markup(prefix: str, id_: str, kind: str, target: str) -> str:
    values = f'Id="{id_}" Type="{attribute_text(kind)}" Target="{attribute_text(target)}"'
    return f"<{prefix}Relationship {values}/>"


def free_name(taken: set[str], pattern: str) -> str:
    """A part name that nobody uses: ``pattern`` holds {} for the number. It is added to ``taken``."""
    number = 1
    while pattern.format(number).casefold() in taken:
        number += 1
    name = pattern.format(number)
    taken.add(name.casefold())
    return name


def free_id(taken: set[str]) -> str:
    """A relationship id that is not in ``taken``, to which it is added."""
    number = 1 + max((int(t[3:]) for t in taken if t[:3] == "rId" and t[3:].isascii() and t[3:].isdigit()), default=0)
    taken.add(f"rId{number}")
    return f"rId{number}"
