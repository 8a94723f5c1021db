"""What export and import did, as it is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, time, timedelta
from typing import TYPE_CHECKING, Any

from registry_sheets.cli.failures import ExitCode, pasted, say
from registry_sheets.cli.findings_output import Paint, paint_for
from registry_sheets.cli.init_output import as_typed
from registry_sheets.cli.streams import as_ascii
from registry_sheets.config import RegistryConfig
from registry_sheets.operations.transfer import Exported
from registry_sheets.operations.transfer_import import Imported
from registry_sheets.operations.transfer_lists import Entry
from registry_sheets.operations.transfer_rows import Conflict
from registry_sheets.registry.columns import column
from registry_sheets.registry.edits.edit import NewRow
from registry_sheets.registry.grid import Cell
from registry_sheets.registry.past.facts import header_of
from registry_sheets.registry.text import shown, terminal_safe
from registry_sheets.registry.wording import clipped, listed

if TYPE_CHECKING:
    from registry_sheets.operations.platform_rows import FromPlatform

SHOWN = 20


# Export


def print_exported(done: Exported, one: RegistryConfig, target: str, dry_run: bool, as_json: bool) -> None:
    """Print what was carried, and how to use the copy."""
    if as_json:
        _print_json(
            {
                "target": target,
                "state": "planned" if dry_run else "written",
                "tabs": list(done.tabs),
                "own_tabs": list(done.own),
                "cells": done.cells,
                "formulas": done.formulas,
                "notices": list(done.notices),
            }
        )
    else:
        print("\n".join(_exported(done, one, target, dry_run)))
    for notice in done.notices:
        say(notice)


def _exported(done: Exported, one: RegistryConfig, target: str, dry_run: bool) -> Iterable[str]:
    stay = f"stay{'s' * (len(done.hidden) == 1)} hidden"
    hidden = f", of which {listed(_quoted(done.hidden))} {stay}" if done.hidden else ""
    done_so = "Would copy" if dry_run else "Copied"
    head = f"{done_so} into {done.target}: the {_tabs(done.tabs)}{hidden}, {done.cells:,} cells."
    yield terminal_safe(head)
    yield terminal_safe(
        f"{'It would get' if dry_run else 'It has'} its own {_tabs(done.own)}, with marks and dropdowns."
    )
    yield "Not carried: your own looks and number formats, comments, and the history."
    if dry_run:
        return
    yield terminal_safe(f"The original, {done.source}, is as it was.")
    yield f"Look at the copy with: registry-sheets check {as_typed(target)}"
    yield f"To keep it as a registry, with a block in a config: {_init(one, target)}"


def _init(one: RegistryConfig, target: str) -> str:
    """The command that makes the copy a registry with the same columns."""
    said = one.settings
    tab = f" --tab {pasted(terminal_safe(said.tab))}" if said.tab else ""
    columns = (f' --map "{column(name).header}={terminal_safe(header)}"' for name, header in said.columns.items())
    return f"registry-sheets init {as_typed(target)}{tab}{''.join(columns)}"


def _tabs(titles: Sequence[str]) -> str:
    return f"tab{'s' * (len(titles) > 1)} {listed(_quoted(titles), len(titles))}"


def _quoted(titles: Sequence[str]) -> list[str]:
    return [f"'{title}'" for title in titles]


# Import


def exit_code(done: Imported) -> ExitCode:
    """What the command's exit code says: a platform that did not tell all has gaps that nobody sees in the rows."""
    return ExitCode.CLEAN if done.platform is None or done.platform.answer.complete else ExitCode.NOT_CHECKED


def print_imported(done: Imported, everything: bool, as_json: bool) -> None:
    """Print what came in, or would, and what is there otherwise."""
    if as_json:
        _print_json(_imported_object(done))
    else:
        paint = paint_for(sys.stdout)
        most = None if everything else SHOWN
        print("\n".join(_imported(done, paint, most)))
    for notice in (*done.done.notices, *done.notices):
        say(notice)


_HEADS = {
    "planned": "Would be added to {sheet}: {rows}.",
    "written": "Added to {sheet}: {rows}.",
    "waiting": "Not yet written into {sheet}, kept in the outbox: {rows}.",
    "unchanged": "No row is missing in {sheet}.",
}
_NOTHING_TO_ADD = "Nothing to add to {sheet}."


def _head(done: Imported) -> str:
    steps = len(done.rows.steps)
    if done.platform and not steps:
        if done.platform.silent:
            return f"{clipped(done.platform.answer.platform)} could not be asked, so nothing is known to add."
        return _NOTHING_TO_ADD.format(sheet=done.label)
    return _HEADS[done.done.outcome].format(sheet=done.label, rows=_counted(steps, "row"))


def _imported(done: Imported, paint: Paint, most: int | None) -> Iterable[str]:
    rows = done.rows
    yield terminal_safe(_head(done))
    yield from _some((_row(step, paint) for step in rows.steps), len(rows.steps), most)
    if done.lists.missing:
        what = "Added to" if done.listed else "Missing in"
        entries = _counted(len(done.lists.missing), "entry", "entries")
        yield terminal_safe(f"{what} the tab '{done.lists.tab}': {entries}.")
        yield from _some((_entry(one, paint) for one in done.lists.missing), len(done.lists.missing), most)
    if rows.alike:
        yield f"Here already, and alike: {_counted(rows.alike, 'row')}."
    yield from _conflicts(done, paint, most)
    if done.platform:
        yield from map(terminal_safe, _platform(done.platform, bool(rows.steps)))
    if done.done.outcome == "planned" or (done.lists.missing and not done.listed):
        yield "Add what is missing with the same command and --apply."
    if (rows.steps or done.lists.missing) and not done.platform:
        yield "Only cells come in: no looks, number formats, comments, and no history."


def _platform(told: FromPlatform, rows: bool) -> Iterable[str]:
    """What the platform has beside the rows."""
    answer, name = told.answer, clipped(told.answer.platform)
    if not answer.complete and not told.silent:
        blank = " What it did not tell is blank, and a later import fills no row that is there." if rows else ""
        yield f"{name} did not tell all: see below.{blank}"
    if told.here:
        of = f" of {listed([clipped(model) for model in told.models])}" if told.models else ""
        here = f"Of the versions{of} on {name} the sheet has {told.here:,} already; those rows stay as they are."
        yield f"{here} Where they differ: registry-sheets reconcile {pasted(name)}"
    if told.others:
        more = "1 more is" if told.others == 1 else f"{told.others:,} more are"
        yield f"{more} not proposed: --model NAME adds those of a model, --every-version all."
    if not (answer.versions or answer.deployments) and answer.complete:
        yield f"{name} has no versions."


def _conflicts(done: Imported, paint: Paint, most: int | None) -> Iterable[str]:
    found = [*(_conflict(one, paint) for one in done.rows.conflicts)]
    found += [_other_entry(one, paint) for one in done.lists.otherwise]
    if found:
        yield terminal_safe(f"Here otherwise than in {done.source}, and left as they are:")
        yield from _some(found, len(found), most)


def _row(step: NewRow, paint: Paint) -> str:
    cells = (f"{_header(key)}: {_short(cell)}" for key, cell in step.cells.items() if key not in ("name", "version"))
    told = "; ".join(filter(None, (f"{clipped(step.name)} {clipped(step.version)}", ", ".join(cells))))
    return paint.wrapped("  + ", terminal_safe(told))


def _header(key: str) -> str:
    return clipped(header_of(key))


def _entry(entry: Entry, paint: Paint) -> str:
    return paint.wrapped("  + ", terminal_safe(f"{entry.headers[0]}: {_record(entry.cells)}"))


def _record(cells: Sequence[Cell]) -> str:
    return ", ".join(_short(cell) for cell in cells if cell != "")


def _other_entry(entry: Entry, paint: Paint) -> str:
    told = f"{entry.headers[0]}: {_record(entry.there)} here, {_record(entry.cells)} there"
    return paint.wrapped("  ! ", terminal_safe(told))


def _conflict(one: Conflict, paint: Paint) -> str:
    where = f"row {one.there} here, row {one.number} there" if one.there else f"row {one.number} there, told twice"
    told = "; ".join(
        f"{header}: {_short(mine) or '(blank)'} here, {_short(theirs)} there" for header, mine, theirs in one.cells
    )
    return paint.wrapped("  ! ", terminal_safe(f"{clipped(one.name)} {clipped(one.version)} ({where}): {told}"))


def _short(cell: Cell) -> str:
    return clipped(shown(cell))


def _some(lines: Iterable[str], count: int, most: int | None) -> Iterable[str]:
    for number, line in enumerate(lines):
        if most is not None and number == most:
            yield f"  … and {count - most:,} more; --all shows them."
            return
        yield line


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"


def _imported_object(done: Imported) -> dict[str, Any]:
    return {
        **({"platform": _platform_object(done.platform)} if done.platform else {}),
        "state": done.done.outcome,
        "id": done.done.id,
        "rows": [{"name": s.name, "version": s.version, "cells": _cells(s)} for s in done.rows.steps],
        "alike": done.rows.alike,
        "conflicts": [
            {
                "name": one.name,
                "version": one.version,
                "row": one.there or None,
                "source_row": one.number,
                "cells": [{"column": h, "here": _plain(a), "there": _plain(b)} for h, a, b in one.cells],
            }
            for one in done.rows.conflicts
        ],
        "lists": [_entry_object(entry) for entry in done.lists.missing],
        "lists_written": done.listed,
        "lists_otherwise": [_entry_object(entry) for entry in done.lists.otherwise],
        "notices": [*done.done.notices, *done.notices],
    }


def _platform_object(told: FromPlatform) -> dict[str, Any]:
    answer = told.answer
    return {
        "name": answer.platform,
        "kind": answer.kind,
        "asked": answer.asked.isoformat(),
        "versions": told.versions,
        "in_sheet": told.here,
        "not_proposed": told.others,
        "complete": answer.complete,
        "not_checked": list(answer.missed),
    }


def _cells(step: NewRow) -> dict[str, Any]:
    return {header_of(key): _plain(cell) for key, cell in step.cells.items()}


def _entry_object(entry: Entry) -> dict[str, Any]:
    return {header: _plain(cell) for header, cell in zip(entry.headers, entry.cells, strict=True) if cell != ""}


def _plain(cell: Cell) -> Any:
    return shown(cell) if isinstance(cell, (date, time, timedelta)) else cell


def _print_json(found: Any) -> None:
    print(json.dumps(found, indent=2, ensure_ascii=as_ascii(sys.stdout)))
