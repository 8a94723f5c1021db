"""Texts of people inside a sentence, without quotation marks."""

from __future__ import annotations

from collections.abc import Sequence

from registry_sheets.registry.text import one_line

_LONGEST = 60


def clipped(text: str) -> str:
    """The text on one line, cut where it is long."""
    line = one_line(text[: 4 * _LONGEST])
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1].rstrip() + "…"


def listed(texts: Sequence[str], most: int = 3) -> str:
    """'A', 'A and B', 'A, B and C', 'A, B, C and 4 more'."""
    shown = [clipped(text) for text in texts[:most]]
    if len(texts) > most:
        return f"{', '.join(shown)} and {len(texts) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
