"""How wide a table's columns are on paper: words and days whole where there is room, long texts the rest.

On a screen a table is as wide as it likes. On paper it has to fit, and left to itself a browser gives a column with one
long link in it more than one with sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from registry_sheets.registry.grid import Cell
from registry_sheets.registry.text import shown

ROW = 2.4
"""What is left for the number of the row, in percent; the page's script writes that."""
MANY = 14
"""With more columns than these a table is in smaller print."""

_SAMPLE, _LONGEST = 400, 400  # rows, and characters of each, that settle a width
_WORD, _LINK, _HEADING = 11, 7, 7  # characters; longer words break
_SENTENCE = 15  # characters
_LETTER = 0.93  # of a digit's width
_DAY = 10
_PADDING = 1.6  # characters
_SMALL, _USUAL = 232, 175
"""The characters that fit side by side on a landscape page, in smaller print and in the usual one."""
_ONE_LINE = 24
_IS_DAY = re.compile(r"\d{4}-\d\d-\d\d[;,.]?")


class _Need(NamedTuple):
    """The characters that a column takes at least, whether it is one of days, which stay whole, and what it likes."""

    least: float
    days: bool
    likes: float


def print_widths(columns: Sequence[tuple[str, Sequence[Cell]]]) -> list[str]:
    """The width of each column (heading, cells) in percent, '4.2%'; together 100 without ROW."""
    needs = [_need(heading, [shown(cell)[:_LONGEST] for cell in islice(of, _SAMPLE)]) for heading, of in columns]
    room = _SMALL if len(columns) > MANY else _USUAL
    spare = room - sum(need.least for need in needs)
    widths = _widened(needs, spare) if spare > 0 else _narrowed(needs, room)
    whole = sum(widths) or 1
    return [f"{(100 - ROW) * width / whole:.1f}%" for width in widths]


def _widened(needs: Sequence[_Need], spare: float) -> list[float]:
    liked = sum(need.likes for need in needs) or 1
    return [need.least + spare * need.likes / liked for need in needs]


def _narrowed(needs: Sequence[_Need], room: float) -> list[float]:
    """What is lacking is taken from all columns but those of days, and not more than half of what they need."""
    days = sum(need.least for need in needs if need.days)
    others = sum(need.least for need in needs if not need.days)
    part = max((room - days) / (others or 1), 0.5)
    return [need.least if need.days else need.least * part for need in needs]


def _need(heading: str, sample: Sequence[str]) -> _Need:
    filled = [text for text in sample if text]
    words = [word for text in filled for word in text.split()]
    days = any(map(_IS_DAY.fullmatch, words))
    longest = max(map(_width, words), default=0)
    titled = min(max(map(len, heading.split()), default=0), _HEADING)
    sentences = _SENTENCE if sum(map(len, filled)) > _ONE_LINE * len(filled) and len(words) > len(filled) else 0
    least = _PADDING + max(3, longest, titled, sentences, _DAY if days else 0)
    short = max(map(len, filled), default=0) if 4 * len(filled) > len(sample) else 0
    average = sum(map(len, sample)) / max(len(sample), 1)  # blank ones count: what is nearly empty wants no room
    return _Need(least, days, max(max(average, min(short, _ONE_LINE)) - least, 0))


def _width(word: str) -> float:
    """In the widths of a digit, which is wider than most letters."""
    longest = _LINK if "/" in word else _WORD
    return min(len(word), longest) if word[:1].isdigit() else min(_LETTER * len(word), longest)
