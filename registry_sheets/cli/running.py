"""One operation over several registries: each one's failure is its own."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import typer

from registry_sheets.cli.failures import ExitCode, bug_report, explain, say, worst
from registry_sheets.cli.flags import FailOn
from registry_sheets.config import RegistryConfig
from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.looking import Look
from registry_sheets.registry.findings import Severity

T = TypeVar("T")


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
    return Outcome(registry, *_tried(registry, do, about))


def _tried(registry: RegistryConfig, do: Callable[[RegistryConfig], T], about: bool) -> tuple[T | None, ExitCode]:
    named = registry.name if about else ""
    try:
        return do(registry), ExitCode.CLEAN
    except RegistrySheetsError as error:
        return None, explain(error, named)
    except Exception as error:
        say(f"{named}:" if named else "")
        say(bug_report(error, sys.argv[1:]))
        return None, ExitCode.BUG


@dataclass(frozen=True)
class Answers(Generic[T]):
    """What was answered by each registry that could answer, and the exit codes of those that could not."""

    found: list[T]
    failures: list[ExitCode]


def answers(registries: Sequence[RegistryConfig], ask: Callable[[RegistryConfig], T]) -> Answers[T]:
    """Ask every registry; say at once what goes wrong with one, and go on with the next."""
    given: Answers[T] = Answers([], [])
    for registry in registries:
        found, failure = _tried(registry, ask, about=len(registries) > 1)
        if found is not None:
            given.found.append(found)
        given.failures.append(failure)
    return given


def finish(outcomes: Iterable[Outcome], fail_on: FailOn | None) -> None:
    """Leave with the exit code of all registries together. Raises typer.Exit."""
    raise typer.Exit(worst(_code(outcome, fail_on) for outcome in outcomes))


def finish_listing(outcomes: Iterable[Outcome]) -> None:
    """As finish, for a command that judges nothing."""
    raise typer.Exit(worst(outcome.failure for outcome in outcomes))


def finish_answers(failures: Iterable[ExitCode], looks: Iterable[Look], code: ExitCode = ExitCode.CLEAN) -> None:
    """As finish_listing, for what each registry answered; ``code`` is what the answers come to. Raises typer.Exit."""
    unchecked = [ExitCode.NOT_CHECKED for look in looks if not look.complete]
    raise typer.Exit(worst([code, *failures, *unchecked]))


def print_notices(outcomes: Iterable[Outcome]) -> None:
    """What else people should know: what was written, what was not and why."""
    print_said(outcome.look for outcome in outcomes if outcome.look)


def print_said(looks: Iterable[Look]) -> None:
    """The notices of looks; of several, with whose they are."""
    told = list(looks)
    for look in told:
        for notice in look.notices:
            say(f"{look.name}: {notice}" if len(told) > 1 else notice)


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
