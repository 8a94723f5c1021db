"""Which texts are the same name or version: NFKC, white space and case are levelled, and nothing else."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

INVISIBLE = "\u200b\u2060\ufeff"
"""Spaces of no width (zero width space, word joiner, byte order mark): nobody can see them, so they count as none."""

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
    keys: dict[str | None, str] = {value: normalise(value) if value else "" for value in set(values)}
    return list(map(keys.__getitem__, values))


def is_blank(text: str) -> bool:
    """Whether a cell of this text looks empty: nothing, white space, no-break or zero-width spaces."""
    return not text or not text.translate(_DROP_INVISIBLE).strip()
