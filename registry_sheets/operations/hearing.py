"""What the platforms of a registry say: asked now, or as they last answered; and what to tell about that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from registry_sheets.errors import StateUnusable
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.platforms.pairing import Paired, Pairing
from registry_sheets.registry.platforms.reconciling import Reconciled, lineage_wanted
from registry_sheets.registry.platforms.terms import LocationTerms, Platforms, PlatformTerms
from registry_sheets.registry.platforms.values import PlatformAnswer, PlatformVersion
from registry_sheets.registry.table import Lists, ModelTable, Stage
from registry_sheets.registry.wording import clipped, listed

NEVER = datetime.min.replace(tzinfo=UTC)
"""When a platform was asked that never was."""

_MANY = 10
"""So many versions do not go all at once."""

_NO_PLATFORM = frozenset(("", "no", "none", "-"))
"""What people put into Lists' column Platform for a location that is on none."""


@dataclass(frozen=True)
class Heard:
    """What the platforms said. ``missed`` are sentences about what they did not say; ``notices`` tell of when it is."""

    platforms: Platforms
    missed: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


class Hearing(Protocol):
    """Asks the platforms of a registry for what its sheet can be held against."""

    def __call__(self, table: ModelTable, lists: Lists, vocabulary: Mapping[str, Stage], /) -> Heard: ...


@dataclass(frozen=True)
class Settled:
    """What people settled about the platforms of a registry; see registry.platforms.terms.Platforms."""

    terms: tuple[PlatformTerms, ...] = ()
    locations: tuple[LocationTerms, ...] = ()
    zone: tzinfo = UTC

    def of(self, answers: Iterable[PlatformAnswer]) -> Platforms:
        return Platforms(tuple(answers), self.terms, self.locations, self.zone)


Asker = Callable[[Callable[[PlatformAnswer], Sequence[PlatformVersion]]], tuple[PlatformAnswer, ...]]
"""Asks, given which versions of an answer want their lineage asked."""

Also = Callable[[Reconciled, Pairing], Iterable[Paired]]
"""Versions of a platform that somebody wants to know more of."""


class AskingNow:
    """Asks them, once, however often it is called: a pass that starts over does not ask again.

    ``keep`` is given what they said; ``also``: of these versions lineage is asked as well. ``before`` tells what they
    said when they were asked the same before, by name.
    """

    def __init__(
        self,
        ask: Asker,
        settled: Settled,
        keep: Callable[[tuple[PlatformAnswer, ...]], None],
        also: Also | None = None,
        before: Callable[[], Mapping[str, PlatformAnswer]] = dict,
    ) -> None:
        self._ask = ask
        self._settled = settled
        self._keep = keep
        self._also = also
        self._before = before
        self._answers: tuple[PlatformAnswer, ...] | None = None
        self._unkept: tuple[str, ...] = ()

    def __call__(self, table: ModelTable, lists: Lists, vocabulary: Mapping[str, Stage], /) -> Heard:
        if self._answers is None:
            before = self._before()
            asked = self._ask(lambda answer: self._wanted(answer, table, lists, vocabulary))
            self._answers = tuple(doubted(one, before.get(one.platform)) for one in asked)
            self._unkept = self._kept(self._answers)
        now = heard(self._settled, self._answers, lists)
        return replace(now, notices=(*self._unkept, *now.notices))

    def _kept(self, answers: tuple[PlatformAnswer, ...]) -> tuple[str, ...]:
        """Keep them; why that is not possible, which is no reason not to tell what they say."""
        try:
            self._keep(answers)
        except StateUnusable as error:
            return (str(error),)
        return ()

    def _wanted(
        self, answer: PlatformAnswer, table: ModelTable, lists: Lists, vocabulary: Mapping[str, Stage]
    ) -> list[PlatformVersion]:
        found = Reconciled(table, lists, self._settled.of([answer]), vocabulary)
        wanted = lineage_wanted(found, found.platforms[0])
        if self._also:
            wanted += self._also(found, found.platforms[0])
        return [one.there for one in wanted]


@dataclass(frozen=True)
class LastAnswers:
    """What they said when they were last asked; one that never was is not checked."""

    settled: Settled
    answers: tuple[PlatformAnswer, ...] = field(default=())

    def __call__(self, _table: ModelTable, lists: Lists, _vocabulary: Mapping[str, Stage], /) -> Heard:
        now = heard(self.settled, self.answers, lists)
        return replace(now, notices=(*self._as_of(), *now.notices))

    def _as_of(self) -> Iterable[str]:
        for one in self.answers:
            if one.asked != NEVER:
                asked = one.asked.astimezone(self.settled.zone)
                when = f"on {asked:%Y-%m-%d} at {asked:%H:%M}"
                answered = f"is as it answered {when}" if _said(one) else f"did not answer when it was asked {when}"
                yield f"{clipped(one.platform)} {answered}."


def _said(answer: PlatformAnswer) -> bool:
    """Whether it said anything."""
    return answer.complete or bool(answer.versions or answer.deployments)


def doubted(answer: PlatformAnswer, before: PlatformAnswer | None) -> PlatformAnswer:
    """An answer that is not believed at once: a platform that lists nothing any more may have been set up anew, or let
    this account see nothing. When it says so again it is believed."""
    had = len(before.versions) if before else 0
    if not answer.complete or answer.versions or had < _MANY:
        return answer
    reason = (
        f"It lists no version at all, and had {had:,} when it was last asked. See whether the account may still list "
        f"them. If it is so, ask it once more, and it is believed: registry-sheets reconcile "
        f'"{clipped(answer.platform)}"'
    )
    return replace(answer, missed=(reason,), missed_versions=True, missed_deployments=True)


def heard(settled: Settled, answers: tuple[PlatformAnswer, ...], lists: Lists) -> Heard:
    """Answers with what they lack, and with locations that Lists gives to a platform that nobody knows."""
    missed = (f"Not checked: {clipped(one.platform)}: {reason}" for one in answers for reason in one.missed)
    return Heard(settled.of(answers), tuple(missed), tuple(_nowhere(settled, lists)))


def _nowhere(settled: Settled, lists: Lists) -> Iterable[str]:
    known = {normalise(one.name): one.name for one in settled.terms}
    for location, platform in lists.platforms.items():
        if normalise(platform) not in {*known, *_NO_PLATFORM}:
            yield (
                f"{lists.tab}: the location '{clipped(location)}' is said to be on the platform '{clipped(platform)}', "
                f"which is not in the config; there are {listed(list(known.values()))}. It is compared with none."
            )


def never_asked(name: str, kind: str) -> PlatformAnswer:
    """The answer of a platform that was not asked yet."""
    why = "It was not asked yet, or its settings have changed since."
    reason = f'{why} Ask it with: registry-sheets reconcile "{clipped(name)}"'
    return PlatformAnswer(name, kind, NEVER, missed=(reason,), missed_versions=True, missed_deployments=True)
