"""What is live, as it is printed: for a person, as JSON, as CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from registry_sheets.cli.findings_output import paint_for
from registry_sheets.cli.flags import Format
from registry_sheets.cli.running import Outcome
from registry_sheets.cli.streams import can_show
from registry_sheets.operations.looking import Look
from registry_sheets.registry.identity import normalise
from registry_sheets.registry.live import LiveVersion, live_versions
from registry_sheets.registry.text import csv_safe, terminal_safe

KEYS = ("name", "version", "used_for", "location", "since", "training_date", "data_source", "why", "replaced")


def print_live(outcomes: Sequence[Outcome], format_: Format, used_for: str, location: str) -> None:
    """Print what is live in all registries; only for one use or at one place where these are given."""
    looks = [outcome.look for outcome in outcomes if outcome.look]
    lines = [(look, _chosen(look, used_for, location)) for look in looks]
    if format_ is Format.JSON:
        objects = [{"registry": look.name, **_object(line)} for look, of_look in lines for line in of_look]
        print(json.dumps(objects, indent=2, ensure_ascii=not can_show("\u00e9\u2192\U0001f600", sys.stdout)))
    elif format_ is Format.CSV:
        _print_csv(lines)
    else:
        for number, (look, of_look) in enumerate(lines):
            if number:
                print()
            told = live_lines(look, of_look, _known(look, used_for, location))
            print("\n".join(paint_for(sys.stdout).fitted(told)))


def _chosen(look: Look, used_for: str, location: str) -> list[LiveVersion]:
    use, place = normalise(used_for), normalise(location)
    return [
        line
        for line in live_versions(look.registry.models, look.registry.lists)
        if (not use or normalise(line.used_for) == use) and (not place or normalise(line.location) == place)
    ]


def _known(look: Look, used_for: str, location: str) -> str:
    """What could have been asked for, where a use or a place was: nobody knows each by heart."""
    live = live_versions(look.registry.models, look.registry.lists)
    uses = sorted({line.used_for for line in live if line.used_for}, key=str.casefold) if used_for else ()
    places = sorted({line.location for line in live if line.location}, key=str.casefold) if location else ()
    kinds = (("used for", uses), ("at", places))
    return "; ".join(f"{word} {', '.join(said)}" for word, said in kinds if said)


def live_lines(look: Look, lines: Iterable[LiveVersion], known: str = "") -> Iterable[str]:
    """What is live in one registry, for a person: a line for each place and use, and the reason under it.

    ``known`` is said where there is nothing: what is live instead.
    """
    shown = list(lines)
    if not shown:
        yield terminal_safe(_nothing(look, known))
        return
    yield terminal_safe(f"Live in {look.label} on {look.registry.today.isoformat()}, as its rows say:")
    name = ""
    for line in shown:
        if line.name != name:
            name = line.name
            yield ""
            yield terminal_safe(name or "(a row without a name)")
        yield f"  {terminal_safe(_headline(line))}"
        yield from (f"      {terminal_safe(detail)}" for detail in _details(line))


def _headline(line: LiveVersion) -> str:
    parts = [
        line.version or "(no version)",
        f"for {line.used_for}" if line.used_for else "",
        f"at {line.location}" if line.location else "(no location)",
        f"since {line.since.isoformat()}" if line.since else "",
        f"replaced {line.replaced}" if line.replaced else "",
    ]
    return ", ".join(filter(None, parts))


def _details(line: LiveVersion) -> Iterable[str]:
    trained = f"trained {line.training_date.isoformat()}" if line.training_date else ""
    data = f"on {line.data_source}" if line.data_source else ""
    if trained or data:
        yield " ".join(filter(None, (trained or "trained", data)))
    yield f"why: {line.why}" if line.why else "why: not written down (fill Why in its row)"


def _nothing(look: Look, known: str) -> str:
    if not look.registry.models.has("stage"):
        return f"{look.label} has no Stage column, so nothing in it says what is live. Add one with Production in it."
    if known:
        return f"Nothing of that is live in {look.label}. What is live is {known}."
    return f"Nothing is live in {look.label}: no row has the Stage Production."


def _print_csv(lines: Iterable[tuple[Look, Iterable[LiveVersion]]]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("registry", *KEYS))
    for look, of_look in lines:
        for line in of_look:
            cells = _object(line).values()
            writer.writerow([csv_safe(look.name), *(csv_safe(cell) if cell else "" for cell in cells)])


def _object(line: LiveVersion) -> dict[str, Any]:
    return {key: _plain(getattr(line, key)) for key in KEYS}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
