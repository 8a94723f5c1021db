"""near-duplicate-name: one model under two spellings.

Names are compared without hyphens, spaces and version words (equal: a warning), then word by word
(one word differs by one slip of the fingers: info). Similar words are found by leaving out a letter
at a time, so the cost grows with the different words, not with pairs of names; beyond ``_MOST_WORDS``
different words only equal names are looked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.placeholders import is_placeholder
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.names import end_number, loose, version_word, without_version, words
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import ModelTable

_MOST_WORDS = 20_000
_MOST_ALIKE = 60
_SHORTEST_WORD = 6
_SHORTEST_PLURAL = 4
_LONGEST_WORD = 40


@dataclass(frozen=True, slots=True)
class _Name:
    key: str
    bare: str
    rows: int
    first: int


def check(registry: Registry, _options: Options) -> Iterator[Hit]:
    table = registry.models
    groups = _spellings(table)
    for names in groups.values():
        if len(names) > 1:
            yield from _equal(table, names)
    yield from _similar(table, [_main(names) for names in groups.values()])


def _spellings(table: ModelTable) -> Mapping[str, list[_Name]]:
    groups: dict[str, list[_Name]] = {}
    for key, rows in table.by_model.items():
        if not is_placeholder(key):
            bare = without_version(key)
            groups.setdefault(loose(bare) or bare, []).append(_Name(key, bare, len(rows), rows[0]))
    return groups


def _main(names: Iterable[_Name]) -> _Name:
    """The spelling to keep: one without a version in it, that of most rows, the one that stands first."""
    return min(names, key=lambda name: (name.bare != name.key, -name.rows, name.first))


def _equal(table: ModelTable, names: list[_Name]) -> Iterator[Hit]:
    main = _main(names)
    for name in names:
        # 'forecast v1' and 'forecast v2' are told apart by their digits; version-in-name speaks of those.
        if name is not main and _may_be_one(_number(main), _number(name)):
            yield _hit(table, name, main, "are the same name in two spellings", Severity.WARNING)


def _number(name: _Name) -> str:
    return version_word(name.key) or end_number(name.key)


def _may_be_one(number: str, other: str) -> bool:
    return not number or not other or number == other


def _similar(table: ModelTable, names: list[_Name]) -> Iterator[Hit]:
    split = {words(name.bare): name for name in names}
    near = _near_words({word for name in split for word in name})
    told: set[str] = set()
    for name, other in _near_pairs(split, near):
        main = _main((name, other))
        lesser = other if main is name else name
        if lesser.key not in told:
            told.add(lesser.key)
            yield _hit(table, lesser, main, "differ by one letter", Severity.INFO)


def _near_pairs(
    split: Mapping[tuple[str, ...], _Name], near: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[_Name, _Name]]:
    for parts, name in split.items():
        for place, word in enumerate(parts):
            for slip in near.get(word, ()):
                other = split.get((*parts[:place], slip, *parts[place + 1 :]))
                if other:
                    yield name, other


def _near_words(vocabulary: set[str]) -> Mapping[str, tuple[str, ...]]:
    """Word -> later words that differ from it by one slip. Words with digits are never near."""
    if len(vocabulary) > _MOST_WORDS:
        return {}
    alike: dict[str, list[str]] = {}
    for word in sorted(vocabulary):
        if len(word) <= _LONGEST_WORD and not any(map(str.isdigit, word)):
            for shorter in _shorter(word):
                alike.setdefault(shorter, []).append(word)
    near: dict[str, set[str]] = {}
    for sharing in alike.values():
        if len(sharing) > _MOST_ALIKE:  # 'plant a' to 'plant z' and the like: a series, not slips
            continue
        for i, word in enumerate(sharing):
            near.setdefault(word, set()).update(other for other in sharing[i + 1 :] if one_slip(word, other))
    return {word: tuple(sorted(others)) for word, others in near.items() if others}


def _shorter(word: str) -> set[str]:
    """The word and what it is without a letter, where one_slip could take it for another: short words only without s.

    Never without the first letter: two words that begin alike are then also alike without the second.
    """
    if len(word) < _SHORTEST_WORD:
        return {word, word.removesuffix("s")}
    return {word, *(word[:i] + word[i + 1 :] for i in range(1, len(word)))}


def one_slip(word: str, other: str) -> bool:
    """Whether two different words look like one with a letter too many, missing, wrong or swapped.

    Nobody slips on the first letter, and a letter more at the end makes another name unless it is
    the s of a plural: 'srgan' and 'esrgan', 'bloom' and 'bloomz' are two.
    """
    short, long = sorted((word, other), key=len)
    if long.startswith(short):
        return long == f"{short}s" and len(short) >= _SHORTEST_PLURAL
    if len(long) < _SHORTEST_WORD or word[:1] != other[:1]:
        return False
    start = next(i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b)
    a, b = short[start:], long[start:]
    return a[1:] == b[1:] or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _hit(table: ModelTable, name: _Name, main: _Name, how: str, severity: Severity) -> Hit:
    typed, other = (str(table.value("name")[index]) for index in (name.first, main.first))
    fix = f"If they are one model, write {quote(other)} in all its rows."
    return Hit(name.first, "name", f"{quote(typed)} and {quote(other)} {how}.", fix, severity)


RULE = Rule(
    id="near-duplicate-name",
    title="One model under two names",
    group="identity",
    severity=Severity.WARNING,
    finds=(
        "Two names that are the same but for hyphens, spaces or version words, such as 'AC Failure' and 'ac-failure'. "
        "Names that differ by one letter are only mentioned. Names whose digits differ are never taken for one. "
        "One finding for each spelling, at its first row."
    ),
    why="The versions of one model then stand under two names, and each seems to have no earlier version.",
    what_to_do="If they are one model, write one name in all rows. If they are two, choose names that tell them apart.",
    bad=Example({"Name": "ac-failure"}, others=({"Name": "AC failure", "Version": "3.0", "Stage": "Archived"},)),
    good=Example({"Name": "AC failure"}, others=({"Name": "AC failure", "Version": "3.0", "Stage": "Archived"},)),
    check=check,
    archived=True,
)
