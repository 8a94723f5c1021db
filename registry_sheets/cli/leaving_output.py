"""What an export to a platform did, or would do, as it is printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from registry_sheets.cli.failures import ExitCode, say
from registry_sheets.cli.findings_output import Paint, paint_for
from registry_sheets.cli.streams import as_ascii
from registry_sheets.operations.transfer_platform import DoneStep, Left
from registry_sheets.platforms.exporting.base import Change
from registry_sheets.platforms.exporting.fitting import DESCRIBED_TAG, ROWS_TAG, STATUS_TAG, told
from registry_sheets.platforms.exporting.not_carried import WORDS, not_carried
from registry_sheets.platforms.exporting.planning import AliasChange, ModelChange, NewModel, NewVersion, VersionChange
from registry_sheets.registry.platforms.leaving import ID_TAG, MODEL_TAG, NAME_TAG, VERSION_TAG
from registry_sheets.registry.platforms.marks import PREFIX
from registry_sheets.registry.text import terminal_safe
from registry_sheets.registry.wording import clipped

SHOWN = 20
_QUIET = frozenset((ID_TAG, MODEL_TAG, NAME_TAG, VERSION_TAG, DESCRIBED_TAG, STATUS_TAG, ROWS_TAG))
"""Tags that only we need."""


_TOLD_EACH = 100


def tell_progress(done: int, count: int) -> None:
    """Say on a terminal from time to time how far it is."""
    if done % _TOLD_EACH == 0 and sys.stderr.isatty():
        say(f"{done:,} of {count:,} changes made.")


def print_left(done: Left, everything: bool, as_json: bool, last: Iterable[str] = ()) -> ExitCode:
    """Print what was done, or is to do, and what does not carry over, and ``last`` lines; the command's exit code."""
    if as_json:
        print(json.dumps(_object(done), indent=2, ensure_ascii=as_ascii(sys.stdout)))
    else:
        paint = paint_for(sys.stdout)
        for line in (*_lines(done, paint, None if everything else SHOWN), *map(terminal_safe, last)):
            print(line)
    for failed in done.failed:
        say(f"{clipped(failed.name)}: {failed.error}")
    if not done.complete:
        said = f"{done.label}: not all is done, {_counted(len(done.steps), 'change')} made and {len(done.open):,} not. "
        say(f"{said}Run the same command again: it goes on from here.")
    return ExitCode.CLEAN if done.complete else ExitCode.NOT_CHECKED


def _lines(done: Left, paint: Paint, most: int | None) -> Iterator[str]:
    yield terminal_safe(_head(done))
    if not _has_work(done) and most is not None:
        yield from _in_one_line(done)
        return
    yield from _some([_step(one, paint) for one in done.steps], most)
    if done.open:
        yield terminal_safe(f"Not done: {_counted(len(done.open), 'change')}.")
        yield from _some([_step(one, paint) for one in done.open], most)
    if done.unchanged:
        yield f"There already, and alike: {_counted(done.unchanged, 'version')}."
    yield from _part("Somebody else's there, and left as it is:", done.conflicts, paint, most)
    yield from _part(_FORMER, list(map(clipped, done.former)), paint, most)
    rows = [f"Row {one.row}: {one.why}." for one in done.staying]
    yield from _part("Rows that cannot go:", rows, paint, most)
    yield from _part("Does not fit as it is:", told(done.losses, WORDS[done.kind]), paint, most)
    if _has_work(done):
        yield f"What does not carry over to {_NAMES[done.kind]}:"
        yield from (paint.wrapped("  - ", f"{sentence}.") for sentence in not_carried(done.kind))
    if done.steps and not done.applied:
        yield "Write it there with the same command and --apply."


def _has_work(done: Left) -> bool:
    return bool(done.steps or done.open)


def _in_one_line(done: Left) -> Iterator[str]:
    """What else there is to say where nothing is to do."""
    alike = [f"There already, and alike: {_counted(done.unchanged, 'version')}"] if done.unchanged else []
    left = [
        f"{what}: {count:,}"
        for what, count in (
            ("somebody else's there, and left as it is", len(done.conflicts)),
            ("rows that cannot go", len(done.staying)),
            ("texts that do not fit as they are", len(set(done.losses))),
        )
        if count
    ]
    if said := "; ".join([*alike, *left]):
        yield f"{said[0].upper()}{said[1:]}.{' --all tells which.' if left else ''}"


_NAMES: Mapping[str, str] = {"mlflow": "MLflow", "sagemaker": "SageMaker"}


_FORMER = "Of an earlier export, and not in this sheet. If one is renamed here, rename it there too, before --apply:"


def _head(done: Left) -> str:
    if not _has_work(done):
        return f"Nothing to do: {done.label} says what the sheet says."
    models = sum(isinstance(one.step, NewModel) for one in done.steps)
    versions = sum(isinstance(one.step, NewVersion) for one in done.steps)
    changes = len(done.steps) - models - versions
    counted = (_counted(models, "new model"), _counted(versions, "new version"), _counted(changes, "change"))
    what = ", ".join(text for text, count in zip(counted, (models, versions, changes), strict=True) if count)
    return f"{'Written to' if done.applied else 'Would be written to'} {done.label}: {what or 'nothing'}."


def _part(head: str, lines: Sequence[str], paint: Paint, most: int | None) -> Iterator[str]:
    if lines:
        yield head
        yield from _some([paint.wrapped("  ! ", terminal_safe(line)) for line in lines], most)


def _step(one: DoneStep, paint: Paint) -> str:
    sign = "+" if isinstance(one.step, (NewModel, NewVersion)) else "~"
    return paint.wrapped(f"  {sign} ", terminal_safe(_said(one, paint.arrow)))


def _said(one: DoneStep, arrow: str) -> str:
    step, name = one.step, clipped(one.name)
    if isinstance(step, NewModel):
        called = f", called {clipped(one.title)}" if one.title != one.name else ""
        return f"{name} (a new model{called})"
    if isinstance(step, NewVersion):
        facts = [*_facts(step.wanted.tags), *([f"status: {step.wanted.status}"] if step.wanted.status else [])]
        return f"{name} {clipped(step.wanted.version)}; {', '.join(facts)}"
    if isinstance(step, AliasChange):
        was = f"version {step.before} there" if step.before else "(none)"
        return f"{name}: alias {step.alias}: {was} {arrow} {clipped(step.version) or '(none)'}"
    which, status = name, ""
    if isinstance(step, VersionChange):
        which, status = f"{name} {clipped(step.wanted.version)}", step.before.status
    changed = _changed(step.change, step.before.tags, step.before.description, status, arrow)
    return f"{which}: {'; '.join(changed) or 'marked as the one of the sheet'}"


def _facts(tags: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{_short(key)}: {clipped(value)}" for key, value in tags.items() if key not in _QUIET)


def _changed(change: Change, tags: Mapping[str, str], description: str, status: str, arrow: str) -> Iterator[str]:
    pairs = [(_short(key), tags.get(key, ""), value) for key, value in change.tags.items() if key not in _QUIET]
    pairs += [(_short(key), tags.get(key, ""), "") for key in change.gone if key not in _QUIET]
    pairs += [("description", description, change.description)] if change.description is not None else []
    pairs += [("status", status, change.status)] if change.status is not None else []
    for what, was, becomes in pairs:
        yield f"{what}: {clipped(was) or '(blank)'} {arrow} {clipped(becomes) or '(blank)'}"


def _short(key: str) -> str:
    return clipped(key.removeprefix(PREFIX))


def _some(lines: Sequence[str], most: int | None) -> Iterable[str]:
    yield from lines[:most]
    if most is not None and len(lines) > most:
        yield f"  … and {len(lines) - most:,} more; --all shows them."


def _counted(number: int, one: str) -> str:
    return f"{number:,} {one}{'' if number == 1 else 's'}"


def _object(done: Left) -> dict[str, Any]:
    return {
        "target": done.label,
        "state": ("written" if done.complete else "incomplete") if done.applied else "planned",
        "steps": [_step_object(one) for one in done.steps],
        "not_done": [_step_object(one) for one in done.open],
        "failed": [{"name": one.name, "why": str(one.error)} for one in done.failed],
        "unchanged": done.unchanged,
        "conflicts": list(done.conflicts),
        "former": list(done.former),
        "rows_left_out": [{"row": one.row, "why": one.why} for one in done.staying],
        "does_not_fit": told(done.losses, WORDS[done.kind]),
        "not_carried": list(not_carried(done.kind)),
    }


def _step_object(one: DoneStep) -> dict[str, Any]:
    step = one.step
    plain: dict[str, Any] = {"name": one.name, "model": one.title}
    if isinstance(step, NewModel):
        return {"do": "create model", **plain, "tags": dict(step.wanted.tags), "description": step.wanted.description}
    if isinstance(step, NewVersion):
        new = step.wanted
        told_so = {"tags": dict(new.tags), "description": new.description, "status": new.status or None}
        return {"do": "create version", **plain, "version": new.version, **told_so}
    if isinstance(step, AliasChange):
        return {"do": "set alias" if step.id else "remove alias", **plain, "alias": step.alias, **_alias_object(step)}
    which = {"do": "change model", **plain}
    if isinstance(step, VersionChange):
        which = {"do": "change version", **plain, "version": step.wanted.version, "number": step.before.number}
    return {**which, **_change_object(step)}


def _alias_object(step: AliasChange) -> dict[str, Any]:
    return {"version": step.version or None, "number_before": step.before or None}


def _change_object(step: ModelChange | VersionChange) -> dict[str, Any]:
    change = step.change
    return {
        "tags": dict(change.tags),
        "tags_removed": list(change.gone),
        **({} if change.description is None else {"description": change.description}),
        **({} if change.status is None else {"status": change.status}),
    }
