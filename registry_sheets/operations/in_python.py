"""What operations say, in the words of Python: arguments where the command line has flags."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from registry_sheets.errors import RegistrySheetsError
from registry_sheets.operations.edit import Done

_FLAG = re.compile(
    r"--(location|used-for|to|why|deployed|on|update|another-place)\b(?: ('[^']*'|\"[^\"]*\"|\d{4}-\d\d-\d\d\b))?"
)


@contextmanager
def in_python() -> Iterator[None]:
    """Say what is refused in Python's words and not in flags of the command line."""
    try:
        yield
    except RegistrySheetsError as error:
        error.message, error.fix = _python(error.message), _python(error.fix)
        error.args = (error.message,)
        raise


def told_in_python(done: Done) -> Done:
    """The same for what an edit gives."""
    return replace(done, notices=tuple(map(_python, done.notices)))


def _python(text: str) -> str:
    """A text with arguments in place of flags; a command that is to be typed at a shell stays as it is."""
    before, command, rest = text.partition("registry-sheets ")
    return _FLAG.sub(_argument, before) + command + rest


def _argument(flag: re.Match[str]) -> str:
    name, value = flag[1].replace("-", "_"), flag[2] or "..."
    if name in ("update", "another_place"):
        return f"{name}=True{flag[0].removeprefix(f'--{flag[1]}')}"
    return f"{name}={value!r}" if value[0].isdigit() else f"{name}={value}"
