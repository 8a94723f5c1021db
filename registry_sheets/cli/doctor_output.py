"""What doctor says: for a person, and as JSON."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from registry_sheets.cli.failures import ExitCode, worst
from registry_sheets.cli.findings_output import Paint, paint_for
from registry_sheets.operations.doctor import Diagnosis, versions
from registry_sheets.operations.doctor_items import Item, State
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.text import terminal_safe

_LIBRARIES = (
    "python-calamine", "openpyxl", "lxml", "pydantic", "typer", "rapidfuzz", "filelock", "gspread", "google-auth",
)  # fmt: skip
_LABELS: dict[State, str] = {"ok": "ok", "note": "note", "wrong": "WRONG"}
_COLOURS: dict[State, Severity] = {"note": Severity.WARNING, "wrong": Severity.ERROR}


def exit_code(seen: Iterable[Diagnosis]) -> ExitCode:
    """The exit code of all registries together."""
    return worst(ExitCode(one.exit_code) for one in seen)


def print_doctor(seen: Sequence[Diagnosis], as_json: bool) -> None:
    """Print what was found about all registries, then what is installed."""
    installed = {"registry-sheets": _own_version(), "python": platform.python_version(), **versions(_LIBRARIES)}
    if as_json:
        objects = [_object(one, installed) for one in seen]
        print(json.dumps(objects[0] if len(objects) == 1 else objects, indent=2))
        return
    paint = paint_for(sys.stdout)
    for one in seen:
        for line in _lines(one, paint):
            print(line)
        print()
    told = ", ".join(f"{name} {version}" for name, version in installed.items())
    print(paint.wrapped("", f"{told}; {platform.platform()}"))


def _own_version() -> str:
    from registry_sheets import __version__

    return __version__


def _object(one: Diagnosis, installed: dict[str, str]) -> dict[str, Any]:
    return {
        "registry": one.name,
        "sheet": str(one.sheet),
        "exit_code": one.exit_code,
        "items": [asdict(item) for item in one.items],
        "versions": installed,
    }


def _lines(one: Diagnosis, paint: Paint) -> Iterable[str]:
    yield paint.bold(terminal_safe(f"{one.name} {paint.dot} {one.sheet.label}"))
    yield ""
    topic = ""
    for item in one.items:
        yield from _item(item, "" if item.topic == topic else item.topic, paint)
        topic = item.topic
    yield ""
    yield paint.bold(_closing(one))


def _item(item: Item, topic: str, paint: Paint) -> Iterable[str]:
    label = _LABELS[item.state].ljust(6)
    shown = paint.in_colour(_COLOURS[item.state], label) if item.state in _COLOURS else label
    first = f"  {shown} {topic.ljust(13)} "
    yield paint.wrapped(first, terminal_safe(item.message))
    if item.fix:
        yield paint.wrapped(f"{'':23}{paint.arrow} ", terminal_safe(item.fix))


def _closing(one: Diagnosis) -> str:
    wrong = sum(item.state == "wrong" for item in one.items)
    notes = sum(item.state == "note" for item in one.items)
    if wrong:
        return f"{_count(wrong, 'thing')} to put right before a sync can do its work."
    if one.beside:
        return f"A check will work; a sync writes its findings beside the sheet. {_count(notes, 'thing')} to know."
    if notes:
        return f"A check and a sync will work. {_count(notes, 'thing')} to know."
    return "All well: a check and a sync will work."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"
