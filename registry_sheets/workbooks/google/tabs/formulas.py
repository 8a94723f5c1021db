"""Our formulas, which are Excel's, as Google takes them; and whether a formula that Google gives back is ours.

Assumed of Google, since nobody has looked: a formula is written in the spreadsheet's locale, so with ';' where
numbers have a decimal comma; a conditional format reaches another tab only by INDIRECT; & makes of a date either
its serial number or what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from registry_sheets.registry.mark_keys import PREFIX
from registry_sheets.workbooks.google.tabs.links import Link as Link
from registry_sheets.workbooks.google.tabs.links import from_gid_link as from_gid_link
from registry_sheets.workbooks.google.tabs.links import linked
from registry_sheets.workbooks.google.tabs.links import linker as linker
from registry_sheets.workbooks.google.tabs.links import to_gid_link as to_gid_link
from registry_sheets.workbooks.google.tabs.pieces import (
    CLOSE,
    NAME,
    NUMBER,
    OPEN,
    SEPARATOR,
    SPACE,
    STRING,
    TAB,
    Piece,
    joined,
    pieces,
    string,
    unquoted,
)

OURS = PREFIX.replace(".", "_")
"""How the names of our named ranges begin in Google."""

_POINT_LANGUAGES = "ar bn cy en fil ga gu he hi iw ja kn ko ml mn mr my pa ta te th zh"
_POINT_REGIONS = "AU CA CH CN EG GB HK IE IL IN JP KR MM MN MX NZ PH SG TH TW US"
_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_]")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How formulas are written: with a decimal comma, ';' stands between arguments and '\\' between columns."""

    decimal_comma: bool = False


def dialect_of(locale: str) -> Dialect:
    """The dialect of a spreadsheet's locale ('de_DE', 'en'; '' is taken for en_US).

    Users of Google count 28 of its 72 locales that write ',' between arguments, by country; all others write ';'
    (Stack Overflow 73767719, September 2022). A language without a country goes by where it is spoken most.
    """
    parts = (locale or "en_US").replace("-", "_").split("_")
    language, region = parts[0].lower(), parts[-1].upper()
    if len(parts) > 1 and (language, region) != ("fr", "CA"):
        return Dialect(language != "en" and region not in _POINT_REGIONS.split())
    return Dialect(language not in _POINT_LANGUAGES.split())


def range_name(name: str) -> str:
    """A name as Google's named ranges may be called: letters, digits and underscores (documented)."""
    return _NOT_IN_A_NAME.sub("_", name)


def cell_formula(formula: str, dialect: Dialect, link: Link, *, ours: bool = True) -> str:
    """A cell's formula for Google, with '='; ``formula`` is Excel's, without. ``ours``: not one that people wrote."""
    if not dialect.decimal_comma and not any(sign in formula for sign in (PREFIX, "SUBSTITUTE(", 'HYPERLINK("#')):
        return f"={formula}"  # most formulas of Findings
    found = pieces(formula)
    if "SUBSTITUTE(" in formula and ours:
        found = _numbers_spelled(found)
    if 'HYPERLINK("#' in formula:
        found = linked(found, link)
    return "=" + joined(_separated([_named(piece) for piece in found], dialect))


def condition(formula: str, dialect: Dialect) -> str:
    """The formula of a conditional format, with '='; our names are reached by INDIRECT."""
    found = _numbers_spelled(pieces(formula))
    spread = [part for piece in found for part in _indirect(piece)]
    return "=" + joined(_separated(spread, dialect))


def same_formula(ours: str, theirs: str) -> bool:
    """Whether two formulas are the same but for how they are laid out.

    White space, letter case and ',' or ';' make no difference outside texts, nor do quotes round a title or the '='
    at the front. A decimal point counts as a separator, since with a decimal comma one cannot tell.
    """
    return ours == theirs or _canonical(ours) == _canonical(theirs)


def literal_list(formula: str) -> list[str]:
    """The choices of a dropdown that lists them: '"Yes,No"'; [] where the formula is another."""
    found = pieces(formula)
    return unquoted(found[0]).split(",") if len(found) == 1 and found[0].kind == STRING else []


def open_range(formula: str) -> str:
    """The range of a dropdown, open below: "Lists!$A$5:INDEX(…)" gives "=Lists!$A$5:$A"; '' where there is none."""
    found = pieces(formula)
    if len(found) < 3 or found[1].text != "!" or found[2].kind != NAME:
        return ""
    column = found[2].text.rstrip("0123456789$")
    return f"={joined(found[:3])}:{column}"


# Numbers made text

_TAIL = ("&", '""', ",", '","', ",", '"."', ")")


def _numbers_spelled(found: Sequence[Piece]) -> list[Piece]:
    """SUBSTITUTE(X&"",",",".") with the whole numbers, dates among them, written by TEXT."""
    spelled: list[Piece] = []
    at = 0
    while at < len(found):
        end = _end_of_number_text(found, at)
        if end:
            number = joined(found[at + 2 : end - len(_TAIL)])
            guard = pieces(f'IF({number}=INT({number}),TEXT({number},"0"),')
            guarded = spelled[-len(guard) :] == guard
            spelled += found[at:end] if guarded else [*guard, *found[at:end], Piece(CLOSE, ")")]
        else:
            spelled.append(found[at])
        at = end or at + 1
    return spelled


def _end_of_number_text(found: Sequence[Piece], at: int) -> int:
    """Where SUBSTITUTE(X&"",",",".") that begins at a piece ends, X a reference; 0 where none does."""
    if found[at].text != "SUBSTITUTE" or at + 1 >= len(found) or found[at + 1].text != "(":
        return 0
    end = at + 2
    while end < len(found) and (found[end].kind in (NAME, TAB) or found[end].text == "!"):
        end += 1
    tail = tuple(piece.text for piece in found[end : end + len(_TAIL)])
    return end + len(_TAIL) if end > at + 2 and tail == _TAIL else 0


# Names and separators


def _is_ours(piece: Piece) -> bool:
    return piece.kind == NAME and piece.text.startswith(PREFIX)


def _named(piece: Piece) -> Piece:
    return Piece(NAME, range_name(piece.text)) if _is_ours(piece) else piece


def _indirect(piece: Piece) -> Sequence[Piece]:
    if not _is_ours(piece):
        return (piece,)
    return Piece(NAME, "INDIRECT"), Piece(OPEN, "("), string(range_name(piece.text)), Piece(CLOSE, ")")


def _separated(found: Sequence[Piece], dialect: Dialect) -> Sequence[Piece]:
    """With the dialect's separators and decimals."""
    if not dialect.decimal_comma:
        return found
    braces: list[str] = []
    return [_with_comma(piece, inside_braces(piece, braces)) for piece in found]


def _with_comma(piece: Piece, inside: bool) -> Piece:
    if piece.kind == NUMBER:
        return Piece(NUMBER, piece.text.replace(".", ","))
    if piece.text == "," and piece.kind == SEPARATOR:
        return Piece(SEPARATOR, "\\" if inside else ";")
    return piece


def inside_braces(piece: Piece, opened: list[str]) -> bool:
    """Whether a piece stands directly in an array's braces; ``opened`` is kept up with it."""
    if piece.kind == OPEN:
        opened.append(piece.text)
    elif piece.kind == CLOSE and opened:
        opened.pop()
    return opened[-1:] == ["{"]


# Comparing


def _canonical(formula: str) -> list[str]:
    found = [piece for piece in pieces(formula.strip().removeprefix("=")) if piece.kind != SPACE]
    opened: list[str] = []
    parts: list[str] = []
    for at, piece in enumerate(found):
        inside = inside_braces(piece, opened)
        is_tab = at + 1 < len(found) and found[at + 1].text == "!"
        parts += _canonical_piece(piece, inside, is_tab)
    return parts


def _canonical_piece(piece: Piece, inside: bool, is_tab: bool) -> Sequence[str]:
    if piece.kind == TAB:
        return (f"'{unquoted(piece)}",)
    if piece.kind == NAME:
        return (f"'{piece.text}" if is_tab else piece.text.upper(),)
    if piece.kind == NUMBER:
        return piece.text.upper().replace(".", " , ").split()
    if piece.kind == SEPARATOR:
        return (";" if inside and piece.text == ";" else ",",)
    return (piece.text,)
