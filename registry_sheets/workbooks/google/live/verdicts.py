"""What a look at Google can come to, and what is asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from registry_sheets.workbooks.google.live.scratch import Scratch

Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Held:
    """It is as assumed; ``seen`` tells more where several answers are as good."""

    seen: str = ""


@dataclass(frozen=True, slots=True)
class Differs:
    """It is not as assumed: what was seen."""

    seen: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """It could not be told, and why."""

    seen: str


Verdict = Held | Differs | Unclear


@dataclass(frozen=True)
class LiveCheck(Generic[Seen]):
    """One assumption.

    ``id`` never changes. ``assumed`` is one plain sentence; ``meaning`` says what it means for a registry if it does
    not hold. ``judge`` tells from what was seen.
    """

    id: str
    assumed: str
    meaning: str
    judge: Callable[[Seen], Verdict]


@dataclass(frozen=True)
class Experiment(Generic[Seen]):
    """What is done on the scratch tab, and the assumptions that it is about; ``look`` raises RegistrySheetsError."""

    look: Callable[[Scratch], Seen]
    checks: tuple[LiveCheck[Seen], ...]


@dataclass(frozen=True)
class Result:
    """A check and what it came to."""

    check: LiveCheck[Any]
    verdict: Verdict


def held_if(holds: bool, seen: object) -> Verdict:
    """Held, or what was seen instead."""
    return Held() if holds else Differs(str(seen))
