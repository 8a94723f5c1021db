"""Writing a workbook that people already have: only the parts that must change are written anew.

Every other part goes over as raw compressed bytes, so nothing in a workbook is ever lost. See
design.md, "Editing an existing workbook".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from registry_sheets.errors import WriteRefused
from registry_sheets.registry.grid import Place
from registry_sheets.registry.sheets import OWN_KINDS, Mark, Sheet, TabKind, own_name
from registry_sheets.workbooks.base import RowEdit
from registry_sheets.workbooks.excel.draft import Draft, Intended
from registry_sheets.workbooks.excel.markup import Cut, applied, apply_to_chunks, from_utf8
from registry_sheets.workbooks.excel.names import quoted_title, registered_tabs, write_names
from registry_sheets.workbooks.excel.obstacles import refuse_obstacles
from registry_sheets.workbooks.excel.owntab import add_tab, replace_tab
from registry_sheets.workbooks.excel.parts import Package, SheetEntry
from registry_sheets.workbooks.excel.peopletab import edit_tab, mark_tab
from registry_sheets.workbooks.excel.recalculation import drop_calculation_chain, request_recalculation
from registry_sheets.workbooks.excel.zipcopy import Archive, Entry, NewPart, write_archive
from registry_sheets.workbooks.titles import free_title

_LARGE = 8 << 20
"""From this size on (bytes, unpacked) a part is packed faster and a little larger."""


@dataclass(frozen=True)
class Changes:
    """What to do to a workbook.

    ``own`` tabs are replaced whole, or added at the end; ``people`` tabs are only ever added, those
    of a kind that stands already are left alone. ``marks`` are conditional formats for the people's
    tab ``marks_tab``, in the place of our earlier ones there (None: leave it alone). ``names`` are
    hidden, workbook-scoped defined names -> full reference. ``edits`` go to the people's tab
    ``edits_tab``.
    """

    own: tuple[Sheet, ...] = ()
    people: tuple[Sheet, ...] = ()
    marks_tab: str | None = None
    marks: tuple[Mark, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    edits_tab: str | None = None
    edits: tuple[RowEdit, ...] = ()
    without_formulas: frozenset[str] = frozenset()
    """Titles of tabs known to hold no formula, so that nobody has to look for one there."""


@dataclass(frozen=True)
class Rewrite:
    """What a rewrite did. Parts are named in lower case, as they are compared.

    ``changed`` maps each part that was spliced to its cuts, in bytes of its UTF-8 form; ``added``
    and ``removed`` are part names. ``cells`` are the intended cells by part. ``titles`` are the
    tabs' titles by kind; they differ from what was asked for where people use that title already.
    """

    changed: Mapping[str, tuple[Cut, ...]]
    added: tuple[str, ...]
    removed: tuple[str, ...]
    cells: Mapping[str, Mapping[Place, Intended]]
    titles: Mapping[TabKind, str]
    recalculates: bool = False
    edited: frozenset[str] = frozenset()
    """People's sheet parts whose cells were edited one by one; the other ``cells`` are of whole tabs."""
    rows: tuple[int, ...] = ()
    """Sheet rows (from 1) that the AppendRow edits got, in their order."""


def rewrite(source: Path, target: Path, changes: Changes) -> Rewrite:
    """Write ``source`` with ``changes`` to ``target``; the source is only read.

    Raises WriteRefused where the workbook or a cell must not be written, WorkbookChanged where a
    cell does not hold what was expected, UnreadableWorkbook where the file is no sound workbook.
    """
    with Archive(source) as archive:
        package = Package(archive)
        refuse_obstacles(package)
        draft = Draft(package)
        titles = _tabs(draft, changes)
        _names(draft, changes, titles)
        rows = _people(draft, changes)
        recalculates = _formulas(draft, changes)
        draft.finish()
        done = _summary(draft, titles, recalculates, rows)
        write_archive(target, archive, _items(draft, done))
        return done


def _tabs(draft: Draft, changes: Changes) -> dict[TabKind, str]:
    """Replace and add tabs; kind -> title."""
    package = draft.package
    there = registered_tabs(package)
    used = [sheet.title for sheet in package.sheets]
    next_id = max((sheet.sheet_id for sheet in package.sheets), default=0) + 1
    titles: dict[TabKind, str] = {}
    for sheet in (*changes.own, *changes.people):
        entry = package.worksheet(there[sheet.kind]) if sheet.kind in there else None
        if entry is not None:
            titles[sheet.kind] = entry.title
            if sheet.kind in OWN_KINDS:
                replace_tab(draft, sheet, entry)
            continue
        titles[sheet.kind] = free_title(sheet.title, used)
        used.append(titles[sheet.kind])
        add_tab(draft, sheet, titles[sheet.kind], next_id)
        next_id += 1
    return titles


def _names(draft: Draft, changes: Changes, titles: Mapping[TabKind, str]) -> None:
    there = registered_tabs(draft.package)
    names = dict(changes.names)
    for sheet in (*changes.own, *changes.people):
        if sheet.kind in there and sheet.kind not in OWN_KINDS:
            continue
        tab = quoted_title(titles[sheet.kind])
        if sheet.kind not in there:
            names.setdefault(own_name(sheet.kind), f"{tab}!$A$1")
        names |= {name: f"{tab}!{reference}" for name, reference in sheet.names.items()}
    write_names(draft.workbook, names)


def _people(draft: Draft, changes: Changes) -> tuple[int, ...]:
    if changes.marks_tab is not None and changes.edits and changes.marks_tab == changes.edits_tab:
        raise ValueError("marks and edits on one tab go in two rewrites")
    if changes.marks_tab is not None:
        mark_tab(draft, _sheet(draft.package, changes.marks_tab), changes.marks)
    if changes.edits and changes.edits_tab is not None:
        return edit_tab(draft, _sheet(draft.package, changes.edits_tab), changes.edits)
    return ()


def _sheet(package: Package, title: str) -> SheetEntry:
    found = package.worksheet(title)
    if found is None:
        raise WriteRefused(f"The workbook has no tab '{title}'.", "Check the tab's name in the config.")
    return found


def _formulas(draft: Draft, changes: Changes) -> bool:
    own = {sheet.kind: sheet for sheet in changes.own}
    drop_calculation_chain(draft, own)
    edited = changes.edits_tab if changes.edits else None
    return request_recalculation(draft, own, edited, changes.without_formulas)


def _summary(draft: Draft, titles: Mapping[TabKind, str], recalculates: bool, rows: tuple[int, ...]) -> Rewrite:
    changed = {key: cuts for key, cuts in draft.spliced.items() if cuts}
    for key, editor in draft.editors.items():
        cuts = editor.ordered
        if key not in draft.removed and cuts and applied(editor.document.data, cuts) != editor.document.data:
            changed[key] = cuts
    edited = frozenset(draft.spliced) & frozenset(draft.cells)
    added = tuple(name.casefold() for name in draft.added)
    return Rewrite(changed, added, tuple(sorted(draft.removed)), draft.cells, titles, recalculates, edited, rows)


def _items(draft: Draft, done: Rewrite) -> Iterator[Entry | NewPart]:
    for key, entry in draft.package.entries.items():
        if key in done.changed:
            yield _spliced(draft.package, key, done.changed[key])
        elif key not in done.removed:
            yield entry
    for name, content in draft.added.items():
        yield NewPart(name, [content])


def _spliced(package: Package, key: str, cuts: Sequence[Cut]) -> NewPart:
    entry = package.entry(key)
    chunks = from_utf8(apply_to_chunks(package.utf8_chunks(key), cuts), package.codec(key))
    return NewPart(entry.name, chunks, entry, 6 if entry.size < _LARGE else 3)
