"""What a workbook says about itself: its tabs, ours among them, its dates, who saved it, what forbids writing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.sheets import OWN_KINDS, TabKind, own_name, strayed
from registry_sheets.workbooks.base import LastEditor
from registry_sheets.workbooks.excel.container import (
    Container,
    Node,
    document_type,
    relationships_key,
    target_key,
)

_TRUE = ("1", "true", "on")
_KINDS: tuple[TabKind, ...] = (*OWN_KINDS, "models")
_REFERENCE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!")
_NOT_UTF8 = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["'](?!utf-?8|us-ascii)""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Tab:
    """One worksheet. ``part`` is None where the workbook names a tab whose content is not in the file."""

    title: str
    part: str | None
    hidden: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """The workbook without its cells.

    ``plain`` False: a part is not in UTF-8 or stands in the file twice, so that calamine, which would
    read nothing or the other one, must not be asked.
    """

    tabs: tuple[Tab, ...]
    date1904: bool
    own_tabs: Mapping[TabKind, str]
    marked_tab: str | None
    obstacles: tuple[str, ...]
    last_editor: LastEditor | None
    strings: str | None
    styles: str | None
    plain: bool


@dataclass(frozen=True, slots=True)
class _Relationship:
    kind: str  # the last word of its type, so that Strict and transitional files read alike
    target: str
    part: str | None


def read_outline(container: Container) -> Outline:
    """Read workbook.xml and what hangs on it. Raises UnreadableWorkbook."""
    package = _relationships(container, "")
    workbook = _workbook_part(container, package)
    nodes = container.nodes(workbook)
    relations = _relationships(container, workbook)
    tabs = tuple(_tabs(container, nodes, relations))
    if not tabs:
        raise UnreadableWorkbook(f"{container.label} has no worksheet.", "Add a tab to it in Excel and save it.")
    names = _own_names(nodes, {tab.title for tab in tabs})
    strings, styles = _part_of(relations, "sharedstrings"), _part_of(relations, "styles")
    read = [part for part in (workbook, strings, styles, *(tab.part for tab in tabs)) if part]
    return Outline(
        tabs=tabs,
        date1904=any(_flag(a, "date1904") for n, a, _ in nodes if n == "workbookPr"),
        own_tabs={kind: names[kind] for kind in OWN_KINDS if kind in names},
        marked_tab=names.get("models"),
        obstacles=tuple(_obstacles(container, nodes, [*package.values(), *relations.values()])),
        last_editor=_last_editor(container, package),
        strings=strings,
        styles=styles,
        plain=all([_plain_part(container, part) for part in read]) and not container.doubled,
    )


def _relationships(container: Container, source: str) -> dict[str, _Relationship]:
    key = container.find(relationships_key(source))
    if key is None:
        return {}
    found = {}
    for name, attributes, _ in container.nodes(key):
        if name != "Relationship" or attributes.get("TargetMode", "").lower() == "external":
            continue
        target = target_key(source, attributes.get("Target", ""))
        kind = attributes.get("Type", "").rpartition("/")[2].lower()
        found[attributes.get("Id", "")] = _Relationship(kind, target, container.find(target))
    return found


def _workbook_part(container: Container, package: Mapping[str, _Relationship]) -> str:
    """By relationship, else by content type, else by its usual name."""
    found = _part_of(package, "officedocument") or _by_content_type(container)
    found = found or next((name for name in container.names if name.endswith("xl/workbook.xml")), None)
    if found is None:
        raise UnreadableWorkbook(
            f"{container.label} is a zip file, but there is no workbook in it.",
            "If the workbook was zipped, unpack it first; else bring back an earlier copy.",
        )
    return found


def _by_content_type(container: Container) -> str | None:
    key = container.find("[Content_Types].xml")
    if key is None:
        return None
    for _, attributes, _ in container.nodes(key):
        kind = attributes.get("ContentType", "").lower()
        if kind.endswith(".main+xml") and "sheet" in kind + attributes.get("PartName", ""):
            return container.find(attributes.get("PartName", ""))
    return None


def _part_of(relations: Mapping[str, _Relationship], kind: str) -> str | None:
    return next((r.part for r in relations.values() if r.kind == kind and r.part), None)


def _tabs(container: Container, nodes: list[Node], relations: Mapping[str, _Relationship]) -> Iterator[Tab]:
    """Worksheets in tab order; chart, dialog and macro sheets hold no rows, and a sheet without content is none."""
    guesses = iter([] if relations else _sheet_parts(container))
    seen = set()
    for name, attributes, _ in nodes:
        title = attributes.get("name", "")
        if name != "sheet" or title in seen:
            continue
        relation = relations.get(attributes.get("id", ""))
        part = relation.part if relation else next(guesses, None)
        if (relation is None and part is None) or (relation is not None and relation.kind != "worksheet"):
            continue
        seen.add(title)
        yield Tab(title, part, attributes.get("state", "visible").lower() != "visible")


def _sheet_parts(container: Container) -> list[str]:
    """Sheet parts by number, for a workbook that lost its relationships."""
    found = (name for name in container.names if "worksheets/sheet" in name)
    return sorted(found, key=lambda name: int("0" + "".join(c for c in name if c.isdecimal())))


def _own_names(nodes: list[Node], titles: set[str]) -> dict[TabKind, str]:
    """Kinds by our hidden names. A name within one tab's scope is a copy that came with a copied tab."""
    kinds: dict[str, TabKind] = {own_name(kind).lower(): kind for kind in _KINDS}
    found: dict[TabKind, str] = {}
    for name, attributes, text in nodes:
        kind = kinds.get(attributes.get("name", "").lower())
        if name != "definedName" or kind is None or "localSheetId" in attributes:
            continue
        title = _referenced_title("".join(text))
        if title in titles and not (kind in OWN_KINDS and strayed(kind, title, titles)):
            found[kind] = title
    return found


def _referenced_title(reference: str) -> str:
    match = _REFERENCE.match(reference.strip().removeprefix("="))
    if match is None:
        return ""
    return match[1].replace("''", "'") if match[1] else match[2]


def _obstacles(container: Container, nodes: list[Node], relations: list[_Relationship]) -> Iterator[str]:
    kinds = {relation.kind for relation in relations}
    if "origin" in kinds or any(name.startswith("_xmlsignatures/") for name in container.names):
        yield "The workbook is digitally signed, and writing would break the signature."
    for name, attributes, _ in nodes:
        if name == "workbookProtection" and _flag(attributes, "lockStructure"):
            yield "The workbook's structure is protected, so no tab may be added (Review > Protect Workbook)."
        if name == "fileSharing" and _reserved(attributes):
            yield "The workbook asks for a password before it may be changed (File > Info > Protect Workbook)."
    if "revisionheaders" in kinds:
        yield "The workbook is shared with tracked changes, which writing would break (Review > Share Workbook)."
    if container.doubled:
        yield "The workbook holds a part twice, so it is not certain which one counts; save it again in Excel."


def _reserved(attributes: Mapping[str, str]) -> bool:
    password = attributes.get("reservationPassword", "")
    return "hashValue" in attributes or bool(password.strip("0"))


def _last_editor(container: Container, package: Mapping[str, _Relationship]) -> LastEditor | None:
    part = _part_of(package, "core-properties")
    if part is None:
        return None
    try:
        texts = {name: "".join(text).strip() for name, _, text in container.nodes(part)}
    except UnreadableWorkbook as error:
        if error.message == document_type(part, container.label).message:
            raise
        return None  # who saved it last is not worth refusing a workbook for
    name, when = texts.get("lastModifiedBy", ""), _moment(texts.get("modified", ""))
    return LastEditor(name, when) if name or when else None


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _plain_part(container: Container, part: str) -> bool:
    """Whether a part is in UTF-8. Refuses a document type at once, before anything else reads the part."""
    head = container.head(part)
    if b"<!DOCTYPE" in head.replace(b"\0", b""):
        raise document_type(part, container.label)
    return not head.startswith((b"\xff\xfe", b"\xfe\xff")) and b"\0" not in head and not _NOT_UTF8.search(head)


def _flag(attributes: Mapping[str, str], name: str) -> bool:
    return attributes.get(name, "").lower() in _TRUE
