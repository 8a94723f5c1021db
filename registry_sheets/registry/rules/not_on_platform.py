"""not-on-platform: the sheet says that a version is at a platform's location, and the platform does not have it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.platform_example import says
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.table import Stage
from registry_sheets.registry.wording import clipped

if TYPE_CHECKING:
    from registry_sheets.registry.platforms.expecting import Expectation
    from registry_sheets.registry.platforms.pairing import Pairing
    from registry_sheets.registry.platforms.reconciling import Reconciled

_FIX = "Register it there, or correct the version or the location here."


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    found = registry.reconciled
    if found is None:
        return
    explained = {(one.index, one.location) for one in found.live if one.verdict in ("differs", "confirmed")}
    locations, stages = registry.models.value("location"), registry.models.judged
    for index, version in enumerate(registry.models.version_keys):
        if not version or not registry.models.name_keys[index] or stages[index] is Stage.ARCHIVED:
            continue
        left = [place for place in locations[index] or () if (index, place) not in explained]
        pairing = _lacking(found, index, left)
        if pairing:
            severity = Severity.ERROR if stages[index] is Stage.PRODUCTION else Severity.WARNING
            yield Hit(index, "version", *_told(found, pairing, index), severity)


def _lacking(found: Reconciled, index: int, locations: Iterable[str]) -> Pairing | None:
    """The platform of one of the row's locations that does not have its version; None where there is none for
    certain. Where a location is on several platforms, any will do."""
    key = found.table.name_keys[index]
    for location in locations:
        expected = found.expecting.of_model(location, key)
        if expected and all(_lacks(one, index, key) for one in expected):
            return expected[0].platform
    return None


def _lacks(expected: Expectation, index: int, key: str) -> bool:
    """Whether a platform surely does not have a row's version. It may be there without being registered."""
    pairing, answer = expected.platform, expected.platform.answer
    if index in pairing.known_rows or answer.missed_versions or answer.missed_deployments or pairing.silence(key):
        return False
    if any(not one.name_key for one in pairing.at_endpoint.get(expected.endpoint, ())):
        return False
    return not pairing.may_be_unregistered(key)


def _told(found: Reconciled, pairing: Pairing, index: int) -> tuple[str, str]:
    table = found.table
    platform, version = clipped(pairing.answer.platform), clipped(table.value("version")[index])
    key, name = table.name_keys[index], table.value("name")[index]
    from registry_sheets.registry.platforms.telling import NUMBERED, mapped

    if key in pairing.models:
        return f"{platform} has no version {version} of {clipped(pairing.models[key])}.", f"{_FIX} {NUMBERED}"
    near = pairing.near_there.of(name)
    said = f" If it is {quote(near)} there, say so in the config: {mapped(near, name)}." if near else ""
    return f"{platform} has no model {quote(name)}.", _FIX + said


RULE = Rule(
    id="not-on-platform",
    title="A platform lacks a version that is said to be there",
    group="platforms",
    severity=Severity.ERROR,
    finds=(
        "Rows whose location belongs to a platform that has no such version, registered or serving (in Testing: a"
        " warning). A platform that could not be asked, or did not answer all, is never held against a row."
    ),
    why="A row about a version that nobody can find does not say what runs.",
    what_to_do=_FIX,
    bad=Example(
        row={"Version": "3.1", "Stage": "Testing", "Location": "Service desk app"},
        platforms=says(location="Service desk app"),
    ),
    good=Example(
        row={"Version": "3.1", "Stage": "Testing", "Location": "Service desk app"},
        platforms=says("3.1", location="Service desk app"),
    ),
    check=_check,
)
