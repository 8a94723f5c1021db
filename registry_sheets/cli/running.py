"""One operation over several registries: each one's failure is its own."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import typer

from registry_sheets.cli.failures import ExitCode, bug_report, explain, say, worst
from registry_sheets.cli.flags import FailOn
from registry_sheets.config import RegistryConfig
from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.looking import Look
from registry_sheets.registry.findings import Severity


@dataclass(frozen=True)
class Outcome:
    """What came of one registry: a look at it, or the exit code of what went wrong (already said)."""

    config: RegistryConfig
    look: Look | None
    failure: ExitCode = ExitCode.CLEAN


def each(registries: Sequence[RegistryConfig], do: Callable[[RegistryConfig], Look]) -> list[Outcome]:
    """Do it for every registry; say at once what goes wrong with one, and go on with the next."""
    if len(registries) > 1:
        gc.enable()  # see cli.main: off is right for one workbook, but over many the garbage adds up
    return [_one(registry, do, about=len(registries) > 1) for registry in registries]


def _one(registry: RegistryConfig, do: Callable[[RegistryConfig], Look], about: bool) -> Outcome:
    named = registry.name if about else ""
    try:
        return Outcome(registry, do(registry))
    except RegistrySheetsError as error:
        return Outcome(registry, None, explain(error, named))
    except Exception as error:
        say(f"{named}:" if named else "")
        say(bug_report(error, sys.argv[1:]))
        return Outcome(registry, None, ExitCode.BUG)


def finish(outcomes: Iterable[Outcome], fail_on: FailOn | None) -> None:
    """Leave with the exit code of all registries together. Raises typer.Exit."""
    raise typer.Exit(worst(_code(outcome, fail_on) for outcome in outcomes))


def finish_listing(outcomes: Iterable[Outcome]) -> None:
    """As finish, for a command that judges nothing."""
    raise typer.Exit(worst(outcome.failure for outcome in outcomes))


def print_notices(outcomes: Iterable[Outcome]) -> None:
    """What else people should know: what was written, what was not and why."""
    for outcome in outcomes:
        for notice in outcome.look.notices if outcome.look else ():
            say(notice)


def _code(outcome: Outcome, fail_on: FailOn | None) -> ExitCode:
    if outcome.look is None:
        return outcome.failure
    found = _found(outcome.look, fail_on or FailOn(outcome.config.settings.fail_on))
    return found if outcome.look.complete else worst((found, ExitCode.NOT_CHECKED))


def _found(look: Look, fail_on: FailOn) -> ExitCode:
    if fail_on is FailOn.NEVER:
        return ExitCode.CLEAN
    limit = Severity(fail_on).rank
    hit = any(finding.severity.rank <= limit for finding in look.result.findings)
    return ExitCode.FINDINGS if hit else ExitCode.CLEAN
