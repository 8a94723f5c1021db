"""What is a model's name and what is a version within it: shared by the rules of group identity.

Texts here are name keys (see registry/identity.py): one case, single spaces; without_version takes any case.
"""

from __future__ import annotations

import re
import unicodedata

_WORD = r"(?:v|ver|version|rev|revision|release)[\s._\-]*"
_STATES = "(?:final|latest|newest|new|old|copy|kopie|current)"
_NUMBERED = re.compile(rf"(?<=[\s_\-–(\[,.]){_WORD}(\d{{1,6}}(?:[._]\d{{1,6}})*)(?![^\W_]|/)", re.IGNORECASE)
_DOTTED_END = re.compile(r"(?<=[\s_\-–(\[])(\d{1,6}(?:\.\d{1,6})+)[)\]]?$")
_STATE = re.compile(rf"^(?:copy of|kopie von)\s+|(?:[\s_\-–(\[]+{_STATES})+[)\]]?$", re.IGNORECASE)
_ANY_OF_THEM = re.compile(rf"{_WORD}\d|\.\d+[)\]]?$|{_STATES}[)\]]?$|^(?:copy of|kopie von)", re.IGNORECASE)
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|\[\s*\]")
_WITHIN_BRACKETS = re.compile(r"([(\[])\s+|\s+([)\]])")
_EDGES = " _-–/,.:"
_LONGEST = 200
"""A longer text is no name; the patterns above would take long over it."""


def version_word(key: str) -> str:
    """The number that a name gives as its version, as 'v3' or 'version 3.1' do; '' where it has none.

    It must stand apart, not first, and have its word: 'gpt-4', 'yolov5' and 'v8 engine noise' have none.
    """
    found = _NUMBERED.search(key[:_LONGEST])
    return found[1].replace("_", ".") if found else ""


def end_number(key: str) -> str:
    """A number with points at the end, as in 'forecast 2.1'. It may be the version or part of the name."""
    found = _DOTTED_END.search(key[-_LONGEST:])
    return found[1] if found else ""


def without_version(key: str) -> str:
    """The name without version words, 'final' or 'copy'; the name itself where nothing would be left."""
    if len(key) > _LONGEST or _ANY_OF_THEM.search(key) is None:
        return key
    bare = _DOTTED_END.sub("", _NUMBERED.sub(" ", _STATE.sub("", key)).strip(_EDGES))
    bare = " ".join(_STATE.sub("", _tidy(bare)).split())
    return bare if loose(bare.lower()) else key


def _tidy(bare: str) -> str:
    """The rest of a name without what held the version: empty or half brackets, hyphens at the ends."""
    bare = _WITHIN_BRACKETS.sub(r"\1\2", _EMPTY_BRACKETS.sub("", bare)).strip(_EDGES)
    for opening, closing in ("()", "[]"):
        if bare.endswith(opening):
            bare = bare[:-1].strip(_EDGES)
        if bare.count(opening) > bare.count(closing):
            bare = bare.rstrip() + closing
    return bare


def loose(key: str) -> str:
    """Letters and digits only: 'ac failure', 'ac-failure' and 'ac_failure' are one."""
    if key.isascii():
        return _NOT_LETTERS.sub("", key)
    return "".join(sign for sign in key if sign in _MEANT or unicodedata.category(sign)[0] not in "PZC")


def words(key: str) -> tuple[str, ...]:
    """The words of a name, cut at spaces, hyphens and underscores."""
    return tuple(word for word in _BETWEEN_WORDS.split(key) if word)


_MEANT = "#+&@%"  # 'c' and 'c#', 'a&b' and 'ab' are two
_NOT_LETTERS = re.compile(r"[^a-z0-9#+&@%$<>=|~^`]")
_BETWEEN_WORDS = re.compile(r"[\s_\-–/.,:;()\[\]]+")
