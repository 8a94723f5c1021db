"""History as JSON Lines, and what is said of one that was pruned."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from registry_sheets.cli.failures import ExitCode, explain, worst
from registry_sheets.config import RegistryConfig
from registry_sheets.errors import ConfigProblem, HistoryUnusable, RegistrySheetsError
from registry_sheets.registry.text import terminal_safe
from registry_sheets.wiring.history import history_of, writable_history


def export(registries: Sequence[RegistryConfig], out: Path | None) -> ExitCode:
    """Print the histories, or write them into a file whole; each line is an object that names its registry."""
    codes = [ExitCode.CLEAN]

    def lines() -> Iterator[str]:
        for registry in registries:
            try:
                yield from _lines(registry)
            except RegistrySheetsError as error:
                codes.append(explain(error, registry.name if len(registries) > 1 else ""))

    if out is None:
        for line in lines():
            sys.stdout.write(line)
    else:
        from registry_sheets.operations.publishing import write_if_changed

        content = "".join(lines()).encode()
        if worst(codes) is ExitCode.CLEAN:
            write_if_changed(out.absolute(), content)
            print(terminal_safe(f"Written: {out}"))
    return worst(codes)


def _lines(registry: RegistryConfig) -> Iterator[str]:
    with history_of(registry) as history:
        if history is None:
            raise _none_yet(registry)
        for told in history.export():
            # ASCII, so that any pipe takes it.
            yield json.dumps({"registry": registry.name, **told}) + "\n"


def prune(registry: RegistryConfig, before: date | None, dry_run: bool) -> str:
    """Forget what ended before a day; a sentence about it. Raises ConfigProblem, HistoryUnusable."""
    if before is None:
        raise ConfigProblem("From which day on is history to be kept?", "Say it: history prune --before 2026-01-01")
    with history_of(registry) as there:
        if there is None:
            raise _none_yet(registry)
        held = there.held()
        if held and before > held.newest.last_day:
            raise ConfigProblem(
                f"--before {before} is later than the last pass, on {held.newest.last_day}.",
                "Name a day up to then; what holds now is always kept.",
            )
        if dry_run:
            going = _going(registry, before)
            return terminal_safe(f"{registry.name}: {going} would be forgotten (--dry-run, nothing was changed).")
    with writable_history(registry) as history:
        cut = history.prune(before)
    told = _told(cut.spells, cut.findings, before)
    return terminal_safe(f"{registry.name}: forgotten {told}; history now begins on {before}.")


def _going(registry: RegistryConfig, before: date) -> str:
    with history_of(registry) as history:
        if history is None:
            raise _none_yet(registry)
        days = {one.id: one.day for one in history.passes()}
        spells = sum(s.until is not None and days[s.until] <= before for s in history.spells())
        findings = sum(f.until is not None and days[f.until] <= before for f in history.findings())
    return _told(spells, findings, before)


def _told(spells: int, findings: int, before: date) -> str:
    """'1 row's facts and 2 findings that had ended before 2026-01-01'."""
    rows = "1 row's facts" if spells == 1 else f"facts of {spells:,} rows"
    return f"{rows} and {findings:,} finding{'s' if findings != 1 else ''} that had ended before {before}"


def _none_yet(registry: RegistryConfig) -> HistoryUnusable:
    return HistoryUnusable(
        f"There is no history of '{registry.name}' yet.", "The first sync begins it: registry-sheets sync"
    )
