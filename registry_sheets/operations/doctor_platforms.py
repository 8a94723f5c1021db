"""What doctor says of the platforms: each is asked, as a pass would, and held against the settings about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from registry_sheets.operations.doctor_items import Item
from registry_sheets.registry.platforms.idle import idle_settings, in_sheet, places_of
from registry_sheets.registry.platforms.pairing import Pairing
from registry_sheets.registry.platforms.reconciling import Reconciled
from registry_sheets.registry.platforms.values import PlatformAnswer
from registry_sheets.registry.wording import clipped, listed

_NOT_CHECKED = 3
_SHOWN = 5


def platforms(found: Reconciled, locations_in_lists: Iterable[str] = ()) -> Iterator[Item]:
    """Items for each platform that is configured; for one that does not answer whole, one for each reason."""
    for pairing in found.platforms:
        label = f"{clipped(pairing.answer.platform)} ({pairing.answer.kind})"
        if pairing.answer.complete:
            yield from _complete(found, pairing, label)
        yield from _missed(label, pairing.answer.missed)
    for sentence in idle_settings(found, locations_in_lists):
        yield Item("Platform", "note", sentence, "Correct it in the config, or take it out.")


def what_it_has(answer: PlatformAnswer) -> str:
    """'214 versions of 12 models, 3 deployments'."""
    if not answer.versions and not answer.deployments:
        return "no versions"
    models = len({(one.scope, one.model) for one in answer.versions})
    serving = len(answer.deployments)
    live = counted(serving, "deployment") if answer.tells_live else f"{serving:,} of them live"
    return f"{counted(len(answer.versions), 'version')} of {counted(models, 'model')}, {live}"


def with_share(pairing: Pairing) -> str:
    """The same, with how many of the models are in the sheet."""
    has = what_it_has(pairing.answer)
    return f"{has}; {in_sheet(pairing):,} of the models in the sheet" if pairing.answer.versions else has


def counted(number: int, what: str) -> str:
    """'1 model', '12 models'."""
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def _complete(found: Reconciled, pairing: Pairing, label: str) -> Iterator[Item]:
    if not pairing.answer.versions:
        fix = "If there ought to be some: a platform may hide what this account has no right to read."
        yield Item("Platform", "note", f"{label} has {what_it_has(pairing.answer)}", fix)
        return
    yield Item("Platform", "ok", f"{label} has {with_share(pairing)}")
    places = places_of(found, pairing)
    if places:
        yield Item("Platform", "ok", f"{label}, locations there: {listed(places, _SHOWN)}")
        return
    fix = "Say which are, with [[location]] blocks in the config or a column Platform beside Location in Lists."
    yield Item("Platform", "note", f"{label}: no location of the sheet is on it, so what is live is not compared", fix)


def _missed(label: str, reasons: Iterable[str]) -> Iterator[Item]:
    for reason in reasons:
        yield Item("Platform", "wrong", f"{label}: {reason}", exit_code=_NOT_CHECKED)
