"""platform-not-checked: a platform did not answer, or not all, so that its silence means nothing."""

from __future__ import annotations

from collections.abc import Iterable

from registry_sheets.registry.findings import Hit, Severity
from registry_sheets.registry.rules.base import Example, Options, Registry, Rule
from registry_sheets.registry.rules.platform_example import says
from registry_sheets.registry.wording import clipped

_FIX = "Tell whoever runs the nightly job; nothing in the sheet needs mending."


def _check(registry: Registry, _options: Options) -> Iterable[Hit]:
    for answer in registry.platforms.answers if registry.platforms else ():
        if not answer.complete:
            what = "could not be asked" if not answer.versions and not answer.deployments else "did not tell all"
            message = f"{clipped(answer.platform)} {what}; nothing here says that the sheet agrees with it."
            yield Hit(None, None, message, f"{_FIX} {answer.missed[0]}")


RULE = Rule(
    id="platform-not-checked",
    title="A platform was not checked",
    group="platforms",
    severity=Severity.WARNING,
    finds=(
        "Platforms that could not be asked, or broke off, with the reason. No row is held against what they did not"
        " say."
    ),
    why="A list without findings looks like a list that agrees with what runs.",
    what_to_do=_FIX,
    bad=Example(row={}, platforms=says(missed="It does not take the sign-in (401).")),
    good=Example(row={}, platforms=says()),
    check=_check,
)
