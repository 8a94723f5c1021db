"""Aliases for what is live, where a platform has aliases: which they are called, and for which versions they stand."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.leaving import LeavingModel, LivePlace
from registry_sheets.registry.platforms.marks import digest

CHAMPION = "champion"
_LONGEST = 60
_BY = ((0,), (1,), (0, 1))
"""What may tell live versions apart: the use, the location, both."""


def aliases_of(model: LeavingModel) -> dict[str, str]:
    """Alias -> id of the version for which it stands.

    'champion' where one version is live. Of several each gets 'champion-' and what it is used for, else where it is,
    whichever tells them apart; else with its version.
    """
    places = list(dict.fromkeys(model.live))
    if len({place.id for place in places}) == 1:
        return {CHAMPION: places[0].id}
    there = _by_label(places)
    versions = {one.id: one.version for one in model.versions}
    found: dict[str, str] = {}
    for place in places:
        label = next((label for label, key in _labels(place) if len(there[key]) == 1), "")
        label = label or _joined(place.used_for, place.location, versions[place.id])
        alias = f"{CHAMPION}-{_slug(label)}"
        if found.get(alias, place.id) != place.id:
            alias = f"{alias}-{digest(label)[:6]}"
        found[alias] = place.id
    return found


def _by_label(places: Iterable[LivePlace]) -> dict[tuple[object, ...], set[str]]:
    """The versions that are live under each label."""
    found: dict[tuple[object, ...], set[str]] = {}
    for place in places:
        for _, key in _labels(place):
            found.setdefault(key, set()).add(place.id)
    return found


def _labels(place: LivePlace) -> Iterable[tuple[str, tuple[object, ...]]]:
    """(label, key) of each way to name a place; without those that say nothing."""
    for parts in _BY:
        if label := _joined(*(place[part] for part in parts)):
            yield label, (parts, *(normalise(place[part]) for part in parts))


def _joined(*texts: str) -> str:
    return " ".join(text for text in texts if text)


def _slug(label: str) -> str:
    """The label in letters, digits and '-'; with its digest where it would be cut, or nothing would be left."""
    kept = re.sub(r"[\W_]+", "-", unicodedata.normalize("NFC", normalise(label))).strip("-")
    if kept and len(kept) <= _LONGEST:
        return kept
    return f"{kept[:_LONGEST].strip('-')}-{digest(label)[:6]}".strip("-")
