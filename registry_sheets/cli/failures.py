"""Exit codes, and how errors are worded: the one place for both."""

from __future__ import annotations

import errno
import sys
import traceback
from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

from registry_sheets.errors import RegistrySheetsError


class ExitCode(IntEnum):
    """What the command's exit code says."""

    CLEAN = 0
    FINDINGS = 1
    UNUSABLE = 2
    NOT_CHECKED = 3
    BUG = 4
    INTERRUPTED = 130


MEANINGS = {
    ExitCode.CLEAN: "no finding at or above --fail-on",
    ExitCode.FINDINGS: "findings at or above --fail-on (errors, unless you say otherwise)",
    ExitCode.UNUSABLE: "a flag, the config or a workbook cannot be used; the message says what to mend",
    ExitCode.NOT_CHECKED: "not everything could be checked or written this time; try again",
    ExitCode.BUG: "a fault in Registry Sheets, with a text to paste into a report",
    ExitCode.INTERRUPTED: "interrupted",
}

_FULL = frozenset((errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)))
_WORST = (ExitCode.CLEAN, ExitCode.FINDINGS, ExitCode.NOT_CHECKED, ExitCode.UNUSABLE, ExitCode.BUG)


def worst(codes: Iterable[ExitCode]) -> ExitCode:
    """The exit code of several registries together.

    What could not be seen outweighs what was found (a run that could not see everything must not look
    like a run that did), and what needs a person's hand outweighs what only needs another try.
    """
    return max(codes, key=_WORST.index, default=ExitCode.CLEAN)


def pasted(path: object) -> str:
    """A path as it can be pasted into a command line."""
    said = str(path)
    return f'"{said}"' if any(sign in said for sign in " &()';") else said


def say(message: str) -> None:
    """Lines for people, on standard error; they stay as far in as they are."""
    from registry_sheets.registry.text import terminal_safe

    for line in message.splitlines() or [""]:
        print(" " * (len(line) - len(line.lstrip(" "))) + terminal_safe(line), file=sys.stderr)


def explain(error: RegistrySheetsError, about: str = "") -> ExitCode:
    """Say what is wrong and what to do; the exit code that goes with it."""
    start = f"{about}: " if about and not error.message.startswith(about) else ""
    say(f"{start}{error}")
    return ExitCode(error.exit_code)


def bug_report(error: BaseException, arguments: Sequence[str]) -> str:
    """What to paste into a report. Holds no cell of the workbook beyond what the error itself says."""
    import platform

    from registry_sheets import __version__

    frames = "".join(traceback.format_exception(error))
    return "\n".join(
        (
            "This is a fault in Registry Sheets, not in your workbook, which was left as it was or saved whole.",
            "Please report it, with the text between the lines (look through it first: it may quote a cell):",
            "-" * 72,
            f"registry-sheets {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"command: registry-sheets {' '.join(arguments)}",
            frames.rstrip(),
            "-" * 72,
        )
    )


def code_of(error: BaseException, arguments: Sequence[str]) -> ExitCode | None:
    """Say what happened and give the exit code; None for what typer itself answers (usage, exit)."""
    if isinstance(error, RegistrySheetsError):
        return explain(error)
    if isinstance(error, KeyboardInterrupt):
        say("Interrupted. Whatever was being written is either whole or not there; run the command again.")
        return ExitCode.INTERRUPTED
    if isinstance(error, BrokenPipeError):
        from registry_sheets.cli.streams import close_quietly

        close_quietly()
        return ExitCode.INTERRUPTED
    if isinstance(error, OSError) and error.errno in _FULL:
        say(f"Not everything could be written: {error.strerror}. Make room, then run the command again.")
        from registry_sheets.cli.streams import close_quietly

        close_quietly()
        return ExitCode.NOT_CHECKED
    if not isinstance(error, Exception) or _is_typers(error):
        return None
    say(bug_report(error, arguments))
    return ExitCode.BUG


def _is_typers(error: Any) -> bool:
    """typer's own exits and usage errors, wherever this version of typer keeps their classes."""
    return type(error).__module__.split(".")[0] in ("typer", "click")
