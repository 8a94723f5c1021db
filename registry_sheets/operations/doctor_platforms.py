"""What doctor says of the platforms: each is asked, as a pass would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from registry_sheets.operations.doctor_items import Item
from registry_sheets.registry.platforms.values import PlatformAnswer
from registry_sheets.registry.wording import clipped

_NOT_CHECKED = 3


def platforms(answers: Sequence[PlatformAnswer]) -> Iterator[Item]:
    """An item for each platform that is configured; for one that does not answer whole, one for each reason."""
    for answer in answers:
        label = f"{clipped(answer.platform)} ({answer.kind})"
        if answer.complete:
            yield Item("Platform", "ok", f"{label} has {what_it_has(answer)}")
        yield from _missed(label, answer.missed)


def what_it_has(answer: PlatformAnswer) -> str:
    """'214 versions of 12 models, 3 deployments'."""
    if not answer.versions and not answer.deployments:
        return "no versions"
    models = len({(one.scope, one.model) for one in answer.versions})
    serving = len(answer.deployments)
    live = counted(serving, "deployment") if answer.tells_live else f"{serving:,} of them live"
    return f"{counted(len(answer.versions), 'version')} of {counted(models, 'model')}, {live}"


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def _missed(label: str, reasons: Iterable[str]) -> Iterator[Item]:
    for reason in reasons:
        yield Item("Platform", "wrong", f"{label}: {reason}", exit_code=_NOT_CHECKED)
