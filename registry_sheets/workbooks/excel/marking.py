"""Our conditional formats among those of people: which are ours, and which priority comes next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from registry_sheets.registry.sheets import Mark
from registry_sheets.workbooks.excel.markup import Cut, Document, Element
from registry_sheets.workbooks.excel.render import SHEET_ORDER, Ink, marks_markup

_PRIORITY = re.compile(rb"<[^<>]*cfRule\s[^>]*?\bpriority\s*=\s*[\"'](-?\d+)")
_NAMED = b"_registry_sheets."


def next_priority(markup: bytes) -> int:
    """One more than every priority in the sheet, those of newer Excel (x14) included."""
    return 1 + max((int(number) for number in _PRIORITY.findall(markup)), default=0)


def is_ours(document: Document, rule: Element, tints: frozenset[int]) -> bool:
    """Whether a cfRule is a mark of ours: it names our hidden names, or tints as only we do."""
    if rule.local != "cfRule" or rule.attributes.get("type") != "expression":
        return False
    index = rule.attributes.get("dxfId", "")
    return _NAMED in document.source(rule) or (index.isdigit() and int(index) in tints)


def marks_cuts(document: Document, marks: Sequence[Mark], ink: Ink) -> tuple[Cut, ...]:
    """Take our earlier marks out and put ``marks`` after people's conditional formats."""
    tints = ink.styles.own_tints
    gone = [cut for element in document.all("conditionalFormatting") for cut in _without_ours(document, element, tints)]
    if not marks:
        return tuple(gone)
    # Priorities are counted without our earlier marks, so that writing the same marks again changes nothing.
    kept = _remaining(document.data, gone)
    at = document.place("conditionalFormatting", SHEET_ORDER)
    return (*gone, Cut(at, at, marks_markup(marks, ink, next_priority(kept)).encode()))


def _without_ours(document: Document, element: Element, tints: frozenset[int]) -> Iterable[Cut]:
    rules = document.inside(element)
    ours = [rule for rule in rules if is_ours(document, rule, tints)]
    if rules and len(ours) == len(rules):
        return [Cut(element.start, element.end, b"")]
    return [Cut(rule.start, rule.end, b"") for rule in ours]


def _remaining(data: bytes, gone: Iterable[Cut]) -> bytes:
    pieces, at = [], 0
    for cut in gone:
        pieces.append(data[at : cut.start])
        at = cut.end
    return b"".join([*pieces, data[at:]])
