"""live-mismatch: the sheet says that a version is in Production at a location, and another one serves there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.platform_example import says
from registry_sheets.registry.rules.words import quote
from registry_sheets.registry.wording import clipped

if TYPE_CHECKING:
    from registry_sheets.registry.platforms.pairing import Pairing
    from registry_sheets.registry.platforms.verifying import LiveCheck
    from registry_sheets.registry.table import ModelTable

_CORRECT = "Correct the sheet to what runs (`registry-sheets promote`)"
_FIX = f"{_CORRECT}, or let the endpoint serve this version."
_SHARES = f"{_CORRECT}; if both are meant to share the traffic, put the other in Production here as well."
_MARKS = f"{_CORRECT}, or let the alias or stage there say this version."


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    found = registry.reconciled
    versions = registry.models.value("version")
    platforms = {one.answer.platform: one for one in found.platforms} if found else {}
    for check in found.live if found else ():
        if check.verdict == "differs":
            where = f"is said to be in Production at {quote(check.location)}"
            message = f"{clipped(versions[check.index])} {where}; on {clipped(check.platform)} {check.told}."
            yield Hit(check.index, "location", message, _fix(check, platforms[check.platform], registry.models))


def _fix(check: LiveCheck, pairing: Pairing, table: ModelTable) -> str:
    fix = _SHARES if check.shares else _FIX
    if not pairing.answer.tells_live:
        fix = _MARKS
    if not pairing.may_count_apart(table.name_keys[check.index], table.value("version")[check.index]):
        return fix
    from registry_sheets.registry.platforms.telling import NUMBERED

    return f"{fix} {NUMBERED}"


RULE = Rule(
    id="live-mismatch",
    title="Another version serves than the sheet says",
    group="platforms",
    severity=Severity.ERROR,
    finds=(
        "Rows in Production at a location of a platform where another version has the largest share of the traffic, or"
        " nothing of the model serves; with the shares, so that a canary shows as one. Versions that are in Production"
        " at one endpoint together may share its traffic. A registry without endpoints (MLflow) is only held against a"
        " row where it calls a version live that is not in Production in the sheet."
    ),
    why="'What is running right now' is the question that a registry is for, and here its answer is wrong.",
    what_to_do=_FIX,
    bad=Example(
        row={"Version": "3.1", "Location": "Service desk app"},
        others=({"Version": "3.2", "Location": "Munich office"},),
        platforms=says("3.1", "3.2", serves=[("3.2", 0.9), ("3.1", 0.1)], location="Service desk app"),
    ),
    good=Example(
        row={"Version": "3.1", "Location": "Service desk app"},
        platforms=says("3.1", serves=[("3.1", 1.0)], location="Service desk app"),
    ),
    check=_check,
)
