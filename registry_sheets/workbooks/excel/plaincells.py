"""The cells of a tab that is written as we write one, found in its bytes without a parser's events.

Knows only that one way to write cells and gives up on any other, so that what it does give is certain;
whether the part is well-formed is not its question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from registry_sheets.workbooks.excel.cells import without_escapes
from registry_sheets.workbooks.excel.markup import unescaped

_CELL = re.compile(
    r'<c r="([A-Z]{1,3}[1-9][0-9]{0,6})"(?: s="[0-9]+")?( t="inlineStr"><is><t xml:space="preserve">)?'
    r'(?(2)|(?: t="([a-z]+)")?>(?:<f>([^<>]*)</f>)?<v(?: xml:space="preserve")?>)([^<>]*)(?(2)</t></is>|</v>)</c>'
)
_BETWEEN = re.compile(r'(?:</?row(?: [a-zA-Z]+="[^"<>]*")*>|<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?/>)*')
_GROUPS = 5


@dataclass(frozen=True, slots=True)
class PlainCells:
    """The cells with content, in the part's order; the four lists run side by side.

    ``kinds`` are type attributes ('n' where there is none); a cell without a formula has '' for it.
    """

    addresses: Sequence[str]
    kinds: Sequence[str]
    formulas: Sequence[str]
    texts: Sequence[str]


def plain_cells(part: bytes) -> PlainCells | None:
    """The cells of a sheet part in UTF-8, or None where it is written in any other way."""
    start, end = part.find(b"<sheetData>"), part.find(b"</sheetData>")
    if start < 0 or end < start or part.count(b"sheetData") != 2 or b"<!" in part or b"\r" in part:
        return None
    try:
        rows = part[start + len(b"<sheetData>") : end].decode()
    except UnicodeDecodeError:
        return None
    found = _CELL.split(rows)
    if not _BETWEEN.fullmatch("".join(found[:: _GROUPS + 1])):
        return None
    addresses, inline, kinds, formulas, texts = (found[1 + n :: _GROUPS + 1] for n in range(_GROUPS))
    return PlainCells(
        addresses,
        ["inlineStr" if text else kind or "n" for text, kind in zip(inline, kinds, strict=True)],
        [_plain(formula) if formula else "" for formula in formulas],
        _all_plain(texts) if "&" in rows or "_x" in rows else texts,
    )


def _all_plain(texts: Sequence[str]) -> Sequence[str]:
    return [_plain(text) if "&" in text or "_x" in text else text for text in texts]


def _plain(text: str) -> str:
    return without_escapes(unescaped(text))
