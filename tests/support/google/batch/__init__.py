"""spreadsheets.batchUpdate: a table of request kinds, all of one call or none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.google.batch import banding, cells, dimensions, finding, lines, marks, metadata, moves, rules, tabs
from tests.support.google.behaviours import behaves
from tests.support.google.errors import NotImitated, Refused
from tests.support.google.formulas import calculate
from tests.support.google.state import Json
from tests.support.google.work import Work

Carry = Callable[[Work, Json], Json | None]


def kinds() -> Mapping[str, Carry]:
    """What carries out each kind of request."""
    modules: tuple[Any, ...] = (tabs, cells, dimensions, lines, marks, rules, banding, metadata, moves, finding)
    return {name: carry for module in modules for name, carry in module.KINDS.items()}


@behaves("documented", "batchUpdate", "all requests are applied or, where one is refused, none")
@behaves("recorded", "batchUpdate", "one reply for each request, {} where there is nothing to say")
def carry_out(work: Work, requests: list[Json]) -> list[Json]:
    """Apply requests to the work's spreadsheet, which is a copy. Raises Refused, NotImitated."""
    if not requests:
        raise Refused(400, "Must specify at least one request.")
    known = kinds()
    replies = []
    for at, request in enumerate(requests):
        kind = _kind(at, request)
        if kind not in known:
            raise NotImitated(f"requests of kind {kind}")
        try:
            reply = known[kind](work, request[kind])
        except Refused as error:
            raise Refused(error.status, f"Invalid requests[{at}].{kind}: {error.message}", error.details) from error
        replies.append({} if reply is None else {kind: reply})
        calculate(work.book)
    return replies


def _kind(at: int, request: Json) -> str:
    told = [name for name, value in request.items() if value is not None]
    if len(told) != 1:
        raise Refused(400, f"Invalid value at 'requests[{at}]': exactly one kind of request must be set.")
    return told[0]
