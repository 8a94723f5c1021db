"""The command that prints an access token: a provider's own tool, such as 'az account get-access-token …'."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from contextlib import suppress

from registry_sheets.errors import ConfigProblem
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.registry.text import terminal_safe

_SAID = 300  # characters of what the command wrote
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,16384}=*")  # RFC 6750 2.1
_SECRET_LOOKING = re.compile(r"[A-Za-z0-9._~+/=-]{32,}")
_LAST_WAIT = 5.0
_LOOK = "Run it by hand as the account that runs this, and see that it prints an access token and nothing else."


def run_token_command(command: str, timeout: float = 30.0) -> str:
    """The access token that the command prints. It is run without a shell; what it starts is ended with it.

    Raises MailNotSent, which tells what the command wrote to its error output but never what may be a token;
    ConfigProblem where it is no command.
    """
    out, err, code = _run(_words(command), timeout)
    token = out.decode("utf-8", "replace").strip()
    if code:
        raise MailNotSent(f"token_command ended with exit code {code}{_told(err, token)}.", _LOOK)
    if not _TOKEN.fullmatch(token):
        raise MailNotSent(f"token_command printed {_instead(token)}{_told(err, token)}.", _LOOK)
    return token


def _words(command: str) -> str | list[str]:
    """The command for Popen; Windows takes it apart itself, by its own rules."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise ConfigProblem("token_command has a quote that is not closed.", "Close it.") from error
    if not words or "\0" in command:
        raise ConfigProblem("token_command is no command.", "Name the program that prints an access token.")
    return command if os.name == "nt" else words


def _run(words: str | list[str], timeout: float) -> tuple[bytes, bytes, int]:
    try:
        process = subprocess.Popen(  # noqa: S603 (the config's own command, without a shell)
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise MailNotSent(f"token_command cannot be run: {error.strerror or error}.", _LOOK) from error
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        _end(process)
        raise MailNotSent(f"token_command was not done after {timeout:g} seconds.", _LOOK) from error
    except BaseException:
        _end(process)
        raise
    return out, err, process.returncode


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started. Its pipes are closed, not read: something that goes on may hold them open."""
    with suppress(OSError):
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        elif process.poll() is None:
            process.kill()
    with suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_WAIT)
    if os.name == "posix":
        for stream in filter(None, (process.stdout, process.stderr)):
            stream.close()


def _instead(token: str) -> str:
    if not token:
        return "nothing"
    return "JSON, where the bare token is needed" if token.startswith("{") else "something else than one token"


def _told(err: bytes, token: str) -> str:
    """': what it wrote to its error output', without what may be a secret; '' where it wrote nothing."""
    said = err.decode("utf-8", "replace")
    if token:
        said = said.replace(token, "…")
    said = terminal_safe(_SECRET_LOOKING.sub("…", said)).rstrip(".")
    return f": {said[:_SAID]}" if said else ""
