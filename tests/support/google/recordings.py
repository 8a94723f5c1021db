"""The recordings of real traffic with Google (vcrpy's JSON), as calls and answers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from tests.support.google.wire import Answer, Call

APART = timedelta(hours=1)


@dataclass(frozen=True)
class Pair:
    """A recorded call and what Google answered."""

    recording: str
    number: int
    call: Call
    answer: Answer


def _flat(headers: Mapping[str, list[str]]) -> dict[str, str]:
    return {name.lower(): values[0] for name, values in headers.items()}


def pairs(path: Path) -> list[Pair]:
    """The pairs of one recording, in their order."""
    found = json.loads(path.read_text(encoding="utf-8"))["interactions"]
    return [_pair(path.stem, number, one) for number, one in enumerate(found)]


def _pair(name: str, number: int, one: Mapping[str, Any]) -> Pair:
    asked, told = one["request"], one["response"]
    call = Call(asked["method"], asked["uri"], _flat(asked["headers"]), (asked["body"] or "").encode())
    body = told["body"].get("string") or ""
    return Pair(name, number, call, Answer(told["status"]["code"], body.encode(), _flat(told["headers"])))


def sessions(recorded: Sequence[Pair]) -> list[list[Pair]]:
    """A recording parted where hours lie between two answers: a test that was recorded anew, added at the end."""
    parted: list[list[Pair]] = []
    before: datetime | None = None
    for pair in recorded:
        when = _when(pair.answer)
        if not parted or (when and before and abs(when - before) > APART):
            parted.append([])
        parted[-1].append(pair)
        before = when or before
    return parted


def _when(answer: Answer) -> datetime | None:
    told = answer.headers.get("date")
    return parsedate_to_datetime(told) if told else None


def recordings(folder: Path) -> Iterator[list[Pair]]:
    """Every session of every recording of a folder; each begins from nothing."""
    for path in sorted(folder.glob("*.json")):
        yield from sessions(pairs(path))
