"""Which of two versions is the higher, where that can be told safely."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

_PREFIX = re.compile(r"^(?:version|ver\.?|release|rel\.?|v\.?)\s*(?=\d)", re.IGNORECASE)
_DOTTED = re.compile(r"\d+(?:\.\d+)*", re.ASCII)
_PIECES = re.compile(r"(\d+)", re.ASCII)
_LONGEST_NUMBER = 30
"""More digits in a row than this are not a version number (and int() refuses thousands of them)."""

_SAFE_SUFFIX = re.compile(r"(?:alpha|beta|rc|dev|post)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class VersionKey:
    """A version made comparable.

    Two keys compare only when their ``shape`` is equal: then ``order`` says which is higher. ``line`` is
    the major line: '3' for 3.1 and v3.10, 'forecast-2' for forecast-2.5.
    """

    shape: Hashable
    order: Any
    line: str

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of the version in their order, without zeros at the end of a dotted one."""
        numbers: tuple[int, ...] = self.order[0] if self.shape == "release" else self.order
        return numbers


def version_key(text: str) -> VersionKey | None:
    """The key of a version's text, None where it has no number to order it by ('final', '')."""
    bare = _PREFIX.sub("", text.strip())
    if any(len(piece) > _LONGEST_NUMBER for piece in _PIECES.findall(bare)):
        return None
    if _DOTTED.fullmatch(bare):
        return _dotted_key(bare)
    return _packaging_key(bare) or _natural_key(bare)


def compare(first: str, second: str) -> int | None:
    """-1, 0 or 1 as ``first`` is lower than, the same as or higher than ``second``; None: not to be told."""
    one, other = version_key(first), version_key(second)
    return None if one is None or other is None else compare_keys(one, other)


def compare_keys(one: VersionKey, other: VersionKey) -> int | None:
    """As compare, for keys at hand."""
    if one.shape != other.shape:
        return None
    return int(one.order > other.order) - int(one.order < other.order)


def major_line(text: str) -> str | None:
    """The major line that a version belongs to, None where it has no number."""
    key = version_key(text)
    return key.line if key else None


def _dotted_key(bare: str) -> VersionKey:
    release = tuple(map(int, bare.split(".")))
    return VersionKey("release", (_trimmed(release), _FINAL), str(release[0]))


_FINAL = (1, "", 0)
"""Stands after every pre-release and before every post-release of the same numbers."""


def _trimmed(release: tuple[int, ...]) -> tuple[int, ...]:
    """Without zeros at the end: 3.0 is 3."""
    end = len(release)
    while end > 1 and release[end - 1] == 0:
        end -= 1
    return release[:end]


def _packaging_key(bare: str) -> VersionKey | None:
    """2.0-rc1 and the like: only where the suffix is spelled out, for 3b may come before 3 or after it."""
    if not _SAFE_SUFFIX.search(bare) or not bare[0].isdigit():
        return None
    from packaging.version import InvalidVersion, Version  # costs as much as reading a small sheet

    try:
        parsed = Version(bare)
    except InvalidVersion:
        return None
    if parsed.epoch or parsed.local or (parsed.dev is not None and (parsed.pre or parsed.post is not None)):
        return None
    return VersionKey("release", (_trimmed(parsed.release), _suffix(parsed)), str(parsed.release[0]))


def _suffix(parsed: Any) -> tuple[int, str, int]:
    if parsed.dev is not None:
        return (-1, "dev", parsed.dev)
    if parsed.pre:
        return (0, parsed.pre[0], parsed.pre[1])
    return (2, "post", parsed.post) if parsed.post is not None else _FINAL


def _natural_key(bare: str) -> VersionKey | None:
    """Texts between numbers must agree, the numbers order: 2024-Q1 before 2024-Q2, r9 before r10."""
    pieces = _PIECES.split(bare.casefold())
    numbers = tuple(int(piece) for piece in pieces[1::2])
    if not numbers:
        return None
    words = tuple(pieces[0::2])
    return VersionKey(("natural", words), numbers, f"{words[0]}{numbers[0]}")
