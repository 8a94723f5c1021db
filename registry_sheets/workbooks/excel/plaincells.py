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
    r'<c r="([A-Z]+[0-9]+)"(?: s="[0-9]+")?(?: t="inlineStr"><is><t xml:space="preserve">([^<]*)</t></is>|'
    r'(?: t="([a-z]+)")?>(?:<f>([^<]*)</f>)?<v(?: xml:space="preserve")?>([^<]*)</v>)</c>'
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
    if start < 0 or end < start or part.count(b"sheetData") != 2 or b"<!" in part[:start] or b"\r" in part:
        return None
    try:
        rows = part[start + len(b"<sheetData>") : end].decode()
    except UnicodeDecodeError:
        return None
    found = _CELL.split(rows)
    if not _BETWEEN.fullmatch("".join(found[:: _GROUPS + 1])):
        return None
    addresses, inline, kinds, formulas, values = (found[1 + n :: _GROUPS + 1] for n in range(_GROUPS))
    texts = [value if text is None else text for text, value in zip(inline, values, strict=True)]
    return PlainCells(
        addresses,
        [kind or "n" if text is None else "inlineStr" for text, kind in zip(inline, kinds, strict=True)],
        [_plain(formula) if formula else "" for formula in formulas],
        [_plain(text) if "&" in text or "_x" in text else text for text in texts],
    )


def _plain(text: str) -> str:
    return without_escapes(unescaped(text))
