"""What the service tells while it runs: one event, one line, for people or as JSON for machines."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Literal, TextIO

from registry_sheets.registry.text import terminal_safe

Level = Literal["info", "warning", "error"]
Value = str | int | float
Environ = Mapping[str, str]

MESSAGE_LIMIT = 2_000
"""The characters of a message or of a field's value; journald itself splits lines at 48 KB."""

_PRIORITIES: Mapping[Level, int] = {"error": 3, "warning": 4, "info": 6}
_KEYS = ("time", "level", "event", "registry", "message")
_SECRETS = (
    (re.compile(r"(://)[^/\s@]+@"), r"\1***@"),
    (re.compile(r"(?i)\b(password|passwd|token|secret|api[_-]?key)=[^\s&]+"), r"\1=***"),
    (re.compile(r"(?i)\b(bearer|basic) [A-Za-z0-9+/_.~=-]{8,}"), r"\1 ***"),
)


@dataclass(frozen=True)
class Event:
    """Something worth a line.

    ``name`` is stable, for machines ('pass-done'); ``registry`` is '' for what concerns the whole service; ``message``
    is the whole sentence for people, without the registry's name and without cell contents; ``fields`` are its facts
    once more, for machines.
    """

    name: str
    registry: str = ""
    fields: Mapping[str, Value] = field(default_factory=dict)
    level: Level = "info"
    message: str = ""


Log = Callable[[Event], None]
"""Takes an event; never raises for a stream that is closed or full: a log must not end the service."""


def open_log(
    format_: Literal["text", "json"], stream: TextIO, now: Callable[[], datetime], environment: Environ
) -> Log:
    """The log in the format asked for, as fits where the stream goes (journald adds the time by itself)."""
    make = json_log if format_ == "json" else text_log
    return make(stream, now, goes_to_journal(stream, environment))


def text_log(stream: TextIO, now: Callable[[], datetime], journal: bool = False) -> Log:
    """A line a person reads: '2026-11-26 02:00:03+01:00 demo: nightly pass of 2026-11-26 done: 31 rows, 2.1 s'.

    The machine's zone need not be the registry's, which `status` and mails use; so the offset stands there.
    """

    def log(event: Event) -> None:
        about = f"{fit(event.registry)}: " if event.registry else ""
        level = "" if event.level == "info" else f"{event.level}: "
        start = "" if journal else f"{_local(now()).isoformat(sep=' ', timespec='seconds')} "
        _write(stream, f"{_priority(event, journal)}{start}{about}{level}{fit(event.message or event.name)}")

    return log


def json_log(stream: TextIO, now: Callable[[], datetime], journal: bool = False) -> Log:
    """A JSON object a line: time (ISO 8601 with offset), level, event, registry, message, then the event's fields.

    A field that has the name of one of these keys gets 'field_' before it.
    """

    def log(event: Event) -> None:
        line: dict[str, Value] = {
            "time": _local(now()).isoformat(timespec="seconds"),
            "level": event.level,
            "event": fit(event.name),
            "registry": fit(event.registry),
            "message": fit(event.message),
        }
        for name, said in event.fields.items():
            line[f"field_{name}" if name in _KEYS else fit(name)] = _value(said)
        # ASCII only: the line is right whatever encoding the stream has.
        _write(stream, f"{_priority(event, journal)}{json.dumps(line)}")

    return log


def fit(text: str) -> str:
    """One line of bounded length, without control characters and without what looks like a secret."""
    said = terminal_safe(text[: 4 * MESSAGE_LIMIT])
    for pattern, instead in _SECRETS:
        said = pattern.sub(instead, said)
    return said if len(said) <= MESSAGE_LIMIT else f"{said[: MESSAGE_LIMIT - 1]}…"


def goes_to_journal(stream: TextIO, environment: Environ) -> bool:
    """Whether the stream is the very socket to journald that JOURNAL_STREAM names as device:inode.

    The variable alone does not tell: a program further down may have its output sent elsewhere (systemd.exec(5)).
    """
    said = environment.get("JOURNAL_STREAM", "")
    try:
        found = os.fstat(stream.fileno())
    except (OSError, ValueError):
        return False
    return said == f"{found.st_dev}:{found.st_ino}"


def _local(when: datetime) -> datetime:
    """With the machine's offset, where it has none yet."""
    return when if when.tzinfo else when.astimezone()


def _value(said: Value) -> Value:
    if isinstance(said, str):
        return fit(said)
    return said if isfinite(said) else str(said)  # JSON has neither NaN nor infinity


def _priority(event: Event, journal: bool) -> str:
    return f"<{_PRIORITIES[event.level]}>" if journal else ""


def _write(stream: TextIO, line: str) -> None:
    """One line in one write, so that lines of several threads do not mix."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    with suppress(OSError, ValueError):
        stream.write(line.encode(encoding, "replace").decode(encoding, "replace") + "\n")
        stream.flush()
