"""Which texts are the same name or version: NFKC, white space and case are levelled, and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

INVISIBLE = "\u200b\u2060\ufeff"
"""Spaces of no width (zero width space, word joiner, byte order mark): nobody can see them, so they count as none."""

_AROUND = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000" + INVISIBLE
)
_DROP_INVISIBLE = dict.fromkeys(map(ord, INVISIBLE))


def normalise(text: str) -> str:
    """The key by which a text is known; '' for a text of white space only.

    'AC\u00a0 Failure ' and 'ac failure' are one; 'ac-failure' is another, and so are '3.1' and '3.10'.
    """
    if text.isascii():
        return " ".join(text.split()).lower()
    levelled = unicodedata.normalize("NFKC", text).casefold()
    levelled = unicodedata.normalize("NFKC", levelled).translate(_DROP_INVISIBLE)
    return " ".join(levelled.split())


def normalise_all(values: Sequence[str | None]) -> list[str]:
    """The keys of many texts, '' for None. Each distinct text is looked at once."""
    keys: dict[str | None, str] = {value: normalise(value) if value else "" for value in dict.fromkeys(values)}
    return list(map(keys.__getitem__, values))


def trimmed(text: str) -> str:
    """The text without white space, no-break and zero-width spaces at its ends; '' where it looks empty."""
    return text.strip() if text.isascii() else text.strip(_AROUND)


def is_blank(text: str) -> bool:
    """Whether a cell of this text looks empty."""
    return not trimmed(text)
