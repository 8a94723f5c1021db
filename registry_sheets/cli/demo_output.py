"""What the demo says: what it made, what was found, what is live, and what to try next."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from registry_sheets.cli.failures import pasted
from registry_sheets.cli.findings_output import Paint, paint_for, table_lines
from registry_sheets.cli.live_output import live_lines
from registry_sheets.operations.asking import live_now
from registry_sheets.operations.demo import Demo
from registry_sheets.operations.looking import Look
from registry_sheets.registry.text import terminal_safe

_MADE = (
    "the model registry of four companies, all of them made up, with the mistakes that people make. "
    "This is what a check of it finds."
)


def print_demo(look: Look, made: Demo, folder: Path) -> None:
    """Print it all."""
    paint = paint_for(sys.stdout)
    sheet = folder / made.workbook.name
    for line in (
        paint.wrapped("", terminal_safe(f"Made in {folder}: {_MADE}")),
        "",
        *table_lines(look, False, paint, f"registry-sheets check {pasted(sheet)}"),
        "",
        *paint.fitted(live_lines(live_now(look), paint)),
        "",
        *paint.fitted(map(terminal_safe, look.notices)),
        "",
        *_next(look, made, sheet, paint),
    ):
        print(line)


def _next(look: Look, made: Demo, sheet: Path, paint: Paint) -> Iterable[str]:
    yield paint.bold("What to try next")
    for number, step in enumerate(_steps(look, made, sheet), 1):
        what, *more = step
        yield paint.wrapped(f"  {number}. ", terminal_safe(what))
        yield from (f"     {terminal_safe(line)}" for line in more)


def _steps(look: Look, made: Demo, sheet: Path) -> Iterable[tuple[str, ...]]:
    yield "Open the workbook in Excel or LibreOffice:", str(made.workbook)
    yield (
        "Look at its tabs: Models (the coloured cells are what was found), Findings (what to do; its links jump to "
        "the cell), Live (what runs where, and why), Changes (what changed in the last three months), Lists (places, "
        "owners, what is accepted) and Guide.",
    )
    yield "Look at the report, a page for people who do not open the workbook:", str(made.page)
    gap = next((finding for finding in look.result.findings if finding.rule == "missing-value"), None)
    if gap:
        yield (
            f"Mend a coloured cell: in Models, choose a location in {gap.cell}. The colour goes at once, and Check in "
            "column A says 'changed since last check'. Save and close.",
        )
    yield "Have it checked again, with the tabs brought up to date:", f"registry-sheets sync {pasted(sheet)}"
    yield "Ask why a rule finds what it finds, and what to do:", "registry-sheets rules duplicate-version"
    asked = look.registry.today - timedelta(days=60)
    yield (
        "Ask what was running on a day, and why; what changed; how versions compare; and what a rollback would write:",
        f"cd {pasted(sheet.parent)}",
        f"registry-sheets live --on {asked}",
        'registry-sheets changes "Ingredient orders"',
        'registry-sheets compare "Ingredient orders"',
        'registry-sheets rollback "AC failure" --why x --dry-run',
    )
    yield (
        "Read the mails that the owners would get each week; nothing is sent:",
        "registry-sheets mail weekly --dry-run",
    )
    yield "Make your own registry, empty or from a list that you have:", "registry-sheets init our-models.xlsx"
