"""Titles of tabs."""

from __future__ import annotations

from collections.abc import Iterable


def free_title(wanted: str, taken: Iterable[str]) -> str:
    """``wanted``, or where people already use it 'wanted (registry)', then with a number. At most 31 characters."""
    used = {title.casefold() for title in taken}
    suffixes = ["", " (registry)", *(f" (registry {n})" for n in range(2, len(used) + 3))]
    candidates = (wanted[: 31 - len(suffix)] + suffix for suffix in suffixes)
    return next(title for title in candidates if title.casefold() not in used)
