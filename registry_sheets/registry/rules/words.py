"""Pieces of messages that several rules share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from registry_sheets.registry.table import CellProblem, ModelTable, ProblemKind
from registry_sheets.registry.wording import clipped

T = TypeVar("T")
_MANY_CHOICES = 5000


def quote(text: str) -> str:
    """A cell's text within a sentence: on one line, cut where it is long, in quotation marks."""
    return f"'{clipped(text)}'"


def either(choices: Sequence[str]) -> str:
    """'a', 'a or b', 'a, b or c'."""
    return choices[0] if len(choices) == 1 else f"{', '.join(choices[:-1])} or {choices[-1]}"


def problems_of(table: ModelTable, kind: ProblemKind) -> Iterator[CellProblem]:
    """What parsing could not take, of one kind."""
    return (problem for problem in table.problems if problem.kind == kind)


def rows_with(values: Sequence[Any], wanted: Mapping[Any, T]) -> Iterator[tuple[int, T]]:
    """(row's index, what is wanted of its value) for each row whose value is among ``wanted``.

    The keys must be texts or tuples of texts: 1, 1.0 and True are one key to Python.
    """
    if not wanted:
        return
    for index, value in enumerate(values):
        if value in wanted:
            yield index, wanted[value]


def closest(text: str, choices: Iterable[str]) -> str | None:
    """The choice that a person may have meant by ``text``, if one is near enough to say so."""
    from rapidfuzz import fuzz, process  # 12 ms, and most sheets have nothing unknown

    from registry_sheets.registry.identity import normalise

    offered = list(choices)[:_MANY_CHOICES]
    found = process.extractOne(
        normalise(text[:200]), [normalise(choice[:200]) for choice in offered], scorer=fuzz.ratio, score_cutoff=75
    )
    return offered[found[2]] if found else None
