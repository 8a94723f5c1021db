"""Texts of people, quoted in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

from registry_sheets.registry.text import one_line

_LONGEST = 60


def quoted(text: str, longest: int = _LONGEST) -> str:
    """'the text' on one line in quotation marks, cut at ``longest`` characters."""
    return f"'{clipped(text, longest)}'"


def clipped(text: str, longest: int = _LONGEST) -> str:
    """The text on one line, cut at ``longest`` characters."""
    line = one_line(text[: 4 * longest])
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def listed(texts: Sequence[str], most: int = 3) -> str:
    """'A', 'A and B', 'A, B and C', 'A, B, C and 4 more'."""
    shown = [clipped(text) for text in texts[:most]]
    if len(texts) > most:
        return f"{', '.join(shown)} and {len(texts) - most} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)
