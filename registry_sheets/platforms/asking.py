"""Asking several platforms at once, each up to its own deadline. One that is slow or down keeps no other waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from registry_sheets.errors import PlatformUnanswered
from registry_sheets.platforms.at_once import at_once
from registry_sheets.platforms.base import Platform, with_lineage
from registry_sheets.platforms.deadline import Deadline, passed
from registry_sheets.registry.platforms.cleaning import clean_deployment, clean_lineage, clean_version
from registry_sheets.registry.platforms.values import Deployment, Lineage, PlatformAnswer, PlatformVersion
from registry_sheets.registry.text import terminal_safe

_SCOPES_AT_ONCE = 8
_MOST = 500_000
"""Versions, or deployments, of one platform: with more of them this machine's memory would run out unsaid."""

_GRACE = 2.0
"""Seconds that a platform which holds to its deadline may take to say so."""

Wants = Callable[[PlatformAnswer], Sequence[PlatformVersion]]
"""The versions of an answer whose lineage is worth asking for."""


@dataclass(frozen=True)
class Question:
    """One platform to be asked: ``open`` makes its adapter, and raises PlatformUnanswered where that cannot be.

    ``seconds`` is how long all of it may take.
    """

    name: str
    kind: str
    seconds: float
    open: Callable[[Deadline], Platform]


def ask_platforms(questions: Sequence[Question], wants: Wants) -> tuple[PlatformAnswer, ...]:
    """Ask all of them, in parallel; an answer each, in their order. Never raises: what went wrong is in the answer."""
    under_way = [_Asking(question, wants) for question in questions]
    for one in under_way:
        one.start()
    return tuple(one.answer() for one in under_way)


class _Asking:
    """One platform being asked, in threads that do not keep the process from ending."""

    def __init__(self, question: Question, wants: Wants) -> None:
        self._question = question
        self._wants = wants
        self._deadline = Deadline(question.seconds)
        self._asked = datetime.now(UTC).replace(microsecond=0)
        self._heard = _Heard()
        self._done = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name=f"ask {self._question.name}", daemon=True).start()

    def answer(self) -> PlatformAnswer:
        """What it said; where it did not finish in time, what it said until then."""
        if not self._done.wait(max(0.0, self._deadline.rest() + _GRACE)):
            self._heard.miss("", passed(self._question.seconds), versions=True, deployments=True)
        return self._answer()

    def _answer(self) -> PlatformAnswer:
        return self._heard.answer(PlatformAnswer(self._question.name, self._question.kind, self._asked))

    def _run(self) -> None:
        try:
            platform = self._question.open(self._deadline)
            try:
                self._heard.tells_live = platform.tells_live
                self._ask(platform)
            finally:
                platform.close()
        except Exception as error:  # a platform may answer anything; the others and the sheet are still checked
            self._heard.miss("", error, versions=True, deployments=True)
        finally:
            self._done.set()

    def _ask(self, platform: Platform) -> None:
        scopes = platform.scopes
        if len(scopes) == 1:
            self._ask_scope(platform, scopes[0], "")
        else:
            for _ in at_once(lambda scope: self._ask_scope(platform, scope, scope), scopes, _SCOPES_AT_ONCE):
                pass
        self._ask_lineage(platform)

    def _ask_scope(self, platform: Platform, scope: str, label: str) -> None:
        listed: list[PlatformVersion] = []
        try:
            for version in platform.versions(scope):
                listed.append(version)
                self._heard.versions.append(clean_version(version))
                _see_end(len(self._heard.versions), "versions")
        except Exception as error:  # as in _run
            self._heard.miss(label, error, versions=True)
        try:
            for deployment in platform.deployments(scope, listed):
                self._heard.deployments.append(clean_deployment(deployment))
                _see_end(len(self._heard.deployments), "things that serve")
        except Exception as error:  # as in _run
            self._heard.miss(label, error, deployments=True)

    def _ask_lineage(self, platform: Platform) -> None:
        wanted = [one for one in self._wants(self._answer()) if one.lineage is None]
        found: list[tuple[PlatformVersion, Lineage]] = []
        for scope in dict.fromkeys(one.scope for one in wanted):
            try:
                for one, told in platform.lineage([one for one in wanted if one.scope == scope]):
                    found.append((clean_version(one), clean_lineage(told)))
            except Exception as error:  # as in _run
                self._heard.miss(scope, error)
        if found:
            self._heard.versions = list(with_lineage(self._heard.versions, found))


class _Heard:
    """What came until now. Lists are only ever appended to, or exchanged whole: they are read while they grow."""

    def __init__(self) -> None:
        self.versions: list[PlatformVersion] = []
        self.deployments: list[Deployment] = []
        self.tells_live = True
        self._missed: dict[str, None] = {}
        self._parts: set[str] = set()

    def miss(self, scope: str, error: Exception, versions: bool = False, deployments: bool = False) -> None:
        """Note that something could not be asked, and what."""
        said = terminal_safe(str(error)) if isinstance(error, PlatformUnanswered) else _not_understood(error)
        self._missed[f"{scope}: {said}" if scope else said] = None
        self._parts.update(_parts(versions, deployments))

    def answer(self, empty: PlatformAnswer) -> PlatformAnswer:
        return replace(
            empty,
            versions=tuple(self.versions),
            deployments=tuple(self.deployments),
            missed=tuple(self._missed),
            missed_versions="versions" in self._parts,
            missed_deployments="deployments" in self._parts,
            tells_live=self.tells_live,
        )


def _see_end(number: int, what: str) -> None:
    """Raises PlatformUnanswered where a platform lists so much that it must have gone wrong."""
    if number > _MOST:
        raise PlatformUnanswered(
            f"It lists more than {_MOST:,} {what}, and is not listened to any longer.",
            "Look whether it repeats itself, or name fewer regions, workspaces or locations in its [[platform]] block.",
        )


def _parts(versions: bool, deployments: bool) -> Iterable[str]:
    return [name for name, missed in (("versions", versions), ("deployments", deployments)) if missed]


def _not_understood(error: Exception) -> str:
    return f"What it answered could not be understood ({type(error).__name__}). Report it, with its kind and version."
