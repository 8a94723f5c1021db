"""live-without-why: a version went live, and nobody wrote down why."""

from __future__ import annotations

from collections.abc import Iterable

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule

_FIX = "Say in Why what decided it, such as 'Fewer false alarms in the pilot, agreed with service on 2026-03-10'."


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    for index, day in registry.past.went_live.items() if registry.past else ():
        yield Hit(index, "why", f"Seen going live on {day}, and Why is empty.", _FIX)


RULE = Rule(
    id="live-without-why",
    title="Went live without a reason",
    group="history",
    severity=Severity.WARNING,
    finds=(
        "Versions in Production that were seen going live and whose Why is empty. Versions that were live at the first "
        "check are not judged."
    ),
    why="'Why is this one running?' is asked when something goes wrong, by people who were not there.",
    what_to_do=_FIX,
    bad=Example(row={"Why": ""}, before=({"Stage": "Testing", "Why": ""},)),
    good=Example(row={"Why": ""}, before=({"Why": ""},)),
    check=_check,
)
