"""Where sheet and platforms differ, as it is printed: what each platform has, and the findings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from registry_sheets.cli.failures import pasted
from registry_sheets.cli.findings_output import Paint, paint_for, print_findings, table_lines
from registry_sheets.cli.flags import Format
from registry_sheets.cli.running import Outcome
from registry_sheets.cli.streams import as_ascii
from registry_sheets.operations.doctor_platforms import with_share
from registry_sheets.operations.looking import Look
from registry_sheets.operations.publishing import findings_object
from registry_sheets.registry.platforms.idle import idle_settings
from registry_sheets.registry.platforms.pairing import Pairing
from registry_sheets.registry.platforms.values import PlatformAnswer
from registry_sheets.registry.text import terminal_safe


def print_reconciled(outcomes: Sequence[Outcome], format_: Format, everything: bool, platform: str) -> None:
    """Print what the platforms have and what differs, in one of the three formats."""
    looks = [outcome.look for outcome in outcomes if outcome.look]
    if format_ is Format.JSON:
        if looks:
            _print_json(looks)
    elif format_ is Format.CSV:
        print_findings(outcomes, format_, everything, None)
    else:
        _print_tables(looks, everything, platform)


def _print_json(looks: Sequence[Look]) -> None:
    objects = [{**findings_object(look), "platforms": list(map(_object, _answers(look)))} for look in looks]
    shown: Any = objects[0] if len(objects) == 1 else objects
    print(json.dumps(shown, indent=2, ensure_ascii=as_ascii(sys.stdout)))


def _object(answer: PlatformAnswer) -> dict[str, Any]:
    return {
        "name": answer.platform,
        "kind": answer.kind,
        "asked": answer.asked.isoformat(),
        "models": len({(one.scope, one.model) for one in answer.versions}),
        "versions": len(answer.versions),
        "deployments": len(answer.deployments),
        "complete": answer.complete,
        "not_checked": list(answer.missed),
    }


def _print_tables(looks: Sequence[Look], everything: bool, platform: str) -> None:
    paint = paint_for(sys.stdout)
    command = f"registry-sheets reconcile {pasted(platform)}".rstrip()
    for number, look in enumerate(looks):
        if number:
            print()
        for line in (*table_lines(look, everything, paint, command), *_told(look, paint)):
            print(line)


def _told(look: Look, paint: Paint) -> Iterable[str]:
    """A line about each platform, and one about each setting that fits nothing."""
    found = look.registry.reconciled
    for pairing in found.platforms if found else ():
        yield paint.wrapped("", terminal_safe(_line(pairing)))
    for sentence in idle_settings(found, look.registry.lists.locations) if found else ():
        yield paint.wrapped("", terminal_safe(f"In the config: {sentence}"))


def _line(pairing: Pairing) -> str:
    """'our mlflow has 214 versions of 12 models, 3 of them live; 4 of the models in the sheet.'"""
    answer = pairing.answer
    if answer.complete:
        return f"{answer.platform} has {with_share(pairing)}."
    if not answer.versions and not answer.deployments:
        return f"{answer.platform}: not checked."
    return f"{answer.platform} has {with_share(pairing)}, and that is not all of it."


def _answers(look: Look) -> Sequence[PlatformAnswer]:
    return look.registry.platforms.answers if look.registry.platforms else ()
