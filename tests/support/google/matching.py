"""Comparing a recorded answer with the stand-in's: ids by name, times by form, the rest exactly."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from tests.support.google.wire import Answer, Call

MASKED = (
    "ids of files, tabs, named ranges, protected ranges: mapped one to one, each always to the same",
    "createdTime, modifiedTime: only their form (RFC 3339, UTC, milliseconds) is compared",
    "headers other than Content-Type",
    "the order of fields in JSON, and its white space",
)
NUMBERS = frozenset(("sheetId", "namedRangeId", "protectedRangeId"))
TIMES = frozenset(("createdTime", "modifiedTime"))
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


@dataclass
class Names:
    """Which id of ours stands for which recorded one."""

    ours: dict[Any, Any] = field(default_factory=dict)

    def know(self, recorded: Any, ours: Any) -> None:
        """Remember a pair, unless either is known already."""
        if recorded not in self.ours and ours not in self.ours.values():
            self.ours[recorded] = ours

    def in_text(self, text: str, *, back: bool = False) -> str:
        """A text with file ids in the other's names."""
        for recorded, ours in self.ours.items():
            if isinstance(recorded, str) and len(recorded) > 20:
                text = text.replace(ours, recorded) if back else text.replace(recorded, ours)
        return text

    def in_json(self, value: Any, name: str = "") -> Any:
        """A recorded JSON value in our names."""
        if isinstance(value, dict):
            return {key: self.in_json(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.in_json(inner, name) for inner in value]
        if name in NUMBERS:
            return self.ours.get(value, value)
        return self.in_text(value) if isinstance(value, str) else value

    def recorded(self, value: Any) -> Any:
        """An answer of ours in the recording's names."""
        back = Names({ours: recorded for recorded, ours in self.ours.items()})
        return back.in_json(value)


def in_our_names(call: Call, names: Names) -> Call:
    """A recorded call as it has to be put to the stand-in."""
    body = call.body
    with contextlib.suppress(ValueError):
        body = json.dumps(names.in_json(json.loads(body))).encode() if body else body
    return replace(call, url=names.in_text(call.url), body=body)


def read(answer: Answer) -> Any:
    """The body as JSON, or as text where it is none."""
    try:
        return json.loads(answer.body)
    except ValueError:
        return answer.body.decode()


def learn(recorded: Any, ours: Any, names: Names) -> None:
    """Learn from two answers which of our ids stand for which recorded ones."""
    for name, one, other in _together(recorded, ours):
        if name in NUMBERS or (name in ("id", "spreadsheetId") and isinstance(one, str) and len(one) > 20):
            names.know(one, other)


def _together(one: Any, other: Any, name: str = "") -> Iterator[tuple[str, Any, Any]]:
    if isinstance(one, dict) and isinstance(other, dict):
        for key in one.keys() & other.keys():
            yield from _together(one[key], other[key], key)
    elif isinstance(one, list) and isinstance(other, list):
        for left, right in zip(one, other, strict=False):
            yield from _together(left, right, name)
    elif type(one) is type(other):
        yield name, one, other


def differences(recorded: Any, ours: Any, where: str = "") -> list[str]:
    """In what two values differ, by path."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        found = []
        for key in sorted(recorded.keys() | ours.keys()):
            path = f"{where}.{key}"
            if key not in ours:
                found.append(f"{path}: missing, recorded {_short(recorded[key])}")
            elif key not in recorded:
                found.append(f"{path}: {_short(ours[key])}, which is not recorded")
            elif not (key in TIMES and _times(recorded[key], ours[key])):
                found += differences(recorded[key], ours[key], path)
        return found
    if isinstance(recorded, list) and isinstance(ours, list) and len(recorded) == len(ours):
        pairs = enumerate(zip(recorded, ours, strict=True))
        return [one for at, (left, right) in pairs for one in differences(left, right, f"{where}[{at}]")]
    same = recorded == ours and isinstance(recorded, bool) == isinstance(ours, bool)
    return [] if same else [f"{where or 'body'}: {_short(ours)}, recorded {_short(recorded)}"]


def _times(*values: Any) -> bool:
    return all(isinstance(value, str) and TIME.fullmatch(value) for value in values)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) < 200 else f"{text[:200]}…"
