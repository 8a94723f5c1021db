"""What changed, as it is printed: for a person, as JSON, as CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from registry_sheets.cli.failures import ExitCode
from registry_sheets.cli.findings_output import Paint, paint_for
from registry_sheets.cli.flags import Format
from registry_sheets.cli.no_such_model import no_such_model, nobody_knows
from registry_sheets.cli.streams import as_ascii
from registry_sheets.operations.asking import ChangesAnswer
from registry_sheets.registry.past.changes import Change
from registry_sheets.registry.tabs.changes import what
from registry_sheets.registry.text import csv_safe, terminal_safe

SHOWN = 50
NO_HISTORY = "There is no history yet: the first sync begins it, and each one after that tells what changed."
KEYS = (
    "seen_on", "recorded", "kind", "name", "version", "column", "old", "new", "by", "last_saved_by", "last_saved_at",
)  # fmt: skip


def print_changes(answers: Sequence[ChangesAnswer], format_: Format, since: date | None, everything: bool) -> ExitCode:
    """Print the changes of all registries, newest first; the exit code that the answer comes to."""
    if nobody_knows(answers):
        return no_such_model(answers)
    if format_ is Format.JSON:
        objects = [
            {"registry": answer.look.name, **_object(answer, change)} for answer in answers for change in answer.changes
        ]
        print(json.dumps(objects, indent=2, ensure_ascii=as_ascii(sys.stdout)))
    elif format_ is Format.CSV:
        _print_csv(answers)
    else:
        paint = paint_for(sys.stdout)
        for number, answer in enumerate(answers):
            if number:
                print()
            for line in _lines(answer, paint, since, everything):
                print(line)
    return ExitCode.CLEAN


def _lines(answer: ChangesAnswer, paint: Paint, since: date | None, everything: bool) -> Iterable[str]:
    shown = answer.changes if everything else answer.changes[:SHOWN]
    about = " ".join(filter(None, (f"of {answer.model}" if answer.model else "", f"since {since}" if since else "")))
    yield paint.bold(terminal_safe(f"Changes {about} in {answer.look.label}".replace("  ", " ")))
    for _, of_pass in groupby(shown, key=lambda change: change.seen_in):
        changes = list(of_pass)
        yield ""
        yield paint.bold(terminal_safe(_when(answer, changes[0])))
        for change in changes:
            yield paint.wrapped("  ", terminal_safe(_line(change, paint)))
    yield ""
    yield paint.wrapped("", _closing(answer, len(shown)))


def _when(answer: ChangesAnswer, change: Change) -> str:
    saved = f"last saved by {change.editor}" if change.editor else ""
    at = f"on {_local(change.edited_at)}" if change.editor and change.edited_at else ""
    who = " ".join(filter(None, (saved, at)))
    when = "Not recorded yet; the next sync does" if change.seen_in > answer.recorded else _seen(change)
    return f"{when}{f' ({who})' if who else ''}"


def _seen(change: Change) -> str:
    """The registry's day, with the time where this machine has the same day."""
    moment = change.at.astimezone()
    return moment.strftime("%Y-%m-%d %H:%M") if moment.date() == change.day else change.day.isoformat()


def _local(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _line(change: Change, paint: Paint) -> str:
    column, old, new = what(change)
    model = " ".join(filter(None, (change.name, change.version)))
    by = f" [{change.by}]" if change.by else ""
    if change.kind in ("added", "removed"):
        return f"{model + '  ' if model else ''}{column}: {old or new}{by}"
    return f"{model}  {column}: {old or '(blank)'} {paint.arrow} {new or '(blank)'}{by}"


def _closing(answer: ChangesAnswer, shown: int) -> str:
    if answer.begins is None:
        return "There is no history to tell what changed." if not answer.look.complete else NO_HISTORY
    begins = f"History begins on {answer.begins.isoformat()}."
    count = len(answer.changes)
    if not count:
        return f"Nothing has changed. {begins}"
    more = f" The newest {shown} are shown; all of them with --all." if shown < count else ""
    return f"{count:,} change{'s' if count != 1 else ''}.{more} {begins}"


def _print_csv(answers: Sequence[ChangesAnswer]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("registry", *KEYS))
    for answer in answers:
        for change in answer.changes:
            cells = _object(answer, change).values()
            told = ["" if cell is None else str(cell) for cell in cells]
            writer.writerow([csv_safe(answer.look.name), *map(csv_safe, told)])


def _object(answer: ChangesAnswer, change: Change) -> dict[str, Any]:
    return {
        "seen_on": change.day.isoformat(),
        "recorded": change.seen_in <= answer.recorded,
        "kind": change.kind,
        "name": change.name,
        "version": change.version,
        "column": change.column or None,
        "old": change.old or None,
        "new": change.new or None,
        "by": change.by or None,
        "last_saved_by": change.editor or None,
        "last_saved_at": change.edited_at.isoformat() if change.edited_at else None,
    }
