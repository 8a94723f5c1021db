"""Headers as words: how they are levelled, what they are known to mean, and what they may mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from registry_sheets.registry.columns import CHECK_HEADER, COLUMNS
from registry_sheets.registry.identity import INVISIBLE
from registry_sheets.registry.table_settings import TableSettings
from registry_sheets.registry.text import one_line

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"(?:[^\w]|_)+")
_APOSTROPHE = re.compile(r"(?<=\w)['’](?=\w)")
_BRACKETED = r"required|mandatory|optional|recommended|please fill(?: in)?|text|date|[ymd]+(?:[-/. ][ymd]+){1,2}"
_HINT = re.compile(
    rf"(?:\s*[(\[{{]\s*(?:{_BRACKETED})\s*[)\]}}]|\s*[*:†‡]+|\s*\byyyy[-/.]mm[-/.]dd)\s*$", re.IGNORECASE
)
_METRIC = re.compile(r"metric\s*:\s*(?P<metric>.*?\S)\s*(?:\(\s*(?P<period>[^()]*?)\s*\))?", re.IGNORECASE)
_LONGEST = 200
"""A longer text is not the heading of a column that we know."""

_SAME = 75.0
_WITHIN = 65.0
NEAR = 85.0
"""A header that is spelled nearly like a known one scores more than this."""
_PHRASE_LIMIT = 6


def header_key(text: str) -> str:
    """What of a header counts: its words, without case, punctuation, line breaks, '*' or '(required)'.

    'Training_Date *', 'trainingDate' and 'TRAINING\\nDATE (yyyy-mm-dd)' are one.
    """
    levelled = unicodedata.normalize("NFKC", text[:_LONGEST]).translate(_DROPPED).strip()
    while (shorter := _HINT.sub("", levelled)) != levelled:
        levelled = shorter
    joined = _APOSTROPHE.sub("", _CAMEL.sub(" ", levelled))
    return _NO_WORD.sub(" ", joined.casefold()).strip()


_DROPPED = dict.fromkeys(map(ord, INVISIBLE + "\u00ad"))


def is_check(header: str) -> bool:
    """Whether a header is the tool's own Check column."""
    return header_key(header) == header_key(CHECK_HEADER)


def metric_of(header: str) -> tuple[str, str] | None:
    """('MAPE', 'holidays') for 'Metric: MAPE (holidays)', ('MAPE', '') without a period, None for other headers."""
    if len(header) > _LONGEST or ("etric" not in header and "ETRIC" not in header):
        return None
    found = _METRIC.fullmatch(one_line(unicodedata.normalize("NFKC", header).translate(_DROPPED)))
    return (found["metric"], found["period"] or "") if found else None


@dataclass(frozen=True)
class Words:
    """What headers mean, by key: ``certain`` ones to one field, ``doubtful`` ones to the fields they may be.

    ``phrases`` are each field's certain keys; ``initials`` their first letters.
    """

    certain: Mapping[str, str]
    doubtful: Mapping[str, tuple[str, ...]]
    phrases: Mapping[str, frozenset[str]]
    initials: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, settings: TableSettings) -> Words:
        """The declared headers and synonyms, and those of the config, which win."""
        certain = {header_key(word): c.field for c in COLUMNS for word in (*c.synonyms, c.header)}
        added = {header_key(word): name for name, words in settings.synonyms.items() for word in words}
        # A header that the config names is that field and no other.
        certain |= added | {header_key(header): name for name, header in settings.columns.items()}
        phrases = {c.field: frozenset(k for k, name in certain.items() if name == c.field) for c in COLUMNS}
        initials = {name: frozenset(key[:1] for key in keys) for name, keys in phrases.items()}
        return cls(certain, _doubtful(), phrases, initials)

    def likeness(self, name: str, key: str) -> float:
        """How likely a header's key stands for a field, 0-100; 0: it does not look like it."""
        if name in self.doubtful.get(key, ()) or self.certain.get(key) == name:
            return _SAME
        if near := self._near(name, key):
            return near
        return _WITHIN if self._within(name, key) else 0.0

    def _near(self, name: str, key: str) -> float:
        """A slip of the pen: ratio over all letters. (A partial ratio would take a bare 'Date' for anything.)"""
        from difflib import SequenceMatcher

        if len(key) < 4 or key in self.certain:
            return 0.0
        matcher = SequenceMatcher(None, "", key, autojunk=False)
        matcher.set_seq2(key)
        best = 0.0
        for phrase in self.phrases[name]:
            if abs(len(phrase) - len(key)) > 4:
                continue
            matcher.set_seq1(phrase)
            if matcher.real_quick_ratio() * 100 > max(best, NEAR) and matcher.quick_ratio() * 100 > max(best, NEAR):
                best = max(best, matcher.ratio() * 100)
        return round(best, 1) if best > NEAR else 0.0

    def _within(self, name: str, key: str) -> bool:
        """A known header with words around it: 'current model version', 'primary location'."""
        if key in self.certain or key.count(" ") >= _PHRASE_LIMIT or key.endswith((" id", " no", " number")):
            return False
        padded = f" {key} "
        return any(f" {phrase} " in padded for phrase in self.phrases[name] if " " in phrase or len(phrase) > 3)


def _doubtful() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for c in COLUMNS:
        for key in map(header_key, c.doubtful):
            found[key] = (*found.get(key, ()), c.field)
    return found
