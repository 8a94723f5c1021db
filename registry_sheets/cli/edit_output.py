"""What an edit writes, and what lies in the outbox, as it is printed: cell by cell for a person, as JSON, as CSV."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from registry_sheets.cli.failures import pasted, say
from registry_sheets.cli.findings_output import Paint, paint_for
from registry_sheets.cli.flags import Format
from registry_sheets.cli.streams import as_ascii
from registry_sheets.operations.edit import Done
from registry_sheets.registry.edits.edit import CellWrite, Edit
from registry_sheets.registry.findings import Finding
from registry_sheets.registry.grid import Cell, a1
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.text import csv_safe, shown, terminal_safe
from registry_sheets.registry.wording import listed

if TYPE_CHECKING:
    from registry_sheets.config import RegistryConfig
    from registry_sheets.operations.waiting import Inventory

KEYS = ("registry", "id", "state", "what", "by", "when", "reason")
_STATES = {"waiting": "waiting", "unfit": "does not fit", "applied": "written", "lost": "lost"}


def print_done(done: Done, sheet: str, as_json: bool) -> None:
    """Print what came of an edit; what else people should know goes to standard error."""
    if as_json:
        _print_json(_object(done))
    else:
        _print_lines(done, sheet)
    for notice in done.notices:
        say(notice)


def print_repairs(found: Sequence[tuple[RegistryConfig, Done]], as_json: bool) -> None:
    """Print what `fix` would repair in several registries."""
    if as_json:
        _print_json([{"registry": one.name, **_object(done)} for one, done in found])
    for number, (one, done) in enumerate(found):
        if not as_json:
            print("\n" * bool(number), end="")
            _print_lines(done, done.sheet or one.sheet.label, one.name)
        for notice in done.notices:
            say(f"{one.name}: {notice}")


def _print_lines(done: Done, sheet: str, registry: str = "") -> None:
    paint = paint_for(sys.stdout)
    print("\n".join((*paint.fitted(_lines(done, sheet, paint)), *_found(done, paint), *_closing(done, registry))))


def _object(done: Done) -> dict[str, Any]:
    return {
        "id": done.id,
        "state": done.outcome,
        "what": done.what,
        "tab": done.tab,
        "cells": [_cell_object(write) for write in done.writes],
        "notices": list(done.notices),
        "findings": [_finding_object(finding) for finding in done.findings],
    }


def _cell_object(write: CellWrite) -> dict[str, Any]:
    return {
        "row": write.row,
        "cell": a1(write.row - 1, write.column),
        "column": write.header,
        "old": _plain(write.old),
        "new": _plain(write.new),
    }


def _plain(cell: Cell) -> Any:
    return shown(cell) if isinstance(cell, (date, time, timedelta)) else cell


def _finding_object(finding: Finding) -> dict[str, Any]:
    names = ("rule", "severity", "row", "column", "cell", "message", "fix")
    return {name: getattr(finding, name) for name in names}


_HEADS = {
    "written": "Written into {sheet}: {what}",
    "waiting": "Not yet written into {sheet}, kept in the outbox: {what}",
    "planned": "Would be written into {sheet}: {what}",
    "unchanged": "Nothing to write into {sheet}, it says so already: {what}",
}


def _lines(done: Done, sheet: str, paint: Paint) -> Iterable[str]:
    if done.what == "fix" and done.outcome == "unchanged":
        yield f"Nothing in {terminal_safe(sheet)} is to be repaired that can be repaired safely."
        return
    yield terminal_safe(_HEADS[done.outcome].format(sheet=sheet, what=done.what))
    yield from (f"  {terminal_safe(done.tab)}!{_write(write, paint)}" for write in done.writes)


def _write(write: CellWrite, paint: Paint) -> str:
    place = f"{a1(write.row - 1, write.column)}  {terminal_safe(write.header)}:"
    if write.old == "":
        return f"{place} {terminal_safe(shown(write.new))}"
    old, new = _apart(write.old, write.new)
    return f"{place} {old} {paint.arrow} {new or '(blank)'}"


def _apart(old: Cell, new: Cell) -> tuple[str, str]:
    """Two cells as a person can tell them apart: by their spaces or their kind, where they read the same."""
    if isinstance(old, str) and isinstance(new, str) and normalise(old) == normalise(new) != "":
        return _visible(old), _visible(new)
    one, other = terminal_safe(shown(old)), terminal_safe(shown(new))
    return (f"{one} ({_kind(old)})", f"{other} ({_kind(new)})") if one == other else (one, other)


def _visible(text: str) -> str:
    """In quotation marks, with what cannot be seen spelled out."""
    return '"' + "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in text) + '"'


def _kind(cell: Cell) -> str:
    if isinstance(cell, str):
        return "text"
    return "a date" if isinstance(cell, date) else "a number"


def _found(done: Done, paint: Paint) -> Iterable[str]:
    if done.findings:
        yield "What is to be seen to in that row:"
    for finding in done.findings:
        place = ", ".join(part for part in (finding.cell, finding.column) if part)
        text = f"{place}: {finding.message}" if place else finding.message
        label = f"  {paint.severity(finding.severity, 7)}  "
        yield paint.wrapped(label, terminal_safe(text))
        yield paint.wrapped(f"           {paint.arrow} ", terminal_safe(finding.fix), f"[{finding.rule}]")


def _closing(done: Done, registry: str) -> Iterable[str]:
    if done.what.startswith("fix") and done.outcome == "planned":
        named = f" --registry {pasted(registry)}" if registry else ""
        yield terminal_safe(f"Write these repairs with: registry-sheets fix --apply{named}")
    if done.outcome in ("written", "waiting") and done.what.startswith(("promote", "rollback")):
        at = f" at {terminal_safe(listed(done.places))}" if done.places else ""
        yield f"This changes the record only. Now switch the running system{at}."


# The outbox


def print_outbox(seen: Sequence[tuple[RegistryConfig, Inventory]], format_: Format) -> None:
    """List what lies in the outboxes; what cannot be read goes to standard error."""
    rows = [(one, [_row(one.name, edit, found) for edit in found.contents.edits]) for one, found in seen]
    if format_ is Format.JSON:
        _print_json([row for _, listed_ in rows for row in listed_])
    elif format_ is Format.CSV:
        _print_csv(row for _, listed_ in rows for row in listed_)
    else:
        unread = {one.name for one, found in seen if found.contents.notices}
        lines = [line for one, listed_ in rows for line in _listed(listed_, one, len(rows) > 1, one.name in unread)]
        hint = [_HINT] if any(listed_ for _, listed_ in rows) else []
        print("\n".join(paint_for(sys.stdout).fitted([*lines, *hint])))
    for _, found in seen:
        for notice in (*found.contents.notices, *filter(None, (found.unseen,))):
            say(notice)


def print_dropped(edit: Edit) -> None:
    """Say what was let go of."""
    print(terminal_safe(f"Let go of {edit.what}, by {edit.by}. The sheet stays as it is."))


_HINT = "Write one again: registry-sheets outbox retry ID. Let go of one: registry-sheets outbox drop ID."


def _row(registry: str, edit: Edit, found: Inventory) -> dict[str, str]:
    when = edit.made.astimezone().isoformat(timespec="seconds")
    lost = edit.id in found.lost
    state = "lost" if lost else edit.state
    reason = _lost(edit.id, found.lost[edit.id]) if lost else edit.reason
    return dict(zip(KEYS, (registry, edit.id, state, edit.what, edit.by, when, reason), strict=True))


def _lost(id_: str, reason: str) -> str:
    return (
        f"It was written and is lost again: {reason}. Put it back with: registry-sheets outbox retry {id_}; "
        f"or let go of it with: registry-sheets outbox drop {id_}"
    )


def _listed(rows: list[dict[str, str]], one: RegistryConfig, named: bool, unread: bool) -> Iterable[str]:
    sheet = terminal_safe(one.sheet.label)
    if not rows and unread:
        yield f"Not everything in the outbox of {sheet} can be read, and nothing else is in it."
        return
    if not rows:
        yield f"The outbox of {sheet} is empty: every recorded edit is in the sheet."
        return
    if named:
        yield f"The outbox of {sheet} ({terminal_safe(one.name)}):"
    for row in rows:
        yield f"{row['id']}  {_STATES[row['state']]}"
        yield f"    {terminal_safe(row['what'])}, by {terminal_safe(row['by'])}, {_clock(row['when'])}"
        if row["reason"]:
            yield f"    {terminal_safe(row['reason'])}"
        elif row["state"] == "applied":
            yield "    It leaves the outbox when a sync has seen it in the sheet."


def _clock(when: str) -> str:
    return when[:16].replace("T", " ")


def _print_csv(rows: Iterable[dict[str, str]]) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(KEYS)
    writer.writerows([csv_safe(cell) for cell in row.values()] for row in rows)


def _print_json(plain: Any) -> None:
    import json

    print(json.dumps(plain, indent=2, ensure_ascii=as_ascii(sys.stdout)))
