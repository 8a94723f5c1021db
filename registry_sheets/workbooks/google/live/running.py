"""Running the checks, one experiment after the other, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from registry_sheets.errors import NotChecked, RegistrySheetsError
from registry_sheets.workbooks.google.live import (
    of_answers,
    of_cells,
    of_check_column,
    of_formulas,
    of_inserted,
    of_rows,
    of_tabs,
    of_versions,
)
from registry_sheets.workbooks.google.live.scratch import Scratch
from registry_sheets.workbooks.google.live.verdicts import Differs, Experiment, LiveCheck, Result, Unclear, Verdict

_FAILURES = 2
"""After so many experiments in a row without an answer nothing more is asked."""
_STRANGE = (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration)


def experiments() -> tuple[Experiment[Any], ...]:
    """All of them, in the order in which they run."""
    modules = (of_answers, of_rows, of_cells, of_inserted, of_tabs, of_formulas, of_check_column, of_versions)
    return tuple(one for module in modules for one in module.EXPERIMENTS)


def checks() -> tuple[LiveCheck[Any], ...]:
    """All checks."""
    return tuple(check for one in experiments() for check in one.checks)


def run(scratch: Scratch, asked: Sequence[Experiment[Any]]) -> Iterator[Result]:
    """Run experiments; a result for each of their checks, as they come. Raises nothing that Google causes."""
    failures, last = 0, ""
    for experiment in asked:
        if failures >= _FAILURES:
            yield from _all(experiment, Unclear(f"not asked, since there was no answer before: {last}"))
            continue
        try:
            seen = experiment.look(scratch)
        except NotChecked as error:
            scratch.doubt()
            failures, last = failures + 1, error.message
            yield from _all(experiment, Unclear(error.message))
        except RegistrySheetsError as error:
            stopped = _shut_out(scratch)
            failures, last = (_FAILURES, stopped) if stopped else (0, "")
            yield from _all(experiment, Unclear(stopped) if stopped else Differs(error.message))
        except _STRANGE as error:
            scratch.doubt()
            yield from _all(experiment, _strange(error))
        else:
            failures = 0
            yield from (Result(check, _judged(check, seen)) for check in experiment.checks)


def _all(experiment: Experiment[Any], verdict: Verdict) -> Iterator[Result]:
    return (Result(check, verdict) for check in experiment.checks)


def _judged(check: LiveCheck[Any], seen: Any) -> Verdict:
    try:
        return check.judge(seen)
    except _STRANGE as error:
        return _strange(error)


def _strange(error: Exception) -> Unclear:
    return Unclear(f"Google's answer has another form than is documented ({type(error).__name__}: {error})")


def _shut_out(scratch: Scratch) -> str:
    """After a refusal: why nothing at all may be written any more; '' where it was that one request."""
    scratch.doubt()
    try:
        scratch.fresh(lambda _: [])
    except RegistrySheetsError as error:
        return error.message
    return ""
