"""Which words stand where a value should be: 'TBD', '???', 'see email'."""

from __future__ import annotations

import re
from collections.abc import Iterable

from registry_sheets.registry.identity import normalise

_NOTHING_PHRASES = "none, nil, null, n a, na, not applicable, not available, no data, nothing, not set, blank, empty"
_LATER_PHRASES = (
    "tbd, tba, tbc, todo, to do, to be defined, to be determined, to be decided, to be confirmed, to be announced, "
    "to be added, to follow, pending, unknown, unclear, not known, dont know, do not know, no idea, placeholder, "
    "fill in, please fill in, fill me in, add later, later, same, same as above, as above, see above, ditto, "
    "x, xx, xxx, xxxx, lorem ipsum, asdf"
)
_NOTHING = frozenset(_NOTHING_PHRASES.split(", "))
_LATER = frozenset(_LATER_PHRASES.split(", "))
MAY_BE_NAMES = frozenset({"ditto", "same", "later", "pending", "x", "blank", "empty", "nothing", "unclear"})
"""Stand-ins that a model may well be called by; a model 'DITTO' exists."""

_ELSEWHERE = re.compile(
    r"(?:please )?(?:see|ask|check|check with|per|as per|in|from) (?:the |my |our |your |his |her )?"
    r"(?:e ?mails?|mails?|inbox|chat|slack|teams|notes?|comments?|attachment|attached|above|below|me|him|her|them|team)"
)
_FIRST_WORDS = {phrase.split()[0] for phrase in (*_NOTHING, *_LATER)} | set(
    ["please", "see", "ask", "check", "per", "as", "in", "from", "don't"]
)


def _by_first_letter(words: Iterable[str]) -> str:
    """A pattern for any of the words. Its branches begin with a class, which lets the engine pass over most."""
    rests: dict[str, list[str]] = {}
    for word in sorted(words):
        rests.setdefault(word[0], []).append(word[1:])
    return "|".join(f"[{first}{first.upper()}](?i:{'|'.join(tails)})" for first, tails in rests.items())


_MAY_BE = re.compile(rf"[\W_]*(?:(?:{_by_first_letter(_FIRST_WORDS)})(?![A-Za-z0-9])|$)")
"""What every stand-in in ASCII begins with. Of a hundred thousand values nearly all are told apart by this alone."""

_SEPARATORS = re.compile(r"[\W_]+")


def is_blank_word(text: str) -> bool:
    """Whether a text says 'nothing here': '-', '...', 'n/a', 'none'."""
    words = _words(text)
    return words in _NOTHING or (not words and "?" not in text)


def is_placeholder(text: str) -> bool:
    """Whether a text stands where a value should: a blank word, 'TBD', '???', 'see email'."""
    if text.isascii() and _MAY_BE.match(text) is None:
        return False
    words = _words(text)
    return not words or words in _NOTHING or words in _LATER or _ELSEWHERE.fullmatch(words) is not None


def _words(text: str) -> str:
    """The words of a text, or '' where it has none; a sign such as an emoji counts as one.

    A long text is no placeholder, so it is not looked at.
    """
    if len(text) > _LONGEST:
        return text
    words = _SEPARATORS.sub(" ", normalise(text).replace("'", "").replace("’", "")).strip()
    return words if words or _ONLY_PUNCTUATION.fullmatch(text.strip()) else text


_LONGEST = 60
_ONLY_PUNCTUATION = re.compile(r"[\s\-–—−_.…?!/\\*#~=+:;,()\[\]<>\"'`]+")
