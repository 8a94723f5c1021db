"""Findings as they are printed: for a person, as JSON, as CSV."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from registry_sheets.cli.failures import pasted
from registry_sheets.cli.flags import Format
from registry_sheets.cli.running import Outcome
from registry_sheets.cli.streams import as_ascii, can_show, has_colours
from registry_sheets.operations.looking import Look
from registry_sheets.operations.publishing import findings_csv, findings_object
from registry_sheets.registry.findings import Finding, Severity
from registry_sheets.registry.text import terminal_safe

SHOWN = 10
_COLOURS = {Severity.ERROR: "\x1b[31m", Severity.WARNING: "\x1b[33m", Severity.INFO: "\x1b[36m"}
_COLOUR = re.compile(r"\x1b\[\d+m")
_NARROWEST = 40
_BOLD, _FAINT, _PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[0m"


def print_findings(outcomes: Sequence[Outcome], format_: Format, everything: bool, sheet: str | None) -> None:
    """Print what was found in all registries, in one of the three formats."""
    if format_ is Format.JSON:
        _print_json(outcomes)
    elif format_ is Format.CSV:
        sys.stdout.write(findings_csv([outcome.look for outcome in outcomes if outcome.look]))
    else:
        _print_tables([outcome.look for outcome in outcomes if outcome.look], everything, sheet)


def _print_json(outcomes: Sequence[Outcome]) -> None:
    """One object, or an array for several registries; one that could not be seen is there as incomplete."""
    import json

    objects = [findings_object(outcome.look) if outcome.look else _unseen(outcome) for outcome in outcomes]
    if len(objects) == 1:
        if outcomes[0].look is None:
            return
        shown: Any = objects[0]
    else:
        shown = objects
    print(json.dumps(shown, indent=2, ensure_ascii=as_ascii(sys.stdout)))


def _unseen(outcome: Outcome) -> dict[str, Any]:
    return {
        "registry": outcome.config.name,
        "sheet": outcome.config.sheet.label,
        "rows": 0,
        "complete": False,
        "counts": {severity.value: 0 for severity in Severity},
        "findings": [],
    }


def _print_tables(looks: Sequence[Look], everything: bool, sheet: str | None) -> None:
    paint = paint_for(sys.stdout)
    for number, look in enumerate(looks):
        if number:
            print()
        for line in table_lines(look, everything, paint, f"registry-sheets check {pasted(sheet or '')}".rstrip()):
            print(line)


def paint_for(stream: TextIO) -> Paint:
    """Colours, signs and width as this stream takes them."""
    width = shutil.get_terminal_size().columns if stream.isatty() else 0
    return Paint(has_colours(stream), can_show("→·", stream), width)


class Paint:
    """Colours where they are wanted; plain signs where the stream has no others."""

    def __init__(self, colours: bool, signs: bool, width: int = 0) -> None:
        self._colours = colours
        self._width = width
        self.arrow = "→" if signs else "->"
        self.dot = "·" if signs else "-"

    def wrapped(self, first: str, text: str, last: str = "") -> str:
        """Text after ``first`` (of the indent's width, perhaps coloured), cut to the width at spaces; ``last`` faint.

        Without a width the text stays one line, as programs that read it want it.
        """
        indent = " " * _shown_width(first)
        told = self._cut(f"{text} {last}" if last else text, indent)
        if last and told.endswith(last):
            told = told.removesuffix(last) + self.faint(last)
        return first + told

    def fitted(self, lines: Iterable[str]) -> Iterable[str]:
        """Lines cut to the terminal's width, each going on under its own indent."""
        for line in lines:
            text = line.lstrip(" ")
            yield self.wrapped(" " * (len(line) - len(text)), text) if text else ""

    def _cut(self, text: str, indent: str) -> str:
        if not self._width:
            return text
        import textwrap

        width = max(self._width, _NARROWEST) - len(indent)
        lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
        return f"\n{indent}".join(lines)

    def severity(self, severity: Severity, width: int) -> str:
        return self.in_colour(severity, severity.value.ljust(width))

    def in_colour(self, severity: Severity, text: str) -> str:
        """A text in the colour of a severity."""
        return self._in(_COLOURS[severity], text)

    def bold(self, text: str) -> str:
        return self._in(_BOLD, text)

    def faint(self, text: str) -> str:
        return self._in(_FAINT, text)

    def _in(self, colour: str, text: str) -> str:
        return f"{colour}{text}{_PLAIN}" if self._colours else text


def _shown_width(text: str) -> int:
    return len(_COLOUR.sub("", text))


def table_lines(look: Look, everything: bool, paint: Paint, command: str) -> Iterable[str]:
    """The findings of one registry for a person: by model, worst first; the last line counts."""
    findings = look.result.findings
    shown = findings if everything else findings[:SHOWN]
    rows = f"{look.rows:,} row{'s' if look.rows != 1 else ''}"
    heading = [look.label, f"tab {look.registry.models.tab}", rows, look.registry.today.isoformat()]
    yield paint.bold(terminal_safe(f" {paint.dot} ".join(heading)))
    for model, of_model in _by_model(shown).items():
        yield ""
        yield paint.bold(terminal_safe(model))
        for finding in of_model:
            yield from _lines(finding, paint)
    yield ""
    yield from _closing(look, len(findings) - len(shown), command, paint)


def _by_model(findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """Findings by model; the model with the worst finding stands first, as the findings come worst first."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(_model_of(finding), []).append(finding)
    return groups


def _model_of(finding: Finding) -> str:
    if finding.row is None and not finding.name:
        return "The sheet as a whole"
    return finding.name.strip() or "Rows without a name"


def _lines(finding: Finding, paint: Paint) -> Iterable[str]:
    place = "".join(
        f"{part}, " for part in (finding.cell or (finding.row and f"row {finding.row}"), finding.column) if part
    )
    version = f"version {finding.version}: " if finding.version.strip() else ""
    where = f"{place[:-2]}: " if place else ""
    label = f"  {paint.severity(finding.severity, 7)}  "
    yield paint.wrapped(label, terminal_safe(f"{where}{version}{finding.message}"))
    yield paint.wrapped(f"           {paint.arrow} ", terminal_safe(finding.fix), f"[{finding.rule}]")


def _closing(look: Look, left_out: int, command: str, paint: Paint) -> Iterable[str]:
    if left_out:
        yield paint.wrapped("", f"The {SHOWN} worst of {len(look.result.findings):,} are shown. All of them:")
        yield f"  {command} --all"
    yield paint.bold(paint.wrapped("", closing_line(look)))


def closing_line(look: Look) -> str:
    """'13 findings in 28 rows: 4 errors, 6 warnings, 3 for information; 1 accepted in Lists.'"""
    counts = look.result.counts
    total = len(look.result.findings)
    accepted = f"; {len(look.result.accepted)} accepted in Lists" if look.result.accepted else ""
    unchecked = "" if look.complete else " Not everything could be checked."
    rows = f"{look.rows:,} row{'s' if look.rows != 1 else ''}"
    if not total and not look.rows:
        return f"The tab '{look.registry.models.tab}' has no rows yet, so there is nothing to judge.{unchecked}"
    if not total:
        return f"No findings in {rows} on {look.registry.today.isoformat()}{accepted}.{unchecked}"
    parts = [
        _count(counts.get(Severity.ERROR, 0), "error"),
        _count(counts.get(Severity.WARNING, 0), "warning"),
        f"{counts.get(Severity.INFO, 0):,} for information",
    ]
    return f"{_count(total, 'finding')} in {rows}: {', '.join(parts)}{accepted}.{unchecked}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"
