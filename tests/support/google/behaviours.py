"""What is known of each behaviour that the stand-in imitates, and how it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

Source = Literal["recorded", "documented", "assumed"]
"""recorded: seen in traffic with the real servers; documented: the vendor's text says so; assumed: neither."""

Anything = TypeVar("Anything", bound=Callable[..., object])


@dataclass(frozen=True)
class Behaviour:
    """One behaviour: what it is about ('batchUpdate updateCells'), what is imitated, and how that is known."""

    subject: str
    told: str
    source: Source


_KNOWN: dict[tuple[str, str], Behaviour] = {}


def behaves(source: Source, subject: str, told: str) -> Callable[[Anything], Anything]:
    """Label the function that imitates a behaviour."""
    _KNOWN[subject, told] = Behaviour(subject, told, source)
    return lambda function: function


def behaviours() -> tuple[Behaviour, ...]:
    """All that were labelled by what is imported, by subject."""
    return tuple(sorted(_KNOWN.values(), key=lambda one: (one.subject, one.source, one.told)))
