"""Defined names: how a tab of ours is known, and the hidden names that marks and dropdowns use."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import get_args

from registry_sheets.registry.sheets import OWN_KINDS, TabKind, own_name, strayed
from registry_sheets.workbooks.excel.markup import Document, Editor, Element, attribute_text, unescaped
from registry_sheets.workbooks.excel.parts import Package

WORKBOOK_ORDER = (
    *("fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups"),
    *("externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "smartTagPr"),
    *("smartTagTypes", "webPublishing", "fileRecoveryPr", "webPublishObjects", "extLst"),
)
_SHEET = re.compile(r"^=?(?:'((?:[^']|'')+)'|([^'!]+))!")


def defined_names(workbook: Document) -> Mapping[str, str]:
    """Workbook-scoped names, in lower case -> reference."""
    return {name.casefold(): reference for name, reference, local, _ in _names(workbook) if local is None}


def _names(workbook: Document) -> Iterable[tuple[str, str, str | None, Element]]:
    for child in workbook.inside(workbook.child("definedNames")):
        values = child.attributes
        text = unescaped(workbook.data[child.inner : child.close].decode("utf-8", "replace"))
        yield values.get("name", ""), text.strip(), values.get("localSheetId"), child


def referenced_title(reference: str) -> str | None:
    """The tab that a reference such as "'My models'!$A$1" points to."""
    match = _SHEET.match(reference)
    return None if match is None else (match[1] or match[2]).replace("''", "'")


def quoted_title(title: str) -> str:
    """A tab's title as formulas write it."""
    return "'" + title.replace("'", "''") + "'"


def registered_tabs(package: Package) -> Mapping[TabKind, str]:
    """The tabs that our hidden names point to and that still stand: kind -> title."""
    names = defined_names(package.workbook)
    titles = [sheet.title for sheet in package.sheets]
    found: dict[TabKind, str] = {}
    for kind in get_args(TabKind):
        title = referenced_title(names.get(own_name(kind).casefold(), ""))
        sheet = package.worksheet(title) if title else None
        if sheet is not None and not (kind in OWN_KINDS and strayed(kind, sheet.title, titles)):
            found[kind] = sheet.title
    return found


def write_names(editor: Editor, names: Mapping[str, str]) -> None:
    """Set hidden, workbook-scoped names; other names stay as they are."""
    if not names:
        return
    document = editor.document
    there = {name.casefold(): (ref, child) for name, ref, local, child in _names(document) if local is None}
    new = []
    for name, reference in names.items():
        old = there.get(name.casefold())
        if old is None:
            new.append(_markup(document.prefix, name, reference))
        elif old[0] != reference:
            editor.cut(old[1].start, old[1].end, _markup(document.prefix, name, reference))
    _add_names(editor, new)


def _add_names(editor: Editor, new: Sequence[str]) -> None:
    document = editor.document
    parent = document.child("definedNames")
    if not new:
        return
    if parent is not None:
        editor.append(parent, "".join(new))
        return
    tag = f"{document.prefix}definedNames"
    at = document.place("definedNames", WORKBOOK_ORDER)
    editor.cut(at, at, f"<{tag}>{''.join(new)}</{tag}>")


def _markup(prefix: str, name: str, reference: str) -> str:
    tag = f"{prefix}definedName"
    text = attribute_text(reference)
    return f'<{tag} name="{attribute_text(name)}" hidden="1">{text}</{tag}>'


def grow_filter_name(editor: Editor, sheet_index: int, old_end: str, new_end: str) -> None:
    """Let the hidden name of a tab's filter end at another cell, such as $R$201."""
    for name, reference, local, child in _names(editor.document):
        if name.casefold() != "_xlnm._filterdatabase" or local != str(sheet_index):
            continue
        if reference.endswith(f":{old_end}") and not child.empty:
            grown = reference.removesuffix(old_end) + new_end
            editor.cut(child.inner, child.close, attribute_text(grown))
