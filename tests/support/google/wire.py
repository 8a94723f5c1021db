"""One call to the stand-in and its answer, as bytes on the wire; what stands between shell and core."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request. ``url`` is whole, with its query; ``headers`` have small-letter names."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


Handler = Callable[[Call], Answer]
"""What answers a call: the core, or something around it."""


def answer_json(status: int, value: Any) -> Answer:
    """An answer of JSON, laid out as Google lays it out."""
    body = json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
    return Answer(status, body, {"Content-Type": "application/json; charset=UTF-8"})
