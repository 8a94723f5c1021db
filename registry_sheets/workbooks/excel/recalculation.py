"""What Excel must calculate anew, and the calculation chain that it keeps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from registry_sheets.errors import UnreadableWorkbook
from registry_sheets.registry.sheets import Sheet, TabKind
from registry_sheets.workbooks.excel.draft import Draft
from registry_sheets.workbooks.excel.markup import unescaped
from registry_sheets.workbooks.excel.names import WORKBOOK_ORDER, defined_names, referenced_title, registered_tabs
from registry_sheets.workbooks.excel.parts import Package, SheetEntry
from registry_sheets.workbooks.excel.tables import sheet_tables

_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f(?:\s[^<>]*)?>([^<]*)</")
_CHAIN_SHEET = re.compile(rb"\si\s*=\s*[\"']([0-9]+)[\"']")


def drop_calculation_chain(draft: Draft, own: Mapping[TabKind, Sheet]) -> None:
    """Take calcChain out where a replaced tab held formulas that it lists; Excel makes it anew."""
    package = draft.package
    chain = package.related(package.workbook_key, "calcChain")
    if chain is None:
        return
    there = registered_tabs(package)
    replaced = [package.worksheet(title) for kind, title in there.items() if kind in own]
    listed = _listed(package, chain)
    if any(entry is not None and entry.sheet_id in listed for entry in replaced):
        draft.remove(chain, package.workbook_key)


def request_recalculation(
    draft: Draft, own: Mapping[TabKind, Sheet], edited: str | None, without_formulas: frozenset[str] = frozenset()
) -> bool:
    """Let Excel calculate on opening, but only where formulas depend on cells that change.

    ``edited`` is the people's tab whose cells change; tabs ``without_formulas`` are not looked at.
    """
    package = draft.package
    touched = [title for kind, title in registered_tabs(package).items() if kind in own and _changes(draft, title)]
    if edited is not None:
        touched.append(edited)
    if not touched or not _any_formula_depends(draft, touched, edited, without_formulas):
        return False
    _set_full_calculation(draft)
    return True


def _changes(draft: Draft, title: str) -> bool:
    entry = draft.package.worksheet(title)
    return entry is not None and bool(draft.editor(entry.part).ordered)


def _any_formula_depends(draft: Draft, titles: list[str], edited: str | None, spared: frozenset[str]) -> bool:
    package = draft.package
    words = _words(package, titles)
    rewritten = set(draft.cells) - set(draft.spliced)
    for sheet in _with_formulas(package):
        if sheet.part in rewritten or sheet.title in spared:
            continue
        inside = edited is not None and sheet.title.casefold() == edited.casefold()
        if _depends(package, sheet, words, inside):
            return True
    return False


def _depends(package: Package, sheet: SheetEntry, words: set[str], inside: bool) -> bool:
    try:
        return any(inside or any(word in text for word in words) for text in _formulas(package, sheet))
    except UnreadableWorkbook:  # a damaged tab that nobody asked about is carried over as it is
        return True


def _with_formulas(package: Package) -> list[SheetEntry]:
    """The worksheets that may hold formulas: where Excel keeps a calculation chain, those that it lists."""
    sheets = [sheet for sheet in package.sheets if sheet.kind == "worksheet" and sheet.part]
    chain = package.related(package.workbook_key, "calcChain")
    listed = None if chain is None else _listed(package, chain)
    return [sheet for sheet in sheets if listed is None or sheet.sheet_id in listed]


def _listed(package: Package, chain: str) -> set[int]:
    """The sheet ids that the calculation chain lists."""
    return {int(number) for number in set(_CHAIN_SHEET.findall(package.document(chain).data))}


def _words(package: Package, titles: list[str]) -> set[str]:
    """What a formula says, in lower case, that looks at one of those tabs."""
    wanted = {title.casefold() for title in titles}
    words = {title.replace("'", "''") for title in wanted} | {"indirect("}
    for name, reference in defined_names(package.workbook).items():
        if (referenced_title(reference) or "").casefold() in wanted:
            words.add(name)
    for title in titles:
        entry = package.worksheet(title)
        tables = sheet_tables(package, entry.part) if entry else ()
        words |= {table.name.casefold() for table in tables if table.name}
    return words


def _formulas(package: Package, sheet: SheetEntry) -> Iterator[str]:
    """The texts of a sheet's formulas, in lower case, each run of equal ones once; reads in constant memory."""
    held, seen, sign = b"", b"", b""
    for chunk in package.utf8_chunks(sheet.part):
        held += chunk
        sign = sign or (b"<f" if b"<worksheet" in held else b":f")
        if sign in held:
            for match in _FORMULA.finditer(held):
                if match[1] != seen:
                    seen = match[1]
                    yield unescaped(seen.decode("utf-8", "replace")).casefold()
        last = max(held.rfind(b"<c"), held.rfind(b":c"))
        held = held[last:] if last >= 0 else held[-65536:]


def _set_full_calculation(draft: Draft) -> None:
    editor = draft.workbook
    document = editor.document
    element = document.child("calcPr")
    if element is not None:
        editor.set_attributes(element, {"fullCalcOnLoad": "1"})
        return
    at = document.place("calcPr", WORKBOOK_ORDER)
    editor.cut(at, at, f'<{document.prefix}calcPr fullCalcOnLoad="1"/>')
