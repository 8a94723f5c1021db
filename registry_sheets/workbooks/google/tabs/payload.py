"""Requests in batches that Google takes: in a valid order, and at most about 2 MB each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence

from registry_sheets.workbooks.google.api import Json

LIMIT = 2_000_000
"""Bytes of one batch (2 MB are advised, documented)."""
_BETWEEN = 2  # ", "


def tabs_first(parts: Iterable[Sequence[Json]]) -> list[Json]:
    """The requests of several tabs as one sequence: new tabs first, then what they are known by, then all else.

    A formula that names what is not there yet shows an error, a dropdown from such a tab is refused, and a tab that is
    added in one request must be known as ours by the next.
    """
    found = [request for part in parts for request in part]
    new = {request["addSheet"]["properties"]["sheetId"] for request in found if "addSheet" in request}
    return sorted(found, key=lambda request: _turn(request, new))


def _turn(request: Json, new: set[int]) -> int:
    """0 for a tab that is added, 1 for its kind, 2 for its names, 3 for anything else."""
    if "addSheet" in request:
        return 0
    made = request.get("createDeveloperMetadata")
    if made is not None and made["developerMetadata"]["location"].get("sheetId") in new:
        return 1
    name = request.get("addNamedRange") or request.get("updateNamedRange")
    return 2 if name is not None and name["namedRange"]["range"]["sheetId"] in new else 3


def cut(requests: Sequence[Json], limit: int = LIMIT) -> list[list[Json]]:
    """The requests in batches of at most ``limit`` bytes of JSON, in their order.

    updateCells is cut between rows where it does not fit: the first piece clears what the whole one would, the others
    go on below it. What cannot be cut any further makes a batch of its own.
    """
    batches: list[list[Json]] = [[]]
    room = limit
    for request in requests:
        for piece, size in _pieces(request, limit):
            if batches[-1] and size + _BETWEEN > room:
                batches.append([])
                room = limit
            batches[-1].append(piece)
            room -= size + _BETWEEN
    return batches if batches[0] else []


def _pieces(request: Json, limit: int) -> Iterator[tuple[Json, int]]:
    """A request with its size, cut where it is larger than a batch."""
    update = request.get("updateCells")
    if update is None or not update.get("rows"):
        yield request, _size(request)
        return
    around = _size({"updateCells": {**update, "rows": []}}) + _size(_below(update, 10**7))
    sizes = [_size(row) + _BETWEEN for row in update["rows"]]
    if around + sum(sizes) <= limit:
        yield request, around + sum(sizes)
        return
    for first, last in _spans(sizes, limit - around):
        rows = update["rows"][first:last]
        yield {"updateCells": {**_below(update, first), "rows": rows}}, around + sum(sizes[first:last])


def _below(update: Json, first: int) -> Json:
    """An updateCells without its rows that goes on ``first`` rows below the beginning; from 0, the whole one."""
    around = {name: value for name, value in update.items() if name != "rows"}
    if first == 0:
        return around
    if "start" in update:
        start = update["start"]
    else:
        whole = update["range"]
        start = {
            "sheetId": whole["sheetId"],
            "rowIndex": whole.get("startRowIndex", 0),
            "columnIndex": whole.get("startColumnIndex", 0),
        }
    around.pop("range", None)
    return {**around, "start": {**start, "rowIndex": start.get("rowIndex", 0) + first}}


def _spans(sizes: Sequence[int], limit: int) -> Iterator[tuple[int, int]]:
    """(first, last + 1) of neighbours whose sizes fit together; a larger one stands alone."""
    first, room = 0, limit
    for at, size in enumerate(sizes):
        if at > first and size > room:
            yield first, at
            first, room = at, limit
        room -= size
    yield first, len(sizes)


def _size(value: Json) -> int:
    """The bytes of a value as JSON, which is ASCII."""
    return len(json.dumps(value))
