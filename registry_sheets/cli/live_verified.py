"""What the platforms say to what is live, as it is printed beside each line."""

from __future__ import annotations

from typing import Any

from registry_sheets.errors import ConfigProblem
from registry_sheets.operations.asking import LiveAnswer
from registry_sheets.registry.live import LiveVersion
from registry_sheets.registry.platforms.verifying import LiveCheck, Verdict

KEYS = ("verified", "platform", "platform_says", "platform_since")
"""What JSON and CSV tell of a line besides, where the platforms were asked."""


def refuse_past(asked: object) -> None:
    """Raises ConfigProblem where the platforms are to be asked about a day that is over."""
    if asked:
        raise ConfigProblem(
            "--verified asks what runs now, not what ran on a day.", "Leave out --on and --as-recorded."
        )


def differs(answer: LiveAnswer) -> bool:
    """Whether a platform says otherwise of any line that is shown."""
    checks = (answer.check_of(line) for line in answer.lines)
    return any(check.verdict is Verdict.DIFFERS for check in checks if check)


def verified_line(answer: LiveAnswer, line: LiveVersion) -> str:
    """'verified: on our mlflow it is @champion, since 2026-03-12'; '' where nobody asked."""
    if answer.checks is None:
        return ""
    check = answer.check_of(line)
    if check is None:
        return "not verified: the row names no location"
    since = f", since {check.since.date().isoformat()}" if check.since else ""
    return {
        Verdict.CONFIRMED: f"verified: on {check.platform} {check.told}{since}",
        Verdict.DIFFERS: f"NOT SO: on {check.platform} {check.told}",
        Verdict.UNTOLD: f"not verified: {check.platform} does not tell: {check.told}",
        Verdict.UNANSWERED: f"not verified: {check.platform} could not be asked, or not all of it (see below)",
        Verdict.NO_PLATFORM: "not verified: this location belongs to no platform in the config or in Lists",
    }[check.verdict]


def verified_object(answer: LiveAnswer, line: LiveVersion) -> dict[str, Any]:
    """What JSON and CSV tell of a line by KEYS; nothing where nobody asked."""
    if answer.checks is None:
        return {}
    check = answer.check_of(line) or LiveCheck(0, line.location, Verdict.NO_PLATFORM)
    since = check.since.isoformat() if check.since else None
    return dict(zip(KEYS, (check.verdict.value, check.platform or None, check.told or None, since), strict=True))
