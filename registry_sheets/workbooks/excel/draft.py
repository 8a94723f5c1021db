"""A new state of a workbook in the making: parts to splice, to add and to leave out."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import TypeAlias

from registry_sheets.registry.grid import Cell, Place
from registry_sheets.registry.sheets import SheetCell
from registry_sheets.workbooks.excel.markup import Cut, Document, Editor, applied, attribute_text
from registry_sheets.workbooks.excel.parts import (
    CONTENT_TYPES,
    TYPES,
    Package,
    free_id,
    free_name,
    part_key,
    relation_markup,
    relations_key,
    relative_target,
)
from registry_sheets.workbooks.excel.render import Ink
from registry_sheets.workbooks.excel.styles import StyleBook, empty_styles
from registry_sheets.workbooks.excel.tables import TableNumbers

_RELATIONS_NAMESPACE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True, slots=True)
class IntendedValue:
    """What a cell of a people's tab should read back as."""

    value: Cell
    formula: str | None = None


Intended: TypeAlias = SheetCell | IntendedValue
"""What a cell should read back as: its value, and its formula without '='."""


@dataclass
class Draft:
    """Collects what a rewrite does to a package; nothing is written here."""

    package: Package
    editors: dict[str, Editor] = field(default_factory=dict)
    spliced: dict[str, tuple[Cut, ...]] = field(default_factory=dict)
    added: dict[str, bytes] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    cells: dict[str, dict[Place, Intended]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._taken = set(self.package.entries)
        self._ids: dict[str, set[str]] = {}
        self._relations: dict[str, list[tuple[str, str, str]]] = {}
        self._styles: StyleBook | None = None
        self._tables: TableNumbers | None = None

    def editor(self, key: str) -> Editor:
        """The one editor of a small part."""
        if key not in self.editors:
            self.editors[key] = Editor(self.package.document(key))
        return self.editors[key]

    @property
    def workbook(self) -> Editor:
        return self.editor(self.package.workbook_key)

    @property
    def tables(self) -> TableNumbers:
        if self._tables is None:
            self._tables = TableNumbers.of(self.package)
        return self._tables

    @property
    def styles(self) -> StyleBook:
        if self._styles is None:
            self._styles = StyleBook(self._styles_document())
        return self._styles

    def _styles_document(self) -> Document:
        key = self.package.related(self.package.workbook_key, "styles")
        return Document(empty_styles(self.package.main_namespace)) if key is None else self.package.document(key)

    def folder(self, name: str) -> str:
        """A part name beside the workbook part."""
        return posixpath.join(posixpath.dirname(self.package.actual(self.package.workbook_key)), name)

    def ink(self, prefix: str) -> Ink:
        return Ink(prefix, self.styles, self.package.date1904)

    def add_part(self, pattern: str, kind: str, content: bytes) -> str:
        """Add a part under a free name; ``pattern`` has {} for the number. Returns its name."""
        name = free_name(self._taken, pattern)
        self.added[name] = content
        root = self.editor(CONTENT_TYPES.casefold())
        p, type_ = root.document.prefix, attribute_text(TYPES[kind])
        root.append(root.document.root, f'<{p}Override PartName="/{attribute_text(name)}" ContentType="{type_}"/>')
        return name

    def relate(self, source: str, kind: str, target: str) -> str:
        """Point from a part, there already or added, to an added one; returns the relationship's id."""
        source = self.package.actual(source)
        if source not in self._ids:
            self._ids[source] = {relation.id for relation in self.package.relations(source.casefold())}
        id_ = free_id(self._ids[source])
        target = relative_target(source, target)
        self._relations.setdefault(source, []).append((id_, self.package.relation_type(kind), target))
        return id_

    def remove(self, key: str, holder: str) -> None:
        """Leave a part out, with the relationship of ``holder`` to it and its content type."""
        self.removed.add(key)
        gone = {relation.id for relation in self.package.relations(holder) if relation.target == key}
        relations = self.editor(relations_key(holder))
        for child in relations.document.children:
            if child.attributes.get("Id") in gone:
                relations.cut(child.start, child.end, "")
        types = self.editor(CONTENT_TYPES.casefold())
        for child in types.document.all("Override"):
            if part_key(child.attributes.get("PartName", "")) == key:
                types.cut(child.start, child.end, "")

    def finish(self) -> None:
        """Bring styles and relationships into the parts that hold them; call once, at the end."""
        if self._styles is not None:
            self._finish_styles(self._styles)
        for source, items in self._relations.items():
            self._write_relations(relations_key(source), items)

    def _finish_styles(self, styles: StyleBook) -> None:
        key = self.package.related(self.package.workbook_key, "styles")
        if key is not None:
            self.editor(key).cuts.extend(styles.cuts)
            return
        content = applied(styles.document.data, styles.cuts)
        # openpyxl looks for the looks under this one name, whatever the relationships say.
        plain = self.folder("styles.xml")
        pattern = self.folder("styles{}.xml") if plain.casefold() in self.package else plain
        name = self.add_part(pattern, "styles", content)
        self.relate(self.package.workbook_key, "styles", name)

    def _write_relations(self, name: str, items: list[tuple[str, str, str]]) -> None:
        if name.casefold() in self.package:
            editor = self.editor(name.casefold())
            markup = "".join(relation_markup(editor.document.prefix, *item) for item in items)
            editor.append(editor.document.root, markup)
            return
        markup = "".join(relation_markup("", *item) for item in items)
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        self.added[name] = f'{head}<Relationships xmlns="{_RELATIONS_NAMESPACE}">{markup}</Relationships>'.encode()
