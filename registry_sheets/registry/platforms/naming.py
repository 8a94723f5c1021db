"""Which names mean the same: platforms know no spaces, so 'AC failure' is 'ac-failure' there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.terms import PlatformTerms

_BETWEEN = re.compile(r"[\s\-_./,:()\[\]]+")
_SAID_VERSION = re.compile(r"(?:version|ver|v)[\s.\-_]*(?=\d)")
_PARTED = re.compile(r"\d+(?:\.\d+)+")
_NEAR = 80
_LONGEST = 200
_MOST_COMPARED = 200_000
_OFFERED = 5


def loose(text: str) -> str:
    """The key by which a name is known across platforms: case, spaces and what stands for them are levelled."""
    return _BETWEEN.sub(" ", normalise(text)).strip()


def loose_version(text: str) -> str:
    """The key of a version across platforms: 'v3' and 'Version 3' are '3'; '3' and '3.0' are two."""
    key = normalise(text)
    said = _SAID_VERSION.match(key)
    return key[said.end() :] if said else key


def whole_version(text: str) -> str:
    """The key of a version where a platform only counts: 'v3.0' and '03' are '3'; '3.10' is another than '3.1'."""
    key = loose_version(text)
    whole, _, rest = key.partition(".")
    if not (whole.isdecimal() and rest.replace(".", "").strip("0") == ""):
        return key
    return whole.lstrip("0") or "0"


def is_by_parts(versions: Iterable[str]) -> bool:
    """Whether versions are numbered by parts ('2.1'): then 2.0 may be the fifth that a platform counts."""
    return any(_PARTED.fullmatch(key) and not whole_version(key).isdecimal() for key in map(loose_version, versions))


def is_looked_at(terms: PlatformTerms, model: str) -> bool:
    """Whether a platform's model is the sheet's concern."""
    if terms.models and not any_fits(terms.models, model):
        return False
    return not any_fits(terms.leave_out, model)


def any_fits(patterns: Sequence[str], model: str) -> bool:
    """Whether a name is one of the patterns, or fits one."""
    if not patterns:
        return False
    wanted = normalise(model)
    keys = [normalise(pattern) for pattern in patterns]
    return any(wanted == key or fnmatchcase(wanted, key) for key in keys)


def name_in_sheet(terms: PlatformTerms, model: str) -> str:
    """What people say a platform's model is called in the sheet; its own name where they say nothing."""
    return SaidNames(terms).of(model)


class SaidNames:
    """What people say a platform's models are called. A whole name wins over a pattern, of patterns the first."""

    def __init__(self, terms: PlatformTerms) -> None:
        self._whole: dict[str, str] = {normalise(said): name for said, name in reversed(list(terms.names.items()))}
        self._patterns = [(said, name) for said, name in terms.names.items() if "*" in said]

    def of(self, model: str) -> str:
        """A model's name in the sheet; its own where nothing is said."""
        if not self._whole:
            return model
        if (name := self._whole.get(normalise(model))) is not None:
            return name
        for said, name in self._patterns:
            if (part := _starred(said, model)) is not None:
                return name.replace("*", part, 1)
        return model


def nearest_name(name: str, known: Iterable[str]) -> str:
    """The one of ``known`` that is so like a name that it may be meant; '' for none."""
    return Nearest(known).of(name)


class Nearest:
    """Names of which one may be meant by another. Where there are very many, it is not looked for without end."""

    def __init__(self, known: Iterable[str]) -> None:
        self._known = {loose(one)[:_LONGEST]: one for one in known}
        self._found: dict[str, str] = {}
        self._left = _MOST_COMPARED

    def of(self, name: str) -> str:
        """The name that may be meant; '' for none. Names whose digits differ are never taken for one."""
        key = loose(name)[:_LONGEST]
        if key not in self._found:
            if self._left <= 0:
                return ""
            self._left -= len(self._known)
            self._found[key] = self._nearest(key)
        return self._found[key]

    def _nearest(self, key: str) -> str:
        from rapidfuzz import fuzz, process

        found = process.extract(key, self._known.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=_OFFERED)
        return next((self._known[other] for other, _, _ in found if _digits(other) == _digits(key)), "")


class SheetNames:
    """The names of the sheet's models, asked by the names of platforms."""

    def __init__(self, names: Mapping[str, str]) -> None:
        """``names``: name key -> the name as it stands in the sheet."""
        self.names = names
        self._loose: dict[str, list[str]] = {}
        for key in names:
            self._loose.setdefault(loose(key), []).append(key)

    def key_of(self, name: str) -> str:
        """The key of the sheet's model that is meant; that of the name itself where there is none, or are several."""
        alike = self.keys_of(name)
        return alike[0] if len(alike) == 1 else normalise(name)

    def keys_of(self, name: str) -> Sequence[str]:
        """The keys of the sheet's models that may be meant: that of the very name, else all that are alike."""
        key = normalise(name)
        return [key] if key in self.names else self._loose.get(loose(name), [])


def _digits(text: str) -> list[str]:
    return [sign for sign in text if sign.isdigit()]


def _starred(pattern: str, model: str) -> str | None:
    """What stands for the '*' of a pattern in a model's name; None where it does not fit, or has no '*'."""
    begin, star, end = pattern.partition("*")
    stop = len(model) - len(end)
    if not star or stop <= len(begin):
        return None
    fits = model[: len(begin)].casefold() == begin.casefold() and model[stop:].casefold() == end.casefold()
    return model[len(begin) : stop] if fits else None
