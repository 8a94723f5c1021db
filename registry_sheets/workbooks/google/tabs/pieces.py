"""A formula in pieces: texts, tabs, names, numbers, separators. Excel's and Google's grammar differ only in separators.

Every piece keeps its text, so the pieces of a formula put together are the formula again, whatever it holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

STRING, TAB, SPACE, NUMBER = "string", "tab", "space", "number"
NAME, OPEN, CLOSE, SEPARATOR, OTHER = "name", "open", "close", "separator", "other"
"""The kinds of pieces. A tab is a quoted title; a name is a function, a named range, a reference, TRUE."""

# A text or a title that is not closed goes on to the end: nothing in it may be taken for a name.
_PIECE = re.compile(
    r"""
    (?P<string>"[^"]*(?:""[^"]*)*"?)
    |(?P<tab>'[^']*(?:''[^']*)*'?)
    |(?P<number>[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.$]))
    |(?P<name>[\w$.?]+)
    |(?P<space>\s+)
    |(?P<open>[({])
    |(?P<close>[)}])
    |(?P<separator>[,;\\])
    |(?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


class Piece(NamedTuple):
    """One piece; ``kind`` is one of the constants of this module."""

    kind: str
    text: str


def pieces(formula: str) -> list[Piece]:
    """A formula in pieces, with or without its '='."""
    return [Piece(match.lastgroup or OTHER, match[0]) for match in _PIECE.finditer(formula)]


def joined(found: Iterable[Piece]) -> str:
    """The formula of pieces."""
    return "".join(piece.text for piece in found)


def string(text: str) -> Piece:
    """A text as formulas write it."""
    return Piece(STRING, '"' + text.replace('"', '""') + '"')


def unquoted(piece: Piece) -> str:
    """What a text or a quoted title says."""
    quote = piece.text[:1]
    return piece.text.removeprefix(quote).removesuffix(quote).replace(quote * 2, quote)
