"""What doctor --live says: before it starts, while it runs, and what held in the end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from registry_sheets.cli.failures import ExitCode, say, worst
from registry_sheets.cli.findings_output import Paint, paint_for
from registry_sheets.cli.streams import as_ascii
from registry_sheets.operations.doctor_live import LEFT, LiveReport
from registry_sheets.registry.findings import Severity
from registry_sheets.registry.registry_sheet import RegistrySheet
from registry_sheets.registry.text import terminal_safe
from registry_sheets.workbooks.google.live.verdicts import Differs, Held, Result, Unclear, Verdict

Tell = Callable[[Result, int, int], None]

_KINDS: dict[type[Verdict], tuple[str, str, Severity | None]] = {
    Held: ("held", "held   ", None),
    Differs: ("differs", "DIFFERS", Severity.ERROR),
    Unclear: ("unclear", "unclear", Severity.WARNING),
}
_ORDER: tuple[type[Verdict], ...] = (Held, Differs, Unclear)
_SHOWN = 400
"""Characters of what was seen; JSON has all of it."""


def live_exit_code(report: LiveReport) -> ExitCode:
    """0 where all held, 1 where something differs, 3 where something is unclear or the scratch tab is still there."""
    return worst(map(ExitCode, report.exit_codes))


def announce(sheet: RegistrySheet) -> None:
    """Say what is about to be done, before anything is."""
    say(
        f"Trying what Google is assumed to do on a hidden scratch tab of {sheet}. Nothing else in it is changed, and "
        "the tab is removed in the end. It takes about a minute."
    )


@contextmanager
def progress() -> Iterator[Tell]:
    """Tells on a terminal how far it is, on one line of standard error, which is blank in the end."""
    if not sys.stderr.isatty():
        yield lambda _result, _number, _total: None
        return
    width = 0

    def tell(result: Result, number: int, total: int) -> None:
        nonlocal width
        line = f"{number} of {total}: {result.check.id} {_KINDS[type(result.verdict)][0]}"
        width = max(width, len(line))
        print(f"\r{line.ljust(width)}", end="", file=sys.stderr, flush=True)

    try:
        yield tell
    finally:
        print(f"\r{' ' * width}\r", end="", file=sys.stderr, flush=True)


def print_live_report(report: LiveReport, sheet: RegistrySheet, as_json: bool) -> None:
    """Print the table or the JSON object."""
    if as_json:
        print(json.dumps(_object(report, sheet), indent=2, ensure_ascii=as_ascii(sys.stdout)))
        return
    paint = paint_for(sys.stdout)
    for line in _lines(report, paint):
        print(line)


def _object(report: LiveReport, sheet: RegistrySheet) -> dict[str, Any]:
    return {
        "sheet": str(sheet),
        "spreadsheet": report.spreadsheet,
        "locale": report.locale,
        "exit_code": live_exit_code(report),
        "counts": report.counts,
        "write_requests": report.writes,
        "scratch_left": report.left,
        "checks": [_told(one) for one in report.results],
        "version": _version(),
    }


def _told(one: Result) -> dict[str, str]:
    told = {"id": one.check.id, "outcome": _KINDS[type(one.verdict)][0], "assumed": one.check.assumed}
    return {**told, "seen": one.verdict.seen, "meaning": one.check.meaning}


def _version() -> str:
    from registry_sheets import __version__

    return __version__


def _lines(report: LiveReport, paint: Paint) -> Iterable[str]:
    heading = ("Google as it is assumed to be", report.spreadsheet, f"locale {report.locale or 'not said'}")
    yield paint.bold(terminal_safe(f" {paint.dot} ".join(heading)))
    yield ""
    width = max(len(one.check.id) for one in report.results)
    for kind in _ORDER:
        for one in report.of(kind):
            yield from _result(one, width, paint)
    yield ""
    yield paint.bold(paint.wrapped("", _closing(report)))
    if report.left:
        yield paint.wrapped("", terminal_safe(f"The scratch tab could not be removed: {report.left} {LEFT}"))
    if report.of(Differs):
        yield paint.wrapped(
            "",
            f"Please report what differs, with these lines (registry-sheets {_version()}): nobody could look before.",
        )


def _result(one: Result, width: int, paint: Paint) -> Iterable[str]:
    _, label, colour = _KINDS[type(one.verdict)]
    shown = paint.in_colour(colour, label) if colour else label
    seen = terminal_safe(one.verdict.seen)[:_SHOWN]
    assumed = one.check.assumed
    if isinstance(one.verdict, Held):
        yield paint.wrapped(f"  {shown}  {one.check.id.ljust(width)}  ", assumed, f"({seen})" if seen else "")
        return
    yield paint.wrapped(f"  {shown}  {one.check.id.ljust(width)}  ", assumed)
    indent = " " * (width + 13)
    yield paint.wrapped(f"{indent}{paint.arrow} ", seen)
    yield paint.wrapped(
        f"{indent}{paint.arrow} ", f"If not: {one.check.meaning}" if _unsure(one) else one.check.meaning
    )


def _unsure(one: Result) -> bool:
    return isinstance(one.verdict, Unclear)


def _closing(report: LiveReport) -> str:
    counts = report.counts
    parts = [f"{counts['held']} of {len(report.results)} held"]
    parts += [f"{counts['differs']} differ{'s' if counts['differs'] == 1 else ''}"] if counts["differs"] else []
    parts += [f"{counts['unclear']} {'is' if counts['unclear'] == 1 else 'are'} unclear"] if counts["unclear"] else []
    gone = "" if report.left else "; the scratch tab is gone again"
    return f"{', '.join(parts)}; {report.writes} write requests{gone}."
