"""A comparison for a person: what differs side by side, metrics with the best marked, what changed step by step."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator

from registry_sheets.cli.findings_output import paint_for
from registry_sheets.cli.side_by_side import Row, Screen, side_by_side
from registry_sheets.operations.compare import Change, Comparison, told_text
from registry_sheets.operations.compare_metrics import MetricLine, value_text
from registry_sheets.registry.text import terminal_safe
from registry_sheets.registry.wording import listed

BEST = "*"
_GAP = "  "
_LONGEST_LABEL = 20
_LONGEST_TOLD = 300


def print_table(comparison: Comparison, label: str) -> None:
    """Print a comparison, fitted to the terminal."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    for line in comparison_lines(comparison, label, Screen(paint_for(sys.stdout), width)):
        print(line)


def comparison_lines(comparison: Comparison, label: str, screen: Screen) -> Iterator[str]:
    """The comparison, line by line; ``label`` is how people know the workbook."""
    paint = screen.paint
    yield paint.bold(terminal_safe(f"{comparison.name} {paint.dot} {label} {paint.dot} {_count(comparison)}"))
    yield from side_by_side(comparison.versions, list(_rows(comparison)), screen)
    yield from _same(comparison, screen)
    for change in comparison.changes:
        yield ""
        yield from _change_lines(change, comparison, screen)
    notes = list(_notes(comparison))
    if notes:
        yield ""
    yield from (paint.wrapped("", terminal_safe(note)) for note in notes)


def unversioned_line(comparison: Comparison) -> str:
    """Which rows of the model are left out, for they name no version."""
    rows = comparison.unversioned
    named = ", ".join(str(row) for row in rows[:5]) + (f" and {len(rows) - 5} more" if len(rows) > 5 else "")
    start = f"Rows {named} of {comparison.name} have" if len(rows) > 1 else f"Row {named} of {comparison.name} has"
    return f"{start} no version, so nothing of it stands here. Fill in the column Version."


def _count(comparison: Comparison) -> str:
    many = f"{comparison.known:,} version{'s' if comparison.known != 1 else ''}"
    return many if len(comparison.versions) == comparison.known else f"{len(comparison.versions)} of {many}"


# Side by side


def _rows(comparison: Comparison) -> Iterator[Row]:
    """What is not the same in all versions, and every metric."""
    alone = len(comparison.versions) == 1
    for fact in comparison.facts:
        if alone or not fact.same:
            yield Row(fact.header, list(map(told_text, fact.values)))
    for metric in comparison.metrics:
        cells = map(value_text, metric.values)
        marked = [f"{cell} {BEST}" if place in metric.best else cell for place, cell in enumerate(cells)]
        yield Row(metric.label, marked, metric.best)


def _same(comparison: Comparison, screen: Screen) -> Iterator[str]:
    same = [fact for fact in comparison.facts if fact.same]
    if len(comparison.versions) == 1 or not same:
        return
    yield ""
    yield screen.paint.bold("The same in all of them")
    width = max(len(terminal_safe(fact.header)) for fact in same)
    for fact in same:
        first = f"{_GAP}{terminal_safe(fact.header).ljust(width)}{_GAP}"
        yield screen.paint.wrapped(first, _short(terminal_safe(told_text(fact.values[0])), screen))


# Step by step


def _change_lines(change: Change, comparison: Comparison, screen: Screen) -> Iterator[str]:
    old, new = comparison.versions[change.old], comparison.versions[change.new]
    yield screen.paint.bold(terminal_safe(f"From {old} to {new}"))
    steps = list(_steps(change))
    if not steps:
        yield f"{_GAP}Nothing that the sheet tells."
    width = min(_LONGEST_LABEL, max((len(terminal_safe(label)) for label, *_ in steps), default=0))
    for label, was, becomes, judged in steps:
        first = f"{_GAP}{terminal_safe(label).ljust(width)}{_GAP}"
        told = [_short(terminal_safe(text), screen) or "(blank)" for text in (was, becomes)]
        yield screen.paint.wrapped(first, f"{told[0]} {screen.paint.arrow} {told[1]}{judged}")


def _steps(change: Change) -> Iterator[tuple[str, str, str, str]]:
    """(what, old, new, how it is judged)."""
    old, new = change.old, change.new
    for fact in change.facts:
        yield fact.header, told_text(fact.values[old]), told_text(fact.values[new]), ""
    for metric in change.metrics:
        yield metric.label, value_text(metric.values[old]), value_text(metric.values[new]), _judged(metric, new)


def _judged(line: MetricLine, place: int) -> str:
    """' (+0.03, better)'."""
    delta = line.delta(place)
    if delta is None:
        return ""
    better = line.better[place]
    judged = "" if better is None else ", better" if better else ", worse"
    return f" ({'+' if delta > 0 else ''}{value_text(delta)}{judged})"


def _short(text: str, screen: Screen) -> str:
    return f"{text[:_LONGEST_TOLD]}…" if screen.width and len(text) > _LONGEST_TOLD else text


# Notes


def _notes(comparison: Comparison) -> Iterator[str]:
    if comparison.newest_only:
        yield f"The {len(comparison.versions)} newest versions are shown; --all shows all of them."
    if any(metric.best for metric in comparison.metrics):
        yield f"{BEST} is the best of the versions shown, where at least two have a number."
    yield from _uncompared(comparison.metrics)
    if comparison.uses and comparison.metrics:
        yield (
            f"These versions are used for different things ({listed(comparison.uses)}), so their figures may not be"
            f' comparable. Only those for one: --used-for "{comparison.uses[0]}"'
        )
    unknown = [metric.label for metric in comparison.metrics if metric.direction is None and _numbers(metric) > 1]
    if unknown:
        yield (
            f"Nothing is marked for {', '.join(unknown)}, as the name does not tell which way is better. "
            f'Say so in config.toml: [metrics] and under it "{unknown[0]}" = "lower" (or "higher", or "zero").'
        )
    if comparison.unversioned:
        yield unversioned_line(comparison)


def _uncompared(metrics: Iterable[MetricLine]) -> Iterator[str]:
    """Values that look like figures and took no part."""
    for metric in metrics:
        pairs = zip(metric.values, metric.numbers, strict=True)
        texts = [text for text, number in pairs if isinstance(text, str) and number is None and _has_digit(text)]
        if texts and metric.direction not in (None, "none"):
            yield f"{metric.label}: {', '.join(texts)} took no part in what is best, being more than a number."


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in text)


def _numbers(metric: MetricLine) -> int:
    return sum(number is not None for number in metric.numbers)
