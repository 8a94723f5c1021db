"""final-version: 'final', 'latest' or 'new' as a version is right only until the next one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.words import quote, rows_with

_WORDS = frozenset(("final", "finals", "latest", "newest", "new", "copy", "current", "last", "kopie"))
_LETTERS = re.compile(r"[^\W\d_]+")
_COUNTED_COPY = re.compile(r"\S\s*\(\d{1,3}\)$")
_LONGEST = 80
_FIX = "Give it a number or a date that stays right when the next one comes, such as 3.1 or 2026-06."


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    versions = registry.models.value("version")
    wanted = {version: None for version in set(versions) if version and says_final(version)}
    for index, _ in rows_with(versions, wanted):
        message = f"{quote(versions[index])} will not tell this version from the next one."
        yield Hit(index, "version", message, _FIX)


def says_final(version: str) -> bool:
    """Whether a version has a word that goes stale: 'final_v3', 'v2 new', 'Copy of 3.1', '3.1 (2)'."""
    if version.isdecimal() or len(version) > _LONGEST:
        return False
    return not _WORDS.isdisjoint(_LETTERS.findall(version.lower())) or bool(_COUNTED_COPY.search(version))


RULE = Rule(
    id="final-version",
    title="A version called final, latest or new",
    group="identity",
    severity=Severity.WARNING,
    finds="A version with 'final', 'latest', 'new', 'current' or 'copy' in it, such as 'final_v3' or '3.1 (2)'.",
    why="After the next training there is another final one, and two people mean two versions by the same word.",
    what_to_do="Give it a number or a date that stays right when the next one comes, such as 3.1 or 2026-06.",
    bad=Example({"Version": "final_v3"}),
    good=Example({"Version": "3.1"}),
    check=check,
    archived=True,
)
