"""The command that prints an access token: no shell, no waiting without end, no secret in a message."""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from registry_sheets.errors import ConfigProblem, RegistrySheetsError
from registry_sheets.mailing.problems import MailNotSent
from registry_sheets.mailing.token_command import run_token_command


def python(code: str) -> str:
    return f'"{sys.executable}" -c "{code}"'


def test_a_token_is_what_the_command_prints() -> None:
    assert run_token_command(python("print(' abc.def-1 ')")) == "abc.def-1"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("import sys; print('tok'); sys.stderr.write('bad tok \\x1b[31m'); sys.exit(4)", "exit code 4: bad …"),
        ("import sys; sys.stderr.write('got ' + 'ab1' * 30); sys.exit(1)", "exit code 1: got …"),
        ("pass", "printed nothing"),
        ("print('two words')", "something else than one token"),
        ("print('{}')", "JSON"),
        ("print('a\\nb')", "something else"),
    ],
)
def test_a_command_that_gives_no_token_is_told(code: str, said: str) -> None:
    with pytest.raises(MailNotSent) as raised:
        run_token_command(python(code))
    assert said in raised.value.message
    assert raised.value.message.isprintable()


@pytest.mark.parametrize("command", ["", "  ", "a 'b", "a\0b"])
def test_what_is_no_command_is_the_configs_problem(command: str) -> None:
    with pytest.raises(ConfigProblem):
        run_token_command(command)


def test_a_command_that_is_not_there_is_told() -> None:
    with pytest.raises(MailNotSent, match="cannot be run"):
        run_token_command("no-such-command-here")


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    with suppress(RegistrySheetsError):
        run_token_command(f"echo token ; touch {marker}")
    assert not marker.exists()


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_a_command_that_does_not_end_is_ended_with_what_it_started(tmp_path: Path) -> None:
    child = tmp_path / "child"
    note = f"open('{child}', 'w').write(str(subprocess.Popen(['sleep', '60']).pid))"
    code = f"import subprocess, time; {note}; time.sleep(60)"
    with pytest.raises(MailNotSent, match="not done after"):
        run_token_command(python(code), timeout=2)
    pid = int(child.read_text())
    for _ in range(500):  # a kill is on its way for a moment
        if _is_gone(pid):
            break
        time.sleep(0.02)
    assert _is_gone(pid)


def _is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in "ZX"
